"""The portfolio's tables: its tenants' together, in its currency, and clear about who is left out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.frames import Coverage, Tables
from quarterdeck.kpis import KPIS
from quarterdeck.measure.inputs import Inputs
from quarterdeck.measure.portfolio import in_currency, put_together
from quarterdeck.measure.values import figure
from quarterdeck.model import At, Unavailable
from quarterdeck.money import Money
from quarterdeck.period import Period
from tests.engine import covers, tables
from tests.tables import (
    ADS,
    CASH,
    CHART,
    FUEL,
    OCT,
    OCTOBER,
    REFUNDS,
    RENT,
    SALES,
    Entry,
    cost,
    entries,
    entry,
    frame,
    sale,
    usd,
)

PERIOD = Period.parse("2026-10")
END = PERIOD.end
NOTHING = tables({})


def company(
    id: str, *made: Entry, currency: str = "USD", rates: list[dict[str, Any]] | None = None, **more: Coverage
) -> Tables:
    """A tenant's books in its currency, and the rates it knows."""
    legs = [{**leg, "currency": currency} for legs in made for leg in legs]
    frames = {"entries": frame("entries", legs, id), "accounts": frame("accounts", CHART, id)}
    if rates is not None:
        frames["rates"] = frame("rates", rates, id)
    return tables(frames, missing={}, **more)


def rate(base: str, quote: str, value: str, day: date = date(2026, 10, 1)) -> dict[str, Any]:
    return {"date": day, "base": base, "quote": quote, "rate": Decimal(value)}


def together(own: Tables = NOTHING, currency: str = "USD", **tenants: Tables) -> Tables:
    return put_together(own, tenants, currency, PERIOD)


def of(id: str, given: Tables, asked: At = OCTOBER) -> object:
    return figure(KPIS.get(id), Inputs(given), asked)


def minors(given: Tables, table: str = "entries", column: str = "amount_minor") -> list[int]:
    return [int(value) for value in given[table][column]]


# --- who is in --------------------------------------------------------------------------------------------------------


def test_tenants_are_put_together_and_keep_their_names() -> None:
    both = together(a=company("a", sale(OCT, 100)), b=company("b", sale(OCT, 20), sale(OCT, 3)))
    assert both["entries"]["tenant"].tolist() == ["a", "a", "b", "b", "b", "b"]
    assert of("net_revenue", both) == usd(123)


def test_a_tenant_whose_rows_could_not_be_read_is_left_out_by_name() -> None:
    failed = tables({"accounts": frame("accounts", CHART, "b")}, missing={"entries": "source bank could not be read"})
    both = together(a=company("a", sale(OCT, 100)), b=failed)
    assert of("net_revenue", both) == usd(100)
    assert both.coverage["entries"].left_out == ("b",)
    assert both.coverage["accounts"].left_out == ()
    assert both.missing == {}


def test_a_tenant_that_has_no_such_source_is_not_left_out() -> None:
    both = together(a=company("a", sale(OCT, 100)), b=tables({"assets": frame("assets", [{}], "b")}))
    assert both.coverage["entries"].left_out == ()


def test_a_table_that_no_tenant_could_give_is_missing_with_a_reason() -> None:
    both = together(a=tables({}, missing={"entries": "no such file"}), b=tables({}, missing={"entries": "no leave to read"}))
    assert "entries" not in both
    assert both.missing == {"entries": "no such file"}
    assert of("net_revenue", both) == Unavailable("no such file")


def test_targets_and_milestones_are_the_portfolios_own() -> None:
    own = tables({"targets": frame("targets", [{"kpi": "cash", "target": Decimal(9)}], "portfolio")})
    theirs = tables({
        "targets": frame("targets", [{"kpi": "cash", "target": Decimal(1)}], "a"),
        "milestones": frame("milestones", [{}], "a"),
    })  # fmt: skip
    both = together(own, a=theirs)
    assert both["targets"]["target"].tolist() == [Decimal(9)]
    assert "milestones" not in both


