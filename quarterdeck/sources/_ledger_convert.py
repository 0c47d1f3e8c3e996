"""Lines of a general ledger converted: each different text once, whatever the number of its lines.

A line with a cell that is wrong is named with every such cell and takes no part. Texts become numbers that sort as the
texts do, so that neither the order of files nor that of lines matters from here on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import TypeVar

import numpy as np
import pandas as pd
from babel.numbers import list_currencies

from quarterdeck.errors import Reject
from quarterdeck.money import exponent, round_half_even
from quarterdeck.reading import Notation, clean
from quarterdeck.reading.cells import CellError, amount, currency_code, instant, shorten
from quarterdeck.reading.records import plain_text
from quarterdeck.sources._ledger_lines import Lines

TEXTS = ("party", "document", "memo", "created_by", "counterparty")
NONE = -1  # the number of a text that is not there
NO_TIME = int(np.iinfo(np.int64).min)
_EPOCH = date(1970, 1, 1)
_LARGEST = 2**60  # so that debit less credit of a line can be held too

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Figures:
    """How a ledger writes amounts. `grouping` parts thousands; `is_loose` takes brackets for minus and a currency's sign."""

    decimal_mark: str = "."
    grouping: str = ""
    is_loose: bool = False

    def minor(self, text: str, currency: str) -> int:
        """Minor units of an amount; CellError where it cannot be read exactly."""
        plain = self._plain(text) if self.is_loose else text
        if self.grouping:
            plain = self._ungrouped(plain)
        return amount(plain, currency, Notation(decimal_mark=self.decimal_mark))

    def _plain(self, text: str) -> str:
        bracketed = re.fullmatch(r"\((.+)\)", text)
        plain = f"-{bracketed[1]}" if bracketed else text
        return re.sub(r"\A(-?)[$£€¥](-?)", r"\1\2", plain)

    def _ungrouped(self, text: str) -> str:
        mark, point = re.escape(self.grouping), re.escape(self.decimal_mark)
        if re.fullmatch(rf"-?[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+(?:{point}[0-9]*)?", text, re.ASCII):
            return text.replace(self.grouping, "")
        return text


@dataclass(frozen=True, slots=True)
class Rules:
    """What the cells of a ledger are held against."""

    day: Callable[[str], date]
    account: Callable[[str], str]  # the number of an account in the chart; CellError where it is not there
    figures: Figures
    currency: str  # of lines that name none
    suspense: str | None = None  # where lines of unknown accounts go; without one they are refused
    ignored: frozenset[str] = frozenset()  # commodities whose postings are left out
    fractions: bool = False  # amounts may be finer than the currency, and are rounded


@dataclass(slots=True)
class Postings:
    """Lines as numbers: `frame` has one row a good line, `values` the texts behind the numbers of each column.

    `frame`: file, line, entry, day (since 1970), account, minor, currency, TEXTS (-1 for none), service_date (days),
    created_at (microseconds), is_rounded. `broken` are the entries that a bad line belongs to.
    """

    frame: pd.DataFrame
    values: dict[str, list[str]]
    rejects: list[Reject] = field(default_factory=list)
    broken: set[int] = field(default_factory=set)


def convert(lines: Lines, rules: Rules) -> Postings:
    """All lines by the rules of their ledger."""
    work = _Work(lines)
    values: dict[str, list[str]] = {"file": lines.files.texts}
    data: dict[str, np.ndarray] = {
        "file": np.frombuffer(lines.files.codes, dtype=np.int32),
        "line": np.frombuffer(lines.numbers, dtype=np.int64),
    }
    currencies = work.convert("currency", lambda text: _currency(text, rules))
    left_out = np.array([text in rules.ignored for text in currencies], dtype=bool)[work.codes("currency")]
    work.apart(left_out)
    data["entry"], values["entry"] = _sorted(work.codes("entry"), work.convert("entry", _needed(plain_text)))
    data["day"] = work.taken("date", _needed(lambda text: _days(rules.day(text))))
    data["minor"], data["is_rounded"] = _minor(work, currencies, rules)
    data["account"], values["account"] = _sorted(work.codes("account"), _accounts(work, rules))
    data["currency"], values["currency"] = _sorted(work.codes("currency"), currencies)
    for name in TEXTS:
        data[name], values[name] = _sorted(work.codes(name), work.convert(name, plain_text))
    data["service_date"] = work.taken("service_date", lambda text: _days(rules.day(text)) if text else NO_TIME)
    data["created_at"] = work.taken("created_at", lambda text: _microseconds(instant(text)) if text else NO_TIME)
    frame = pd.DataFrame(data)
    entries = frame["entry"].to_numpy()
    broken = set(np.unique(entries[work.bad & ~left_out]).tolist()) - {NONE}
    return Postings(frame[~work.bad & ~left_out].reset_index(drop=True), values, work.rejects(), broken)


