"""The portfolio's tables: its tenants' tables put together, in the portfolio's currency.

A table that one tenant could not give, or whose rows end well before those of the others, is put together from the others,
and the coverage names who is left out. An amount without a rate makes its table missing, and the reason names the pair: a
sum over two currencies is no figure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd

from quarterdeck.consolidation.conversion import at_day_rates, with_booked
from quarterdeck.consolidation.elimination import eliminations
from quarterdeck.consolidation.translation import Books, closings_of, translated
from quarterdeck.exchange import NoRate, Rates
from quarterdeck.frames import MONEY_COLUMNS, Coverage, Tables, concat, empty
from quarterdeck.measure.reach import ends_short
from quarterdeck.money import round_half_even
from quarterdeck.period import Period
from quarterdeck.schemas import schema_of

# The portfolio has its own; its tenants' would speak of other figures under one id, and of other readers.
OWN = ("targets", "milestones", "accepted_findings", "logo", "undelivered", "delivered", "notes", "overrides")


def put_together(own: Tables, tenants: Mapping[str, Tables], currency: str, period: Period) -> Tables:
    """Tables of the portfolio for a period, from its own settings and sources and its tenants' tables.

    The books are consolidated: translated into the portfolio's currency, and without what tenants have between them.
    """
    frames: dict[str, pd.DataFrame] = {name: own[name] for name in own.frames if name in OWN}
    coverage = dict(own.coverage)
    missing = dict(own.missing)
    chart = empty("accounts")
    provided = {name for tables in tenants.values() for name in (*tables.frames, *tables.missing)}
    for name in sorted({*own.frames, *provided} - {*OWN, *own.missing}):
        given = {tenant: tables for tenant, tables in tenants.items() if name in tables}
        behind = _behind(name, given, period)
        left_out = tuple(tenant for tenant, tables in tenants.items() if name in tables.missing or tenant in behind)
        given = {tenant: tables for tenant, tables in given.items() if tenant not in behind}
        if not given and name not in own:
            missing[name] = tenants[left_out[0]].missing[name]
            continue
        parts = [own, *given.values()] if name in own else [*given.values()]
        try:
            if name == "entries":
                books = [_translated(each, own, currency, period) for each in parts]
                members = {*given, *(own[name]["tenant"] if name in own else ())}
                frames[name], chart = _consolidated(books, members)
            else:
                frames[name] = concat(
                    name, [_in_currency(name, each[name], _rates(each, own, currency, period)) for each in parts]
                )
        except NoRate as gap:
            missing[name] = gap.problem.what
            continue
        coverage[name] = _together(name, [own, *given.values()], left_out)
    if "accounts" in frames:
        frames["accounts"] = concat("accounts", [frames["accounts"], chart[_is_new(chart, frames["accounts"])]])
    return Tables(frames, coverage, missing)


def _rates(tables: Tables, own: Tables, currency: str, period: Period) -> Rates:
    """A tenant's own rates, and the portfolio's where it has none."""
    return Rates([each["rates"] for each in (tables, own) if "rates" in each], currency, period.end)


def _translated(tables: Tables, own: Tables, currency: str, period: Period) -> Books:
    """A tenant's books: as its own reports have them, and from there into the portfolio's currency."""
    entries = tables["entries"]
    accounts = tables["accounts"] if "accounts" in tables else empty("accounts")
    if "tenant" in tables and len(tables["tenant"]):
        entries = at_day_rates(entries, _rates(tables, own, str(tables["tenant"]["currency"].iloc[0]), period))
    return translated(Books(entries, accounts), _rates(tables, own, currency, period), closings_of(entries, period))


def _is_new(accounts: pd.DataFrame, known: pd.DataFrame) -> np.ndarray:
    keys, there = (pd.MultiIndex.from_frame(each[["tenant", "account"]]) for each in (accounts, known))
    return ~keys.isin(there)


def _consolidated(parts: Sequence[Books], members: Collection[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The entries of some books together, and their accounts."""
    if any("booked_minor" in books.entries for books in parts):
        parts = [Books(with_booked(books.entries), books.accounts) for books in parts]
    whole = [*parts, eliminations(parts, members)]
    return concat("entries", [books.entries for books in whole]), concat("accounts", [books.accounts for books in whole])


def in_currency(tables: Tables, currency: str, end: date) -> Tables:
    """One tenant's tables in its own currency; a table with an amount that has no rate is missing.

    An amount is converted at the last rate on or before its day; where its table has no day, before `end`.
    """
    frames: dict[str, pd.DataFrame] = {}
    missing = dict(tables.missing)
    rates = Rates([tables["rates"]] if "rates" in tables else [], currency, end)
    for name in tables.frames:
        try:
            frames[name] = _in_currency(name, tables[name], rates)
        except NoRate as gap:
            missing[name] = gap.problem.what
    return Tables(frames, tables.coverage, missing)


def _behind(name: str, given: Mapping[str, Tables], period: Period) -> frozenset[str]:
    """The tenants whose rows of a dated table end well before the period does, or before those of any other tenant do.

    They would cut off everybody's figures where theirs end.
    """
    if not schema_of(name).dated:
        return frozenset()
    lasts = {tenant: tables.coverage.get(name, Coverage()).last for tenant, tables in given.items()}
    latest = max((last or period.end for last in lasts.values()), default=period.end)
    if latest <= period.start:
        return frozenset()
    whole = replace(period, end=min(latest, period.end))
    return frozenset(tenant for tenant, last in lasts.items() if ends_short(last, whole))


def _together(name: str, tables: Iterable[Tables], left_out: tuple[str, ...]) -> Coverage:
    known = [t.coverage[name] for t in tables if name in t.coverage]
    return Coverage(
        first=min((c.first for c in known if c.first), default=None),
        last=min((c.last for c in known if c.last), default=None),
        watermark=max((c.watermark for c in known if c.watermark), default=None),
        rejected=sum(c.rejected for c in known),
        rows=sum(c.rows for c in known),
        stale=any(c.stale for c in known),
        derived=any(c.derived for c in known),
        left_out=left_out,
    )


def _in_currency(name: str, frame: pd.DataFrame, rates: Rates) -> pd.DataFrame:
    """A frame in the currency of the rates: each amount at the rate of its day, a budget at the average of its month."""
    if name == "entries":
        return at_day_rates(frame, rates)
    if name not in MONEY_COLUMNS or not (frame["currency"].notna() & (frame["currency"] != rates.currency)).any():
        return frame
    days = frame["date"].dt.date.tolist() if "date" in frame else [rates.last] * len(frame)
    bases = frame["currency"].fillna(rates.currency).tolist()
    look = rates.average if name == "budget" else rates.on
    made = {}
    for column in MONEY_COLUMNS[name]:
        listed = zip(frame[column].tolist(), bases, days, strict=True)
        amounts = [None if pd.isna(minor) else _times(minor, base, look(base, on), rates) for minor, base, on in listed]
        try:
            made[column] = pd.Series(amounts, index=frame.index, dtype=frame[column].dtype)
        except OverflowError as error:
            raise NoRate(f"an amount of {name} is too large in {rates.currency}") from error
    return frame.assign(**made, currency=frame["currency"].where(frame["currency"].isna(), rates.currency))


def _times(minor: int, base: str, rate: Fraction, rates: Rates) -> int:
    return round_half_even(minor * rates.factor(base, rate))