def test_a_table_of_the_portfolios_own_is_there_although_no_tenant_has_it() -> None:
    own = tables({"duties": frame("duties", [{"duty": "insurance"}], "portfolio")}, duties=covers(None, None, rows=1))
    both = together(own, a=company("a", sale(OCT, 100)))
    assert both["duties"]["duty"].tolist() == ["insurance"]
    assert both.coverage["duties"].rows == 1


def test_a_source_of_the_portfolios_own_that_failed_makes_its_table_missing() -> None:
    both = together(tables({}, missing={"duties": "no such file"}), a=tables({"duties": frame("duties", [{}], "a")}))
    assert both.missing == {"duties": "no such file"}
    assert "duties" not in both


def test_what_is_known_of_all_is_known_up_to_the_first_that_ends() -> None:
    one, other = datetime(2026, 10, 30, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC)
    both = together(
        a=company("a", sale(OCT, 1), entries=covers("2025-01-01", "2026-11-01", watermark=one, rejected=2, rows=2)),
        b=company(
            "b", sale(OCT, 1), entries=covers("2026-03-01", "2026-10-20", watermark=other, rows=2, derived=True, stale=True)
        ),
        c=company("c", sale(OCT, 1)),
    )
    assert both.coverage["entries"] == covers(
        "2025-01-01", "2026-10-20", watermark=other, rejected=2, rows=4, derived=True, stale=True
    )


def test_a_tenant_whose_rows_end_long_before_the_others_is_left_out() -> None:
    both = together(
        a=company("a", sale(OCT, 100), entries=covers("2025-01-01", "2026-11-01")),
        b=company("b", sale(date(2026, 8, 10), 9), entries=covers("2025-01-01", "2026-09-01")),
        c=company("c", sale(OCT, 5)),
    )
    assert of("net_revenue", both) == usd(105)
    assert both.coverage["entries"].left_out == ("b",)
    assert both.coverage["entries"].last == END
    assert set(both["entries"]["tenant"]) == {"a", "c"}


def test_what_ends_a_little_early_is_not_left_out() -> None:
    both = together(
        a=company("a", sale(OCT, 100), entries=covers("2025-01-01", "2026-11-01")),
        b=company("b", sale(OCT, 9), entries=covers("2025-01-01", "2026-10-20")),
    )
    assert of("net_revenue", both) == usd(109)
    assert both.coverage["entries"].left_out == ()


def test_in_a_period_that_is_not_over_nobody_is_behind_who_keeps_up_with_the_others() -> None:
    both = together(
        a=company("a", sale(date(2026, 10, 2), 100), entries=covers("2025-01-01", "2026-10-08")),
        b=company("b", sale(date(2026, 10, 2), 9), entries=covers("2025-01-01", "2026-10-06")),
        c=company("c", sale(date(2026, 8, 2), 5), entries=covers("2025-01-01", "2026-09-01")),
    )
    assert of("net_revenue", both) == usd(109)
    assert (both.coverage["entries"].left_out, both.coverage["entries"].last) == (("c",), date(2026, 10, 6))


def test_where_everybodys_rows_ended_before_the_period_nothing_is_said_about_it() -> None:
    both = together(
        a=company("a", sale(date(2026, 8, 2), 100), entries=covers("2025-01-01", "2026-09-01")),
        b=company("b", sale(date(2026, 7, 2), 9), entries=covers("2025-01-01", "2026-08-01")),
    )
    assert both.coverage["entries"].left_out == ()
    assert isinstance(of("net_revenue", both), Unavailable)


# --- currencies -------------------------------------------------------------------------------------------------------


def test_amounts_are_converted_at_the_rate_of_their_day() -> None:
    euros = company(
        "a",
        sale(date(2026, 9, 30), 1000),
        sale(OCT, 1000),
        currency="EUR",
        rates=[rate("EUR", "USD", "1.5", date(2026, 9, 1)), rate("EUR", "USD", "2", date(2026, 10, 15))],
    )
    converted = in_currency(euros, "USD", END)
    assert minors(converted) == [1500, -1500, 2000, -2000]
    assert set(converted["entries"]["currency"]) == {"USD"}
    assert minors(euros) == [1000, -1000, 1000, -1000]  # the tenant's own stay as they are


