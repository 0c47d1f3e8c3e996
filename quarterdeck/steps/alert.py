"""Those who run it are told when a run that delivers did not go well, and once more when a later one did.

A notice is a delivery like any other, of the portfolio's role `operators`, so it goes out once over all runs. Its revision
is made of what is wrong: the same problems are told once a period, other ones anew, and after an end of trouble all may be
told again. A notice that fails changes nothing of the run.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from quarterdeck.addresses import parse_address
from quarterdeck.audit.records import Filter
from quarterdeck.audit.states import OUT, Delivery, State, delivery_key
from quarterdeck.config import PORTFOLIO
from quarterdeck.delivery import Envelope, Label
from quarterdeck.delivery.checks import ROOMS
from quarterdeck.delivery.message import Letter, build
from quarterdeck.delivery.readers import Reader, Room
from quarterdeck.errors import Problem
from quarterdeck.render import alert as render
from quarterdeck.steps.alert_words import came_back, failed, recovered
from quarterdeck.steps.deliver import Policy, Rules, deliver
from quarterdeck.steps.parcel import Parcel
from quarterdeck.steps.readers import sender_of
from quarterdeck.steps.run import has_died, holder
from quarterdeck.steps.send import turn_of
from quarterdeck.steps.summary import RunSummary, problem_of
from quarterdeck.steps.suppression import suppressed
from quarterdeck.wiring import Parts

OPERATORS = "operators"
_FAILED, _RECOVERED, _HEARD = "failed", "recovered", "heard"
_MAY_KNOW = OUT | {State.UNKNOWN, State.HELD}
_PATIENCE = Policy(retry_for=timedelta(seconds=20))  # the run is over, and nobody waits for this
# What differs from run to run where nothing else does: moments, and the names of processes.
_PASSING = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?( UTC|Z|[+-]\d\d:\d\d)?|[\w.-]+:\d+:\d+")


@dataclass(frozen=True, slots=True)
class _Notice:
    """What is to be told under which revision, to those of `readers`, by channel."""

    alert: render.Alert
    period: str
    revision: str
    readers: Sequence[tuple[str, Reader | Room]]
    date: datetime

    @property
    def report_id(self) -> str:
        return f"{PORTFOLIO}_{OPERATORS}_{self.period}"


def alert(parts: Parts, run_id: str, summary: RunSummary) -> tuple[Problem, ...]:
    """Tell the operators of a run that has ended, where there is something to tell; what could not be told, as problems.

    Whatever goes wrong here is among these problems, and nothing is raised.
    """
    told: list[Problem] = []
    for period in summary.periods:
        try:
            if notice := _notice(parts, run_id, period, summary):
                told += _tell(parts, notice)
                parts.audit.anchor(parts.clock())
        except Exception as error:  # noqa: BLE001 - the run's own account stands, whatever becomes of this
            told.append(problem_of(error, "the operators were not told"))
    return tuple(told)


def alert_of_messages(parts: Parts, period: str, problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Tell the operators at once what became of messages of a period, the same once; what could not be told, as problems."""
    readers = _operators(parts)
    if not readers:
        return ()
    revision = f"{_HEARD}-{_digest(RunSummary((period,), (), {}, tuple(problems)))}"
    try:
        made = came_back(parts, period, problems)
        told = tuple(_tell(parts, _Notice(made, period, revision, readers, parts.clock())))
        parts.audit.anchor(parts.clock())
    except Exception as error:  # noqa: BLE001 - what was taken in stands, whatever becomes of this
        return (problem_of(error, "the operators were not told"),)
    return told


def _notice(parts: Parts, run_id: str, period: str, summary: RunSummary) -> _Notice | None:
    """What a run gives to tell; None where nobody is to be told, or nothing is new."""
    readers = _operators(parts)
    if not readers:
        return None
    rows = parts.audit.list(Filter(report_id=f"{PORTFOLIO}_{OPERATORS}_{period}"))
    ended = {row.revision for row in rows if row.revision.startswith(_RECOVERED)}
    episode, now = f"{len(ended):02}", parts.clock()
    if not summary.went_well:
        revision = f"{_FAILED}-{episode}-{_digest(summary)}"
        return _Notice(failed(parts, run_id, period, summary), period, revision, readers, now)
    known = {(row.channel, row.reader.lower()) for row in rows if _tells_of(row, episode) and row.state in _MAY_KNOW}
    wanted = [pair for pair in readers if (pair[0], pair[1].spec.lower()) in known]
    since = max((row.updated_at for row in rows if row.revision in ended and row.updated_at), default=None)
    gone = _gone(parts, period, summary, since)
    if not wanted or gone is None:
        return None
    return _Notice(recovered(parts, run_id, period, summary, gone), period, f"{_RECOVERED}-{episode}", wanted, now)


