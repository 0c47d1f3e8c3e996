"""Events of the mail service to the deliveries that they are about: what each changes there, and who is suppressed for it.

An event belongs to the delivery whose attempt it is tagged with, or without a tag to the one whose message it names; never
to one only because the address is the same. Whatever the order of events, deliveries and suppressions end up the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from quarterdeck.audit.happenings import Accept, Hear, Remark
from quarterdeck.audit.records import Filter
from quarterdeck.audit.states import OUT, Delivery, Denied, Event, State
from quarterdeck.errors import Problem
from quarterdeck.feedback import Kind, MailEvent
from quarterdeck.steps.alert import OPERATORS
from quarterdeck.steps.heard import keep_applied
from quarterdeck.steps.suppression import Cause, suppress
from quarterdeck.wiring import Parts

CHANNEL = "ses"
_PATIENCE = timedelta(days=30)  # how long an event waits for a delivery that it could be about
_CAME_BACK = frozenset({"bounced", "complained"})
_BACK = frozenset({Kind.REJECT, Kind.RENDERING_FAILURE})  # taken by the mail service, and not sent
_COUNTED = {
    Kind.SEND: "accepted",
    Kind.DELIVERY: "delivered",
    Kind.DELAY: "delayed",
    Kind.BOUNCE: "bounced",
    Kind.REJECT: "bounced",
    Kind.RENDERING_FAILURE: "bounced",
    Kind.COMPLAINT: "complained",
    Kind.WANTED: "wanted",
}


@dataclass(slots=True)
class Joined:
    """What joining came to: events by what they say, `parked` those that wait, `suppressed` addresses.

    `problems` are told once each, with the period of the report that it is about; empty where it is about none, or about a
    notice to operators, who would be told of that by the next one. `back` counts what came back or was complained about, by
    the report and `bounced` or `complained`.
    """

    counts: Counter[str] = field(default_factory=Counter)
    problems: dict[Problem, str] = field(default_factory=dict)
    back: Counter[tuple[str, str]] = field(default_factory=Counter)


def join(parts: Parts, pending: Iterable[tuple[MailEvent, datetime]]) -> Joined:
    """Let each event happen to its delivery. What none is known for waits for a later run."""
    joining = _Joining(parts)
    for event, noted in sorted(pending, key=lambda pair: _order(pair[0])):
        joining.take(event, noted)
    return joining.joined


def _order(event: MailEvent) -> tuple[bool, datetime, str, str]:
    """Those with tags first: they bring the ids by which the others are found."""
    return not event.attempt, event.at, event.report_id, event.id


class _Joining:
    def __init__(self, parts: Parts) -> None:
        self._parts, self.joined = parts, Joined()
        self._by_report: dict[str, tuple[Delivery, ...]] = {}

    def take(self, event: MailEvent, noted: datetime) -> None:
        row = self._find(event)
        if row is None:
            self._park(event, noted)
        elif not _fits(event, row):
            self._set_aside(event, "it does not fit the delivery that it names")
        else:
            self._happen(event, row)

    def _find(self, event: MailEvent) -> Delivery | None:
        if not event.attempt:
            return self._by_message.get(event.message_id)
        if event.report_id not in self._by_report:  # rows may change meanwhile, but no attempt of theirs goes away
            self._by_report[event.report_id] = self._parts.audit.list(Filter(report_id=event.report_id, channel=CHANNEL))
        return next((row for row in self._by_report[event.report_id] if event.attempt in row.attempts), None)

    @cached_property
    def _by_message(self) -> dict[str, Delivery]:
        return {row.message_id: row for row in self._parts.audit.list(Filter(channel=CHANNEL)) if row.message_id}

    def _park(self, event: MailEvent, noted: datetime) -> None:
        if self._parts.clock() - noted < _PATIENCE:
            self.joined.counts["parked"] += 1
        else:
            keep_applied(self._parts, event, "no delivery is known for it")

    def _set_aside(self, event: MailEvent, why: str) -> None:
        """An event that contradicts what we know changes nothing, and a person is told."""
        if keep_applied(self._parts, event, why):
            what = f"the mail service tells of a {event.kind.value} of message {event.message_id}, and {why}"
            self._tell(Problem(what, remedy="see who else sends through this configuration set or topic"))

    def _happen(self, event: MailEvent, row: Delivery) -> None:
        after = self._accepted(event, row)
        if after.state is State.HELD:
            self.joined.counts["parked"] += 1  # a person decides first, with this as proof
            return
        if after.state not in OUT:
            self._set_aside(event, f"{row.report_id} over {row.channel} is {after.state}")
            return
        if after.message_id and event.message_id != after.message_id:
            show = f"`quarterdeck audit show {row.report_id}` names the reader"
            self._tell(Problem(f"{row.report_id} over {row.channel} went out twice to one reader", remedy=show), row)
        if change := _change(event):
            after = self._apply(row, change)
        self._suppress(event, row)
        about = {"tenant": row.tenant, "report_id": row.report_id, "key": row.key}
        if keep_applied(self._parts, event, after.state.value, **about):
            counted = _COUNTED[event.kind]
            self.joined.counts[counted] += 1
            if counted in _CAME_BACK:
                self.joined.back[row.report_id, counted] += 1
            self._report(event, row)

    def _accepted(self, event: MailEvent, row: Delivery) -> Delivery:
        """The row with what every event proves: the mail service has the message."""
        if row.state in OUT or (row.state is State.HELD and row.message_id):
            return row
        return self._apply(row, Accept(event.attempt, event.message_id, "the mail service tells of it"))

    def _apply(self, row: Delivery, event: Event) -> Delivery:
        """The row after an event, or as it stands where the event changes nothing there."""
        after = self._parts.audit.apply(row.key, event, self._parts.clock())
        return (after.row or row) if isinstance(after, Denied) else after

    def _suppress(self, event: MailEvent, row: Delivery) -> None:
        cause = _cause(event)
        if cause and suppress(self._parts, event.id, row.reader, cause, event.at):
            self.joined.counts["suppressed"] += 1

    def _report(self, event: MailEvent, row: Delivery) -> None:
        what, show = f"{row.report_id} over {row.channel}", f"`quarterdeck audit show {row.report_id}` names the reader"
        lift = "nothing more is sent there until `quarterdeck feedback lift`"
        if event.kind is Kind.COMPLAINT:
            self._tell(Problem(f"{what}: its reader complained", remedy=f"{show}; {lift}"), row)
        elif event.kind is Kind.BOUNCE:
            how, then = ("for good", lift) if event.permanent else ("for now", "the next report is sent all the same")
            self._tell(Problem(f"{what} bounced {how}: {event.said}", remedy=f"{show}; {then}"), row)
        elif event.kind in _BACK:
            self._tell(Problem(f"{what} was taken and not sent: {event.said}", remedy=f"{show}; mend the message"), row)

    def _tell(self, problem: Problem, row: Delivery | None = None) -> None:
        self.joined.problems[problem] = row.period if row and row.role != OPERATORS else ""


def _fits(event: MailEvent, row: Delivery) -> bool:
    """Whether what an event says of itself is true of a delivery: its report, its tenant and its reader."""
    is_ours = event.report_id in ("", row.report_id) and event.tenant in ("", row.tenant)
    return is_ours and event.recipient.lower() == row.reader.lower()


def _change(event: MailEvent) -> Event | None:
    """What an event changes in a delivery that is out."""
    match event.kind:
        case Kind.DELIVERY:
            return Hear(State.DELIVERED)
        case Kind.BOUNCE:
            return Hear(State.BOUNCED, f"bounced {'for good' if event.permanent else 'for now'}: {event.said}")
        case Kind.REJECT | Kind.RENDERING_FAILURE:
            return Hear(State.BOUNCED, f"taken and not sent: {event.said}")
        case Kind.COMPLAINT:
            return Hear(State.COMPLAINED, f"the reader complained: {event.said}".removesuffix(": "))
        case Kind.DELAY:
            return Remark(f"delayed: {event.said}")
        case Kind.SEND | Kind.WANTED:
            return None


def _cause(event: MailEvent) -> Cause | None:
    """Why an event suppresses its reader, if it does."""
    if event.kind is Kind.COMPLAINT:
        return Cause.COMPLAINT
    return Cause.BOUNCE if event.kind is Kind.BOUNCE and event.permanent else None
