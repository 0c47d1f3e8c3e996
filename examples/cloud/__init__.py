"""The AWS accounts of the example: what is in them, and how that comes into an emulator.

`ACCOUNTS` makes each account from the span of the example's data, all of it data; `seed` writes them into the emulator by
boto3 over HTTP, each by assuming its role, as Quarterdeck enters it. The same day gives the same accounts, and in an
emulator that is new the same ids. Nothing in here imports the product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from random import Random

from examples.cloud import apis, clients, functions, network, queenofsandiego, quickdumpnow, stores, web
from examples.cloud.at import At
from examples.cloud.shapes import Account
from examples.span import Span

ACCOUNTS: tuple[Callable[[Span], Account], ...] = (queenofsandiego.account, quickdumpnow.account, clients.account)


def accounts(today: date) -> tuple[Account, ...]:
    """The accounts of the example whose data ends with the month before a day."""
    return tuple(make(Span(today)) for make in ACCOUNTS)


def seed(endpoint: str, today: date, wanted: Iterable[Account] | None = None) -> None:
    """Fill the emulator at an address with the example's accounts, or with others."""
    span = Span(today)
    for account in accounts(today) if wanted is None else wanted:
        at = At(endpoint, account)
        at.tell(f"/moto-api/seed?a={account.number}", {})  # what the ids come from
        _seed(at, span)


def _seed(at: At, span: Span) -> None:
    rng = Random(f"metrics:{at.account.number}")
    at.made_at(datetime(span.start.year, span.start.month, span.start.day, 17, tzinfo=UTC))
    stores.make(at)
    functions.make(at)
    web.make(at)
    apis.make(at)
    network.make(at)
    at.made_at(None)
    functions.measure(at, span, rng)
    web.measure(at, span, rng)
    apis.measure(at, span, rng)
    network.measure(at, span)
    functions.log(at, span, Random(f"log:{at.account.number}"))
    at.made_at(None)
    charged = [
        {
            "account": at.account.number,
            "service": charge.service,
            "date": charge.day.isoformat(),
            "amount": str(charge.amount),
            "region": charge.region,
            "tags": {"stack": charge.stack},
        }
        for charge in at.account.charges
    ]
    at.tell("/_ce", {"costs": charged})
