"""Sentences that every role is told: its headline, what moved most, what is open, what misses its target or lacks data."""

from __future__ import annotations

from decimal import Decimal

from quarterdeck.compose.figures import difference
from quarterdeck.compose.material import Material
from quarterdeck.compose.problems import open_findings, title
from quarterdeck.compose.sentences.saying import before, say, shown
from quarterdeck.model import Direction, Figure, KpiValue, Severity, State, Unit
from quarterdeck.money import Money

_HEADLINES = 2
_WORTH_SAYING = Decimal("0.01")  # a smaller relative move is noise


def headline(material: Material) -> str:
    """The role's first headline KPIs that are known, each against its target or the period before."""
    known = {value.id: value for value in material.role_kpis() if value.value is not None}
    listed = [known[id] for id in material.role.headline if id in known][:_HEADLINES]
    if not listed:
        return say(material, "headline.none")
    return "; ".join(_headline(value, material) for value in listed) + "."


def _headline(value: KpiValue, material: Material) -> str:
    beside = _beside_target(value, material) or _since(value, material)
    facts = {"label": value.label, "figure": shown(material, value)}
    return say(material, "headline.beside", **facts, beside=beside) if beside else say(material, "headline.figure", **facts)


def _beside_target(value: KpiValue, material: Material) -> str | None:
    if value.target is None:
        return None
    gap = _bare(difference(value.value, value.target))
    if gap == 0:
        return say(material, "headline.on_target")
    side = "over" if gap > 0 else "under"
    return say(material, f"headline.{side}", target=material.voice.figure(value.target, value.unit))


def _since(value: KpiValue, material: Material) -> str | None:
    if value.previous is None:
        return None
    if _bare(difference(value.value, value.previous)) == 0:
        return say(material, "headline.unchanged", before=before(material))
    change = material.voice.change(value.value, value.previous, value.unit)
    return say(material, "headline.changed", change=change, before=before(material))


def mover(material: Material) -> str | None:
    """The KPI that moved most against its good direction, or else the one that moved most with it."""
    moves = [(move, value) for value in material.role_kpis() if (move := _move(value)) is not None]
    moves = [(move, value) for move, value in moves if abs(move) >= _WORTH_SAYING and len({*_both(value, material)}) > 1]
    if not moves:
        return None
    move, value = min(moves, key=lambda pair: (pair[0] >= 0, -abs(pair[0]), pair[1].id))
    then, now = _both(value, material)
    verdict = "favourable" if move > 0 else "unfavourable"
    return say(material, f"mover.{verdict}", label=value.label, then=then, now=now, before=before(material))


def _both(value: KpiValue, material: Material) -> tuple[str, str]:
    """The figure of the period before and of this one, as they are shown."""
    voice = material.voice
    return voice.figure(value.previous, value.unit), voice.figure(value.value, value.unit)


def _move(value: KpiValue) -> Decimal | None:
    """The relative change in the good direction, of a ratio the points; None where it cannot be stated."""
    change = difference(value.value, value.previous)
    if change is None or value.direction is Direction.NEUTRAL or not _bare(value.previous):
        return None
    # A ratio moves by its points: a margin that falls from 2 % to 1 % has not halved the business.
    base = Decimal(1) if value.unit is Unit.RATIO else abs(_bare(value.previous))
    move = _bare(change) / base
    return move if value.direction is Direction.UP else -move


def worst_finding(material: Material) -> str:
    """How many findings are open, and the first of them."""
    listed = open_findings(material)
    if not listed:
        return say(material, "worst_finding.none")
    severe = sum(finding.severity in (Severity.CRITICAL, Severity.HIGH) for finding in listed)
    words = "worst_finding" if severe else "worst_finding.mild"
    return say(material, words, open=len(listed), severe=severe, first=title(listed[0], material))


def off_target(material: Material) -> str | None:
    """Which KPIs with a target miss it, and which are only on watch."""
    aimed = [value for value in material.role_kpis() if value.state in (State.GOOD, State.WATCH, State.BAD)]
    if not aimed:
        return None
    missed, watched = ([v.label for v in aimed if v.state is state] for state in (State.BAD, State.WATCH))
    if missed:
        said = say(material, "off_target.missed", missed=len(missed), aimed=len(aimed), labels=", ".join(missed))
    else:
        said = say(material, "off_target.none", aimed=len(aimed))
    return say(material, "off_target.watched", said=said, labels=", ".join(watched)) if watched else said


def not_worked_out(material: Material) -> str | None:
    """How many of the role's KPIs lack data."""
    listed = material.role_kpis()
    missing = sum(value.state is State.UNAVAILABLE for value in listed)
    return say(material, "not_worked_out", missing=missing, listed=len(listed)) if missing else None


def _bare(value: Figure | None) -> Decimal:
    if value is None:
        return Decimal(0)
    return Decimal(value.minor if isinstance(value, Money) else value)
