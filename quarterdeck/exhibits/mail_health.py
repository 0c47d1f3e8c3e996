"""What became of the tenant's own mails, campaign by campaign."""

from __future__ import annotations

import pandas as pd

from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Cells, Row, count, grid, ratio, shown, text
from quarterdeck.frames import between, total
from quarterdeck.frames import ratio as over
from quarterdeck.model import At, Exhibit

_CAMPAIGNS = 15


@exhibit("mail_by_campaign", title="Mails by campaign")
def mail_by_campaign(mail_events: pd.DataFrame, at: At) -> Exhibit | None:
    """The period's mails by campaign, the largest first: what arrived, came back, was complained about and clicked."""
    rows: list[Row] = []
    period = between(mail_events, at.start, at.end)
    for (tenant, campaign), own in period.groupby(["tenant", "campaign"], sort=True):
        rows.append((str(tenant), (str(campaign), *_mails(own))))
    rows.sort(key=lambda row: (row[0], -int(str(row[1][1])), str(row[1][0])))
    return grid(
        (
            text("campaign", "Campaign"),
            count("sent", "Sent"),
            count("delivered", "Delivered"),
            ratio("bounced", "Bounced"),
            ratio("complained", "Complained"),
            ratio("clicked", "Clicked"),
        ),
        rows[:_CAMPAIGNS],
        total=("Total", *_mails(period)),
        note=shown(len(rows), _CAMPAIGNS),
    )


def _mails(rows: pd.DataFrame) -> Cells:
    sent, delivered = total(rows["sent"]), total(rows["delivered"])
    counted = rows[rows["clicked"].notna()]
    read = total(counted["delivered"])
    return (
        sent,
        delivered,
        over(total(rows["bounced"]), sent) if sent else None,
        over(total(rows["complained"]), delivered) if delivered else None,
        over(total(counted["clicked"]), read) if read else None,
    )
