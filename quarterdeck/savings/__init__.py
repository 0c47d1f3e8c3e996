"""What an AWS account could do without, in USD a month, with its arithmetic in words.

Each function takes the tables of what there is and what was measured, and gives a `Saving` a resource. Prices are list
prices (see `prices`). The bill is the last word: what a service costs, credits included, is the most that can be saved on it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import pandas as pd

from quarterdeck.frames import between
from quarterdeck.model import At
from quarterdeck.money import Money, round_half_even

# What the services are called in Cost Explorer, and in an export of the bill.
BILLED_AS: Mapping[str, tuple[str, ...]] = {
    "gateway": ("EC2 - Other", "AmazonEC2"),
    "volume": ("EC2 - Other", "AmazonEC2"),
    "address": ("Amazon Virtual Private Cloud", "AmazonVPC"),
    "function": ("AWS Lambda", "AWSLambda"),
    "log": ("AmazonCloudWatch",),
    "object": ("Amazon CloudFront", "AmazonCloudFront", "Amazon Simple Storage Service", "AmazonS3"),
}


@dataclass(frozen=True, slots=True)
class Saving:
    """One resource, what is wrong with it, and what a month without that would save.

    `usd` is None where no price is known. `arithmetic` says in words how it is worked out; `billed` is the kind of line of
    the bill that it is a part of.
    """

    tenant: str
    account: str
    region: str
    resource: str
    name: str
    what: str
    usd: Decimal | None
    arithmetic: str
    billed: str

    @property
    def money(self) -> Money | None:
        return None if self.usd is None else dollars(self.usd)

    @property
    def shown(self) -> str:
        """The resource as people know it."""
        return self.name or self.resource


def dollars(usd: Decimal) -> Money:
    """An amount in USD, rounded to cents."""
    return Money(round_half_even(usd * 100), "USD")


def total(savings: Iterable[Saving]) -> Decimal:
    """What all of them save a month, as far as prices are known."""
    return sum((saving.usd for saving in savings if saving.usd is not None), Decimal(0))


def within_bill(savings: Iterable[Saving], cloud_costs: pd.DataFrame, at: At) -> list[Saving]:
    """The savings, the largest first, none beyond what the bill of the period has left for its service.

    Where the bill knows nothing of the account or the service, list prices stand.
    """
    left = _billed(cloud_costs, at)
    found: list[Saving] = []
    for saving in sorted(savings, key=lambda it: (-(it.usd or 0), it.account, it.region, it.resource)):
        names = [(saving.tenant, saving.account, service) for service in BILLED_AS[saving.billed]]
        known = [name for name in names if name in left]
        if saving.usd is None or not known:
            found.append(saving)
            continue
        most = max(sum((left[name] for name in known), Decimal(0)), Decimal(0))
        kept = min(saving.usd, most)
        _spend(left, known, kept)
        found.append(saving if kept == saving.usd else _cut(saving, kept, [service for _, _, service in known]))
    return found


def _billed(cloud_costs: pd.DataFrame, at: At) -> dict[tuple[str, str, str], Decimal]:
    """What each service of each account costs a month."""
    sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    rows = between(cloud_costs, at.start, at.end)
    for tenant, account, service, amount in zip(
        rows["tenant"], rows["account"], rows["service"], rows["amount_usd"], strict=True
    ):
        sums[tenant, account, service] += amount
    return {key: amount / at.months for key, amount in sums.items()}


def _spend(left: dict[tuple[str, str, str], Decimal], names: Iterable[tuple[str, str, str]], amount: Decimal) -> None:
    for name in names:
        taken = min(max(left[name], Decimal(0)), amount)
        left[name] -= taken
        amount -= taken


def _cut(saving: Saving, kept: Decimal, services: list[str]) -> Saving:
    words = f"{saving.arithmetic}; but no more than {kept:.2f} USD is left on the bill for {' and '.join(services)}"
    return replace(saving, usd=kept, arithmetic=words)
