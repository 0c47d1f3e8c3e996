"""The statements: worked out by hand, and against SQL from their definitions on any books."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.books import RESULT_LINES
from quarterdeck.exhibits import EXHIBITS
from quarterdeck.kpis import KPIS
from quarterdeck.model import Exhibit, Unavailable
from quarterdeck.statements.balance import balance, sheet
from quarterdeck.statements.cash_flow import cash_flow
from quarterdeck.statements.lines import by_line, year_start
from quarterdeck.statements.profit import actual, net_income, operating_income
from tests import any_books
from tests.any_books import asked, entries, numbered
from tests.tables import (
    CASH,
    CHART,
    DEFERRED,
    DEPRECIATION,
    EQUIPMENT,
    EQUITY,
    FUEL,
    INTEREST,
    LOAN,
    OCT,
    OCTOBER,
    PAYABLES,
    RECEIVABLES,
    RENT,
    SALES,
    at,
    cells,
    cost,
    entry,
    frame,
    posted,
    sale,
    usd,
)

SEP, AUG_2025 = date(2026, 9, 10), date(2025, 8, 1)
START, END, YEAR = date(2026, 10, 1), date(2026, 11, 1), date(2026, 1, 1)

# A boat company: founded in August 2025 with 9,000.00 and a boat of 20,000.00, half of it on credit.
BOOKS = posted(
    entry(AUG_2025, CASH, EQUITY, 900_000),
    entry(AUG_2025, EQUIPMENT, EQUITY, 1_000_000),
    entry(AUG_2025, EQUIPMENT, LOAN, 1_000_000),
    sale(AUG_2025, 70_000),
    sale(SEP, 400_000),
    cost(SEP, 90_000, FUEL),
    sale(OCT, 300_000),
    entry(OCT, RECEIVABLES, SALES, 200_000),
    entry(OCT, CASH, DEFERRED, 50_000),
    entry(OCT, RENT, PAYABLES, 120_000),
    entry(OCT, DEPRECIATION, EQUIPMENT, 30_000),
    entry(OCT, INTEREST, CASH, 8_000),
    entry(OCT, LOAN, CASH, 100_000),
    entry(OCT, EQUIPMENT, CASH, 45_000),
    entry(OCT, EQUIPMENT, LOAN, 500_000),  # an engine on credit: no cash, neither invested nor financed
)


def lines(exhibit: Exhibit | None, column: str) -> dict[object, object]:
    return dict(zip(cells(exhibit, "line"), cells(exhibit, column), strict=True))


def test_the_balance_sheet_worked_out_by_hand() -> None:
    table = EXHIBITS.get("balance_sheet").make(postings=BOOKS, at=OCTOBER)
    assert lines(table, "closing") == {
        "Cash": usd(1_477_000),  # 9,000 + 700 + 4,000 - 900 + 3,000 + 500 - 80 - 1,000 - 450
        "Receivables": usd(200_000),
        "Current assets": usd(1_677_000),
        "Fixed assets": usd(2_515_000),  # 20,000 - 300 + 450 + 5,000
        "Assets": usd(4_192_000),
        "Payables": usd(120_000),
        "Deferred revenue": usd(50_000),
        "Current liabilities": usd(170_000),
        "Long-term loans": usd(1_400_000),
        "Liabilities": usd(1_570_000),
        "Paid in and carried forward": usd(1_900_000),
        "Result of earlier years": usd(70_000),
        "Result of the year": usd(652_000),  # 9,000 of sales, 900 fuel, 1,200 rent, 300 depreciation, 80 interest
        "Equity": usd(2_622_000),
        "Difference": usd(0),
    }
    before = lines(table, "previous")
    assert (before["Cash"], before["Equity"], before["Result of the year"]) == (usd(1_280_000), usd(2_280_000), usd(310_000))
    assert lines(table, "change")["Equity"] == usd(342_000)
    assert lines(table, "last_year")["Equity"] == usd(1_970_000)
    assert lines(table, "last_year")["Result of earlier years"] == usd(0)


def test_the_cash_flow_worked_out_by_hand() -> None:
    table = EXHIBITS.get("cash_flow").make(postings=BOOKS, at=OCTOBER)
    assert lines(table, "actual") == {
        "Net income": usd(342_000),
        "Depreciation": usd(30_000),
        "Change of receivables": usd(-200_000),
        "Change of payables": usd(120_000),
        "Change of deferred revenue": usd(50_000),
        "From operations": usd(342_000),
        "From investing in fixed assets": usd(-45_000),
        "Change of long-term loans": usd(-100_000),
        "From financing": usd(-100_000),
        "Change in cash, as worked out": usd(197_000),
        "Cash at the start": usd(1_280_000),
        "Cash at the end": usd(1_477_000),
        "Difference": usd(0),
    }
    assert table is not None
    assert table.note.startswith("Fixed assets that were brought in")
    assert lines(table, "previous")["From operations"] == usd(310_000)


def test_the_year_so_far_beside_the_year_before_and_the_budget() -> None:
    months = [date(2026, month, 1) for month in range(1, 11)]
    plan = frame("budget", [{"date": month, "statement_line": "revenue", "amount_minor": 100_000} for month in months])
    table = EXHIBITS.get("year_to_date").make(postings=BOOKS, budget=plan, at=OCTOBER)
    assert lines(table, "actual")["Net revenue"] == usd(900_000)
    assert lines(table, "last_year")["Net revenue"] == usd(70_000)
    assert lines(table, "change")["Net revenue"] == usd(830_000)
    assert (lines(table, "budget")["Revenue"], lines(table, "variance")["Revenue"]) == (usd(1_000_000), usd(-100_000))
    fiscal = EXHIBITS.get("year_to_date").make(postings=BOOKS, budget=plan, at=at("2026-10", fiscal_start=10))
    assert lines(fiscal, "actual")["Net revenue"] == usd(500_000)


def test_the_trial_balance_has_the_year_before_beside_it() -> None:
    table = EXHIBITS.get("trial_balance").make(postings=BOOKS, at=OCTOBER)
    beside = dict(zip(cells(table, "name"), cells(table, "last_year"), strict=True))
    assert (beside["Bank"], beside["Charters"], beside["Loan"]) == (usd(970_000), usd(-70_000), usd(-1_000_000))
    assert cells(table, "last_year")[-1] == usd(0)
    assert beside["Result of earlier years"] is None  # a year before, all of it was of that year


KPI_FIGURES: list[tuple[str, Any]] = [
    ("net_income", 342_000),
    ("operating_cash_flow", 342_000),
    ("working_capital", 1_507_000),
    ("equity", 2_622_000),
    ("current_ratio", Decimal("9.86470588")),
    ("quick_ratio", Decimal("9.86470588")),
    ("debt_to_equity", Decimal("0.53394355")),
    ("interest_cover", Decimal("43.75000000")),  # (5,000 - 1,200 - 300) / 80
]


@pytest.mark.parametrize(("id", "expected"), KPI_FIGURES)
def test_kpis_worked_out_by_hand(id: str, expected: object) -> None:
    assert KPIS.get(id).compute(postings=BOOKS, at=OCTOBER) == expected


def test_what_has_nothing_to_divide_by_says_so() -> None:
    bare = posted(entry(OCT, CASH, LOAN, 500), cost(OCT, 900))
    reasons = {id: KPIS.get(id).compute(postings=bare, at=OCTOBER) for id, _ in KPI_FIGURES[4:]}
    assert {id: found.reason for id, found in reasons.items() if isinstance(found, Unavailable)} == {
        "current_ratio": "nothing is owed within a year, so there is nothing to divide by",
        "quick_ratio": "nothing is owed within a year, so there is nothing to divide by",
        "debt_to_equity": "equity is not above zero",
        "interest_cover": "there is no interest in the period",
    }
    assert KPIS.get("debt_to_equity").compute(postings=posted(sale(OCT, 5)), at=OCTOBER) == Unavailable(
        "no posting is on an account for loans"
    )


def test_inventory_is_current_and_not_quick() -> None:
    chart = [*CHART, {"account": "1390", "name": "Parts", "type": "asset", "statement_line": "inventory"}]
    stocked = posted(entry(OCT, "1390", PAYABLES, 600), sale(OCT, 300), chart=chart)
    assert KPIS.get("current_ratio").compute(postings=stocked, at=OCTOBER) == Decimal("1.5")
    assert KPIS.get("quick_ratio").compute(postings=stocked, at=OCTOBER) == Decimal("0.5")


def test_books_out_of_balance_show_it_in_both_statements() -> None:
    half = [{"entry": "half", "leg": 0, "date": OCT, "account": CASH, "amount_minor": 7}]
    bad = posted(sale(OCT, 5), half)
    assert balance(bad, END, YEAR).difference == 7
    assert cash_flow(bad, START, END).difference == 7


def test_a_fiscal_year_of_a_period() -> None:
    assert year_start(OCTOBER) == YEAR
    assert year_start(at("2026-10", fiscal_start=11)) == date(2025, 11, 1)
    assert year_start(at("2026-W01")) == YEAR


def test_sums_beyond_64_bits_are_exact() -> None:
    huge = posted(*(entry(OCT, CASH, EQUITY, 2**62) for _ in range(4)))
    assert by_line(huge, START, END)["cash"] == 2**64
    found = balance(huge, END, YEAR)
    assert (found.assets, found.equity, found.difference) == (2**64, 2**64, 0)


# --- any books, against SQL from the definition -----------------------------------------------------------------------

ANY = st.lists(entries(), min_size=1, max_size=12)
SUMS = """
    SELECT account, sum(amount_minor)::HUGEINT FROM legs
    WHERE date >= DATE '{start}' AND date < DATE '{end}' GROUP BY account
