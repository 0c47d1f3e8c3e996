"""The portfolio's tables: its tenants' tables put together, in the portfolio's currency.

A table that one tenant could not give is put together from the others, and the coverage names who is left out. An amount
without a rate makes its table missing, and the reason names the pair: a sum over two currencies is no figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

import pandas as pd

from quarterdeck.errors import QuarterdeckError
from quarterdeck.frames import MONEY_COLUMNS, Coverage, Tables, before, concat
from quarterdeck.money import Money, convert

OWN = ("targets", "milestones")  # the portfolio has its own; its tenants' would speak of other figures under one id


class NoRate(QuarterdeckError):  # noqa: N818 - a reason that is shown, not a fault
    """There is no rate for a pair of currencies on or before a day."""


def put_together(own: Tables, tenants: Mapping[str, Tables], currency: str, end: date) -> Tables:
    """Tables of the portfolio from its own settings and its tenants' tables."""
    frames: dict[str, pd.DataFrame] = {name: own[name] for name in own.frames if name in OWN}
    coverage = dict(own.coverage)
    missing = dict(own.missing)
    names = sorted({name for tables in tenants.values() for name in (*tables.frames, *tables.missing)} - set(OWN))
    for name in names:
        given = {tenant: tables for tenant, tables in tenants.items() if name in tables}
        left_out = tuple(tenant for tenant, tables in tenants.items() if name in tables.missing)
        if not given:
            missing[name] = tenants[left_out[0]].missing[name]
            continue
        parts = [own[name]] if name in own else []
        try:
            parts += [_in_currency(name, tables, currency, end) for tables in given.values()]
        except NoRate as gap:
            missing[name] = gap.problem.what
            continue
        frames[name] = concat(name, parts)
        coverage[name] = _together(name, given.values(), left_out)
    return Tables(frames, coverage, missing)


def in_currency(tables: Tables, currency: str, end: date) -> Tables:
    """One tenant's tables in its own currency; a table with an amount that has no rate is missing."""
    frames: dict[str, pd.DataFrame] = {}
    missing = dict(tables.missing)
    for name in tables.frames:
        try:
            frames[name] = _in_currency(name, tables, currency, end)
        except NoRate as gap:
            missing[name] = gap.problem.what
    return Tables(frames, tables.coverage, missing)


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


def _in_currency(name: str, tables: Tables, currency: str, end: date) -> pd.DataFrame:
    frame = tables[name]
    if name not in MONEY_COLUMNS or "currency" not in frame or not len(frame):
        return frame
    foreign = frame["currency"].notna() & (frame["currency"] != currency)
    if not foreign.any():
        return frame
    frame = frame.copy()
    for index in frame.index[foreign]:
        row = frame.loc[index]
        rate = _rate(tables, str(row["currency"]), currency, row["date"].date() if "date" in frame else end)
        for column in MONEY_COLUMNS[name]:
            if pd.notna(row[column]):
                frame.loc[index, column] = convert(Money(int(row[column]), str(row["currency"])), currency, rate).minor
        frame.loc[index, "currency"] = currency
    return frame


def _rate(tables: Tables, base: str, quote: str, day: date) -> Decimal:
    if "rates" in tables:
        rates = before(tables["rates"], date.fromordinal(day.toordinal() + 1))
        for one, other, inverse in ((base, quote, False), (quote, base, True)):
            pair = rates[(rates["base"] == one) & (rates["quote"] == other)].sort_values("date")
            if len(pair):
                rate = Decimal(pair["rate"].iloc[-1])
                return 1 / rate if inverse else rate
    raise NoRate(f"no rate from {base} to {quote} on or before {day}")
