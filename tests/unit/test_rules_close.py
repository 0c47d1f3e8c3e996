from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from quarterdeck import codec
from tests.asking import Case, Given, ask, check, ledger
from tests.tables import CASH, EQUIPMENT, EQUITY, PAYABLES, PREPAID, RECEIVABLES, RENT, SALES, TAXES, Entry, entry, frame, usd

OCT = date(2026, 10, 12)


def bill(invoice: str, minor: int, side: str = "receivable", **more: object) -> dict[str, object]:
    days = {"issued_on": OCT, "due_on": date(2026, 11, 11)}
    return {"invoice": invoice, "party": "Ann", "side": side, "amount_minor": minor, **days, **more}


def billed(*bills: dict[str, object], books: tuple[Entry, ...] = ()) -> Given:
    return {**ledger(*books), "invoices": frame("invoices", bills)}


def boat(**more: object) -> dict[str, object]:
    bought = {"asset": "Lark", "acquired_on": date(2026, 8, 20), "cost_minor": 36_000}
    return {**bought, "account": EQUIPMENT, "useful_months": 36, **more}


def written(at: datetime, locked: datetime = datetime(2026, 10, 9, tzinfo=UTC)) -> Given:
    late = entry(date(2026, 9, 28), RENT, CASH, 5_000, created_at=at, created_by="Bob")
    return {"entries": ledger(late)["entries"], "locks": frame("locks", [{"through": date(2026, 9, 30), "locked_at": locked}])}


def task(**more: object) -> dict[str, object]:
    return {"period": "2026-09", "task": "Reconcile the bank", "due_on": date(2026, 10, 10), **more}


def told(cash: int) -> Given:
    """Cash of 900.00 at the end of September, and what the report of September told of it."""
    figure = {"role": "cfo", "period": "2026-09", "id": "cash", "value": codec.canonical(codec.plain(usd(cash))), "books": ""}
    return {**ledger(entry(date(2026, 9, 28), CASH, SALES, 90_000)), "delivered": frame("delivered", [figure])}


