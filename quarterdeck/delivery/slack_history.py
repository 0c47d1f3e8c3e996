"""What stands in a room of Slack: the posts of our own bot, found again by what they carry beside their text.

Each post carries metadata that readers do not see: which report and revision it is, the delivery's key, the attempt, and the
keys of earlier revisions that it took the place of. Only posts of our own bot count: anybody may attach metadata to his.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from quarterdeck.delivery import Label
from quarterdeck.delivery.slack_answers import Outcome
from quarterdeck.delivery.slack_calls import Json, Refused
from quarterdeck.errors import ConfigError
from quarterdeck.period import Period

EVENT = "quarterdeck_report"
_ID = re.compile(r"[CGD][A-Z0-9]{7,20}", re.ASCII)
_PAGES, _PAGE = 20, "200"
_MOST_KEYS = 20
_EVER = datetime(2013, 8, 1, tzinfo=UTC)  # when Slack began
Reading = Callable[[str, Mapping[str, str]], Json]


@dataclass(frozen=True, slots=True)
class Post:
    """A post of ours. `keys` are those of the deliveries whose message it is or was, the latest first."""

    room: str
    ts: str
    report_id: str
    keys: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.room}/{self.ts}"


@dataclass(frozen=True, slots=True)
class History:
    """Our posts of a room since a moment, the latest first; `is_whole` is whether nothing since then was left unread."""

    posts: tuple[Post, ...]
    is_whole: bool

    def of_key(self, key: str) -> Post | None:
        return next((post for post in self.posts if key in post.keys), None)

    def of_report(self, report_id: str) -> Post | None:
        return next((post for post in self.posts if post.report_id == report_id), None)


def metadata(label: Label, attempt: str, replaced: Post | None = None) -> Json:
    """What a post carries beside its text."""
    earlier = replaced.keys if replaced else ()
    payload = {
        "report_id": label.report_id,
        "revision": label.revision,
        "key": label.key,
        "attempt": attempt,
        "earlier": " ".join(earlier[:_MOST_KEYS]),
    }
    return {"event_type": EVENT, "event_payload": payload}


def since(label: Label) -> datetime:
    """A moment before which no post of a report can be: nobody reports on a period that has not begun.

    Of a fiscal period only the year is known here, so it is taken to begin a year before.
    """
    try:
        period = Period.parse(label.period)
    except ConfigError:
        return _EVER
    margin = timedelta(days=400 if period.fiscal else 2)
    return max(datetime.combine(period.start, time.min, UTC) - margin, _EVER)


def read_history(reading: Reading, room: str, start: datetime, me: Json) -> History:
    """Our posts in a room since a moment; Refused where it cannot be read. `me` is what auth.test says."""
    posts: list[Post] = []
    asked = {"channel": room, "oldest": str(int(start.timestamp())), "limit": _PAGE, "include_all_metadata": "true"}
    for page in _pages(reading, "conversations.history", asked):
        posts += [post for message in _listed(page, "messages") if (post := _post(message, room, me))]
        if not page.get("has_more") and not _cursor(page):
            return History(tuple(posts), is_whole=True)
    return History(tuple(posts), is_whole=False)


def find_room(reading: Reading, spec: str) -> str | None:
    """The id of a room by its id or name; None where the bot may not list rooms, or does not see this one."""
    if _ID.fullmatch(spec):
        return spec
    for kinds in ("public_channel,private_channel", "public_channel"):  # who may list the ones may not list the others
        try:
            return _named(reading, spec.removeprefix("#").lower(), kinds)
        except Refused as refused:
            if refused.answer.outcome is not Outcome.FAIL:
                raise
    return None


def _named(reading: Reading, name: str, kinds: str) -> str | None:
    asked = {"types": kinds, "exclude_archived": "true", "limit": "1000"}
    for page in _pages(reading, "conversations.list", asked):
        for room in _listed(page, "channels"):
            if room.get("name") == name and _ID.fullmatch(str(room.get("id"))):
                return str(room["id"])
    return None


def _pages(reading: Reading, method: str, asked: Mapping[str, str]) -> Iterator[Json]:
    cursor = ""
    for _ in range(_PAGES):
        page = reading(method, {**asked, "cursor": cursor} if cursor else asked)
        yield page
        cursor = _cursor(page)
        if not cursor:
            return


def _cursor(page: Json) -> str:
    metadata = page.get("response_metadata")
    cursor = metadata.get("next_cursor") if isinstance(metadata, Mapping) else ""
    return cursor if isinstance(cursor, str) else ""


def _listed(page: Json, name: str) -> list[Json]:
    found = page.get(name)
    return [part for part in found if isinstance(part, Mapping)] if isinstance(found, list) else []


def _post(message: Json, room: str, me: Json) -> Post | None:
    carried: Any = message.get("metadata")
    payload = carried.get("event_payload") if isinstance(carried, Mapping) and carried.get("event_type") == EVENT else None
    if not isinstance(payload, Mapping) or not _is_ours(message, me) or not isinstance(message.get("ts"), str):
        return None
    keys = (str(payload.get("key")), *str(payload.get("earlier") or "").split())
    return Post(room, message["ts"], str(payload.get("report_id")), keys)


def _is_ours(message: Json, me: Json) -> bool:
    return any(me.get(mine) and message.get(theirs) == me[mine] for mine, theirs in (("bot_id", "bot_id"), ("user_id", "user")))
