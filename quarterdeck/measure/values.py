"""KPI values of a period with what they are compared to: previous, last year, target, trend, grade."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from quarterdeck import codec
from quarterdeck.frames import Coverage
from quarterdeck.kpis import KPIS, Kpi
from quarterdeck.measure.faults import Fault, reason_of
from quarterdeck.measure.inputs import Inputs, base_tables
from quarterdeck.measure.reach import ends_early
from quarterdeck.model import At, Direction, Figure, Grade, KpiValue, State, Unavailable, Unit
from quarterdeck.money import Money
from quarterdeck.schemas import schema_of

TREND = 12
_TOLERANCE = Decimal("0.1")

History = Mapping[str, Mapping[str, Figure | None]]  # KPI values worked out for earlier periods, by period and KPI


@dataclass(frozen=True, slots=True)
class Target:
    """What a KPI should reach, and how far beside it still counts as watch."""

    value: Figure
    tolerance: Decimal


@dataclass(frozen=True, slots=True)
class Measured:
    """KPI values in the registry's order, and the KPIs among them whose code failed."""

    values: tuple[KpiValue, ...]
    faults: tuple[Fault, ...]


class Broken(Unavailable):
    """The KPI's own code failed: it is shown as unavailable like any other, and is a fault that somebody must mend."""

    __slots__ = ()


def measure(inputs: Inputs, at: At, history: History) -> Measured:
    """Every registered KPI for one period; one whose code fails is unavailable, with the error as its reason."""
    targets = _targets(inputs, at)
    figures = {kpi.id: figure(kpi, inputs, at) for kpi in KPIS.all().values()}
    values = (_measure(kpi, figures[kpi.id], inputs, at, history, targets.get(kpi.id)) for kpi in KPIS.all().values())
    faults = (Fault("kpi", id, found.reason) for id, found in figures.items() if isinstance(found, Broken))
    return Measured(tuple(values), tuple(faults))


def _measure(
    kpi: Kpi, value: Figure | Unavailable, inputs: Inputs, at: At, history: History, target: Target | None
) -> KpiValue:
    unavailable = isinstance(value, Unavailable)
    grade = Grade.D if unavailable else grade_of(kpi, inputs, at)
    shown = None if isinstance(value, Unavailable) else value
    earlier = _Earlier(kpi, inputs, history)
    is_part = inputs.view(kpi.tables, at).until is not None
    previous, last_year = (None if is_part else earlier.value(at.of(p)) for p in (at.period.previous(), at.period.last_year()))
    return KpiValue(
        id=kpi.id,
        label=kpi.label,
        unit=kpi.unit,
        direction=kpi.direction,
        formula=kpi.formula,
        version=kpi.version,
        tables=base_tables(kpi.tables),
        value=shown,
        previous=previous,
        last_year=last_year,
        target=target.value if target else None,
        state=state_of(shown, target, kpi.direction, grade, is_part=is_part),
        grade=grade,
        unavailable_reason=value.reason if isinstance(value, Unavailable) else "",
        needs=(value.needs or kpi.needs) if isinstance(value, Unavailable) else kpi.needs,
        series=(*(earlier.value(at.of(period)) for period in at.period.trailing(TREND)[:-1]), None if is_part else shown),
    )


class _Earlier:
    """A KPI's figures for earlier periods: worked out from dated rows, or remembered where only a state is read."""

    def __init__(self, kpi: Kpi, inputs: Inputs, history: History) -> None:
        self._kpi, self._inputs, self._history = kpi, inputs, history
        self._known: dict[str, Figure | None] = {}

    def value(self, at: At) -> Figure | None:
        text = at.period.text
        if text not in self._known:
            self._known[text] = self._look(at)
        return self._known[text]

    def _look(self, at: At) -> Figure | None:
        if self._inputs.is_state(self._kpi.tables, absent_ok=self._kpi.absent_ok):
            return self._remembered(at)
        if self._inputs.view(self._kpi.tables, at).until is not None:
            return None  # part of a period is nothing to compare a whole one with
        value = figure(self._kpi, self._inputs, at)
        return None if isinstance(value, Unavailable) else value

    def _remembered(self, at: At) -> Figure | None:
        past = self._history.get(at.period.text, {}).get(self._kpi.id)
        # A tenant that has changed its currency has no past to compare amounts with.
        return None if isinstance(past, Money) and past.currency != at.currency else past


