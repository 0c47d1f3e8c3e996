"""The books of an accounting system: a general ledger as CSV, of QuickBooks Online, of Xero, or in Beancount.

    - kind: ledger
      format: csv                             # or quickbooks, xero, beancount
      files: [books/gl-2025.csv, books/gl-2026.csv]
      chart: books/accounts.csv               # the table `accounts`
      columns: {entry: Journal, date: Date, account: Account, debit: Debit, credit: Credit, memo: Text}
      date_format: "%m/%d/%Y"                 # only where a day could be read in two ways
      accounts: {Checking (4346): "1000"}     # what the export calls an account of the chart
      suspense: "9999"                        # for lines of unknown accounts, which are refused without it
      opening_equity: "3000"
      opening:                                # balances when the files begin; debit is positive
        - {account: "1000", amount: 12000.00, date: 2024-10-31}
      complete_through: 2026-10-31            # nothing more happened until then
      max_rejected: 0.01

All entries before the period's end are kept, however old. Files may overlap, and an entry may begin in one and end in the
next: what several of them say counts once. An entry with a bad line is refused whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import ClassVar

import pyarrow as pa

from quarterdeck.errors import Reject, SourceError
from quarterdeck.schemas import build
from quarterdeck.sources import Pulled, PulledTable, Window, refuse_too_many, source
from quarterdeck.sources._files import reachable, read_table
from quarterdeck.sources._ledger_accounts import Accounts
from quarterdeck.sources._ledger_beancount import find_program, read_beancount_lines
from quarterdeck.sources._ledger_convert import Figures, Rules, convert
from quarterdeck.sources._ledger_csv import read_csv_lines
from quarterdeck.sources._ledger_days import reader_of
from quarterdeck.sources._ledger_entries import Books, assemble
from quarterdeck.sources._ledger_lines import Lines
from quarterdeck.sources._ledger_options import LedgerOptions
from quarterdeck.sources._ledger_quickbooks import read_quickbooks_lines
from quarterdeck.sources._ledger_xero import read_xero_lines
from quarterdeck.sources._opening import opening_entries
from quarterdeck.sources._posting import entry_rows

_READERS: Mapping[str, Callable[[LedgerOptions, Window], Lines]] = {
    "beancount": read_beancount_lines,
    "csv": read_csv_lines,
    "quickbooks": read_quickbooks_lines,
    "xero": read_xero_lines,
}
_REPORT_FIGURES = Figures(grouping=",", is_loose=True)  # reports are made for people: "$1,250.00", (500.00)


@source
class Ledger:
    """The books of an accounting system, as it exports them."""

    kind: ClassVar[str] = "ledger"
    Options = LedgerOptions

    @staticmethod
    def provides(options: LedgerOptions) -> tuple[str, ...]:  # noqa: ARG004 - the tables are always these
        return ("entries", "accounts")

    @staticmethod
    def states(options: LedgerOptions) -> tuple[str, ...]:  # noqa: ARG004 - entries have their days
        return ()

    @staticmethod
    def check(options: LedgerOptions, window: Window) -> str:
        found = reachable((options.chart, *options.files), window)
        if options.format == "beancount":
            find_program(options.program)
        return found

    @staticmethod
    def pull(options: LedgerOptions, window: Window) -> Pulled:
        chart = read_table("accounts", options.chart, window, options.limit)
        accounts = Accounts(chart.rows, options.chart, options.accounts)
        _check(options, accounts, {str(row["account"]): str(row["statement_line"]) for row in chart.rows})
        books, rejects = _books(options, accounts, window)
        refuse_too_many("entries", rejects, books.lines, options.limit)
        opening = build("entries", entry_rows(opening_entries(options.opening, options.opening_equity, "ledger", window)))
        watermark = None if books.last_day is None else window.first_instant(books.last_day)
        return Pulled(
            (
                PulledTable("entries", _together(opening, books.rows), rejects, _covers(options, books, window), watermark),
                PulledTable("accounts", build("accounts", chart.rows), chart.rejects),
            )
        )


def _books(options: LedgerOptions, accounts: Accounts, window: Window) -> tuple[Books, tuple[Reject, ...]]:
    lines = _READERS[options.format](options, window)
    is_report = options.format in ("quickbooks", "xero")
    postings = convert(
        lines,
        Rules(
            day=reader_of(lines, options.date_format),
            account=accounts.number_of,
            figures=_REPORT_FIGURES if is_report else Figures(options.decimal_mark, options.grouping),
            currency=options.currency or window.currency,
            suspense=options.suspense,
            ignored=frozenset(options.ignored),
            fractions=options.format == "beancount",
        ),
    )
    books = assemble(lines, postings, window.end, options.rounding)
    return books, (*lines.rejects, *postings.rejects, *books.rejects)


def _check(options: LedgerOptions, accounts: Accounts, lines: Mapping[str, str]) -> None:
    named: dict[str | None, str] = {
        options.suspense: "the suspense account",
        options.opening_equity: "which balances the opening balances",
        options.rounding: "which takes what rounding loses",
        **{balance.account: "which has an opening balance" for balance in options.opening},
    }
    for account, what in named.items():
        if account is not None:
            accounts.need(account, what)
    if options.suspense is not None and lines[options.suspense] != "suspense":
        raise SourceError(
            f"account {options.suspense!r} is on the statement line {lines[options.suspense]!r} of {options.chart}",
            remedy="give the suspense account the statement line 'suspense'",
        )


def _together(opening: pa.Table, rows: pa.Table) -> pa.Table:
    """Opening balances among the entries, by day and entry as these are."""
    if not opening.num_rows:
        return rows
    return (
        pa.concat_tables([opening, rows])
        .combine_chunks()
        .sort_by([("date", "ascending"), ("entry", "ascending"), ("leg", "ascending")])
    )


def _covers(options: LedgerOptions, books: Books, window: Window) -> tuple[date, date] | None:
    """The days that the books speak of, as far as their last line or a person says."""
    openings = [balance.date for balance in options.opening if balance.date < window.end]
    first = min([*openings, *([books.days[0]] if books.days else [])], default=None)
    last = books.days[1] if books.days else None
    if options.complete_through is not None:
        stated = options.complete_through + timedelta(days=1)
        last = stated if last is None else max(last, stated)
    if first is None or last is None or first >= min(last, window.end):
        return None
    return first, min(last, window.end)
