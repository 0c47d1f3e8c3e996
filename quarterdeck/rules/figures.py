"""Faults that every KPI can show in the same way: off its target, or getting worse for periods on end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise

from quarterdeck.model import At, Direction, Effort, Figure, KpiValue, Severity, State, Unit
from quarterdeck.money import Money
from quarterdeck.rules import Hit, Scope, rule
from quarterdeck.rules._shared import Kpis

_WORSE_TIMES = 3
_WORSE_SHARE = Decimal("0.05")  # a drift of less than this over all the steps is noise


@rule(
    "kpi_off_target",
    close_after=2,
    scope=Scope.EVERY,
    severity=Severity.MEDIUM,
    owner="ceo",
    effort=Effort.M,
    due_days=20,
    title="{kpi} is {value:unit}, its target is {target:unit}",
    why="The figure misses the target by more than its tolerance.",
    remedy="Decide what brings {kpi} to {target:unit}, or set a target that can be reached",
)
def kpi_off_target(kpis: Kpis) -> Iterable[Hit]:
    """A KPI misses its target by more than the tolerance."""
    for id, kpi in sorted(kpis.items()):
        if kpi.state is State.BAD and kpi.value is not None and kpi.target is not None:
            yield Hit(id, {"kpi": kpi.label, "unit": kpi.unit.value, "value": kpi.value, "target": kpi.target})


@rule(
    "kpi_worse_three_times",
    close_after=2,
    scope=Scope.EVERY,
    severity=Severity.LOW,
    owner="ceo",
    effort=Effort.M,
    due_days=30,
    title="{kpi} got worse {times} periods running, from {first:unit} to {value:unit}",
    why="Each of the last {times} periods was worse than the one before it. What caused it, the figure does not say.",
    remedy="Find out what moves {kpi}, and decide whether to act on it",
)
def kpi_worse_three_times(kpis: Kpis, at: At) -> Iterable[Hit]:
    """An amount or a ratio got worse three times in a row, by a twentieth or more in all."""
    for id, kpi in sorted(kpis.items()):
        steps = _latest(kpi)
        if len(steps) > _WORSE_TIMES and _worsens(steps, kpi.direction):
            periods = at.period.trailing(len(steps))
            yield Hit(
                subject=id,
                facts={
                    "kpi": kpi.label,
                    "unit": kpi.unit.value,
                    "times": _WORSE_TIMES,
                    "first": steps[0],
                    "value": steps[-1],
                },
                evidence=tuple({"period": period.text, "value": step} for period, step in zip(periods, steps, strict=True)),
            )


def _latest(kpi: KpiValue) -> list[Figure]:
    """The last four figures of an amount or a ratio, as far as they are known."""
    if kpi.unit not in (Unit.MONEY, Unit.RATIO):
        return []
    return [step for step in kpi.series[-_WORSE_TIMES - 1 :] if step is not None]


def _worsens(steps: Sequence[Figure], direction: Direction) -> bool:
    bare = [Decimal(step.minor if isinstance(step, Money) else step) for step in steps]
    losses = [before - now if direction is Direction.UP else now - before for before, now in pairwise(bare)]
    steady = direction is not Direction.NEUTRAL and all(loss > 0 for loss in losses)
    return steady and sum(losses) >= abs(bare[0]) * _WORSE_SHARE
