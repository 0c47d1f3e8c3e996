"""What became of deliveries, in numbers, with a line for each that a person must see to or may want to know of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum

from quarterdeck.audit.states import OUT, Delivery, State
from quarterdeck.errors import Problem

UNDER_WAY = frozenset({State.CLAIMED, State.SENDING})
_UNCLEAR = frozenset({State.UNKNOWN, State.HELD})
_BACK = {State.BOUNCED: "came back", State.COMPLAINED: "unwanted by their readers"}
_NAMED = 5  # reports in one line


Gone = tuple[str, str, str]  # the report's id, its revision and the channel of a message that went out


class Try(Enum):
    """What this run did about a delivery."""

    NOT_OURS = "not ours"  # it was not free to be claimed
    UNTRIED = "untried"  # its turn did not come, since the channel took nothing
    REFUSED = "refused"  # for now; it is planned again
    FAILED = "failed"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """What became of the deliveries of a run: `planned` of them in all, each one of the others.

    What waits for its time or an approval, or is skipped for its reader's sake, is no problem and is told in `remarks`; what
    another sender has in hand waits too, and is named among the problems. What came back is a remark, too: it was a problem
    when it was heard of. `outdated` of those that went out before did so in an earlier revision, which is what their readers
    have. `gone` names for each that was sent its report, revision and channel, and no reader.
    """

    planned: int = 0
    sent: int = 0
    already: int = 0
    unknown: int = 0
    failed: int = 0
    held: int = 0
    waiting: int = 0
    skipped: int = 0
    outdated: int = 0
    problems: tuple[Problem, ...] = ()
    remarks: tuple[str, ...] = ()
    gone: tuple[Gone, ...] = ()

    def __add__(self, other: DeliveryCounts) -> DeliveryCounts:
        return DeliveryCounts(**{field.name: getattr(self, field.name) + getattr(other, field.name) for field in fields(self)})


def count(rows: Iterable[Delivery], tried: Mapping[str, Try], now: datetime) -> DeliveryCounts:
    """The rows of a run's deliveries as they stand after it, and what it did about each, by key."""
    counts: Counter[str] = Counter()
    problems: list[Problem] = []
    waiting: list[Delivery] = []
    skipped: list[Delivery] = []
    back: list[Delivery] = []
    gone: list[Gone] = []
    for row in rows:
        outcome = _outcome(row, tried.get(row.key, Try.NOT_OURS), now)
        counts[outcome] += 1
        problems += _problem(row, outcome)
        waiting += [row] if outcome == "waiting" else []
        skipped += [row] if outcome == "skipped" else []
        back += [row] if row.state in _BACK else []
        gone += [(row.report_id, row.revision, row.channel)] if outcome == "sent" else []
    remarks = (*_waiting(waiting, now), *_skipped(skipped), *_came_back(back))
    return DeliveryCounts(planned=counts.total(), problems=tuple(problems), remarks=remarks, gone=tuple(gone), **counts)


def _outcome(row: Delivery, ours: Try, now: datetime) -> str:
    if row.state in OUT:
        return "sent" if ours is Try.SENT else "already"
    if row.state in _UNCLEAR or row.state is State.SKIPPED:
        return row.state.value
    if row.state in UNDER_WAY or row.state is State.AWAITING_APPROVAL:
        return "waiting"
    waits = row.state is State.PLANNED and (ours is Try.NOT_OURS or (ours is Try.UNTRIED and _is_early(row, now)))
    return "waiting" if waits else "failed"


def _is_early(row: Delivery, now: datetime) -> bool:
    return row.not_before is not None and now < row.not_before


def _problem(row: Delivery, outcome: str) -> list[Problem]:
    """What a person must know of a delivery that is not out. The reader is not named: run records keep problems for good."""
    what, show = f"{row.report_id} over {row.channel}", f"`quarterdeck audit show {row.report_id}`"
    if row.state in UNDER_WAY and row.lease_until:
        until = f"{row.lease_until:%Y-%m-%d %H:%M:%S} UTC"
        return [Problem(f"{what} is in the hands of {row.owner} until {until}", remedy="run again after that")]
    if row.state in _UNCLEAR:
        remedy = f"ask the reader that {show} names, then `quarterdeck audit resolve`"
        return [Problem(f"{what}: nobody knows whether it went out: {row.reason}", remedy=remedy)]
    if outcome == "failed":
        reason = row.reason or "the channel refused the others before it"
        again = "`quarterdeck retry --failed`" if row.state is State.FAILED else "`quarterdeck retry`"
        return [Problem(f"{what} was not sent and is {row.state}: {reason}", remedy=f"see {show}, then {again}")]
    return []


def _waiting(rows: Iterable[Delivery], now: datetime) -> Iterable[str]:
    """A line for those that wait for a person, and one for each time that others wait for."""
    approval: list[Delivery] = []
    by_time: dict[datetime, list[Delivery]] = {}
    for row in rows:
        if row.state is State.AWAITING_APPROVAL:
            approval.append(row)
        elif row.not_before is not None and _is_early(row, now):
            by_time.setdefault(row.not_before, []).append(row)
    if approval:
        how = "`quarterdeck audit approve REPORT --by NAME` lets them go"
        yield f"{_number(approval)} for approval: {_names(approval)}; {how}"
    for moment, those in sorted(by_time.items()):
        who = "the next `quarterdeck run --deliver` or `quarterdeck retry` after that sends them"
        yield f"{_number(those)} until {moment:%Y-%m-%d %H:%M} UTC: {_names(those)}; {who}"


def _skipped(rows: Iterable[Delivery]) -> Iterable[str]:
    by_reason: dict[str, list[Delivery]] = {}
    for row in rows:
        by_reason.setdefault(row.reason, []).append(row)
    for reason, those in sorted(by_reason.items()):
        yield f"{len(those)} not sent, {reason}: {_names(those)}"


def _came_back(rows: Iterable[Delivery]) -> Iterable[str]:
    """A line for those that went out and did not arrive, or were not wanted; each was a problem when it was heard of."""
    by_state: dict[State, list[Delivery]] = {}
    for row in rows:
        by_state.setdefault(row.state, []).append(row)
    for state, those in sorted(by_state.items()):
        yield f"{len(those)} {_BACK[state]}: {_names(those)}; `quarterdeck audit show REPORT` names them"


def _number(rows: list[Delivery]) -> str:
    return f"{len(rows)} wait{'s' if len(rows) == 1 else ''}"


def _names(rows: Iterable[Delivery]) -> str:
    """Reports and channels, each once, with how many readers it has where there are several."""
    found = Counter(f"{row.report_id} over {row.channel}" for row in rows)
    named = [f"{name} ({number} readers)" if number > 1 else name for name, number in sorted(found.items())]
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return ", ".join(named[:_NAMED]) + more
