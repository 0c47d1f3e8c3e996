from __future__ import annotations

from datetime import date

import pytest

from quarterdeck.rules.books_begin import _PROPOSED
from quarterdeck.sources._default_chart import PROPOSED, proposed_rows
from tests.asking import Case, ask, check, ledger
from tests.tables import CASH, CHART, EQUITY, FUEL, LOAN, SALES, cost, entry, frame, sale

MARCH = date(2026, 3, 10)

CASES = {
    "opening_balance_missing": Case(
        seeded=lambda: ledger(sale(MARCH, 5_000), cost(date(2026, 4, 2), 12_000, FUEL), sale(date(2026, 4, 9), 90_000)),
        clean=lambda: ledger(
            entry(date(2026, 3, 1), CASH, EQUITY, 7_000), sale(MARCH, 5_000), cost(date(2026, 4, 2), 12_001, FUEL)
        ),
        subject="1000 Bank",
        title="1000 Bank has no opening balance: it would stand at −$70.00 on Apr 2, 2026",
        why="The books begin on Mar 10, 2026, and nothing in them says what stood on the account then; it was $70.00 at least.",
    ),
    "chart_proposed": Case(
        seeded=lambda: {"accounts": frame("accounts", proposed_rows(["1000", "4000", "9999"]))},
        clean=lambda: {"accounts": frame("accounts", CHART)},
        subject="chart of accounts",
        title="The chart of accounts is the proposed one",
        why="Nobody has chosen its 3 accounts; they are what the files and the rules happen to need.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_a_seeded_fault_and_its_clean_twin(id: str) -> None:
    check(id, CASES[id])


def test_an_overdraft_of_later_is_no_missing_balance() -> None:
    given = ledger(sale(MARCH, 5_000), cost(date(2026, 8, 2), 12_000, FUEL))
    assert ask("opening_balance_missing", **given) == []


def test_books_that_begin_with_nothing_need_no_balance() -> None:
    assert ask("opening_balance_missing", **ledger(sale(MARCH, 5_000), cost(date(2026, 4, 2), 5_000, FUEL))) == []
    assert ask("opening_balance_missing", **ledger()) == []


def test_the_order_of_rows_does_not_matter() -> None:
    given = CASES["opening_balance_missing"].seeded()
    (said,) = ask("opening_balance_missing", **{**given, "postings": given["postings"].iloc[::-1].reset_index(drop=True)})
    assert said.title == CASES["opening_balance_missing"].title


def test_a_loan_that_was_never_taken() -> None:
    (said,) = ask("opening_balance_missing", **ledger(sale(MARCH, 90_000), entry(MARCH, LOAN, CASH, 5_000)))
    assert said.subject == "2500 Loan"
    assert said.title.startswith("2500 Loan has no opening balance: it would stand at $50")


def test_a_proposed_account_is_known_by_its_name() -> None:
    assert _PROPOSED == PROPOSED
    assert SALES in {row["account"] for row in CHART}
