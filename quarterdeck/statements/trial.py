"""The trial balance: the balance of every account, of income and expenses since the start of the fiscal year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from quarterdeck.books import RESULT_LINES
from quarterdeck.frames import before, exact_sum, sums_by

CARRIED = "Result of earlier years"


@dataclass(frozen=True, slots=True)
class Line:
    """One account of one tenant; no account where it is the result of earlier years. Debit balances are positive."""

    tenant: str
    account: str | None
    name: str | None
    balance: int


def trial_balance(posted: pd.DataFrame, end: date, year: date) -> list[Line]:
    """Balances before the day `end` by tenant and account, the result before the fiscal year's first day last of each."""
    past = before(posted, end)
    carried = past["statement_line"].isin(RESULT_LINES) & (past["date"] < pd.Timestamp(year))
    names = past.drop_duplicates(["tenant", "account"]).set_index(["tenant", "account"])["account_name"]
    lines = [
        Line(str(tenant), str(account), _name(names[tenant, account]), minor)
        for (tenant, account), minor in sums_by(past[~carried], ["tenant", "account"]).items()
    ]
    lines += [Line(str(tenant), None, CARRIED, minor) for (tenant,), minor in sums_by(past[carried], ["tenant"]).items()]
    return sorted(lines, key=lambda line: (line.tenant, line.account is None, line.account or ""))


def _name(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def by_currency(posted: pd.DataFrame, end: date) -> list[tuple[str, int, int]]:
    """Debits and credits before the day `end` in each currency that was booked in; both are positive."""
    past = before(posted, end)
    amounts, currencies = ("booked_minor", "booked_currency") if "booked_minor" in past else ("amount_minor", "currency")
    own = past[(past["origin"] != "translation") & (past["origin"] != "elimination")]
    return [
        (str(currency), exact_sum(minors[minors > 0]), -exact_sum(minors[minors < 0]))
        for currency, minors in ((name, rows[amounts].to_numpy()) for name, rows in own.groupby(currencies))
    ]
