"""Faults of the mailing list: people who may be written to and are not, and people who may not be."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pandas as pd

from quarterdeck.audience import cases, dormant, known, reachable
from quarterdeck.frames import ratio
from quarterdeck.model import At, Effort, Severity
from quarterdeck.money import Money
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import evidence

_ENOUGH_CONTACTS = 100
_DORMANT_MONTHS = 12  # as `quarterdeck.audience` counts them
_DORMANT_SHARE = Decimal("0.5")
_OPT_IN_SHARE = Decimal("0.5")


@rule(
    "contacts_dormant",
    severity=Severity.MEDIUM,
    owner="cmo",
    effort=Effort.M,
    due_days=30,
    absent_ok=("campaigns",),
    title="'{segment}': {reachable:contact|contacts} may be written to, {idle} of them dormant",
    why="{campaigns:campaign is|campaigns are} planned for them, and {dormant:percent} have not booked in {months:months}.",
    remedy="Send one campaign to '{segment}', and count the bookings that follow",
)
def contacts_dormant(contacts: pd.DataFrame, campaigns: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A segment of a hundred reachable contacts or more has no campaign, or is mostly dormant."""
    silent = dormant(contacts, at).groupby("segment").size()
    planned = campaigns[campaigns["case"] == "base"]
    for segment, rows in reachable(contacts, at).groupby("segment"):
        idle = int(silent.get(segment, 0))
        share = ratio(idle, len(rows))
        own = planned[planned["segment"] == segment]
        if len(rows) < _ENOUGH_CONTACTS or (len(own) and share <= _DORMANT_SHARE):
            continue
        yield Hit(
            subject=str(segment),
            facts={
                "segment": str(segment),
                "reachable": len(rows),
                "idle": idle,
                "dormant": share,
                "campaigns": len(own),
                "months": _DORMANT_MONTHS,
            },
            evidence=evidence(own, at, "campaign", "case", "delivered_ratio", "response_ratio", "value_minor"),
            money_at_stake=_best_campaign(own, contacts, at),
        )


def _best_campaign(planned: pd.DataFrame, contacts: pd.DataFrame, at: At) -> Money | None:
    """What the most promising of some campaigns brings."""
    best = max((case.total for case in cases(planned, contacts, at)), default=None)
    return None if best is None else Money(best, at.currency)


@rule(
    "opt_in_low",
    severity=Severity.LOW,
    owner="cmo",
    effort=Effort.M,
    due_days=45,
    title="Only {reachable} of {contacts:contact|contacts} may be written to",
    why="That is {share:percent}; the others have not agreed to mail, so a campaign cannot reach them.",
    remedy="Ask for the agreement to mail at every booking and enquiry",
)
def opt_in_low(contacts: pd.DataFrame, at: At) -> Iterable[Hit]:
    """Fewer than half of a list of a hundred contacts or more agreed to mail."""
    there = known(contacts, at)
    if len(there) < _ENOUGH_CONTACTS:
        return
    agreed = len(reachable(contacts, at))
    share = ratio(agreed, len(there))
    if share < _OPT_IN_SHARE:
        by_segment = there.groupby("segment")["is_opted_in"].agg(contacts="size", reachable="sum").reset_index()
        listed = by_segment.sort_values(["contacts", "segment"], ascending=[False, True])
        yield Hit(
            subject="mailing list",
            facts={"reachable": agreed, "contacts": len(there), "share": share},
            evidence=evidence(listed, at, "segment", "contacts", "reachable"),
        )
