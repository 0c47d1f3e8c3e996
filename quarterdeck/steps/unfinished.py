"""What earlier runs left unmade: reports that failed, were held back, or were under way when their run died.

The trail knows, for it has every run with what was asked for and what came of it. What a run pulled for such a report stands:
a report that is made again is made of the same snapshots as the others of its run, and only what failed is pulled anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from quarterdeck.audit.records import Run
from quarterdeck.config import PORTFOLIO
from quarterdeck.model import Role
from quarterdeck.steps.outcome import write_outcome
from quarterdeck.steps.plan import Plan
from quarterdeck.steps.retry import EVERYTHING, Asked
from quarterdeck.steps.tables import FIGURES
from quarterdeck.wiring import Parts

_UNMADE = frozenset({"failed", "blocked", ""})


@dataclass(frozen=True, slots=True)
class Unfinished:
    """The reports of one period that are to be made again, and how the run went about it that left them."""

    plan: Plan
    deliver: bool
    as_of_then: bool


def unfinished(parts: Parts, roles: Mapping[str, Role], asked: Asked = EVERYTHING) -> tuple[Unfinished, ...]:
    """What is unmade of what is asked for, the oldest period first. A report counts by the last run that had it."""
    last: dict[tuple[str, str, str], tuple[str, Run]] = {}
    for run in reversed(parts.audit.runs()):
        for tenant, role in run.parameters["reports"]:
            last[run.parameters["period"], tenant, role] = (_came_to(run, tenant, role), run)
    left: dict[tuple[str, bool, bool], list[tuple[str, str]]] = {}
    for (of, tenant, role), (status, run) in last.items():
        if status in _UNMADE and asked.wants(of, tenant, role) and _is_known(parts, roles, tenant, role):
            how = run.parameters
            left.setdefault((of, how["deliver"], how.get("as_of_then", False)), []).append((tenant, role))
    ordered = sorted(left.items(), key=lambda entry: (parts.period(PORTFOLIO, entry[0][0]).start, entry[0]))
    return tuple(Unfinished(_plan(parts, of, reports), deliver, then) for (of, deliver, then), reports in ordered)


def kept_pulls(parts: Parts, plan: Plan) -> dict[tuple[str, str], str]:
    """By tenant and source, the outcome of each pull of a plan's period that went well: it is not pulled again."""
    return {(tenant, source): outcome for tenant in plan.tenants for source, outcome in _kept(parts, tenant, plan.period)}


def _kept(parts: Parts, tenant: str, period: str) -> Iterator[tuple[str, str]]:
    figures = parts.snapshots.current(tenant, period, FIGURES)
    pulls = figures.find("pulls") if figures else None
    if pulls is None:
        return
    rows = parts.snapshots.read(tenant, "pulls", pulls.digest).to_pylist()
    own = [row for row in rows if row["tenant"] == tenant]
    for entry in parts.settings.tenant(tenant).sources:
        statuses = {row["status"] for row in own if row["source"] == entry.id}
        manifest = parts.snapshots.current(tenant, period, entry.id)
        if statuses == {"read"} and manifest is not None and manifest.kind == entry.kind:
            yield entry.id, write_outcome(manifest)


def _came_to(run: Run, tenant: str, role: str) -> str:
    """A report's revision or status in a run; empty where the run did not come to tell."""
    reports: Mapping[str, Any] = (run.outcome or {}).get("reports", {})
    return str(reports.get(f"{tenant}_{role}_{run.parameters['period']}", ""))


def _is_known(parts: Parts, roles: Mapping[str, Role], tenant: str, role: str) -> bool:
    """Whether the settings still have them: what was removed since is wanted by nobody."""
    return role in roles and any(tenant == each.id for each in parts.settings.tenants)


def _plan(parts: Parts, period: str, reports: list[tuple[str, str]]) -> Plan:
    chosen = {tenant for tenant, _ in reports}
    measured = [each.id for each in parts.settings.tenants if PORTFOLIO in chosen or each.id in chosen]
    return Plan(period, tuple(measured), tuple(reports))
