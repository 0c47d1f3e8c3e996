"""Posts to Slack, against a server that behaves like it: one post a report and room, and what becomes of lost answers."""

from __future__ import annotations

import json
import logging
import ssl
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from quarterdeck.delivery import Envelope, Label, Receipt, Room, Unsettled
from quarterdeck.delivery.slack import Slack, SlackOptions
from quarterdeck.delivery.slack_answers import ANSWERS, LOST, NEVER_LEFT, REDIRECTED, UNLISTED, Outcome, judge, patience
from quarterdeck.delivery.slack_history import since
from quarterdeck.errors import DeliveryError, DeliveryUnknown
from quarterdeck.render.slack import message, section
from tests import parcels
from tests.parcels import SENDER, means
from tests.slack_server import HOOK, TOKEN, slack_server
from tests.slack_server import Slack as Server

SECOND = 1_000_000_000
CONTEXT = ssl.create_default_context()


class Clock:
    """A clock that stands still unless somebody sleeps."""

    def __init__(self) -> None:
        self.now, self.slept = 0, 0.0

    def __call__(self) -> int:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.now += int(seconds * SECOND)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with slack_server() as slack:
        monkeypatch.setattr(Slack, "api", slack.api)
        monkeypatch.setattr(Slack, "hooks", slack.hooks)
        monkeypatch.setattr("ssl.create_default_context", lambda: CONTEXT)  # making one takes longer than a test
        yield slack


@pytest.fixture
def clock() -> Clock:
    return Clock()


def bot(clock: Clock, token: str = TOKEN) -> Slack:
    return Slack(means(Path(), TOKEN=token), SlackOptions(token="${env:TOKEN}"), clock, clock.sleep)


def hook(server: Server, address: str | None = None, room: str = "#reports") -> Slack:
    options = SlackOptions(webhook="${env:HOOK}", room=room)
    return Slack(means(Path(), HOOK=address or server.hooks + HOOK), options)


def post(text: str = "Hello", room: str = "#reports", **changes: Any) -> Envelope:
    new = changes.pop("always_new", None)
    bytes_ = message(text, [section([text])], **({} if new is None else {"always_new": new}))
    made = parcels.envelope(room, message=changes.pop("message", bytes_), channel="slack", **changes)
    return Envelope(made.label, SENDER, Room(room), made.message)


def fine() -> None:
    """A last check that finds nothing wrong."""


def texts(server: Server, room: str = "C0REPORTS") -> list[str]:
    return [said["text"] for said in server.posts.get(room, [])]


# A bot's post


@pytest.mark.parametrize("room", ["#reports", "reports", "C0REPORTS"])
def test_a_post_stands_in_its_room_with_what_tells_it_from_others(server: Server, clock: Clock, room: str) -> None:
    sent = post(room=room)
    receipt = bot(clock).send(sent, "a1", fine)
    [stands] = server.posts["C0REPORTS"]
    assert receipt == Receipt(f"C0REPORTS/{stands['ts']}")
    assert stands["blocks"] == json.loads(sent.message)["blocks"]
    assert stands["metadata"] == {
        "event_type": "quarterdeck_report",
        "event_payload": {
            "report_id": "alpha_ceo_2026-10",
            "revision": "f" * 64,
            "key": sent.label.key,
            "attempt": "a1",
            "earlier": "",
        },
    }


def test_a_post_asks_slack_to_obey_nothing_in_it(server: Server, clock: Clock) -> None:
    bot(clock).send(post(), "a1", fine)
    [given] = server.made("chat.postMessage")
    flags = {"mrkdwn": False, "parse": "none", "link_names": False, "unfurl_links": False, "unfurl_media": False}
    assert {name: given[name] for name in flags} == flags
    assert set(given) == {*flags, "channel", "text", "blocks", "metadata"}


