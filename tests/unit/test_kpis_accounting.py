"""The state of the books, worked out by hand. Amounts are in cents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from quarterdeck.kpis import KPIS, Value
from quarterdeck.model import Unavailable
from tests.tables import (
    CASH,
    CLEARING,
    DEFERRED,
    DEPRECIATION,
    EQUIPMENT,
    FUEL,
    OCT,
    RENT,
    SALES,
    SUSPENSE,
    at,
    cost,
    entries,
    entry,
    frame,
    posted,
    refund,
    sale,
    together,
)

SEP, NOV = date(2026, 9, 10), date(2026, 11, 3)
NO_BOOKS = "the books hold no posting before the end of the period"


def value(id: str, period: str = "2026-10", currency: str = "USD", **tables: pd.DataFrame) -> Value:
    return KPIS.get(id).compute(at=at(period, currency), **tables)


def reason(found: Value) -> str:
    assert isinstance(found, Unavailable)
    return found.reason


def one_leg(day: date, minor: int) -> list[dict[str, object]]:
    return [{"entry": f"half-{minor}", "date": day, "account": CASH, "amount_minor": minor}]


def test_balanced_books_differ_by_nothing() -> None:
    assert value("trial_balance_difference", entries=entries(sale(OCT, 500), cost(SEP, 300))) == 0


def test_what_two_companies_are_out_by_does_not_cancel() -> None:
    a = entries(sale(OCT, 500), one_leg(OCT, 70), one_leg(NOV, 999))
    b = entries(one_leg(OCT, -30), tenant="b")
    assert value("trial_balance_difference", entries=a) == 70
    assert value("trial_balance_difference", entries=together("entries", a, b)) == 100


def test_suspense_is_summed_without_sign_by_account_and_company() -> None:
    a = posted(entry(SEP, SUSPENSE, CASH, 700), entry(OCT, CASH, SUSPENSE, 200), entry(NOV, SUSPENSE, CASH, 9))
    b = posted(entry(OCT, CASH, SUSPENSE, 400), tenant="b")
    assert value("suspense_balance", postings=a) == 500
    assert value("suspense_balance", postings=together("entries", a, b)) == 900
    assert value("suspense_balance", postings=posted(sale(OCT, 1))) == 0


def test_an_account_that_the_chart_does_not_know_is_suspense() -> None:
    strange = posted(entry(OCT, "7777", CASH, 250), sale(OCT, 900))
    assert value("suspense_balance", postings=strange) == 250
    assert value("uncategorised_share", postings=strange) == Decimal("0.50000000")  # 1 of 2 entries


def test_uncategorised_entries_of_the_period() -> None:
    a = posted(sale(OCT, 1), sale(OCT, 2), sale(OCT, 3), entry(OCT, SUSPENSE, CASH, 9), entry(SEP, SUSPENSE, CASH, 9))
    b = posted(sale(OCT, 1), tenant="b")
    assert value("uncategorised_share", postings=a) == Decimal("0.25000000")  # 1 of 4
    assert value("uncategorised_share", postings=together("entries", a, b)) == Decimal("0.20000000")  # 1 of 5
    assert reason(value("uncategorised_share", postings=posted(sale(SEP, 1)))) == "the books hold no posting in the period"


# From 75.00 up, without depreciation: 75.00 no document, 100.00 with, 200.00 blank. Below: 74.99 without.
SPENT = posted(
    cost(OCT, 7_500),
    cost(OCT, 10_000, document="INV-1"),
    cost(OCT, 20_000, FUEL, document="  "),
    cost(OCT, 7_499),
    entry(OCT, DEPRECIATION, EQUIPMENT, 90_000),
    entry(OCT, CASH, RENT, 50_000),
    cost(SEP, 88_800),
)


def test_larger_expenses_without_a_document() -> None:
    assert value("missing_documents", postings=SPENT) == Decimal("0.66666667")  # 2 of 3
    assert value("missing_documents_amount", postings=SPENT) == 27_500
    proved = posted(cost(OCT, 7_500, document="INV-2"))
    assert value("missing_documents_amount", postings=proved) == 0
    both = together("entries", SPENT, posted(cost(OCT, 8_000), tenant="b"))
    assert value("missing_documents_amount", postings=both) == 35_500
    assert value("missing_documents", postings=both) == Decimal("0.75000000")  # 3 of 4


def test_the_document_limit_is_in_whole_units_of_the_currency() -> None:
    assert value("missing_documents_amount", currency="JPY", postings=posted(cost(OCT, 75), cost(OCT, 74))) == 75
    assert value("missing_documents_amount", currency="KWD", postings=posted(cost(OCT, 75_000), cost(OCT, 74_999))) == 75_000


@pytest.mark.parametrize("id", ["missing_documents", "missing_documents_amount"])
def test_nothing_to_prove(id: str) -> None:
    small = posted(cost(OCT, 100), cost(SEP, 90_000))
    assert reason(value(id, postings=small)) == "no expense of the period is large enough to need a document"


def test_the_same_amount_to_the_same_party_within_five_days() -> None:
    # 1st, 4th and 9th: two follow within five days. The 15th is six days later. Another amount, another party: none.
    days = (1, 4, 9, 15)
    books = posted(
        *(cost(date(2026, 10, day), 12_000, party="Yard") for day in days),
        cost(date(2026, 10, 2), 12_001, party="Yard"),
        cost(date(2026, 10, 2), 12_000, party="Mill"),
    )
    assert value("possible_duplicates", postings=books) == 2


def test_a_double_of_the_last_days_of_september_counts_in_october_once() -> None:
    books = posted(cost(date(2026, 9, 29), 500, party="Yard"), cost(date(2026, 10, 2), 500, party="Yard"))
    assert value("possible_duplicates", postings=books) == 1
    assert value("possible_duplicates", period="2026-09", postings=books) == 0


def test_what_is_no_double() -> None:
    two_bills = (cost(OCT, 500, party="Yard", document="A"), cost(OCT, 500, party="Yard", document="B"))
    two_legs = [{**entry(OCT, RENT, CASH, 500, party="Mill")[0], "entry": "one", "leg": leg} for leg in (0, 1)]
    assert value("possible_duplicates", postings=posted(*two_bills, two_legs)) == 0
    nobody = (cost(OCT, 500), cost(OCT, 500), cost(OCT, 1, party="Yard"))
    assert value("possible_duplicates", postings=posted(*nobody)) == 0
    one_bill = (cost(OCT, 500, party="Yard", document="A"), cost(OCT, 500, party="Yard", document="A"))
    assert value("possible_duplicates", postings=posted(*one_bill)) == 1


def test_two_companies_may_pay_the_same_party_the_same() -> None:
    a, b = posted(cost(OCT, 500, party="Yard")), posted(cost(OCT, 500, party="Yard"), tenant="b")
    assert value("possible_duplicates", postings=together("entries", a, b)) == 0


def test_no_doubles_to_look_for_without_names() -> None:
    assert reason(value("possible_duplicates", postings=posted(cost(OCT, 5)))) == "no expense of the period names a supplier"


def test_what_the_payment_provider_holds() -> None:
    a = posted(entry(SEP, CLEARING, SALES, 900), entry(OCT, CASH, CLEARING, 600), entry(NOV, CASH, CLEARING, 300))
    b = posted(entry(OCT, CLEARING, SALES, 50), tenant="b")
    assert value("clearing_balance", postings=a) == 300
    assert value("clearing_balance", postings=together("entries", a, b)) == 350
    assert reason(value("clearing_balance", postings=posted(sale(OCT, 1)))) == "no posting is on a clearing account"


def test_what_customers_paid_in_advance() -> None:
    a = posted(entry(SEP, CASH, DEFERRED, 900), entry(OCT, DEFERRED, SALES, 650))
    b = posted(entry(OCT, CASH, DEFERRED, 50), tenant="b")
    assert value("deferred_revenue", postings=a) == 250
    assert value("deferred_revenue", postings=together("entries", a, b)) == 300
    assert reason(value("deferred_revenue", postings=posted(sale(OCT, 1)))) == "no posting is on a deferred revenue account"


def test_refunds_to_revenue() -> None:
    books = posted(sale(OCT, 1_000), refund(OCT, 80), refund(SEP, 500))
    assert value("refund_ratio", postings=books) == Decimal("0.08000000")
    assert value("refund_ratio", postings=posted(sale(OCT, 7))) == 0
    assert reason(value("refund_ratio", postings=posted(refund(OCT, 5)))) == "there is no revenue in the period"


def test_lines_booked_in_the_period() -> None:
    books = entries(sale(OCT, 1), cost(OCT, 1), sale(SEP, 1), sale(NOV, 1))
    assert value("postings", entries=books) == 4
    assert value("postings", period="2026-W43", entries=books) == 0


def test_books_without_a_posting() -> None:
    assert reason(value("trial_balance_difference", entries=frame("entries", []))) == NO_BOOKS
    assert reason(value("postings", entries=entries(sale(NOV, 1)))) == NO_BOOKS
    assert reason(value("suspense_balance", postings=posted(sale(NOV, 1)))) == NO_BOOKS
