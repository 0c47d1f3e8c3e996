"""What two companies of one group have between them: taken out of the group's books, and held side by side.

A posting that names a company of the group as its counterparty is eliminated by a posting of the same size and the other
sign, which belongs to no company. Money that has moved is real on both sides, so cash, clearing and suspense accounts stay.
What one side has and the other lacks stands on an account of its own, on suspense.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from quarterdeck.books import ELIMINATIONS, RESULT_LINES
from quarterdeck.consolidation.translation import Books
from quarterdeck.frames import before, between, concat, sums_by, to_frame
from quarterdeck.schemas import build

GROUP = ELIMINATIONS
ORIGIN = "elimination"
DIFFERENCE = "Intercompany difference"
_STAYING = ("cash", "clearing", "suspense")


def eliminations(companies: Sequence[Books], members: Collection[str]) -> Books:
    """The entries that eliminate what companies have between them, all in one currency, and the accounts they are on."""
    rows = concat("entries", [each.entries[_between(each.entries, members)] for each in companies])
    accounts = concat("accounts", [each.accounts for each in companies])
    lines = dict(zip(zip(accounts["tenant"], accounts["account"], strict=True), accounts["statement_line"], strict=True))
    keys = zip(rows["tenant"], rows["account"], strict=True)
    rows = rows[[lines.get(key, "suspense") not in _STAYING for key in keys]]
    if not len(rows):
        return Books(rows, accounts.iloc[:0])
    number = rows["account"] + " (" + rows["tenant"] + ")"
    turned = rows.assign(
        entry=f"{ORIGIN}:" + rows["tenant"] + ":" + rows["entry"],
        account=number,
        **{column: -rows[column] for column in ("amount_minor", "booked_minor") if column in rows},
        tenant=GROUP,
        origin=ORIGIN,
    )
    used = accounts.assign(number=accounts["account"] + " (" + accounts["tenant"] + ")")
    chart = used[used["number"].isin(set(number))].assign(account=lambda each: each["number"], tenant=GROUP)
    left, difference = _differences(turned)
    return Books(concat("entries", [turned, left]), concat("accounts", [chart.drop(columns="number"), difference]))


def _between(entries: pd.DataFrame, members: Collection[str]) -> np.ndarray:
    others = entries["counterparty"]
    found: np.ndarray = (others.isin(list(members)) & (others != entries["tenant"])).to_numpy()
    return found


def _differences(turned: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the eliminations of each day do not sum to nothing by, against an account of its own, and that account."""
    currency = str(turned["currency"].iloc[0])
    rows = [
        {
            "entry": f"{ORIGIN}:difference:{on.date()}",
            "leg": 0,
            "date": on.date(),
            "account": DIFFERENCE,
            "amount_minor": -minor,
            "currency": currency,
            "origin": ORIGIN,
            "source_file": ORIGIN,
            "source_line": 0,
        }
        for (on,), minor in sums_by(turned, ["date"]).items()
        if minor
    ]
    chart = [{"account": DIFFERENCE, "name": DIFFERENCE, "type": "asset", "statement_line": "suspense"}]
    made = to_frame("entries", build("entries", rows), GROUP)
    if "booked_minor" in turned:
        made = made.assign(booked_minor=made["amount_minor"], booked_currency=made["currency"])
    return made, to_frame("accounts", build("accounts", chart), GROUP)


@dataclass(frozen=True, slots=True)
class Pair:
    """What two companies have between them, as each of them has it: claims and income positive, debts and costs negative."""

    one: str
    other: str
    balance: tuple[int, int]
    result: tuple[int, int]

    @property
    def balance_difference(self) -> int:
        """What one claims less what the other owes it; 0 where both say the same."""
        return sum(self.balance)

    @property
    def result_difference(self) -> int:
        return sum(self.result)


def pairs(posted: pd.DataFrame, start: date, end: date) -> tuple[Pair, ...]:
    """All pairs of companies with anything between them: balances before `end`, and the results of `[start, end)`."""
    own = posted["tenant"] != GROUP
    members = {*posted.loc[own, "tenant"], *posted.loc[~own, "counterparty"].dropna()}  # one may have no postings of its own
    rows = before(posted[(posted["counterparty"].notna() & own).to_numpy()], end)
    rows = rows[_between(rows, members) & ~rows["statement_line"].isin(_STAYING).to_numpy()]
    is_result = rows["statement_line"].isin(RESULT_LINES)
    balances, results = _sides(rows[~is_result]), _sides(between(rows[is_result], start, end))
    found = sorted({(min(side), max(side)) for side in (*balances, *results)})
    return tuple(Pair(one, other, _both(balances, one, other), _both(results, one, other, -1)) for one, other in found)


def _sides(rows: pd.DataFrame) -> Mapping[tuple[str, str], int]:
    return {(str(one), str(other)): minor for (one, other), minor in sums_by(rows, ["tenant", "counterparty"]).items()}


def _both(sides: Mapping[tuple[str, str], int], one: str, other: str, sign: int = 1) -> tuple[int, int]:
    return sign * sides.get((one, other), 0), sign * sides.get((other, one), 0)
