"""Mail servers and Slack under the trail's states: lost answers, refusals and crashes, each message once or held by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quarterdeck.audit.records import Filter
from quarterdeck.audit.sqlite import SqliteAudit
from quarterdeck.audit.states import Delivery, State
from quarterdeck.delivery import Channel, Envelope, Receipt, Room
from quarterdeck.delivery.slack import Slack, SlackOptions
from quarterdeck.delivery.smtp import Smtp, SmtpOptions
from quarterdeck.render.slack import message, section
from quarterdeck.steps.deliver import DeliveryCounts, Parcel, Policy, deliver
from tests.mail_servers import HOST, Drop, scripted_server
from tests.parcels import SENDER, envelope, means
from tests.slack_server import TOKEN, slack_server
from tests.slack_server import Slack as Server


class World:
    """A trail, a clock that only sleeping moves, and a run of delivery over a channel, made anew for each run."""

    def __init__(self, folder: Path) -> None:
        self.audit = SqliteAudit(folder / "audit.sqlite")
        self.now = datetime(2026, 11, 3, 8, tzinfo=UTC)

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def run(self, channel: Channel, *parcels: Parcel, retry_for: timedelta = timedelta(0)) -> DeliveryCounts:
        policy = Policy(retry_for=retry_for)
        return deliver(
            self.audit,
            channel,
            parcels,
            owner="one",
            clock=lambda: self.now,
            policy=policy,
            sleep=self.sleep,
            chance=lambda: 1.0,
        )

    def row(self) -> Delivery:
        [row] = self.audit.list(Filter())
        return row


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with slack_server() as slack:
        monkeypatch.setattr(Slack, "api", slack.api)
        yield slack


def bot(world: World) -> Slack:
    """A bot in a process of its own, whose clock is the world's."""
    options = SlackOptions(token="${env:TOKEN}")
    return Slack(means(Path(), TOKEN=TOKEN), options, lambda: int(world.now.timestamp() * 1e9), world.sleep)


def post() -> Parcel:
    made = envelope("#reports", message=message("October", [section(["October"])]), channel="slack")
    return Parcel.of(Envelope(made.label, SENDER, Room("#reports"), made.message), "slack")


def mail() -> Parcel:
    return Parcel.of(envelope(channel="smtp"), "smtp")


def smtp(port: int) -> Smtp:
    return Smtp(means(Path()), SmtpOptions(host=HOST, port=port, security="none"))


def test_a_post_whose_answer_was_lost_counts_as_sent_at_once(world: World, server: Server) -> None:
    server.faults["chat.postMessage"] = ["lost"]
    assert world.run(bot(world), post()).sent == 1
    assert world.row().state is State.SENT
    assert len(server.posts["C0REPORTS"]) == 1


def test_a_post_that_slack_never_had_is_unknown_and_the_next_run_posts_it(world: World, server: Server) -> None:
    server.faults["chat.postMessage"] = ["drop"]
    first = world.run(bot(world), post())
    assert (first.unknown, world.row().state) == (1, State.UNKNOWN)
    assert world.run(bot(world), post()).sent == 1
    assert len(server.posts["C0REPORTS"]) == 1
    assert len(world.row().attempts) == 2


def test_a_post_that_came_late_is_not_posted_twice(world: World, server: Server) -> None:
    server.faults["chat.postMessage"] = ["drop"]
    world.run(bot(world), post())
    bot(world).send(post().envelope, world.row().attempt, lambda: None)  # what Slack was still at work on
    assert world.run(bot(world), post()).already == 1
    assert world.row().state is State.SENT
    assert len(server.posts["C0REPORTS"]) == 1


def test_slack_that_asks_to_wait_is_waited_for(world: World, server: Server) -> None:
    began = world.now
    server.faults["chat.postMessage"] = [(429, b"", {"Retry-After": "40"})]
    assert world.run(bot(world), post(), retry_for=timedelta(minutes=2)).sent == 1
    assert world.now - began >= timedelta(seconds=40)
    assert len(server.made("chat.postMessage")) == 2


def test_a_history_that_cannot_be_read_leaves_it_to_a_person_in_time(world: World, server: Server) -> None:
    server.faults["chat.postMessage"] = ["lost"]
    server.faults["conversations.history"] = [None, "fatal_error", "fatal_error"]
    assert world.run(bot(world), post()).unknown == 1
    world.sleep(3600)
    assert world.run(bot(world), post()).held == 1
    assert len(server.posts["C0REPORTS"]) == 1


def test_a_mail_whose_answer_was_lost_is_held_and_never_sent_again(world: World) -> None:
    with scripted_server({".": Drop}) as told:
        counts = world.run(smtp(told.port), mail(), retry_for=timedelta(minutes=2))
        assert (counts.unknown, world.row().state) == (1, State.UNKNOWN)
        assert "its log knows" in world.row().reason
        world.sleep(3600)
        assert world.run(smtp(told.port), mail()).held == 1
        world.sleep(3600)
        assert world.run(smtp(told.port), mail()).held == 1
    assert len(told.messages) == 1


def test_a_mail_that_is_refused_for_now_goes_out_later_and_one_that_is_refused_for_good_does_not(world: World) -> None:
    with scripted_server({"RCPT": b"450 4.2.0 greylisted\r\n"}) as told:
        assert world.run(smtp(told.port), mail()).failed == 1
    assert world.row().state is State.PLANNED
    with scripted_server({"RCPT": b"550 5.1.1 nobody here\r\n"}) as told:
        assert world.run(smtp(told.port), mail(), retry_for=timedelta(minutes=2)).failed == 1
    assert world.row().state is State.FAILED
    assert told.connections == 1
    with scripted_server() as told:
        assert world.run(smtp(told.port), mail()).sent == 1
    assert len(told.messages) == 1


def test_a_server_that_is_down_for_a_while_is_tried_again_in_one_run(world: World) -> None:
    with scripted_server({"connect": b"421 too busy\r\n"}) as told:
        counts = world.run(smtp(told.port), mail(), retry_for=timedelta(minutes=2))
    assert counts.failed == 1
    assert told.connections > 3
    assert world.row().state is State.PLANNED


class Slow(Smtp):
    """A connection that takes two minutes before the last check."""

    def __init__(self, world: World, port: int) -> None:
        super().__init__(means(Path()), SmtpOptions(host=HOST, port=port, security="none"))
        self._world = world

    def send(self, envelope: Envelope, attempt: str, last_check: Callable[[], None]) -> Receipt:
        self._world.sleep(120)
        return super().send(envelope, attempt, last_check)


def test_a_lease_that_ran_out_while_the_server_was_slow_takes_the_message_back(world: World) -> None:
    with scripted_server() as told:
        assert world.run(Slow(world, told.port), mail()).failed == 1
    assert told.messages == []
    assert world.row().state is State.PLANNED