"""
CAPITAL = "('fixed_assets', 'short_term_loans', 'loans', 'equity')"
FLOW = f"""
    WITH period AS (SELECT * FROM legs WHERE date >= DATE '{START}' AND date < DATE '{END}'),
    apart AS (SELECT entry FROM period GROUP BY entry HAVING bool_and(account IN {CAPITAL})),
    moved AS (SELECT * FROM period WHERE entry NOT IN (FROM apart))
    SELECT
        coalesce(-sum(amount_minor) FILTER (account IN {RESULT_LINES}), 0)
            + coalesce(sum(amount_minor) FILTER (account = 'depreciation'), 0)
            - coalesce(sum(amount_minor) FILTER (account IN ('receivables', 'inventory', 'prepaid', 'clearing', 'suspense',
                'payables', 'deferred_revenue', 'taxes_payable')), 0),
        -coalesce(sum(amount_minor) FILTER (account IN ('fixed_assets', 'depreciation')), 0),
        -coalesce(sum(amount_minor) FILTER (account IN ('short_term_loans', 'loans', 'equity')), 0),
        coalesce(sum(amount_minor) FILTER (account = 'cash'), 0)
    FROM moved
"""


@settings(max_examples=70, deadline=None)
@given(ANY, st.randoms(use_true_random=False))
def test_any_books_against_sql(made: list[list[any_books.Leg]], random: Any) -> None:
    legs = numbered(made)
    shuffled = [*legs]
    random.shuffle(shuffled)
    found = any_books.posted(shuffled)

    def sums(start: date, end: date) -> dict[str, int]:
        return dict.fromkeys(any_books.LINES, 0) | {
            str(a): int(s) for a, s in asked(SUMS.format(start=start, end=end), legs=legs)
        }

    period, past, carried = sums(START, END), sums(date(1, 1, 1), END), sums(date(1, 1, 1), YEAR)
    if any(leg["date"] < END for leg in legs):
        assert actual(found, START, END) == {line: period[line] for line in RESULT_LINES}
    assert net_income(found, START, END) == -sum(period[line] for line in RESULT_LINES)
    assert operating_income(found, START, END) == -sum(period[line] for line in RESULT_LINES[:-2])

    closing = balance(found, END, YEAR)
    assert {line: closing.sums[line] for line in any_books.LINES} == past
    assert closing.earlier == -sum(carried[line] for line in RESULT_LINES)
    assert closing.difference == 0
    assert closing.assets == sum(minor for line, minor in past.items() if any_books.TYPES[line] == "asset")
    assert closing.liabilities == -sum(minor for line, minor in past.items() if any_books.TYPES[line] == "liability")
    assert sheet(closing)[-1] == ("Difference", (0,))

    flow = cash_flow(found, START, END)
    ((operating, investing, financing, change),) = asked(FLOW, legs=legs)
    assert (flow.operating, flow.investing, sum(flow.financing.values())) == (operating, investing, financing)
    assert (flow.change, flow.closing - flow.opening, flow.difference) == (change, change, 0)


@settings(max_examples=40, deadline=None)
@given(ANY, st.dates(date(2025, 6, 1), date(2026, 11, 15)))
def test_a_cut_in_time_changes_no_sum(made: list[list[any_books.Leg]], cut: date) -> None:
    found = any_books.posted(numbered(made))
    whole = by_line(found, date.min, END)
    parts = by_line(found, date.min, min(cut, END)), by_line(found, min(cut, END), END)
    assert whole == {line: parts[0][line] + parts[1][line] for line in whole}
