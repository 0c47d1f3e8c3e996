"""The document as a whole: that it follows its schema, repeats itself, and that its figures tie."""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from quarterdeck import codec
from quarterdeck.compose import Material, compose, report_id
from quarterdeck.compose.material import Snapshot
from quarterdeck.compose.report import revision
from quarterdeck.compose.sentences import SENTENCE_RULES
from quarterdeck.model import (
    ColumnKind,
    Exhibit,
    ExhibitColumn,
    Finding,
    FindingState,
    Grade,
    KpiValue,
    Severity,
    State,
    TenantKind,
    Unit,
)
from quarterdeck.money import Money
from tests.documents import HOSTILE_NAMES, schema
from tests.engine import covers
from tests.material import MARLIN, ROLE, finding, material, unavailable, value
from tests.tables import at, usd

SCHEMA = Draft202012Validator(schema())
SNAPSHOT = Snapshot("marlin", "entries", "bank", "d" * 64, 120)

KPIS = (
    replace(
        value("net_revenue", usd(1_846_000), usd(2_190_550)), last_year=usd(1_520_000), target=usd(2_000_000), state=State.WATCH
    ),
    replace(value("net_burn", usd(771_335), usd(494_960)), target=usd(500_000), state=State.BAD, grade=Grade.B),
    value("runway", Decimal("7.3"), Decimal("12.2"), unit=Unit.MONTHS),
    value("gross_margin", Decimal("0.4126"), Decimal("0.4381")),
    unavailable("customers", Unit.COUNT),
    value("commits", 31, 38),
)
FINDINGS = (
    finding("barge", money_at_stake=usd(900_000)),
    finding("sloop", FindingState.PERSISTING, severity=Severity.CRITICAL, tenant="heron"),
    finding("yawl", FindingState.FIXED),
    finding("raft", FindingState.ACCEPTED, severity=Severity.LOW),
    finding("punt", FindingState.UNCHECKED),
)
MILESTONES: tuple[dict[str, Any], ...] = (
    {
        "milestone": "reserve",
        "title": "Reserve",
        "kpi": "net_revenue",
        "target": Decimal(3_000_000),
        "due_on": date(2027, 3, 31),
    },
    {"milestone": "people", "title": "People", "kpi": "customers", "target": Decimal(50), "due_on": date(2026, 9, 30)},
    {"milestone": "listing", "title": "Listing", "kpi": None, "target": None, "due_on": date(2026, 12, 1)},
)
COSTS = Exhibit(
    "costs",
    "Costs",
    (
        ExhibitColumn("name", "Name"),
        ExhibitColumn("cost", "Cost", ColumnKind.MONEY),
        ExhibitColumn("since", "Since", ColumnKind.DATE),
    ),
    (("Berth", usd(5_000), date(2026, 10, 1)), ("Crew", Money(700, "EUR"), None), ("All", None, None)),
    total_row=True,
)


def rich(**changes: Any) -> Material:
    given: dict[str, Any] = {
        "kpis": KPIS,
        "findings": FINDINGS,
        "milestones": MILESTONES,
        "exhibits": (COSTS,),
        "snapshots": (SNAPSHOT,),
        "pulls": [
            {"table": "entries", "rejected": 2},
            {"table": "tags", "source": "code", "status": "failed", "reason": "no repository"},
        ],
        "coverage": {
            "entries": covers("2025-01-01", "2026-10-20", watermark=datetime(2026, 10, 19, 22, 30, tzinfo=UTC), derived=True)
        },
    }
    return material(**{**given, **changes})


def five_hundred() -> list[Finding]:
    severities, states = list(Severity), list(FindingState)
    return [finding(f"ship{i}", states[i % 5], severity=severities[i % 4], money_at_stake=usd(i)) for i in range(500)]


def hostile() -> Material:
    """Every text that a person or a system could have written, replaced by one that tries to break out."""
    names = [name.encode("utf-8", "replace").decode() for name in HOSTILE_NAMES]  # lone surrogates never pass a snapshot
    listed = [replace(finding(name), facts={"name": name, "cost": usd(1)}, evidence=({name: name},)) for name in names]
    tenant = replace(MARLIN, name=names[0], portfolio=names[1], names={"marlin": names[2]}, accent=names[3])
    return rich(
        tenant=tenant,
        findings=listed,
        kpis=[
            replace(each, label=name, formula=name, unavailable_reason=name, needs=name)
            for each, name in zip(KPIS, names, strict=False)
        ],
        milestones=[{**row, "title": name, "owner": name} for row, name in zip(MILESTONES, names, strict=False)],
        pulls=[{"source": name, "status": "failed", "reason": name, "remedy": name} for name in names],
        missing={name: name for name in names},
    )