def _operators(parts: Parts) -> list[tuple[str, Reader | Room]]:
    """Everybody who is to be told, each with the channel."""
    named, mail = parts.settings.delivery.operators, parts.settings.delivery.channel
    readers = {address.spec.lower(): Reader(address) for address in map(parse_address, named.to)}
    rooms = {name.removeprefix("#").lower(): Room(name) for name in named.slack}
    return [*((mail, reader) for reader in readers.values()), *((ROOMS, room) for room in rooms.values())]


def _digest(summary: RunSummary) -> str:
    """What is wrong, in whatever order it was found, without what is never twice the same."""
    wrong = sorted({_PASSING.sub("", f"{problem.what}\0{problem.where or ''}") for problem in summary.problems})
    lines = sorted(f"{line.report_id}\0{line.status}" for line in summary.reports if line.revision is None)
    return hashlib.sha256("\0\0".join((*wrong, "", *lines)).encode(errors="replace")).hexdigest()[:24]


def _tells_of(row: Delivery, episode: str) -> bool:
    return row.revision.startswith(f"{_FAILED}-{episode}-")


def _gone(parts: Parts, period: str, summary: RunSummary, since: datetime | None) -> tuple[str, ...] | None:
    """The problems of the last run that failed, which are no more; None where this run was not about all that failed."""
    made = {line.report_id for line in summary.reports}
    runs = [run for run in parts.audit.runs() if since is None or run.started > since]
    bad = [
        run.outcome
        for run in runs
        if run.outcome
        and run.outcome.get("problems")
        and run.parameters.get("deliver")
        and run.parameters.get("period") == period
    ]
    if any(not set(outcome["reports"]) <= made for outcome in bad):
        return None
    return tuple(map(str, bad[0]["problems"])) if bad else ()


def _tell(parts: Parts, notice: _Notice) -> Iterable[Problem]:
    rules = Rules(suppressed(parts), lambda row: _objection(parts, row))
    for kind in dict.fromkeys(kind for kind, _ in notice.readers):
        parcels = [Parcel.of(_envelope(parts, notice, kind, reader), kind) for own, reader in notice.readers if own == kind]
        try:
            counts = deliver(
                parts.audit,
                parts.channel_of(kind),
                parcels,
                owner=holder(),
                clock=parts.clock,
                policy=_PATIENCE,
                is_gone=has_died,
                rules=rules,
                turn=turn_of(parts, kind),
                sleep=parts.sleep,
            )
        except Exception as error:  # noqa: BLE001 - one channel that cannot be used keeps no other from its readers
            yield problem_of(error, f"the operators were not told over {kind}")
            continue
        for problem in counts.problems:
            yield Problem(f"the operators were not told: {problem.what}", remedy="the next run that fails tries again")


def _objection(parts: Parts, row: Delivery) -> str:
    """Why a notice must not go out: whom it is for is no operator any more."""
    known = {(kind, reader.spec.lower()) for kind, reader in _operators(parts)}
    return "" if (row.channel, row.reader.lower()) in known else "its reader is no operator any more"


def _envelope(parts: Parts, notice: _Notice, kind: str, reader: Reader | Room) -> Envelope:
    sender = sender_of(parts, PORTFOLIO)
    message = render.post(notice.alert) if isinstance(reader, Room) else build(_letter(parts, notice, reader))
    label = Label(
        key=delivery_key(notice.report_id, notice.revision, kind, reader.spec),
        report_id=notice.report_id,
        revision=notice.revision,
        tenant=PORTFOLIO,
        role=OPERATORS,
        period=notice.period,
        reader=reader.spec,
        content_sha256=hashlib.sha256(message).hexdigest(),
    )
    return Envelope(label, sender, reader, message)


def _letter(parts: Parts, notice: _Notice, reader: Reader) -> Letter:
    return Letter(
        report_id=notice.report_id,
        revision=notice.revision,
        reader=reader.address,
        sender=sender_of(parts, PORTFOLIO),
        to=tuple(operator.address for _, operator in _operators(parts) if isinstance(operator, Reader)),
        subject=notice.alert.title,
        text=render.text(notice.alert),
        html=render.html(notice.alert, parts.templates),
        date=notice.date,
    )
