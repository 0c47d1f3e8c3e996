"""The bottom line: sentences made from figures by named rules, so that no prose can contradict a figure.

Each function is one rule; it returns a sentence or None where it has nothing true to say. A cause is never guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from quarterdeck.compose.figures import difference
from quarterdeck.compose.material import Material
from quarterdeck.compose.problems import open_findings, title
from quarterdeck.model import Direction, Figure, KpiValue, Severity, State, Unit
from quarterdeck.money import Money

POINTS = 3
_HEADLINES = 2
_WORTH_SAYING = Decimal("0.01")  # a smaller relative move is noise
_VERDICT = {True: "favourable", False: "unfavourable"}


def bottom_line(material: Material) -> dict[str, Any]:
    """One sentence and up to three points, each with the id of the rule that made it."""
    points = [point for rule in _POINTS if (point := _said(rule, material))]
    return {"sentence": _said(headline, material), "points": points[:POINTS]}


def _said(rule: Callable[[Material], str | None], material: Material) -> dict[str, str] | None:
    text = rule(material)
    return None if text is None else {"text": text, "rule": rule.__name__}


def headline(material: Material) -> str:
    """The role's first headline KPIs that are known, each against its target or the period before."""
    known = {value.id: value for value in material.role_kpis() if value.value is not None}
    shown = [known[id] for id in material.role.headline if id in known][:_HEADLINES]
    if not shown:
        return "None of the headline figures can be worked out yet."
    return "; ".join(_headline(value, material) for value in shown) + "."


def _headline(value: KpiValue, material: Material) -> str:
    voice = material.voice
    beside = _beside_target(value, material) or _since(value, material)
    return f"{value.label} {voice.figure(value.value, value.unit)}" + (f", {beside}" if beside else "")


def _beside_target(value: KpiValue, material: Material) -> str | None:
    if value.target is None:
        return None
    gap = _bare(difference(value.value, value.target))
    if gap == 0:
        return "on target"
    side = "over" if gap > 0 else "under"
    return f"{side} the target of {material.voice.figure(value.target, value.unit)}"


def _since(value: KpiValue, material: Material) -> str | None:
    if value.previous is None:
        return None
    if _bare(difference(value.value, value.previous)) == 0:
        return f"unchanged since {material.voice.period(material.at.period.previous())}"
    change = material.voice.change(value.value, value.previous, value.unit)
    return f"{change} on {material.voice.period(material.at.period.previous())}"


def mover(material: Material) -> str | None:
    """The KPI that moved most against its good direction, or else the one that moved most with it."""
    moves = [(move, value) for value in material.role_kpis() if (move := _move(value)) is not None]
    moves = [(move, value) for move, value in moves if abs(move) >= _WORTH_SAYING and len({*_both(value, material)}) > 1]
    if not moves:
        return None
    move, value = min(moves, key=lambda pair: (pair[0] >= 0, -abs(pair[0]), pair[1].id))
    then, now = _both(value, material)
    since = material.voice.period(material.at.period.previous())
    return f"{value.label} went from {then} to {now} since {since}, {_VERDICT[move > 0]}."


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
        return "No finding is open."
    severe = sum(finding.severity in (Severity.CRITICAL, Severity.HIGH) for finding in listed)
    counted = material.voice.count(len(listed), "finding is open", "findings are open")
    return f"{counted}, {material.voice.number(severe)} of them high or critical. First: {title(listed[0], material)}."


def off_target(material: Material) -> str | None:
    """Which KPIs with a target miss it, and which are only on watch."""
    aimed = [value for value in material.role_kpis() if value.state in (State.GOOD, State.WATCH, State.BAD)]
    if not aimed:
        return None
    missed, watched = ([v.label for v in aimed if v.state is state] for state in (State.BAD, State.WATCH))
    counted = material.voice.count(len(aimed), "KPI", "KPIs")
    if missed:
        said = f"{material.voice.number(len(missed))} of {counted} with a target missed it: {', '.join(missed)}."
    else:
        said = f"{counted} with a target, none missed."
    return said + (f" On watch: {', '.join(watched)}." if watched else "")


def not_worked_out(material: Material) -> str | None:
    """How many of the role's KPIs lack data."""
    listed = material.role_kpis()
    missing = [value for value in listed if value.state is State.UNAVAILABLE]
    if not missing:
        return None
    counted = material.voice.count(len(listed), "KPI", "KPIs")
    return f"{material.voice.number(len(missing))} of {counted} cannot be worked out yet; each says what it needs."


def _bare(value: Figure | None) -> Decimal:
    if value is None:
        return Decimal(0)
    return Decimal(value.minor if isinstance(value, Money) else value)


_POINTS: tuple[Callable[[Material], str | None], ...] = (mover, worst_finding, not_worked_out, off_target)
SENTENCE_RULES = (headline, *_POINTS)
