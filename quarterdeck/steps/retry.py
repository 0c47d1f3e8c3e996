"""What is planned and not sent, from the trail and the archive: nothing is pulled, and nothing is made.

It sends what waited for its time, for an approval, or for a channel that took nothing, each once. A delivery that was
refused for good is taken up again only where that is asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from quarterdeck.audit.happenings import Close
from quarterdeck.audit.records import Filter
from quarterdeck.audit.states import Delivery, State
from quarterdeck.config import TenantSettings
from quarterdeck.steps.board import tell_waiting
from quarterdeck.steps.counts import UNDER_WAY, DeliveryCounts, count
from quarterdeck.steps.deliver import SUPERSEDED, TAKEN_BACK
from quarterdeck.steps.parcels import Post, parcels_of
from quarterdeck.steps.plan import period_of
from quarterdeck.steps.readers import objection
from quarterdeck.steps.report import filed_in
from quarterdeck.steps.send import publish, send_parcels
from quarterdeck.steps.summary import COUNTS, RunSummary, filed_line
from quarterdeck.wiring import Parts

_UNSENT = frozenset({State.PLANNED, State.AWAITING_APPROVAL, State.UNKNOWN}) | UNDER_WAY
_WAITING = frozenset({State.PLANNED, State.AWAITING_APPROVAL})


@dataclass(frozen=True, slots=True)
class Asked:
    """Which deliveries to look at; what is empty does not restrict. With `failed` also those that were refused for good."""

    period: str = ""
    tenants: Collection[str] = ()
    roles: Collection[str] = ()
    failed: bool = False

    def holds(self, row: Delivery) -> bool:
        return self.wants(self.period, row.tenant, row.role)

    def wants(self, period: str, tenant: str, role: str) -> bool:
        """Whether a report is one of those; `period` as the trail writes it."""
        return (
            self.period in ("", period)
            and (not self.tenants or tenant in self.tenants)
            and (not self.roles or role in self.roles)
        )


EVERYTHING = Asked()


def retry(parts: Parts, asked: Asked = EVERYTHING) -> RunSummary:
    """Send what is not sent of the revisions that hold; what has gone out counts as `already`. Notices to operators are
    none of it: they are news of a run, and stale without it.

    ConfigError for a tenant or period that there is not; AuditError where the trail cannot be kept.
    """
    period = period_of(asked.period, parts.settings, parts.clock(), ()).text if asked.period else ""
    asked = replace(asked, period=period)
    rows = [row for row in parts.audit.list(Filter(period=period)) if asked.holds(row)]
    _require_known(parts, asked.tenants, rows)
    current, others = _by_force(parts, rows)
    outdated = [row for row in others if row.state in _WAITING]
    rows = [row for row in current if row.state is not State.CANCELLED and not _let_go(parts, row)]
    wanted = _UNSENT | ({State.FAILED} if asked.failed else set())
    unsent = {row.key: row for row in rows if row.state in wanted and not objection(parts, row)}
    filed = [filed_in(parts, row.tenant, row.role, row.period, row.revision) for row in _one_each(unsent.values())]
    post = Post()
    for report in filed:
        post += parcels_of(parts, report, revise=True, only=unsent)
    counts = send_parcels(parts, post.parcels)
    counts += DeliveryCounts(planned=post.failed, failed=post.failed, problems=post.problems)
    counts += count([row for row in rows if row.key not in unsent], {}, parts.clock())
    counts += _left(outdated)
    if unsent:
        counts = replace(counts, problems=(*counts.problems, *publish(parts)))
        parts.audit.anchor(parts.clock())
    return RunSummary(
        periods=tuple(dict.fromkeys(report.period for report in filed)) or ((period,) if period else ()),
        reports=tuple(filed_line(report) for report in filed),
        deliveries={name: getattr(counts, name) for name in COUNTS},
        problems=(*counts.problems, *tell_waiting(parts, _boards(parts, asked))),
        remarks=counts.remarks,
        gone=counts.gone,
    )


def _boards(parts: Parts, asked: Asked) -> list[TenantSettings]:
    """The tenants whose receivers of cards are told what waits: what waits there is of no one period or role."""
    is_narrow = bool(asked.period or asked.roles)
    return [] if is_narrow else [each for each in parts.settings.tenants if not asked.tenants or each.id in asked.tenants]


def revision_in_force(parts: Parts, report_id: str, rows: Iterable[Delivery]) -> str:
    """The revision of a report that holds: the one filed last, unless its deliveries gave way to another one since.

    That is so where a source went back to what it was: the report is the earlier one again, which was filed long ago.
    Empty where the trail has no report of the id.
    """
    gave_way = {row.revision: row.reason.removeprefix(SUPERSEDED) for row in rows if _gave_way(row)}
    filed = [report.revision for report in parts.audit.reports(report_id)]
    current = filed[-1] if filed else ""
    seen: set[str] = set()
    while current in gave_way and current not in seen:
        seen.add(current)
        current = gave_way[current]
    return current


def _left(outdated: Sequence[Delivery]) -> DeliveryCounts:
    """What waits of revisions that another one was filed after, which nobody has asked to be delivered."""
    reports = ", ".join(sorted({row.report_id for row in outdated}))
    told = f"{len(outdated)} not sent, as a newer revision is filed: {reports}; `quarterdeck run --deliver` sends that one"
    return DeliveryCounts(planned=len(outdated), waiting=len(outdated), remarks=(told,) if outdated else ())


def _gave_way(row: Delivery) -> bool:
    return row.state is State.CANCELLED and row.reason.startswith(SUPERSEDED)


def _by_force(parts: Parts, rows: Iterable[Delivery]) -> tuple[list[Delivery], list[Delivery]]:
    """The deliveries of each filed report's revision that holds, and those of its others."""
    by_report: dict[str, list[Delivery]] = {}
    for row in rows:
        by_report.setdefault(row.report_id, []).append(row)
    current: list[Delivery] = []
    others: list[Delivery] = []
    for report_id, own in by_report.items():
        holding = revision_in_force(parts, report_id, own)
        current += [row for row in own if row.revision == holding]
        others += [row for row in own if holding and row.revision != holding]
    return current, others


def _let_go(parts: Parts, row: Delivery) -> bool:
    """Take back what waits for somebody who is no reader any more; whether it was taken back."""
    why = objection(parts, row) if row.state in _WAITING else ""
    if why:
        parts.audit.apply(row.key, Close(State.CANCELLED, f"{TAKEN_BACK}{why}"), parts.clock())
    return bool(why)


def _one_each(rows: Iterable[Delivery]) -> Iterable[Delivery]:
    """One row for each report."""
    by_report: Mapping[str, Delivery] = {row.report_id: row for row in rows}
    return by_report.values()


def _require_known(parts: Parts, tenants: Iterable[str], rows: Iterable[Delivery]) -> None:
    """A tenant that the settings name no more is known as long as the trail remembers it."""
    remembered = {row.tenant for row in rows}
    for tenant in tenants:
        if tenant not in remembered:
            parts.settings.tenant(tenant)