CASES: Mapping[str, Material] = {
    "rich": rich(),
    "everything unavailable": material(kpis=[unavailable(id) for id in ROLE.kpis], missing={"entries": "no such file"}),
    "nothing at all": material(),
    "no findings": rich(findings=()),
    "five hundred findings": rich(findings=five_hundred()),
    "hostile names": hostile(),
    "a fiscal quarter in German": rich(
        at=at("FY2026-Q4", "EUR", 4), tenant=replace(MARLIN, locale="de_DE"), kpis=(), milestones=()
    ),
    "the portfolio": rich(tenant=replace(MARLIN, id="portfolio", kind=TenantKind.PORTFOLIO)),
}


@pytest.mark.parametrize("given", CASES.values(), ids=list(CASES))
def test_the_document_follows_its_schema(given: Material) -> None:
    document = compose(given)
    faults = [f"{list(fault.absolute_path)}: {fault.message}" for fault in SCHEMA.iter_errors(document)]
    assert faults == []
    assert Draft202012Validator(schema()).is_valid({**document, "extra": 1}) is False


@pytest.mark.parametrize("given", CASES.values(), ids=list(CASES))
def test_the_document_is_json_and_no_number_in_it_is_a_float(given: Material) -> None:
    document = compose(given)
    assert codec.canonical(document).encode()
    assert not [leaf for _, leaf in leaves(document) if isinstance(leaf, float)]


