"""Billings and what is still to be earned, worked out by hand. Amounts are in cents."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from quarterdeck.frames import empty
from quarterdeck.kpis import KPIS, Value
from quarterdeck.model import Unavailable
from tests.tables import CASH, DEFERRED, OCT, SALES, at, entry, frame, posted, sale, together

SEP, NOV = date(2026, 9, 10), date(2026, 11, 3)


def value(id: str, books: pd.DataFrame, obligations: pd.DataFrame | None = None) -> Value:
    given = {"postings": books, "obligations": empty("obligations") if obligations is None else obligations}
    kpi = KPIS.get(id)
    return kpi.compute(**{name: given[name] for name in kpi.tables}, at=at("2026-10"))


def owed(*rows: dict[str, Any], tenant: str = "a") -> pd.DataFrame:
    return frame("obligations", [{"kind": "deposit", "billed_on": SEP, **row} for row in rows], tenant)


def test_billings_are_revenue_and_what_was_put_into_deferred_revenue() -> None:
    books = posted(
        sale(OCT, 1_000), entry(SEP, CASH, DEFERRED, 300), entry(OCT, CASH, DEFERRED, 450), entry(OCT, DEFERRED, SALES, 300)
    )
    assert value("billings", books) == 1_000 + 450  # revenue 1,300; deferred from 300 to 450
    assert value("billings", posted(sale(OCT, 5))) == Unavailable("no posting is on a deferred revenue account")


def test_what_is_still_to_be_earned_within_a_year_and_later() -> None:
    listed = owed(
        {"amount_minor": 500, "service_start": date(2027, 10, 31)},
        {"amount_minor": 70, "service_start": date(2027, 11, 1)},
        {"amount_minor": 9, "service_start": None},
        {"amount_minor": 4, "service_start": OCT},
        {"amount_minor": 1_000, "service_start": NOV, "billed_on": NOV},
    )
    books = posted(entry(OCT, CASH, DEFERRED, 20, service_date=NOV))
    assert value("remaining_obligation", books, listed) == 520
    assert value("remaining_obligation_later", books, listed) == 70
    nothing = "no obligation is listed, and the books defer nothing to a day of service"
    for id in ("remaining_obligation", "remaining_obligation_later", "recognition_difference"):
        assert value(id, posted(sale(OCT, 1))) == Unavailable(nothing)


def test_the_schedule_is_held_against_the_ledger() -> None:
    listed = owed({"amount_minor": 500, "service_start": NOV})
    assert value("recognition_difference", posted(entry(SEP, CASH, DEFERRED, 500)), listed) == 0
    assert value("recognition_difference", posted(entry(SEP, CASH, DEFERRED, 480)), listed) == 20
    assert value("recognition_difference", posted(sale(OCT, 1)), listed) == 500
    assert value("recognition_difference", posted(entry(SEP, CASH, DEFERRED, 80))) == -80


def test_companies_add_up() -> None:
    row = {"amount_minor": 500, "service_start": NOV, "document": "ch_1"}
    both = together("obligations", owed(row), owed(row, tenant="b"))
    books = [posted(entry(SEP, CASH, DEFERRED, 300, document="ch_1", service_date=NOV), tenant=name) for name in "abc"]
    assert value("remaining_obligation", together("entries", *books), both) == 500 + 500 + 300
