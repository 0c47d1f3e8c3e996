"""Events that a receiver must be told: noted in the transaction that they are about, kept until they are taken.

They are told in the order in which they were noted. What the receiver does not take at all is put aside with its reason, so
that it holds up nothing behind it; whatever else stands in the way, all that comes after waits too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from quarterdeck.boards.register import opened
from quarterdeck.errors import Problem
from quarterdeck.webhooks import Endpoint, Outcome, Verdict

_TRIES = 3
_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(minutes=1)
_MAY_PASS = frozenset({Outcome.LATER, Outcome.UNKNOWN})
_TABLE = """
CREATE TABLE IF NOT EXISTS events (
    position INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, number INTEGER NOT NULL, id TEXT NOT NULL,
    type TEXT NOT NULL, body BLOB NOT NULL, state TEXT NOT NULL, why TEXT NOT NULL
) STRICT
"""


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it waits."""

    position: int
    id: str
    type: str
    body: bytes


def types_of(file: sqlite3.Connection, tenant: str, number: int) -> list[str]:
    """The types of the events that there have been of a card, oldest first."""
    file.execute(_TABLE)
    rows = file.execute("SELECT type FROM events WHERE tenant = ? AND number = ? ORDER BY position", (tenant, number))
    return [str(type) for (type,) in rows]


def note(file: sqlite3.Connection, tenant: str, number: int, id: str, type: str, body: bytes) -> None:
    """Keep an event to be told."""
    file.execute(_TABLE)
    file.execute(
        "INSERT INTO events (tenant, number, id, type, body, state, why) VALUES (?, ?, ?, ?, ?, 'waiting', '')",
        (tenant, number, id, type, body),
    )


def waiting(path: Path, tenant: str) -> list[Event]:
    """What waits to be told of a tenant's cards; to look makes no file."""
    if not path.exists():
        return []
    with opened(path) as file:
        file.execute(_TABLE)
        rows = file.execute(
            "SELECT position, id, type, body FROM events WHERE tenant = ? AND state = 'waiting' ORDER BY position", (tenant,)
        )
        return [Event(*row) for row in rows]


def tell(path: Path, tenant: str, endpoint: Endpoint, sleep: Callable[[float], None]) -> Iterable[Problem]:
    """Tell what waits; a problem for each event that was put aside, and one for all that go on waiting."""
    events = waiting(path, tenant)
    for number, event in enumerate(events):
        verdict = _patient(endpoint, event, sleep)
        if verdict.outcome is Outcome.TAKEN:
            _settle(path, event, "sent", "")
        elif verdict.outcome is Outcome.REFUSED:
            _settle(path, event, "refused", verdict.what)
            yield Problem(f"{event.type} was not taken: {verdict.what}", remedy=verdict.remedy)
        else:
            left = len(events) - number
            what = f"{left} {'event waits' if left == 1 else 'events wait'} for the endpoint: {verdict.what}"
            yield Problem(what, remedy=verdict.remedy)
            return


def _patient(endpoint: Endpoint, event: Event, sleep: Callable[[float], None]) -> Verdict:
    """An event again after a pause, as long as what stands in the way may pass."""
    pause = _PAUSE
    verdict = endpoint.post(event.id, event.body)
    for _ in range(_TRIES - 1):
        wanted = pause if verdict.wait is None else verdict.wait
        if verdict.outcome not in _MAY_PASS or wanted > _LONGEST_PAUSE:
            break
        sleep(wanted.total_seconds())
        pause *= 2
        verdict = endpoint.post(event.id, event.body)
    return verdict


def _settle(path: Path, event: Event, state: str, why: str) -> None:
    """Of an event that is settled, that there was one is kept, and no more."""
    with opened(path) as file:
        file.execute("UPDATE events SET state = ?, why = ?, body = x'' WHERE position = ?", (state, why, event.position))
