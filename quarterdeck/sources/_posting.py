"""Balanced entries, and what the readers of statements share: the chart they post to, and ids that are claimed once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from quarterdeck.errors import Reject, SourceError, Where
from quarterdeck.reading.rows import Row


@dataclass(frozen=True, slots=True)
class Leg:
    """One posting: debit is positive, credit negative, in minor units."""

    account: str
    minor: int
    party: str | None = None
    counterparty: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """Legs that sum to zero, and the row they were made of."""

    id: str
    day: date
    currency: str
    legs: tuple[Leg, ...]
    origin: str
    file: str
    line: int
    document: str | None = None
    memo: str | None = None
    service_date: date | None = None


@dataclass(slots=True)
class Statement:
    """What one file gave. `rows` counts its good rows, those that make no entry too.

    `first` and `last` are the days `[first, last)` that it speaks of; None where it has no row that says so. `account` is the
    one whose file it is: the files of one account go on from each other.
    """

    file: str
    account: str = ""
    entries: list[Entry] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    rows: int = 0
    first: date | None = None
    last: date | None = None
    watermark: datetime | None = None

    def see(self, day: date) -> None:
        """Take note that the file has a row of a day."""
        self.rows += 1
        self.first = day if self.first is None else min(self.first, day)
        self.last = day + timedelta(days=1) if self.last is None else max(self.last, day + timedelta(days=1))

    def mark(self, instant: datetime) -> None:
        """Take note of an instant before the period's end that a row names."""
        self.watermark = instant if self.watermark is None else max(self.watermark, instant)

    def close(self, complete_through: date | None, end: date) -> None:
        """Settle the days it speaks of: as far as a person says, and never beyond the period's end."""
        if complete_through is not None:
            stated = complete_through + timedelta(days=1)
            self.last = stated if self.last is None else max(self.last, stated)
        if self.last is not None:
            self.last = min(self.last, end)
        if self.first is not None and self.first >= end:
            self.first = None


@dataclass(frozen=True, slots=True)
class Chart:
    """The accounts that may be posted to, and the file that lists them."""

    file: str
    accounts: frozenset[str]

    def need(self, account: str, what: str, where: Where | None = None) -> None:
        """Raise SourceError where an account is not in the chart."""
        if account not in self.accounts:
            raise SourceError(
                f"account {account!r}, {what}, is not in the chart {self.file}",
                where=where or Where(self.file),
                remedy="add it to the chart, or name another account",
            )


class Ids:
    """Ids of rows across all files of a source. Exports may overlap: what two files say alike counts once."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[object, str]] = {}
        self._places: dict[tuple[str, str], str] = {}
        self._seen: Counter[tuple[str, str]] = Counter()

    def claim(self, id: str, told: object, file: str, line: int) -> tuple[bool, str | None]:
        """Whether the row is the first that has its id; and where a row is that it contradicts, else None.

        `told` is what another file's row of this id has to say as well. Within one file an id occurs once.
        """
        place = f"{file}:{line}"
        double = self._places.setdefault((id, file), place)
        if double != place:
            return False, double
        earlier, where = self._told.setdefault(id, (told, place))
        return where == place, None if earlier == told else where

    def numbered(self, id: str, file: str) -> tuple[str, bool]:
        """The id for a file's first row that has it, the id with 2 for its second; and whether no other file had it before.

        Equal rows of one file are two payments; as many of them in another file are the same two.
        """
        self._seen[file, id] += 1
        number = self._seen[file, id]
        own = id if number == 1 else f"{id}-{number}"
        _, where = self._told.setdefault(own, (None, file))
        return own, where == file


def balanced(legs: Iterable[Leg]) -> tuple[Leg, ...]:
    """Legs without those of nothing. A sum other than zero is a fault of the code that made them."""
    kept = tuple(leg for leg in legs if leg.minor)
    if sum(leg.minor for leg in kept):
        raise SourceError(f"legs do not balance: {kept}", remedy="report this as a fault of Quarterdeck")
    return kept


def entry_rows(entries: Iterable[Entry]) -> Iterator[Row]:
    """Rows of the table `entries`, by day and id, so that neither files nor their order matter."""
    for entry in sorted(entries, key=lambda entry: (entry.day, entry.id)):
        for number, leg in enumerate(entry.legs):
            yield {
                "entry": entry.id,
                "leg": number,
                "date": entry.day,
                "account": leg.account,
                "amount_minor": leg.minor,
                "currency": entry.currency,
                "party": leg.party,
                "document": entry.document,
                "memo": entry.memo,
                "service_date": entry.service_date,
                "counterparty": leg.counterparty,
                "origin": entry.origin,
                "source_file": entry.file,
                "source_line": entry.line,
            }


def coverage(statements: Iterable[Statement], openings: Iterable[date]) -> tuple[date, date] | None:
    """The days that the books speak of: they are complete only as far as the account whose files end first."""
    listed = list(statements)
    firsts = [*(s.first for s in listed if s.first is not None), *openings]
    lasts: dict[str, date] = {}
    for statement in listed:
        if statement.last is not None:
            lasts[statement.account] = max(statement.last, lasts.get(statement.account, statement.last))
    if not firsts or not lasts or min(firsts) >= min(lasts.values()):
        return None
    return min(firsts), min(lasts.values())