def test_a_rate_the_other_way_round_is_turned() -> None:
    euros = company("a", sale(OCT, 1000), currency="EUR", rates=[rate("USD", "EUR", "0.8")])
    assert minors(in_currency(euros, "USD", END)) == [1250, -1250]


def test_currencies_without_minor_units() -> None:
    yen = company("a", sale(OCT, 14955), currency="JPY", rates=[rate("USD", "JPY", "149.55")])
    assert minors(in_currency(yen, "USD", END)) == [10000, -10000]


def test_the_portfolio_knows_rates_that_its_tenants_do_not() -> None:
    own = tables({"rates": frame("rates", [rate("EUR", "USD", "2")], "portfolio")})
    euros = company("a", sale(OCT, 1000), currency="EUR")
    assert of("net_revenue", together(own, a=euros, b=company("b", sale(OCT, 5)))) == usd(2005)
    its_own = company("a", sale(OCT, 1000), currency="EUR", rates=[rate("EUR", "USD", "3")])
    assert of("net_revenue", together(own, a=its_own)) == usd(3000)


@pytest.mark.parametrize(
    "rates",
    [
        None,
        [rate("GBP", "USD", "2")],
        [rate("EUR", "USD", "2", date(2026, 11, 1))],  # the day after the period
        [rate("EUR", "USD", "0")],
        [rate("EUR", "USD", "-1")],
    ],
)
def test_without_a_rate_the_table_is_missing_and_names_the_pair(rates: list[dict[str, Any]] | None) -> None:
    euros = company("a", sale(OCT, 1000), currency="EUR", rates=rates)
    both = together(a=euros, b=company("b", sale(OCT, 5)))
    assert both.missing == {"entries": "no rate from EUR to USD in 2026-10 or before"}
    assert of("net_revenue", both) == Unavailable("no rate from EUR to USD in 2026-10 or before")
    assert in_currency(euros, "USD", END).missing == {"entries": "no rate from EUR to USD on or before 2026-10-15"}
    assert "accounts" in both


def test_an_amount_without_a_day_is_converted_at_the_last_rate_of_the_period() -> None:
    rates = [rate("EUR", "USD", "2", date(2026, 10, 31)), rate("EUR", "USD", "9", END)]
    values: list[dict[str, Any]] = [
        {"asset": "boat", "value_minor": 1000, "currency": "EUR"},
        {"asset": "van", "value_minor": None, "currency": "EUR"},
        {"asset": "name", "value_minor": None, "currency": None},
        {"asset": "house", "value_minor": 7, "currency": "USD"},
    ]
    given = tables({"assets": frame("assets", values), "rates": frame("rates", rates)})
    converted = in_currency(given, "USD", END)["assets"]
    assert converted["value_minor"].astype(object).where(converted["value_minor"].notna(), None).tolist() == [
        2000,
        None,
        None,
        7,
    ]
    assert [name if isinstance(name, str) else None for name in converted["currency"]] == ["USD", "USD", None, "USD"]
    assert converted["value_minor"].dtype == "Int64"


def test_an_amount_that_would_not_fit_is_no_figure() -> None:
    huge = company("a", sale(OCT, 2**62), currency="EUR", rates=[rate("EUR", "USD", "4")])
    assert in_currency(huge, "USD", END).missing == {"entries": "an amount of entries is too large in USD"}


RATES = st.decimals("0.00000001", "500", places=8).filter(bool)


