"""Controls of a close: whether lists and books say the same, and what should not stand in them. Pure; minor units.

A day `end` is the first one that is not looked at, as the end of a period is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pandas as pd

from quarterdeck import books
from quarterdeck.frames import before, between, sums_by, total
from quarterdeck.money import round_half_even
from quarterdeck.receivables import open_items

CONTROL_LINES = {"receivable": ("receivables", 1), "payable": ("payables", -1)}  # a side's statement line, and its usual sign
_USUAL = {"cash": 1, "receivables": 1, "inventory": 1, "prepaid": 1, "payables": -1, "deferred_revenue": -1}
# KPIs that are a balance at the period's end: their statement lines, and the sign they are told with.
_CARRIED: Mapping[str, tuple[str, tuple[str, ...], int]] = {
    "cash": ("Cash", ("cash",), 1),
    "clearing_balance": ("Not yet paid out", ("clearing",), 1),
    "deferred_revenue": ("Deferred revenue", ("deferred_revenue",), -1),
    "tax_due": ("Taxes to be paid", ("taxes_payable",), -1),
    "working_capital": ("Working capital", (*books.CURRENT_ASSETS, *books.CURRENT_LIABILITIES), 1),
}
_SOLD, _BOUGHT = books.REVENUE_LINES, (*books.EBITDA_EXPENSE_LINES, "fixed_assets", "inventory", "prepaid", "payables")
OLD_DAYS = 90
_LONGEST_GAP = 100  # numbers; a longer one is a new series
_SHORTEST_SERIES = 3


@dataclass(frozen=True, slots=True)
class Tie:
    """What a list says beside what the books say of the same; both positive where they are as they usually are."""

    tenant: str
    listed_minor: int
    booked_minor: int

    @property
    def difference_minor(self) -> int:
        return self.listed_minor - self.booked_minor


def control_ties(invoices: pd.DataFrame, postings: pd.DataFrame, side: str, end: date) -> list[Tie]:
    """Open invoices of a side against the balance of its control accounts, for tenants that have both."""
    line, sign = CONTROL_LINES[side]
    booked = sums_by(before(postings[books.on_lines(postings, (line,))], end), ["tenant"])
    given = set(invoices.loc[invoices["side"] == side, "tenant"])
    left = sums_by(open_items(invoices, side, end), ["tenant"], "open_minor")
    return [Tie(tenant, left.get((tenant,), 0), sign * minor) for (tenant,), minor in booked.items() if tenant in given]


def asset_values(fixed_assets: pd.DataFrame, end: date) -> pd.DataFrame:
    """The register with `depreciated_minor` and `value_minor` at `end`; an asset not there yet, or no more, is worth nothing.

    Depreciation is in equal parts over the useful months, the month of acquisition being the first; all months together are
    the cost less what is left at the end, and each month is rounded so that they sum to it.
    """
    bought = fixed_assets[fixed_assets["acquired_on"].to_numpy() < np.datetime64(end)]
    held = bought["disposed_on"].isna() | (bought["disposed_on"].to_numpy() >= np.datetime64(end))
    gone = [
        _depreciated(int(cost), 0 if pd.isna(left) else int(left), int(months), _months(day, end))
        for cost, left, months, day in zip(
            bought["cost_minor"], bought["residual_minor"], bought["useful_months"], bought["acquired_on"], strict=True
        )
    ]
    depreciated = np.where(held, np.array(gone, np.int64), 0)
    value = np.where(held, bought["cost_minor"].to_numpy(np.int64) - depreciated, 0)
    return bought.assign(depreciated_minor=depreciated, value_minor=value)


def _months(first: pd.Timestamp, end: date) -> int:
    return (end.year - first.year) * 12 + end.month - first.month


def _depreciated(cost: int, residual: int, useful: int, months: int) -> int:
    if useful <= 0:
        return cost - residual
    return round_half_even(Fraction((cost - residual) * min(months, useful), useful))


def register_ties(fixed_assets: pd.DataFrame, postings: pd.DataFrame, end: date) -> list[Tie]:
    """What the register is worth against the balance of the fixed assets in the books, for tenants that have both."""
    booked = sums_by(before(postings[books.on_lines(postings, ("fixed_assets",))], end), ["tenant"])
    worth = sums_by(asset_values(fixed_assets, end), ["tenant"], "value_minor")
    given = set(fixed_assets["tenant"])
    return [Tie(tenant, worth.get((tenant,), 0), minor) for (tenant,), minor in booked.items() if tenant in given]


def late_entries(entries: pd.DataFrame, locks: pd.DataFrame, start: date, end: date) -> pd.DataFrame:
    """Postings of the days before `end` into a closed period, written from `start` on: with `through`, `locked_at`.

    Of several locks over one day the first counts: after it nothing should have come.
    """
    written = entries[entries["created_at"].notna()]
    nothing = pd.Series(dtype="datetime64[ms]")
    parts = [written.iloc[:0].assign(through=nothing, locked_at=nothing)]
    ordered = locks.sort_values("locked_at", kind="stable")
    for tenant, through, locked_at in zip(ordered["tenant"], ordered["through"], ordered["locked_at"], strict=True):
        rows = written[written["tenant"] == tenant]
        late = rows[(rows["date"] <= through) & (rows["created_at"] > locked_at)]
        both = (pd.Series(value, late.index) for value in (through, locked_at))
        parts.append(late.assign(**dict(zip(("through", "locked_at"), both, strict=True))))
    found = pd.concat([part for part in parts if len(part)] or parts[:1]).drop_duplicates(["tenant", "entry", "leg"])
    days = found["created_at"].dt.tz_localize(None)
    late_now: pd.DataFrame = found[(days >= pd.Timestamp(start)) & (days < pd.Timestamp(end))]
    return late_now


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers of a series of invoices that no invoice has, between two that are there."""

    tenant: str
    after: str
    before: str
    missing: int


