from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from quarterdeck.money import Money
from tests.asking import Case, Given, ask, check, ledger
from tests.tables import CASH, CHART, DEPRECIATION, FUEL, RENT, SALES, SUSPENSE, Entry, at, cost, entry, frame, sale, usd

OCT = date(2026, 10, 12)
AUG = date(2026, 8, 3)


def fuel(day: date = OCT, minor: int = 12_000, party: str | None = "Marina", document: str | None = None) -> Entry:
    return cost(day, minor, FUEL, party, document)


def many(count: int, documented: int) -> Given:
    """So many expenses of 100.00, a number of them with a document."""
    return ledger(*(fuel(OCT, 10_000, document=f"R-{n}" if n < documented else None) for n in range(count)))


def off_by(name: str, debit: int, credit: int, **columns: object) -> Entry:
    both = {"entry": name, "date": OCT, **columns}
    return [
        {**both, "leg": 0, "account": FUEL, "amount_minor": debit, "source_line": 4},
        {**both, "leg": 1, "account": CASH, "amount_minor": -credit, "source_line": 5},
    ]


CASES = {
    "books_out_of_balance": Case(
        seeded=lambda: ledger(sale(OCT, 50_000), off_by("e7", 12_000, 11_990)),
        clean=lambda: ledger(sale(OCT, 50_000), off_by("e7", 12_000, 12_000)),
        subject="books",
        title="The books are out of balance in 1 entry, by $0.10",
        why="The legs of an entry must sum to nothing; until they do, no statement made from these books can be relied on.",
    ),
    "suspense_not_empty": Case(
        seeded=lambda: ledger(entry(date(2026, 9, 22), SUSPENSE, CASH, 45_000)),
        clean=lambda: ledger(
            entry(date(2026, 9, 22), SUSPENSE, CASH, 45_000), entry(date(2026, 10, 31), RENT, SUSPENSE, 45_000)
        ),
        subject="9999 To be assigned",
        title="$450 stands in 9999 To be assigned, 1 posting not assigned",
        why="The oldest of them is 40 days old. What they were for is in no line of the statements.",
    ),
    "documents_missing": Case(
        seeded=lambda: many(9, documented=8),  # one of nine is more than a tenth
        clean=lambda: many(10, documented=9),
        subject="books",
        title="1 of 9 expenses have no document, $100 in all",
        why="11.1% of the expenses cannot be proved by a receipt or an invoice; up to 10.0% is tolerated.",
    ),
    "duplicate_payments": Case(
        seeded=lambda: ledger(fuel(date(2026, 10, 5)), fuel(date(2026, 10, 10))),
        clean=lambda: ledger(fuel(date(2026, 10, 5)), fuel(date(2026, 10, 11))),
        subject="Marina",
        title="Marina may have been paid twice: 1 expense, $120",
        why="The same amount was booked again within 5 days, without a document of its own, and has not come back.",
    ),
    "cash_negative": Case(
        seeded=lambda: ledger(sale(AUG, 10_000), fuel(OCT, 10_001)),
        clean=lambda: ledger(sale(AUG, 10_000), fuel(OCT, 10_000)),
        subject="1000 Bank",
        title="1000 Bank stands at −$0.01",
        why="A cash account below zero is either overdrawn or booked wrong. It has been below zero since Oct 12, 2026.",
    ),
    "revenue_before_service": Case(
        seeded=lambda: ledger(entry(OCT, CASH, SALES, 80_000, service_date=date(2026, 11, 1))),
        clean=lambda: ledger(entry(OCT, CASH, SALES, 80_000, service_date=date(2026, 10, 31))),
        subject="revenue",
        title="$800 was booked as revenue before the service is rendered",
        why="1 booking is for a service on or after Nov 1, 2026; until then the money is owed to the customer.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


def test_entries_out_of_balance_come_with_their_place_the_largest_first() -> None:
    (found,) = ask("books_out_of_balance", **ledger(off_by("small", 100, 99), off_by("large", 100, 900)))
    assert found.hit.money_at_stake == usd(801)
    assert [row["entry"] for row in found.hit.evidence] == ["large", "small"]
    assert found.hit.evidence[0]["difference"] == usd(-800)
    assert (found.hit.evidence[0]["source_file"], found.hit.evidence[0]["source_line"]) == ("source_file", 4)


def test_entries_after_the_period_are_not_yet_out_of_balance() -> None:
    later = [{**leg, "date": date(2026, 11, 1)} for leg in off_by("later", 100, 99)]
    assert ask("books_out_of_balance", **ledger(later)) == []


def test_one_currency_does_not_balance_another() -> None:
    debit, credit = off_by("e1", 100, 100)
    (found,) = ask("books_out_of_balance", entries=frame("entries", [{**debit, "currency": "EUR"}, credit]))
    assert {row["difference"] for row in found.hit.evidence} == {Money(100, "EUR"), Money(-100, "USD")}


def test_an_account_that_the_chart_does_not_know_counts_as_suspense() -> None:
    (found,) = ask("suspense_not_empty", **ledger(entry(OCT, "7777", CASH, 700)))
    assert (found.subject, found.hit.facts["balance"]) == ("7777", usd(700))


def test_small_expenses_and_depreciation_need_no_document() -> None:
    without = (fuel(OCT, 7_499), entry(OCT, DEPRECIATION, SUSPENSE, 500_000))
    assert ask("documents_missing", **ledger(*without, fuel(OCT, 90_000, document="R-1"))) == []


def test_missing_documents_come_largest_first_and_twenty_at_most() -> None:
    (found,) = ask("documents_missing", **ledger(*(fuel(OCT, 10_000 + n) for n in range(25))))
    assert found.hit.facts["missing"] == 25
    assert [row["amount"] for row in found.hit.evidence] == [usd(10_024 - n) for n in range(20)]


def test_an_expense_of_the_month_before_is_not_looked_at_again() -> None:
    assert ask("documents_missing", **ledger(fuel(date(2026, 9, 30)))) == []


@pytest.mark.parametrize(
    "second",
    [fuel(OCT, party="Harbour"), fuel(OCT, 12_001), fuel(OCT, document="R-2"), fuel(OCT + timedelta(days=6))],
    ids=["another party", "another amount", "another document", "a week later"],
)
def test_an_expense_that_differs_is_no_duplicate(second: Entry) -> None:
    assert ask("duplicate_payments", **ledger(fuel(OCT, document="R-1"), second)) == []


def test_the_same_document_twice_is_a_duplicate() -> None:
    assert len(ask("duplicate_payments", **ledger(fuel(OCT, document="R-1"), fuel(OCT, document="R-1")))) == 1


def test_an_expense_without_a_party_proves_nothing() -> None:
    assert ask("duplicate_payments", **ledger(fuel(party=None), fuel(party=" "), fuel(party=None))) == []


def test_two_legs_of_one_entry_are_one_expense() -> None:
    legs = entry(OCT, FUEL, CASH, 5_000, party="Marina")
    halves = [legs[0], {**legs[0], "leg": 2}, {**legs[1], "amount_minor": -10_000}]
    assert ask("duplicate_payments", **ledger(halves)) == []


def test_a_duplicate_that_came_back_is_settled() -> None:
    back = entry(OCT + timedelta(days=9), CASH, FUEL, 12_000, party="Marina")
    assert len(ask("duplicate_payments", **ledger(fuel(), fuel()))) == 1
    assert ask("duplicate_payments", **ledger(fuel(), fuel(), back)) == []


def test_money_received_before_does_not_settle_a_duplicate() -> None:
    before = entry(OCT - timedelta(days=30), CASH, FUEL, 12_000, party="Marina")
    assert len(ask("duplicate_payments", **ledger(before, fuel(), fuel()))) == 1


def test_three_equal_expenses_are_two_repeats() -> None:
    (found,) = ask("duplicate_payments", **ledger(*(fuel(OCT + timedelta(days=n)) for n in range(3))))
    assert (found.hit.facts["repeats"], found.hit.money_at_stake) == (2, usd(24_000))
    assert [row["date"] for row in found.hit.evidence] == [OCT + timedelta(days=n) for n in (2, 1, 0)]


def test_an_equal_expense_of_another_time_is_no_part_of_the_evidence() -> None:
    (found,) = ask("duplicate_payments", **ledger(fuel(AUG), fuel(OCT, document="R-9"), fuel(OCT + timedelta(days=1))))
    assert [row["date"] for row in found.hit.evidence] == [OCT + timedelta(days=1), OCT]
    assert found.hit.money_at_stake == usd(12_000)


def test_the_day_an_account_went_below_zero_is_that_of_its_last_stretch() -> None:
    (found,) = ask(
        "cash_negative",
        **ledger(
            fuel(date(2026, 7, 1), 5_000),  # below zero
            sale(date(2026, 8, 1), 6_000),  # and back
            fuel(date(2026, 9, 5), 2_000),  # below zero for good
            fuel(date(2026, 10, 5), 3_000),
        ),
    )
    assert (found.hit.facts["since"], found.hit.money_at_stake) == (date(2026, 9, 5), usd(4_000))


def test_every_cash_account_stands_for_itself() -> None:
    till = {"account": "1010", "name": "Till", "type": "asset", "statement_line": "cash"}
    books = ledger(sale(OCT, 900_000), entry(OCT, RENT, "1010", 100), chart=[*CHART, till])
    assert [found.subject for found in ask("cash_negative", **books)] == ["1010 Till"]


def test_an_amount_at_stake_is_in_the_tenants_currency() -> None:
    books: Any = ledger(entry(OCT, SUSPENSE, CASH, 700, currency="JPY"))
    (found,) = ask("suspense_not_empty", at("2026-10", "JPY"), **books)
    assert found.hit.money_at_stake == Money(700, "JPY")


def test_duplicates_are_looked_for_over_twelve_months() -> None:
    before, within = date(2025, 10, 30), date(2025, 11, 1)
    assert ask("duplicate_payments", **ledger(fuel(before), fuel(before + timedelta(days=1)))) == []
    assert len(ask("duplicate_payments", **ledger(fuel(within), fuel(within + timedelta(days=1))))) == 1


def test_a_duplicate_that_came_back_on_the_same_day_is_settled() -> None:
    back = entry(OCT, CASH, FUEL, 12_000, party="Marina")
    assert ask("duplicate_payments", **ledger(fuel(), fuel(), back)) == []


def test_an_account_at_exactly_nothing_is_not_yet_below_it() -> None:
    books = ledger(sale(AUG, 5_000), fuel(date(2026, 9, 1), 5_000), fuel(OCT, 100))
    (found,) = ask("cash_negative", **books)
    assert found.hit.facts["since"] == OCT


def test_postings_in_suspense_come_largest_first_whatever_their_sign() -> None:
    waiting = (entry(OCT, SUSPENSE, CASH, 300), entry(OCT, CASH, SUSPENSE, 900), entry(OCT, SUSPENSE, CASH, 500))
    (found,) = ask("suspense_not_empty", **ledger(*waiting))
    assert [row["amount"] for row in found.hit.evidence] == [usd(-900), usd(500), usd(300)]
    assert (found.hit.facts["balance"], found.hit.money_at_stake) == (usd(-100), usd(100))
