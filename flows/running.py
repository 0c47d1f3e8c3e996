"""One run of a plan: pull, measure, report, deliver; the order of things, whoever carries them out.

What fails stops nobody else; the run keeps what went wrong and tells it at the end. An `Engine` does the work: Prefect's
tasks (on_prefect.py), or threads of this process where there is no server (plain.py).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from quarterdeck.config import PORTFOLIO
from quarterdeck.errors import BlockedError, Problem
from quarterdeck.steps.alert import alert
from quarterdeck.steps.counts import Gone
from quarterdeck.steps.deliver import DeliveryCounts
from quarterdeck.steps.estimate import Expected
from quarterdeck.steps.measure import faults_of
from quarterdeck.steps.outcome import gap_problems, read_outcome, write_outcome
from quarterdeck.steps.plan import Plan
from quarterdeck.steps.pull import failure
from quarterdeck.steps.report import Filed
from quarterdeck.steps.run import record_end, record_start, run_lease
from quarterdeck.steps.summary import COUNTS, ReportLine, RunSummary, filed_line, problem_of, summarise
from quarterdeck.steps.tables import Basis
from quarterdeck.wiring import Parts

_SAY_EVERY = 5
_LOG = logging.getLogger("quarterdeck.run")


Pair = tuple[str, str]  # a tenant, and one of its sources or roles


class Pending(Protocol):
    """A part of a run that was begun."""

    def outcome(self) -> str | BaseException:
        """What it came to, when it has ended, or its error."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """A part of a run that an earlier run has done."""

    text: str

    def outcome(self) -> str | BaseException:
        return self.text


class Engine(Protocol):
    """Who carries out the parts of a run. What is begun runs beside whatever else was begun."""

    @property
    def run_id(self) -> str:
        """The id of this try of the run in the trail."""
        ...

    def pull(self, config: str, tenant: str, source: str, period: str, as_of_then: bool) -> Pending: ...

    def measure(self, config: str, tenant: str, period: str, outcomes: list[str], members: dict[str, str]) -> Pending: ...

    def reports(self, config: str, period: str, bases: Mapping[Pair, str]) -> dict[Pair, Pending]: ...

    def deliver(self, config: str, period: str, filed: list[str], send: bool, revise: bool) -> DeliveryCounts: ...

    def progress(self, key: str, what: str) -> Callable[[float], None]:
        """What to call with the share that is done."""
        ...

    def expect(self, expected: Expected) -> None:
        """Show what the sources will charge for, before any is asked."""
        ...

    def show(self, summary: RunSummary) -> None:
        """Show what a run came to where its users look."""
        ...


Begun = dict[Pair, Pending]


@dataclass(frozen=True, slots=True)
class How:
    """How a run goes about its plan: whether it sends, mails what has changed, and reads a past period as it stood then."""

    deliver: bool = False
    revise: bool = False
    as_of_then: bool = False


@dataclass(frozen=True, slots=True)
class Pulled:
    """What the sources of a plan came to: by tenant, what each gave or why it did not, and the problems on the way."""

    outcomes: dict[str, list[str]]
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Made:
    """What a tenant's part of a run came to: the basis of its figures, where these could be worked out; reports; problems."""

    basis: str | None
    reports: tuple[ReportLine, ...]
    problems: tuple[Problem, ...]


Keep = Callable[[], None]  # what keeps a run's leases, to be called while it makes progress
Apart = Callable[[Keep], Mapping[str, Made]]


def run_plan(
    engine: Engine, parts: Parts, todo: Plan, how: How, pulled: Pulled | None = None, apart: Apart | None = None
) -> RunSummary:
    """Carry out a plan under its leases, on record in the trail; `pulled` is what was pulled for it ahead of time.

    `apart` has tenants made elsewhere, and says by tenant what came of them: they are part of this run all the same.
    """
    with run_lease(parts, todo) as lease:
        record_start(parts, engine.run_id, todo, deliver=how.deliver, as_of_then=how.as_of_then)
        summary = _Run(engine, parts, todo, how, lease.renew).run(pulled, apart)
        record_end(parts, engine.run_id, summary)
        if how.deliver:
            summary = _alerted(parts, engine.run_id, summary)
    engine.show(summary)
    return summary


