"""Expenses that an auditor asks about: round sums, weekends, late entries, words that look personal, odd first digits."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd

from quarterdeck.books import spending, without_document
from quarterdeck.frames import between, is_blank
from quarterdeck.money import exponent

ROUND_FROM = 500  # major units; smaller round sums are common
ROUND_STEP = 100
LATE_DAYS = 30  # from the day of an expense to the day it was written
FIRST_DIGITS_FROM = 300  # amounts; of fewer the digits say nothing
REPEAT_DAYS = 5  # within them, one amount to one party twice is looked at
_SATURDAY = 5
_LEADING = 9
_BENFORD = tuple(Decimal(d + 1).log10() - Decimal(d).log10() for d in range(1, _LEADING + 1))
_EIGHT = Decimal("0.00000001")


def flagged(spent: pd.DataFrame, patterns: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Expense postings with `is_round`, `is_weekend`, `is_late`, `is_personal` and the `words` that were found in them.

    Round sums count where no document explains them. What a payment provider booked is by machine, on any day.
    """
    unit = 10 ** exponent(currency)
    minors = spent["amount_minor"].to_numpy()
    bare = spent.index.isin(without_document(spent).index)
    by_hand = (spent["origin"] != "stripe").to_numpy()
    written = spent["created_at"].dt.tz_localize(None)
    words = _words(spent, patterns)
    return spent.assign(
        is_round=bare & (minors >= ROUND_FROM * unit) & (minors % (ROUND_STEP * unit) == 0),
        is_weekend=by_hand & (spent["date"].dt.day_of_week >= _SATURDAY).to_numpy(),
        is_late=(written - spent["date"] > pd.Timedelta(days=LATE_DAYS)).to_numpy(),
        is_personal=words.notna().to_numpy() & (minors > 0),
        words=words,
    )


def _words(spent: pd.DataFrame, patterns: pd.DataFrame) -> pd.Series:
    """The first words of the tenant's patterns that stand in a posting's party or memo."""
    found = pd.Series(None, index=spent.index, dtype=object)
    said = (spent["party"].fillna("") + "\n" + spent["memo"].fillna("")).astype(object).str.casefold()
    for tenant, words in zip(patterns["tenant"], patterns["words"], strict=True):
        here = (spent["tenant"] == tenant) & said.str.contains(str(words).casefold(), regex=False) & found.isna()
        found[here.to_numpy(bool)] = str(words)
    return found


def repeated(postings: pd.DataFrame, start: date, end: date) -> pd.DataFrame:
    """Expense postings of `[start, end)` that follow one of the same party and amount, not told apart by their documents.

    What two legs of one entry have in common is no repeat.
    """
    spent = spending(postings, start - timedelta(days=REPEAT_DAYS), end)
    named = spent[(spent["amount_minor"] > 0) & ~is_blank(spent["party"])]
    document = named["document"].where(~is_blank(named["document"]), "")
    ordered = named.assign(document=document).sort_values(["tenant", "party", "amount_minor", "date", "entry", "document"])
    earlier = ordered.shift()
    same = np.logical_and.reduce([ordered[name] == earlier[name] for name in ("tenant", "party", "amount_minor")])
    told_apart = (ordered["document"] != "") & (earlier["document"] != "") & (ordered["document"] != earlier["document"])
    close = ordered["date"] - earlier["date"] <= pd.Timedelta(days=REPEAT_DAYS)
    return between(ordered[same & close & ~told_apart & (ordered["entry"] != earlier["entry"])], start, end)


def digit_deviation(minors: np.ndarray) -> Decimal:
    """The mean distance of the shares of the nine first digits from Benford's law; above 0.015 they do not follow it."""
    texts = np.char.lstrip(abs(minors[minors != 0]).astype(str), "0")
    counts = [int((np.char.startswith(texts, str(digit))).sum()) for digit in range(1, _LEADING + 1)]
    apart = [abs(Decimal(count) / len(texts) - share) for count, share in zip(counts, _BENFORD, strict=True)]
    return (sum(apart, Decimal(0)) / _LEADING).quantize(_EIGHT)
