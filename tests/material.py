"""Material of a report for tests: a role that reads a few KPIs and two rules, and whatever a test wants to change.

document = compose(material(findings=[open_finding("barge")], pulls=[{"status": "failed"}]))
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from quarterdeck.compose import Material, TenantFacts
from quarterdeck.compose.material import Snapshot
from quarterdeck.frames import Coverage
from quarterdeck.measure.findings import fingerprint
from quarterdeck.model import (
    Direction,
    Effort,
    Exhibit,
    Figure,
    Finding,
    FindingState,
    Grade,
    KpiValue,
    Remedy,
    Role,
    Severity,
    State,
    TenantKind,
    Unit,
)
from quarterdeck.money import Money
from tests.engine import tables
from tests.tables import OCTOBER, Row, frame

ROLE = Role(
    id="cfo",
    title="CFO",
    kpis=("net_revenue", "net_burn", "runway", "gross_margin", "customers", "commits"),
    rules=("idle_asset", "late_books"),
    headline=("net_burn", "runway", "net_revenue"),
    charts=("trend_net_burn", "trend_runway", "columns_net_revenue"),
)
MARLIN = TenantFacts(
    id="marlin",
    name="Marlin Charters",
    kind=TenantKind.COMPANY,
    timezone="America/Los_Angeles",
    locale="en_US",
    accent="#12405c",
    portfolio="Two Harbours",
    names={"marlin": "Marlin Charters", "heron": "Heron Tours", "portfolio": "Two Harbours"},
)
DIRECTIONS = {"net_burn": Direction.DOWN, "commits": Direction.NEUTRAL}
LABELS = {"net_burn": "Net burn a month", "gross_margin": "Gross margin"}


def value(id: str, now: Figure | None, then: Figure | None = None, **changes: Any) -> KpiValue:
    """A KPI's value with the one before; its unit follows from the figure."""
    unit = Unit.MONEY if isinstance(now, Money) else Unit.RATIO if isinstance(now, Decimal) else Unit.COUNT
    made = KpiValue(
        id=id,
        label=LABELS.get(id, id.replace("_", " ").capitalize()),
        unit=unit,
        direction=DIRECTIONS.get(id, Direction.UP),
        formula="a formula",
        version=1,
        tables=("entries",),
        value=now,
        previous=then,
        series=(*[None] * 10, then, now),
    )
    return replace(made, **changes)


def unavailable(id: str, unit: Unit = Unit.MONEY, reason: str = "not collected: no source provides entries") -> KpiValue:
    empty = value(id, None, unit=unit, state=State.UNAVAILABLE, grade=Grade.D, unavailable_reason=reason, needs="a bank export")
    return replace(empty, series=(None,) * 12)


def finding(subject: str, state: FindingState = FindingState.NEW, **changes: Any) -> Finding:
    """A finding of the rule `idle_asset`; its due date is thirty days after the period that saw it first."""
    tenant, rule = changes.pop("tenant", "marlin"), changes.pop("rule", "idle_asset")
    remedy = Remedy("Sell or rent out {name}", changes.pop("owner", "cfo"), Effort.M, changes.pop("due_days", 30))
    made = Finding(
        tenant=tenant,
        rule=rule,
        subject=subject,
        severity=Severity.HIGH,
        title="{name} stands idle",
        why="It costs {cost} a month.",
        remedy=remedy,
        facts={"name": subject.capitalize(), "cost": Money(50_000, "USD")},
        evidence=({"asset": subject, "cost": Money(50_000, "USD")},),
        state=state,
        first_seen="2026-10" if state is FindingState.NEW else "2026-09",
        fingerprint=fingerprint(tenant, rule, subject),
        last_seen="2026-10",
    )
    return replace(made, **changes)


def material(  # every part of a report, each with a value that says nothing
    *,
    kpis: Iterable[KpiValue] = (),
    findings: Iterable[Finding] = (),
    pulls: Sequence[Row] = (),
    milestones: Sequence[Row] | None = None,
    coverage: dict[str, Coverage] | None = None,
    missing: dict[str, str] | None = None,
    exhibits: tuple[Exhibit, ...] = (),
    snapshots: tuple[Snapshot, ...] = (),
    **changes: Any,
) -> Material:
    frames = {"pulls": frame("pulls", [{"tenant": "marlin", "source": "bank", "status": "read", **row} for row in pulls])}
    if milestones is not None:
        frames["milestones"] = frame("milestones", milestones, "marlin")
    made = Material(
        tenant=MARLIN,
        role=ROLE,
        at=OCTOBER,
        kpis=tuple(kpis),
        findings=tuple(findings),
        tables=tables(frames, missing=missing, **(coverage or {})),
        exhibits=exhibits,
        snapshots=snapshots,
        code_version="1.0",
    )
    return replace(made, **changes)
