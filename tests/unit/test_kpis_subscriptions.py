"""Recurring revenue, worked out by hand, and by SQL from the definitions over drawn subscriptions."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck import recurring_revenue
from quarterdeck.exhibits import EXHIBITS
from quarterdeck.kpis import KPIS, Value
from quarterdeck.model import Unavailable
from quarterdeck.money import round_half_even
from tests.tables import CASH, EQUITY, FUEL, OCTOBER, at, cost, entry, frame, nothing_of, posted, sale, together, usd

YEAR_AGO, LONG_AGO = date(2025, 11, 1), date(2024, 1, 1)


def row(
    customer: str, cents: int, started: date = LONG_AGO, ended: date | None = None, every: str = "month"
) -> dict[str, object]:
    return {
        "subscription": f"{customer}-{started}-{cents}", "customer": customer, "price_minor": cents, "currency": "USD",
        "every": every, "started_on": started, "ended_on": ended,
    }  # fmt: skip


def ask(id: str, *rows: dict[str, object], **tables: pd.DataFrame) -> Value:
    subscriptions = frame("subscriptions", rows)
    wanted = {"subscriptions": subscriptions} if "subscriptions" in KPIS.get(id).tables else {}
    return KPIS.get(id).compute(**wanted, **tables, at=OCTOBER)


def reason(value: Value) -> str:
    assert isinstance(value, Unavailable)
    return value.reason


def test_a_year_and_a_quarter_count_for_their_months() -> None:
    rows = (row("ann", 1000), row("bob", 3000, every="quarter"), row("cat", 10_000, every="year"))
    assert ask("mrr", *rows) == 1000 + 1000 + 833  # 833.33
    assert ask("arr", *rows) == 34_000


@pytest.mark.parametrize(
    ("started", "ended", "counts"),
    [
        (date(2026, 10, 31), None, True),
        (date(2026, 11, 1), None, False),
        (LONG_AGO, date(2026, 10, 31), False),  # its first day without: the last of the period
        (LONG_AGO, date(2026, 11, 1), True),
    ],
)
def test_what_is_paid_for_on_the_last_day_counts(started: date, ended: date | None, counts: bool) -> None:
    assert ask("mrr", row("old", 100), row("ann", 1000, started, ended)) == (1100 if counts else 100)


def test_before_the_first_subscription_nothing_is_known() -> None:
    late = row("ann", 1000, date(2026, 11, 1))
    assert reason(ask("mrr", late)) == reason(ask("arr", late)) == "no subscription had begun before the end of the period"
    assert ask("mrr", row("ann", 1000, LONG_AGO, date(2026, 1, 1))) == 0  # all have left: that is a zero


def test_retention_counts_those_of_a_year_ago_with_what_they_added_and_took_back() -> None:
    rows = (
        row("up", 1000, LONG_AGO, date(2026, 3, 1)),
        row("up", 1500, date(2026, 3, 1)),
        row("down", 1000, LONG_AGO, date(2026, 3, 1)),
        row("down", 400, date(2026, 3, 1)),
        row("gone", 2000, LONG_AGO, date(2026, 6, 1)),
        row("new", 9000, date(2026, 6, 1)),
    )
    assert ask("net_revenue_retention", *rows) == Decimal("0.475")  # (1,500 + 400) / 4,000
    assert reason(ask("net_revenue_retention", row("new", 1, YEAR_AGO))) == "nobody paid for a subscription twelve months ago"


def test_churn_is_of_those_who_were_there_when_the_period_began() -> None:
    rows = [row(name, 1) for name in ("a", "b", "c")]
    rows += [row("d", 1, LONG_AGO, date(2026, 10, 20)), row("new", 1, date(2026, 10, 2))]
    assert ask("subscriber_churn", *rows) == Decimal("0.25")
    assert reason(ask("subscriber_churn", row("new", 1, date(2026, 10, 2)))) == "there was no subscriber when the period began"


def books(burn: int) -> pd.DataFrame:
    return posted(entry(date(2026, 7, 1), CASH, EQUITY, 900_000), cost(date(2026, 9, 3), burn, FUEL))


def test_the_burn_multiple_is_cash_for_new_annual_revenue() -> None:
    grown = (row("old", 1000), row("new", 500, date(2026, 9, 1)))
    assert ask("burn_multiple", *grown, postings=books(15_000)) == Decimal("2.50")  # 150.00 for 12 x 5.00
    assert reason(ask("burn_multiple", row("old", 1), postings=books(5))).startswith("annual recurring revenue did not grow")
    assert reason(ask("burn_multiple", *grown, postings=books(0))).startswith("self-funding")
    assert (
        reason(ask("burn_multiple", *grown, postings=posted(sale(date(2026, 10, 2), 5))))
        == "the books reach back less than three months"
    )


def test_the_rule_of_forty_adds_growth_and_margin_of_twelve_months() -> None:
    made = posted(
        entry(date(2024, 10, 31), CASH, EQUITY, 1),
        sale(date(2025, 3, 1), 100_000),
        sale(date(2026, 3, 1), 120_000),
        cost(date(2026, 4, 1), 90_000),
    )
    assert ask("rule_of_forty", postings=made) == Decimal("0.45")  # 20 % + 25 %
    assert reason(ask("rule_of_forty", postings=posted(sale(YEAR_AGO, 1)))) == "the books reach back less than 24 months"
    bare = posted(entry(date(2024, 10, 31), CASH, EQUITY, 1), sale(date(2026, 3, 1), 1))
    assert reason(ask("rule_of_forty", postings=bare)) == "there is no revenue in one of the two years"


def test_two_tenants_may_have_a_customer_of_one_name() -> None:
    both = together("subscriptions", *(frame("subscriptions", [row("ann", 100, LONG_AGO, ended)], of) for of, ended in GONE))
    assert KPIS.get("subscriber_churn").compute(subscriptions=both, at=OCTOBER) == Decimal("0.5")


GONE = (("a", None), ("b", date(2026, 10, 9)))


def test_the_steps_lead_from_the_period_before_to_this_one() -> None:
    rows = (
        row("up", 1000, LONG_AGO, date(2026, 10, 5)),
        row("up", 1300, date(2026, 10, 5)),
        row("down", 900, LONG_AGO, date(2026, 10, 5)),
        row("down", 800, date(2026, 10, 5)),
        row("gone", 70, LONG_AGO, date(2026, 10, 5)),
        row("new", 55, date(2026, 10, 5)),
    )
    table = EXHIBITS.get("recurring_revenue_steps").make(subscriptions=frame("subscriptions", rows), at=OCTOBER)
    assert table is not None
    assert [cells[1] for cells in table.rows] == [usd(1970), usd(55), usd(300), usd(-100), usd(-70), usd(2155)]
    assert EXHIBITS.get("recurring_revenue_steps").make(subscriptions=nothing_of("subscriptions"), at=OCTOBER) is None


_ROWS = st.lists(
    st.tuples(
        st.sampled_from(("a", "b")),
        st.sampled_from("vwxyz"),
        st.integers(0, 10_000),
        st.sampled_from(("month", "quarter", "year")),
        st.integers(0, 900),
        st.one_of(st.none(), st.integers(1, 900)),
    ),
    max_size=12,
)
_SQL = """
with paid as (
  select tenant, customer, sum(case every when 'month' then 12 when 'quarter' then 4 else 1 end * price_minor) as twelfths
  from subscriptions where started_on < ? and (ended_on is null or ended_on >= ?) group by all
) select tenant, customer, twelfths from paid order by all
"""


@settings(max_examples=40, deadline=None)
@given(_ROWS, st.integers(0, 900))
def test_what_customers_pay_is_what_sql_says(drawn: list[Any], days: int) -> None:
    end = LONG_AGO + timedelta(days)
    made: dict[str, list[dict[str, object]]] = {"a": [], "b": []}
    for number, (tenant, customer, cents, every, start, lasts) in enumerate(drawn):
        begins = LONG_AGO + timedelta(start)
        ends = None if lasts is None else begins + timedelta(lasts)
        made[tenant].append({**row(customer, cents, begins, ends, every), "subscription": str(number)})
    subscriptions = together("subscriptions", *(frame("subscriptions", rows, tenant) for tenant, rows in made.items()))
    found = recurring_revenue.by_customer(subscriptions, end)
    with duckdb.connect() as base:
        base.register("subscriptions", subscriptions.astype({"price_minor": "int64"}))
        expected = base.execute(_SQL, [end, end]).fetchall()
    assert sorted((t, c, int(paid * 12)) for (t, c), paid in found.items()) == [(t, c, int(n)) for t, c, n in expected]
    later = recurring_revenue.by_customer(subscriptions, end + timedelta(200))
    steps = recurring_revenue.steps(found, later)
    assert sum(steps.values(), sum(found.values(), Fraction(0))) == sum(later.values(), Fraction(0))
    assert recurring_revenue.mrr(found) == round_half_even(sum(found.values(), Fraction(0)))


def test_earlier_months_are_known_from_the_rows() -> None:
    assert KPIS.get("mrr").compute(subscriptions=frame("subscriptions", [row("a", 5)]), at=at("2024-02")) == 5
