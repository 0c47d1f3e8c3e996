"""Whatever the order in which events are told, how often, and where a run is cut off: the end is the same."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quarterdeck.audit import AuditStore, State
from quarterdeck.audit.happenings import Accept
from quarterdeck.steps.feedback import take_in
from quarterdeck.steps.heard import HEARD
from quarterdeck.steps.suppression import suppressed
from tests.feeding import MEMORY, Station, about, lost, sending, station
from tests.postbox import event

TELLING = ("Send", "Delivery", "DeliveryDelay", "Bounce", "Transient", "Complaint", "not-spam", "Reject")
WORST = {
    "Complaint": State.COMPLAINED,
    "Bounce": State.BOUNCED,
    "Transient": State.BOUNCED,
    "Reject": State.BOUNCED,
    "Delivery": State.DELIVERED,
}
MESSAGE = "m1"


@contextmanager
def fresh() -> Iterator[Station]:
    """A station of its own for each example."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        yield station(Path(folder))


def told(row: Any, what: str, *, tagged: bool) -> dict[str, Any]:
    """An event about a delivery, with its tags or as the other dialect has it."""
    type, section = {
        "Transient": ("Bounce", {"bounceType": "Transient", "feedbackId": "t"}),
        "not-spam": ("Complaint", {"complaintFeedbackType": "not-spam", "feedbackId": "n"}),
    }.get(what, (what, {}))
    if tagged:
        return about(row, type, section, message_id=MESSAGE)
    return event(type, section, "notificationType", message_id=MESSAGE, reader=row.reader)


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(
    kinds=st.lists(st.tuples(st.sampled_from(TELLING), st.booleans()), min_size=1, max_size=6),
    runs=st.lists(st.integers(0, 12), max_size=4),
    accepted=st.integers(0, 12),
    starts=st.sampled_from(["sending", "lost"]),
    data=st.data(),
)
def test_states_and_suppressions_are_the_same_in_the_end(
    kinds: list[tuple[str, bool]], runs: list[int], accepted: int, starts: str, data: st.DataObject
) -> None:
    """Events in any order, some twice, runs in between, and the sender's own record of the id at any time or lost."""
    with fresh() as at:
        row = (sending if starts == "sending" else lost)(at)
        documents = [told(row, kind, tagged=tagged) for kind, tagged in kinds]
        order = data.draw(st.permutations([*documents, *data.draw(st.lists(st.sampled_from(documents), max_size=3))]))
        for number, document in enumerate(order):
            if number == accepted:
                at.parts.audit.apply(row.key, Accept(row.attempt, MESSAGE), at.clock.now)
            if number in runs:
                at.take_in()
            at.queue.put(document)
        at.parts.audit.apply(row.key, Accept(row.attempt, MESSAGE), at.clock.now)
        at.take_in()
        named = {kind for kind, _ in kinds}
        worst = next((state for kind, state in WORST.items() if kind in named), State.SENT)
        assert (at.row(row).state, at.row(row).message_id) == (worst, MESSAGE)
        assert list(suppressed(at.parts)) == (["ana@example.com"] if named & {"Bounce", "Complaint"} else [])
        assert at.take_in().counts["parked"] == 0
        assert len(at.parts.audit.notes(HEARD)) == len({(kind, tagged) for kind, tagged in kinds})
        assert at.parts.audit.verify().ok


class Cut(Exception):
    """The process ends here."""


class Fragile:
    """A store that ends the process before or after one of its writes."""

    def __init__(self, store: AuditStore, last: int, *, after: bool) -> None:
        self._store, self._left, self._after = store, last, after

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if name not in ("note", "apply"):
            return method

        def written(*given: Any) -> Any:
            self._left -= 1
            if self._left < 0 and not self._after:
                raise Cut
            result = method(*given)
            if self._left < 0:
                raise Cut
            return result

        return written


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_run_that_is_cut_off_at_any_write_is_made_up_for(after: bool) -> None:
    scenarios = 0
    is_cut = True
    while is_cut:
        is_cut = cut_off_and_made_up_for(scenarios, after=after)
        scenarios += is_cut
    assert scenarios > 10, "there are more writes than that"


def cut_off_and_made_up_for(last: int, *, after: bool) -> bool:
    """A run that ends before or after its last write, then a whole one; False where the first was whole, too."""
    with fresh() as at:
        row = lost(at)
        at.queue.put(told(row, "Send", tagged=True), told(row, "Bounce", tagged=True), told(row, "Complaint", tagged=False))
        store = at.parts.audit
        at.parts.__dict__["audit"] = Fragile(store, last, after=after)
        is_cut = False
        try:
            take_in(at.parts, feed=at.feed)
        except Cut:
            is_cut = True
        at.parts.__dict__["audit"] = store
        at.clock.pass_by(10)
        at.take_in()
        assert (at.row(row).state, at.row(row).message_id) == (State.COMPLAINED, MESSAGE)
        assert suppressed(at.parts) == {"ana@example.com": "the reader complained on 2026-11-04"}
        assert not at.queue.messages
        assert store.verify().ok
        return is_cut
