"""Xero: journals with their numbers, or the reports that list all accounts' transactions.

Journals have a number for each entry. "Account Transactions" and "General Ledger Detail" have none and stand account by
account: lines of one day, source and reference are one entry there, so the report has to be of all accounts.
"""

from __future__ import annotations

from collections.abc import Sequence

from quarterdeck.sources import Window
from quarterdeck.sources._ledger_lines import FIELDS, Lines
from quarterdeck.sources._ledger_options import LedgerOptions
from quarterdeck.sources._ledger_report import Report, ReportRow, need, read_report

_NAMES = {
    "entry": ("journal number", "journalnumber", "journal no.", "journal id", "journalid"),
    "date": ("date", "journal date", "journaldate"),
    "source": ("source", "source type", "sourcetype"),
    "account": ("account code", "accountcode", "account", "account name", "accountname"),
    "debit": ("debit",),
    "credit": ("credit",),
    "amount": ("net amount", "netamount", "net"),
    "party": ("contact", "contact name"),
    "document": ("reference",),
    "memo": ("description", "narration"),
    "created_at": ("createddateutc",),
}
_REMEDY = 'export the journals, or the report "Account Transactions" of all accounts with the columns it has at first, as CSV'
_UNKNOWN = "this is no journal and no report of accounts' transactions of Xero"
_SUMS = ("total", "opening balance", "closing balance", "net movement")


def read_xero_lines(options: LedgerOptions, window: Window) -> Lines:
    """The lines of all files."""
    lines = Lines({})
    for file in options.files:
        report = read_report(file, window, _NAMES, _is_header, _REMEDY)
        lines.names = {name: report.name(name) for name in report.columns}
        if "debit" in report.columns and "credit" in report.columns:
            need(report, ("date",), _UNKNOWN, _REMEDY)
        else:
            need(report, ("date", "amount"), _UNKNOWN, _REMEDY)
        if "entry" in report.columns:
            need(report, ("account",), _UNKNOWN, _REMEDY)
        else:
            need(report, ("source", "document"), _UNKNOWN, _REMEDY)
        _read(report, lines)
    return lines


def _is_header(small: Sequence[str]) -> bool:
    has_amount = ("debit" in small and "credit" in small) or any(name in small for name in _NAMES["amount"])
    return has_amount and any(name in small for name in _NAMES["date"])


def _read(report: Report, lines: Lines) -> None:
    """Rows that have a day are lines; a row of one cell names the account of those below it."""
    has_sides = "debit" in report.columns and "credit" in report.columns
    amounts = ("debit", "credit") if has_sides else ("amount",)
    heading = ""
    for row in report.rows:
        if row.is_heading:
            heading = row.first
        elif _is_line(row) and any(row.get(name) for name in amounts):
            said = {name: row.get(name) for name in (*amounts, "date", "party", "document", "memo", "created_at")}
            said["account"] = row.get("account") or heading
            said["entry"] = row.get("entry") or " ".join(row.get(name) for name in ("date", "source", "document")).strip()
            lines.add(report.file, row.line, [said.get(name, "") for name in FIELDS])


def _is_line(row: ReportRow) -> bool:
    """Balances and totals have their word in the first cell; a line has its day."""
    return bool(row.get("date")) and not row.first.lower().startswith(_SUMS)
