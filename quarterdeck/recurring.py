"""Payments and receipts that come in a rhythm, found in the books by party and account. Pure; amounts are minor units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from statistics import median

import numpy as np
import pandas as pd

from quarterdeck import books
from quarterdeck.frames import between, is_blank
from quarterdeck.money import round_half_even
from quarterdeck.period import add_months

# Times in a row that something must have come: three payouts a week apart come about by chance, three months do not.
LEAST = {"weekly": 6, "monthly": 3}
_GAPS = {"weekly": (6, 8), "monthly": (26, 36)}  # days between two, and since the last one
_LONGEST = max(longest for _, longest in _GAPS.values())
_FITTING = [days for shortest, longest in _GAPS.values() for days in range(shortest, longest + 1)]

KEY = ["tenant", "party", "account", "is_in"]
Key = tuple[str, str, str, bool]  # tenant, party, the account it was for, whether it came in


@dataclass(frozen=True, slots=True)
class Recurring:
    """A rhythm: the median amount, positive when it comes in, how often it was seen in a row, and when last."""

    tenant: str
    party: str
    account: str
    rhythm: str
    minor: int
    times: int
    last: date

    @property
    def key(self) -> Key:
        return self.tenant, self.party, self.account, self.minor > 0

    def days(self, start: date, end: date) -> list[date]:
        """Its next days in `[start, end)`; one that should have come before `start` comes on it."""
        found: list[date] = []
        step = 1
        while (day := self._after(step)) < end:
            found.append(max(day, start))
            step += 1
        return found

    def _after(self, steps: int) -> date:
        return self.last + timedelta(weeks=steps) if self.rhythm == "weekly" else add_months(self.last, steps)


def payments(postings: pd.DataFrame, start: date, end: date) -> pd.DataFrame:
    """What moved cash in `[start, end)`, a row for each entry: the columns of KEY, `date`, `minor`, `is_financing`.

    `account` is the one that has most of the entry's other side. What only moved between cash accounts is left out.
    """
    columns = ["tenant", "entry", "leg", "date", "party", "account", "line_number", "amount_minor"]
    rows = between(postings[columns], start, end)
    # Numbers instead of names: in a year of a large ledger, comparing texts would take most of the time.
    tenants, entries = (pd.factorize(rows[name])[0] for name in ("tenant", "entry"))
    rows = rows.assign(key=entries.astype(np.int64) * (tenants.max(initial=0) + 1) + tenants)
    on_cash = books.on_lines(rows, ("cash",))
    cash = rows[on_cash].sort_values("leg", kind="stable")  # the party is that of the first leg that names one
    sums = cash.groupby("key", sort=False).agg(date=("date", "min"), party=("party", "first"), minor=("amount_minor", "sum"))
    moved = sums[sums["minor"] != 0].join(cash.drop_duplicates("key").set_index("key")["tenant"])
    # Of the other legs the largest says what it was for; the account's number decides between equal ones.
    other = rows.loc[~on_cash, ["key", "account", "amount_minor"]]
    other = other.assign(is_financing=books.on_lines(rows, books.FINANCING_LINES)[~on_cash])
    other = other.assign(size=-other["amount_minor"].abs(), place=pd.factorize(other["account"], sort=True)[0])
    order = np.lexsort((other["place"].to_numpy(), other["size"].to_numpy()))
    largest = other.iloc[order].drop_duplicates("key").set_index("key")
    joined = moved.join(largest[["account", "is_financing"]]).reset_index(drop=True)
    made = joined.assign(
        party=joined["party"].where(~is_blank(joined["party"].astype(object)), ""),
        account=joined["account"].fillna(""),
        is_in=joined["minor"] > 0,
        is_financing=joined["is_financing"].eq(True),
    )
    return made[[*KEY, "date", "minor", "is_financing"]]


def recurring(moved: pd.DataFrame, end: date) -> list[Recurring]:
    """What came so many times in a row in one rhythm and has not stopped, by tenant, party and account.

    Money of owners and lenders that came in is none: nobody has promised more of it. A payment without a party has no habits.
    """
    likely = moved[(moved["party"] != "") & ~(moved["is_financing"] & moved["is_in"])]
    if likely.empty:
        return []
    by_day = likely.groupby([*KEY, "date"])["minor"].sum().reset_index()
    by_day["group"] = by_day.groupby(KEY).ngroup()
    by_day = by_day.sort_values(["group", "date"], ignore_index=True)
    groups = by_day.groupby("group")["date"]
    # Whether the last gap fits a rhythm at all tells most of them apart before each is looked at.
    is_last = by_day["date"] == groups.transform("max")
    fits = groups.diff().dt.days.isin(_FITTING) & is_last & (by_day["date"] >= pd.Timestamp(end - timedelta(days=_LONGEST)))
    listed = by_day[by_day["group"].isin(by_day.loc[fits, "group"])]
    keys = zip(*(listed[name].tolist() for name in KEY), strict=True)
    rows = zip(keys, listed["date"].dt.date.tolist(), listed["minor"].tolist(), strict=True)
    found = []
    for key, group in groupby(rows, itemgetter(0)):
        _, days, amounts = zip(*group, strict=True)
        each = _rhythm(key, days, amounts, end)
        found += [each] if each is not None else []
    return found


def _rhythm(key: Key, days: Sequence[date], amounts: Sequence[int], end: date) -> Recurring | None:
    for rhythm, (shortest, longest) in _GAPS.items():
        times = _run(days, shortest, longest)
        if times >= LEAST[rhythm] and (end - days[-1]).days <= longest:
            return Recurring(*key[:3], rhythm, _median(amounts[-times:]), times, days[-1])
    return None


def _run(days: Sequence[date], shortest: int, longest: int) -> int:
    """How many of some days, counted from the last one back, follow each other in a rhythm."""
    times = 1
    while times < len(days) and shortest <= (days[-times] - days[-times - 1]).days <= longest:
        times += 1
    return times


def _median(amounts: Iterable[int]) -> int:
    return round_half_even(Fraction(median(Fraction(amount) for amount in amounts)))
