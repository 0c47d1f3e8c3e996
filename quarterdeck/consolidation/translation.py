"""Books in another currency, by the current-rate method.

Income and expenses count at the average rate of their month, equity at the rate of its day, and everything else at the
closing rate. A posting of a balance-sheet account is first taken in at the average of its month; at each closing an entry
of its own brings the account's balance to the closing rate. What that takes stands on the account CTA, a line of equity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from quarterdeck.books import EQUITY_LINES, RESULT_LINES, TRANSLATION
from quarterdeck.consolidation.conversion import Off, converted, entry_codes, is_foreign, numbers, with_booked
from quarterdeck.exchange import Rates
from quarterdeck.frames import concat, is_blank, sums_by, to_frame
from quarterdeck.money import round_half_even
from quarterdeck.period import Period, add_months
from quarterdeck.schemas import build

ORIGIN = "translation"
_ACCOUNT, _NAME = "CTA", "Currency translation"


@dataclass(frozen=True, slots=True)
class Books:
    """A tenant's entries and its chart of accounts."""

    entries: pd.DataFrame
    accounts: pd.DataFrame


def translated(books: Books, rates: Rates, closings: Sequence[date]) -> Books:
    """A company's books in the currency of the group, with entries that bring its balances to each closing rate; NoRate.

    `closings` are the days before which balances are drawn up. The entries stand on the last day before each.
    """
    entries, accounts = books.entries, books.accounts
    if not is_foreign(entries, rates.currency):
        return books
    lines = _lines(entries, accounts)
    amounts, sums = converted(entries, _times(entries, lines), rates)
    made = with_booked(entries).assign(amount_minor=amounts, currency=rates.currency)
    cta = _free(accounts, _ACCOUNT)
    tenant = str(entries["tenant"].iloc[0])
    held = ~np.isin(lines, [*RESULT_LINES, *EQUITY_LINES])
    kept = made.assign(own_minor=entries["amount_minor"], own_currency=entries["currency"])[held]
    rows = [*_balancing(sums, cta, rates.currency), *_closing(kept, closings, rates, cta)]
    if not rows:
        return Books(made, accounts)
    added = to_frame("entries", build("entries", [row for row, _ in rows]), tenant)
    added = added.assign(booked_minor=0, booked_currency=[base for _, base in rows])
    chart = {"account": cta, "name": _NAME, "type": "equity", "statement_line": TRANSLATION}
    with_cta = concat("accounts", [accounts, to_frame("accounts", build("accounts", [chart]), tenant)])
    return Books(concat("entries", [made, added]), with_cta)


def closings_of(entries: pd.DataFrame, period: Period) -> tuple[date, ...]:
    """The days before which balances are asked for: the first of each month, and the ends of the periods in a trend."""
    if not len(entries):
        return ()
    first = pd.Timestamp(entries["date"].min()).date()
    months = [add_months(first.replace(day=1), 1)]
    while months[-1] < period.end:
        months.append(add_months(months[-1], 1))
    asked = (*period.trailing(13), *period.last_year().trailing(2))
    return tuple(sorted({on for on in (*months, *(each.end for each in asked)) if first < on <= period.end}))


def _lines(entries: pd.DataFrame, accounts: pd.DataFrame) -> np.ndarray:
    """The statement line of each posting; suspense where the chart does not know the account."""
    known = dict(zip(accounts["account"], accounts["statement_line"], strict=True))
    found: np.ndarray = entries["account"].map(known).fillna("suspense").to_numpy()
    return found


def _times(entries: pd.DataFrame, lines: np.ndarray) -> np.ndarray:
    """Which rate each posting takes, as `conversion` numbers them.

    An entry that touches equity counts at the rate of its day, its income and expenses apart.
    """
    of_day = pd.Series(np.isin(lines, EQUITY_LINES)).groupby(entry_codes(entries)).transform("any").to_numpy()
    by_day = of_day & ~np.isin(lines, RESULT_LINES)
    found: np.ndarray = np.where(by_day, 2 * numbers(entries["date"], "D"), 2 * numbers(entries["date"], "M") + 1)
    return found


Rows = list[tuple[dict[str, object], str]]


def _balancing(sums: Off, cta: str, currency: str) -> Rows:
    """One more leg for each entry whose equity has another rate than its income."""
    rows: Rows = []
    legs: dict[str, int] = {}
    for row, off in zip(sums.rows.to_dict("records"), sums.off, strict=True):
        legs[row["entry"]] = legs.get(row["entry"], int(row["leg"])) + 1
        on = row["date"].date()
        rows.append((_leg(str(row["entry"]), legs[row["entry"]], on, cta, -int(off), currency, None), str(row["currency"])))
    return rows


def _closing(kept: pd.DataFrame, closings: Sequence[date], rates: Rates, cta: str) -> Rows:
    """Entries that bring each account's balance to the closing rate, that of each counterparty by itself."""
    ends = np.array(closings, "M8[D]")
    rows = pd.DataFrame({
        "base": kept["own_currency"],
        "booked": kept["booked_currency"],
        "account": kept["account"],
        "counterparty": kept["counterparty"].where(~is_blank(kept["counterparty"]), ""),
        "closing": np.searchsorted(ends, kept["date"].to_numpy().astype("M8[D]"), side="right"),
        "own": kept["own_minor"],
        "new": kept["amount_minor"],
    })  # fmt: skip
    rows = rows[(rows["closing"] < len(ends)) & (rows["base"] != rates.currency)]
    owns, news = (sums_by(rows, ["base", "booked", "account", "counterparty", "closing"], column) for column in ("own", "new"))
    added: Rows = []
    for base, booked, account, counterparty in dict.fromkeys(key[:4] for key in owns):
        own = new = 0
        for number, on in enumerate(closings):
            key = (base, booked, account, counterparty, number)
            own, new = own + owns.get(key, 0), new + news.get(key, 0)
            if not own and not new:
                continue
            last = on - timedelta(days=1)
            closing = round_half_even(own * rates.factor(base, rates.on(base, last)))
            moved, new = closing - new, closing
            if moved:
                name = ":".join((ORIGIN, base, booked, account, counterparty, str(last)))
                added.append((_leg(name, 0, last, account, moved, rates.currency, counterparty or None), booked))
                added.append((_leg(name, 1, last, cta, -moved, rates.currency, None), booked))
    return added


def _leg(
    entry: str, leg: int, on: date, account: str, minor: int, currency: str, counterparty: str | None
) -> dict[str, object]:
    return {
        "entry": entry,
        "leg": leg,
        "date": on,
        "account": account,
        "amount_minor": minor,
        "currency": currency,
        "counterparty": counterparty,
        "memo": "brings the balance to the closing rate" if entry.startswith(f"{ORIGIN}:") else "difference of two rates",
        "origin": ORIGIN,
        "source_file": "rates",
        "source_line": 0,
    }


def _free(accounts: pd.DataFrame, number: str) -> str:
    """A number that the chart does not have yet."""
    taken = set(accounts["account"])
    while number in taken:
        number += "*"
    return number
