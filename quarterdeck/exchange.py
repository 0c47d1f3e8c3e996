"""Rates of exchange, from the `rates` table: of a day, of a month, and what is missing of them.

The rate of a day is the last one on or before it; a month's average is the mean of the rates quoted within the month, and
where none is, the last one before. A pair that is quoted the other way round counts by its reciprocal. All are exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

from quarterdeck.errors import QuarterdeckError
from quarterdeck.frames import day
from quarterdeck.money import exponent
from quarterdeck.period import add_months

STALE_DAYS = 7  # a rate that is older than that is still used, and shown as a finding
_LARGEST = 2**63 - 1
_NO_RATE = "no rate from "


class NoRate(QuarterdeckError):  # noqa: N818 - a reason that is shown, not a fault
    """An amount cannot be converted: there is no rate for the pair on or before its day, or it would be too large."""


@dataclass(frozen=True, slots=True)
class _Quotes:
    """The quotes of one pair, by day, the earliest first; `turned` where they are units of the base for one of the other."""

    days: tuple[date, ...]
    rates: tuple[Decimal, ...]
    turned: bool

    def on(self, last: date) -> Fraction | None:
        """The last one on or before a day."""
        known = int(np.searchsorted(np.array(self.days, "M8[D]"), np.datetime64(last, "D"), side="right"))
        return self._each(Fraction(self.rates[known - 1])) if known else None

    def mean(self, start: date, end: date) -> Fraction | None:
        """The mean of those of the days `[start, end)`."""
        known = [Fraction(rate) for day, rate in zip(self.days, self.rates, strict=True) if start <= day < end]
        return self._each(sum(known, Fraction(0)) / len(known)) if known else None

    def _each(self, rate: Fraction) -> Fraction:
        return 1 / rate if self.turned else rate


class Rates:
    """The rates to one currency as known before the day `end`: of the first frames that have any for a pair."""

    def __init__(self, frames: Iterable[pd.DataFrame], currency: str, end: date) -> None:
        self.currency = currency
        self.last = end - timedelta(days=1)
        self._frames = list(frames)
        self._quotes: dict[str, tuple[_Quotes, ...]] = {}
        self._days: dict[tuple[str, date], Fraction] = {}
        self._months: dict[tuple[str, date], Fraction] = {}

    def on(self, base: str, day: date) -> Fraction:
        """Units of the currency for one of `base` on a day; NoRate where nothing is quoted on or before it."""
        key = (base, min(day, self.last))
        if key not in self._days:
            self._days[key] = self._look(base, lambda quotes: quotes.on(key[1]), f"on or before {key[1]}")
        return self._days[key]

    def average(self, base: str, month: date) -> Fraction:
        """The mean of a calendar month, by its first day; NoRate where nothing is quoted in it or before it."""
        key = (base, min(month, self.last.replace(day=1)))
        if key not in self._months:
            start, end = key[1], min(add_months(key[1], 1), self.last + timedelta(days=1))
            asked = f"in {start:%Y-%m} or before"
            self._months[key] = self._look(base, lambda quotes: quotes.mean(start, end) or quotes.on(start), asked)
        return self._months[key]

    def factor(self, base: str, rate: Fraction) -> Fraction:
        """What minor units of `base` are multiplied with to be minor units of the currency."""
        return rate * Fraction(10) ** (exponent(self.currency) - exponent(base))

    def _look(self, base: str, ask: Callable[[_Quotes], Fraction | None], when: str) -> Fraction:
        if base == self.currency:
            return Fraction(1)
        for quotes in self._of(base):
            rate = ask(quotes)
            if rate is not None:
                return rate
        raise NoRate(f"{_NO_RATE}{base} to {self.currency} {when}")

    def _of(self, base: str) -> tuple[_Quotes, ...]:
        if base not in self._quotes:
            pairs = ((base, self.currency), (self.currency, base))
            found = (quotes_of(frame, *pair, turned=pair[0] != base) for frame in self._frames for pair in pairs)
            self._quotes[base] = tuple(quotes for quotes in found if quotes.days)
        return self._quotes[base]


def missing_pair(reason: str) -> str | None:
    """The pair, as `EUR/USD`, that a reason names for which there is no rate; None for another reason."""
    if not reason.startswith(_NO_RATE):
        return None
    base, _, currency, *_ = reason.removeprefix(_NO_RATE).split(" ")
    return f"{base}/{currency}"


def quotes_of(rates: pd.DataFrame, base: str, quote: str, *, turned: bool = False) -> _Quotes:
    """The quotes of a pair in a `rates` frame, of two for one day the later row; what is not above zero is no rate."""
    pair = rates[(rates["base"] == base) & (rates["quote"] == quote)]
    known = {day(on): rate for on, rate in zip(pair["date"], pair["rate"], strict=True) if rate > 0}
    days = tuple(sorted(known))
    return _Quotes(days, tuple(known[on] for on in days), turned)


def oldest_used(rates: pd.DataFrame, base: str, currency: str, start: date, end: date) -> tuple[int, date | None]:
    """The greatest age in days that a rate of a pair has on a day of `[start, end)`, and the day it was quoted on.

    Quotes of both directions count. Where none is known on the first days, they are counted, and the day is None.
    """
    days = {*quotes_of(rates, base, currency).days, *quotes_of(rates, currency, base).days}
    inside = sorted(on for on in days if start < on < end)
    begins = [max((on for on in days if on <= start), default=None), *inside]
    ages = [(_age(since, until, start), since) for since, until in zip(begins, [*inside, end], strict=True)]
    return max(ages, key=lambda age: age[0])


def _age(since: date | None, until: date, start: date) -> int:
    return (until - start).days if since is None else (until - since).days - 1


def scaled(minors: np.ndarray, factor: Fraction) -> np.ndarray:
    """Integers times a factor, each rounded half to even: `int64`, or Python's integers where those are too small."""
    numerator, denominator = factor.as_integer_ratio()
    if not len(minors):
        return minors
    largest = max(-int(minors.min()), int(minors.max()), 1)
    if 2 * largest * numerator > _LARGEST or 2 * denominator > _LARGEST:
        minors = minors.astype(object)
    parts = minors * numerator
    whole = parts // denominator
    rest = parts - whole * denominator
    up = (2 * rest > denominator) | ((2 * rest == denominator) & (whole % 2 == 1))
    found: np.ndarray = whole + up.astype(whole.dtype)
    return found


def as_column(amounts: Sequence[np.ndarray]) -> np.ndarray:
    """Parts of a column of minor units together; OverflowError where one would not fit."""
    if all(part.dtype == np.int64 for part in amounts):
        return np.concatenate(amounts) if amounts else np.zeros(0, np.int64)
    return np.array([int(amount) for part in amounts for amount in part], dtype=np.int64)