def make_tenant(engine: Engine, parts: Parts, todo: Plan) -> Made:
    """One tenant's part of a run elsewhere, which holds its leases, records it and delivers: make it and file it."""
    run = _Run(engine, parts, todo, How(), lambda: None)
    lines, bases = run.make(todo, None, {})
    return Made(bases.get(todo.tenants[0]), tuple(lines), tuple(run.problems))


def _alerted(parts: Parts, run_id: str, summary: RunSummary) -> RunSummary:
    """The summary after the operators were told; that they could not be is a remark, for the run is what it was before."""
    problems = alert(parts, run_id, summary)
    for problem in problems:
        _LOG.error("%s", problem)
    return replace(summary, remarks=(*summary.remarks, *map(str, problems)))


def start_pulls(engine: Engine, parts: Parts, todo: Plan, how: How, kept: Mapping[tuple[str, str], str] | None = None) -> Begun:
    """Begin to pull all sources of all tenants of a plan but those of which an outcome is kept."""
    config, known = str(parts.settings.file), kept or {}
    wanted = [(tenant, entry.id) for tenant in todo.tenants for entry in parts.settings.tenant(tenant).sources]
    return {
        pair: Kept(known[pair]) if pair in known else engine.pull(config, *pair, todo.period, how.as_of_then) for pair in wanted
    }


def gather_pulls(parts: Parts, todo: Plan, begun: Begun) -> Pulled:
    """What pulls came to, when all have ended."""
    pulled = Pulled({tenant: [] for tenant in todo.tenants})
    for (tenant, source), pending in begun.items():
        result = pending.outcome()
        if isinstance(result, BaseException):
            pulled.problems.append(problem_of(result, f"source {source} of {tenant}"))
            period = parts.period(tenant, todo.period)
            result = write_outcome(failure(parts, tenant, source, period, result))
        pulled.problems.extend(gap_problems(read_outcome(result)))
        pulled.outcomes[tenant].append(result)
    _LOG.info("pulled %d sources of %d tenants", len(begun), len(todo.tenants))
    return pulled


