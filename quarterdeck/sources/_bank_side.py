"""The bank's side of a reconciliation: lines as banks and payment providers give them, and the balances they state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from quarterdeck.errors import SourceError, Where
from quarterdeck.money import MoneyError, parse_amount
from quarterdeck.reading.rows import Row
from quarterdeck.schemas import build
from quarterdeck.sources import PulledTable, Window
from quarterdeck.sources._bank import BankFile, BankLine, BankStatement
from quarterdeck.sources._bank_chain import by_account, closing_balances
from quarterdeck.sources._posting import coverage

TABLES = ("bank_lines", "bank_balances")


@dataclass(frozen=True, slots=True)
class _Balance:
    account: str
    day: date
    minor: int
    currency: str


def pulled(statements: Sequence[BankStatement], files: Iterable[BankFile], window: Window) -> tuple[PulledTable, ...]:
    """The two tables, by account and day, so that neither files nor their order matter.

    A balance that the settings state holds before that of a line.
    """
    covers = coverage(statements, ())
    lines = sorted((_row(statement, line) for statement in statements for line in statement.lines if line.minor), key=_order)
    told = _closing(statements)
    stated = [balance for file in files for balance in _stated(file, window)]
    balances = {(balance.account, balance.day): balance for balance in (*told, *stated)}
    return (
        PulledTable("bank_lines", build("bank_lines", lines), covers=covers),
        PulledTable(
            "bank_balances",
            build(
                "bank_balances",
                [
                    {"account": b.account, "date": b.day, "balance_minor": b.minor, "currency": b.currency}
                    for _, b in sorted(balances.items())
                ],
            ),
            covers=covers,
        ),
    )


def _closing(statements: Iterable[BankStatement]) -> Iterable[_Balance]:
    """What the lines' own balances tell of the end of each day, over all files of an account and in whatever order."""
    for account, listed in by_account(statements).items():
        lines = [line for statement in listed for line in statement.lines]
        for day, minor in closing_balances(lines).items():
            yield _Balance(account, day, minor, lines[0].currency)


def _stated(file: BankFile, window: Window) -> Iterable[_Balance]:
    currency = file.currency or window.currency
    for balance in file.balances:
        if balance.date >= window.end:
            continue
        try:
            minor = parse_amount(balance.amount, currency)
        except MoneyError as error:
            what = f"the balance of account {file.account!r} on {balance.date}: {error.problem.what}"
            raise SourceError(what, where=Where(file.path)) from error
        yield _Balance(file.account, balance.date, minor, currency)


def _row(statement: BankStatement, line: BankLine) -> Row:
    return {
        "line": line.id,
        "date": line.day,
        "account": statement.account,
        "amount_minor": line.minor,
        "currency": line.currency,
        "party": line.party,
        "memo": line.memo,
        "document": line.document,
        "source_file": line.file,
        "source_line": line.number,
    }


def _order(row: Row) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ("account", "date", "line"))
