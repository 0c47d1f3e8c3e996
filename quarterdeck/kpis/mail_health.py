"""Whether the tenant's own mails arrive, and what their readers do. Opens are no figure: programs open mails too."""

from __future__ import annotations

import pandas as pd

from quarterdeck.frames import between, total
from quarterdeck.kpis import Value, kpi
from quarterdeck.kpis._shared import share
from quarterdeck.model import At, Direction, Unavailable, Unit

_MAILS = "counts of mails sent, delivered, bounced, complained about and clicked, by day and campaign"
_NONE_SENT = Unavailable("no mail was sent in the period")
_NONE_CAME = Unavailable("no mail was delivered in the period")


@kpi(
    "mail_delivery",
    label="Mails delivered",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula="mails delivered / mails sent, both of the period",
    needs=_MAILS,
)
def mail_delivery(mail_events: pd.DataFrame, at: At) -> Value:
    """Which part of the mails came through."""
    return _share(mail_events, at, "delivered", "sent", _NONE_SENT)


@kpi(
    "mail_bounces",
    label="Mails bounced",
    unit=Unit.RATIO,
    good=Direction.DOWN,
    formula="mails bounced / mails sent, both of the period",
    needs=_MAILS,
)
def mail_bounces(mail_events: pd.DataFrame, at: At) -> Value:
    """Which part of the mails came back."""
    return _share(mail_events, at, "bounced", "sent", _NONE_SENT)


@kpi(
    "mail_complaints",
    label="Complaints about mails",
    unit=Unit.RATIO,
    good=Direction.DOWN,
    formula="mails marked as unwanted / mails delivered, both of the period",
    needs=_MAILS,
)
def mail_complaints(mail_events: pd.DataFrame, at: At) -> Value:
    """How many readers called the mails unwanted."""
    return _share(mail_events, at, "complained", "delivered", _NONE_CAME)


@kpi(
    "mail_clicks",
    label="Mails clicked",
    unit=Unit.RATIO,
    good=Direction.UP,
    formula="mails of which a link was clicked / mails delivered, both of the period, of the rows that count clicks",
    needs=_MAILS,
)
def mail_clicks(mail_events: pd.DataFrame, at: At) -> Value:
    """Which part of the mails led somebody somewhere."""
    counted = mail_events[mail_events["clicked"].notna()]
    return _share(
        counted, at, "clicked", "delivered", Unavailable("no mail of which clicks are counted was delivered in the period")
    )


def _share(mail_events: pd.DataFrame, at: At, part: str, whole: str, otherwise: Unavailable) -> Value:
    rows = between(mail_events, at.start, at.end)
    return share(total(rows[part]), total(rows[whole]), otherwise)
