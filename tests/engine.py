"""What tests of the engine need: registries of their own, with KPIs and rules that do one thing, and tables to ask about.

KPIS = own("kpis", a_kpi("sales", lambda postings, at: ...))
monkeypatch.setattr(values, "KPIS", KPIS)
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Generic, TypeVar

import pandas as pd

from quarterdeck.frames import Coverage, Tables
from quarterdeck.kpis import Kpi, Value
from quarterdeck.model import Direction, Effort, Finding, FindingState, Remedy, Severity, Unit
from quarterdeck.registry import Registry
from quarterdeck.rules import Hit, Rule, Scope

T = TypeVar("T", Kpi, Rule)


class Own(Registry[T], Generic[T]):
    """A registry that is filled by hand; no package stands behind it."""

    def __init__(self, kind: str, *entries: T) -> None:
        super().__init__(kind, "")
        self._scanned = True
        for entry in entries:
            self.add(entry.id, entry)


def a_kpi(
    id: str,
    compute: Callable[..., Value],
    *,
    unit: Unit = Unit.COUNT,
    good: Direction = Direction.UP,
    needs: str = "rows",
    version: int = 1,
) -> Kpi:
    tables = tuple(name for name in inspect.signature(compute).parameters if name != "at")
    return Kpi(id, id.capitalize(), unit, good, "a formula", version, tables, "A definition.", needs, compute)


def a_rule(
    id: str,
    find: Callable[..., Iterable[Hit]],
    *,
    severity: Severity = Severity.MEDIUM,
    owner: str = "cfo",
    due_days: int = 30,
    scope: Scope = Scope.TENANT,
    absent_ok: tuple[str, ...] = (),
    kpis: tuple[str, ...] = (),
) -> Rule:
    names = tuple(inspect.signature(find).parameters)
    tables = tuple(name for name in names if name not in ("at", "kpis"))
    return Rule(
        id, severity, owner, Effort.M, due_days, f"{id} of {{name}}", "Because.", "Mend {name}", scope,
        frozenset(names), tables, frozenset(absent_ok), kpis, "A definition.", find,
    )  # fmt: skip


def tables(
    frames: Mapping[str, pd.DataFrame] | None = None,
    *,
    missing: Mapping[str, str] | None = None,
    **coverage: Coverage,
) -> Tables:
    """Tables with what they cover: `tables({"entries": ...}, entries=covers("2026-01-01", "2026-11-01"))`."""
    return Tables(frames or {}, coverage, missing or {})


def covers(first: str | None, last: str | None, **rest: Any) -> Coverage:
    return Coverage(date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None, **rest)


def a_finding(mark: str, *, state: FindingState = FindingState.NEW, **changes: Any) -> Finding:
    """A finding that somebody could have made; `mark` is its fingerprint."""
    fields: dict[str, Any] = {
        "tenant": "marlin",
        "rule": "runway_short",
        "subject": "runway",
        "severity": Severity.HIGH,
        "title": "Something is wrong",
        "why": "It costs.",
        "remedy": Remedy("Mend it", "cfo", Effort.M, 30),
        "first_seen": "2026-10",
    }
    return Finding(**{**fields, **changes, "state": state, "fingerprint": mark})
