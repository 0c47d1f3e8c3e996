"""What a run did, in the form that the command line prints and docs/schemas/run.schema.json pins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from quarterdeck.errors import Problem, QuarterdeckError, Where

if TYPE_CHECKING:  # the command line imports this module, and must not pay for pandas to say --help
    from quarterdeck.steps.report import Filed

COUNTS = ("planned", "sent", "already", "unknown", "failed", "held")


class RunFailedError(Exception):
    """A run of which a part failed; `summary` is what it did all the same, as the contract has it."""

    def __init__(self, message: str, summary: Mapping[str, Any]) -> None:
        super().__init__(message, summary)  # both, so that it comes back whole from another process
        self.message = message
        self.summary = dict(summary)

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report of a run: `filed`, `failed`, or `blocked` by a required source."""

    report_id: str
    tenant: str
    role: str
    status: str
    revision: str | None = None
    paths: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run in numbers and lines; it went well only where there is no problem and nothing unknown or failed.

    `remarks` are lines for a person that speak of no failure: what waits, and for whom. `gone` names the report, revision and
    channel of each message that this process has sent; what is told of a run elsewhere does not hold it.
    `estimate` is what the pulls were expected to cost, as the contract has it; None where nobody charges for them.
    """

    periods: tuple[str, ...]
    reports: tuple[ReportLine, ...]
    deliveries: Mapping[str, int]
    problems: tuple[Problem, ...]
    remarks: tuple[str, ...] = ()
    gone: tuple[tuple[str, str, str], ...] = ()
    estimate: Mapping[str, Any] | None = None

    @property
    def went_well(self) -> bool:
        return not self.problems and not any(self.deliveries.get(name) for name in ("unknown", "failed", "held"))

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> RunSummary:
        """A summary out of the contract's form."""
        lines = tuple(ReportLine(**line) for line in told["reports"])
        problems = tuple(problem_from(problem) for problem in told["problems"])
        return cls(
            tuple(told["periods"]),
            lines,
            dict(told["deliveries"]),
            problems,
            tuple(told.get("remarks", ())),
            estimate=told.get("estimate"),
        )

    def as_dict(self) -> dict[str, Any]:
        return {
            "periods": list(self.periods),
            "reports": [_line(line) for line in self.reports],
            "deliveries": {name: self.deliveries.get(name, 0) for name in COUNTS},
            "problems": [problem_dict(problem) for problem in self.problems],
            "remarks": list(self.remarks),
            **({} if self.estimate is None else {"estimate": dict(self.estimate)}),
        }


def problem_from(told: Mapping[str, Any]) -> Problem:
    """A problem out of the contract's form."""
    return Problem(told["what"], Where(**told["where"]) if told["where"] else None, told["remedy"])


def problem_dict(problem: Problem) -> dict[str, Any]:
    """A problem as the contract has it; `where` is null where it has no place in a file."""
    where = asdict(problem.where) if problem.where else None
    return {"what": problem.what, "where": where, "remedy": problem.remedy}


def problem_of(error: BaseException, what: str) -> Problem:
    """An error as one line for a person; one that nobody foresaw names its type."""
    if isinstance(error, QuarterdeckError):
        return Problem(f"{what}: {error.problem.what}", error.problem.where, error.problem.remedy)
    return Problem(f"{what}: {type(error).__name__}: {error}", remedy="run it again; the log has the details")


def filed_line(filed: Filed) -> ReportLine:
    return ReportLine(filed.report_id, filed.tenant, filed.role, "filed", filed.revision, filed.paths)


def summarise(
    period: str,
    reports: Sequence[ReportLine],
    deliveries: Mapping[str, int],
    problems: Sequence[Problem],
    remarks: Sequence[str] = (),
    gone: Sequence[tuple[str, str, str]] = (),
) -> RunSummary:
    return RunSummary((period,), tuple(reports), dict(deliveries), tuple(problems), tuple(remarks), tuple(gone))


def _line(line: ReportLine) -> dict[str, Any]:
    return {
        "report_id": line.report_id,
        "tenant": line.tenant,
        "role": line.role,
        "status": line.status,
        "revision": line.revision,
        "paths": dict(line.paths),
    }
