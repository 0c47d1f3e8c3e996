"""Rows of the units' tables such that every KPI of a unit has a figure for October 2026."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pandas as pd

from tests.tables import OCT, frame


def unit_tables(client: str) -> Mapping[str, pd.DataFrame]:
    """`client` is a party that the books have revenue of."""
    since = date(2026, 1, 1)
    repaired = {"reported_on": date(2026, 9, 1), "done_on": date(2026, 9, 9), "cost_minor": 70}
    worked = {"client": client, "date": OCT, "is_billable": True}
    done = {
        "status": "delivered",
        "quoted_on": date(2026, 8, 1),
        "decided_on": date(2026, 8, 9),
        "promised_on": OCT,
        "delivered_on": OCT,
        "miles": 70,
        "crew_days": Decimal("2.5"),
        "amount_minor": 900,
        "cost_minor": 700,
    }
    return {
        "properties": frame("properties", [{"property": "p", "units": 1, "value_minor": 90_000}]),
        "stays": frame(
            "stays",
            [{"property": "p", "booked_on": since, "arrives_on": date(2026, 10, 3), "rent_by": "month", "rent_minor": 310}],
        ),
        "repairs": frame("repairs", [repaired, {"reported_on": OCT}]),
        "jobs": frame("jobs", [done, {"status": "quoted", "quoted_on": OCT, "amount_minor": 70}]),
        "crews": frame("crews", [{"days_a_month": Decimal(9)}]),
        "client_contracts": frame(
            "client_contracts", [{"client": client, "model": "hourly", "rate_minor": 70, "since": since}]
        ),
        "time_entries": frame("time_entries", [{**worked, "hours": Decimal(hours)} for hours in ("2", "3.5")]),
    }
