"""Opening balances: what stood on the accounts when the files of books begin, written in the settings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import StringConstraints

from quarterdeck.errors import SourceError
from quarterdeck.money import MoneyError, parse_amount
from quarterdeck.sources import Window
from quarterdeck.sources._files import Day, Name, Part
from quarterdeck.sources._posting import Entry, Leg, balanced

_FILE = "opening balances"  # stands for a file: they are written in the settings


class OpeningBalance(Part):
    """What stood on an account at the end of a day, in the tenant's currency and in major units; debit is positive."""

    account: Name
    amount: Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,15}(\.[0-9]+)?$")]
    date: Day


def require_whole(opening: Sequence[OpeningBalance], equity: str | None) -> None:
    """Raise ValueError where the balances do not go together."""
    if opening and equity is None:
        raise ValueError("opening balances need an account that balances them: name opening_equity")
    accounts = [balance.account for balance in opening]
    if equity in accounts:
        raise ValueError("opening_equity balances the others, it has no opening balance of its own")
    doubles = sorted({account for account in accounts if accounts.count(account) > 1})
    if doubles:
        raise ValueError(f"account {doubles[0]!r} has two opening balances; keep one")


def opening_entries(opening: Sequence[OpeningBalance], equity: str | None, origin: str, window: Window) -> Iterable[Entry]:
    """An entry for each balance from before the period's end."""
    for number, balance in enumerate(opening, start=1):
        if balance.date < window.end:
            yield _entry(balance, equity or "", origin, window.currency, number)


def _entry(balance: OpeningBalance, equity: str, origin: str, currency: str, number: int) -> Entry:
    try:
        minor = parse_amount(balance.amount, currency)
    except MoneyError as error:
        raise SourceError(f"the opening balance of account {balance.account!r}: {error.problem.what}") from error
    legs = balanced((Leg(balance.account, minor), Leg(equity, -minor)))
    return Entry(
        f"opening:{balance.account}:{balance.date}",
        balance.date,
        currency,
        legs,
        origin,
        _FILE,
        number,
        memo="Opening balance",
    )
