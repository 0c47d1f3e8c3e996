"""Leads, spend and sales for tests: a lead is its day and how far it came, within how many days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pandas as pd

from tests.tables import ADS, CHART, OCT, Row, frame

JULY, AUGUST, MAY = date(2026, 7, 15), date(2026, 8, 15), date(2026, 5, 15)  # in the cohort of October, in it, before it
MARKED = [{**row, "function": "marketing"} if row["account"] == ADS else row for row in CHART]
TAGS = {"source": "google", "medium": "cpc", "campaign": "autumn"}


def lead(day: date, won_after: int | None = None, **more: object) -> Row:
    won = {} if won_after is None else {"won_on": day + timedelta(days=won_after)}
    return {"date": day, **TAGS, "channel": "Search ads", **won, **more}


def many(day: date, number: int, won: int, **more: object) -> list[Row]:
    """So many leads of a day, of which some were won ten days later."""
    return [lead(day, 10 if n < won else None, **more) for n in range(number)]


def leads(rows: Sequence[Row], tenant: str = "a") -> pd.DataFrame:
    return frame("leads", rows, tenant)


def spending(day: date, minor: int, channel: str = "Search ads") -> Row:
    return {"date": day, "channel": channel, "campaign": "autumn", "amount_minor": minor}


def marketing_tables(party: str) -> Mapping[str, pd.DataFrame]:
    """Rows such that every KPI of marketing has a figure for October 2026; `party` is a new customer of the books."""
    standing = {"is_listed": True, "is_live": True, "price_minor": 70, "own_price_minor": 70}
    counted = {"sent": 90, "delivered": 80, "bounced": 10, "complained": 1, "clicked": 8}
    return {
        "leads": leads([*many(JULY, 30, 12), *many(OCT, 3, 0), lead(OCT, party=party)]),
        "spend": frame("spend", [spending(OCT, 900), spending(AUGUST, 70)]),
        "listings": frame("listings", [standing, {**standing, "price_minor": 90}]),
        "local_seo": frame("local_seo", [{"horizon": "30", "started_on": AUGUST, "done_on": OCT}, {"horizon": "60"}]),
        "mail_events": frame("mail_events", [{"date": OCT, **counted}]),
        "web_visits": frame("web_visits", [{"date": OCT, "days": 1, "sessions": 40, "engaged": 30}]),
        "web_search": frame("web_search", [{"date": OCT, "days": 1, "kind": "whole", "clicks": 4, "impressions": 90}]),
    }
