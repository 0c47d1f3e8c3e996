"""The portfolio's tables: its tenants' tables put together, in the portfolio's currency.

A table that one tenant could not give, or whose rows end well before those of the others, is put together from the others,
and the coverage names who is left out. An amount without a rate makes its table missing, and the reason names the pair: a
sum over two currencies is no figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pandas as pd

from quarterdeck.errors import QuarterdeckError
from quarterdeck.frames import MONEY_COLUMNS, Coverage, Tables, before, concat
from quarterdeck.measure.reach import ends_short
from quarterdeck.money import converter
from quarterdeck.period import Period
from quarterdeck.schemas import schema_of

Amount = tuple[int, str, date]  # minor units, currency, day

# The portfolio has its own; its tenants' would speak of other figures under one id, and of other readers.
OWN = ("targets", "milestones", "accepted_findings", "logo", "undelivered")


class NotConverted(QuarterdeckError):  # noqa: N818 - a reason that is shown, not a fault
    """An amount cannot be converted: there is no rate for the pair on or before its day, or it would be too large."""


def put_together(own: Tables, tenants: Mapping[str, Tables], currency: str, period: Period) -> Tables:
    """Tables of the portfolio for a period, from its own settings and sources and its tenants' tables."""
    end = period.end
    rates = _Rates([own], currency, end)
    frames: dict[str, pd.DataFrame] = {name: own[name] for name in own.frames if name in OWN}
    coverage = dict(own.coverage)
    missing = dict(own.missing)
    members = {name for tables in tenants.values() for name in (*tables.frames, *tables.missing)}
    for name in sorted({*own.frames, *members} - {*OWN, *own.missing}):
        given = {tenant: tables for tenant, tables in tenants.items() if name in tables}
        behind = _behind(name, given, period)
        left_out = tuple(tenant for tenant, tables in tenants.items() if name in tables.missing or tenant in behind)
        given = {tenant: tables for tenant, tables in given.items() if tenant not in behind}
        if not given and name not in own:
            missing[name] = tenants[left_out[0]].missing[name]
            continue
        try:
            parts = [_in_currency(name, own[name], rates)] if name in own else []
            parts += [_in_currency(name, tables[name], _Rates([tables, own], currency, end)) for tables in given.values()]
        except NotConverted as gap:
            missing[name] = gap.problem.what
            continue
        frames[name] = concat(name, parts)
        coverage[name] = _together(name, [own, *given.values()], left_out)
    return Tables(frames, coverage, missing)


def in_currency(tables: Tables, currency: str, end: date) -> Tables:
    """One tenant's tables in its own currency; a table with an amount that has no rate is missing.

    An amount is converted at the last rate on or before its day; where its table has no day, before `end`.
    """
    frames: dict[str, pd.DataFrame] = {}
    missing = dict(tables.missing)
    rates = _Rates([tables], currency, end)
    for name in tables.frames:
        try:
            frames[name] = _in_currency(name, tables[name], rates)
        except NotConverted as gap:
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


class _Rates:
    """The rates to one currency: those of the first tables that have any for a pair, each looked up once a day."""

    def __init__(self, tables: Sequence[Tables], currency: str, end: date) -> None:
        self.currency = currency
        self.last = end - timedelta(days=1)
        self._frames = [each["rates"] for each in tables if "rates" in each]
        self._known: dict[tuple[str, date], Callable[[int], int]] = {}

    def convert(self, minor: int, base: str, day: date) -> int:
        """Minor units of the currency for minor units of another, at the rate of a day; NotConverted where there is none."""
        if base == self.currency:
            return minor
        if (base, day) not in self._known:
            self._known[base, day] = converter(base, self.currency, self._look(base, min(day, self.last)))
        return self._known[base, day](minor)

    def _look(self, base: str, day: date) -> Fraction:
        for frame in self._frames:
            rates = before(frame, day + timedelta(days=1))
            for one, other in ((base, self.currency), (self.currency, base)):
                pair = rates[(rates["base"] == one) & (rates["quote"] == other)].sort_values("date", kind="stable")
                rate = Fraction(pair["rate"].iloc[-1]) if len(pair) else Fraction(0)
                if rate > 0:
                    return rate if one == base else 1 / rate
        raise NotConverted(f"no rate from {base} to {self.currency} on or before {day}")


def _in_currency(name: str, frame: pd.DataFrame, rates: _Rates) -> pd.DataFrame:
    if name not in MONEY_COLUMNS or not (frame["currency"].notna() & (frame["currency"] != rates.currency)).any():
        return frame
    days = frame["date"].dt.date.tolist() if "date" in frame else [rates.last] * len(frame)
    bases = frame["currency"].fillna(rates.currency).tolist()
    made = {}
    for column in MONEY_COLUMNS[name]:
        listed = list(zip(frame[column].tolist(), bases, days, strict=True))
        amounts = _balanced(frame["entry"].tolist(), listed, rates) if name == "entries" else _each(listed, rates)
        try:
            made[column] = pd.Series(amounts, index=frame.index, dtype=frame[column].dtype)
        except OverflowError as error:
            raise NotConverted(f"an amount of {name} is too large in {rates.currency}") from error
    return frame.assign(**made, currency=frame["currency"].where(frame["currency"].isna(), rates.currency))


def _each(amounts: Iterable[Amount], rates: _Rates) -> list[int | None]:
    return [None if pd.isna(minor) else rates.convert(minor, base, on) for minor, base, on in amounts]


def _balanced(entries: Iterable[str], amounts: Iterable[Amount], rates: _Rates) -> list[int]:
    """The legs of entries in the currency, such that what balanced before balances after.

    Each leg is the difference of two converted running sums, so that roundings never add up to a difference in the books.
    """
    sums: dict[tuple[str, str, date], tuple[int, int]] = defaultdict(lambda: (0, 0))
    made = []
    for entry, (minor, base, on) in zip(entries, amounts, strict=True):
        key = (entry, base, on)
        own, converted = sums[key]
        sums[key] = (own + minor, rates.convert(own + minor, base, on))
        made.append(sums[key][1] - converted)
    return made