def test_the_token_travels_in_its_header_alone(server: Server, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    channel = bot(clock)
    channel.send(post(), "a1", fine)
    assert {headers["Authorization"] for headers in server.headers} == {f"Bearer {TOKEN}"}
    assert TOKEN not in json.dumps(server.calls) + caplog.text + repr(channel)


def test_a_post_that_stands_there_already_is_not_posted_again(server: Server, clock: Clock) -> None:
    first = bot(clock).send(post(), "a1", fine)
    assert bot(clock).send(post(), "a2", fine) == first
    assert len(server.made("chat.postMessage")) == 1


def test_a_new_revision_takes_the_place_of_the_post_before(server: Server, clock: Clock) -> None:
    first = bot(clock).send(post("October: 3"), "a1", fine)
    server.say("C0REPORTS", "Only 3?")
    second = bot(clock).send(post("October: 4", revision="e" * 64), "b1", fine)
    assert second == first
    assert texts(server) == ["October: 4", "Only 3?"]
    channel = bot(clock)
    for revision in ("f" * 64, "e" * 64):  # each revision's delivery is found in the one post
        assert channel.settle(post(revision=revision).label, ()) == first


def test_ten_revisions_are_one_post_that_knows_them_all(server: Server, clock: Clock) -> None:
    revisions = [f"{number:064d}" for number in range(10)]
    channel = bot(clock)
    receipts = {channel.send(post(revision=revision), f"a{revision}", fine) for revision in revisions}
    assert len(receipts) == len(server.posts["C0REPORTS"]) == 1
    assert all(channel.settle(post(revision=revision).label, ()) in receipts for revision in revisions)


def test_another_room_has_a_post_of_its_own(server: Server, clock: Clock) -> None:
    bot(clock).send(post(), "a1", fine)
    bot(clock).send(post(room="#others", revision="e" * 64), "b1", fine)
    assert len(texts(server)) == len(texts(server, "C0OTHERS0")) == 1


def test_another_report_has_a_post_of_its_own(server: Server, clock: Clock) -> None:
    bot(clock).send(post(), "a1", fine)
    other = post("CFO")
    label = Label("k" * 64, "alpha_cfo_2026-10", "f" * 64, "alpha", "cfo", "2026-10", "#reports", other.label.content_sha256)
    bot(clock).send(Envelope(label, SENDER, Room("#reports"), other.message), "b1", fine)
    assert texts(server) == ["Hello", "CFO"]


def test_a_post_that_must_be_noticed_takes_nobodys_place(server: Server, clock: Clock) -> None:
    bot(clock).send(post("It failed", always_new=True), "a1", fine)
    bot(clock).send(post("It works again", always_new=True, revision="e" * 64), "b1", fine)
    assert texts(server) == ["It failed", "It works again"]
    assert all("always_new" not in given for given in server.made("chat.postMessage"))


@pytest.mark.parametrize("error", ["message_not_found", "cant_update_message", "edit_window_closed", "block_mismatch"])
def test_an_earlier_post_that_cannot_be_changed_is_followed_by_a_new_one(server: Server, clock: Clock, error: str) -> None:
    bot(clock).send(post("October: 3"), "a1", fine)
    server.faults["chat.update"] = [error]
    asked: list[int] = []
    bot(clock).send(post("October: 4", revision="e" * 64), "b1", lambda: asked.append(1))
    assert texts(server) == ["October: 3", "October: 4"]
    assert asked == [1, 1]  # before each step that could not have been taken back


def test_metadata_that_somebody_else_attached_proves_nothing(server: Server, clock: Clock) -> None:
    sent = post()
    bot(clock).send(sent, "a1", fine)
    forged = server.posts["C0REPORTS"].pop()["metadata"]
    server.say("C0REPORTS", "Hello", metadata=forged)
    server.say("C0REPORTS", "Hello", metadata=forged, bot_id="B0SOMEBOT")
    assert bot(clock).settle(sent.label, ("a1",)) is Unsettled.ABSENT
    bot(clock).send(sent, "a2", fine)
    assert len(server.made("chat.postMessage")) == 2
    assert server.made("chat.update") == []


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        7,
        "x",
        [],
        {},
        {"event_type": "quarterdeck_report"},
        {"event_type": "quarterdeck_report", "event_payload": 7},
        {"event_type": "other", "event_payload": {"key": "x"}},
        {"event_type": "quarterdeck_report", "event_payload": {"key": ["x"], "earlier": 5, "report_id": None}},
    ],
)
def test_metadata_of_any_shape_does_no_harm(server: Server, clock: Clock, metadata: Any) -> None:
    server.say("C0REPORTS", "x", metadata=metadata, bot_id="B0QUARTER")
    assert bot(clock).settle(post().label, ("a1",)) is Unsettled.ABSENT


