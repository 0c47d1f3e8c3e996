"""The steps as text in, text out: what travels between the parts of a run, whoever carries them out.

Plain text goes to another process and comes back, is recognised again after a retry, and is kept as it is. Prefect's tasks
and the run without a server call these, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from quarterdeck.model import Role
from quarterdeck.steps.boards import sync_after
from quarterdeck.steps.deliver import DeliveryCounts
from quarterdeck.steps.measure import measure_tenant
from quarterdeck.steps.outcome import read_outcome, write_outcome
from quarterdeck.steps.pull import pull
from quarterdeck.steps.report import Filed, make_report
from quarterdeck.steps.send import send_reports
from quarterdeck.steps.tables import Basis
from quarterdeck.wiring import open_parts


def pulled(config: str, tenant: str, source: str, period: str, as_of_then: bool = False) -> str:
    """Pull one source of one tenant; the manifest of its snapshots as JSON."""
    parts = open_parts(Path(config))
    return write_outcome(pull(parts, tenant, source, parts.period(tenant, period), as_of_then=as_of_then))


def measured(config: str, tenant: str, period: str, outcomes: Sequence[str], members: Mapping[str, str]) -> str:
    """Work out one tenant's KPIs and findings from what its sources gave; the basis of its reports as text."""
    parts = open_parts(Path(config))
    bases = [(member, Basis.parse(text)) for member, text in members.items()]
    return str(measure_tenant(parts, tenant, parts.period(tenant, period), [read_outcome(text) for text in outcomes], bases))


def reported(config: str, tenant: str, role: Role, period: str, basis: str) -> str:
    """Make and file one role's report of one tenant; what was filed as JSON."""
    parts = open_parts(Path(config))
    return make_report(parts, role, tenant, parts.period(tenant, period), Basis.parse(basis)).to_json()


def delivered(config: str, filed: Sequence[str], send: bool, revise: bool) -> DeliveryCounts:
    """Deliver what was filed, each report once to each reader, then sync the boards. Without `send` nothing goes out."""
    parts, reports = open_parts(Path(config)), [Filed.from_json(text) for text in filed]
    counts = send_reports(parts, reports, send=send, revise=revise)
    return replace(counts, problems=(*counts.problems, *sync_after(parts, reports))) if send else counts
