"""What readers were promised: what the reports that went out asked for, and who is told when it is missed again and again.

Only what a channel has taken was asked of anybody, so a period that was made later and sent to nobody counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from quarterdeck.config import Settings, TenantSettings

TABLE, ESCALATIONS = "promised", "escalations"
_UP = {"ceo": None, "cfo": "ceo", "cmo": "ceo", "cto": "ceo", "accounting": "ceo"}
_UNIT = "cfo"  # who hears of what a unit's own role has missed
_OFFICERS = frozenset(_UP)


def promised(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows of a report: a line for each finding it asked to mend, or said of what it had asked for before."""
    said = {promise["finding"]: promise for promise in document["promises"] if "finding" in promise}  # those of before had none
    asked = {action["finding"]: action for action in document["actions"]}
    for mark in sorted({*said, *asked}):
        word = said.get(mark)
        yield {
            "role": document["role"],
            "period": document["period"],
            "fingerprint": mark,
            "due_on": date.fromisoformat((word or asked[mark])["due"]),
            "outcome": word["outcome"] if word else "asked",
        }


def escalations(settings: Settings, tenant: TenantSettings, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Of each role whose reports asked for something, the next one up, as the settings have it or else as most houses do."""
    told = sorted({row["role"] for row in rows})
    named = {**settings.portfolio.escalation, **tenant.escalation}
    has = {*told, *tenant.roles, *(_OFFICERS if tenant.kind != "unit" else ())}
    steps = ((role, named.get(role) or _UP.get(role, _UNIT)) for role in sorted({*told, *named, *_OFFICERS}))
    return [{"role": role, "to_role": to, "is_own": to in has} for role, to in steps if to is not None]
