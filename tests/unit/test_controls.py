"""Controls of a close, by hand and against SQL: ties, depreciation, numbers, ages, closed periods, KPIs and exhibits."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck import codec
from quarterdeck.controls import Gap, aged, asset_values, control_ties, late_entries, number_gaps, rolled
from quarterdeck.exhibits import EXHIBITS
from quarterdeck.kpis import KPIS
from quarterdeck.model import Unavailable
from quarterdeck.money import Money
from quarterdeck.reconciliation import matched
from quarterdeck.scrutiny import flagged
from tests.tables import (
    CASH,
    CLEARING,
    DEFERRED,
    EQUIPMENT,
    EQUITY,
    FUEL,
    OCTOBER,
    PAYABLES,
    PREPAID,
    RECEIVABLES,
    RENT,
    SALES,
    SUSPENSE,
    TAXES,
    at,
    cells,
    cost,
    entries,
    entry,
    frame,
    nothing_of,
    posted,
    sale,
    together,
    usd,
)  # fmt: skip

OCT, NOV = date(2026, 10, 12), date(2026, 11, 1)


def figure(id: str, **tables: pd.DataFrame) -> Any:
    kpi = KPIS.get(id)
    return kpi.compute(**{name: tables[name] for name in kpi.tables}, at=OCTOBER)


def shown(id: str, **tables: pd.DataFrame) -> Any:
    spec = EXHIBITS.get(id)
    return spec.make(**{name: tables[name] for name in spec.tables}, at=OCTOBER)


# --- fixed assets -----------------------------------------------------------------------------------------------------


def boat(**more: object) -> dict[str, object]:
    return {"asset": "Lark", "account": EQUIPMENT, "acquired_on": date(2026, 8, 20), "cost_minor": 10_000, **more}


@pytest.mark.parametrize(
    ("end", "value"),
    [(date(2026, 8, 1), None), (date(2026, 9, 1), 6_667), (date(2026, 10, 1), 3_333), (NOV, 0), (date(2030, 1, 1), 0)],
)
def test_an_asset_is_written_off_in_equal_parts_that_sum_to_its_cost(end: date, value: int | None) -> None:
    found = asset_values(frame("fixed_assets", [boat(useful_months=3)]), end)["value_minor"].tolist()
    assert found == ([] if value is None else [value])


def test_what_is_left_at_the_end_stays_and_what_is_gone_is_worth_nothing() -> None:
    held, gone = (
        boat(useful_months=2, residual_minor=4_000),
        boat(asset="Gull", useful_months=9, disposed_on=date(2026, 10, 31)),
    )
    found = asset_values(frame("fixed_assets", [held, gone]), NOV)
    assert found["value_minor"].tolist() == [4_000, 0]
    assert asset_values(frame("fixed_assets", [gone]), date(2026, 10, 31))["value_minor"].tolist() == [7_778]


def test_the_register_of_a_period_adds_up() -> None:
    rows = [
        boat(useful_months=10),  # 8,000 at the start of October
        boat(asset="Gull", acquired_on=date(2026, 10, 3), cost_minor=600, useful_months=6),
        boat(asset="Tern", useful_months=10, disposed_on=date(2026, 10, 9)),
    ]
    made = shown("fixed_assets_table", fixed_assets=frame("fixed_assets", rows))
    assert cells(made, "opening") == [usd(0), usd(8_000), usd(8_000), usd(16_000)]
    assert cells(made, "bought") == [usd(600), usd(0), usd(0), usd(600)]
    assert cells(made, "depreciated") == [usd(100), usd(1_000), usd(0), usd(1_100)]
    assert cells(made, "disposed") == [usd(0), usd(0), usd(8_000), usd(8_000)]
    assert cells(made, "closing") == [usd(500), usd(7_000), usd(0), usd(7_500)]


# --- numbers, ages, closed periods ------------------------------------------------------------------------------------


def bills(*names: str) -> pd.DataFrame:
    return frame("invoices", [{"invoice": name, "side": "receivable", "issued_on": OCT} for name in names])


def test_gaps_in_numbers() -> None:
    assert number_gaps(bills("R-1", "R-2", "R-5", "R-6"), NOV) == [Gap("a", "R-2", "R-5", 2)]
    assert number_gaps(bills("R-1", "R-5"), NOV) == []  # two numbers are no series
    assert number_gaps(bills("R-1", "R-2", "R-900", "R-901"), NOV) == []  # a new series
    assert number_gaps(bills("2025-1", "2026-3", "X-7", "none"), NOV) == []
    assert number_gaps(bills("R-1", "R-2", "R-5"), OCT) == []  # nothing was issued before


def test_what_came_first_went_first() -> None:
    books = posted(
        entry(date(2026, 5, 1), SUSPENSE, CASH, 100),
        entry(date(2026, 7, 1), SUSPENSE, CASH, 200),
        entry(date(2026, 9, 1), SUSPENSE, CASH, 300),
        entry(date(2026, 9, 2), CASH, SUSPENSE, 150),
    )
    (left,) = aged(books, "suspense", NOV)
    assert (left.minor, left.old_minor, left.oldest) == (450, 150, date(2026, 7, 1))
    assert figure("suspense_age_days", postings=books) == Decimal((date(2026, 10, 31) - date(2026, 7, 1)).days)


def test_an_entry_is_late_for_the_first_lock_over_its_day() -> None:
    def written(day: date, at: datetime) -> Any:
        return entry(day, RENT, CASH, 100, created_at=at)

    locks = frame(
        "locks",
        [
            {"through": date(2026, 9, 30), "locked_at": datetime(2026, 10, 9, tzinfo=UTC)},
            {"through": date(2026, 10, 31), "locked_at": datetime(2026, 11, 9, tzinfo=UTC)},
        ],
    )
    books = entries(
        written(date(2026, 9, 30), datetime(2026, 10, 10, tzinfo=UTC)),
        written(date(2026, 9, 30), datetime(2026, 10, 9, tzinfo=UTC)),  # as it was locked
        written(date(2026, 10, 1), datetime(2026, 10, 10, tzinfo=UTC)),
    )
    found = late_entries(books, locks, date(2026, 10, 1), NOV)
    assert found["through"].dt.date.tolist() == [date(2026, 9, 30)] * 2
    assert figure("late_postings", entries=books, locks=locks) == 2
    assert isinstance(figure("late_postings", entries=entries(sale(OCT, 1)), locks=locks), Unavailable)
    other = locks.assign(tenant="b")
    assert late_entries(books, other, date(2026, 10, 1), NOV).empty


def test_the_close() -> None:
    tasks = frame("close_tasks", [{"period": "2026-10", "done_on": day} for day in (date(2026, 11, 3), None, None)])
    assert figure("close_progress", close_tasks=tasks) == Decimal("0.33333333")
    locks = frame("locks", [{"through": date(2026, 10, 31), "locked_at": datetime(2026, 11, 9, 8, tzinfo=UTC)}])
    assert figure("days_to_close", locks=locks) == 9
    assert isinstance(figure("days_to_close", locks=locks.assign(through=pd.Timestamp(2026, 9, 30))), Unavailable)
    assert cells(shown("close_checklist", close_tasks=tasks), "done") == [None, None, date(2026, 11, 3)]


# --- expenses ---------------------------------------------------------------------------------------------------------


def test_what_is_asked_about_an_expense() -> None:
    spent = posted(
        cost(OCT, 50_000),  # five hundred, without a document
        cost(OCT, 50_000, document="R"),
        cost(OCT, 40_000),
        entry(date(2026, 10, 10), RENT, CASH, 1_234, origin="bank"),  # a Saturday
        entry(date(2026, 10, 10), RENT, CASH, 99, origin="stripe"),  # by machine
        entry(date(2026, 10, 1), RENT, CASH, 77, created_at=datetime(2026, 11, 2, tzinfo=UTC)),
        cost(OCT, 555, party="Corner SUPERMARKET"),
    )
    patterns = frame("expense_patterns", [{"words": "supermarket", "question": "For guests?"}])
    marked = flagged(spent[spent["account"] == RENT], patterns, "USD")
    assert [int(marked[name].sum()) for name in ("is_round", "is_weekend", "is_late", "is_personal")] == [1, 1, 1, 1]
    assert figure("odd_expenses", postings=spent) == 3
    assert figure("personal_expenses", postings=spent, expense_patterns=patterns) == 555
    assert cells(shown("personal_expenses_list", postings=spent, expense_patterns=patterns), "question") == ["For guests?"]
    assert cells(shown("expense_flags", postings=spent, expense_patterns=patterns), "round") == [1, 1]


# --- the bank ---------------------------------------------------------------------------------------------------------


def test_the_figures_and_tables_of_a_reconciliation() -> None:
    books = (entry(date(2026, 10, 1), CASH, SALES, 9_000), cost(date(2026, 10, 20), 700))
    lines = frame("bank_lines", [{"account": CASH, "date": date(2026, 10, 2), "amount_minor": 9_000},
                                 {"account": CASH, "date": date(2026, 10, 30), "amount_minor": -50}])  # fmt: skip
    tables = {
        "postings": posted(*books), "bank_lines": lines, "bank_balances": nothing_of("bank_balances"),
        "bank_matches": matched(entries(*books), lines),
    }  # fmt: skip
    assert figure("bank_reconciliation_difference", **tables) == 50
    assert figure("unreconciled_items", **tables) == 2
    assert figure("unreconciled_amount", **tables) == 750
    assert figure("oldest_unreconciled_days", **tables) == 11
    made = shown("bank_reconciliation", **tables)
    assert [cells(made, name)[0] for name in ("bank", "outstanding", "book", "difference", "unbooked")] == [
        usd(8_950), usd(-700), usd(8_300), usd(-50), usd(-50),
    ]  # fmt: skip
    assert cells(shown("unreconciled_items_list", **tables), "side") == ["not at the bank", "not in the books"]


def test_translated_books_are_not_reconciled_anew() -> None:
    lines = frame("bank_lines", [{"account": CASH, "amount_minor": 5}])
    books = entries(sale(OCT, 5), entry(OCT, CASH, SALES, 1, origin="translation"))
    tables = {"bank_lines": lines, "bank_matches": matched(books, lines)}
    assert 1 not in set(tables["bank_matches"]["amount_minor"])  # no bank knows of it
    assert isinstance(figure("unreconciled_items", **tables), Unavailable)


# --- what was told, taxes, accruals, receipts -------------------------------------------------------------------------

SEPTEMBER = date(2026, 9, 20)


def told(role: str, id: str, minor: int, period: str = "2026-09", currency: str = "USD") -> dict[str, object]:
    value = codec.canonical(codec.plain(Money(minor, currency)))
    return {"role": role, "period": period, "id": id, "value": value, "books": ""}


def test_opening_balances_are_those_that_the_last_report_closed_with() -> None:
    books = posted(sale(SEPTEMBER, 900), entry(SEPTEMBER, CLEARING, DEFERRED, 50), sale(OCT, 7))
    rows = [
        told("cfo", "cash", 901),
        told("accounting", "cash", 900),  # counts before what another role was told
        told("ceo", "deferred_revenue", 42),
        told("ceo", "clearing_balance", 1, currency="EUR"),  # another currency is no difference
        told("ceo", "tax_due", 8, period="2026-08"),
        {**told("ceo", "runway", 1), "value": '"7.5"'},
    ]
    delivered = frame("delivered", rows)
    made = shown("openings_told", postings=books, delivered=delivered)
    assert [cells(made, name) for name in ("what", "listed", "booked", "difference")] == [
        ["Cash", "Deferred revenue"], [usd(900), usd(42)], [usd(900), usd(50)], [usd(0), usd(-8)],
    ]  # fmt: skip
    assert figure("roll_forward_difference", postings=books, delivered=delivered) == 8
    assert figure("roll_forward_difference", postings=books, delivered=nothing_of("delivered")) == Unavailable(
        "no report of 2026-09 was delivered that tells balances"
    )


def test_a_tax_account_follows_from_sales_purchases_and_payments() -> None:
    taxed = entry(OCT, CASH, SALES, 1_000)
    number = taxed[0]["entry"]
    taxed[0]["amount_minor"] = 1_080
    taxed.append({"entry": number, "date": OCT, "leg": 2, "account": TAXES, "amount_minor": -80})
    books = posted(
        entry(SEPTEMBER, RENT, TAXES, 300),  # payroll tax of the month before
        taxed,
        entry(OCT, TAXES, PAYABLES, 25),  # input tax
        entry(OCT, TAXES, CASH, 300),
        entry(OCT, EQUITY, TAXES, 11),
    )
    made = shown("tax_control", postings=books)
    assert made is not None
    assert made.rows == (("Sales tax", *map(usd, (300, 80, -25, -300, 11, 66))),)
    assert figure("tax_control_difference", postings=books) == 11
    assert figure("tax_due", postings=books) == 66


def test_what_is_owed_for_long_is_what_no_payment_has_reached_first_in_first_out() -> None:
    books = posted(
        entry(date(2026, 5, 1), RENT, PAYABLES, 900),
        entry(date(2026, 9, 1), RENT, PAYABLES, 500),
        entry(OCT, PAYABLES, CASH, 700),
    )
    assert figure("old_accruals", postings=books) == 200
    made = shown("prepayments_and_accruals", postings=books)
    assert made is not None
    assert made.rows == (("Suppliers", usd(-1_400), usd(700), usd(0), usd(-700), usd(-200), date(2026, 5, 1)),)


def test_receipts_are_asked_of_who_paid() -> None:
    books = posted(
        cost(OCT, 30_000),
        entry(OCT, RENT, PAYABLES, 20_000, document="R-1"),
        entry(OCT, FUEL, CLEARING, 9_000, created_by="Bob"),
        entry(OCT, FUEL, CASH, 11_000, created_by="Bob", document="R-2"),
        cost(OCT, 7_499),  # too small to be asked for
    )
    made = shown("missing_documents_by_payer", postings=books)
    assert made is not None
    assert made.rows == (("Bank", 1, usd(30_000), Decimal(1)), ("Bob", 1, usd(9_000), Decimal("0.45")))


def test_expenses_booked_twice_are_counted_by_account() -> None:
    one, other, far = (cost(day, 8_000, FUEL, "Mill") for day in (date(2026, 9, 29), date(2026, 10, 2), date(2026, 10, 20)))
    books = posted(one, other, far, cost(OCT, 5_000, RENT, "Yard", "A"), cost(OCT, 5_000, RENT, "Yard", "B"))
    made = shown("expense_flags", postings=books, expense_patterns=nothing_of("expense_patterns"))
    assert (cells(made, "account"), cells(made, "twice")) == (["Fuel", "Total"], [1, 1])
    assert figure("possible_duplicates", postings=books) == 1


# --- an oracle --------------------------------------------------------------------------------------------------------

MADE = st.lists(
    st.tuples(
        st.sampled_from([(RECEIVABLES, SALES), (CASH, RECEIVABLES), (RENT, PAYABLES), (PAYABLES, CASH), (PREPAID, CASH)]),
        st.dates(date(2026, 6, 1), date(2026, 11, 20)),
        st.integers(1, 10**9),
    ),
    min_size=1,
    max_size=15,
)


@settings(max_examples=30, deadline=None)
@given(made=st.tuples(MADE, MADE))
def test_ties_and_rolls_are_those_of_sql(made: tuple[list[Any], list[Any]]) -> None:
    both = ([entry(day, debit, credit, minor) for (debit, credit), day, minor in own] for own in made)
    books = together("entries", *(posted(*own, tenant=tenant) for own, tenant in zip(both, "ab", strict=True)))
    invoices = frame("invoices", [{"side": "receivable", "issued_on": OCT, "amount_minor": 500}])
    period = at("2026-10")
    with duckdb.connect() as db:
        db.register("books", books)
        ties = db.execute("""SELECT tenant, sum(amount_minor) FROM books WHERE account = '1200' AND date < DATE '2026-11-01'
                             AND tenant = 'a' GROUP BY tenant""").fetchall()  # fmt: skip
        rolls = db.execute("""SELECT tenant, account,
            coalesce(sum(amount_minor) FILTER (date < DATE '2026-10-01'), 0),
            coalesce(sum(amount_minor) FILTER (date >= DATE '2026-10-01' AND amount_minor > 0), 0),
            coalesce(-sum(amount_minor) FILTER (date >= DATE '2026-10-01' AND amount_minor < 0), 0), sum(amount_minor)
            FROM books WHERE type IN ('asset', 'liability', 'equity') AND date < DATE '2026-11-01'
            GROUP BY tenant, account ORDER BY tenant, account""").fetchall()  # fmt: skip
    assert [(tie.tenant, tie.booked_minor) for tie in control_ties(invoices, books, "receivable", NOV)] == ties
    found = rolled(books, period.start, period.end)
    assert [
        (each.tenant, each.account, each.opening_minor, each.debits_minor, each.credits_minor, each.closing_minor)
        for each in found
    ] == rolls
