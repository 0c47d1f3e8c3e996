"""How safe the code is, worked out by hand."""

from __future__ import annotations

from quarterdeck.exhibits import EXHIBITS
from quarterdeck.kpis import KPIS, Value
from quarterdeck.model import Unavailable
from tests.tables import OCT, Row, at, cells, frame, together

LEAKS: list[Row] = [
    {"repository": "site", "path": "a", "fingerprint": "f1", "is_in_tree": True},
    {"repository": "site", "path": "b", "fingerprint": "f1", "is_in_tree": True},
    {"repository": "app", "path": "a", "fingerprint": "f1", "is_in_tree": True},
    {"repository": "app", "path": "c", "fingerprint": "f2", "is_in_tree": True},
    {"repository": "app", "path": "d", "fingerprint": "f3", "is_in_tree": False},
]
CHECKED: list[Row] = [
    {"repository": "site", "scanner": "s", "advisories_on": OCT, "checked_packages": 4, "licence": "LICENSE"},
    {"repository": "app", "scanner": "s", "scanning": "renovate"},
]
KNOWN: list[Row] = [
    {"repository": "site", "path": path, "package": "p", "version": version, "advisory": advisory}
    for path, version, advisory in (("a", "1", "A"), ("b", "2", "A"), ("a", "1", "B"))
]


def value(id: str, **rows: list[Row]) -> Value:
    return KPIS.get(id).compute(at=at("2026-10"), **{name: frame(name, listed) for name, listed in rows.items()})


def test_a_secret_in_several_files_is_one_and_of_two_companies_two() -> None:
    assert value("secrets_in_code", leaks=LEAKS, code_checks=CHECKED) == 2
    assert value("secrets_in_code", leaks=[], code_checks=CHECKED) == 0
    both = together("leaks", frame("leaks", LEAKS), frame("leaks", LEAKS[:1], "b"))
    compute = KPIS.get("secrets_in_code").compute
    assert compute(leaks=both, code_checks=frame("code_checks", CHECKED), at=at("2026-10")) == 3
    assert isinstance(value("secrets_in_code", leaks=[], code_checks=[]), Unavailable)


def test_vulnerabilities_are_none_only_where_packages_were_checked() -> None:
    assert value("known_vulnerabilities", vulnerabilities=KNOWN, code_checks=CHECKED) == 2
    assert value("known_vulnerabilities", vulnerabilities=[], code_checks=CHECKED) == 0
    unchecked = value("known_vulnerabilities", vulnerabilities=[], code_checks=[{**CHECKED[0], "checked_packages": 0}])
    assert isinstance(unchecked, Unavailable)
    assert unchecked.reason.startswith("not checked")
    assert isinstance(value("known_vulnerabilities", vulnerabilities=[], code_checks=CHECKED[1:]), Unavailable)


def test_the_table_leaves_empty_what_was_not_checked() -> None:
    rest: dict[str, list[Row]] = {"leaks": LEAKS, "env_files": [{"repository": "app"}], "vulnerabilities": KNOWN}
    frames = {name: frame(name, listed) for name, listed in rest.items()}
    make = EXHIBITS.get("code_audit_table").make
    table = make(code_checks=frame("code_checks", CHECKED), **frames, at=at("2026-10"))
    assert table is not None
    assert table.rows == (
        ("app", 2, 1, 1, "renovate", None, None, "none"),
        ("site", 1, 0, 0, "nothing", 2, OCT, "LICENSE"),
    )
    assert table.note == "An empty cell was not checked"
    unsearched = make(code_checks=frame("code_checks", [{**CHECKED[0], "scanner": None}]), **frames, at=at("2026-10"))
    assert (cells(unsearched, "secrets"), cells(unsearched, "history")) == ([None], [None])
    whole = make(code_checks=frame("code_checks", CHECKED[:1]), **frames, at=at("2026-10"))
    assert whole is not None
    assert whole.note == ""
    assert make(code_checks=frame("code_checks", []), **frames, at=at("2026-10")) is None