@settings(max_examples=60)
@given(st.lists(st.lists(st.integers(-(10**7), 10**7), min_size=1, max_size=5), min_size=1, max_size=6), RATES)
def test_books_that_balance_still_balance_in_another_currency(sets: list[list[int]], rate_of: Decimal) -> None:
    """Leg by leg every rounding is half a cent off; over a year of books that would be a difference nobody made."""
    legs = [
        {"entry": f"e{i}", "leg": leg, "date": OCT, "account": CASH, "amount_minor": minor, "currency": "EUR"}
        for i, amounts in enumerate(sets)
        for leg, minor in enumerate([*amounts, -sum(amounts)])
    ]
    given_tables = tables({"entries": frame("entries", legs), "rates": frame("rates", [rate("EUR", "USD", str(rate_of))])})
    converted = in_currency(given_tables, "USD", END)["entries"]
    assert converted.groupby("entry")["amount_minor"].sum().eq(0).all()
    for now, leg in zip(converted["amount_minor"], legs, strict=True):
        assert abs(Decimal(int(now)) - Decimal(str(leg["amount_minor"])) * rate_of) <= 1


def test_what_did_not_balance_still_does_not() -> None:
    legs = [{**leg, "currency": "EUR"} for leg in entry(OCT, CASH, SALES, 1000)]
    legs[1]["amount_minor"] = -900
    given_tables = tables({"entries": frame("entries", legs), "rates": frame("rates", [rate("EUR", "USD", "2")])})
    assert sum(minors(in_currency(given_tables, "USD", END))) == 200


# --- the portfolio is the sum of its tenants --------------------------------------------------------------------------

ADDING_UP = ("net_revenue", "ebitda", "cash", "missing_documents_amount", "suspense_balance", "postings")

ENTRIES = st.builds(
    entry,
    st.dates(date(2026, 8, 1), date(2026, 11, 10)),
    st.sampled_from([CASH, REFUNDS, RENT, FUEL, ADS]),
    st.sampled_from([CASH, SALES]),
    st.integers(-(10**6), 10**6),
)
BOOKS = st.lists(ENTRIES, min_size=1, max_size=5)
OPENING = sale(date(2026, 7, 1), 1)  # so that all books have begun


def amount(found: object) -> int | None:
    if isinstance(found, Unavailable):
        return None
    assert isinstance(found, Money | int)
    return found.minor if isinstance(found, Money) else found


@settings(max_examples=15)
@given(st.dictionaries(st.sampled_from("abcde"), BOOKS, min_size=1, max_size=4))
def test_the_portfolio_is_the_sum_of_its_tenants(made: Mapping[str, list[Entry]]) -> None:
    tenants = {id: company(id, OPENING, *listed) for id, listed in made.items()}
    whole = put_together(NOTHING, tenants, "USD", PERIOD)
    for id in ADDING_UP:
        known = [minor for each in tenants.values() if (minor := amount(of(id, each))) is not None]
        assert amount(of(id, whole)) == (sum(known) if known else None), id
    assert amount(of("net_revenue", whole)) is not None


@settings(max_examples=10)
@given(st.dictionaries(st.sampled_from("abcde"), BOOKS, min_size=2, max_size=4))
def test_the_order_of_tenants_means_nothing(made: Mapping[str, list[Entry]]) -> None:
    tenants = {id: company(id, OPENING, *listed) for id, listed in made.items()}
    one, other = (put_together(NOTHING, dict(each), "USD", PERIOD) for each in (tenants.items(), reversed(tenants.items())))
    assert {id: of(id, one) for id in ADDING_UP} == {id: of(id, other) for id in ADDING_UP}
    assert one.coverage == other.coverage


def test_one_number_may_be_two_things_in_two_tenants() -> None:
    chart = [{"account": SALES, "name": "Wages", "type": "expense", "statement_line": "operating_expenses"}, *CHART[:1]]
    odd = tables({"entries": entries(cost(OCT, 30, SALES), tenant="b"), "accounts": frame("accounts", chart, "b")})
    both = together(a=company("a", sale(OCT, 100)), b=odd)
    assert (of("net_revenue", both), of("ebitda", both)) == (usd(100), usd(70))