def number_gaps(invoices: pd.DataFrame, end: date) -> list[Gap]:
    """Gaps in the numbers of invoices to customers, issued before `end`; a number is what an invoice's name ends with."""
    own = invoices[(invoices["side"] == "receivable") & (invoices["issued_on"].to_numpy() < np.datetime64(end))]
    parts = own["invoice"].astype(object).str.extract(r"^(.*?)([0-9]{1,15})$")
    named = own.assign(series=parts[0], number=parts[1])[parts[1].notna()]
    found = []
    for (tenant, _), rows in named.groupby(["tenant", "series"], sort=True):
        listed = sorted({int(number): str(name) for number, name in zip(rows["number"], rows["invoice"], strict=True)}.items())
        if len(listed) < _SHORTEST_SERIES:
            continue
        for (one, first), (other, second) in pairwise(listed):
            if 1 < other - one <= _LONGEST_GAP:
                found.append(Gap(str(tenant), first, second, other - one - 1))
    return found


@dataclass(frozen=True, slots=True)
class Balance:
    """One account's balance at a day; debit is positive."""

    tenant: str
    account: str
    name: str | None
    line: str
    minor: int


def balances(postings: pd.DataFrame, end: date) -> list[Balance]:
    """Every account's balance before `end`, by tenant and number."""
    past = before(postings, end)
    sums = sums_by(past, ["tenant", "account"])
    said = past.drop_duplicates(["tenant", "account"]).set_index(["tenant", "account"])
    names, lines = said["account_name"].to_dict(), said["statement_line"].to_dict()
    return [
        Balance(key[0], key[1], names[key] if isinstance(names[key], str) else None, str(lines[key]), minor)
        for key, minor in sums.items()
    ]


def impossible(postings: pd.DataFrame, end: date) -> list[Balance]:
    """Accounts that stand on the wrong side: cash, receivables or inventory below zero, payables that are owed to us."""
    return [each for each in balances(postings, end) if each.minor * _USUAL.get(each.line, 0) < 0]


@dataclass(frozen=True, slots=True)
class Aged:
    """What is left on an account, first in first out: all of it, what is older than OLD_DAYS, and the oldest day."""

    tenant: str
    account: str
    minor: int
    old_minor: int
    oldest: date


def aged(postings: pd.DataFrame, line: str, end: date) -> Iterator[Aged]:
    """Accounts of a statement line with a balance: of what went on them, what came last is what is left."""
    past = before(postings[books.on_lines(postings, (line,))], end)
    for (tenant, account), rows in past.groupby(["tenant", "account"], sort=True):
        left = total(rows["amount_minor"])
        if not left:
            continue
        put = rows[(rows["amount_minor"] > 0) == (left > 0)].groupby("date", sort=True)["amount_minor"].sum()[::-1]
        before_that = np.concatenate([[0], abs(put.to_numpy()).cumsum()[:-1]])
        of_day = np.minimum(abs(put.to_numpy()), np.maximum(abs(left) - before_that, 0))
        kept = put.index[of_day > 0]
        is_old = put.index < pd.Timestamp(end) - pd.Timedelta(days=OLD_DAYS)
        oldest = kept[-1]
        yield Aged(str(tenant), str(account), left, int(of_day[is_old].sum()) * (1 if left > 0 else -1), oldest.date())


