from __future__ import annotations

from datetime import date

import pytest

from tests.asking import Case, Given, ask, check, ledger
from tests.tables import Row, cost, frame, sale

COMPANY = frame("tenant", [{"id": "a", "kind": "company"}])
UNIT = frame("tenant", [{"id": "a", "kind": "unit"}])
BANK = {"source": "bank", "kind": "transactions", "provides": "entries,accounts"}
CODE = {"source": "code", "kind": "git_history", "provides": "commits, tags"}


def sources(*rows: Row) -> Given:
    return {"sources": frame("sources", rows)}


def pull(covers_to: date | None, **more: object) -> Given:
    return {"pulls": frame("pulls", [{"source": "bank", "table": "entries", "status": "read", "covers_to": covers_to, **more}])}


CASES = {
    "accounting_system_missing": Case(
        seeded=lambda: {"tenant": COMPANY, **sources(BANK, CODE)},
        clean=lambda: {"tenant": COMPANY, **sources(BANK, CODE, {"source": "books", "kind": "xero"})},
        subject="books",
        title="No accounting system is connected",
        why="Of 2 configured sources none is an accounting system; books derived from bank and payment rows have no "
        "invoices, no accruals and no lock.",
    ),
    "revenue_untracked": Case(
        seeded=lambda: sources(CODE),
        clean=lambda: sources(CODE, BANK) | ledger(sale(date(2025, 11, 1), 5_000)),
        subject="revenue",
        title="Revenue is not tracked",
        why="0 sources give books; they hold 0 revenue postings of the last 12 months.",
    ),
    "late_books": Case(
        seeded=lambda: pull(date(2026, 10, 21)),  # the last day read is the 20th: 11 days are missing
        clean=lambda: pull(date(2026, 10, 22)),
        subject="bank",
        title="The books from bank stop 11 days before the period's end",
        why="They were read up to Oct 20, 2026; more than 10 days missing, and the period's figures are not complete.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


def test_a_unit_needs_no_accounting_system_of_its_own() -> None:
    assert ask("accounting_system_missing", tenant=UNIT, **sources(BANK)) == []


def test_without_any_source_there_is_no_accounting_system_either() -> None:
    (found,) = ask("accounting_system_missing", tenant=COMPANY)
    assert found.hit.facts["sources"] == 0


def test_books_without_a_sale_for_a_year_do_not_track_revenue() -> None:
    books = ledger(sale(date(2025, 10, 31), 5_000), cost(date(2026, 10, 1), 5_000))
    (found,) = ask("revenue_untracked", **sources(BANK), **books)
    assert found.why == "1 source gives books; they hold 0 revenue postings of the last 12 months."


def test_a_table_whose_name_only_contains_entries_gives_no_books() -> None:
    named_alike = {"source": "x", "provides": "entries_of_another_kind"}
    assert len(ask("revenue_untracked", **sources(named_alike), **ledger(sale(date(2026, 10, 1), 5_000)))) == 1


def test_a_source_that_could_not_be_read_is_not_late_too() -> None:
    assert ask("late_books", **pull(None, status="failed")) == []
    assert ask("late_books", **pull(date(2026, 9, 1), table="tags")) == []


def test_late_books_are_wanted_up_to_the_last_day_of_the_period() -> None:
    (found,) = ask("late_books", **pull(date(2026, 9, 1)))
    assert found.remedy == "Bring bank up to Oct 31, 2026, and run the period again"
