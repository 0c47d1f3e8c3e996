from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from quarterdeck.model import Direction, KpiValue, Severity
from tests.asking import Case, Given, ask, check, kpi, kpis
from tests.tables import frame, usd


def milestone(due: date, value: KpiValue | None = None, **columns: object) -> Given:
    row = {"milestone": "six", "title": "Six charters a month", "due_on": due, "owner": "Ana", **columns}
    if value is not None:
        row = {"kpi": value.id, "target": Decimal(6), **row}
    return {"milestones": frame("milestones", [row]), "kpis": kpis(*([] if value is None else [value]))}


PAST, SOON = date(2026, 10, 31), date(2026, 11, 20)

CASES = {
    "milestone_overdue": Case(
        seeded=lambda: milestone(PAST, kpi("charters", 5)),
        clean=lambda: milestone(PAST, kpi("charters", 6)),
        subject="six",
        title="'Six charters a month' was due on Oct 31, 2026",
        why="The period ended 1 day later, and nothing in the data shows it as reached.",
    ),
    "milestone_at_risk": Case(
        seeded=lambda: milestone(SOON, kpi("charters", 5)),
        clean=lambda: milestone(SOON, kpi("charters", 6)),
        subject="six",
        title="'Six charters a month' is due on Nov 20, 2026 and not reached",
        why="The date is within 45 days of the period's end, and its KPI has not reached the target.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


def test_a_kpi_that_falls_short_is_the_evidence() -> None:
    (found,) = ask("milestone_overdue", **milestone(PAST, kpi("cash", usd(500)), target=Decimal(600)))
    assert found.hit.evidence == (
        {
            "milestone": "Six charters a month",
            "due": PAST,
            "owner": "Ana",
            "kpi": "Cash",
            "value": usd(500),
            "target": usd(600),
        },
    )
    assert found.hit.severity is None


@pytest.mark.parametrize(("value", "is_found"), [(usd(600), False), (usd(599), False), (usd(601), True)])
def test_where_less_is_better_the_target_is_a_ceiling(value: object, is_found: bool) -> None:
    burn = kpi("net_burn", value, good=Direction.DOWN)  # type: ignore[arg-type]
    assert bool(ask("milestone_overdue", **milestone(PAST, burn, target=Decimal(600)))) is is_found


@pytest.mark.parametrize(
    "given",
    [milestone(PAST), milestone(PAST, kpi("charters", None)), milestone(PAST, kpi("charters", 5), target=None)],
    ids=["no KPI", "KPI unavailable", "no target"],
)
def test_a_milestone_that_nothing_measures_is_judged_by_its_date_and_milder(given: Given) -> None:
    (found,) = ask("milestone_overdue", **given)
    assert found.hit.severity is Severity.MEDIUM
    assert "value" not in found.hit.evidence[0]


def test_a_risk_must_be_measured_and_near() -> None:
    short = kpi("charters", 5)
    assert ask("milestone_at_risk", **milestone(SOON)) == []
    assert ask("milestone_at_risk", **milestone(SOON, kpi("charters", None))) == []
    assert ask("milestone_at_risk", **milestone(PAST, short)) == []
    assert ask("milestone_at_risk", **milestone(date(2026, 12, 16), short)) == []
    assert len(ask("milestone_at_risk", **milestone(date(2026, 12, 15), short))) == 1
    assert len(ask("milestone_at_risk", **milestone(date(2026, 11, 1), short))) == 1


def test_a_milestone_of_the_future_is_not_overdue() -> None:
    assert ask("milestone_overdue", **milestone(date(2026, 11, 1), kpi("charters", 0))) == []