# Who may see what


def test_a_bot_that_may_not_read_posts_all_the_same(server: Server, clock: Clock) -> None:
    server.scopes = {"chat:write"}
    bot(clock).send(post("October: 3", "C0REPORTS"), "a1", fine)
    bot(clock).send(post("October: 4", "C0REPORTS", revision="e" * 64), "b1", fine)
    bot(clock).send(post("By name", "#reports", revision="d" * 64), "c1", fine)
    assert texts(server) == ["October: 3", "October: 4", "By name"]
    assert bot(clock).settle(post().label, ("a1",)) is Unsettled.UNSURE


def test_a_bot_that_may_list_public_rooms_only_finds_those(server: Server, clock: Clock) -> None:
    server.scopes.discard("groups:read")
    first = bot(clock).send(post(), "a1", fine)
    assert bot(clock).settle(post().label, ("a1",)) == first
    assert [given["types"] for given in server.made("conversations.list")][:2] == [
        "public_channel,private_channel",
        "public_channel",
    ]


def test_a_room_on_a_later_page_is_found(server: Server, clock: Clock) -> None:
    server.rooms = {**{f"C0{number:07}": f"room-{number}" for number in range(12)}, **server.rooms}
    server.page = 5
    bot(clock).send(post(), "a1", fine)
    assert server.made("chat.postMessage")[0]["channel"] == "C0REPORTS"
    assert len(server.made("conversations.list")) == 3


@pytest.mark.parametrize("room", ["#nowhere", "C0NOWHERE"])
def test_a_room_that_is_not_there(server: Server, clock: Clock, room: str) -> None:
    with pytest.raises(DeliveryError, match="there is no such channel") as error:
        bot(clock).send(post(room=room), "a1", fine)
    assert error.value.permanent


def test_a_room_that_the_bot_is_not_in(server: Server, clock: Clock) -> None:
    server.members.discard("C0REPORTS")
    with pytest.raises(DeliveryError, match=r"the bot is not in the channel \(not_in_channel\)") as error:
        bot(clock).send(post(), "a1", fine)
    assert error.value.permanent
    assert "invite" in error.value.problem.remedy


@pytest.mark.parametrize("token", ["xoxb-wrong", "a b", "tökén", "x\r\nHost: evil.example.com"])
def test_a_token_that_is_none_is_refused_and_not_repeated(server: Server, clock: Clock, token: str) -> None:
    with pytest.raises(DeliveryError) as error:
        bot(clock, token).send(post(), "a1", fine)
    assert error.value.permanent
    assert token not in str(error.value) + repr(error.value.evidence)
    assert server.posts == {}


def test_a_token_that_is_not_there_is_a_refusal(clock: Clock) -> None:
    channel = Slack(means(Path()), SlackOptions(token="${env:TOKEN}"), clock, clock.sleep)
    with pytest.raises(DeliveryError, match=r"nothing behind \$\{env:TOKEN\}"):
        channel.send(post(), "a1", fine)
    assert channel.settle(post().label, ("a1",)) is Unsettled.UNSURE


# Answers


def row(code: str) -> Outcome:
    return ANSWERS[code].outcome


def test_the_table_says_what_each_code_means() -> None:
    unknown = {"fatal_error", "internal_error", "service_unavailable", "update_failed", "rollup_error"}
    anew = {"message_not_found", "cant_update_message", "edit_window_closed", "block_mismatch"}
    passing = {
        "ratelimited", "rate_limited", "request_timeout", "accesslimited", "team_added_to_org", "org_login_required",
        "external_channel_migrating",
    }  # fmt: skip
    assert {code for code in ANSWERS if row(code) is Outcome.UNKNOWN} == unknown
    assert {code for code in ANSWERS if row(code) is Outcome.ANEW} == anew
    assert {code for code in ANSWERS if row(code) is Outcome.WAIT} == passing
    assert all(answer.meaning and answer.remedy for answer in ANSWERS.values())


