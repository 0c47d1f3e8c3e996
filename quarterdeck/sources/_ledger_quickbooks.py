"""QuickBooks Online: its report "Journal", the only one that has entries whole.

It comes in three layouts: with a group for each transaction, whose heading is its number; with the day on the first line
of a transaction alone; and with the day on every line. The last two have no numbers, so an entry is named by what it says.
The General Ledger and Transaction Detail reports tell each line from one account's side and name the other side "-Split-"
where there is more than one: no entry can be made of them for certain, so they are refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from quarterdeck.reading.cells import CellError
from quarterdeck.sources import Window
from quarterdeck.sources._ledger_convert import Figures
from quarterdeck.sources._ledger_lines import FIELDS, Lines, name_of
from quarterdeck.sources._ledger_options import LedgerOptions
from quarterdeck.sources._ledger_report import Report, ReportRow, need, read_report

_NAMES = {
    "date": ("date", "transaction date"),
    "type": ("transaction type",),
    "number": ("num",),
    "party": ("name",),
    "memo": ("memo/description", "description", "memo"),
    "account": ("account", "account name", "account full name", "distribution account", "full name"),
    "debit": ("debit",),
    "credit": ("credit",),
    "id": ("transaction id", "trans #"),
    "created_by": ("created by",),
}
_REMEDY = 'export the report "Journal" (Reports, For my accountant) as CSV'
_NOT_JOURNAL = "this is not the report Journal of QuickBooks Online"
_FIGURES = Figures(grouping=",", is_loose=True)


@dataclass(slots=True)
class _Transaction:
    """Lines that stand together; `id` is QuickBooks' own, where the report has it."""

    id: str = ""
    rows: list[ReportRow] = field(default_factory=list)


def read_quickbooks_lines(options: LedgerOptions, window: Window) -> Lines:
    """The lines of all files."""
    lines = Lines({})
    currency = options.currency or window.currency
    for file in options.files:
        report = read_report(file, window, _NAMES, _is_header, _REMEDY)
        need(report, ("date", "account", "debit", "credit"), _NOT_JOURNAL, _REMEDY)
        lines.names = {**{name: report.name(name) for name in report.columns}, "document": report.name("number")}
        seen: Counter[str] = Counter()
        for transaction in _transactions(report, currency):
            _add(lines, file, transaction, seen)
    return lines


def _is_header(small: Sequence[str]) -> bool:
    return "transaction type" in small and any(name in small for name in _NAMES["date"])


def _transactions(report: Report, currency: str) -> Iterator[_Transaction]:
    every = list(report.rows)
    if not report.header[0] and any(row.is_heading and row.first.isdecimal() for row in every):
        return _grouped(every)
    rows = [row for row in every if not row.is_heading]  # a foot is one cell, and so are headings of no transaction
    if any(row.get("account") and not row.get("date") for row in rows):
        return _begun_by_day(rows)
    return _told_apart(rows, currency)


def _grouped(rows: Sequence[ReportRow]) -> Iterator[_Transaction]:
    """Groups with a heading, which is the transaction's number, and a total."""
    current = _Transaction()
    for row in rows:
        if row.first:
            yield current
            current = _Transaction(row.first if row.is_heading else "")
        elif row.get("account"):
            current.rows.append(row)
    yield current


def _begun_by_day(rows: Sequence[ReportRow]) -> Iterator[_Transaction]:
    """A line with a day begins a transaction; one without an account is its total."""
    current = _Transaction()
    for row in rows:
        if not row.get("account") or row.get("date"):
            yield current
            current = _Transaction(row.get("id"))
        if row.get("account"):
            current.rows.append(row)
    yield current


def _told_apart(rows: Sequence[ReportRow], currency: str) -> Iterator[_Transaction]:
    """Every line has its day: a transaction ends where its head changes, or where its lines have come to zero."""
    current, sum = _Transaction(), 0
    head: tuple[str, ...] = ()
    for row in rows:
        if not row.get("account"):
            continue
        own = tuple(row.get(name) for name in ("id", "date", "type", "number"))
        if own != head or (sum == 0 and len(current.rows) > 1):
            yield current
            current, sum = _Transaction(row.get("id")), 0
        head = own
        current.rows.append(row)
        sum += _minor(row, currency)
    yield current


def _minor(row: ReportRow, currency: str) -> int:
    """Debit less credit, to tell where a transaction ends; what cannot be read is named later."""
    try:
        debit, credit = (_FIGURES.minor(text, currency) if text else 0 for text in (row.get("debit"), row.get("credit")))
    except CellError:
        return 0
    return debit - credit


def _add(lines: Lines, file: str, transaction: _Transaction, seen: Counter[str]) -> None:
    rows = [row for row in transaction.rows if row.get("debit") or row.get("credit")]  # others are lines of text
    if not rows:
        return
    day = next((row.get("date") for row in rows if row.get("date")), "")
    first = rows[0]
    told = [_cells(row, "", day, first) for row in rows]
    entry = transaction.id or name_of(told, day, seen)
    for row, cells in zip(rows, told, strict=True):
        lines.add(file, row.line, [entry, *cells[1:]])


def _cells(row: ReportRow, entry: str, day: str, first: ReportRow) -> list[str]:
    said = {name: row.get(name) for name in ("account", "debit", "credit", "memo", "created_by")}
    said |= {"entry": entry, "date": row.get("date") or day}
    said |= {"party": row.get("party") or first.get("party"), "document": row.get("number") or first.get("number")}
    return [said.get(name, "") for name in FIELDS]
