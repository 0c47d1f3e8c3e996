"""Money that was charged before the day of the service: owed to the customer until then, revenue on that day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from quarterdeck.errors import SourceError
from quarterdeck.sources._posting import Entry, Leg, balanced

LINE = "deferred_revenue"


@dataclass(frozen=True, slots=True)
class Deferral:
    """The account that holds what is not earned yet, the one it is released to, and those that it stands in for."""

    account: str
    revenue: str
    instead_of: tuple[str, ...]

    def post(self, entries: Iterable[Entry], end: date) -> Iterator[Entry]:
        """The entries as they are to be posted, and a release on each day of service before `end`.

        A refund before the service takes from what is deferred; its release takes the same from the revenue of that day, so
        that neither needs to know of the other.
        """
        for entry in entries:
            held = [leg for leg in entry.legs if leg.account in self.instead_of]
            if entry.service_date is None or entry.service_date <= entry.day or not held:
                yield entry
                continue
            yield replace(entry, legs=tuple(self._held(leg) for leg in entry.legs))
            if entry.service_date < end:
                yield replace(entry, id=f"release:{entry.id}", day=entry.service_date, legs=balanced(self._released(held)))

    def _held(self, leg: Leg) -> Leg:
        return replace(leg, account=self.account) if leg.account in self.instead_of else leg

    def _released(self, held: Sequence[Leg]) -> Iterator[Leg]:
        for leg in held:
            yield replace(leg, account=self.account, minor=-leg.minor)
            yield replace(leg, account=self.revenue)


def require_line(accounts: Iterable[str | None], lines: Mapping[str, str], chart: str) -> None:
    """Raise SourceError where an account that holds what is deferred stands elsewhere in the balance sheet."""
    for account in accounts:
        if account is not None and lines[account] != LINE:
            raise SourceError(
                f"account {account!r} is on the statement line {lines[account]!r} of {chart}",
                remedy=f"give the account that is named under deferred the statement line {LINE!r}",
            )
