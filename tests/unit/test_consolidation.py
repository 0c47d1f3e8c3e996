"""Several companies as one: by hand, and against SQL from the definition on any books in any currencies."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.books import EQUITY_LINES, RESULT_LINES
from quarterdeck.consolidation.bridge import companies, part_of
from quarterdeck.consolidation.elimination import GROUP
from quarterdeck.consolidation.translation import closings_of
from quarterdeck.exchange import Rates, oldest_used, scaled
from quarterdeck.exhibits import EXHIBITS
from quarterdeck.frames import Tables
from quarterdeck.kpis import KPIS
from quarterdeck.measure.inputs import Inputs
from quarterdeck.measure.portfolio import in_currency, put_together
from quarterdeck.measure.values import figure
from quarterdeck.model import At, Unavailable
from quarterdeck.money import Money
from quarterdeck.period import Period
from quarterdeck.statements.balance import balance
from quarterdeck.statements.cash_flow import cash_flow
from quarterdeck.statements.lines import sums_of
from tests import any_books
from tests.any_books import asked, numbered
from tests.engine import tables
from tests.tables import CASH, CHART, EQUITY, FUEL, LOAN, OCT, OCTOBER, SALES, Entry, cells, cost, entry, frame, sale, usd

PERIOD = Period.parse("2026-10")
START, END = PERIOD.start, PERIOD.end
CLAIMS, DEBTS = "1290", "2090"
BETWEEN = [
    *CHART,
    {"account": CLAIMS, "name": "Due from group", "type": "asset", "statement_line": "receivables"},
    {"account": DEBTS, "name": "Due to group", "type": "liability", "statement_line": "payables"},
]
SEP, AUG = date(2026, 9, 10), date(2026, 8, 5)


def rate(value: str, day: date, base: str = "EUR", quote: str = "USD") -> dict[str, Any]:
    return {"date": day, "base": base, "quote": quote, "rate": Decimal(value)}


# Average of August 1.00, of September 1.20, of October 1.10; closing 1.00, 1.25 and 1.05.
RATES = [
    rate("1.00", date(2026, 8, 3)),
    rate("1.15", date(2026, 9, 1)),
    rate("1.25", date(2026, 9, 30)),
    rate("1.15", date(2026, 10, 1)),
    rate("1.05", date(2026, 10, 30)),
]


def company(id: str, *made: Entry, currency: str = "USD", rates: list[dict[str, Any]] | None = None) -> Tables:
    legs = [{**leg, "currency": leg.get("currency", currency)} for one in made for leg in one]
    frames = {
        "entries": frame("entries", legs, id),
        "accounts": frame("accounts", BETWEEN, id),
        "tenant": frame("tenant", [{"id": id, "name": id.title(), "kind": "company", "currency": currency}], id),
    }
    return tables(frames if rates is None else {**frames, "rates": frame("rates", rates, id)})


def together(*given_: Tables, rates: list[dict[str, Any]] = RATES, period: Period = PERIOD) -> Tables:
    own = tables({"rates": frame("rates", rates, "portfolio")})
    return put_together(own, {str(each["entries"]["tenant"].iloc[0]): each for each in given_}, "USD", period)


def of(id: str, given_: Tables, at: At = OCTOBER) -> object:
    return figure(KPIS.get(id), Inputs(given_), at)


def postings(given_: Tables) -> pd.DataFrame:
    found = Inputs(given_).frames(("postings",))
    assert not isinstance(found, Unavailable)
    return found["postings"]


# --- translation ------------------------------------------------------------------------------------------------------

EUROS = company(
    "b",
    entry(AUG, CASH, EQUITY, 100_000, currency="EUR"),
    sale(SEP, 50_000),
    sale(OCT, 40_000),
    cost(OCT, 10_000),
    currency="EUR",
)


def test_results_are_at_average_balances_at_closing_and_equity_at_historical_rates() -> None:
    group = together(EUROS)
    assert of("net_revenue", group) == usd(44_000)  # 400.00 x 1.10
    assert of("ebitda", group) == usd(33_000)
    assert of("cash", group) == usd(189_000)  # 1,800.00 x 1.05
    assert of("equity", group) == usd(189_000)
    # Paid in 1,000.00 x 1.00, earned 500.00 x 1.20 and 300.00 x 1.10, the rest is translation.
    assert of("cta", group) == usd(189_000 - 100_000 - 60_000 - 33_000)


def test_every_month_end_has_its_own_closing_rate() -> None:
    group = together(EUROS)
    september, august = (OCTOBER.of(Period.parse(text)) for text in ("2026-09", "2026-08"))
    assert (of("cash", group, september), of("cash", group, august)) == (usd(187_500), usd(100_000))
    assert of("net_revenue", group, september) == usd(60_000)
    assert (of("cta", group, september), of("cta", group, august)) == (usd(27_500), usd(0))


def test_what_rates_do_to_cash_is_no_burn_and_a_line_of_the_cash_flow() -> None:
    group = together(EUROS)
    flow = cash_flow(postings(group), START, END)
    assert (flow.opening, flow.closing, flow.operating, flow.exchange) == (187_500, 189_000, 33_000, -31_500)
    assert flow.difference == 0
    # Burn is a mean of August to October, at average rates: nothing, then 600.00 and 330.00 earned.
    assert of("net_burn", group) == usd(-31_000)


def test_a_company_in_the_portfolios_currency_is_as_it_is() -> None:
    dollars = company("a", sale(SEP, 700), sale(OCT, 900))
    assert postings(together(dollars))["amount_minor"].tolist() == [700, -700, 900, -900]
    one = Unavailable("all books are in one currency")
    assert (of("cta", together(dollars)), of("fx_exposure", together(dollars))) == (one, one)


def test_open_items_in_a_foreign_currency_are_held_against_the_closing_rate() -> None:
    """1,000.00 EUR taken in at 1.00 and 200.00 EUR owed at 1.15 stand at 770.00 and are worth 840.00 at 1.05."""
    own = company(
        "a", entry(AUG, CASH, EQUITY, 100_000, currency="EUR"), entry(OCT, FUEL, DEBTS, 20_000, currency="EUR"), rates=RATES
    )
    books = in_currency(own, "USD", END)
    assert of("fx_revaluation", books) == usd(84_000 - 77_000)
    table = EXHIBITS.get("currency_revaluation").make(postings=postings(books), rates=books["rates"], at=OCTOBER)
    assert table is not None
    assert table.rows == (("EUR", Money(80_000, "EUR"), "1.05", usd(84_000), usd(77_000), usd(7_000)),)
    dollars = company("a", sale(OCT, 5), rates=RATES)
    assert of("fx_revaluation", in_currency(dollars, "USD", END)) == Unavailable("all books are in one currency")


def test_what_was_booked_in_a_third_currency_goes_by_the_companys_own() -> None:
    yen = [rate("0.005", date(2026, 10, 1), "JPY", "EUR")]
    mixed = company("b", sale(OCT, 40_000), entry(OCT, CASH, SALES, 20_000, currency="JPY"), currency="EUR", rates=yen)
    assert of("net_revenue", in_currency(mixed, "EUR", END), At(PERIOD, "EUR")) == Money(50_000, "EUR")
    group = together(mixed)
    assert of("net_revenue", group) == usd(55_000)
    assert of("cash", group) == usd(52_500)
    assert of("fx_exposure", group) == usd(5_250)
    table = EXHIBITS.get("currency_exposure").make(postings=postings(group), at=OCTOBER)
    assert list(zip(cells(table, "position"), cells(table, "value"), strict=True)) == [
        (Money(40_000, "EUR"), usd(42_000)),
        (Money(20_000, "JPY"), usd(10_500)),
    ]


def test_an_entry_of_equity_and_income_balances_by_a_leg_of_translation() -> None:
    """A profit paid out on the day it was made: income at the average, equity at the rate of the day."""
    legs: Entry = [
        {"entry": "x", "leg": 0, "date": date(2026, 10, 1), "account": EQUITY, "amount_minor": 10_000},
        {"entry": "x", "leg": 1, "date": date(2026, 10, 1), "account": SALES, "amount_minor": -10_000},
    ]
    group = together(company("b", legs, currency="EUR"))
    rows = postings(group)
    assert rows.set_index("leg")["amount_minor"].to_dict() == {0: 11_500, 1: -11_000, 2: -500}
    assert of("trial_balance_difference", group) == usd(0)
    assert of("cta", group) == usd(500)


def test_a_chart_that_has_an_account_cta_keeps_it() -> None:
    tenant = company("b", entry(AUG, "CTA", SALES, 100), currency="EUR")
    chart = [*CHART, {"account": "CTA", "name": "Boat sales", "type": "asset", "statement_line": "receivables"}]
    own = Tables({**tenant.frames, "accounts": frame("accounts", chart, "b")})
    group = together(own)
    assert sums_of(postings(group))["receivables"] == 105
    assert set(group["accounts"]["account"]) >= {"CTA", "CTA*"}


def test_weeks_are_closed_at_their_ends() -> None:
    week = Period.parse("2026-W42")  # 12 to 18 October: the last rate is that of the 1st
    assert of("cash", together(EUROS, period=week), At(week, "USD")) == usd(207_000)
    ends = closings_of(EUROS["entries"], week)
    assert {date(2026, 10, 12), date(2026, 10, 19), date(2026, 10, 1)} <= set(ends)
    assert max(ends) == date(2026, 10, 19)


def test_without_a_rate_the_month_is_named() -> None:
    group = together(EUROS, rates=[*RATES[3:]])
    assert group.missing["entries"] == "no rate from EUR to USD on or before 2026-08-05"
    assert together(company("b", sale(AUG, 5), currency="EUR"), rates=RATES[1:]).missing["entries"] == (
        "no rate from EUR to USD in 2026-08 or before"
    )


# --- eliminations -----------------------------------------------------------------------------------------------------


def group_of(claimed: int = 90_000, owed: int = 90_000, paid: tuple[int, int] = (0, 0)) -> Tables:
    one = [sale(OCT, 10_000), entry(OCT, CLAIMS, SALES, claimed, counterparty="b")]
    other = [sale(OCT, 100_000), entry(OCT, FUEL, DEBTS, owed, counterparty="a")]
    if any(paid):
        one.append(entry(OCT, CASH, CLAIMS, paid[0], counterparty="b"))
        other.append(entry(OCT, DEBTS, CASH, paid[1], counterparty="a"))
    return together(company("a", *one), company("b", *other))


def test_what_companies_sell_and_owe_each_other_is_eliminated() -> None:
    group = group_of()
    assert of("net_revenue", group) == usd(110_000)
    assert of("ebitda", group) == usd(110_000)
    closing = balance(postings(group), END, date(2026, 1, 1))
    assert (closing.assets, closing.liabilities, closing.equity, closing.difference) == (110_000, 0, 110_000, 0)
    assert of("intercompany_difference", group) == usd(0)
    assert of("postings", group) == 8


def test_the_bridge_from_the_companies_to_the_portfolio() -> None:
    group = group_of()
    names = frame("tenant", [{"id": "a", "name": "Anchor"}, {"id": "b", "name": "Buoy"}])
    table = EXHIBITS.get("consolidation").make(postings=postings(group), tenant=names, at=OCTOBER)
    assert table is not None
    assert [row[:5] for row in table.rows] == [
        ("Anchor", usd(100_000), usd(100_000), usd(100_000), usd(0)),
        ("Buoy", usd(100_000), usd(10_000), usd(100_000), usd(90_000)),
        ("Sum of the companies", usd(200_000), usd(110_000), usd(200_000), usd(90_000)),
        ("Eliminations", usd(-90_000), usd(0), usd(-90_000), usd(-90_000)),
        ("Consolidated", usd(110_000), usd(110_000), usd(110_000), usd(0)),
    ]


def test_money_that_moved_is_not_eliminated() -> None:
    group = group_of(paid=(30_000, 30_000))
    assert of("cash", group) == usd(110_000)
    assert sums_of(postings(group))["suspense"] == 0


def test_what_only_one_side_has_stands_on_an_account_of_its_own() -> None:
    group = group_of(paid=(30_000, 0))
    sums = sums_of(postings(group))
    assert (sums["receivables"], sums["payables"], sums["suspense"], sums["cash"]) == (0, 0, -30_000, 140_000)
    assert of("intercompany_difference", group) == usd(30_000)
    assert of("trial_balance_difference", group) == usd(0)


def test_a_loan_within_the_group_finances_nothing() -> None:
    """What one company lends another is cash of the group before and after: no burn, and nothing paid in."""
    opening = entry(date(2026, 7, 1), CASH, EQUITY, 500_000)
    lent = entry(OCT, CLAIMS, CASH, 90_000, counterparty="b")
    borrowed = entry(OCT, CASH, LOAN, 90_000, counterparty="a")
    group = together(company("a", opening, lent), company("b", borrowed, cost(OCT, 30_000)))
    assert of("net_burn", group) == usd(10_000)
    assert of("cash", group) == usd(470_000)
    flow = cash_flow(postings(group), START, END)
    assert (sum(flow.financing.values()), flow.operating, flow.difference) == (0, -30_000, 0)


def test_the_holding_is_a_company_of_the_group() -> None:
    own = company("portfolio", entry(OCT, CLAIMS, SALES, 700, counterparty="a"))
    member = company("a", entry(OCT, FUEL, DEBTS, 700, counterparty="portfolio"), sale(OCT, 100))
    group = put_together(own, {"a": member}, "USD", PERIOD)
    assert (of("net_revenue", group), of("ebitda", group)) == (usd(100), usd(100))


def test_both_sides_are_shown_with_what_they_differ_by() -> None:
    names = frame("tenant", [{"id": "a", "name": "Anchor"}])
    table = EXHIBITS.get("intercompany").make(postings=postings(group_of(90_000, 70_000)), tenant=names, at=OCTOBER)
    assert table is not None
    assert table.rows == (
        ("Anchor", "b", "Claims", usd(90_000), usd(-70_000), usd(20_000)),
        ("Anchor", "b", "Income of the period", usd(90_000), usd(-70_000), usd(20_000)),
    )


def test_a_stranger_and_oneself_are_no_companies_of_the_group() -> None:
    lone = [entry(OCT, CLAIMS, SALES, 500, counterparty=other) for other in ("stranger", "a", " ")]
    group = together(company("a", *lone), company("b", sale(OCT, 1)))
    assert of("net_revenue", group) == usd(1_501)
    assert GROUP not in set(group["entries"]["tenant"])


def test_a_claim_on_a_member_without_books_is_a_difference() -> None:
    bare = tables({"entries": frame("entries", (), "c"), "accounts": frame("accounts", BETWEEN, "c")})
    claims = company("a", entry(OCT, CLAIMS, SALES, 500, counterparty="c"))
    group = put_together(tables({}), {"a": claims, "b": company("b", sale(OCT, 1)), "c": bare}, "USD", PERIOD)
    assert (of("net_revenue", group), of("intercompany_difference", group)) == (usd(1), usd(500))


def test_a_company_alone_knows_one_side_only() -> None:
    alone = company("a", entry(OCT, CLAIMS, SALES, 500, counterparty="b"))
    assert of("intercompany_difference", alone) == Unavailable("only the portfolio has the books of both sides")
    assert of("intercompany_difference", company("a", sale(OCT, 500))) == usd(0)


# --- rates ------------------------------------------------------------------------------------------------------------


def test_a_months_average_is_the_mean_of_what_was_quoted_in_it() -> None:
    rates = Rates([frame("rates", RATES)], "USD", END)
    assert rates.average("EUR", date(2026, 9, 1)) == Decimal("1.2")
    assert rates.average("EUR", date(2026, 12, 1)) == Decimal("1.1")  # known up to October only
    assert Rates([frame("rates", RATES)], "USD", date(2026, 10, 8)).average("EUR", date(2026, 10, 1)) == Decimal("1.15")
    assert Rates([frame("rates", RATES[:1])], "USD", END).average("EUR", date(2026, 9, 1)) == 1
    turned = Rates([frame("rates", [rate("0.5", AUG, "USD", "EUR"), rate("1.5", date(2026, 8, 9), "USD", "EUR")])], "USD", END)
    assert turned.average("EUR", date(2026, 8, 1)) == 1  # one over the mean of 0.5 and 1.5


@pytest.mark.parametrize(
    ("quoted", "expected"),
    [
        ((), (31, None)),
        ((date(2026, 9, 28),), (33, date(2026, 9, 28))),
        ((date(2026, 10, 1), date(2026, 10, 20)), (18, date(2026, 10, 1))),
        ((date(2026, 10, 1), date(2026, 10, 20), date(2026, 11, 1)), (18, date(2026, 10, 1))),
        (tuple(date(2026, 10, day) for day in range(1, 32)), (0, date(2026, 10, 1))),
        ((date(2026, 10, 5), date(2026, 10, 20)), (14, date(2026, 10, 5))),
    ],
)
def test_the_oldest_rate_that_is_used(quoted: tuple[date, ...], expected: tuple[int, date | None]) -> None:
    rows = frame("rates", [rate("1", day) for day in quoted])
    assert oldest_used(rows, "EUR", "USD", START, END) == expected


@settings(max_examples=100)
@given(st.lists(st.integers(-(2**62), 2**62), min_size=1), st.fractions(min_value="1/1000000", max_value=10**7))
def test_scaling_rounds_half_to_even_at_any_size(minors: list[int], factor: Any) -> None:
    assert [int(each) for each in scaled(pd.Series(minors).to_numpy(), factor)] == [round(minor * factor) for minor in minors]


# --- any books, against SQL from the definition -----------------------------------------------------------------------

CURRENCIES = {"a": "USD", "b": "EUR", "c": "JPY", "d": "EUR"}
DIGITS = {"USD": 1, "EUR": 1, "JPY": 100}  # minor units of a dollar's cents in one of theirs
ROUNDED = """
    CREATE OR REPLACE MACRO halves(n, d) AS (abs(n)::HUGEINT // d::HUGEINT);
    CREATE OR REPLACE MACRO rest(n, d) AS (abs(n)::HUGEINT % d::HUGEINT);
    CREATE OR REPLACE MACRO even(n, d) AS (sign(n)::HUGEINT * (halves(n, d) + CASE
        WHEN 2 * rest(n, d) > d OR (2 * rest(n, d) = d AND halves(n, d) % 2 = 1) THEN 1 ELSE 0 END));
"""
EVERYTHING = f"""
    WITH dated AS (SELECT *, date_trunc('month', date) AS month FROM legs WHERE date < DATE '{END}'),
    quoted AS (SELECT base, date_trunc('month', date) AS month, sum(tenths) AS num, count(*) AS n FROM rates GROUP BY ALL),
    kinds AS (SELECT *, account IN {RESULT_LINES} AS is_result,
        bool_or(account IN {EQUITY_LINES}) OVER (PARTITION BY tenant, entry) AS has_equity FROM dated),
    -- What is quoted stands in ten-thousandths; a month without a quote takes the last one before.
    known AS (SELECT k.*, is_result OR NOT has_equity AS at_average, q.num AS mean, q.n AS n,
        (SELECT arg_max(r.tenths, r.date) FROM rates r WHERE r.base = k.currency AND r.date < k.month) AS earlier,
        (SELECT arg_max(r.tenths, r.date) FROM rates r WHERE r.base = k.currency AND r.date <= k.date) AS of_day
        FROM kinds k LEFT JOIN quoted q ON q.base = k.currency AND q.month = k.month),
    timed AS (SELECT *, CASE WHEN currency = 'USD' THEN 1
            WHEN at_average THEN digits * coalesce(mean, earlier) ELSE digits * of_day END AS num,
        CASE WHEN currency = 'USD' THEN 1 WHEN at_average THEN 10000 * coalesce(n, 1) ELSE 10000 END AS den FROM known),
    running AS (SELECT *, sum(amount_minor) OVER (PARTITION BY tenant, entry, at_average ORDER BY leg) AS total FROM timed),
    own AS (SELECT *, even(total * num, den) - even((total - amount_minor) * num, den) AS usd FROM running),
    inside AS (SELECT *, counterparty IS NOT NULL AND account NOT IN ('cash', 'clearing', 'suspense') AS is_between FROM own),
    balances AS (SELECT tenant, account, is_between, coalesce(counterparty, '') AS other, currency,
        sum(amount_minor) AS minor, any_value(digits) AS digits,
        (SELECT arg_max(r.tenths, r.date) FROM rates r WHERE r.base = currency AND r.date < DATE '{END}') AS rate
        FROM inside WHERE NOT is_result AND account != 'equity' GROUP BY ALL),
    everything AS (
        SELECT tenant, account, is_between, other, currency,
            CASE WHEN currency = 'USD' THEN minor ELSE even(minor * digits * rate, 10000) END AS usd
        FROM balances UNION ALL
        SELECT tenant, account, is_between, coalesce(counterparty, ''), currency, usd
        FROM inside WHERE is_result OR account = 'equity')
"""
QUERY = f"""{EVERYTHING}
    SELECT account, sum(usd) FILTER (NOT is_between)::HUGEINT, sum(usd) FILTER (is_between)::HUGEINT
    FROM everything GROUP BY account
"""

QUOTES = st.lists(
    st.tuples(st.dates(date(2025, 6, 2), date(2026, 11, 10)), st.integers(5_000, 20_000)), max_size=8, unique_by=lambda q: q[0]
)
GROUP_BOOKS = st.fixed_dictionaries({
    id: st.lists(any_books.entries(tuple(other for other in CURRENCIES if other != id)), max_size=5) for id in CURRENCIES
})  # fmt: skip


def any_group(
    made: dict[str, list[list[any_books.Leg]]], quotes: dict[str, list[tuple[date, int]]]
) -> tuple[dict[str, Tables], pd.DataFrame, pd.DataFrame]:
    """The companies, and their legs and rates as SQL has them."""
    rows: list[dict[str, Any]] = []
    parts, legs = {}, []
    for base, listed in quotes.items():
        first = (date(2025, 6, 1), 9_000)
        rows += [{"date": day, "base": base, "quote": "USD", "tenths": tenths} for day, tenths in (first, *listed)]
    rates = frame("rates", [rate(str(Decimal(row["tenths"]) / 10_000), row["date"], row["base"]) for row in rows])
    for id, currency in CURRENCIES.items():
        own = numbered(made[id], currency)
        legs += [{**leg, "tenant": id, "digits": DIGITS[currency]} for leg in own]
        chart = frame("accounts", any_books.CHART, id)
        parts[id] = tables({"entries": frame("entries", own, id), "accounts": chart, "rates": rates})
    flat = pd.DataFrame(legs).astype({"counterparty": "string", "date": "datetime64[s]"}) if legs else pd.DataFrame()
    return parts, flat, pd.DataFrame(rows).astype({"date": "datetime64[s]"})


@settings(max_examples=50, deadline=None)
@given(GROUP_BOOKS, st.fixed_dictionaries({"EUR": QUOTES, "JPY": QUOTES}), st.randoms(use_true_random=False))
def test_any_group_against_sql(made: dict[str, Any], quotes: dict[str, Any], random: Any) -> None:
    parts, legs, rates = any_group(made, quotes)
    if not len(legs):
        return
    shuffled = {
        id: Tables({**each.frames, "entries": each["entries"].sample(frac=1, random_state=random.randrange(2**32))})
        for id, each in parts.items()
    }
    group = put_together(tables({}), shuffled, "USD", PERIOD)
    found = postings(group)
    past = found[found["date"] < pd.Timestamp(END)]
    asked(ROUNDED)
    expected = {account: (int(kept or 0), int(between or 0)) for account, kept, between in asked(QUERY, legs=legs, rates=rates)}

    # What is consolidated is the sum without what is eliminated, line by line, to the cent.
    sums = sums_of(past)
    for line in any_books.LINES:
        kept, _ = expected.get(line, (0, 0))
        left = sum(between for _, between in expected.values()) if line == "suspense" else 0
        assert sums[line] == kept + left, line
    assert sum(sums.values()) == 0  # and what it does not sum to nothing by is CTA
    assert sums["translation"] == -sum(kept + between for kept, between in expected.values())

    # The bridge: companies and eliminations are the whole, and each balances.
    whole = part_of(found, START, END)
    each = {id: part_of(rows, START, END) for id, rows in companies(found)}
    assert whole.amounts == tuple(sum(column) for column in zip(*(part.amounts for part in each.values()), strict=True))
    assert all(part.assets - part.liabilities == part.equity for part in (whole, *each.values()))
    if GROUP in each:
        assert each[GROUP].translation == 0
    assert cash_flow(found, START, END).difference == 0


@settings(max_examples=15, deadline=None)
@given(GROUP_BOOKS, st.fixed_dictionaries({"EUR": QUOTES, "JPY": QUOTES}))
def test_a_company_in_the_group_is_its_own_report_at_the_groups_rates(made: dict[str, Any], quotes: dict[str, Any]) -> None:
    """The order of the companies means nothing, and what the others do changes nothing in one's part of the sum."""
    parts, legs, _ = any_group(made, quotes)
    if not len(legs):
        return
    one = put_together(tables({}), parts, "USD", PERIOD)
    other = put_together(tables({}), dict(reversed(parts.items())), "USD", PERIOD)
    ids = ("net_revenue", "net_income", "cash", "equity", "cta", "fx_exposure", "intercompany_difference", "net_burn")
    assert {id: of(id, one) for id in ids} == {id: of(id, other) for id in ids}
    by_company = {id: part_of(rows, START, END) for id, rows in companies(postings(one))}
    for id, each in parts.items():
        if len(each["entries"]):
            alone = put_together(tables({}), {id: each}, "USD", PERIOD)
            assert part_of(postings(alone), START, END) == by_company[id]
