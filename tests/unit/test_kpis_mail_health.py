"""Shares of mails, worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from quarterdeck.kpis import KPIS
from quarterdeck.model import Unavailable
from tests.tables import OCT, at, frame

MAILS = frame(
    "mail_events",
    [
        {"date": OCT, "campaign": "a", "sent": 500, "delivered": 480, "bounced": 20, "complained": 3, "clicked": 48},
        {"date": OCT, "campaign": "b", "sent": 500, "delivered": 320, "bounced": 5, "complained": 1, "clicked": None},
        {"date": date(2026, 11, 1), "campaign": "a", "sent": 9, "delivered": 9, "bounced": 9, "complained": 9, "clicked": 9},
    ],
)
SHARES = {"mail_delivery": "0.8", "mail_bounces": "0.025", "mail_complaints": "0.005", "mail_clicks": "0.1"}


@pytest.mark.parametrize("id", SHARES)
def test_a_share_and_its_absence(id: str) -> None:
    assert KPIS.get(id).compute(mail_events=MAILS, at=at("2026-10")) == Decimal(SHARES[id])
    assert isinstance(KPIS.get(id).compute(mail_events=MAILS, at=at("2026-09")), Unavailable)
