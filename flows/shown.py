"""A flow run's outcome in Prefect's UI: its reports as a table, what went wrong with its remedy, events, how far it is.

    quarterdeck.report.sent         a report's messages went out, each event one report over one channel
    quarterdeck.report.bounced      messages of a report came back; quarterdeck.report.complained: a reader did
    quarterdeck.run.failed-in-part  a run ended with problems; automations wait for this one

Pages are as long as a person reads, whatever the run: they lead to the archive and the trail, which have everything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from prefect import runtime
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from quarterdeck.errors import Problem
from quarterdeck.steps.estimate import Expected
from quarterdeck.steps.feedback import FeedbackSummary
from quarterdeck.steps.overview import ReportRow, overview
from quarterdeck.steps.summary import RunSummary
from quarterdeck.wiring import Parts
from tasks.ui import attempt, bare, link, plain, tell

_MOST_ROWS = 500
_MOST_PROBLEMS = 100
_TOLD_PROBLEMS = 10  # in an event, which may become a message to a person's phone
_STEP = 0.1  # a progress artifact moves in tenths, for each move is a request

Row = dict[str, Any]


def show_run(parts: Parts, summary: RunSummary) -> None:
    """A run's page: the table of its reports, and its problems where there are any; an event for what it sent."""
    attempt("the run's table", lambda: _table(parts, summary))
    show_problems(summary.problems)
    for (report_id, revision, channel), number in Counter(summary.gone).items():
        tell_of_report("sent", report_id, {"revision": revision, "channel": channel, "messages": number})


def show_problems(problems: Sequence[Problem]) -> None:
    """What went wrong, where, and what to do about it."""
    if problems:
        told = number_of(problems)
        attempt("the problems", lambda: create_markdown_artifact(_listed(problems), key="problems", description=told))


def number_of(problems: Sequence[Problem]) -> str:
    return "1 problem" if len(problems) == 1 else f"{len(problems)} problems"


def show_restated(found: Iterable[object]) -> None:
    """Reports that readers have in another revision than the one that holds now."""
    lines = "\n".join(f"- {plain(str(each))}" for each in found)
    if lines:
        text = f"Reports that were sent and are others now:\n\n{lines}\n"
        attempt("restated reports", lambda: create_markdown_artifact(text, key="restated"))


def show_expected(expected: Expected) -> None:
    """What the sources of a backfill will charge for, before any is asked."""
    lines = "\n".join(f"- {plain(str(each))}" for each in expected.sources)
    text = f"{plain(str(expected))}\n\n{lines}\n"
    attempt("the estimate", lambda: create_markdown_artifact(text, key="estimate", description=plain(str(expected))))


def show_feedback(summary: FeedbackSummary) -> None:
    """What the mail service told, in numbers; its problems; and an event for each report of which something came back."""
    rows = [{"what": name, "number": count} for name, count in summary.counts.items() if count]
    attempt("the numbers", lambda: create_table_artifact(rows, key="feedback", description="What the mail service told"))
    show_problems(summary.problems)
    for (report_id, what), number in summary.back.items():
        tell_of_report(what, report_id, {"messages": number})


def show_boards(rows: Sequence[Row]) -> None:
    """The steps of a sync of boards with their reasons; those that do nothing stay out."""
    names = ("tenant", "action", "title", "reason")
    steps = [{name: plain(str(row[name])) for name in names} for row in rows if row["action"] != "skip"]
    told = f"{len(steps)} steps" if len(steps) <= _MOST_ROWS else f"The first {_MOST_ROWS} of {len(steps)} steps"
    attempt("the plan", lambda: create_table_artifact(steps[:_MOST_ROWS], key="boards", description=told))


def tell_of_report(what: str, report_id: str, payload: Mapping[str, Any]) -> None:
    tell(f"quarterdeck.report.{what}", f"quarterdeck.report.{report_id}", report_id, payload)


def tell_of_failure(summary: RunSummary) -> None:
    """One event for a run that ended with problems, however many runs below it had them."""
    if runtime.flow_run.parent_flow_run_id is not None:
        return
    told = [bare(str(problem)) for problem in summary.problems[:_TOLD_PROBLEMS]]
    payload = {
        "periods": list(summary.periods),
        "not_filed": [line.report_id for line in summary.reports if line.status != "filed"][:_MOST_ROWS],
        "deliveries": {name: number for name, number in summary.deliveries.items() if number},
        "problems": told,
        "more_problems": len(summary.problems) - len(told),
    }
    name = str(runtime.flow_run.name)
    tell("quarterdeck.run.failed-in-part", f"quarterdeck.run.{runtime.flow_run.id}", name, payload)


def progress(key: str, what: str) -> Callable[[float], None]:
    """A bar in the UI; what to call with the share that is done."""
    artifact = attempt("progress", lambda: create_progress_artifact(0.0, key=key, description=plain(what)))
    shown = 0.0

    def move(share: float) -> None:
        nonlocal shown
        if artifact is None or (share < 1 and share - shown < _STEP):
            return
        shown = share
        attempt("progress", lambda: update_progress_artifact(artifact, 100.0 * share))  # type: ignore[arg-type]

    return move


def _table(parts: Parts, summary: RunSummary) -> None:
    rows = sorted(overview(parts, summary), key=lambda row: row.state == "filed")  # what is cut off is what went well
    shown = [_row(row) for row in rows[:_MOST_ROWS]]
    if len(rows) > _MOST_ROWS:
        shown.append({**dict.fromkeys(shown[0], ""), "report": f"and {len(rows) - _MOST_ROWS} more"})
    create_table_artifact(shown, key="run", description=_told(summary))


def _row(row: ReportRow) -> Row:
    page = link(row.link, "open") if row.link else plain(row.place)
    return {
        "report": plain(row.report_id),
        "state": row.state,
        "readers": row.readers,
        "deliveries": row.deliveries,
        "page": page,
    }


def _told(summary: RunSummary) -> str:
    """The run in one line, and each remark in one of its own."""
    counts = ", ".join(f"{name} {count}" for name, count in summary.deliveries.items() if count)
    filed = sum(line.status == "filed" for line in summary.reports)
    told = f"{_periods(summary.periods)}: {filed} of {len(summary.reports)} reports filed; {counts or 'nothing delivered'}"
    return "\n".join((told, *(f"\n- {plain(remark)}" for remark in summary.remarks)))


def _periods(periods: Sequence[str]) -> str:
    return ", ".join(periods) if len(periods) <= 3 else f"{periods[0]} to {periods[-1]}"


def _listed(problems: Sequence[Problem]) -> str:
    lines = [_problem(problem) for problem in problems[:_MOST_PROBLEMS]]
    if len(problems) > _MOST_PROBLEMS:
        lines.append(f"- and {len(problems) - _MOST_PROBLEMS} more, which the run's log has")
    return "\n".join(lines)


def _problem(problem: Problem) -> str:
    place = f"{plain(str(problem.where))}: " if problem.where else ""
    remedy = f"\n    - **What to do:** {plain(problem.remedy)}" if problem.remedy else ""
    return f"- {place}{plain(problem.what)}{remedy}"