@pytest.mark.parametrize("code", sorted(ANSWERS))
def test_each_code_as_the_answer_to_a_post(server: Server, clock: Clock, code: str) -> None:
    server.faults["chat.postMessage"] = [code]
    with pytest.raises((DeliveryError, DeliveryUnknown)) as error:
        bot(clock).send(post(), "a1", fine)
    assert isinstance(error.value, DeliveryUnknown) is (row(code) is Outcome.UNKNOWN)
    if isinstance(error.value, DeliveryError):
        assert error.value.permanent is (row(code) is not Outcome.WAIT)
        assert (error.value.retry_after is not None) is (row(code) is Outcome.WAIT)
    assert error.value.problem.what == f"{ANSWERS[code].meaning} ({code})"
    assert error.value.problem.remedy


@pytest.mark.parametrize(
    ("status", "code", "answer"),
    [
        (200, "", UNLISTED),
        (200, "something_new", UNLISTED),
        (204, "", UNLISTED),
        (301, "", REDIRECTED),
        (308, "channel_not_found", REDIRECTED),
        (403, "invalid_token", ANSWERS["invalid_token"]),
        (404, "no_service", ANSWERS["no_service"]),
        (410, "channel_is_archived", ANSWERS["channel_is_archived"]),
        (429, "", ANSWERS["ratelimited"]),
        (429, "channel_not_found", ANSWERS["ratelimited"]),
        (500, "", UNLISTED),
        (500, "rollup_error", ANSWERS["rollup_error"]),
        (503, "channel_not_found", UNLISTED),
    ],
)
def test_a_status_and_a_code_mean_one_thing(status: int, code: str, answer: Any) -> None:
    assert judge(status, code) is answer


@pytest.mark.parametrize("status", [400, 404, 407, 413])
def test_a_refusal_by_status_alone_is_a_passing_one(status: int) -> None:
    assert judge(status, "something_new").outcome is Outcome.WAIT


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("0", 1), ("99999", 3600), (None, 30), ("soon", 30), ("-5", 30), ("1.5", 30), ("٣", 30), ("1" * 30, 30)],
)
def test_how_long_slack_asks_to_wait(header: str | None, seconds: int) -> None:
    assert patience(header) == timedelta(seconds=seconds)


@pytest.mark.parametrize("method", ["chat.postMessage", "conversations.history", "auth.test", "conversations.list"])
def test_too_many_calls_are_refused_with_the_time_to_wait(server: Server, clock: Clock, method: str) -> None:
    server.faults[method] = [(429, b"", {"Retry-After": "42"})]
    with pytest.raises(DeliveryError, match="more calls than Slack takes") as error:
        bot(clock).send(post(), "a1", fine)
    assert not error.value.permanent
    assert error.value.retry_after == timedelta(seconds=42)
    assert server.posts == {}


STRANGE = [
    (200, b""),
    (200, b"<html>"),
    (200, b"[]"),
    (200, b"{"),
    (200, b'{"ok": "true"}'),
    (200, b'{"ok": false}'),
    (200, b'{"ok": true}'),
    (200, b'{"ok": true, "channel": "C0REPORTS"}'),
    (200, b'{"ok": true, "channel": "", "ts": ""}'),
    (200, b'{"ok": true, "channel": 5, "ts": 6}'),
    (200, b"[" * 100_000),
    (200, b"\xff\xfe"),
    (202, b"ok"),
    (500, b"oops"),
    (502, b"<html>Bad Gateway</html>"),
    (503, b'{"ok": false, "error": "channel_not_found"}'),
]


@pytest.mark.parametrize(("status", "body"), STRANGE, ids=lambda value: repr(value)[:30])
def test_a_strange_answer_to_a_post_is_unknown(server: Server, clock: Clock, status: int, body: bytes) -> None:
    server.faults["chat.postMessage"] = [(status, body)]
    with pytest.raises(DeliveryUnknown):
        bot(clock).send(post(), "a1", fine)


@pytest.mark.parametrize(("status", "body"), [row for row in STRANGE if row[1] != b'{"ok": true}'], ids=lambda v: repr(v)[:30])
@pytest.mark.parametrize("method", ["auth.test", "conversations.list", "conversations.history"])
def test_a_strange_answer_to_a_look_is_a_passing_refusal_or_nothing_found(
    server: Server, clock: Clock, method: str, status: int, body: bytes
) -> None:
    server.faults[method] = [(status, body)]
    if b'"ok": true' in body:  # there just is nothing
        bot(clock).send(post(), "a1", fine)
        return
    with pytest.raises(DeliveryError) as error:
        bot(clock).send(post(), "a1", fine)
    assert not error.value.permanent
    assert server.posts == {}


