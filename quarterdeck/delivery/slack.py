"""Posts in channels of Slack ("rooms" here), by a bot or by an incoming webhook.

A bot can read what stands in a room. So before it posts it looks whether the post is there already, a post whose answer was
lost is found again, and a new revision of a report takes the place of the post before: readers see one post a report, marked
as edited, and nobody reads figures that no longer hold. A post that says `always_new` takes nobody's place. A webhook can only
post, each time anew; what was lost stays unknown there.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Annotated, ClassVar

from pydantic import StringConstraints, model_validator

from quarterdeck import delivery
from quarterdeck.addresses import Address
from quarterdeck.delivery import Envelope, Label, Means, Receipt, Room, Unsettled, channel
from quarterdeck.delivery.slack_answers import Outcome
from quarterdeck.delivery.slack_calls import Calls, Json, Refused
from quarterdeck.delivery.slack_history import History, Post, find_room, metadata, read_history, since
from quarterdeck.errors import ConfigError, DeliveryError, DeliveryUnknown, QuarterdeckError
from quarterdeck.reading import clean
from quarterdeck.secrets import Reference

_QUIET_NS = 20 * 1_000_000_000  # a request that Slack is still at work on must not be taken for one that is lost
_PATH = re.compile(r"[A-Za-z0-9/_-]{1,300}", re.ASCII)  # nothing else, for an address that cannot be read stands in errors
_MAY_POST_YET = frozenset({"missing_scope", "not_in_channel", "channel_not_found"})  # who may not read may yet be let post
_PLAIN = {"mrkdwn": False, "parse": "none", "link_names": False}  # nothing in a text is to be obeyed
_QUIET_LINKS = {"unfurl_links": False, "unfurl_media": False}


class SlackOptions(delivery.Options):
    """A bot's token; or the address of a webhook, with the room that it posts to."""

    token: Reference | None = None
    webhook: Reference | None = None
    room: Annotated[str, StringConstraints(pattern=r"^#?[A-Za-z0-9_-]{1,80}$")] | None = None

    @model_validator(mode="after")
    def _fits(self) -> SlackOptions:
        if (self.token is None) == (self.webhook is None):
            raise ValueError("give either token or webhook")
        if (self.webhook is None) != (self.room is None):
            raise ValueError("room goes with webhook, and names the one that it posts to")
        return self


