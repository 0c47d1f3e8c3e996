"""One run at a time over a tenant and period, and the record of every run in the trail."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from quarterdeck.audit.records import Lease, Run
from quarterdeck.errors import QuarterdeckError
from quarterdeck.steps.plan import Plan
from quarterdeck.steps.summary import RunSummary
from quarterdeck.wiring import Parts

LEASE = timedelta(minutes=30)


class RunBusyError(QuarterdeckError):
    """Somebody else is running over the same tenant and period; nothing was read or written."""


class RunLease:
    """The leases of a run, one a tenant and period. `renew` keeps them while the run makes progress."""

    def __init__(self, parts: Parts, plan: Plan) -> None:
        self._parts = parts
        self._names = [f"run:{tenant}:{plan.period}" for tenant in sorted(plan.tenants)]
        self._held: dict[str, Lease] = {}

    def acquire(self) -> None:
        """Take all leases, or none and RunBusyError that names the holder."""
        for name in self._names:
            lease = take_lease(self._parts, name, LEASE)
            if lease.holder != holder():
                self.release()
                raise RunBusyError(
                    f"{lease.holder} is running over {name.removeprefix('run:')} since before {lease.until - LEASE:%H:%M} UTC",
                    remedy="wait for it to end; a run that died gives way by itself",
                    permanent=False,
                )
            self._held[name] = lease

    def renew(self) -> None:
        for name, lease in self._held.items():
            renewed = self._parts.audit.renew(lease, LEASE, self._parts.clock())
            if renewed is None:
                raise RunBusyError(f"the lease {name} was lost", remedy="run it again", permanent=False)
            self._held[name] = renewed

    def release(self) -> None:
        for lease in self._held.values():
            self._parts.audit.release(lease)
        self._held.clear()


def take_lease(parts: Parts, name: str, ttl: timedelta) -> Lease:
    """The lease of a name as it stands then, this process's where nobody else has it; a holder that died gives way."""
    lease = parts.audit.acquire(name, holder(), ttl, parts.clock())
    if lease.holder != holder() and has_died(lease.holder):
        parts.audit.release(lease)
        lease = parts.audit.acquire(name, holder(), ttl, parts.clock())
    return lease


def holder() -> str:
    """The name of the running process in a lease: its machine, its number, and when it began, as numbers come again."""
    return f"{socket.gethostname()}:{os.getpid()}:{_began(os.getpid())}"


def has_died(other: str) -> bool:
    """Whether a holder was a process of this machine that runs no more; of other machines nothing is known."""
    host, _, rest = other.partition(":")
    number, _, began = rest.partition(":")
    if host != socket.gethostname() or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return _began(int(number)) != began


def _began(number: int) -> str:
    """When a process began, as the kernel counts; `over` for one that has ended unnoticed, empty where nothing tells."""
    try:
        stat = Path(f"/proc/{number}/stat").read_text("utf-8", "replace")
    except OSError:
        return ""
    state, *fields = stat.rpartition(")")[2].split()  # behind the name, which may hold anything
    return "over" if state in "ZX" else fields[18]


@contextmanager
def run_lease(parts: Parts, plan: Plan) -> Iterator[RunLease]:
    """Hold a plan's leases for a block. The command line and the flow inside it are one process, and share them."""
    lease = RunLease(parts, plan)
    lease.acquire()
    try:
        yield lease
    finally:
        lease.release()


def record_start(parts: Parts, run_id: str, plan: Plan, *, deliver: bool, as_of_then: bool = False) -> None:
    """Note in the trail that a run has begun and what it was asked for; what is needed to repeat it."""
    asked = {**asdict(plan), "deliver": deliver, "as_of_then": as_of_then, "config": str(parts.settings.file)}
    parts.audit.start(Run(run_id, parts.clock(), asked))


def record_end(parts: Parts, run_id: str, summary: RunSummary) -> None:
    """Note how a run ended, and anchor the trail's heads outside its table."""
    outcome = {
        "reports": {line.report_id: line.revision or line.status for line in summary.reports},
        "deliveries": dict(summary.deliveries),
        "problems": [_storable(problem.what) for problem in summary.problems],
    }
    parts.audit.end(run_id, outcome, parts.clock())
    parts.audit.anchor(parts.clock())


def _storable(text: str) -> str:
    """Text as any store takes it: a file name that is not in UTF-8 holds what no store does."""
    return text.encode("utf-8", "backslashreplace").decode()