def test_we_go_where_we_were_told_to_go_and_nowhere_else(server: Server, clock: Clock) -> None:
    server.faults["chat.postMessage"] = [(307, b"", {"Location": f"{server.url}/elsewhere"})]
    with pytest.raises(DeliveryError, match="somebody on the way sends us elsewhere"):
        bot(clock).send(post(), "a1", fine)
    assert server.made("hook") == []
    assert server.posts == {}


# Lost answers


def test_a_lost_answer_is_found_again_in_the_room(server: Server, clock: Clock) -> None:
    server.faults["chat.postMessage"] = ["lost"]
    with pytest.raises(DeliveryUnknown, match="did not answer after it had the post"):
        bot(clock).send(post(), "a1", fine)
    [stands] = server.posts["C0REPORTS"]
    assert bot(clock).settle(post().label, ("a1",)) == Receipt(f"C0REPORTS/{stands['ts']}")


def test_a_lost_answer_to_a_change_is_found_again(server: Server, clock: Clock) -> None:
    first = bot(clock).send(post("October: 3"), "a1", fine)
    server.faults["chat.update"] = ["lost"]
    with pytest.raises(DeliveryUnknown):
        bot(clock).send(post("October: 4", revision="e" * 64), "b1", fine)
    assert bot(clock).settle(post(revision="e" * 64).label, ("b1",)) == first


def test_a_post_that_slack_never_had_is_absent_once_it_had_the_time(server: Server, clock: Clock) -> None:
    channel = bot(clock)
    server.faults["chat.postMessage"] = ["drop"]
    with pytest.raises(DeliveryUnknown):
        channel.send(post(), "a1", fine)
    assert channel.settle(post().label, ("a1",)) is Unsettled.UNSURE  # Slack may still be at it
    assert clock.slept == 0
    clock.sleep(19.9)
    assert channel.settle(post().label, ("a1",)) is Unsettled.UNSURE
    clock.sleep(0.1)
    assert channel.settle(post().label, ("a1",)) is Unsettled.ABSENT
    channel.send(post(), "a2", fine)
    assert len(server.posts["C0REPORTS"]) == 1


def test_an_attempt_of_a_process_that_died_is_waited_out_once(server: Server, clock: Clock) -> None:
    channel = bot(clock)
    assert channel.settle(post().label, ("a0", "a1")) is Unsettled.ABSENT
    assert clock.slept == 20
    assert channel.settle(post().label, ("a0", "a1")) is Unsettled.ABSENT
    assert clock.slept == 20


def test_a_post_that_arrives_while_we_wait_is_found(server: Server, clock: Clock) -> None:
    def arrives(_: float) -> None:
        bot(Clock()).send(post(), "a1", fine)

    channel = Slack(means(Path(), TOKEN=TOKEN), SlackOptions(token="${env:TOKEN}"), clock, arrives)
    assert isinstance(channel.settle(post().label, ("a1",)), Receipt)


def test_a_room_with_more_than_we_read_leaves_us_unsure(server: Server, clock: Clock) -> None:
    for number in range(21):
        server.say("C0REPORTS", f"chat {number}")
    server.page = 2
    assert bot(clock).settle(post().label, ("a1",)) is Unsettled.ABSENT
    server.page = 1  # twenty pages at most
    assert bot(clock).settle(post().label, ("a1",)) is Unsettled.UNSURE


def test_a_history_that_ends_without_an_end_leaves_us_unsure(server: Server, clock: Clock) -> None:
    server.faults["conversations.history"] = [(200, b'{"ok": true, "messages": [], "has_more": true}')]
    assert bot(clock).settle(post().label, ("a1",)) is Unsettled.UNSURE


@pytest.mark.parametrize("fault", ["drop", "missing_scope", "ratelimited", "fatal_error", (500, b"")])
@pytest.mark.parametrize("method", ["auth.test", "conversations.history", "conversations.list"])
def test_whoever_cannot_look_is_unsure(server: Server, clock: Clock, method: str, fault: Any) -> None:
    server.faults[method] = [fault, fault]
    assert bot(clock).settle(post().label, ("a1",)) is Unsettled.UNSURE


