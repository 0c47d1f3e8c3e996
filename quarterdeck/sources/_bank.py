"""A bank's CSV export as balanced entries: the bank's account against the account that a category rule names.

Every bank has its own columns, so the settings say which is which. A line that no rule knows goes to the suspense
account, where it is seen. Transfers between two accounts that both have files go through a clearing account.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints, model_validator

from quarterdeck.errors import Reject
from quarterdeck.money import MoneyError, exponent
from quarterdeck.reading import Notation, read_csv
from quarterdeck.reading.cells import CellError, amount, day
from quarterdeck.reading.records import Cells, plain_text
from quarterdeck.sources import Window
from quarterdeck.sources._categories import Rule, first_match
from quarterdeck.sources._files import Day, LocalPath, Name, Part
from quarterdeck.sources._posting import Entry, Ids, Leg, Statement, balanced

_TRIALS = (date(2026, 1, 31), date(1999, 12, 2))


def _date_format(text: str) -> str:
    try:
        is_whole = all(datetime.strptime(trial.strftime(text), text).date() == trial for trial in _TRIALS)  # noqa: DTZ007
    except ValueError:
        is_whole = False
    if not is_whole:
        raise ValueError(f"{text!r} is no format of a day; write one as %m/%d/%Y")
    return text


def _delimiter(text: str) -> str:
    if not re.fullmatch(r"[,;|\t]", text):
        raise ValueError("expected one of ',' ';' '|' or a tab")
    return text


def _currency(text: str) -> str:
    try:
        exponent(text)
    except MoneyError as error:
        raise ValueError(f"{error.problem.what}, write one as USD") from error
    return text


DateFormat = Annotated[str, AfterValidator(_date_format)]
Delimiter = Annotated[str, AfterValidator(_delimiter)]
Currency = Annotated[str, AfterValidator(_currency)]


class BankColumns(Part):
    """Which column of the export holds what: one signed amount, or what went out beside what came in."""

    date: Name
    party: Name
    amount: Name | None = None
    debit: Name | None = None
    credit: Name | None = None
    memo: Name | None = None
    document: Name | None = None
    id: Name | None = None
    currency: Name | None = None
    balance: Name | None = None

    @model_validator(mode="after")
    def _one_amount(self) -> BankColumns:
        has_both = self.debit is not None and self.credit is not None
        has_one = self.debit is not None or self.credit is not None
        if (self.amount is None and not has_both) or (self.amount is not None and has_one):
            raise ValueError("name either the column of the amount, or those of debit and credit")
        return self

    @property
    def named(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for name in self.model_dump().values() if name is not None))


class ClosingBalance(Part):
    """What a statement says stood on the account at the end of a day, in the account's currency and in major units."""

    date: Day
    amount: Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,15}(\.[0-9]+)?$")]


class BankFile(Part):
    """One export of one account."""

    path: LocalPath
    account: Name
    columns: BankColumns
    currency: Currency | None = None
    delimiter: Delimiter = ","
    date_format: DateFormat = "%Y-%m-%d"
    decimal_mark: Literal[".", ","] = "."
    complete_from: Day | None = None
    complete_through: Day | None = None
    balances: tuple[ClosingBalance, ...] = ()


@dataclass(frozen=True, slots=True)
class BankLine:
    """A line of a statement that no other file had before, before the period's end. `balance` is what stood after it."""

    id: str
    day: date
    minor: int
    currency: str
    balance: int | None
    party: str | None
    memo: str | None
    document: str | None
    file: str
    number: int


