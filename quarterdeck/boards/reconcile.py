"""What happens to cards: the pure plan of what to change on a board, and with its neighbours the one place of all policy.

`plan(entries, items, cards, scope)` takes what is remembered, the open findings, the cards as they lie on the board now, and
the moment it speaks for; it gives the steps in order, those that do nothing among them, each with its reason. What a person
did always wins: a moved card stays where it is, an edited field stays as it is, a card that was closed as not planned or
deleted is not made again. A card is closed only for a finding that was looked for and is gone, in the newest period.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from quarterdeck.boards import block
from quarterdeck.boards.closing import close, closes_too_many, held_open
from quarterdeck.boards.entries import Entry, Status, reference
from quarterdeck.boards.merge import fitted, merge, seen
from quarterdeck.boards.overflow import OVERFLOW, overflow_item
from quarterdeck.boards.plans import Absence, Action, Item, Kind, Looked, Scope
from quarterdeck.boards.records import Card, Category, Content, Draft, Resolution

WONT_FIX = frozenset({"wontfix", "won't fix", "accepted", "qd:accepted"})
_STANDING = (Status.LIVE, Status.CLOSING, Status.RESERVED, Status.REOPENING)
_SEVERITIES = ("critical", "high", "medium", "low")
_OLDER = "{} is not the newest period: it changes no card"
_FULL = "{} new cards for one period are enough; it is counted on a card of its own"


def to_look_at(entries: Mapping[str, Entry], items: Iterable[Item]) -> tuple[str, ...]:
    """The fingerprints whose cards a plan needs to see: those of open findings, and those that are open for us."""
    open_now = {item.fingerprint for item in items}
    return tuple(mark for mark, entry in entries.items() if mark in open_now or entry.status in _STANDING)


def plan(entries: Mapping[str, Entry], items: Sequence[Item], cards: Mapping[str, Looked], scope: Scope) -> tuple[Action, ...]:
    """The steps that bring a board in line with the findings.

    `entries` are the newest ones by fingerprint, `items` stand in order of priority, `cards` are those of `to_look_at`.
    """
    if not scope.is_newest:
        return tuple(_skip(entries.get(item.fingerprint), item, scope, _OLDER.format(scope.period)) for item in items)
    known = {mark: _adopted(entry, cards.get(mark)) for mark, entry in entries.items()}
    open_now = [item for item in items if item.fingerprint not in scope.accepted]
    fresh = [item for item in open_now if item.fingerprint not in known]
    room = _room(known, scope, len(fresh))
    made, waiting = fresh[:room], fresh[room:]
    counted = [overflow_item(scope, waiting)] if waiting else []
    steps = [
        *(step for item in open_now if item not in fresh for step in _open(known[item.fingerprint], item, cards, scope)),
        *(_create(None, item, scope) for item in made),
        *(_skip(None, item, scope, _FULL.format(scope.policy.most_new)) for item in waiting),
        *(step for item in counted for step in _open(known.get(item.fingerprint), item, cards, scope)),
    ]
    return (*steps, *_ended(known, {item.fingerprint for item in (*open_now, *counted)}, cards, scope))


def _adopted(entry: Entry, card: Looked | None) -> Entry:
    """An entry whose card was found although its making was never confirmed is live.

    What it was to say is remembered, so that an edit since then is seen as one.
    """
    if entry.status is Status.RESERVED and isinstance(card, Card):
        return entry.adopt(card, entry.sent or seen(card))
    return entry


def _room(entries: Mapping[str, Entry], scope: Scope, wanted: int) -> int:
    """How many cards may still be made for this period."""
    if scope.policy.most_new is None:
        return wanted
    made = sum(entry.made_in == scope.period and entry.rule != OVERFLOW for entry in entries.values())
    return max(scope.policy.most_new - made, 0)


def _is_over(entry: Entry, scope: Scope) -> bool:
    """Whether a card was closed too long ago to be opened again: its finding gets a new one."""
    if entry.status is not Status.CLOSED or entry.settled is None:
        return False
    return scope.end - entry.settled > timedelta(days=scope.policy.reopen_window_days)


def _open(entry: Entry | None, item: Item, cards: Mapping[str, Looked], scope: Scope) -> list[Action]:
    """The steps for an open finding that has a card, or is about to."""
    if entry is None:
        return [_create(entry, item, scope)]
    card = cards.get(item.fingerprint)
    if entry.last_end > scope.end:
        return [_skip(entry, item, scope, "a newer period has spoken")]
    if card is None or card is Absence.UNREADABLE:
        return [_skip(entry, item, scope, "the board does not show the card: nothing is changed")]
    if _is_over(entry, scope) and (card is Absence.GONE or _is_done(card)):
        return [_create(entry, item, scope)]
    if isinstance(card, Absence):
        return [_create(entry, item, scope) if entry.status is Status.RESERVED else _deleted(entry, item, scope)]
    return _live(entry, item, card, scope) if card.category is not Category.DONE else _done(entry, item, card, scope)


def _deleted(entry: Entry, item: Item, scope: Scope) -> Action:
    if entry.status is Status.SUPPRESSED:
        return _skip(entry, item, scope, entry.why)
    why = "a person deleted the card"
    return _skip(entry, item, scope, why, entry.settle(Status.SUPPRESSED, scope.end, why))


def _live(entry: Entry, item: Item, card: Card, scope: Scope) -> list[Action]:
    """An open card of an open finding: whoever opened it, it is kept up to date in its column."""
    ours = _said(item, entry.earlier, scope)
    merged = merge(entry, ours, card, scope.capabilities)
    unsaid = tuple(name for name in merged.unsaid if name not in entry.told) if scope.capabilities.comments else ()
    told = (entry.told & merged.frozen) | set(unsaid)
    now = replace(_agreeing(entry, ours, merged.agreed).revive(item.severity, scope.end), frozen=merged.frozen, told=told)
    steps: list[Action] = []
    if unsaid:
        said = _unsaid(ours, unsaid)
        steps.append(_step(Kind.COMMENT, f"a person edited {_and(unsaid)}, which is kept", now, item, comment=said, after=now))
    if not merged.patch.is_empty:
        after = replace(now, sent=_sent(now, ours))
        steps.append(_step(Kind.UPDATE, f"its figures are those of {scope.period}", now, item, patch=merged.patch, after=after))
    return steps or [_skip(entry, item, scope, "the card says so already", now)]


def _agreeing(entry: Entry, ours: Content, names: Iterable[str]) -> Entry:
    """The entry, where some fields say already what we would, as if we had written them."""
    same = {name: getattr(ours, name) for name in names}
    if not same or entry.sent is None or entry.base is None:
        return entry
    return replace(entry, sent=replace(entry.sent, **same), base=replace(entry.base, **same))


def _sent(entry: Entry, ours: Content) -> Content:
    """What will have been written: ours, but for the fields that are a person's."""
    last = entry.sent
    if last is None:
        return ours
    return replace(ours, **{name: getattr(last, name) for name in entry.frozen})


