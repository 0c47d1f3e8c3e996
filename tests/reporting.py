"""A report from its sources, without rendering, filing or sending it: what tests of the steps look at.

made = report(config, "alpha", "cfo")
assert made.kpi("cash")["value"] == {"minor": 810_000, "currency": "USD"}
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from quarterdeck.config import load_settings
from quarterdeck.errors import Problem
from quarterdeck.steps.preview import figures_now
from quarterdeck.steps.report import document_of
from quarterdeck.steps.tables import Basis
from quarterdeck.wiring import Parts, check_settings
from reports import role as role_of

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Report:
    """The document, and what stood in its way."""

    document: dict[str, Any]
    problems: tuple[Problem, ...]

    @cached_property
    def kpis(self) -> dict[str, dict[str, Any]]:
        return {kpi["id"]: kpi for kpi in self.document["kpis"]}

    def kpi(self, id: str) -> dict[str, Any]:
        return self.kpis[id]

    @property
    def findings(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.document["findings"]
        return found

    def notices(self) -> list[tuple[str, str]]:
        return [(notice["kind"], notice["text"]) for notice in self.document["data_notice"]]


def parts_of(config: Path, now: datetime = NOW) -> Parts:
    """The parts of a portfolio file, with a clock that stands still and nothing from the process's environment."""
    settings = load_settings(config, {})
    check_settings(settings)
    return Parts(settings, lambda: now)


def basis_of(parts: Parts, tenant: str, period: str = "2026-10") -> Basis:
    """The figures of a tenant for a period, worked out now."""
    return figures_now(parts, tenant, period, keep=True)[0]


def report(config: Path, tenant: str, role: str, period: str = "2026-10", now: datetime = NOW) -> Report:
    """One role's report of a tenant for a period, made now."""
    parts = parts_of(config, now)
    basis, problems = figures_now(parts, tenant, period, keep=True)
    document = document_of(parts, role_of(role), tenant, parts.period(tenant, period), basis)
    return Report(document, tuple(problems))
