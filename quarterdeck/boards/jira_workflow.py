"""How an issue of Jira comes from one column to another: which of the transitions that its workflow offers is taken.

A status means what its category says: to do (`new`), in progress (`indeterminate`), or done (`done`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quarterdeck.boards.faults import CardRejectedError
from quarterdeck.boards.records import Category, Resolution

_MEANS = {"new": Category.TODO, "indeterminate": Category.DOING, "done": Category.DONE}
# What opens an issue may put it in progress: there is more of a difference between open and done.
_LEADS = {Category.TODO: ("new", "indeterminate"), Category.DOING: ("indeterminate",), Category.DONE: ("done",)}
_REMEDY = "add such a transition to the workflow of the project, for the token's user"


@dataclass(frozen=True, slots=True)
class Way:
    """A transition to take, the resolution to set with it, and whether the issue tells then how it was closed."""

    transition: str
    resolution: str | None
    tells: bool


def category_of(status: Mapping[str, Any]) -> Category:
    """What a status means; one of no category counts as in progress."""
    return _MEANS.get(str(status["statusCategory"]["key"]), Category.DOING)


def is_among(name: str, names: Iterable[str]) -> bool:
    """Whether people mean one of these by a name."""
    return name.casefold() in {each.casefold() for each in names}


def way(
    offered: Sequence[Mapping[str, Any]], to: Category, resolution: Resolution | None, done: str, dropped: Sequence[str]
) -> Way:
    """The transition that leads where a card belongs; CardRejectedError, with names, where the workflow has none.

    `done` is the resolution of what was completed, `dropped` are the names of statuses and resolutions of what was not planned.
    """
    leading = [each for key in _LEADS[to] for each in offered if each["to"]["statusCategory"]["key"] == key]
    if not leading:
        names = ", ".join(sorted({str(each["to"]["name"]) for each in offered})) or "none"
        raise CardRejectedError(f"the workflow leads nowhere that means {to.value}, only to: {names}", remedy=_REMEDY)
    wanted = [each for each in leading if not _asked(each)]
    if not wanted:
        asked = ", ".join(sorted({name for each in leading for name in _asked(each)}))
        raise CardRejectedError(f"the workflow asks for {asked} on the way to {to.value}", remedy=_REMEDY)
    if to is not Category.DONE:
        return Way(str(wanted[0]["id"]), None, tells=True)
    is_dropped = resolution is Resolution.NOT_PLANNED
    ways = [_closing(each, is_dropped, done, dropped) for each in wanted]
    fitting = [each for each in ways if each is not None]
    if not fitting:
        raise CardRejectedError("the workflow has no resolution for what was done", remedy="name one under `done`")
    return next((each for each in fitting if each.tells), fitting[0])


def _closing(transition: Mapping[str, Any], is_dropped: bool, done: str, dropped: Sequence[str]) -> Way | None:
    """How a transition closes an issue; None where it would say the wrong thing of it."""
    number, says_dropped = str(transition["id"]), is_among(str(transition["to"]["name"]), dropped)
    if says_dropped and not is_dropped:
        return None
    field = (transition.get("fields") or {}).get("resolution")
    if field is None:
        return Way(number, None, tells=says_dropped == is_dropped)
    values = [str(value["name"]) for value in field.get("allowedValues") or ()]
    if is_dropped:
        fitting = [value for value in values if is_among(value, dropped)]
    else:
        fitting = [value for value in values if not is_among(value, dropped)]
        fitting.sort(key=lambda value: not is_among(value, [done]))  # the named one first, else in Jira's order
    if fitting:
        return Way(number, fitting[0], tells=True)
    if not field.get("required"):
        return Way(number, None, tells=says_dropped == is_dropped)
    return Way(number, values[0], tells=says_dropped) if is_dropped and values else None


def _asked(transition: Mapping[str, Any]) -> list[str]:
    """The names of fields that a transition asks for, and we have no answer to."""
    fields = transition.get("fields") or {}
    return [
        str(field.get("name") or name)
        for name, field in fields.items()
        if name != "resolution" and field.get("required") and not field.get("hasDefaultValue")
    ]