def _unsaid(ours: Content, names: Iterable[str]) -> str:
    lines = [f"{name}:\n{ours.text}" if name == "text" else f"{name}: {getattr(ours, name)}" for name in names]
    return "It was edited here, so it stays as it is. Quarterdeck would say now:\n" + "\n".join(lines)


def _is_done(card: Looked) -> bool:
    return isinstance(card, Card) and card.category is Category.DONE


def _is_dropped(card: Card) -> bool:
    return card.resolution is Resolution.NOT_PLANNED or bool(card.labels & WONT_FIX)


def _done(entry: Entry, item: Item, card: Card, scope: Scope) -> list[Action]:
    """A card that is done although its finding is open."""
    # Who closed it: a person, or we. One that we may have opened again, a person has closed where it was not dropped then.
    may_be_persons = entry.status in (Status.LIVE, Status.DONE)
    may_be_persons |= entry.status is Status.REOPENING and not entry.was_dropped
    if may_be_persons and _is_dropped(card):
        why = "a person closed it as not planned"
        return [_skip(entry, item, scope, why, entry.settle(Status.SUPPRESSED, scope.end, why))]
    if entry.status is Status.LIVE:
        why = "a person says it is done; the next periods will show"
        return [_skip(entry, item, scope, why, replace(entry, last_end=scope.end).settle(Status.DONE, scope.end, why))]
    reason = _why_again(entry, item, scope)
    return _reopen(entry, item, card, scope, reason) if reason else [_skip(entry, item, scope, entry.why)]


