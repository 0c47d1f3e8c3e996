"""Faults of the tenant's own mails: what comes back, and what readers call unwanted."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pandas as pd

from quarterdeck.frames import between, ratio, total
from quarterdeck.model import At, Effort, Fact, Severity
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import evidence

_MOST_BOUNCES = Decimal("0.02")
_MOST_COMPLAINTS = Decimal("0.001")
_COLUMNS = ("date", "campaign", "sent", "delivered", "bounced", "complained")


@rule(
    "mail_bounces_high",
    severity=Severity.HIGH,
    owner="cmo",
    effort=Effort.M,
    due_days=10,
    title="{part} of {whole:mail|mails} came back",
    why="That is {share:percent}; over {limit:percent} mail services take the sender for one who does not know the readers.",
    remedy="Take the addresses that bounced off the list, and ask those who were not written to for a year once more",
)
def mail_bounces_high(mail_events: pd.DataFrame, at: At) -> Iterable[Hit]:
    """More than two percent of the mails sent in the period bounced."""
    return _over(mail_events, at, "bounced", "sent", _MOST_BOUNCES)


@rule(
    "mail_complaints_high",
    severity=Severity.HIGH,
    owner="cmo",
    effort=Effort.M,
    due_days=7,
    title="{part:reader|readers} called a mail unwanted",
    why="That is {share:percent} of {whole:mail|mails} delivered; over {limit:percent} mail services put all mails "
    "among the unwanted.",
    remedy="Write to those only who asked for it, less often, with a way out that works at once",
)
def mail_complaints_high(mail_events: pd.DataFrame, at: At) -> Iterable[Hit]:
    """More than one in a thousand of the mails delivered in the period was marked as unwanted."""
    return _over(mail_events, at, "complained", "delivered", _MOST_COMPLAINTS)


def _over(mail_events: pd.DataFrame, at: At, part: str, whole: str, limit: Decimal) -> Iterable[Hit]:
    rows = between(mail_events, at.start, at.end)
    bad, all_of_them = total(rows[part]), total(rows[whole])
    if all_of_them and ratio(bad, all_of_them) > limit:
        worst = rows[rows[part] > 0].sort_values([part, "date", "campaign"], ascending=[False, True, True])
        facts: dict[str, Fact] = {"part": bad, "whole": all_of_them, "share": ratio(bad, all_of_them), "limit": limit}
        yield Hit("mail", facts, evidence(worst, at, *_COLUMNS))
