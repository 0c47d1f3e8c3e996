"""What customers cost and bring in, worked out by hand. Amounts are in cents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import duckdb
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.kpis import KPIS, Value
from quarterdeck.marketing import costs
from quarterdeck.model import Unavailable
from tests.marketing import MARKED, lead, leads, spending
from tests.tables import ADS, FUEL, OCT, Entry, at, cost, frame, posted, refund, sale

LAST_YEAR = date(2025, 6, 1)


def value(id: str, period: str = "2026-10", **tables: pd.DataFrame) -> Value:
    return KPIS.get(id).compute(at=at(period), **tables)


def reason(found: Value) -> str:
    assert isinstance(found, Unavailable)
    return found.reason


ENTRIES: list[Entry] = [
    sale(LAST_YEAR, 10_000, "Old"),
    sale(OCT, 40_000, "Ann"),
    sale(OCT, 20_000, "Bo"),
    sale(OCT, 30_000, "Cy"),
    sale(OCT, 5_000, "Old"),
    refund(OCT, 10_000, "Bo"),
    sale(OCT, 7_000),
    cost(OCT, 9_000, ADS),
]
BOOKS = posted(*ENTRIES, chart=MARKED)
LEADS = leads(
    [
        lead(OCT, party="Ann"),
        lead(OCT, party="Bo"),
        lead(OCT),
        lead(OCT, party="Cy", channel="Referral"),
        lead(date(2026, 10, 20), party="Ann", channel="Referral"),  # the first lead decides
    ]
)
SPEND = frame("spend", [spending(OCT, 6_000), spending(date(2026, 8, 1), 1_500), spending(date(2026, 7, 31), 99)])


def test_costs_of_customers_and_leads() -> None:
    assert value("acquisition_cost", postings=BOOKS) == 3_000  # 9,000 for Ann, Bo and Cy
    assert value("paid_acquisition_cost", leads=LEADS, spend=SPEND, postings=BOOKS) == 3_750  # 7,500 for Ann and Bo
    assert value("cost_per_lead", leads=LEADS, spend=SPEND) == 2_500  # three leads
    assert value("ad_return", leads=LEADS, spend=SPEND, postings=BOOKS) == Decimal("6.66666667")  # (60,000 - 10,000) / 7,500
    assert value("marketing_efficiency", spend=SPEND, postings=BOOKS) == Decimal("12.26666667")  # 92,000 / 7,500


def test_costs_without_data_are_no_zero() -> None:
    assert reason(value("acquisition_cost", postings=posted(*ENTRIES))).startswith("the chart of accounts marks no account")
    assert reason(value("cost_per_lead", leads=LEADS, spend=frame("spend", []))).startswith("no spend is recorded")
    stranger = frame("spend", [spending(OCT, 1, "Radio")])
    assert reason(value("cost_per_lead", leads=LEADS, spend=stranger)).startswith("no lead came")
    assert reason(value("paid_acquisition_cost", leads=LEADS, spend=stranger, postings=BOOKS)).startswith(
        "no new customer came"
    )
    assert reason(value("acquisition_cost", postings=posted())).startswith("the books hold no posting")


def month_of(number: int) -> date:
    return date(2024 + number // 12, number % 12 + 1, 5)


def test_lifetime_value() -> None:
    # Ann buys every month from November 2024 on, Bo in March 2025 alone: he is active until March 2026 and leaves then.
    monthly = [sale(month_of(number), 10_000, "Ann") for number in range(10, 34)]
    books = posted(*monthly, sale(date(2025, 3, 5), 500, "Bo"), cost(OCT, 30_000, FUEL), cost(OCT, 11_000, ADS), chart=MARKED)
    # Active at the ends of 12 months from October 2025 on: Ann 12, Bo 5; one of 17 left. Margin: 120,000 less 30,000.
    found = costs.lifetime(books, date(2026, 11, 1))
    assert found is not None
    assert (found.margin, found.churn) == (Fraction(90_000, 17), Fraction(1, 17))
    assert value("lifetime_value", postings=books) == 90_000  # 90,000 / 17 a month, for 17 months
    assert value("customer_churn", postings=books) == Decimal("0.05882353")
    assert reason(value("acquisition_payback", postings=books)).startswith("no customer of the last three months is new")
    young = posted(*monthly[6:], chart=MARKED)
    assert reason(value("lifetime_value", postings=young)).startswith("the books reach back less than 24 months")


def test_a_lifetime_ends_after_sixty_months_at_the_latest() -> None:
    books = posted(
        *(sale(month_of(number), 10_000, "Ann") for number in range(10, 34)),
        sale(OCT, 10_000, "New"),
        cost(OCT, 55_000, ADS),
        chart=MARKED,
    )
    found = costs.lifetime(books, date(2026, 11, 1))
    assert found is not None
    assert found.is_capped
    assert value("lifetime_value", postings=books) == 650_000  # 130,000 / 12 a month, for 60 months
    assert value("value_to_cost", postings=books) == Decimal("11.81818182")
    assert value("acquisition_payback", postings=books) == Decimal("5.1")  # 55,000 / 10,833.33


PARTIES = st.sampled_from(["Ann", "Bo", "Cy", None])
DAYS = st.dates(date(2026, 6, 1), date(2026, 11, 15))
SALES = st.lists(st.tuples(DAYS, st.integers(1, 10**6), PARTIES, st.booleans()), max_size=12)
ASKED = st.lists(st.tuples(DAYS, st.sampled_from(["x", "y", None]), PARTIES), max_size=8)
PAID = st.lists(st.tuples(DAYS, st.sampled_from(["x", "y"]), st.integers(1, 10**5)), max_size=5)

SQL = """
WITH via AS (
  SELECT party, arg_min(coalesce(channel, 'unattributed'), (date, lead)) AS channel FROM leads
  WHERE party IS NOT NULL GROUP BY party
), booked AS (
  SELECT coalesce(via.channel, 'unattributed') AS channel, -b.amount_minor AS minor FROM books b LEFT JOIN via USING (party)
  WHERE b.statement_line IN ('revenue', 'refunds') AND b.date >= DATE '2026-08-01' AND b.date < DATE '2026-11-01'
)
SELECT channel, sum(minor)::BIGINT FROM booked GROUP BY channel
"""


@settings(max_examples=25, deadline=None)
@given(SALES, ASKED, PAID)
def test_channels_sum_to_the_books_and_agree_with_sql(
    sold: list[tuple[date, int, str | None, bool]],
    asked: list[tuple[date, str | None, str | None]],
    paid: list[tuple[date, str, int]],
) -> None:
    books = posted(*(refund(day, minor, who) if back else sale(day, minor, who) for day, minor, who, back in sold))
    ordered = sorted(asked, key=lambda row: row[0])
    rows = leads([{"date": day, "channel": via, "party": who, "lead": f"{n:03d}"} for n, (day, via, who) in enumerate(ordered)])
    spend = frame("spend", [spending(day, minor, via) for day, via, minor in paid])
    found = costs.by_channel(rows, spend, books, date(2026, 8, 1), date(2026, 11, 1))
    assert found == costs.by_channel(rows.iloc[::-1], spend.iloc[::-1], books.iloc[::-1], date(2026, 8, 1), date(2026, 11, 1))
    database = duckdb.connect()
    database.register("books", books)
    database.register("leads", rows.assign(party=rows["party"].astype("string"), channel=rows["channel"].astype("string")))
    expected = {channel: minor for channel, minor in database.execute(SQL).fetchall() if minor}
    assert {one.name: one.revenue for one in found if one.revenue} == expected
    inside = [minor for day, _, minor in paid if date(2026, 8, 1) <= day < date(2026, 11, 1)]
    assert sum(one.spend for one in found) == sum(inside)
    assert sum(one.leads for one in found) == sum(date(2026, 8, 1) <= day < date(2026, 11, 1) for day, *_ in asked)


def visit(day: date, days: int, sessions: int, engaged: int | None = None) -> dict[str, object]:
    return {"date": day, "days": days, "channel": f"c{sessions}", "sessions": sessions, "engaged": engaged}


def test_visits_count_where_all_their_days_lie_in_the_period() -> None:
    october = visit(date(2026, 10, 1), 31, 400, 300)
    visits = frame("web_visits", [october, visit(date(2026, 10, 1), 31, 50), visit(date(2026, 9, 1), 30, 7, 7)])
    assert value("web_sessions", web_visits=visits) == 450
    assert value("web_engagement", web_visits=visits) == Decimal("0.75")
    assert reason(value("web_sessions", "2026-08", web_visits=visits)) == "no export has rows of the period"
    both = frame("web_visits", [october, visit(date(2026, 9, 1), 61, 9)])
    assert "together with others" in reason(value("web_sessions", web_visits=both))


def test_search() -> None:
    rows = [
        {"date": date(2026, 10, 1), "days": 1, "clicks": 3, "impressions": 100, "position": Decimal("10")},
        {"date": date(2026, 10, 2), "days": 1, "clicks": 2, "impressions": 300, "position": Decimal("5")},
        {"date": date(2026, 10, 1), "days": 31, "kind": "query", "clicks": 4, "impressions": 80, "position": Decimal("1")},
    ]
    search = frame("web_search", [{"kind": "whole", **row} for row in rows])
    assert value("search_clicks", web_search=search) == 5
    assert value("search_click_rate", web_search=search) == Decimal("0.0125")
