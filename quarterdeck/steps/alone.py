"""Doing something that no two processes should do at once, under a lease in the trail."""

from __future__ import annotations

from datetime import timedelta
from types import TracebackType

from quarterdeck.audit.records import Lease
from quarterdeck.errors import QuarterdeckError
from quarterdeck.steps.run import holder, take_lease
from quarterdeck.wiring import Parts

_TTL = timedelta(minutes=10)


class BusyError(QuarterdeckError):
    """Another process is doing it."""

    permanent = False


class Alone:
    """A lease as a context: taken or BusyError, kept by `keep` now and then, given back. `what` says what is done."""

    def __init__(self, parts: Parts, name: str, what: str) -> None:
        self._parts, self._name, self._what = parts, name, what
        self._lease: Lease | None = None

    def __enter__(self) -> Alone:
        lease = take_lease(self._parts, self._name, _TTL)
        if lease.holder != holder():
            until = f"{lease.until:%Y-%m-%d %H:%M:%S} UTC"
            raise BusyError(f"{lease.holder} is {self._what}, until {until} at most", remedy="wait for it to end")
        self._lease = lease
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._lease is not None:
            self._parts.audit.release(self._lease)

    def keep(self) -> None:
        """Have the lease for a while longer; BusyError where another process took over meanwhile."""
        if self._lease is None:
            return
        self._lease = self._parts.audit.renew(self._lease, _TTL, self._parts.clock())
        if self._lease is None:
            raise BusyError(f"another process took over {self._what}", remedy="run it again")
