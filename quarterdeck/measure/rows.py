"""KPI values and findings as rows of the snapshot tables `kpis` and `findings`, and back, without loss."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

import pyarrow as pa

from quarterdeck import codec
from quarterdeck.measure.findings import codes, due, owner, priority
from quarterdeck.model import (
    At,
    Direction,
    Effort,
    Figure,
    Finding,
    FindingState,
    Grade,
    KpiValue,
    Remedy,
    Severity,
    State,
    Unit,
)
from quarterdeck.money import Money
from quarterdeck.people import Acceptance, Decision
from quarterdeck.schemas import build


def kpi_rows(values: Sequence[KpiValue]) -> pa.Table:
    """The snapshot table `kpis`."""
    return build("kpis", [_kpi_row(value) for value in values])


def read_kpis(rows: pa.Table) -> tuple[KpiValue, ...]:
    """The KPI values of a snapshot table `kpis`."""
    return tuple(_kpi(row) for row in rows.to_pylist())


def finding_rows(findings: Sequence[Finding], at: At) -> pa.Table:
    """The snapshot table `findings`."""
    code_of = codes(findings)
    return build("findings", [_finding_row(finding, code_of[finding.fingerprint], at) for finding in findings])


def read_findings(rows: pa.Table) -> tuple[Finding, ...]:
    """The findings of a snapshot table `findings`."""
    return tuple(_finding(row) for row in rows.to_pylist())


def _kpi_row(value: KpiValue) -> dict[str, object]:
    return {
        "id": value.id,
        "label": value.label,
        "unit": value.unit.value,
        "direction": value.direction.value,
        "formula": value.formula,
        "version": value.version,
        "tables": ",".join(value.tables),
        "value": codec.dump(value.value),
        "previous": codec.dump(value.previous),
        "last_year": codec.dump(value.last_year),
        "target": codec.dump(value.target),
        "state": value.state.value,
        "grade": value.grade.value,
        "unavailable_reason": value.unavailable_reason,
        "needs": value.needs,
        "series": codec.dump_all(value.series),
    }


def _kpi(row: Mapping[str, Any]) -> KpiValue:
    return KpiValue(
        id=row["id"],
        label=row["label"],
        unit=Unit(row["unit"]),
        direction=Direction(row["direction"]),
        formula=row["formula"],
        version=row["version"],
        tables=tuple(filter(None, row["tables"].split(","))),
        value=_figure(row["value"]),
        previous=_figure(row["previous"]),
        last_year=_figure(row["last_year"]),
        target=_figure(row["target"]),
        state=State(row["state"]),
        grade=Grade(row["grade"]),
        unavailable_reason=row["unavailable_reason"],
        needs=row["needs"],
        series=cast("tuple[Figure | None, ...]", codec.load_all(row["series"])),
    )


def _figure(cell: str | None) -> Figure | None:
    return cast("Figure | None", codec.load(cell))


def _finding_row(finding: Finding, code: str, at: At) -> dict[str, object]:
    remedy = {
        "what": finding.remedy.what,
        "owner": finding.remedy.owner,
        "effort": finding.remedy.effort.value,
        "due_days": finding.remedy.due_days,
    }
    return {
        "fingerprint": finding.fingerprint,
        "tenant": finding.tenant,
        "rule": finding.rule,
        "subject": finding.subject,
        "severity": finding.severity.value,
        "title": finding.title,
        "why": finding.why,
        "remedy": codec.canonical(remedy),
        "facts": codec.canonical(codec.typed_row(finding.facts)),
        "evidence": codec.canonical([codec.typed_row(row) for row in finding.evidence]),
        "money_at_stake": codec.dump(finding.money_at_stake),
        "state": finding.state.value,
        "first_seen": finding.first_seen,
        "last_seen": finding.last_seen,
        "field": finding.field,
        "checks": ",".join(finding.checks),
        "accepted_until": finding.accepted and finding.accepted.until,
        "accepted_by": finding.accepted and finding.accepted.by,
        "accepted_reason": finding.accepted and finding.accepted.reason,
        "code": code,
        "decisions": codec.canonical([_decision_row(decision) for decision in finding.decisions]),
        "owner": owner(finding),
        "priority": priority(finding).value,
        "due_on": due(finding, at),
    }


def _decision_row(decision: Decision) -> dict[str, str | None]:
    return {
        "by": decision.by,
        "on": decision.on.isoformat(),
        "reason": decision.reason,
        "owner": decision.owner,
        "due_on": decision.due_on.isoformat() if decision.due_on else None,
        "priority": decision.priority,
        "until": decision.until.isoformat() if decision.until else None,
    }


def _decision(row: Mapping[str, Any]) -> Decision:
    return Decision(
        by=row["by"],
        on=date.fromisoformat(row["on"]),
        reason=row["reason"],
        owner=row["owner"],
        due_on=row["due_on"] and date.fromisoformat(row["due_on"]),
        priority=row["priority"],
        until=row["until"] and date.fromisoformat(row["until"]),
    )


def _acceptance(row: Mapping[str, Any]) -> Acceptance | None:
    until = row["accepted_until"]
    return None if until is None else Acceptance(until, row["accepted_by"], row["accepted_reason"])


def _finding(row: Mapping[str, Any]) -> Finding:
    remedy = json.loads(row["remedy"])
    return Finding(
        tenant=row["tenant"],
        rule=row["rule"],
        subject=row["subject"],
        severity=Severity(row["severity"]),
        title=row["title"],
        why=row["why"],
        remedy=Remedy(remedy["what"], remedy["owner"], Effort(remedy["effort"]), remedy["due_days"]),
        facts=codec.untyped_row(json.loads(row["facts"])),
        evidence=tuple(codec.untyped_row(cells) for cells in json.loads(row["evidence"])),
        money_at_stake=cast("Money | None", codec.load(row["money_at_stake"])),
        state=FindingState(row["state"]),
        first_seen=row["first_seen"],
        fingerprint=row["fingerprint"],
        last_seen=row["last_seen"],
        field=row["field"],
        checks=tuple(filter(None, row["checks"].split(","))),
        accepted=_acceptance(row),
        decisions=tuple(map(_decision, json.loads(row["decisions"]))),
    )
