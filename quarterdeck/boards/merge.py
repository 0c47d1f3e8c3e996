"""Three-way merge of a card: what we last wrote, what the board shows now, and what we want to say now.

A field is written only where people left it as it was; one that a person has changed is theirs from then on, until they give
it back with the label `qd:manage`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from quarterdeck.boards import block
from quarterdeck.boards.entries import Entry
from quarterdeck.boards.records import Capabilities, Card, Content, Patch

MANAGE = "qd:manage"
_FIELDS = ("title", "text", "priority", "due")


@dataclass(frozen=True, slots=True)
class Merged:
    """What to write; the fields that are a person's now; those among them that we had something new to say of.

    `agreed` are fields that changed and say what we would: written by a sync that nobody remembers, or by a like mind.
    """

    patch: Patch
    frozen: frozenset[str]
    unsaid: tuple[str, ...]
    agreed: tuple[str, ...]


def merge(entry: Entry, ours: Content, card: Card, can: Capabilities) -> Merged:
    """What to write of a card so that it says `ours`, and no more than that."""
    is_given_back = MANAGE in card.labels
    frozen = frozenset() if is_given_back else entry.frozen
    base, sent = entry.base or ours, entry.sent or ours
    writes: dict[str, object] = {}
    unsaid: list[str] = []
    agreed: list[str] = []
    for name in _held(can):
        now, then, wanted, last = (_value(name, of) for of in (seen(card), base, ours, sent))
        if is_given_back:
            if now != wanted:
                writes[name] = wanted
            continue
        if now == wanted != then:
            agreed.append(name)
        elif now != then:
            frozen |= {name}
        if wanted in (last, now):
            continue
        if name in frozen:
            unsaid.append(name)
        else:
            writes[name] = wanted
    if "text" in writes:
        writes["text"] = block.replaced(card.text, entry.reference, ours.text)
    add, remove = _labels(entry, ours, card, can)
    patch = replace(Patch(**writes), labels_add=add, labels_remove=remove)  # type: ignore[arg-type]
    return Merged(patch, frozen, tuple(unsaid), tuple(agreed))


def seen(card: Card) -> Content:
    """What a card says in the fields that Quarterdeck writes; without its marks, our part counts as changed."""
    return Content(card.title, block.inside(card.text) or "", card.priority, card.due, card.labels)


def kept(content: Content, labels: frozenset[str]) -> Content:
    """How the board gave back what was written: of its labels, ours alone."""
    return replace(content, labels=content.labels & labels)


def fitted(content: Content, can: Capabilities) -> Content:
    """What of a content fits the board: titles and texts cut to its limits, and nothing that it has no field for."""
    title = content.title if len(content.title) <= can.max_title else content.title[: can.max_title - 1].rstrip() + "…"
    text = content.text if len(content.text) <= can.max_text else content.text[: can.max_text - 1].rstrip() + "…"
    return Content(
        title,
        text,
        content.priority if can.priority else None,
        content.due if can.due else None,
        content.labels if can.labels else frozenset(),
    )


def _held(can: Capabilities) -> tuple[str, ...]:
    return tuple(name for name in _FIELDS if getattr(can, name, True))


def _value(name: str, content: Content) -> object:
    value = getattr(content, name)
    return value.strip() if isinstance(value, str) else value


def _labels(entry: Entry, ours: Content, card: Card, can: Capabilities) -> tuple[frozenset[str], frozenset[str]]:
    """A label is put on when it is new to us and taken off when we drop it; one that a person took off stays off."""
    if not can.labels:
        return frozenset(), frozenset()
    before = entry.sent.labels if entry.sent else frozenset()
    return (ours.labels - before) - card.labels, ((before - ours.labels) | {MANAGE}) & card.labels