class _Run:
    """One run of a plan: what it has collected on the way."""

    def __init__(self, engine: Engine, parts: Parts, todo: Plan, how: How, keep: Keep) -> None:
        self.engine, self.parts, self.todo, self.how, self.keep = engine, parts, todo, how, keep
        self.config = str(parts.settings.file)
        self.problems: list[Problem] = []
        self.remarks: tuple[str, ...] = ()
        self.gone: tuple[Gone, ...] = ()
        self.progress = engine.progress("reports", f"{len(todo.reports)} reports")

    def run(self, pulled: Pulled | None, apart: Apart | None) -> RunSummary:
        elsewhere = apart(self.keep) if apart else {}
        others = tuple(tenant for tenant in self.todo.tenants if tenant not in elsewhere)
        own = Plan(self.todo.period, others, tuple(pair for pair in self.todo.reports if pair[0] not in elsewhere))
        made, _ = self.make(own, pulled, {tenant: part.basis for tenant, part in elsewhere.items() if part.basis})
        for part in elsewhere.values():
            self.problems += part.problems
            made += part.reports
        lines = {(line.tenant, line.role): line for line in made}
        self.keep()
        in_order = [lines[pair] for pair in self.todo.reports]
        counts = self._deliver(in_order)
        for problem in self.problems:
            _LOG.error("%s", problem)
        return summarise(self.todo.period, in_order, counts, self.problems, self.remarks, self.gone)

    def make(self, own: Plan, pulled: Pulled | None, known: Mapping[str, str]) -> tuple[list[ReportLine], dict[str, str]]:
        """Make and file the reports of a part of the plan; also the bases of figures, with those of tenants known before."""
        if pulled is None:
            pulled = gather_pulls(self.parts, own, start_pulls(self.engine, self.parts, own, self.how))
        self.problems += pulled.problems
        bases = self._measure(own, pulled.outcomes, known)
        self.keep()
        return self._report(own, bases), bases

    def _measure(self, own: Plan, outcomes: Mapping[str, list[str]], known: Mapping[str, str]) -> dict[str, str]:
        """Every tenant at once, then the portfolio from all of them; by tenant, the basis of its reports."""
        members = [tenant for tenant in own.tenants if tenant != PORTFOLIO]
        bases = {**known, **self._bases({tenant: (outcomes[tenant], {}) for tenant in members})}
        if PORTFOLIO in own.tenants:
            bases |= self._bases({PORTFOLIO: (outcomes[PORTFOLIO], dict(bases))})
        _LOG.info("worked out the figures of %d tenants", len(bases))
        return bases

    def _bases(self, inputs: Mapping[str, tuple[list[str], dict[str, str]]]) -> dict[str, str]:
        begun = {
            tenant: self.engine.measure(self.config, tenant, self.todo.period, outcomes, members)
            for tenant, (outcomes, members) in inputs.items()
        }
        bases: dict[str, str] = {}
        for tenant, pending in begun.items():
            result = pending.outcome()
            if isinstance(result, BaseException):
                self.problems.append(problem_of(result, f"the figures of {tenant}"))
            else:
                bases[tenant] = result
                self.problems += faults_of(self.parts, tenant, Basis.parse(result))
        return bases

    def _report(self, own: Plan, bases: Mapping[str, str]) -> list[ReportLine]:
        """All reports whose figures are there, at once; one line each in the plan's order."""
        ready = {(tenant, role): bases[tenant] for tenant, role in own.reports if tenant in bases}
        begun = self.engine.reports(self.config, self.todo.period, ready)
        done: dict[tuple[str, str], str | BaseException] = {}
        for pair, pending in begun.items():
            done[pair] = pending.outcome()
            self.progress(len(done) / len(own.reports))
            if len(done) % _SAY_EVERY == 0 or len(done) == len(begun):
                _LOG.info("made %d of %d reports", len(done), len(own.reports))
        return [self._line(tenant, role, done.get((tenant, role))) for tenant, role in own.reports]

    def _line(self, tenant: str, role: str, result: str | BaseException | None) -> ReportLine:
        if isinstance(result, str):
            filed = Filed.from_json(result)
            self.problems += filed.problems
            return filed_line(filed)
        report_id = f"{tenant}_{role}_{self.todo.period}"
        if isinstance(result, BlockedError):
            self.problems.append(result.problem)
            return ReportLine(report_id, tenant, role, "blocked")
        if result is not None:
            self.problems.append(problem_of(result, f"{role} of {tenant}"))
        return ReportLine(report_id, tenant, role, "failed")

    def _deliver(self, lines: Iterable[ReportLine]) -> dict[str, int]:
        filed = [
            Filed(line.report_id, line.revision, line.tenant, line.role, self.todo.period, line.paths).to_json()
            for line in lines
            if line.revision is not None
        ]
        try:
            counts = self.engine.deliver(self.config, self.todo.period, filed, self.how.deliver, self.how.revise)
        except Exception as error:  # noqa: BLE001 - what was made must still be told, and the run recorded as failed
            self.problems.append(problem_of(error, "the delivery"))
            return {}
        if counts.outdated:
            _LOG.info("%d readers have an earlier revision; --deliver --revise mails them the new one", counts.outdated)
        self.problems += counts.problems
        self.remarks, self.gone = counts.remarks, counts.gone
        return {name: getattr(counts, name) for name in COUNTS}