def test_only_what_a_period_can_have_is_read(server: Server, clock: Clock) -> None:
    bot(clock).settle(post().label, ())
    [asked] = server.made("conversations.history")
    assert datetime.fromtimestamp(int(asked["oldest"]), UTC) == datetime(2026, 9, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "start"),
    [
        ("2026-10", datetime(2026, 9, 29, tzinfo=UTC)),
        ("2026-W01", datetime(2025, 12, 27, tzinfo=UTC)),
        ("FY2026-Q4", datetime(2025, 8, 27, tzinfo=UTC)),
        ("2010", datetime(2013, 8, 1, tzinfo=UTC)),
        ("never", datetime(2013, 8, 1, tzinfo=UTC)),
    ],
)
def test_since_when_a_post_can_be_there(period: str, start: datetime) -> None:
    assert since(Label("k", "r", "v", "alpha", "ceo", period, "#reports", "c")) == start


# The last check, and silence


def test_the_last_check_comes_after_all_looking_and_before_the_post(server: Server, clock: Clock) -> None:
    asked: list[list[str]] = []
    bot(clock).send(post(), "a1", lambda: asked.append([method for method, _ in server.calls]))
    assert asked == [["conversations.list", "auth.test", "conversations.history"]]


@pytest.mark.parametrize("first", [True, False], ids=["a post", "a change"])
def test_a_last_check_that_fails_keeps_the_post_back(server: Server, clock: Clock, first: bool) -> None:
    def too_late() -> None:
        raise DeliveryError("the lease is over", permanent=False)

    if not first:
        bot(clock).send(post(), "a1", fine)
    before = texts(server)
    with pytest.raises(DeliveryError, match="lease is over"):
        bot(clock).send(post("October: 4", revision="e" * 64), "b1", too_late)
    assert texts(server) == before