def leaves(part: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(part, dict):
        for name, inner in part.items():
            yield from leaves(inner, f"{path}.{name}")
    elif isinstance(part, list):
        for inner in part:
            yield from leaves(inner, path)
    else:
        yield path, part


# --- what it says of itself -------------------------------------------------------------------------------------------


def test_who_and_when() -> None:
    document = compose(rich())
    assert report_id("marlin", "cfo", "2026-10") == "marlin_cfo_2026-10"
    assert {name: document[name] for name in ("report_id", "tenant", "role", "period", "currency", "timezone", "locale")} == {
        "report_id": "marlin_cfo_2026-10",
        "tenant": "marlin",
        "role": "cfo",
        "period": "2026-10",
        "currency": "USD",
        "timezone": "America/Los_Angeles",
        "locale": "en_US",
    }
    assert document["heading"] == {
        "tenant": "Marlin Charters",
        "kind": "company",
        "role": "CFO",
        "period": "October 2026",
        "start": "2026-10-01",
        "end": "2026-11-01",
        "portfolio": "Two Harbours",
        "accent": "#12405c",
        "accent2": None,
        "logo": None,
    }


def test_as_of_is_the_latest_instant_of_the_data_in_utc() -> None:
    assert compose(rich())["as_of"] == "2026-10-19T22:30:00Z"
    paris = datetime(2026, 10, 20, 1, tzinfo=timezone(timedelta(hours=2)))
    both = {
        "entries": covers(None, None, watermark=datetime(2026, 10, 19, 22, tzinfo=UTC)),
        "tags": covers(None, None, watermark=paris),
    }
    read = [*KPIS, value("commits", 3, tables=("commits", "tags"))]
    assert compose(rich(coverage=both, kpis=read))["as_of"] == "2026-10-19T23:00:00Z"
    assert compose(material())["as_of"] is None


def test_news_of_what_a_role_does_not_read_are_no_news_of_its_report() -> None:
    late = covers(None, None, watermark=datetime(2026, 10, 30, tzinfo=UTC))
    alone, with_late = (compose(rich(coverage={**rich().tables.coverage, **more})) for more in ({}, {"handoffs": late}))
    assert with_late["as_of"] == alone["as_of"] == "2026-10-19T22:30:00Z"
    assert with_late["revision"] == alone["revision"]
    reads_it = replace(rich().role, rules=(*rich().role.rules, "handoff_stale"))
    assert compose(rich(coverage={"handoffs": late}, role=reads_it))["as_of"] == "2026-10-30T00:00:00Z"


@pytest.mark.parametrize(("grades", "expected"), [("AAA", "A"), ("ABA", "B"), ("CAB", "C"), ("A", "A"), ("", "D")])
def test_a_report_is_as_good_as_its_worst_figure(grades: str, expected: str) -> None:
    shown = [replace(value(id, 1), grade=Grade(letter)) for id, letter in zip(ROLE.kpis, grades, strict=False)]
    unread = replace(value("secret", 1), grade=Grade.D)
    assert compose(material(kpis=[*shown, unavailable("commits"), unread]))["grade"] == expected


# --- it repeats itself ------------------------------------------------------------------------------------------------


def test_equal_material_gives_equal_bytes() -> None:
    assert codec.canonical(compose(rich())) == codec.canonical(compose(rich()))
    assert codec.canonical(compose(hostile())) == codec.canonical(compose(hostile()))


@settings(max_examples=25)
@given(st.randoms(use_true_random=False))
def test_no_order_of_what_it_is_made_of_shows(chance: random.Random) -> None:
    def shuffled(listed: Any) -> list[Any]:
        mixed = list(listed)
        chance.shuffle(mixed)
        return mixed

    snapshots = (SNAPSHOT, replace(SNAPSHOT, table="accounts"), replace(SNAPSHOT, tenant="heron"))
    pulls = [{"table": "entries", "rejected": 2}, {"table": "tags", "source": "code", "rejected": 1}]
    one = rich(findings=FINDINGS, snapshots=snapshots, pulls=pulls)
    other = rich(
        findings=shuffled(FINDINGS),
        kpis=shuffled(KPIS),
        snapshots=tuple(shuffled(snapshots)),
        pulls=shuffled(pulls),
        milestones=shuffled(MILESTONES),
    )
    assert codec.canonical(compose(other)) == codec.canonical(compose(one))


def test_it_tells_no_time_and_no_place() -> None:
    text = codec.canonical(compose(rich()))
    assert set(re.findall(r"[0-9]{2}:[0-9]{2}:[0-9]{2}", text)) == {"22:30:00"}  # the data's own mark
    assert not re.search(r"/(home|root|tmp|usr|var)/", text)


# --- the revision -----------------------------------------------------------------------------------------------------

BASE = compose(rich())


def test_the_revision_is_the_digest_of_what_a_reader_sees() -> None:
    seen = {name: part for name, part in BASE.items() if name not in ("revision", "provenance", "schema_version")}
    assert BASE["revision"] == codec.digest(seen)
    assert revision(BASE) == BASE["revision"]


@pytest.mark.parametrize(
    "changes",
    [
        {"code_version": "2.0"},
        {"snapshots": (replace(SNAPSHOT, digest="e" * 64, rows=121),)},
        {"snapshots": ()},
        {"kpis": [replace(kpi, version=9) for kpi in KPIS]},
        {"kpis": [*KPIS, value("another_role_reads_it", 5)]},
        {"findings": [*FINDINGS, finding("ghost", rule="another_role_reads_it")]},
    ],
)
def test_what_no_reader_sees_makes_no_revision(changes: dict[str, Any]) -> None:
    assert compose(rich(**changes))["revision"] == BASE["revision"]


def test_where_a_card_lies_makes_no_revision() -> None:
    document = copy.deepcopy(BASE)
    document["actions"][0]["card"] = "https://boards.example.com/cards/7"
    assert revision(document) == BASE["revision"]
    assert document["actions"][0]["card"] is not None  # and the document is left as it is


@pytest.mark.parametrize(
    "changes",
    [
        {"kpis": [replace(KPIS[0], value=usd(1_846_001)), *KPIS[1:]]},  # one cent
        {"kpis": [replace(KPIS[0], previous=usd(2_190_551)), *KPIS[1:]]},
        {"kpis": KPIS[1:]},
        {"findings": FINDINGS[1:]},
        {"findings": [replace(FINDINGS[0], money_at_stake=usd(900_001)), *FINDINGS[1:]]},
        {"milestones": MILESTONES[:2]},
        {"exhibits": ()},
        {"coverage": {}},
        {"tenant": replace(MARLIN, name="Marlin")},
        {"tenant": replace(MARLIN, accent=None)},
        {"at": at("2026-11")},
        {"role": replace(ROLE, title="Finance")},
    ],
)
def test_what_a_reader_sees_makes_a_revision(changes: dict[str, Any]) -> None:
    assert compose(rich(**changes))["revision"] != BASE["revision"]


# --- its figures tie --------------------------------------------------------------------------------------------------

MONEY = st.none() | st.integers(-(10**12), 10**12).map(usd)


@st.composite
def money_kpis(draw: st.DrawFn) -> list[KpiValue]:
    made = []
    for id in draw(st.lists(st.sampled_from(ROLE.kpis), unique=True)):
        series = tuple(draw(st.lists(MONEY, min_size=12, max_size=12)))
        now = series[-1]
        empty: dict[str, Any] = (
            {} if now is not None else {"state": State.UNAVAILABLE, "grade": Grade.D, "unavailable_reason": "no rows"}
        )
        made.append(replace(value(id, now, series[-2], unit=Unit.MONEY), target=draw(MONEY), series=series, **empty))
    return made


@settings(max_examples=40)
@given(money_kpis())
def test_every_amount_ties_with_every_other(given_kpis: list[KpiValue]) -> None:
    rows = [{**MILESTONES[0], "milestone": f"m{i}", "kpi": kpi.id} for i, kpi in enumerate(given_kpis)]
    document = compose(material(kpis=given_kpis, milestones=rows))
    assert not list(SCHEMA.iter_errors(document))
    known = {kpi["id"]: kpi for kpi in document["kpis"]}
    for kpi in document["kpis"]:
        assert kpi["series"][-1] == kpi["value"]
        assert kpi["series"][-2] == kpi["previous"]
        assert (kpi["delta"] is None) == (kpi["value"] is None or kpi["previous"] is None)
        if kpi["delta"] is not None:
            assert kpi["delta"]["minor"] == kpi["value"]["minor"] - kpi["previous"]["minor"]
        assert (kpi["display"] == "n/a") == (kpi["value"] is None) == (kpi["state"] == "unavailable")
    for chart in document["charts"]:
        assert chart["series"][0]["points"] == known[chart["kpi"]]["series"]
        assert len(chart["labels"]) == len(chart["series"][0]["points"])
        assert chart["labels"][-1] == document["period"]
    for milestone in document["milestones"]:
        assert milestone["value"] == known[milestone["kpi"]]["value"]
    said = [document["bottom_line"]["sentence"], *document["bottom_line"]["points"]]
    assert {sentence["rule"] for sentence in said} <= {rule.__name__ for rule in SENTENCE_RULES}
    amounts = {figure["display"] for figure in document["kpis"]} | {
        material().voice.figure(k.previous, k.unit) for k in given_kpis
    }
    went = [re.search(r"went from (\S+) to (\S+) since", point["text"]) for point in document["bottom_line"]["points"]]
    assert all({*found.groups()} <= amounts for found in went if found)


def test_references_within_the_document_lead_somewhere() -> None:
    document = compose(rich(findings=five_hundred()))
    fingerprints = {row["fingerprint"] for row in document["findings"]}
    by_code = {row["code"]: row for row in document["actions"]}
    assert len(by_code) == len(document["actions"])
    assert {row["finding"] for row in document["actions"]} == {
        row["fingerprint"] for row in document["findings"] if row["state"] in ("new", "persisting")
    }
    for decision in document["decisions"]:
        assert by_code[decision["action"]]["finding"] == decision["finding"] in fingerprints
        assert by_code[decision["action"]]["what"] == decision["text"]
    for step in document["timeline"]:
        if step["kind"] == "action":
            assert by_code[step["ref"]]["due"] == step["date"]
    milestones = {row["id"]: row for row in document["milestones"]}
    assert {step["ref"] for step in document["timeline"] if step["kind"] == "milestone"} == {
        id for id, row in milestones.items() if row["state"] != "reached"
    }


def test_what_was_asked_is_in_the_next_report_under_the_same_code() -> None:
    first = compose(rich(findings=[finding("barge"), finding("canoe")]))
    then = (
        finding("barge", FindingState.PERSISTING, first_seen="2026-10"),
        finding("canoe", FindingState.FIXED, first_seen="2026-10"),
    )
    second = compose(rich(findings=then, at=at("2026-11")))
    asked = {row["code"]: (row["what"], row["due"]) for row in first["actions"]}
    assert {row["code"]: (row["what"], row["due"]) for row in second["promises"]} == asked
    assert [row["outcome"] for row in second["promises"]] == ["done", "late"]
