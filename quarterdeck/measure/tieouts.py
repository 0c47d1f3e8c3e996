"""Whether figures that must be equal are: tie-outs between KPIs, the ledger, the bill and the companies of a portfolio.

They are worked out before any report is made. The side that a KPI is held against goes another way than the KPI: straight
from entries and the chart of accounts, by account, and never through the sums that KPIs share. A KPI that stands on a tie-out
that differs is worth grade C at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

import pandas as pd
import pyarrow as pa

from quarterdeck.frames import before, between, exact_sum, sums_by
from quarterdeck.measure.inputs import Inputs
from quarterdeck.model import At, Grade, KpiValue, State, Unavailable
from quarterdeck.money import Money
from quarterdeck.schemas import build

HOSTING = "hosting"  # the function of an account that the bill of a cloud is booked to
_CLOUD_PART, _CLOUD_LEAST = 10, 500  # tolerance of the bill: a tenth of it, and 5.00 at least
_REVENUE, _SPENT = ("revenue", "refunds"), ("cost_of_sales", "operating_expenses")
_ON_REVENUE = (
    *("net_revenue", "revenue_growth", "budget_attainment", "gross_margin", "ebitda", "ebitda_margin", "opex_ratio"),
    *("contribution_margin", "break_even_revenue", "break_even_units", "margin_of_safety", "customer_concentration"),
    *("refund_ratio", "average_sale"),
)
_ON_CASH = ("cash", "net_burn", "runway")

_LARGEST = 2**63 - 1  # what a table can hold

Members = Mapping[str, Mapping[str, KpiValue]]  # by tenant, its own KPI values by id


class Outcome(StrEnum):
    """What came of a tie-out."""

    TIES = "ties"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class TieOut:
    """Two figures that must be equal within a tolerance, in minor units, and the KPIs that stand on it.

    A side that is None is not known, and `reason` says why.
    """

    id: str
    what: str
    one: str
    left: int | None
    other: str
    right: int | None
    kpis: tuple[str, ...]
    tolerance: int = 0
    reason: str = ""

    @property
    def outcome(self) -> Outcome:
        if self.left is None or self.right is None:
            return Outcome.UNKNOWN
        return Outcome.TIES if abs(self.left - self.right) <= self.tolerance else Outcome.DIFFERS


def tie_outs(inputs: Inputs, values: Sequence[KpiValue], at: At, members: Members | None = None) -> tuple[TieOut, ...]:
    """Every tie-out for which there is data; for a portfolio, its figures against those of its companies as well."""
    known = {value.id: value for value in values}
    frames = inputs.frames(("entries", "accounts"))
    if isinstance(frames, Unavailable) or inputs.covered(("entries",), at) is not None:
        return ()
    ledger = _Ledger(frames["entries"], frames["accounts"], inputs.view(("entries", "accounts"), at))
    found = [*_of_ledger(ledger, known), *_of_bill(ledger, known)]
    if members:
        found += _of_members(ledger, known, members, at)
    return tuple(found)


def lowered(values: Sequence[KpiValue], ties: Sequence[TieOut]) -> tuple[KpiValue, ...]:
    """The KPI values with the grade that their tie-outs leave them; what falls below B is good no more."""
    off = {id for tie in ties if tie.outcome is Outcome.DIFFERS for id in tie.kpis}
    return tuple(_lowered(value) if value.id in off and value.value is not None else value for value in values)


def _lowered(value: KpiValue) -> KpiValue:
    grade = max(value.grade, Grade.C)
    return replace(value, grade=grade, state=State.WATCH if value.state is State.GOOD else value.state)


def tie_rows(ties: Sequence[TieOut], currency: str) -> pa.Table:
    """The snapshot table `tie_outs`."""
    return build(
        "tie_outs",
        [
            {
                "id": tie.id,
                "what": tie.what,
                "one": tie.one,
                "one_minor": _held(tie.left),
                "other": tie.other,
                "other_minor": _held(tie.right),
                "tolerance_minor": tie.tolerance,
                "currency": currency,
                "state": tie.outcome.value,
                "reason": tie.reason,
                "kpis": ",".join(tie.kpis),
            }
            for tie in ties
        ],
    )


def _held(minor: int | None) -> int | None:
    return minor if minor is None or abs(minor) <= _LARGEST else None


class _Ledger:
    """Balances by tenant and account, straight from the entries, in minor units: debits less credits."""

    def __init__(self, entries: pd.DataFrame, accounts: pd.DataFrame, at: At) -> None:
        self.entries, self.at = entries, at
        keys = zip(accounts["tenant"], accounts["account"], strict=True)
        told = zip(accounts["statement_line"], accounts["function"], strict=True)
        self._chart = dict(zip(keys, told, strict=True))
        self.moved = self._sums(between(entries, at.start, at.end))
        self.opening = self._sums(before(entries, at.start))
        self.closing = self._sums(before(entries, at.end))

    @staticmethod
    def _sums(rows: pd.DataFrame) -> dict[tuple[str, str], int]:
        return {(str(tenant), str(account)): minor for (tenant, account), minor in sums_by(rows, ["tenant", "account"]).items()}

    def on(self, sums: Mapping[tuple[str, str], int], lines: tuple[str, ...], tenant: str | None = None) -> int:
        """What stands on the accounts of some statement lines."""
        whose = ((key, minor) for key, minor in sums.items() if tenant in (None, key[0]))
        return sum(minor for key, minor in whose if self._chart.get(key, ("suspense", None))[0] in lines)

    def accounts_for(self, function: str) -> set[tuple[str, str]]:
        return {key for key, (_, of) in self._chart.items() if of == function}

    def credits(self, lines: tuple[str, ...]) -> int:
        """All credits of the period on the accounts of some lines, positive."""
        rows = between(self.entries, self.at.start, self.at.end)
        sums = self._sums(rows[rows["amount_minor"] < 0])
        return -self.on(sums, lines)


def _money(known: Mapping[str, KpiValue], id: str, currency: str = "") -> int | None:
    value = known[id].value if id in known else None
    return value.minor if isinstance(value, Money) and currency in ("", value.currency) else None


def _of_ledger(ledger: _Ledger, known: Mapping[str, KpiValue]) -> Iterator[TieOut]:
    booked = -ledger.on(ledger.moved, _REVENUE)
    spent = ledger.on(ledger.moved, _SPENT)
    revenue, ebitda, cash = (_money(known, id) for id in ("net_revenue", "ebitda", "cash"))
    if revenue is not None:
        yield TieOut(
            "revenue_ledger", "Net revenue, as every role reads it", "Net revenue", revenue,
            "Postings of the period on revenue accounts", booked, _ON_REVENUE,
        )  # fmt: skip
        balances = ledger.on(ledger.opening, _REVENUE) - ledger.on(ledger.closing, _REVENUE)
        yield TieOut(
            "revenue_balances", "Net revenue in the trial balance", "Net revenue", revenue,
            "Change in the balances of revenue accounts", balances, _ON_REVENUE,
        )  # fmt: skip
    if ebitda is not None:
        yield TieOut(
            "revenue_cfo", "Net revenue behind the CFO's EBITDA", "EBITDA and the expenses before it", ebitda + spent,
            "Postings of the period on revenue accounts", booked, _ON_REVENUE,
        )  # fmt: skip
    yield from _of_sales(ledger, known)
    if cash is not None:
        balance = ledger.on(ledger.closing, ("cash",))
        yield TieOut("cash_ledger", "Cash", "Cash", cash, "Balances of cash accounts", balance, _ON_CASH)
    amounts = before(ledger.entries, ledger.at.end)["amount_minor"].to_numpy()
    if len(amounts):
        on_entries = tuple(id for id, value in known.items() if "entries" in value.tables)
        debits, credits_ = exact_sum(amounts[amounts > 0]), -exact_sum(amounts[amounts < 0])
        yield TieOut("trial_balance", "Trial balance", "All debits", debits, "All credits", credits_, on_entries)


def _of_sales(ledger: _Ledger, known: Mapping[str, KpiValue]) -> Iterator[TieOut]:
    """The CMO's sales: their mean times their number is what was credited to revenue, but for rounding the mean."""
    average = _money(known, "average_sale")
    if average is None:
        return
    rows = between(ledger.entries, ledger.at.start, ledger.at.end)
    credit = rows.loc[rows["amount_minor"] < 0, ["tenant", "account", "entry"]]
    accounts = set(zip(credit["tenant"], credit["account"], strict=True))
    sold = {key for key in accounts if ledger.on({key: 1}, ("revenue",))}
    on = [key in sold for key in zip(credit["tenant"], credit["account"], strict=True)]
    count = len(credit.loc[on, ["tenant", "entry"]].drop_duplicates())
    booked = ledger.credits(("revenue",))
    yield TieOut(
        "sales_cmo", "Sales behind the CMO's average sale", "Average sale times sales", average * count,
        "Credits of the period on revenue accounts", booked, ("average_sale",), tolerance=(count + 1) // 2,
    )  # fmt: skip