def _why_again(entry: Entry, item: Item, scope: Scope) -> str:
    """Why a card that was closed is opened again, empty where it stays closed."""
    if entry.status is Status.SUPPRESSED:
        is_over = entry.until is not None and entry.until < scope.end
        return f"it was accepted until {entry.until}" if is_over else ""
    if entry.status is Status.ACCEPTED:
        return "it is not accepted any more"
    if entry.status is not Status.DONE or entry.settled is None:
        return "its finding is back"
    periods = round((scope.end - entry.settled).days / scope.period_days)
    if periods > 0 and item.rank < _SEVERITIES.index(entry.severity):
        return f"it was done, and is {item.severity} now"
    is_long = periods >= scope.policy.reopen_after
    return f"it was done {periods} periods ago, and its finding is still open" if is_long else ""


def _reopen(entry: Entry, item: Item, card: Card, scope: Scope, reason: str) -> list[Action]:
    """The same card again, then what it has to say now."""
    about_to = replace(entry, status=Status.REOPENING, was_dropped=_is_dropped(card))
    revived = entry.revive(item.severity, scope.end)
    steps = [_step(Kind.TRANSITION, reason, revived, item, to=Category.TODO, before=about_to, after=revived)]
    if scope.capabilities.comments:
        steps.append(_step(Kind.COMMENT, reason, revived, item, comment=f"Opened again for {scope.period}: {reason}."))
    return [*steps, *(step for step in _live(revived, item, card, scope) if step.kind is not Kind.SKIP)]


def _create(entry: Entry | None, item: Item, scope: Scope) -> Action:
    """A card for a finding; the board is searched for its reference first, as the making of one may not be on record."""
    sequence, reason, earlier = 1, f"a finding of {scope.period} without a card", ""
    if entry is not None and entry.status is Status.RESERVED:
        sequence, reason, earlier = (
            entry.sequence,
            "its making was not confirmed, and the board has no such card",
            entry.earlier,
        )
    elif entry is not None:
        sequence, reason = entry.sequence + 1, f"its card was closed more than {scope.policy.reopen_window_days} days ago"
        earlier = entry.url or entry.key
    ours = _said(item, earlier, scope)
    name = reference(scope.tenant, item.fingerprint, sequence)
    reserved = Entry(
        scope.tenant, scope.board, item.fingerprint, sequence, Status.RESERVED, item.rule, item.severity, scope.period,
        scope.end, sent=ours, earlier=earlier,
    )  # fmt: skip
    draft = Draft(name, replace(ours, text=block.wrapped(name, ours.text)))
    live = replace(reserved, status=Status.LIVE)
    return Action(Kind.CREATE, reason, item.fingerprint, name, item.content.title, draft=draft, before=reserved, after=live)


def _said(item: Item, earlier: str, scope: Scope) -> Content:
    """What a card says, as far as the board holds it; a second card of a finding names the first one."""
    content = item.content
    said = replace(content, text=f"{content.text}\n\nEarlier card: {earlier}") if earlier else content
    return fitted(said, scope.capabilities)


def _ended(entries: Mapping[str, Entry], handled: set[str], cards: Mapping[str, Looked], scope: Scope) -> list[Action]:
    """The steps for cards whose finding is not open: it is accepted, gone, or could not be looked for."""
    ended = [entry for mark, entry in entries.items() if mark not in handled and entry.status in _STANDING]
    steps = [close(entry, cards.get(entry.fingerprint), scope) for entry in ended]
    closing = sum(any(step.kind is Kind.TRANSITION for step in each) for each in steps)
    if closes_too_many(closing, entries.values(), scope):
        return [held_open(entry, scope) for entry in ended]
    return [step for each in steps for step in each]


def _and(names: Sequence[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def _step(kind: Kind, reason: str, entry: Entry, item: Item, **more: object) -> Action:
    return Action(kind, reason, item.fingerprint, entry.reference, item.content.title, card_id=entry.card_id, **more)  # type: ignore[arg-type]


def _skip(entry: Entry | None, item: Item, scope: Scope, reason: str, after: Entry | None = None) -> Action:
    name = entry.reference if entry else reference(scope.tenant, item.fingerprint)
    card = entry.card_id if entry else ""
    return Action(Kind.SKIP, reason, item.fingerprint, name, item.content.title, card_id=card, after=after)
