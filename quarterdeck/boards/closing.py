"""When a card is closed, and when it is rather left to people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from quarterdeck.boards.entries import Entry, Status
from quarterdeck.boards.overflow import OVERFLOW
from quarterdeck.boards.plans import Absence, Action, Kind, Looked, Scope
from quarterdeck.boards.records import Category, Patch, Resolution

RESOLVED = "qd:resolved"


def close(entry: Entry, card: Looked | None, scope: Scope) -> list[Action]:
    """The steps for an open card whose finding is not open."""
    if entry.last_end > scope.end:
        return [_skip(entry, "a newer period has spoken")]
    if card is None or card is Absence.UNREADABLE:
        return [_skip(entry, "the board does not show the card: nothing is changed")]
    if entry.fingerprint in scope.accepted:
        return _accept(entry, card, scope)
    if entry.rule != OVERFLOW and entry.fingerprint not in scope.gone:
        return [_skip(entry, f"nobody could look for its finding in {scope.period}: it stays as it is")]
    missed = _missed(entry, scope)
    needed = max(scope.policy.close_after, scope.policy.patience.get(entry.rule, 1))
    if missed.misses < needed:
        reason = f"its finding is gone, {missed.misses} of {needed} periods"
        return [_skip(entry, reason, missed)]
    return _resolve(missed, card, scope)


def closes_too_many(closing: int, entries: Iterable[Entry], scope: Scope) -> bool:
    """Whether so many cards would close at once that a source which went blind is likelier than so much work done."""
    standing = sum(entry.status in (Status.LIVE, Status.CLOSING, Status.REOPENING) for entry in entries)
    is_many = closing >= scope.policy.breaker_from and closing > scope.policy.most_closed * standing
    return is_many and not scope.close_all


def held_open(entry: Entry, scope: Scope) -> Action:
    share = f"{scope.policy.most_closed:.0%}"
    return _skip(entry, f"more than {share} of the open cards would close at once: look first, then sync with --close-all")


def _missed(entry: Entry, scope: Scope) -> Entry:
    """The entry with this period counted among those in which its finding was gone, once."""
    if entry.missed is not None and entry.missed >= scope.end:
        return entry
    return replace(entry, misses=entry.misses + 1, missed=scope.end)


def _accept(entry: Entry, card: Looked, scope: Scope) -> list[Action]:
    words, until = scope.accepted[entry.fingerprint]
    done = entry.settle(Status.ACCEPTED, scope.end, words, until)
    if isinstance(card, Absence) or card.category is Category.DONE:
        return [_skip(entry, words, done)]
    return _end(entry, scope, words, f"{words[:1].upper()}{words[1:]}.", Resolution.NOT_PLANNED, done)


def _resolve(entry: Entry, card: Looked, scope: Scope) -> list[Action]:
    reason = f"its finding was looked for in {scope.period} and is gone"
    done = entry.settle(Status.CLOSED, scope.end, reason)
    if isinstance(card, Absence):
        return [_skip(entry, "its finding is gone, and there is no card any more", done)]
    if card.category is Category.DONE:
        return [_skip(entry, "its finding is gone, as whoever closed the card said", done)]
    said = f"Quarterdeck looked for it in {scope.period} and did not find it any more."
    if (entry.frozen or card.assignee) and not scope.policy.close_edited:
        whose = "is edited" if entry.frozen else "is somebody's"
        left = replace(done, why=f"{reason}; the card {whose} and was left open")
        return _left(entry, scope, f"{reason}, but the card {whose}", said, left)
    return _end(entry, scope, reason, said, Resolution.COMPLETED, done)


def _end(entry: Entry, scope: Scope, reason: str, said: str, how: Resolution, done: Entry) -> list[Action]:
    """Say why, then close; where the board has no way to close, a label says that it could be."""
    closing = replace(entry, status=Status.CLOSING)
    closed = _step(
        Kind.TRANSITION, reason, entry, to=Category.DONE, resolution=how, before=closing, after=done,
        otherwise=tuple(_labelled(entry, scope, f"{reason}, and the board cannot close it", done)),
    )  # fmt: skip
    return [*_said(entry, scope, reason, said), closed]


def _left(entry: Entry, scope: Scope, reason: str, said: str, done: Entry) -> list[Action]:
    return [*_said(entry, scope, reason, f"{said} Close it when you agree."), *_labelled(entry, scope, reason, done)]


def _said(entry: Entry, scope: Scope, reason: str, said: str) -> list[Action]:
    return [_step(Kind.COMMENT, reason, entry, comment=said)] if scope.capabilities.comments else []


def _labelled(entry: Entry, scope: Scope, reason: str, done: Entry) -> list[Action]:
    if not scope.capabilities.labels:
        return [_skip(entry, reason, done)]
    return [_step(Kind.UPDATE, reason, entry, patch=Patch(labels_add=frozenset({RESOLVED})), after=done)]


def _step(kind: Kind, reason: str, entry: Entry, **more: object) -> Action:
    title = entry.sent.title if entry.sent else ""
    return Action(kind, reason, entry.fingerprint, entry.reference, title, card_id=entry.card_id, **more)  # type: ignore[arg-type]


def _skip(entry: Entry, reason: str, after: Entry | None = None) -> Action:
    return _step(Kind.SKIP, reason, entry, after=after)
