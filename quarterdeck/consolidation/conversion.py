"""Entries in another currency, leg by leg, such that what balanced before balances after.

Which rate a posting takes is a number, its time: twice the number of its day for that day's rate, and twice that of its
month's first day and one for the month's average.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd

from quarterdeck.exchange import NoRate, Rates, as_column, scaled


def with_booked(entries: pd.DataFrame) -> pd.DataFrame:
    """Entries that still know the amount and the currency they were booked in, after they are in another one."""
    if "booked_minor" in entries:
        return entries
    return entries.assign(booked_minor=entries["amount_minor"], booked_currency=entries["currency"])


def at_day_rates(entries: pd.DataFrame, rates: Rates) -> pd.DataFrame:
    """Entries in the currency of the rates, each at the rate of its day, and balanced if they were; NoRate."""
    if not is_foreign(entries, rates.currency):
        return entries
    amounts, _ = converted(entries, 2 * numbers(entries["date"], "D"), rates)
    return with_booked(entries).assign(amount_minor=amounts, currency=rates.currency)


def is_foreign(entries: pd.DataFrame, currency: str) -> bool:
    return bool((entries["currency"].to_numpy() != currency).any())


def numbers(dates: pd.Series, unit: str) -> np.ndarray:
    """Days as numbers, or the first days of their months."""
    return dates.to_numpy().astype(f"M8[{unit}]").astype("M8[D]").astype(np.int64)


def _rate(base: str, time: int, rates: Rates) -> Fraction:
    number, is_average = divmod(time, 2)
    on = np.datetime64(number, "D").astype(date)
    return rates.average(base, on) if is_average else rates.on(base, on)


def entry_codes(entries: pd.DataFrame) -> np.ndarray:
    return pd.factorize(entries["entry"])[0]


@dataclass(frozen=True, slots=True)
class Off:
    """Entries that balanced in their own currency and do not when translated, with what they are off by."""

    rows: pd.DataFrame  # one of each entry: entry, leg, date, currency
    off: np.ndarray


def converted(entries: pd.DataFrame, times: np.ndarray, rates: Rates) -> tuple[np.ndarray, Off]:
    """Amounts in the currency of the rates.

    Each leg is the difference of two converted running sums of its entry, so that roundings never add up to a difference
    in the books, in whatever order the rows stand.
    """
    codes = entry_codes(entries)
    bases, names = pd.factorize(entries["currency"])
    minors = entries["amount_minor"].to_numpy()
    order = np.lexsort((entries["leg"].to_numpy(), codes, times, bases))
    starts = np.flatnonzero(_changes(bases[order], times[order]))
    parts = []
    for start, end in zip(starts, [*starts[1:], len(order)], strict=True):
        rows = order[start:end]
        base = str(names[bases[rows[0]]])
        factor = rates.factor(base, _rate(base, int(times[rows[0]]), rates))
        parts.append(_running(minors[rows], codes[rows], factor))
    try:
        amounts = np.empty(len(order), np.int64)
        amounts[order] = as_column(parts)
    except OverflowError as error:
        raise NoRate(f"an amount of entries is too large in {rates.currency}") from error
    return amounts, _unbalanced(entries, codes, bases, minors, amounts)


def _changes(*columns: np.ndarray) -> np.ndarray:
    """Where a row differs from the one before, in any of some columns."""
    found = np.ones(len(columns[0]), bool)
    found[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return found


def _running(minors: np.ndarray, codes: np.ndarray, factor: Fraction) -> np.ndarray:
    """Legs of entries, those of one beside each other, times a factor by the differences of running sums."""
    first = _changes(codes)
    sums = np.cumsum(minors)  # it may wrap round; what is within an entry comes back
    before = (sums - minors)[np.maximum.accumulate(np.where(first, np.arange(len(codes)), 0))]
    reached = scaled(sums - before, factor)
    earlier = np.concatenate([reached[:1] * 0, reached[:-1]])
    earlier[first] = 0
    found: np.ndarray = reached - earlier
    return found


def _unbalanced(entries: pd.DataFrame, codes: np.ndarray, bases: np.ndarray, minors: np.ndarray, amounts: np.ndarray) -> Off:
    together = pd.DataFrame({"code": codes, "base": bases, "own": minors, "new": amounts})
    summed = together.groupby(["code", "base"], sort=False)[["own", "new"]].sum()
    off = summed[(summed["own"] == 0) & (summed["new"] != 0)].reset_index()
    wanted = np.isin(codes, off["code"].to_numpy())
    rows = entries.loc[wanted, ["entry", "leg", "date", "currency"]].assign(code=codes[wanted], base=bases[wanted])
    last = rows.sort_values(["code", "base", "date", "leg"]).groupby(["code", "base"], sort=False).tail(1)
    merged = off.merge(last, on=["code", "base"]).sort_values(["entry", "currency"])
    highest = rows.groupby("code")["leg"].max()
    return Off(merged.assign(leg=merged["code"].map(highest)), merged["new"].to_numpy())