@dataclass(slots=True)
class BankStatement(Statement):
    """What a bank's file gave: entries for the books, and its lines as the bank has them.

    `spoken` are the days `[first, last)` that the file speaks of, beyond the period's end too; `is_begun` and `is_ended` say
    whether a person has stated them.
    """

    lines: list[BankLine] = field(default_factory=list)
    spoken: tuple[date, date] | None = None
    is_begun: bool = False
    is_ended: bool = False
    balance_column: str | None = None

    def speak(self, begins: date | None, ends: date | None) -> None:
        """Settle what the file speaks of, before `close` cuts it at the period's end."""
        firsts = [day for day in (self.first, begins) if day is not None]
        lasts = [self.last] if self.last is not None else []
        lasts += [ends + timedelta(days=1)] if ends is not None else []
        if firsts and lasts:
            self.spoken = (min(firsts), max(lasts))
        self.is_begun, self.is_ended = begins is not None, ends is not None
        self.first = begins if begins is not None and (self.first is None or begins < self.first) else self.first


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the statement, converted; money that came in is positive."""

    day: date
    minor: int
    party: str | None
    memo: str | None
    document: str | None
    id: str | None
    balance: int | None

    def digest(self, currency: str) -> str:
        """An id for a line whose bank gives none: made of what it says, not of where it stands."""
        parts = (self.day.isoformat(), str(self.minor), currency, self.party or "", self.memo or "", self.document or "")
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def read_bank(settings: BankFile, rules: Sequence[Rule], suspense: str, window: Window, ids: Ids) -> BankStatement:
    """Entries and lines of one export up to the period's end."""
    statement = BankStatement(settings.path, settings.account, balance_column=settings.columns.balance)
    currency = settings.currency or window.currency
    records = read_csv(
        window.path(settings.path),
        settings.path,
        known=lambda _: True,  # banks export much that nobody asked for
        required=settings.columns.named,
        delimiter=settings.delimiter,
    )
    for record in records:
        if isinstance(record, Reject):
            statement.rejects.append(record)
            continue
        cells = Cells(record, settings.path)
        line = _line(cells, settings, currency)
        id, is_first = _claimed(line, settings, currency, ids, cells, record.line) if line is not None else ("", False)
        statement.rejects += cells.rejects
        if line is None or cells.rejects:
            continue
        statement.see(line.day)
        if line.day >= window.end or not is_first:
            continue
        statement.mark(window.first_instant(line.day))
        statement.lines.append(_bank_line(line, id, currency, settings.path, record.line))
        if line.minor:
            statement.entries.append(_entry(line, id, currency, settings, rules, suspense, record.line))
    statement.speak(settings.complete_from, settings.complete_through)
    statement.close(settings.complete_through, window.end)
    return statement


def _claimed(line: _Line, settings: BankFile, currency: str, ids: Ids, cells: Cells, number: int) -> tuple[str, bool]:
    """The line's id, and whether it is the first that has it; a line that contradicts an earlier one is refused."""
    if line.id is None:
        return ids.numbered(f"bank:{settings.account}:{line.digest(currency)}", settings.path)
    id = f"bank:{settings.account}:{line.id}"
    is_first, earlier = ids.claim(id, (line.day, line.minor, currency), settings.path, number)
    if earlier is not None:
        cells.refuse(settings.columns.id or "", f"an id that occurs once, or a line that says the same as {earlier}")
    return id, is_first


def _bank_line(line: _Line, id: str, currency: str, file: str, number: int) -> BankLine:
    return BankLine(
        id=id,
        day=line.day,
        minor=line.minor,
        currency=currency,
        balance=line.balance,
        party=line.party,
        memo=line.memo,
        document=line.document,
        file=file,
        number=number,
    )


def _entry(line: _Line, id: str, currency: str, settings: BankFile, rules: Sequence[Rule], suspense: str, number: int) -> Entry:
    rule = first_match(rules, line.party or "", line.memo or "", line.minor)
    other, within = (rule.account, rule.counterparty) if rule is not None else (suspense, None)
    return Entry(
        id=id,
        day=line.day,
        currency=currency,
        legs=balanced((Leg(settings.account, line.minor, line.party), Leg(other, -line.minor, line.party, within))),
        origin="bank",
        file=settings.path,
        line=number,
        document=line.document or (rule.document if rule is not None else None),
        memo=line.memo,
    )


def _line(cells: Cells, settings: BankFile, currency: str) -> _Line | None:
    """The line, or None and every cell that is wrong among the rejects of `cells`."""
    columns = settings.columns
    notation = Notation(settings.date_format, settings.decimal_mark)
    found = cells.get(columns.date, lambda text: day(text, notation))
    minor = _minor(cells, columns, currency, notation)
    party, memo, document, id = (
        cells.find(column, plain_text) for column in (columns.party, columns.memo, columns.document, columns.id)
    )
    if columns.currency is not None and cells.text(columns.currency) not in ("", currency):
        cells.refuse(columns.currency, f"{currency}, the currency of account {settings.account}")
    balance = cells.find(columns.balance, lambda text: amount(text, currency, notation))
    if cells.rejects or found is None or minor is None:
        return None
    return _Line(found, minor, party, memo, document, id, balance)


def _minor(cells: Cells, columns: BankColumns, currency: str, notation: Notation) -> int | None:
    if columns.amount is not None:
        return cells.get(columns.amount, lambda text: amount(text, currency, notation))

    def positive(text: str) -> int:
        minor = amount(text, currency, notation)
        if minor < 0:
            raise CellError("an amount without a sign; the column says which way it went")
        return minor

    if not cells.text(columns.debit) and not cells.text(columns.credit):
        cells.refuse(columns.debit or "", "an amount here or as credit")
        return None
    out, came_in = cells.find(columns.debit, positive) or 0, cells.find(columns.credit, positive) or 0
    if out and came_in:
        cells.refuse(columns.debit or "", "an amount either here or as credit, not both")
    return came_in - out
