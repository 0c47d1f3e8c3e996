"""KPI values and findings as snapshot rows, and back without loss."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.errors import SnapshotError
from quarterdeck.measure.findings import fingerprint
from quarterdeck.measure.rows import finding_rows, kpi_rows, read_findings, read_kpis
from quarterdeck.model import (
    Direction,
    Effort,
    Fact,
    Figure,
    Finding,
    FindingState,
    Grade,
    KpiValue,
    Remedy,
    Severity,
    State,
    Unit,
)
from quarterdeck.money import Money
from tests.engine import a_finding
from tests.tables import OCTOBER, usd

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)  # Arrow holds no lone surrogates; sources refuse them
MONEY = st.builds(Money, st.integers(-(2**70), 2**70), st.sampled_from(["USD", "JPY", "KWD"]))
FIGURES: st.SearchStrategy[Figure | None] = (
    st.none() | MONEY | st.decimals(-(10**9), 10**9, places=8) | st.integers(-(2**70), 2**70)
)
FACTS: st.SearchStrategy[Fact] = MONEY | st.decimals(-10, 10, places=4) | st.integers() | st.dates() | TEXT
ROWS = st.dictionaries(TEXT, FACTS, max_size=4)

VALUES = st.builds(
    KpiValue,
    id=TEXT,
    label=TEXT,
    unit=st.sampled_from(Unit),
    direction=st.sampled_from(Direction),
    formula=TEXT,
    version=st.integers(1, 99),
    tables=st.sampled_from([(), ("entries",), ("entries", "accounts", "budget")]),
    value=FIGURES,
    previous=FIGURES,
    last_year=FIGURES,
    target=FIGURES,
    state=st.sampled_from(State),
    grade=st.sampled_from(Grade),
    unavailable_reason=TEXT,
    needs=TEXT,
    series=st.lists(FIGURES, max_size=12).map(tuple),
)


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    tenant, rule, subject = draw(TEXT), draw(TEXT), draw(TEXT)
    return Finding(
        tenant=tenant,
        rule=rule,
        subject=subject,
        severity=draw(st.sampled_from(Severity)),
        title=draw(TEXT),
        why=draw(TEXT),
        remedy=Remedy(
            draw(TEXT), draw(st.sampled_from(["cfo", "accounting"])), draw(st.sampled_from(Effort)), draw(st.integers(1, 90))
        ),
        facts=draw(ROWS),
        evidence=tuple(draw(st.lists(ROWS, max_size=3))),
        money_at_stake=draw(st.none() | MONEY),
        state=draw(st.sampled_from(FindingState)),
        first_seen=draw(st.sampled_from(["2026-10", "2026-W44", "2024-02"])),
        fingerprint=fingerprint(tenant, rule, subject),
    )


@settings(max_examples=60)
@given(st.lists(VALUES, max_size=3, unique_by=lambda value: value.id))
def test_values_come_back_as_they_went_in(values: list[KpiValue]) -> None:
    back = read_kpis(kpi_rows(values))
    assert back == tuple(values)
    for value, original in zip(back, values, strict=True):
        assert [repr(point) for point in value.series] == [repr(point) for point in original.series]  # 0.40 is not 0.4


@settings(max_examples=60)
@given(st.lists(findings(), max_size=3, unique_by=lambda finding: finding.fingerprint))
def test_findings_come_back_as_they_went_in(listed: list[Finding]) -> None:
    assert read_findings(finding_rows(listed, OCTOBER)) == tuple(listed)


def test_the_row_of_a_finding_names_its_action() -> None:
    finding = a_finding("f" * 64, first_seen="2026-09", money_at_stake=usd(500), severity=Severity.HIGH)
    (row,) = finding_rows([finding], OCTOBER).to_pylist()
    shown = {name: row[name] for name in ("code", "owner", "priority", "due_on", "state", "first_seen", "money_at_stake")}
    assert shown == {
        "code": "CFO-ZZZZ",
        "owner": "cfo",
        "priority": "P1",
        "due_on": date(2026, 10, 30),
        "state": "new",
        "first_seen": "2026-09",
        "money_at_stake": '{"money":[500,"USD"]}',
    }


def test_no_figure_is_an_empty_cell_and_no_zero() -> None:
    missing = KpiValue(
        "cash", "Cash", Unit.MONEY, Direction.UP, "", 1, (), None, state=State.UNAVAILABLE, grade=Grade.D, series=(None, None)
    )
    (row,) = kpi_rows([missing]).to_pylist()
    assert (row["value"], row["previous"], row["target"], row["series"]) == (None, None, None, "[null,null]")


def test_equal_findings_give_equal_rows_whatever_the_order_of_their_facts() -> None:
    one = a_finding("f" * 64, facts={"a": 1, "b": Decimal("0.5")}, evidence=({"x": 1, "y": 2},))
    other = a_finding("f" * 64, facts={"b": Decimal("0.5"), "a": 1}, evidence=({"y": 2, "x": 1},))
    assert finding_rows([one], OCTOBER).equals(finding_rows([other], OCTOBER))


def test_one_id_or_fingerprint_is_one_row() -> None:
    value = KpiValue("cash", "Cash", Unit.MONEY, Direction.UP, "", 1, (), usd(1))
    with pytest.raises(SnapshotError, match="too many for the key"):
        kpi_rows([value, value])
    with pytest.raises(SnapshotError, match="too many for the key"):
        finding_rows([a_finding("f" * 64), a_finding("f" * 64)], OCTOBER)
