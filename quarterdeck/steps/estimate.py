"""What the pulls of runs to come will cost, before any of them is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from typing import Any

from quarterdeck.config import SourceSettings, TenantSettings
from quarterdeck.errors import QuarterdeckError
from quarterdeck.sources import Charged, Estimate, estimate_of
from quarterdeck.steps.plan import Plan
from quarterdeck.wiring import Parts, source_of

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Expense:
    """What one source of a tenant will cost, over some periods: requests, US dollars, and in words what they are."""

    tenant: str
    source: str
    periods: int
    requests: int
    usd: Decimal
    words: str

    def __str__(self) -> str:
        told = f"source {self.source} of {self.tenant}: {_number(self.periods, 'period')}, {_number(self.requests, 'request')}"
        return f"{told}, {_dollars(self.usd)}: {self.words}"


@dataclass(frozen=True, slots=True)
class Expected:
    """What all sources that are charged for will cost together."""

    sources: tuple[Expense, ...]

    @property
    def requests(self) -> int:
        return sum(each.requests for each in self.sources)

    @property
    def usd(self) -> Decimal:
        return sum((each.usd for each in self.sources), Decimal(0))

    def __str__(self) -> str:
        return f"services that charge will be asked {_number(self.requests, 'time')}, for about {_dollars(self.usd)}"

    def as_dict(self) -> dict[str, Any]:
        """As the contract has it; dollars are decimal strings, as all numbers that are no counts."""
        listed = [
            {
                "tenant": each.tenant,
                "source": each.source,
                "periods": each.periods,
                "requests": each.requests,
                "usd": f"{each.usd:f}",
                "words": each.words,
            }
            for each in self.sources
        ]
        return {"requests": self.requests, "usd": f"{self.usd:f}", "sources": listed}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Expected:
        """What is expected, out of the contract's form."""
        return cls(tuple(Expense(**{**each, "usd": Decimal(each["usd"])}) for each in told["sources"]))


def expected_of(parts: Parts, plans: Iterable[Plan]) -> Expected | None:
    """What the pulls of some plans will cost; None where no source of theirs is charged for. Nobody is asked."""
    found: dict[tuple[str, str], list[Estimate]] = {}
    for todo in plans:
        for tenant, entry in charged(parts, todo.tenants):
            estimate = _estimate(parts, tenant, entry, todo.period)
            if estimate is not None:
                found.setdefault((tenant.id, entry.id), []).append(estimate)
    return Expected(tuple(_added(*source, estimates) for source, estimates in found.items())) if found else None


def charged(parts: Parts, tenants: Iterable[str]) -> tuple[tuple[TenantSettings, SourceSettings], ...]:
    """The sources of some tenants that may cost money."""
    entries = ((tenant, entry) for tenant in map(parts.settings.tenant, tenants) for entry in tenant.sources)
    return tuple((tenant, entry) for tenant, entry in entries if isinstance(source_of(entry)[0], Charged))


def _estimate(parts: Parts, tenant: TenantSettings, entry: SourceSettings, period: str) -> Estimate | None:
    source, options = source_of(entry)
    try:
        return estimate_of(source, options, parts.window(tenant, parts.period(tenant.id, period)))
    except QuarterdeckError as error:  # the pull will fail for it too, and be told with its place and remedy
        return Estimate(0, Decimal(0), f"not known: {error.problem.what}")


def _added(tenant: str, source: str, estimates: list[Estimate]) -> Expense:
    words = "; ".join(dict.fromkeys(each.words for each in estimates))
    usd = sum((each.usd for each in estimates), Decimal(0))
    return Expense(tenant, source, len(estimates), sum(each.requests for each in estimates), usd, words)


def _dollars(usd: Decimal) -> str:
    """To the cent, rounded up: what a service will ask for is not told as less."""
    return f"{usd.quantize(_CENT, ROUND_UP)} USD"


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
