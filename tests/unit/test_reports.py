"""The role files against the registries: nothing is read that is not there, and nothing is there that nobody reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import reports
from quarterdeck.compose.charts import FROM_EXHIBITS, exhibits_of, kpis_of
from quarterdeck.compose.charts import KINDS as CHART_KINDS
from quarterdeck.errors import ConfigError
from quarterdeck.exhibits import EXHIBITS
from quarterdeck.kpis import KPIS
from quarterdeck.model import Role, TenantKind
from quarterdeck.rules import RULES
from reports import role, roles, roles_for

FIVE = ("accounting", "ceo", "cfo", "cmo", "cto")
TEMPLATES = Path(reports.__file__).parent.parent / "templates"
EACH = pytest.mark.parametrize("read", roles().values(), ids=list(roles()))


def test_the_five_roles_are_there_in_the_order_of_their_files() -> None:
    assert tuple(roles()) == tuple(sorted(roles()))
    assert set(roles()) >= set(FIVE)
    for id in FIVE:
        assert set(roles()[id].kinds) >= {TenantKind.COMPANY, TenantKind.PORTFOLIO}


@EACH
def test_a_role_is_called_as_its_file(read: Role) -> None:
    file = f"{read.id.replace('-', '_')}.py"
    assert (Path(reports.__file__).parent / file).is_file()
    assert read.title


def test_roles_of_units_are_nobodys_by_default() -> None:
    """A house is no shipping line: a unit has the role that its settings name."""
    assert {each.id for each in roles().values() if not each.kinds} == {"rental", "logistics", "client-billing"}
    assert roles_for(TenantKind.UNIT) == ()


@EACH
def test_a_role_reads_what_there_is(read: Role) -> None:
    assert [id for id in read.kpis if id not in KPIS] == []
    assert [id for id in read.rules if id not in RULES] == []
    assert [id for id in read.exhibits if id not in EXHIBITS] == []
    assert [id for id in exhibits_of(read) if id not in EXHIBITS] == []
    assert [id for id in kpis_of(read) if id not in read.kpis] == []
    assert {name.partition("_")[0] for name in read.charts if name not in FROM_EXHIBITS} <= set(CHART_KINDS)


@EACH
def test_a_role_has_one_to_four_charts(read: Role) -> None:
    assert 1 <= len(read.charts) <= 4


@EACH
def test_a_role_reads_nothing_twice(read: Role) -> None:
    for ids in (read.kpis, read.rules, read.exhibits, read.headline, read.charts, read.kinds):
        assert len(set(ids)) == len(ids)


@EACH
def test_the_headline_is_among_the_kpis(read: Role) -> None:
    assert read.headline
    assert set(read.headline) <= set(read.kpis)


@EACH
def test_every_role_hears_of_a_source_that_failed(read: Role) -> None:
    assert "source_failed" in read.rules
    assert len(read.rules) >= 2


@pytest.mark.parametrize("kind", ["kpis", "rules", "exhibits"])
def test_whatever_is_worked_out_is_read_by_some_role(kind: str) -> None:
    registry = {"kpis": KPIS, "rules": RULES, "exhibits": EXHIBITS}[kind]
    read = {id for role in roles().values() for id in getattr(role, kind)}
    read |= {id for role in roles().values() for id in exhibits_of(role)} if kind == "exhibits" else set()
    assert sorted(set(registry) - read) == []  # type: ignore[call-overload]


def test_who_owns_an_action_is_a_role() -> None:
    assert {rule.owner for rule in RULES.all().values()} <= set(roles())


def test_the_owner_of_an_action_reads_of_it() -> None:
    deaf = {rule.id: rule.owner for rule in RULES.all().values() if rule.id not in role(rule.owner).rules}
    assert deaf == {}


def test_there_is_no_template_for_a_role_that_is_not() -> None:
    own = {path.name.partition(".")[0] for path in TEMPLATES.glob("*.html.j2") if not path.name.startswith("_")}
    assert own <= set(roles())


# --- looking one up ---------------------------------------------------------------------------------------------------


def test_a_role_by_its_id() -> None:
    assert role("cfo") is roles()["cfo"]
    with pytest.raises(ConfigError, match=r"there is no role 'coo' \(known: accounting, ceo, cfo"):
        role("coo")


def test_the_roles_of_a_kind() -> None:
    assert {each.id for each in roles_for(TenantKind.COMPANY)} >= set(FIVE)
    assert all(TenantKind.UNIT in each.kinds for each in roles_for(TenantKind.UNIT))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """One more folder of role files beside reports/."""
    monkeypatch.setattr(reports, "__path__", [*reports.__path__, str(tmp_path)])
    roles.cache_clear()
    yield tmp_path
    roles.cache_clear()


def test_two_files_of_one_role_are_refused(folder: Path) -> None:
    (folder / "zz_double.py").write_text("from quarterdeck.model import Role\nROLE = Role('cfo', 'CFO', (), ())\n")
    with pytest.raises(ConfigError, match="two files in reports/ have the role 'cfo'"):
        roles()


def test_the_role_of_notices_is_taken(folder: Path) -> None:
    (folder / "zz_operators.py").write_text(
        "from quarterdeck.model import Role\nROLE = Role('operators', 'Operators', (), ())\n"
    )
    with pytest.raises(ConfigError, match="the role 'operators' is that of notices"):
        roles()


def test_a_file_without_a_role_is_refused(folder: Path) -> None:
    (folder / "zz_empty.py").write_text("'''No role.'''\n")
    with pytest.raises(ConfigError, match=r"reports\.zz_empty is no role file"):
        roles()
