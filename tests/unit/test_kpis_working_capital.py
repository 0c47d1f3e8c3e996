"""KPIs of trade on credit and of hosting, by hand and against SQL on DuckDB made from the definitions. Amounts are in cents."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.kpis import KPIS, Value
from quarterdeck.model import Unavailable
from tests.clouds import aws_tables, costs
from tests.tables import (
    ADS,
    CASH,
    CHART,
    EQUIPMENT,
    EQUITY,
    FUEL,
    OCT,
    PAYABLES,
    RECEIVABLES,
    RENT,
    SALES,
    TAXES,
    Entry,
    Row,
    at,
    cost,
    entry,
    frame,
    posted,
    sale,
    together,
)

BEGIN = entry(date(2025, 12, 31), CASH, EQUITY, 1_000_000)
STOCK = "1300"
WITH_STOCK = (*CHART, {"account": STOCK, "name": "Stock", "type": "asset", "statement_line": "inventory"})


def value(id: str, **tables: pd.DataFrame) -> Value:
    return KPIS.get(id).compute(**tables, at=at("2026-10"))


def reason(found: Value) -> str:
    assert isinstance(found, Unavailable)
    return found.reason


def invoice(day: date, minor: int, party: str = "Ann") -> Entry:
    return entry(day, RECEIVABLES, SALES, minor, party=party)


def bill(day: date, minor: int, account: str = RENT) -> Entry:
    return entry(day, account, PAYABLES, minor, party="Yard")


# --- days -------------------------------------------------------------------------------------------------------------


def test_days_of_sales_by_hand() -> None:
    rows = posted(
        BEGIN,
        invoice(date(2026, 3, 1), 1_000),  # before the window, and still open
        invoice(date(2026, 8, 1), 4_000),
        invoice(OCT, 5_200),
        entry(OCT, CASH, RECEIVABLES, 2_900),
        sale(OCT, 77_777),  # paid at once: no sale on credit
    )
    # 7,300 open; 9,200 sold on credit in the 92 days of August to October
    assert value("dso", postings=rows) == Decimal("73.0")


def test_what_is_corrected_or_brought_in_is_no_sale_on_credit() -> None:
    rows = posted(
        BEGIN,
        invoice(OCT, 9_200),
        entry(OCT, SALES, RECEIVABLES, 200),  # a credit note
        entry(date(2026, 8, 3), RECEIVABLES, EQUITY, 1_000),  # brought in
        entry(OCT, RECEIVABLES, CASH, 100),  # paid back
    )
    assert value("dso", postings=rows) == Decimal("101.0")  # 10,100 open over 9,200 sold, 92 days


def test_days_of_purchases_by_hand() -> None:
    rows = posted(
        BEGIN, bill(date(2026, 8, 9), 2_000), bill(OCT, 2_600, FUEL), entry(OCT, PAYABLES, CASH, 1_150), cost(OCT, 9_999)
    )
    assert value("dpo", postings=rows) == Decimal("69.0")  # 3,450 / 4,600 x 92


def test_the_cycle_takes_the_days_of_stock_in() -> None:
    trade = (BEGIN, invoice(OCT, 9_200), bill(OCT, 4_600), entry(OCT, PAYABLES, CASH, 2_300))
    assert value("cash_conversion_cycle", postings=posted(*trade)) == Decimal("46.0")  # 92 - 46
    stocked = posted(*trade, bill(OCT, 3_000, STOCK), entry(OCT, FUEL, STOCK, 1_000), chart=WITH_STOCK)
    # stock 2,000 over 1,000 used: 184 days; payables 5,300 over 7,600: 64.2
    assert value("cash_conversion_cycle", postings=stocked) == Decimal("184") + Decimal("92.0") - Decimal("64.2")
    unused = posted(*trade, bill(OCT, 3_000, STOCK), chart=WITH_STOCK)
    assert reason(value("cash_conversion_cycle", postings=unused)).startswith("there is inventory")


@pytest.mark.parametrize("id", ["dso", "dpo", "cash_conversion_cycle"])
def test_books_that_know_cash_alone_have_no_days(id: str) -> None:
    assert reason(value(id, postings=posted(BEGIN, sale(OCT, 5)))).startswith("no posting is on an account of")
    young = posted(entry(date(2026, 9, 1), CASH, EQUITY, 1), invoice(OCT, 5), bill(OCT, 5))
    assert reason(value(id, postings=young)) == "the books reach back less than three months"
    old = posted(BEGIN, invoice(date(2026, 1, 1), 5), bill(date(2026, 1, 1), 5))
    assert reason(value(id, postings=old)).startswith("nothing was")


_DSO = """
WITH window_ AS (SELECT * FROM postings WHERE date >= DATE '2026-08-01' AND date < DATE '2026-11-01'),
trade AS (SELECT DISTINCT tenant, entry FROM window_ WHERE statement_line IN {others})
SELECT (SELECT {sign} * sum(amount_minor) FROM postings WHERE statement_line = '{line}' AND date < DATE '2026-11-01'),
       (SELECT sum({sign} * amount_minor) FROM window_ JOIN trade USING (tenant, entry)
        WHERE statement_line = '{line}' AND {sign} * amount_minor > 0)
