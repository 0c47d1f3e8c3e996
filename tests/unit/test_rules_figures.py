from __future__ import annotations

from decimal import Decimal

import pytest

from quarterdeck.model import Direction, Figure, State, Unit
from tests.asking import Case, Given, ask, check, kpi, kpis
from tests.tables import usd

UP, DOWN, NEUTRAL = Direction.UP, Direction.DOWN, Direction.NEUTRAL


def margin(state: State) -> Given:
    return {"kpis": kpis(kpi("gross_margin", Decimal("0.412"), target=Decimal("0.6"), state=state))}


def series(*values: Figure | None, good: Direction = UP, unit: Unit | None = None) -> Given:
    return {"kpis": kpis(kpi("gross_margin", values[-1], series=values, good=good, unit=unit))}


def ratios(*percent: int) -> tuple[Decimal, ...]:
    return tuple(Decimal(value) / 100 for value in percent)


CASES = {
    "kpi_off_target": Case(
        seeded=lambda: margin(State.BAD),
        clean=lambda: margin(State.WATCH),
        subject="gross_margin",
        title="Gross margin is 41.2%, its target is 60.0%",
        why="The figure misses the target by more than its tolerance.",
    ),
    "kpi_worse_three_times": Case(
        seeded=lambda: series(*ratios(20, 60, 55, 50, 45)),
        clean=lambda: series(*ratios(20, 60, 55, 55, 45)),
        subject="gross_margin",
        title="Gross margin got worse 3 periods running, from 60.0% to 45.0%",
        why="Each of the last 3 periods was worse than the one before it. What caused it, the figure does not say.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


@pytest.mark.parametrize(
    ("value", "target", "unit", "title"),
    [
        (usd(120_000), usd(90_000), Unit.MONEY, "Burn is $1,200, its target is $900"),
        (Decimal("4.5"), Decimal(6), Unit.MONTHS, "Burn is 4.5 months, its target is 6 months"),
        (4, Decimal(6), Unit.COUNT, "Burn is 4, its target is 6"),
    ],
)
def test_a_figure_is_said_in_its_own_unit(value: Figure, target: Figure, unit: Unit, title: str) -> None:
    (found,) = ask("kpi_off_target", kpis=kpis(kpi("burn", value, target=target, state=State.BAD, unit=unit)))
    assert found.title == title


def test_every_kpi_that_is_off_its_target_is_a_finding_of_its_own() -> None:
    off = [kpi(id, Decimal(1), target=Decimal(2), state=State.BAD) for id in ("zeta", "alpha")]
    assert [found.subject for found in ask("kpi_off_target", kpis=kpis(*off))] == ["alpha", "zeta"]


@pytest.mark.parametrize(
    ("values", "good", "is_found"),
    [
        (ratios(45, 50, 55, 60), UP, False),
        (ratios(45, 50, 55, 60), DOWN, True),
        (ratios(60, 55, 50, 45), NEUTRAL, False),
        (ratios(60, 55, 50), UP, False),
        ((*ratios(60, 55), None, *ratios(50)), UP, False),
        (ratios(60, 59, 58, 57), UP, True),  # 3 of 60 is a twentieth
        (ratios(61, 60, 59, 58), UP, False),  # 3 of 61 is less
        ((usd(10), usd(-5), usd(-10), usd(-11)), UP, True),
        ((usd(-10), usd(-20), usd(-30), usd(-40)), UP, True),
    ],
)
def test_only_four_known_figures_that_worsen_by_a_twentieth_are_a_finding(
    values: tuple[Figure | None, ...], good: Direction, is_found: bool
) -> None:
    assert bool(ask("kpi_worse_three_times", **series(*values, good=good))) is is_found


def test_counts_and_spans_go_up_and_down_without_a_finding() -> None:
    assert ask("kpi_worse_three_times", **series(9, 8, 7, 6, unit=Unit.COUNT)) == []
    assert ask("kpi_worse_three_times", **series(*ratios(900, 800, 700, 600), unit=Unit.MONTHS)) == []


def test_the_way_down_is_the_evidence() -> None:
    (found,) = ask("kpi_worse_three_times", **series(usd(400), usd(300), usd(200), usd(100)))
    assert found.hit.evidence[0] == {"period": "2026-07", "value": usd(400)}
    assert found.hit.evidence[-1] == {"period": "2026-10", "value": usd(100)}
