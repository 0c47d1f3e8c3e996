"""Faults of the code itself: a KPI, rule or exhibit that fails on a tenant's data takes nothing else with it, and is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import pyarrow as pa

from quarterdeck.errors import Problem
from quarterdeck.schemas import build

EXHIBIT = "exhibit"
_LONGEST = 200  # characters of an error that a report repeats


@dataclass(frozen=True, slots=True)
class Fault:
    """A KPI, rule or exhibit (`part`) whose code failed, and the error in one line."""

    part: str
    id: str
    reason: str

    def problem_of(self, whose: str) -> Problem:
        """The fault as a problem of a tenant or of a report."""
        return Problem(f"{self.part} {self.id} of {whose}: {self.reason}", remedy="mend it, and run the period again")


def reason_of(error: BaseException) -> str:
    """What an error that nobody foresaw comes down to, in one line."""
    said = " ".join(str(error).split())[:_LONGEST]
    return f"its code failed with {type(error).__name__}" + (f": {said}" if said else "")


def fault_rows(faults: Iterable[Fault]) -> pa.Table:
    """The snapshot table `faults`."""
    return build("faults", [asdict(fault) for fault in faults])


def read_faults(rows: pa.Table) -> tuple[Fault, ...]:
    """The faults of a snapshot table `faults`."""
    return tuple(Fault(**row) for row in rows.to_pylist())
