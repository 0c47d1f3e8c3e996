"""The agenda of the next thirty days: which action is done when, by the working days that its owner has.

An action takes 1, 5 or 10 working days (S, M, L) of its owner, one after the other. Each is put, by priority, into the first
days that its owner has free; among equals revenue and the pipeline come first, then what is due first, then what is quick. A
company never does two large ones at once. What does not fit is listed with the reason. Holidays are not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from quarterdeck.compose.material import Material

PART = "agenda"
DAYS = 30  # of the calendar
DEFAULT_CAPACITY = 10  # working days of one owner within them
WORK: Mapping[str, int] = {"S": 1, "M": 5, "L": 10}  # working days
_LARGE = "L"
# What the money comes from goes before what it goes to.
_FIRST = (
    ("recognition", "revenue_untracked"),  # a file of rules, and rules
    ("pipeline_empty", "funnel_broken", "deals_stale"),
)
_WEEKEND = 5  # Saturday, as Python counts

Item = dict[str, Any]
Owner = tuple[str, str]  # tenant and role


@dataclass(slots=True)
class _Plan:
    """The days that are taken, as numbers of working days, by owner; by tenant, those of large actions."""

    days: tuple[date, ...]
    capacities: Mapping[Owner, int]
    taken: dict[Owner, set[int]] = field(default_factory=dict)
    large: dict[str, set[int]] = field(default_factory=dict)

    def capacity(self, owner: Owner) -> int:
        return self.capacities.get(owner, DEFAULT_CAPACITY)

    def place(self, owner: Owner, effort: str) -> range | str:
        """The first days that are free for an action, which are then taken, or why there are none."""
        mine = self.taken.setdefault(owner, set())
        needed = WORK[effort]
        if len(mine) + needed > self.capacity(owner):
            return "capacity"
        large = self.large.setdefault(owner[0], set()) if effort == _LARGE else set()
        days = self._free(mine | large, needed)
        if days is None:
            return "days" if self._free(mine, needed) is None else "large"
        mine.update(days)
        large.update(days)
        return days

    def _free(self, closed: set[int], needed: int) -> range | None:
        starts = range(len(self.days) - needed + 1)
        return next((range(s, s + needed) for s in starts if not closed.intersection(range(s, s + needed))), None)


def agenda(actions: Iterable[Mapping[str, Any]], material: Material) -> dict[str, Any] | None:
    """The section of a report whose role has it, from its action items as they stand in it; None without any."""
    listed = list(actions)
    if PART not in material.role.parts or not listed:
        return None
    start = material.at.end
    plan = _Plan(tuple(working_days(start, DAYS)), _capacities(material))
    rule_of = {finding.fingerprint: (finding.rule, finding.field) for finding in material.findings}
    items, unfit = [], []
    for action in sorted(listed, key=lambda each: _order(each, rule_of)):
        owner = (action["tenant"], action["owner"])
        placed = plan.place(owner, action["effort"])
        if isinstance(placed, str):
            unfit.append({**_shown(action, material), "reason": placed})
        else:
            first, last = (plan.days[number].isoformat() for number in (placed.start, placed.stop - 1))
            is_late = last > action["due"]
            items.append({**_shown(action, material), "starts": first, "ends": last, "is_late": is_late})
    return {
        "start": start.isoformat(),
        "end": (start + timedelta(days=DAYS)).isoformat(),
        "items": sorted(items, key=lambda item: (item["starts"], item["priority"])),  # stable: among those, as they were asked
        "unfit": unfit,
        "capacity": _capacity(plan, listed),
    }


def working_days(start: date, days: int) -> list[date]:
    """Mondays to Fridays of so many days of the calendar."""
    every = (start + timedelta(days=number) for number in range(days))
    return [day for day in every if day.weekday() < _WEEKEND]


def _order(action: Mapping[str, Any], rule_of: Mapping[str, tuple[str, str]]) -> tuple[Any, ...]:
    names = rule_of.get(action["finding"], ("", ""))
    topic = next((place for place, first in enumerate(_FIRST) if {*names}.intersection(first)), len(_FIRST))
    return (action["priority"], topic, action["due"], WORK[action["effort"]], action["tenant"], action["code"])


def _shown(action: Mapping[str, Any], material: Material) -> Item:
    """An action as the agenda names it; the tenant's name goes first in somebody else's report."""
    shown = {name: action[name] for name in ("code", "tenant", "what", "owner", "priority", "effort", "due")}
    if action["tenant"] != material.tenant.id:
        shown["what"] = f"{material.tenant.names.get(action['tenant'], action['tenant'])}: {action['what']}"
    return shown


def _capacities(material: Material) -> dict[Owner, int]:
    """The working days that settings give to a role of a tenant."""
    if "capacities" not in material.tables:
        return {}
    rows = material.tables["capacities"].to_dict("records")
    return {(str(row["tenant"]), str(row["role"])): int(row["days"]) for row in rows}


def _capacity(plan: _Plan, listed: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Of each owner, the working days there are and those that the agenda uses."""
    owners = sorted({(action["tenant"], action["owner"]) for action in listed})
    return [
        {
            "tenant": tenant,
            "owner": role,
            "days": plan.capacity((tenant, role)),
            "used": len(plan.taken.get((tenant, role), ())),
        }
        for tenant, role in owners
    ]