def figure(kpi: Kpi, inputs: Inputs, at: At) -> Figure | Unavailable:
    """One KPI for one period, with its unit; Unavailable where a table is missing or does not reach that far.

    Where a table reaches only part of the way, it is the figure of that part.
    """
    frames = inputs.frames(kpi.tables, absent_ok=kpi.absent_ok)
    if isinstance(frames, Unavailable):
        return frames
    gap = inputs.covered(kpi.tables, at)
    if gap is not None:
        return gap
    try:
        value = kpi.compute(**frames, at=inputs.view(kpi.tables, at))
        return value if isinstance(value, Unavailable) else _typed(value, kpi.unit, at)
    except Exception as error:  # noqa: BLE001 - one KPI that fails must not take the tenant's other figures with it
        return Broken(reason_of(error))


def _typed(value: Any, unit: Unit, at: At) -> Figure:
    """The figure as a report can hold it; an error for anything else: a float, NaN, None, part of a minor unit."""
    if unit is Unit.MONEY:
        return Money(operator.index(value), at.currency)
    if not isinstance(value, int | Decimal):
        raise TypeError(f"{value!r} is no {unit}")
    codec.typed(value)
    return value


def grade_of(kpi: Kpi, inputs: Inputs, at: At) -> Grade:
    """How far a figure can be trusted, from its inputs.

    A: complete to the period's end, no row left out. B: some rows were rejected, or the books are derived from bank and
    Stripe rows. C: a table ends early, is an older snapshot, or tenants are left out. D is what cannot be worked out.
    """
    known = [(schema_of(name), inputs.tables.coverage.get(name, Coverage())) for name in base_tables(kpi.tables)]
    early = any(schema.dated and ends_early(c.last, at.period) for schema, c in known)
    if early or any(c.stale or c.left_out for _, c in known):
        return Grade.C
    return Grade.B if any(c.rejected or c.derived for _, c in known) else Grade.A


def state_of(
    value: Figure | None, target: Target | None, direction: Direction, grade: Grade, *, is_part: bool = False
) -> State:
    """Good when the target is reached, watch within the tolerance beside it, else bad.

    Never good below grade B, and never bad where only part of the period is known: the rest may still bring it.
    """
    if value is None:
        return State.UNAVAILABLE
    if target is None or direction is Direction.NEUTRAL:
        return State.NO_TARGET
    now, wanted = _bare(value), _bare(target.value)
    short = wanted - now if direction is Direction.UP else now - wanted
    if short <= 0:
        return State.GOOD if grade in (Grade.A, Grade.B) else State.WATCH
    return State.WATCH if is_part or short <= abs(wanted) * target.tolerance else State.BAD


def _bare(value: Figure) -> Decimal:
    return Decimal(value.minor if isinstance(value, Money) else value)


def _targets(inputs: Inputs, at: At) -> dict[str, Target]:
    if "targets" not in inputs.tables:
        return {}
    rows = inputs.tables["targets"].to_dict("records")
    return {row["kpi"]: _target(row, at) for row in rows if row["kpi"] in KPIS}


def _target(row: Mapping[Any, Any], at: At) -> Target:
    unit = KPIS.get(row["kpi"]).unit
    amount, tolerance = row["target"], row["tolerance_ratio"]
    value: Figure = Money(int(amount), at.currency) if unit is Unit.MONEY else amount
    if unit is Unit.COUNT and amount == int(amount):
        value = int(amount)
    return Target(value, _TOLERANCE if pd.isna(tolerance) else tolerance)