CASES = {
    "control_account_off": Case(
        seeded=lambda: billed(bill("1", 5_000), books=(entry(OCT, RECEIVABLES, SALES, 4_200),)),
        clean=lambda: billed(bill("1", 5_000), books=(entry(OCT, RECEIVABLES, SALES, 5_000),)),
        subject="Receivables",
        title="Receivables: the invoices and the ledger differ by $8.00",
        why="The open invoices come to $50.00, the control account to $42.00. One of them is wrong.",
    ),
    "asset_register_off": Case(
        # 360.00 over 36 months is 10.00 a month; August, September and October have ended: 330.00 are left.
        seeded=lambda: {**ledger(entry(OCT, EQUIPMENT, CASH, 36_000)), "fixed_assets": frame("fixed_assets", [boat()])},
        clean=lambda: {**ledger(entry(OCT, EQUIPMENT, CASH, 33_000)), "fixed_assets": frame("fixed_assets", [boat()])},
        subject="fixed assets",
        title="The register of fixed assets and the ledger differ by −$30.00",
        why="The register comes to $330 after depreciation, the ledger to $360.",
    ),
    "posted_into_closed_period": Case(
        seeded=lambda: written(datetime(2026, 10, 14, 9, tzinfo=UTC)),
        clean=lambda: written(datetime(2026, 10, 8, 9, tzinfo=UTC)),
        subject="Bob",
        title="2 postings were written into a closed period by Bob",
        why="What was reported for a closed period is not what the books say of it now.",
    ),
    "invoice_numbers_missing": Case(
        seeded=lambda: billed(*(bill(f"R-{n:03}", 10) for n in (7, 8, 11))),
        clean=lambda: billed(*(bill(f"R-{n:03}", 10) for n in (7, 8, 9)), bill("R-020", 10, side="payable")),
        subject="invoices",
        title="2 numbers are missing among the invoices to customers",
        why="A tax office takes a number that is not there for an invoice that was hidden.",
    ),
    "balance_impossible": Case(
        seeded=lambda: ledger(entry(OCT, CASH, RECEIVABLES, 700)),
        clean=lambda: ledger(entry(OCT, RECEIVABLES, SALES, 700), entry(OCT, CASH, RECEIVABLES, 700)),
        subject="1200 Customers",
        title="1200 Customers stands at −$7.00, which cannot be",
        why="An account of receivables on the wrong side was booked wrong: something is missing from it, or stands on it "
        "twice.",
    ),
    "prepayments_old": Case(
        seeded=lambda: ledger(entry(date(2026, 6, 1), PREPAID, CASH, 900), entry(OCT, RENT, PREPAID, 400)),
        clean=lambda: ledger(entry(date(2026, 6, 1), PREPAID, CASH, 900), entry(OCT, RENT, PREPAID, 900)),
        subject="1400",
        title="$5.00 on 1400 was paid ahead more than 90 days ago",
        why="The oldest of it is of Jun 1, 2026. What it was paid for may be used up, so that it is a cost by now.",
    ),
    "accruals_old": Case(
        seeded=lambda: ledger(entry(date(2026, 6, 1), RENT, PAYABLES, 900), entry(OCT, PAYABLES, CASH, 400)),
        clean=lambda: ledger(entry(date(2026, 9, 1), RENT, PAYABLES, 900), entry(OCT, PAYABLES, CASH, 400)),
        subject="2000",
        title="$5.00 on 2000 is owed for more than 90 days",
        why="The oldest of it is of Jun 1, 2026. What is neither paid nor billed after that long is often owed no more.",
    ),
    "opening_not_as_told": Case(
        seeded=lambda: told(70_000),
        clean=lambda: told(90_000),
        subject="Cash",
        title="Cash at the start of the period is $200 off what the last report told",
        why="Readers were told $700; by the books it was $900. The period starts from a balance that nobody has seen.",
    ),
    "tax_account_unexplained": Case(
        seeded=lambda: ledger(entry(OCT, EQUITY, TAXES, 500), entry(OCT, TAXES, CASH, 70)),
        clean=lambda: ledger(entry(OCT, RENT, TAXES, 500), entry(OCT, TAXES, CASH, 70)),
        subject="2200",
        title="$5.00 moved on 2200 without a sale, a purchase or a payment",
        why="A tax account must follow from what was sold, bought and paid; what was put there by hand no return will show.",
    ),
    "close_overdue": Case(
        seeded=lambda: {"close_tasks": frame("close_tasks", [task()])},
        clean=lambda: {"close_tasks": frame("close_tasks", [task(done_on=date(2026, 10, 20)), task(task="b", due_on=None)])},
        subject="close",
        title="The close has 1 task open that should be done, the oldest of 2026-09",
        why="Figures of a period that is not closed can still change.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_fault_is_found_and_its_twin_is_none(id: str) -> None:
    check(id, CASES[id])


def test_both_sides_are_tied() -> None:
    books = (entry(OCT, RECEIVABLES, SALES, 1), entry(OCT, RENT, PAYABLES, 10))
    said = ask("control_account_off", **billed(bill("1", 5), bill("2", 7, side="payable"), books=books))
    assert [(each.subject, each.hit.money_at_stake) for each in said] == [("Receivables", usd(4)), ("Payables", usd(3))]


def test_the_evidence_of_a_late_posting_says_where_it_stands() -> None:
    (said,) = ask("posted_into_closed_period", **written(datetime(2026, 10, 14, 9, tzinfo=UTC)))
    row = said.hit.evidence[0]
    assert (row["created_at"], row["through"], row["date"]) == (date(2026, 10, 14), date(2026, 9, 30), date(2026, 9, 28))
    assert (row["source_file"], row["source_line"]) == ("source_file", 0)


def test_a_payment_of_a_later_month_is_no_fault_of_this_one() -> None:
    assert ask("posted_into_closed_period", **written(datetime(2026, 11, 2, tzinfo=UTC))) == []
