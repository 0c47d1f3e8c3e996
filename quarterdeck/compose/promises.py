"""What earlier reports asked for, and what became of it; what was missed three times, in the report of the role above.

The figures say that something is done, people say so by its card, and a day that has passed says that it is late. How often
it was late is counted over the reports that went out, since who was asked nothing has missed nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from quarterdeck import codec
from quarterdeck.compose.figures import difference
from quarterdeck.compose.material import Material
from quarterdeck.compose.problems import Section, overrides, rank_of, what_to_do
from quarterdeck.kpis import KPIS
from quarterdeck.measure.findings import codes, due, first_due, owner
from quarterdeck.model import Direction, Figure, Finding, FindingState, KpiValue
from quarterdeck.money import Money
from quarterdeck.period import Period
from quarterdeck.rules import RULES

MISSES = 3
_SAID = {"done": "said_done", "accepted": "accepted"}
_PROMISED = (FindingState.FIXED, FindingState.PERSISTING, FindingState.UNCHECKED)


@dataclass(frozen=True, slots=True)
class _Told:
    """What one delivered report said of one promise."""

    role: str
    start: date
    due: date
    outcome: str


def promises(material: Material) -> Section:
    """What is done first, then what came up from a role below, then the rest as findings are ranked."""
    code_of, rank, past = codes(material.findings), rank_of(material), _past(material)
    own = {finding.fingerprint for finding in material.role_findings()}
    found: list[tuple[tuple[object, ...], dict[str, Any]]] = []
    for finding in material.findings:
        if finding.state not in _PROMISED:
            continue
        made = _promise(finding, code_of[finding.fingerprint], past.get(finding.fingerprint, ()), material)
        came_up = made["escalation"] is not None and _comes_here(finding, material)
        if came_up:
            made["escalation"] = {**made["escalation"], "is_here": True}
        if came_up or finding.fingerprint in own:
            found.append(((finding.state is not FindingState.FIXED, not came_up, *rank(finding)), made))
    return [made for _, made in sorted(found, key=lambda each: each[0])]


def _promise(finding: Finding, code: str, past: tuple[_Told, ...], material: Material) -> dict[str, Any]:
    until = due(finding, material.at)
    first = past[0].due if past else first_due(finding, material.at)
    outcome = _outcome(finding, until, is_moved=until > first, material=material)
    misses = _misses(past) + 1 if outcome == "late" else 0
    up = _up(finding, material) if misses >= MISSES else None
    return {
        "code": code,
        "finding": finding.fingerprint,
        "what": what_to_do(finding, material),
        "owner": owner(finding),
        "due": until.isoformat(),
        "first_due": first.isoformat(),
        "outcome": outcome,
        "overrides": overrides(finding, material),
        "misses": misses,
        "escalation": None if up is None else {"from": finding.remedy.owner, "to": up[0], "is_here": False},
        "effect": _effect(finding, material),
    }


def _outcome(finding: Finding, until: date, *, is_moved: bool, material: Material) -> str:
    if finding.state is FindingState.FIXED:
        return "done"
    column = material.cards.get(finding.fingerprint, {}).get("column")
    if column in _SAID:
        return _SAID[column]
    if until < material.at.end:
        return "late"
    if column == "doing":
        return "doing"
    return "moved" if is_moved else "open"


def _past(material: Material) -> Mapping[str, tuple[_Told, ...]]:
    """By fingerprint, what delivered reports said of it since it is there without a break, the oldest first."""
    if "promised" not in material.tables:
        return {}
    seen = {finding.fingerprint: _period(finding.first_seen, material).start for finding in material.findings}
    told: dict[str, list[_Told]] = {}
    for row in material.tables["promised"].to_dict("records"):
        mark, start = str(row["fingerprint"]), _period(str(row["period"]), material).start
        if mark in seen and seen[mark] <= start < material.at.start:
            told.setdefault(mark, []).append(_Told(row["role"], start, row["due_on"].date(), row["outcome"]))
    return {mark: tuple(sorted(rows, key=lambda each: (each.start, each.role))) for mark, rows in told.items()}


def _misses(past: tuple[_Told, ...]) -> int:
    """In how many reports in a row, up to the last, it was late; of several roles that were told, the most."""
    return max((_in_a_row([told for told in past if told.role == role]) for role in {told.role for told in past}), default=0)


def _in_a_row(told: list[_Told]) -> int:
    count = 0
    for each in reversed(told):
        if each.outcome != "late":
            break
        count += 1
    return count


def _up(finding: Finding, material: Material) -> tuple[str, bool] | None:
    """The role above that of the action, and whether the tenant has a report of it."""
    for row in _escalations(finding.tenant, material):
        if row["role"] == finding.remedy.owner:
            return str(row["to_role"]), bool(row["is_own"])
    return None


def _comes_here(finding: Finding, material: Material) -> bool:
    """Whether this report is where what was missed is told: the tenant's own, or where it has none, the portfolio's."""
    up = _up(finding, material)
    is_own = finding.tenant == material.tenant.id
    return up is not None and up[0] == material.role.id and (is_own or not up[1])


def _escalations(tenant: str, material: Material) -> Iterator[dict[Any, Any]]:
    if "escalations" in material.tables:
        rows = material.tables["escalations"]
        yield from rows[rows["tenant"] == tenant].to_dict("records")


def _effect(finding: Finding, material: Material) -> dict[str, Any] | None:
    """What the KPI of a finding's rule was in the period that saw it first, and what it is now."""
    value = _linked(finding, material)
    if value is None or value.value is None:
        return None
    trailing = material.at.period.trailing(len(value.series)) if value.series else ()
    then = [figure for period, figure in zip(trailing, value.series, strict=True) if period.text == finding.first_seen]
    before = then[0] if then else value.previous
    change = difference(value.value, before)
    if change is None:
        return None
    return {
        "kpi": value.id,
        "label": value.label,
        "unit": value.unit.value,
        "before": codec.plain(before),
        "after": codec.plain(value.value),
        "verdict": _verdict(change, value.direction),
    }


def _linked(finding: Finding, material: Material) -> KpiValue | None:
    """The first KPI that the rule names, or that it found fault with; of a tenant in somebody else's report, none."""
    named = RULES.get(finding.rule).kpis if finding.rule in RULES else ()
    ids = (finding.subject,) if finding.subject in KPIS else named[:1]
    known = material.kpis if finding.tenant == material.tenant.id else ()
    return next((value for value in known if value.id in ids), None)


def _verdict(change: Figure, direction: Direction) -> str:
    bare = change.minor if isinstance(change, Money) else change
    if not bare:
        return "unchanged"
    if direction is Direction.NEUTRAL:
        return "changed"
    return "favourable" if (bare > 0) is (direction is Direction.UP) else "unfavourable"


def _period(text: str, material: Material) -> Period:
    return Period.parse(text, fiscal_start=material.at.fiscal_start)
