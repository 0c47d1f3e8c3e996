"""Events about reports: each delivery one id, what each answer means for it, and what is done about a lost one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks import Webhook as Oracle

from quarterdeck.audit.sqlite import SqliteAudit
from quarterdeck.audit.states import State
from quarterdeck.delivery import Room, Unsettled
from quarterdeck.errors import DeliveryError, DeliveryUnknown
from quarterdeck.render.event import event_data
from quarterdeck.steps.deliver import Policy, deliver
from quarterdeck.steps.parcel import Parcel
from quarterdeck.webhooks.signing import MAX_BYTES, event
from tests.channels import something, webhook
from tests.documents import Document, action, hostile, minimal, sample
from tests.hook_server import SECRET, Clock, Hooks, hook_server
from tests.parcels import NOW, SENDER, envelope


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    with hook_server() as server:
        yield server


def fine() -> None:
    """A last check that finds nothing wrong."""


def test_a_delivery_has_one_id_over_all_its_tries_and_other_ones_have_others(hooks: Hooks, tmp_path: Path) -> None:
    channel = webhook(tmp_path, hooks)
    for attempt, number in (("a1", 0), ("a2", 0), ("a1", 1)):
        channel.send(something(channel, number), attempt, fine)
    first, again, other = hooks.got
    assert first.id == again.id != other.id
    assert first.body == something(channel).message


def test_what_is_sent_is_signed_as_the_standard_says(hooks: Hooks, tmp_path: Path) -> None:
    made = webhook(tmp_path, hooks, lambda: datetime.now(UTC))
    made.send(something(made), "a1", fine)
    assert Oracle(SECRET).verify(hooks.got[0].body, dict(hooks.got[0].headers))


@pytest.mark.parametrize(("status", "permanent"), [(400, True), (404, True), (302, True), (410, True), (429, False)])
def test_a_refusal_says_that_nothing_is_out(hooks: Hooks, tmp_path: Path, status: int, *, permanent: bool) -> None:
    channel = webhook(tmp_path, hooks)
    hooks.reply(status)
    with pytest.raises(DeliveryError) as caught:
        channel.send(something(channel), "a1", fine)
    assert caught.value.permanent is permanent
    assert hooks.url not in str(caught.value)
    assert isinstance(channel.settle(something(channel).label, ("a1",)), Unsettled)


@pytest.mark.parametrize("status", [0, 500, 502, 503, 504])
@pytest.mark.parametrize(("deduplicates", "settled"), [(True, Unsettled.ABSENT), (False, Unsettled.UNSURE)])
def test_a_lost_answer_may_be_sent_again_only_where_the_receiver_looks_at_ids(
    hooks: Hooks, tmp_path: Path, status: int, settled: Unsettled, *, deduplicates: bool
) -> None:
    channel = webhook(tmp_path, hooks, deduplicates=deduplicates)
    hooks.reply(status)
    with pytest.raises(DeliveryUnknown):
        channel.send(something(channel), "a1", fine)
    assert channel.settle(something(channel).label, ("a1",)) is settled


def test_what_an_endpoint_took_is_known_to_other_processes(hooks: Hooks, tmp_path: Path) -> None:
    first = webhook(tmp_path, hooks, deduplicates=False)
    receipt = first.send(something(first), "a1", fine)
    assert webhook(tmp_path, hooks, deduplicates=False).settle(something(first).label, ("a1",)) == receipt


def test_an_endpoint_that_the_settings_name_no_more_gets_nothing(hooks: Hooks, tmp_path: Path) -> None:
    channel = webhook(tmp_path, hooks)
    made = something(channel)
    gone = replace(made, reader=Room("gone"), label=replace(made.label, reader="gone"))
    with pytest.raises(DeliveryError):
        channel.send(gone, "a1", fine)
    assert channel.settle(gone.label, ("a1",)) is Unsettled.UNSURE
    with pytest.raises(DeliveryError):
        channel.send(envelope(channel="webhook"), "a1", fine)
    assert hooks.got == []


@pytest.mark.parametrize(
    "message", [b"", b"hello", b"[]", b'{"type": "x"}', event("report.delivered", NOW, {"text": "x" * MAX_BYTES})]
)
def test_what_is_no_event_is_not_sent(hooks: Hooks, tmp_path: Path, message: bytes) -> None:
    channel = webhook(tmp_path, hooks)
    made = something(channel)
    with pytest.raises(DeliveryError, match="no event"):
        channel.send(replace(made, message=message), "a1", fine)
    assert hooks.got == []


# With the audit trail


def test_a_lost_answer_is_sent_again_and_the_receiver_takes_it_once(hooks: Hooks, tmp_path: Path) -> None:
    clock = Clock()
    channel = webhook(tmp_path, hooks, clock)
    hooks.reply(0)
    hooks.reply(503)
    sent = something(channel)
    audit = SqliteAudit(tmp_path / "audit.sqlite")
    counts = deliver(
        audit,
        channel,
        [Parcel.of(sent, "webhook")],
        owner="me",
        clock=clock,
        policy=Policy(),
        sleep=lambda seconds: clock.later(seconds=seconds),
    )
    row = audit.get(sent.label.key)
    assert row is not None
    assert (row.state, counts.sent, counts.unknown) == (State.SENT, 1, 0)
    assert len(hooks.got) > 1
    assert len(hooks.distinct()) == 1


# What an event says


def told(document: Document) -> Document:
    return event_data(document, "https://reports.example.com/a")


def test_an_event_says_what_a_program_needs_to_show_the_report() -> None:
    said = told(sample())
    assert said["title"] == "Marlin Charters · CFO · October 2026"
    assert said["bottom_line"] == "Cash of $41,237 lasts 7.3 months, and the burn has risen for three months."
    assert said["url"] == "https://reports.example.com/a"
    [first, *_] = said["actions"]
    assert (first["code"], first["priority"], first["due"], first["owner"]) == ("CFO-7K3F", "P1", "2026-11-14", "cfo")
    assert said["kpis_total"] == len(sample()["kpis"])


def test_what_does_not_fit_is_left_out_and_counted() -> None:
    document = sample()
    document["actions"] = [
        action(f"CFO-{number:04d}", "P1", "\U0001f6a4" * 400, "", "cfo", "2026-11-14", "S") for number in range(40)
    ]
    said = told(document)
    assert len(event("report.delivered", NOW, said)) < MAX_BYTES
    assert said["actions_total"] == 40
    assert 0 < len(said["actions"]) < 40


@pytest.mark.parametrize("document", [minimal(), hostile()], ids=["minimal", "hostile"])
def test_any_report_makes_an_event_that_repeats(document: Document) -> None:
    made = event("report.delivered", NOW, told(document))
    assert made == event("report.delivered", NOW, told(document))
    assert len(made) < MAX_BYTES
    assert json.loads(made)["type"] == "report.delivered"
    assert event_data(document, "javascript:alert(1)")["url"] is None
    assert SENDER.spec not in made.decode()
