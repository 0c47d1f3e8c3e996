"""Past periods, one after the other, the oldest first: what to make, what is made already, what was told otherwise.

A period that was made by this code from these settings, and of which nothing has changed since, is not made again: so a
backfill that was stopped goes on where it was. That is remembered in the trail, as notes of the kind `backfill`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quarterdeck import codec
from quarterdeck.audit.records import Filter, Note
from quarterdeck.audit.states import OUT
from quarterdeck.config import PORTFOLIO, Settings
from quarterdeck.errors import ConfigError, QuarterdeckError
from quarterdeck.model import Role
from quarterdeck.render.site.compare import compare
from quarterdeck.steps.plan import Plan, period_of, plan
from quarterdeck.steps.pulls import looked_back_on
from quarterdeck.steps.report import filed_in
from quarterdeck.steps.summary import COUNTS, ReportLine, RunSummary, filed_line
from quarterdeck.steps.tables import FIGURES
from quarterdeck.wiring import Parts

MOST_PERIODS = 600
_KIND = "backfill"


@dataclass(frozen=True, slots=True)
class Restated:
    """A report that readers have in another revision, and what a reader would see changed."""

    report_id: str
    sent: str
    now: str
    changes: tuple[str, ...]

    def __str__(self) -> str:
        told = "; ".join(self.changes) or "its words only"
        return f"{self.report_id} was sent as revision {self.sent[:12]} and is now {self.now[:12]}: {told}"


def plan_backfill(
    settings: Settings,
    roles: Mapping[str, Role],
    *,
    now: datetime,
    first: str,
    last: str,
    tenants: Sequence[str] = (),
    wanted_roles: Sequence[str] = (),
    deliver: bool = False,
) -> tuple[Plan, ...]:
    """A plan for each period from `first` to `last`, both among them; ConfigError where these are no range."""
    begin, end = (period_of(text, settings, now, settings.members) for text in (first, last))
    if begin.kind is not end.kind:
        raise ConfigError(
            f"{first} and {last} are not of one kind", remedy="name two months, two weeks, two quarters or two years"
        )
    if end.start < begin.start:
        raise ConfigError(f"{last} lies before {first}", remedy="name the oldest period first")
    periods = begin.until(end)
    if len(periods) > MOST_PERIODS:
        raise ConfigError(f"{first} to {last} are {len(periods)} periods, more than {MOST_PERIODS}", remedy="do it in parts")
    asked = {"tenants": tenants, "wanted_roles": wanted_roles, "deliver": deliver}
    return tuple(plan(settings, roles, now=now, period=period.text, **asked) for period in periods)  # type: ignore[arg-type]


def made_before(parts: Parts, todo: Plan, *, deliver: bool) -> RunSummary | None:
    """What a plan came to before, where nothing that it hangs on has changed since; None where it must be made."""
    made_of = [_identity(parts, todo, deliver=deliver), _figures(parts, todo)]
    for note in reversed(parts.audit.notes(_KIND)):
        if note.facts["made_of"] == made_of:
            return _summary(parts, todo, note.facts)
    return None


def remember(parts: Parts, todo: Plan, summary: RunSummary, *, deliver: bool) -> None:
    """Note that a plan was carried out whole; one of which a part failed is made again the next time."""
    if not summary.went_well:
        return
    facts = {
        "period": todo.period,
        "made_of": [_identity(parts, todo, deliver=deliver), _figures(parts, todo)],
        "reports": {line.report_id: line.revision for line in summary.reports},
        "deliveries": dict(summary.deliveries),
    }
    parts.audit.note(Note(_KIND, codec.digest(facts), PORTFOLIO, "", parts.clock(), facts))


def restated(parts: Parts, lines: Iterable[ReportLine]) -> Iterator[Restated]:
    """The reports that were sent in another revision than the one that is filed now, and what differs."""
    for line in lines:
        if line.revision is None:
            continue
        rows = parts.audit.list(Filter(report_id=line.report_id, states=OUT))
        sent = {row.revision for row in rows}
        if not sent or line.revision in sent:
            continue
        latest = max(rows, key=lambda row: (row.updated_at is not None, row.updated_at)).revision
        yield Restated(line.report_id, latest, line.revision, _changes(parts, line, latest))


def together(summaries: Sequence[RunSummary]) -> RunSummary:
    """Several runs as one: every period, report and problem, the counts added up."""
    return RunSummary(
        tuple(period for summary in summaries for period in summary.periods),
        tuple(line for summary in summaries for line in summary.reports),
        {name: sum(summary.deliveries.get(name, 0) for summary in summaries) for name in COUNTS},
        tuple(problem for summary in summaries for problem in summary.problems),
        tuple(remark for summary in summaries for remark in summary.remarks),
        tuple(each for summary in summaries for each in summary.gone),
    )


def _identity(parts: Parts, todo: Plan, *, deliver: bool) -> str:
    """What a plan's outcome hangs on besides its data: the code, the settings, and what was asked for.

    Of the environment that is what a reader sees; what else it holds, secrets among it, goes into no digest that is kept.
    """
    environment = parts.settings.environment
    seen = [environment.sender, list(environment.recipients), list(environment.bcc)]
    written = hashlib.sha256(parts.settings.file.read_bytes()).hexdigest()
    return codec.digest([parts.code_version, written, seen, [list(pair) for pair in todo.reports], todo.period, deliver])


def _figures(parts: Parts, todo: Plan) -> str:
    """A digest of the figures that stand for a plan's tenants and of those that they look back on; a correction changes it."""
    found = []
    for tenant in todo.tenants:
        period = parts.period(tenant, todo.period)
        known = parts.snapshots.past(tenant, FIGURES, [each.text for each in (period, *looked_back_on(period))])
        found += [[tenant, of, sorted(entry.digest for entry in known[of].tables)] for of in sorted(known)]
    return codec.digest(found)


def _summary(parts: Parts, todo: Plan, facts: Mapping[str, Any]) -> RunSummary | None:
    """A run that is not made again; None where the archive no longer holds one of its reports as it was filed."""
    lines = []
    for tenant, role in todo.reports:
        revision = facts["reports"][f"{tenant}_{role}_{todo.period}"]
        try:
            parts.archive.document(tenant, role, todo.period, revision)
        except QuarterdeckError:
            return None
        lines.append(filed_line(filed_in(parts, tenant, role, todo.period, revision)))
    return RunSummary((todo.period,), tuple(lines), _counted(facts["deliveries"]), ())


def _counted(before: Mapping[str, int]) -> dict[str, int]:
    """The counts of a run that is not made again: what it sent has been sent already."""
    return {**dict.fromkeys(COUNTS, 0), "planned": before["planned"], "already": before["sent"] + before["already"]}


def _changes(parts: Parts, line: ReportLine, sent: str) -> tuple[str, ...]:
    period = line.report_id.removeprefix(f"{line.tenant}_{line.role}_")
    try:
        before, after = (
            parts.archive.document(line.tenant, line.role, period, revision) for revision in (sent, line.revision or "")
        )
    except QuarterdeckError as error:
        return (f"what was sent cannot be compared: {error.problem.what}",)
    return tuple(_told(change) for change in compare(before, after).kpis)


def _told(change: Any) -> str:
    return f"{change.label} {change.before} → {change.after}"