@dataclass(frozen=True, slots=True)
class Rolled:
    """One account over a period: opening + debits - credits = closing."""

    tenant: str
    account: str
    name: str | None
    line: str
    opening_minor: int
    debits_minor: int
    credits_minor: int

    @property
    def closing_minor(self) -> int:
        return self.opening_minor + self.debits_minor - self.credits_minor


def rolled(postings: pd.DataFrame, start: date, end: date) -> list[Rolled]:
    """Every account of the balance sheet over `[start, end)`, by tenant and number."""
    kept = postings[postings["type"].isin(("asset", "liability", "equity"))]
    opening = {(each.tenant, each.account): each.minor for each in balances(kept, start)}
    moved = between(kept, start, end)
    key = ["tenant", "account"]
    debits, credits = (sums_by(moved[(moved["amount_minor"] > 0) == up], key) for up in (True, False))
    return [
        Rolled(
            *(each.tenant, each.account, each.name, each.line),
            opening.get((each.tenant, each.account), 0),
            debits.get((each.tenant, each.account), 0),
            -credits.get((each.tenant, each.account), 0),
        )
        for each in balances(kept, end)
    ]


def opening_ties(delivered: pd.DataFrame, postings: pd.DataFrame, end: date, period: str, currency: str) -> dict[str, Tie]:
    """What the last delivered report told of balances at `end`, the day a period starts, beside what the books say of it now.

    `period` is the one before, by its text. Where roles were told two things, what the accountant was told counts.
    """
    told = delivered[delivered["period"] == period]
    ordered = told.assign(later=told["role"] != "accounting").sort_values(["later", "role"], kind="stable")
    past = before(postings, end)
    found = {}
    for id, text, tenant in zip(ordered["id"], ordered["value"], ordered["tenant"], strict=True):
        name, lines, sign = _CARRIED.get(id, ("", (), 0))
        value = json.loads(text) if sign else None
        if sign and name not in found and isinstance(value, dict) and value.get("currency") == currency:
            found[name] = Tie(str(tenant), int(value["minor"]), sign * books.net_of(past, lines))
    return {name: found[name] for name, _, _ in _CARRIED.values() if name in found}


@dataclass(frozen=True, slots=True)
class TaxRolled:
    """One tax account over a period; what is owed is positive. `other` is what neither sale, purchase nor payment explains."""

    tenant: str
    account: str
    name: str | None
    opening_minor: int
    sales_minor: int
    purchases_minor: int
    paid_minor: int
    other_minor: int

    @property
    def closing_minor(self) -> int:
        return self.opening_minor + self.sales_minor + self.purchases_minor + self.paid_minor + self.other_minor


def taxes_rolled(postings: pd.DataFrame, start: date, end: date) -> list[TaxRolled]:
    """Every tax account over `[start, end)`: tax on sales, on purchases and wages, and what was paid to the office.

    What a posting is for, its entry says: one with revenue is a sale, one with a cost, an asset or a supplier a purchase, one
    with cash alone a payment.
    """
    moved = between(postings, start, end)
    taxed = moved[books.on_lines(moved, ("taxes_payable",))]
    legs = moved[moved["entry"].isin(taxed["entry"])]
    keys = {
        kind: set(zip(legs.loc[on, "tenant"], legs.loc[on, "entry"], strict=True))
        for kind, on in (
            ("sales", books.on_lines(legs, _SOLD)),
            ("purchases", books.on_lines(legs, _BOUGHT)),
            ("paid", books.on_lines(legs, ("cash", "clearing"))),
        )
    }
    own = list(zip(taxed["tenant"], taxed["entry"], strict=True))
    kinds = [next((kind for kind, known in keys.items() if key in known), "other") for key in own]
    sums = sums_by(taxed.assign(kind=pd.Series(kinds, taxed.index, dtype=object)), ["tenant", "account", "kind"])
    lined = postings[books.on_lines(postings, ("taxes_payable",))]
    opening = {(each.tenant, each.account): each.minor for each in balances(lined, start)}
    return [
        TaxRolled(
            *(each.tenant, each.account, each.name, -opening.get((each.tenant, each.account), 0)),
            *(-sums.get((each.tenant, each.account, kind), 0) for kind in ("sales", "purchases", "paid", "other")),
        )
        for each in balances(lined, end)
    ]
