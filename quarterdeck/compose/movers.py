"""What changed most since the period before: the role's figures that moved furthest, of the tenant and of its members."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from quarterdeck.compose.figures import difference
from quarterdeck.compose.material import Material
from quarterdeck.model import Direction, Exhibit, ExhibitColumn, Figure, KpiValue, Unit
from quarterdeck.money import Money

PART = "movers"
MOST = 5
_FEW = 5  # of a count; one more or less of fewer is no move
_KPI = (
    ExhibitColumn("kpi", "Figure"),
    ExhibitColumn("before", "Before"),
    ExhibitColumn("now", "Now"),
    ExhibitColumn("change", "Change"),
    ExhibitColumn("effect", "Effect"),
)
_WHO = ExhibitColumn("tenant", "Company")


def movers(material: Material) -> Exhibit | None:
    """The five figures that moved most: amounts and counts by their share of before, shares by their points."""
    if PART not in material.role.parts:
        return None
    found = sorted(_moves(material), key=lambda each: (-abs(each[0]), each[1], each[2].id))[:MOST]
    if not found:
        return None
    several = bool(material.members)
    rows = [((tenant,) if several else ()) + _cells(value, move, material) for move, tenant, value in found]
    then = material.voice.period(material.at.period.previous())
    return Exhibit(PART, "Top movers", (_WHO, *_KPI) if several else _KPI, tuple(rows), f"Against {then}")


def _moves(material: Material) -> Iterator[tuple[Decimal, str, KpiValue]]:
    everybody = {material.tenant.id: material.kpis, **material.members}
    for tenant, values in everybody.items():
        for value in values:
            move = move_of(value) if value.id in material.role.kpis else None
            if move:
                yield move, tenant, value


def move_of(value: KpiValue) -> Decimal | None:
    """The relative change in the good direction, of a ratio its points; None where it cannot be stated or says nothing."""
    change = difference(value.value, value.previous)
    if change is None or value.direction is Direction.NEUTRAL:
        return None
    now, then = _bare(value.value), _bare(value.previous)
    if then == 0 or (value.unit is Unit.COUNT and max(abs(now), abs(then)) < _FEW):
        return None
    base = Decimal(1) if value.unit is Unit.RATIO else abs(then)
    move = _bare(change) / base
    return move if value.direction is Direction.UP else -move


def _cells(value: KpiValue, move: Decimal, material: Material) -> tuple[str, ...]:
    voice = material.voice
    return (
        value.label,
        voice.figure(value.previous, value.unit),
        voice.figure(value.value, value.unit),
        voice.change(value.value, value.previous, value.unit),
        "favourable" if move > 0 else "unfavourable",
    )


def _bare(value: Figure | None) -> Decimal:
    if value is None:
        return Decimal(0)
    return Decimal(value.minor if isinstance(value, Money) else value)
