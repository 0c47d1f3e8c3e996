"""Contacts, channels, customers, campaigns and deals, worked out by hand. Amounts are in cents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from quarterdeck.kpis import KPIS, Value
from quarterdeck.model import Unavailable
from tests.tables import CASH, OCT, SALES, at, cost, entry, frame, posted, refund, sale, together

SEP, NOV = date(2026, 9, 10), date(2026, 11, 3)


def value(id: str, period: str = "2026-10", **tables: pd.DataFrame) -> Value:
    return KPIS.get(id).compute(at=at(period), **tables)


def reason(found: Value) -> str:
    assert isinstance(found, Unavailable)
    return found.reason


def contact(segment: str, opted_in: bool, booked: date | None = None, added: date = SEP) -> dict[str, object]:
    return {"segment": segment, "is_opted_in": opted_in, "last_booked_on": booked, "added_on": added}


CONTACTS = frame(
    "contacts",
    [
        contact("sail", True, date(2025, 10, 31)),  # a day over twelve months: dormant
        contact("sail", True, date(2025, 11, 1)),
        contact("sail", True),  # never booked: dormant
        contact("sail", False, date(2020, 1, 1)),
        contact("fish", True, NOV),  # booked after the period: not lost
        contact("fish", True, added=NOV),  # not on the list yet
    ],
)
OTHER = frame("contacts", [contact("sail", True), contact("sail", False)], tenant="b")


@pytest.mark.parametrize(("id", "one", "two"), [("contacts", 5, 7), ("reachable_contacts", 4, 5), ("dormant_contacts", 2, 3)])
def test_the_mailing_list(id: str, one: int, two: int) -> None:
    assert value(id, contacts=CONTACTS) == one
    assert value(id, contacts=together("contacts", CONTACTS, OTHER)) == two
    assert reason(value(id, contacts=frame("contacts", []))) == "the mailing list holds no contact"


def test_nobody_to_write_to_is_a_zero() -> None:
    silent = frame("contacts", [contact("sail", False)])
    assert value("reachable_contacts", contacts=silent) == 0
    assert value("dormant_contacts", contacts=silent) == 0


CHANNELS = frame(
    "channels",
    [
        {"channel": "Sailo", "kind": "ota", "is_listed": True, "is_live": False},
        {"channel": "Viator", "kind": "ota", "is_live": True},
        {"channel": "Site", "kind": "website", "is_live": True},
        {"channel": "Maps", "kind": "search"},
    ],
)


def test_channels() -> None:
    assert value("live_channels", channels=CHANNELS) == 2
    assert value("channel_coverage", channels=CHANNELS) == Decimal("0.50000000")
    assert value("live_otas", channels=CHANNELS) == 1
    both = together("channels", CHANNELS, frame("channels", [{"channel": "Sailo", "kind": "ota", "is_live": True}], tenant="b"))
    assert value("live_channels", channels=both) == 3
    assert value("channel_coverage", channels=both) == Decimal("0.60000000")
    assert value("live_otas", channels=both) == 2


def test_no_channels() -> None:
    for id in ("live_channels", "channel_coverage"):
        assert reason(value(id, channels=frame("channels", []))) == "the inventory lists no channel"
    assert reason(value("live_otas", channels=CHANNELS[2:])) == "the inventory lists no online travel agency"
    assert value("live_otas", channels=CHANNELS[:1]) == 0


# Ann bought in September and twice in October, Bea and Cid in October first; Cid's second line is a correction.
SOLD = (
    sale(SEP, 100_000, "Ann"),
    sale(OCT, 40_000, "Ann"),
    sale(OCT, 30_000, "Ann"),
    sale(OCT, 20_000, "Bea"),
    sale(OCT, 10_001, "Cid"),
    entry(OCT, SALES, CASH, 10_000, party="Cid"),
    refund(OCT, 5_000, "Dan"),
    sale(NOV, 9_999, "Eve"),
)


def test_customers_and_sales_of_october() -> None:
    books = posted(*SOLD)
    assert value("new_customers", postings=books) == 2  # Bea and Cid
    assert value("repeat_share", postings=books) == Decimal("0.33333333")  # Ann of Ann, Bea and Cid
    assert value("average_sale", postings=books) == 25_000  # 1,000.01 / 4 = 250.0025


def test_customers_of_two_companies_are_told_apart() -> None:
    # To company b Ann is new; company c has no books before October, so nobody can be told to be new there.
    b = posted(cost(SEP, 1), sale(OCT, 10_002, "Ann"), tenant="b")
    c = posted(sale(OCT, 10_002, "Fay"), tenant="c")
    books = together("entries", posted(*SOLD), b, c)
    assert value("new_customers", postings=books) == 3
    assert value("repeat_share", postings=books) == Decimal("0.20000000")  # 1 of 5
    assert value("average_sale", postings=books) == 20_001  # (1,000.01 + 200.04) / 6 = 200.008


def test_repeat_customers_are_those_of_twelve_months() -> None:
    books = posted(
        sale(date(2025, 10, 31), 5, "Ann"), sale(date(2025, 11, 1), 5, "Bea"), sale(OCT, 5, "Ann"), sale(OCT, 5, "Bea")
    )
    assert value("repeat_share", postings=books) == Decimal("0.50000000")  # Bea; Ann's first sale is too long ago


def test_an_entry_with_two_revenue_lines_is_one_sale() -> None:
    legs = [
        {"entry": "one", "leg": 0, "date": OCT, "account": CASH, "amount_minor": 500},
        {"entry": "one", "leg": 1, "date": OCT, "account": SALES, "amount_minor": -300},
        {"entry": "one", "leg": 2, "date": OCT, "account": SALES, "amount_minor": -200},
    ]
    assert value("average_sale", postings=posted(legs)) == 500


def test_what_cannot_be_said_about_customers() -> None:
    unnamed = posted(sale(SEP, 5, "Ann"), sale(OCT, 5))
    assert reason(value("new_customers", postings=unnamed)) == "no sale of the period names its customer"
    assert "do not reach back" in reason(value("new_customers", postings=posted(sale(OCT, 5, "Ann"))))
    assert value("new_customers", postings=posted(cost(SEP, 5))) == 0
    none_named = "no sale of the last twelve months names its customer"
    assert reason(value("repeat_share", postings=posted(sale(OCT, 5)))) == none_named
    assert reason(value("average_sale", postings=posted(cost(OCT, 5)))) == "there is no sale in the period"
    assert reason(value("average_sale", postings=posted())) == "the books hold no posting before the end of the period"


def campaign(name: str, case: str, delivered: str, response: str, minor: int, segment: str = "sail") -> dict[str, object]:
    ratios = {"delivered_ratio": Decimal(delivered), "response_ratio": Decimal(response)}
    return {"campaign": name, "segment": segment, "case": case, "value_minor": minor, **ratios}


CAMPAIGNS = frame(
    "campaigns",
    [
        campaign("spring", "low", "0.8", "0.1", 10_000),
        campaign("spring", "base", "0.9", "0.25", 10_000),
        campaign("spring", "high", "1", "1", 10_000),
        campaign("reef", "base", "1", "0.5", 3_001, segment="fish"),
    ],
)


def test_the_base_cases_of_all_campaigns() -> None:
    # spring: 3 contacts x 0.9 x 0.25 x 100.00 = 67.50; reef: 1 x 0.5 x 30.01 = 15.005, to the even cent 15.00.
    assert value("campaign_value", campaigns=CAMPAIGNS, contacts=CONTACTS) == 8_250


def test_a_campaign_goes_to_its_own_companys_contacts() -> None:
    contacts = together("contacts", CONTACTS, OTHER)
    assert value("campaign_value", campaigns=CAMPAIGNS, contacts=contacts) == 8_250
    theirs = frame("campaigns", [campaign("spring", "base", "1", "1", 700)], tenant="b")
    assert value("campaign_value", campaigns=together("campaigns", CAMPAIGNS, theirs), contacts=contacts) == 8_950


def test_no_campaign_value() -> None:
    assert reason(value("campaign_value", campaigns=CAMPAIGNS[:1], contacts=CONTACTS)) == "no campaign has a base case"
    nobody = "no contact in the campaigns' segments may be written to"
    assert reason(value("campaign_value", campaigns=CAMPAIGNS, contacts=CONTACTS[3:4])) == nobody


def deal(stage: str, minor: int, closed: date | None = None, opened: date = SEP) -> dict[str, object]:
    return {"stage": stage, "value_minor": minor, "opened_on": opened, "closed_on": closed}


DEALS = frame(
    "pipeline",
    [
        deal("lead", 100),
        deal("proposal", 20),
        deal("won", 3, date(2026, 11, 1)),  # still open at the end of October
        deal("lead", 7_000, OCT),  # closed, whatever its stage says
        deal("won", 7_000),  # won, on a day that nobody wrote down
        deal("lead", 7_000, opened=NOV),
        deal("won", 7_000, OCT),
        deal("won", 7_000, date(2025, 11, 1), opened=date(2025, 1, 1)),
        deal("won", 7_000, date(2025, 10, 31), opened=date(2025, 1, 1)),
        deal("lost", 7_000, OCT),
    ],
)


def test_deals() -> None:
    assert value("open_pipeline", pipeline=DEALS) == 123
    assert value("win_rate", pipeline=DEALS) == Decimal("0.66666667")  # 2 of 3 within twelve months
    theirs = frame("pipeline", [deal("qualified", 1_000), deal("lost", 5, OCT)], tenant="b")
    both = together("pipeline", DEALS, theirs)
    assert value("open_pipeline", pipeline=both) == 1_123
    assert value("win_rate", pipeline=both) == Decimal("0.50000000")  # 2 of 4


def test_no_deals() -> None:
    none = frame("pipeline", [])
    assert reason(value("open_pipeline", pipeline=none)) == "no deal is recorded"
    assert reason(value("win_rate", pipeline=none)) == "no deal is recorded"
    assert value("open_pipeline", pipeline=DEALS[6:7]) == 0
    assert reason(value("win_rate", pipeline=DEALS[:2])) == "no deal was won or lost in the last twelve months"


def steps(*rows: tuple[date, str, int, int], tenant: str = "a") -> pd.DataFrame:
    listed = [{"date": day, "step": step, "entered": entered, "completed": done} for day, step, entered, done in rows]
    return frame("funnel", listed, tenant)


def test_the_booking_way_is_the_product_of_its_steps() -> None:
    # quote: 100 + 100 entered, 60 + 40 completed: 1/2. pay: 100 entered, 30 completed. Together 0.15.
    funnel = steps(
        (date(2026, 10, 1), "quote", 100, 60),
        (date(2026, 10, 2), "quote", 100, 40),
        (date(2026, 10, 2), "pay", 100, 30),
        (SEP, "pay", 100, 100),
    )
    assert value("funnel_conversion", funnel=funnel) == Decimal("0.15000000")


def test_a_step_that_nobody_completes_lets_nobody_through() -> None:
    broken = steps((OCT, "quote", 100, 0), (OCT, "pay", 0, 0))
    assert value("funnel_conversion", funnel=broken) == 0


def test_no_conversion() -> None:
    nobody = "nobody entered the booking way in the period"
    assert reason(value("funnel_conversion", funnel=steps((OCT, "quote", 0, 0)))) == nobody
    assert reason(value("funnel_conversion", funnel=steps((SEP, "quote", 5, 5)))) == nobody
    gap = steps((OCT, "quote", 5, 5), (OCT, "pay", 0, 0))
    assert reason(value("funnel_conversion", funnel=gap)) == "nobody entered one of the steps in the period"
    both = together("funnel", steps((OCT, "quote", 5, 5)), steps((OCT, "quote", 5, 5), tenant="b"))
    assert "a booking way of its own" in reason(value("funnel_conversion", funnel=both))