"""
_DAYS = st.dates(date(2026, 5, 1), date(2026, 12, 31))
_TRADE = st.lists(
    st.tuples(
        st.sampled_from(
            (
                (RECEIVABLES, SALES), (RECEIVABLES, SALES), (CASH, RECEIVABLES), (SALES, RECEIVABLES), (CASH, SALES),
                (RENT, PAYABLES), (FUEL, PAYABLES), (EQUIPMENT, PAYABLES), (PAYABLES, CASH), (PAYABLES, RENT), (ADS, CASH),
                (RECEIVABLES, EQUITY), (PAYABLES, RECEIVABLES), (CASH, TAXES),
            )
        ),
        _DAYS,
        st.integers(1, 10**12),
    ),
    max_size=25,
)  # fmt: skip


def _asked(line: str, sign: int, others: tuple[str, ...], rows: pd.DataFrame) -> Decimal | None:
    with duckdb.connect() as database:
        database.register("postings", rows)
        balance, sold = database.execute(_DSO.format(line=line, sign=sign, others=others)).fetchall()[0]
    if balance is None or not sold:
        return None
    exact = Fraction(int(balance) * 92, int(sold))
    whole = Decimal(exact.numerator) / Decimal(exact.denominator)
    return whole.quantize(Decimal("0.1"), ROUND_HALF_EVEN)


@settings(max_examples=30, deadline=None)
@given(one=_TRADE, two=_TRADE)
def test_days_are_those_of_sql(
    one: list[tuple[tuple[str, str], date, int]], two: list[tuple[tuple[str, str], date, int]]
) -> None:
    parts = [
        posted(BEGIN, *(entry(day, *legs, minor) for legs, day, minor in drawn), tenant=tenant)
        for tenant, drawn in (("a", one), ("b", two))
    ]
    rows = together("entries", *parts)
    bought = ("cost_of_sales", "operating_expenses", "inventory", "prepaid", "fixed_assets")
    for id, line, sign, others in (
        ("dso", "receivables", 1, ("revenue", "refunds", "deferred_revenue")),
        ("dpo", "payables", -1, bought),
    ):
        found, wanted = value(id, postings=rows), _asked(line, sign, others, rows)
        assert (None if isinstance(found, Unavailable) else found) == wanted
        assert value(id, postings=rows.sample(frac=1, random_state=1)) == found


# --- invoices ---------------------------------------------------------------------------------------------------------


def owed(due: date, minor: int, side: str = "receivable", **more: object) -> Row:
    return {"side": side, "party": "Ann", "issued_on": date(2026, 6, 1), "due_on": due, "amount_minor": minor, **more}


def test_what_is_open_and_what_is_late() -> None:
    list_ = frame(
        "invoices",
        [
            owed(date(2026, 10, 31), 3_000),
            owed(date(2026, 10, 30), 1_000),
            owed(OCT, -500),  # a credit note
            owed(date(2026, 10, 1), 70, "payable"),
            owed(date(2026, 12, 1), 9, "payable"),
            owed(date(2026, 7, 1), 600, paid_minor=600, paid_on=date(2026, 7, 11)),
        ],
    )
    assert value("receivables_open", invoices=list_) == 3_500
    assert value("receivables_overdue", invoices=list_) == 1_000
    assert value("receivables_overdue_share", invoices=list_) == Decimal("0.25")
    assert value("payables_open", invoices=list_) == 79
    assert value("payables_overdue", invoices=list_) == 70
    assert value("days_to_collect", invoices=list_) == Decimal("40.0")


def test_a_list_of_the_other_side_says_nothing_of_this_one() -> None:
    list_ = frame("invoices", [owed(OCT, 70, "payable")])
    assert reason(value("receivables_open", invoices=list_)) == "the list of invoices has no receivables"
    settled = frame("invoices", [owed(OCT, 70, paid_minor=70, paid_on=date(2026, 7, 1))])
    assert value("receivables_open", invoices=settled) == 0
    assert reason(value("receivables_overdue_share", invoices=settled)) == "no invoice to a customer is open"


def test_tax_is_what_the_account_owes() -> None:
    rows = posted(
        BEGIN,
        entry(OCT, CASH, TAXES, 190),
        entry(date(2026, 10, 20), TAXES, CASH, 40),
        entry(date(2026, 11, 2), TAXES, CASH, 9),
    )
    assert value("tax_due", postings=rows) == 150
    assert reason(value("tax_due", postings=posted(BEGIN))) == "no posting is on an account of taxes payable"


# --- customers and hosting --------------------------------------------------------------------------------------------


def test_five_customers_by_their_part_of_a_year() -> None:
    sales = [
        sale(OCT, minor, name) for name, minor in (("A", 40), ("B", 20), ("C", 10), ("D", 10), ("E", 10), ("F", 5), ("G", 5))
    ]
    assert value("top_customers", postings=posted(*sales)) == Decimal("0.9")
    assert value("customer_concentration", postings=posted(*sales)) == Decimal("0.4")


def test_hosting_against_revenue_and_the_books_against_the_bill() -> None:
    months = [(f"2026-{month:02d}", {"AWS Lambda": "10.00"}) for month in (8, 9, 10)]
    bills = aws_tables({"cloud_costs": costs(*months)})["cloud_costs"]
    rows = posted(
        BEGIN,
        sale(OCT, 50_000),
        cost(date(2026, 8, 3), 1_000, RENT, party="Amazon Web Services, Inc."),
        cost(OCT, 1_500, RENT, party="aws emea"),
        cost(OCT, 9_999, RENT, party="Lawson Yard"),
    )
    assert value("hosting_share", cloud_costs=bills, postings=rows) == Decimal("0.02")
    assert value("hosting_difference", cloud_costs=bills, postings=rows) == 2_500 - 3_000
    short = aws_tables({"cloud_costs": costs(*months[1:])})["cloud_costs"]
    assert reason(value("hosting_difference", cloud_costs=short, postings=rows)).startswith("the bill does not reach")
    none = posted(BEGIN, sale(OCT, 50_000))
    assert reason(value("hosting_difference", cloud_costs=bills, postings=none)).startswith("the books have no expense")


def test_an_account_for_hosting_is_hosting_whoever_is_paid() -> None:
    months = [(f"2026-{month:02d}", {"AWS Lambda": "10.00"}) for month in (8, 9, 10)]
    bills = aws_tables({"cloud_costs": costs(*months)})["cloud_costs"]
    own = {
        "account": "6150",
        "name": "Servers",
        "type": "expense",
        "statement_line": "operating_expenses",
        "function": "hosting",
    }
    rows = posted(BEGIN, cost(OCT, 3_300, "6150", party="Reseller"), chart=(*CHART, own))
    assert value("hosting_difference", cloud_costs=bills, postings=rows) == 300