@pytest.mark.parametrize("way", ["bot", "hook"])
def test_slack_that_is_silent_is_unknown_after_a_while(
    server: Server, clock: Clock, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quarterdeck.delivery.slack_calls._SECONDS", 0.3)
    server.faults = {"chat.postMessage": ["hang"], "hook": ["hang"]}
    channel = bot(clock) if way == "bot" else hook(server)
    with pytest.raises(DeliveryUnknown, match=LOST.meaning):
        channel.send(post(), "a1", fine)


@pytest.mark.parametrize("way", ["bot", "hook"])
def test_slack_that_is_not_there_is_a_passing_refusal(
    server: Server, clock: Clock, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = "http://127.0.0.1:1/"
    monkeypatch.setattr(Slack, "api", nowhere)
    monkeypatch.setattr(Slack, "hooks", nowhere)
    channel = bot(clock) if way == "bot" else hook(server, nowhere + HOOK)
    with pytest.raises(DeliveryError, match=NEVER_LEFT.meaning) as error:
        channel.send(post(), "a1", fine)
    assert not error.value.permanent
    assert HOOK not in "".join(traceback.format_exception(error.value))


def test_an_answer_without_an_end_is_not_read_to_it(server: Server, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quarterdeck.http._MOST_BYTES", 1000)
    server.faults["chat.postMessage"] = [(200, b"x" * 5000)]
    with pytest.raises(DeliveryUnknown):
        bot(clock).send(post(), "a1", fine)


# A webhook


def test_a_webhook_posts_to_its_own_room(server: Server) -> None:
    sent = post()
    assert hook(server).send(sent, "a1", fine) == Receipt("a1")
    [given] = server.hooked
    assert (given["text"], given["blocks"]) == ("Hello", json.loads(sent.message)["blocks"])
    assert given["mrkdwn"] is given["link_names"] is given["unfurl_links"] is False
    assert all("Authorization" not in headers for headers in server.headers)


@pytest.mark.parametrize("room", ["#others", "C0REPORTS"])
def test_a_webhook_posts_to_no_other_room(server: Server, room: str) -> None:
    with pytest.raises(DeliveryError, match="posts to #reports and to no other room") as error:
        hook(server).send(post(room=room), "a1", fine)
    assert error.value.permanent
    assert server.calls == []


@pytest.mark.parametrize("fault", ["lost", "drop", (500, b"rollup_error"), (200, b"oh"), (302, b"")])
def test_a_webhook_cannot_be_asked_later(server: Server, fault: Any) -> None:
    server.faults["hook"] = [fault]
    with pytest.raises(DeliveryError if fault == (302, b"") else DeliveryUnknown):
        hook(server).send(post(), "a1", fine)
    assert hook(server).settle(post().label, ("a1",)) is Unsettled.UNSURE


@pytest.mark.parametrize(
    ("fault", "what", "permanent"),
    [
        ((404, b"no_service"), r"there is no such webhook any more \(no_service\)", True),
        ((403, b"invalid_token"), r"\(invalid_token\)", True),
        ((410, b"channel_is_archived"), r"the channel is archived", True),
        ((400, b"invalid_payload"), r"does not take the post's form", True),
        ((403, b"action_prohibited"), r"does not let the bot post there", True),
        ((429, b"", {"Retry-After": "5"}), r"more calls than Slack takes", False),
        ((407, b"<html>Proxy Authentication"), r"Slack refused \(status 407\)", False),
    ],
)
def test_what_a_webhook_refuses(server: Server, fault: Any, what: str, permanent: bool) -> None:
    server.faults["hook"] = [fault]
    with pytest.raises(DeliveryError, match=what) as error:
        hook(server).send(post(), "a1", fine)
    assert error.value.permanent is permanent


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example.com/services/T/B/x",
        "http://hooks.slack.com.evil.example.com/",
        "{hooks}x\r\nHost: y",
        "{hooks}ü",
        "{hooks}",
        "{hooks}a b",
        "{hooks}a?b=c",
        "{hooks}[",
        "x",
    ],
)
def test_an_address_that_is_none_of_slacks_gets_nothing(server: Server, address: str) -> None:
    with pytest.raises(DeliveryError, match="is none of Slack's") as error:
        hook(server, address.replace("{hooks}", server.hooks)).send(post(), "a1", fine)
    assert "evil" not in str(error.value)
    assert server.calls == []


def test_the_address_of_a_webhook_is_told_to_nobody(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    channel = hook(server)
    channel.send(post(), "a1", fine)
    server.faults["hook"] = [(404, HOOK.encode()), "lost"]
    for attempt in ("a2", "a3"):
        with pytest.raises((DeliveryError, DeliveryUnknown)) as error:
            channel.send(post(), attempt, fine)
        assert "kept-to-ourselves" not in "".join(traceback.format_exception(error.value))
    assert "kept-to-ourselves" not in caplog.text + repr(vars(channel))


# What is sent, and options


@pytest.mark.parametrize(
    "written",
    [b"", b"[]", b"{}", b'{"text": "x"}', b"\xff", b'{"blocks": [], "text": "x", "channel": "#others"}', b'"x"', b"7"],
)
def test_a_message_that_is_no_post_is_refused(server: Server, clock: Clock, written: bytes) -> None:
    with pytest.raises(DeliveryError, match="is no post for Slack"):
        bot(clock).send(post(message=written), "a1", fine)
    assert server.calls == []


def test_a_reader_by_mail_gets_no_post(clock: Clock) -> None:
    with pytest.raises(DeliveryError, match="gets none"):
        bot(clock).send(parcels.envelope(channel="slack"), "a1", fine)


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({}, "either token or webhook"),
        ({"token": "${env:A}", "webhook": "${env:B}"}, "either token or webhook"),
        ({"webhook": "${env:B}"}, "room goes with webhook"),
        ({"token": "${env:A}", "room": "#reports"}, "room goes with webhook"),
        ({"webhook": "${env:B}", "room": "a room"}, "room"),
        ({"token": "xoxb-1234"}, "does not stand in this file"),
        ({"webhook": "https://hooks.slack.com/services/T/B/x", "room": "#reports"}, "does not stand in this file"),
        ({"token": "${env:A}", "url": "https://x"}, "url"),
    ],
)
def test_options_that_cannot_be_are_refused(options: dict[str, str], what: str) -> None:
    with pytest.raises(ValidationError, match=what) as error:
        SlackOptions.model_validate(options)
    assert "xoxb" not in str(error.value)
    assert "services" not in str(error.value)


def test_slack_is_where_it_is() -> None:
    assert Slack.api == "https://slack.com/api/"
    assert Slack.hooks == "https://hooks.slack.com/"
