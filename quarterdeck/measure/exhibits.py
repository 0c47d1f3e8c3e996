"""The exhibits a role asks for, made from a tenant's tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from quarterdeck.exhibits import EXHIBITS, ExhibitSpec
from quarterdeck.measure.faults import EXHIBIT, Fault, reason_of
from quarterdeck.measure.inputs import Inputs
from quarterdeck.model import At, Exhibit, KpiValue, Unavailable


@dataclass(frozen=True, slots=True)
class Shown:
    """Exhibits in the order they were asked for, and those whose code failed."""

    exhibits: tuple[Exhibit, ...]
    faults: tuple[Fault, ...] = ()


def show(ids: Iterable[str], inputs: Inputs, at: At, kpis: Sequence[KpiValue] = ()) -> Shown:
    """Exhibits by id; one whose table is missing, that has nothing to show, or whose code fails is left out."""
    values = {value.id: value for value in kpis}
    made: list[Exhibit] = []
    faults: list[Fault] = []
    for name, spec in [(name, EXHIBITS.get(name)) for name in ids]:
        try:
            exhibit = _make(spec, inputs, at, values)
        except Exception as error:  # noqa: BLE001 - one table that fails must not take the report with it
            faults.append(Fault(EXHIBIT, name, reason_of(error)))
            continue
        if exhibit is not None:
            made.append(exhibit)
    return Shown(tuple(made), tuple(faults))


def _make(spec: ExhibitSpec, inputs: Inputs, at: At, kpis: Mapping[str, KpiValue]) -> Exhibit | None:
    # Most exhibits compare with a table that not every tenant has (a budget, a list of prices): shown without it.
    frames = inputs.frames(spec.tables, absent_ok=frozenset(spec.tables[1:]))
    if isinstance(frames, Unavailable):
        return None
    own = {"kpis": kpis} if spec.reads_kpis else {}
    return spec.make(**frames, **own, at=inputs.view(spec.tables[:1], at))
