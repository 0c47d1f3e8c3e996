from __future__ import annotations

from datetime import date

import pytest

from tests.asking import Case, Given, ask, check, ledger
from tests.tables import CASH, RENT, SALES, cost, entry, frame, usd

OCT = date(2026, 10, 12)


def asked(*words: str, party: str = "PIXEL Games Store") -> Given:
    patterns = frame("expense_patterns", [{"words": each} for each in words])
    return {**ledger(cost(OCT, 5_999, party=party)), "expense_patterns": patterns}


def hand_written(**columns: object) -> Given:
    return ledger(entry(OCT, CASH, SALES, 90_000, origin="ledger", **columns))


def _grown(n: int) -> int:
    """Amounts that grow by three per cent each: their first digits follow the law."""
    minor = 1_000
    for _ in range(n):
        minor = minor * 103 // 100
    return minor


CASES = {
    "expenses_look_personal": Case(
        seeded=lambda: asked("games", "spa hotel"),
        clean=lambda: asked("spa hotel"),
        subject="games",
        title="1 expense looks personal: games, $59.99",
        why="The list of words by which expenses are asked about has “games”.",
    ),
    "revenue_by_hand": Case(
        seeded=hand_written,
        clean=lambda: hand_written(document="INV-1"),
        subject="revenue",
        title="$900 of revenue was booked by hand: 1 posting without a customer or a document",
        why="Revenue comes from invoices and payments. What somebody wrote in without either is what auditors look at first.",
    ),
    "first_digits_odd": Case(
        seeded=lambda: ledger(*(cost(OCT, 4_900 + n % 90, RENT) for n in range(300))),
        clean=lambda: ledger(*(cost(OCT, _grown(n), RENT) for n in range(300))),
        subject="expenses",
        title="The first digits of 300 expenses are not those of amounts that come about by themselves",
        why="Their shares are 20.1% from Benford's law in the mean; above 1.5% they may be made up.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_fault_is_found_and_its_twin_is_none(id: str) -> None:
    check(id, CASES[id])


def test_few_expenses_have_no_law() -> None:
    assert ask("first_digits_odd", **ledger(*(cost(OCT, 4_900 + n % 90) for n in range(299)))) == []


def test_words_are_those_of_the_same_company() -> None:
    given = asked("games")
    assert ask("expenses_look_personal", **{**given, "expense_patterns": given["expense_patterns"].assign(tenant="b")}) == []


def test_revenue_of_derived_books_is_nobodys_hand() -> None:
    assert ask("revenue_by_hand", **ledger(entry(OCT, CASH, SALES, 90_000, origin="bank"))) == []


def test_what_is_at_stake() -> None:
    (said,) = ask("expenses_look_personal", **asked("games"))
    assert said.hit.money_at_stake == usd(5_999)