@channel
class Slack:
    """Posts to rooms. `api` and `hooks` are where Slack is.

    `clock` tells nanoseconds that never go back, `sleep` takes seconds.
    """

    kind: ClassVar[str] = "slack"
    carries: ClassVar[str] = "post"
    Options: ClassVar[type[delivery.Options]] = SlackOptions
    api: ClassVar[str] = "https://slack.com/api/"
    hooks: ClassVar[str] = "https://hooks.slack.com/"

    def __init__(
        self,
        means: Means,
        options: SlackOptions,
        clock: Callable[[], int] = time.monotonic_ns,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._means, self._options = means, options
        self._clock, self._sleep = clock, sleep
        self._tried: dict[str, int] = {}  # when this process made an attempt, or first heard of it
        self._rooms: dict[str, str] = {}

    def send(self, envelope: Envelope, attempt: str, last_check: Callable[[], None]) -> Receipt:
        if not isinstance(envelope.reader, Room):
            raise DeliveryError(
                "Slack carries posts to rooms, and a reader by mail gets none", remedy="name rooms under `slack`"
            )
        body, label = _body(envelope.message), envelope.label
        is_new = bool(body.pop("always_new", False))
        try:
            if self._options.token is None:
                return self._hook(envelope.reader.spec, body, attempt, last_check)
            room, history = self._look(envelope.reader.spec, label)
            if there := history.of_key(label.key):
                return Receipt(there.name)
            earlier = None if is_new else history.of_report(label.report_id)
            return self._write(room, {**body, **_PLAIN}, label, attempt, earlier, last_check)
        except Refused as refused:
            raise refused.error() from None
        finally:
            self._tried[attempt] = self._clock()

    def check(self, sender: Address) -> str:  # noqa: ARG002 - a bot posts under its own name
        """Ask Slack who the bot is. A webhook can only post, so of it only the address is looked at."""
        if self._options.token is None:
            self._hook_address()
            return f"a webhook for {self._options.room}, which cannot be asked without posting"
        try:
            told = self._read("auth.test", {})
        except Refused as refused:
            raise refused.error_of_reading() from None
        return f"Slack knows the bot as {clean(str(told.get('user', '')))[:80]} in {clean(str(told.get('team', '')))[:80]}"

    def settle(self, label: Label, attempts: tuple[str, ...]) -> Receipt | Unsettled:
        if self._options.token is None:
            return Unsettled.UNSURE
        is_quiet = all(self._is_quiet(attempt) for attempt in attempts[-1:])
        try:
            room = self._room(label.reader)
            history = read_history(self._read, room, since(label), self._me) if room else History((), is_whole=False)
        except (Refused, QuarterdeckError):
            return Unsettled.UNSURE
        if there := history.of_key(label.key):
            return Receipt(there.name)
        return Unsettled.ABSENT if history.is_whole and is_quiet else Unsettled.UNSURE

    def _is_quiet(self, attempt: str) -> bool:
        """Whether an attempt is so long ago that Slack is done with it; of another process's nothing is known, so wait."""
        if attempt not in self._tried:
            self._sleep(_QUIET_NS / 1e9)
            self._tried[attempt] = self._clock() - _QUIET_NS
        return self._clock() - self._tried[attempt] >= _QUIET_NS

    def _look(self, spec: str, label: Label) -> tuple[str, History]:
        """The room, by its id where that can be known, and our posts in it, none where we may not read them."""
        try:
            room = self._room(spec)
            return (spec, History((), is_whole=False)) if room is None else (room, self._posts(room, label))
        except Refused as refused:
            raise refused.error_of_reading() from None

    def _posts(self, room: str, label: Label) -> History:
        try:
            return read_history(self._read, room, since(label), self._me)
        except Refused as refused:
            if refused.answer.outcome is not Outcome.FAIL or refused.code not in _MAY_POST_YET:
                raise
            return History((), is_whole=False)

    def _write(
        self, room: str, body: Json, label: Label, attempt: str, earlier: Post | None, last_check: Callable[[], None]
    ) -> Receipt:
        if earlier is not None:
            try:
                changed = {**body, "channel": earlier.room, "ts": earlier.ts, "metadata": metadata(label, attempt, earlier)}
                return _receipt(self._calls.write(f"{self.api}chat.update", changed, self._token, last_check))
            except Refused as refused:
                if refused.answer.outcome is not Outcome.ANEW:
                    raise
        posted = {**body, **_QUIET_LINKS, "channel": room, "metadata": metadata(label, attempt)}
        return _receipt(self._calls.write(f"{self.api}chat.postMessage", posted, self._token, last_check))

    def _hook(self, room: str, body: Json, attempt: str, last_check: Callable[[], None]) -> Receipt:
        own = self._options.room or ""
        if _plain(room) != _plain(own):
            raise DeliveryError(
                f"the webhook posts to {own} and to no other room", remedy="use a bot's token for several rooms"
            )
        self._calls.write(self._hook_address(), {**body, **_PLAIN, **_QUIET_LINKS}, None, last_check)
        return Receipt(attempt)

    def _hook_address(self) -> str:
        address = self._secret(self._options.webhook)
        if not address.startswith(self.hooks) or not _PATH.fullmatch(address.removeprefix(self.hooks)):
            raise DeliveryError("the address of the webhook is none of Slack's", remedy=f"it begins with {self.hooks}")
        return address

    def _room(self, spec: str) -> str | None:
        if spec not in self._rooms and (found := find_room(self._read, spec)):
            self._rooms[spec] = found
        return self._rooms.get(spec)

    def _read(self, method: str, parameters: Mapping[str, str]) -> Json:
        return self._calls.read(self.api + method, parameters, self._token)

    @cached_property
    def _me(self) -> Json:
        return self._read("auth.test", {})

    @cached_property
    def _calls(self) -> Calls:
        return Calls()

    @cached_property
    def _token(self) -> str:
        token = self._secret(self._options.token)
        if not token.isascii() or not token.isprintable() or " " in token:
            raise DeliveryError("the token of Slack holds what no token does", remedy="see where the reference points")
        return token

    def _secret(self, reference: str | None) -> str:
        try:
            return self._means.secret(reference or "")
        except ConfigError as error:
            raise DeliveryError(error.problem.what, remedy=error.problem.remedy, permanent=error.permanent) from None


def _body(message: bytes) -> dict[str, object]:
    """The post that the bytes of an envelope say, and nothing that they might say beside it."""
    try:
        read = json.loads(message)
    except ValueError:
        read = None
    if not isinstance(read, dict) or not {"blocks", "text"} <= set(read) <= {"blocks", "text", "always_new"}:
        raise DeliveryError("the message is no post for Slack", remedy="make it again")
    return read


def _receipt(answer: Json) -> Receipt:
    room, ts = answer.get("channel"), answer.get("ts")
    if not isinstance(room, str) or not isinstance(ts, str) or not room or not ts:
        raise DeliveryUnknown("Slack answered without saying where the post stands", remedy="look into the channel")
    return Receipt(f"{room}/{ts}")


def _plain(room: str) -> str:
    return room.removeprefix("#").lower()