class _Work:
    """Which lines are good so far, and what is wrong with the others."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.bad = np.zeros(len(lines), dtype=bool)
        self._apart = np.zeros(len(lines), dtype=bool)
        self._faults: list[tuple[int, int, Reject]] = []

    def apart(self, rows: np.ndarray) -> None:
        """Lines that are none of ours: no fault in them counts."""
        self._apart |= rows

    def codes(self, name: str) -> np.ndarray:
        return np.frombuffer(self.lines.columns[name].codes, dtype=np.int32)

    def texts(self, name: str) -> list[str]:
        return [clean(text) for text in self.lines.columns[name].texts]

    def refuse(self, row: int, name: str, value: str, expected: str) -> None:
        self.bad[row] = True
        at = self.lines.place(row)
        place = list(self.lines.columns).index(name)
        fault = Reject(at.file, at.line or 1, self.lines.name(name), shorten(value), expected)
        self._faults.append((row, place, fault))

    def convert(self, name: str, change: Callable[[str], T]) -> list[T | str]:
        """Each text of a column changed; where that fails its lines are refused, and an empty text stands for it."""
        changed: list[T | str] = []
        wrong: dict[int, str] = {}
        for code, text in enumerate(self.texts(name)):
            try:
                changed.append(change(text))
            except CellError as error:
                changed.append("")
                wrong[code] = error.problem.what
        self._refuse_all(name, wrong)
        return changed

    def taken(self, name: str, change: Callable[[str], int]) -> np.ndarray:
        """A column of integers, NO_TIME for cells that are wrong."""
        changed = self.convert(name, change)
        numbers = np.array([NO_TIME if isinstance(value, str) else value for value in changed], dtype=np.int64)
        found: np.ndarray = numbers[self.codes(name)] if len(numbers) else np.zeros(0, dtype=np.int64)
        return found

    def rejects(self) -> list[Reject]:
        kept = [fault for fault in self._faults if not self._apart[fault[0]]]
        return [fault for _, _, fault in sorted(kept, key=lambda fault: fault[:2])]

    def _refuse_all(self, name: str, wrong: Mapping[int, str]) -> None:
        if wrong:
            codes = self.codes(name)
            for row in np.flatnonzero(np.isin(codes, list(wrong))).tolist():
                self.refuse(row, name, self.lines.columns[name].text(row), wrong[int(codes[row])])


def _needed(change: Callable[[str], T]) -> Callable[[str], T]:
    def changed(text: str) -> T:
        if not text:
            raise CellError("a value")
        return change(text)

    return changed


def _currency(text: str, rules: Rules) -> str:
    code = text or rules.currency
    if code in rules.ignored:
        return code
    if currency_code(code) not in list_currencies():
        raise CellError("the code of a currency, as USD")
    return code


def _accounts(work: _Work, rules: Rules) -> list[str]:
    """The accounts in the chart; a line of another goes to suspense with its name in the memo, or is refused."""
    if rules.suspense is None:
        return [str(account) for account in work.convert("account", _needed(rules.account))]
    found: list[str] = []
    unknown: list[int] = []
    for code, text in enumerate(work.texts("account")):
        try:
            found.append(rules.account(text) if text else rules.suspense)
        except CellError:
            found.append(rules.suspense)
            unknown.append(code)
    memo, accounts = work.lines.columns["memo"], work.lines.columns["account"]
    said = memo.texts
    for row in np.flatnonzero(np.isin(work.codes("account"), unknown)).tolist() if unknown else ():
        memo.codes[row] = memo.code(f"(account {accounts.text(row)}) {said[memo.codes[row]]}".strip())
    work.convert("account", _needed(lambda text: text))  # a line has to name one
    return found


def _minor(work: _Work, currencies: Iterable[object], rules: Rules) -> tuple[np.ndarray, np.ndarray]:
    """Debit less credit, or the signed amount, of every line in minor units; and whether it was rounded to them."""
    known = [str(currency) for currency in currencies]
    filled = {name: np.array([bool(text) for text in work.texts(name)], dtype=bool) for name in ("debit", "credit", "amount")}
    total, rounded = np.zeros(len(work.lines), dtype=np.int64), np.zeros(len(work.lines), dtype=bool)
    is_there = np.zeros(len(work.lines), dtype=bool)
    for name, sign in (("debit", 1), ("credit", -1), ("amount", 1)):
        rows = np.flatnonzero(filled[name][work.codes(name)] & ~work.bad)
        if len(rows):
            values, is_rounded = _amounts(work, name, rows, known, rules)
            total[rows] += sign * values
            rounded[rows] |= is_rounded
            is_there[rows] = True
    name = "amount" if filled["amount"].any() or "amount" in work.lines.names else "debit"
    for row in np.flatnonzero(~is_there & ~work.bad).tolist():
        work.refuse(row, name, "", "an amount")
    return total, rounded


def _amounts(work: _Work, name: str, rows: np.ndarray, currencies: list[str], rules: Rules) -> tuple[np.ndarray, np.ndarray]:
    """The amounts of some lines, each pair of text and currency read once."""
    texts = work.texts(name)
    pairs = work.codes(name)[rows].astype(np.int64) * len(currencies) + work.codes("currency")[rows]
    different, place = np.unique(pairs, return_inverse=True)
    minors, fine = np.zeros(len(different), dtype=np.int64), np.zeros(len(different), dtype=bool)
    wrong: dict[int, str] = {}
    for number, pair in enumerate(different.tolist()):
        text, currency = texts[pair // len(currencies)], currencies[pair % len(currencies)]
        if currency in rules.ignored:
            continue
        try:
            minors[number], fine[number] = _exact(text, currency, rules)
        except CellError as error:
            wrong[number] = error.problem.what
    for row, number in zip(rows.tolist(), place.tolist(), strict=True) if wrong else ():
        if number in wrong:
            work.refuse(row, name, work.lines.columns[name].text(row), wrong[number])
    return minors[place], fine[place]


def _exact(text: str, currency: str, rules: Rules) -> tuple[int, bool]:
    """Minor units, and whether they were rounded."""
    minor, is_rounded = _rounded(text, currency) if rules.fractions else (rules.figures.minor(text, currency), False)
    if abs(minor) > _LARGEST:
        raise CellError("an amount that can be held")
    return minor, is_rounded


def _rounded(text: str, currency: str) -> tuple[int, bool]:
    """An amount that may be finer than its currency, rounded half to even; and whether it was."""
    if not re.fullmatch(r"-?[0-9]{1,15}(?:\.[0-9]{1,28})?", text, re.ASCII):
        raise CellError(f"an amount in {currency}")
    exact = Fraction(text) * 10 ** exponent(currency)
    minor = round_half_even(exact)
    return minor, minor != exact


def _sorted(codes: np.ndarray, values: Iterable[object]) -> tuple[np.ndarray, list[str]]:
    """Numbers of the texts in their order, -1 for an empty one; and the texts."""
    texts = [str(value) for value in values]
    ordered = sorted({text for text in texts if text})
    numbers = {text: number for number, text in enumerate(ordered)}
    new = np.array([numbers.get(text, NONE) for text in texts], dtype=np.int32)
    return (new[codes] if len(new) else np.zeros(0, dtype=np.int32)), ordered


def _days(day: date) -> int:
    return (day - _EPOCH).days


def _microseconds(when: datetime) -> int:
    return int(when.timestamp()) * 1_000_000 + when.microsecond
