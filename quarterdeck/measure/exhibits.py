"""The exhibits a role asks for, made from a tenant's tables."""

from __future__ import annotations

from collections.abc import Iterable

from quarterdeck.exhibits import EXHIBITS
from quarterdeck.measure.inputs import Inputs
from quarterdeck.model import At, Exhibit, Unavailable


def show(ids: Iterable[str], inputs: Inputs, at: At) -> tuple[Exhibit, ...]:
    """Exhibits by id, in the given order; one whose table is missing, or that has nothing to show, is left out."""
    made = (_make(name, inputs, at) for name in ids)
    return tuple(exhibit for exhibit in made if exhibit is not None)


def _make(name: str, inputs: Inputs, at: At) -> Exhibit | None:
    spec = EXHIBITS.get(name)
    # Most exhibits compare with a table that not every tenant has (a budget, a list of prices): shown without it.
    frames = inputs.frames(spec.tables, absent_ok=frozenset(spec.tables[1:]))
    if isinstance(frames, Unavailable):
        return None
    return spec.make(**frames, at=inputs.view(spec.tables[:1], at))
