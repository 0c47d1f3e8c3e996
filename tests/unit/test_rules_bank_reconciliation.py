from __future__ import annotations

from datetime import date

import pytest

from quarterdeck.reconciliation import matched
from tests.asking import Case, Given, ask, check, ledger
from tests.tables import CASH, CLEARING, RENT, SALES, Entry, entry, frame, nothing_of, usd

SEP, OCT = date(2026, 9, 20), date(2026, 10, 12)


def banked(*lines: tuple[date, int], account: str = CASH, stated: tuple[tuple[date, int], ...] = ()) -> Given:
    """What the bank says, and nothing else."""
    rows = [{"account": account, "date": day, "amount_minor": minor, "party": "Bank"} for day, minor in lines]
    balances = [{"account": account, "date": day, "balance_minor": minor} for day, minor in stated]
    return {
        "bank_lines": frame("bank_lines", rows),
        "bank_balances": frame("bank_balances", balances) if balances else nothing_of("bank_balances"),
    }


def both(books: tuple[Entry, ...], bank: Given) -> Given:
    given = {**ledger(*books), **bank}
    return {**given, "bank_matches": matched(given["entries"], given["bank_lines"])}


def rent(day: date = OCT, minor: int = 12_000) -> Entry:
    return entry(day, RENT, CASH, minor)


FEE = (date(2026, 10, 30), -1_500)
PAYOUT = (date(2026, 10, 20), -9_000)

CASES = {
    "bank_lines_not_booked": Case(
        seeded=lambda: both((rent(),), banked((OCT, -12_000), FEE)),
        clean=lambda: both((rent(), rent(date(2026, 10, 31), 1_500)), banked((OCT, -12_000), FEE)),
        subject="1000 Bank",
        title="1000 Bank: 1 line of the statement is not in the books, $15.00 in all",
        why="The bank has −$135, the books have −$120. What the bank did and nobody booked is in no figure of this report.",
    ),
    "bank_balance_unexplained": Case(
        seeded=lambda: both((rent(),), banked((OCT, -12_000), stated=((OCT, 500),))),
        clean=lambda: both((rent(),), banked((OCT, -12_000), stated=((OCT, -12_000),))),
        subject="1000 Bank",
        title="1000 Bank differs from its statement by $125 that nothing explains",
        why="The bank states $5.00, the books have −$120; neither items under way nor lines that are not booked "
        "account for it.",
    ),
    "statement_gap": Case(
        seeded=lambda: banked((OCT, -12_000), stated=((SEP, 20_000), (OCT, 7_000))),
        clean=lambda: banked((OCT, -12_000), stated=((SEP, 20_000), (OCT, 8_000))),
        subject="1000",
        title="1000: its lines do not lead from one stated balance to the next, $10.00 apart",
        why="Between two balances that the bank states, lines are missing or stand twice, so that the books lack them or have "
        "them twice.",
    ),
    "payouts_not_received": Case(
        seeded=lambda: both((entry(OCT, CLEARING, SALES, 9_000),), banked((OCT, 9_000), PAYOUT, account=CLEARING)),
        clean=lambda: both(
            (entry(OCT, CLEARING, SALES, 9_000), entry(date(2026, 10, 22), CASH, CLEARING, 9_000)),
            banked((OCT, 9_000), PAYOUT, account=CLEARING),
        ),
        subject="1100 Card payments",
        title="1 payout of $90.00 on 1100 Card payments did not reach the bank",
        why="A payment provider says that it paid out, and within 7 days no line of the bank is for it.",
    ),
    "outstanding_too_long": Case(
        seeded=lambda: both((rent(SEP), rent(OCT, 700)), banked((date(2026, 9, 1), 5), (OCT, -700))),
        clean=lambda: both((rent(date(2026, 10, 1)), rent(OCT, 700)), banked((date(2026, 9, 1), 5), (OCT, -700))),
        subject="1000 Bank",
        title="1000 Bank: 1 posting has not reached the bank for over 30 days, $120 in all",
        why="A deposit or a payment that the bank does not show after so long was lost, cancelled or booked twice.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_fault_is_found_and_its_twin_is_none(id: str) -> None:
    check(id, CASES[id])


def test_the_lines_are_the_evidence() -> None:
    (said,) = ask("bank_lines_not_booked", **both((rent(),), banked((OCT, -12_000), FEE)))
    (row,) = said.hit.evidence
    assert (row["date"], row["amount"], row["age_days"], row["source_line"]) == (FEE[0], usd(-1_500), 1, 0)
    assert said.hit.money_at_stake == usd(1_500)


def test_a_payout_of_yesterday_is_under_way() -> None:
    given = both((entry(OCT, CLEARING, SALES, 9_000),), banked((OCT, 9_000), (date(2026, 10, 30), -9_000), account=CLEARING))
    assert ask("payouts_not_received", **given) == []
    assert ask("bank_lines_not_booked", **given) == []  # it is no bank