def _of_bill(ledger: _Ledger, known: Mapping[str, KpiValue]) -> Iterator[TieOut]:
    """The bill of the cloud against what was booked for it: a month's bill is booked in the month, or when it comes."""
    cost = _money(known, "aws_cost")
    if cost is None:
        return
    accounts = ledger.accounts_for(HOSTING)
    on_bill = tuple(id for id, value in known.items() if {"cloud_costs", "cloud_cost_tags"} & {*value.tables})
    what, one, other = "Cost of AWS", "AWS cost by its bill", "Postings of the period on hosting accounts"
    if not accounts:
        reason = f"no account has the function {HOSTING}"
        yield TieOut("cloud_hosting", what, one, cost, other, None, on_bill, reason=reason)
        return
    booked = sum(minor for key, minor in ledger.moved.items() if key in accounts)
    tolerance = max(abs(cost) // _CLOUD_PART, _CLOUD_LEAST)
    earlier = known["aws_cost"].previous
    if isinstance(earlier, Money) and abs(booked - earlier.minor) < abs(booked - cost):
        one, cost = "AWS cost of the period before by its bill", earlier.minor
    yield TieOut("cloud_hosting", what, one, cost, other, booked, on_bill, tolerance)


def _of_members(ledger: _Ledger, known: Mapping[str, KpiValue], members: Members, at: At) -> Iterator[TieOut]:
    """The portfolio's figures against the sum of its companies' own ones.

    A company that keeps another currency counts as its translated entries have it; what companies have between them is
    taken off, and a difference of translation stands in no revenue and no cash.
    """
    yield from _sum_of("net_revenue", _REVENUE, -1, ledger.moved, ledger, known, members, at)
    yield from _sum_of("cash", ("cash",), 1, ledger.closing, ledger, known, members, at)


def _sum_of(
    id: str,
    lines: tuple[str, ...],
    sign: int,
    sums: Mapping[tuple[str, str], int],
    ledger: _Ledger,
    known: Mapping[str, KpiValue],
    members: Members,
    at: At,
) -> Iterator[TieOut]:
    whole = _money(known, id)
    if whole is None:
        return
    label = known[id].label
    own = {tenant: _money(values, id, at.currency) for tenant, values in members.items()}
    tenants = dict.fromkeys(tenant for tenant, _ in sums)
    parts = 0
    for tenant in tenants:
        minor = own.get(tenant)
        parts += minor if minor is not None else sign * ledger.on(sums, lines, tenant)
    is_part = ledger.at.end < at.end
    yield TieOut(
        f"{id}_companies", f"{label} of the portfolio", label, whole,
        "Sum of the companies, less what they have between them", None if is_part else parts,
        _ON_REVENUE if id == "net_revenue" else _ON_CASH,
        reason=f"the books end on {_last(ledger.at.end)}, those of some companies later" if is_part else "",
    )  # fmt: skip


def _last(end: date) -> str:
    return (end - timedelta(days=1)).isoformat()
