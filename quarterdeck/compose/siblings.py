"""The tenants of a portfolio beside each other, where that is fair: the same figure, of the same kind of tenant, free of size.

Shares, spans and amounts for one customer can be compared; totals cannot. The median says something from three siblings on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from quarterdeck.compose.material import Material
from quarterdeck.model import Direction, Exhibit, ExhibitColumn, Figure, KpiValue, TenantKind, Unit
from quarterdeck.money import Money, round_half_even

PART = "siblings"
LEAST = 3  # siblings
_SIZELESS = frozenset({Unit.RATIO, Unit.TIMES, Unit.DAYS, Unit.MONTHS, Unit.HOURS})
_FOR_EACH = frozenset({"cost_per_customer", "average_sale"})  # amounts for one of something
_KINDS = {"company": ("company", "companies"), "unit": ("unit", "units")}
_COLUMNS = (
    ExhibitColumn("kpi", "Figure"),
    ExhibitColumn("siblings", "Of"),
    ExhibitColumn("median", "Median"),
    ExhibitColumn("furthest", "Furthest off"),
    ExhibitColumn("value", "Its figure"),
    ExhibitColumn("beside", "Against the median"),
)

Values = Mapping[str, KpiValue]  # by tenant


def siblings(material: Material) -> Exhibit | None:
    """For every comparable figure of the role, who is furthest off the median of its siblings, on the unfavourable side."""
    if PART not in material.role.parts or material.tenant.kind is not TenantKind.PORTFOLIO:
        return None
    rows, alone = [], []
    for kind, (one, many) in _KINDS.items():
        members = _of_kind(kind, material)
        for id in material.role.kpis:
            values = comparable(id, members)
            counted = material.voice.count(len(values), one, many)
            if len(values) >= LEAST:
                rows.append((_label(values), counted, *_beside(values, material)))
            elif values:
                alone.append(f"{_label(values)} ({counted})")
    if not rows and not alone:
        return None
    return Exhibit(PART, "Siblings compared", _COLUMNS, tuple(rows), _note(alone))


def comparable(id: str, members: Mapping[str, Iterable[KpiValue]]) -> Values:
    """A figure by tenant, of those who have it, where it is one that tenants of any size can be compared by."""
    found = {tenant: value for tenant, values in members.items() for value in values if value.id == id}
    return {
        tenant: value
        for tenant, value in found.items()
        if value.value is not None
        and value.direction is not Direction.NEUTRAL
        and (value.unit in _SIZELESS or id in _FOR_EACH)
        and _currency(value.value) == _currency(next(iter(found.values())).value)
    }


def median(figures: Iterable[Figure]) -> Figure:
    """The middle one, or the mean of the two in the middle; money to its minor unit."""
    ordered = sorted(figures, key=_bare)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    mean = (_bare(low) + _bare(high)) / 2
    return Money(round_half_even(mean), low.currency) if isinstance(low, Money) else mean


def furthest(values: Values, middle: Figure) -> str | None:
    """The tenant furthest off on the unfavourable side; None where nobody is."""
    off = {tenant: _off(value, middle) for tenant, value in values.items()}
    worst = max(sorted(off), key=lambda tenant: off[tenant])
    return worst if off[worst] > 0 else None


def _off(value: KpiValue, middle: Figure) -> Decimal:
    gap = _bare(middle) - _bare(value.value)
    return gap if value.direction is Direction.UP else -gap


def _beside(values: Values, material: Material) -> tuple[str | None, ...]:
    voice = material.voice
    middle = median(value.value for value in values.values() if value.value is not None)
    unit = next(iter(values.values())).unit
    worst = furthest(values, middle)
    if worst is None:
        return voice.figure(middle, unit), None, None, "all alike"
    value = values[worst].value
    name = material.tenant.names.get(worst, worst)
    return voice.figure(middle, unit), name, voice.figure(value, unit), _against(value, middle, unit, material)


def _against(value: Figure | None, middle: Figure, unit: Unit, material: Material) -> str:
    """As a multiple where both are above zero and it is the larger one, else as the difference."""
    now, mid = _bare(value), _bare(middle)
    if mid > 0 and now > mid:
        return f"{material.voice.times((now / mid).quantize(Decimal('0.01')))} the median"
    return material.voice.change(value, middle, unit)


def _of_kind(kind: str, material: Material) -> Mapping[str, tuple[KpiValue, ...]]:
    tenants = material.tables["tenant"]
    ids = tenants.loc[tenants["kind"] == kind, "id"]
    return {id: material.members[id] for id in sorted(ids) if id in material.members}


def _label(values: Values) -> str:
    return next(iter(values.values())).label


def _note(alone: list[str]) -> str:
    least = f"Compared where at least {LEAST} of one kind have the figure, by their own reports"
    return f"{least}; too few for {', '.join(alone)}" if alone else least


def _currency(figure: Figure | None) -> str | None:
    return figure.currency if isinstance(figure, Money) else None


def _bare(figure: Figure | None) -> Decimal:
    if figure is None:
        return Decimal(0)
    return Decimal(figure.minor if isinstance(figure, Money) else figure)
