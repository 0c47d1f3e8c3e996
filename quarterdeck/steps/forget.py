"""A reader's address taken out of what is kept: the trail's tables, the messages in the outbox, the previews, the pages.

The events never held it, so the trail verifies as before. What other people have in their mailboxes is theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from quarterdeck.addresses import parse_address
from quarterdeck.audit.records import Filter
from quarterdeck.audit.states import State
from quarterdeck.errors import ConfigError, Problem, StorageError
from quarterdeck.steps.approval import person
from quarterdeck.steps.counts import UNDER_WAY
from quarterdeck.steps.send import publish, turn_of
from quarterdeck.wiring import Parts

_OUTBOX, _PREVIEW = "outbox", "preview"
_NEEDED = UNDER_WAY | {State.UNKNOWN, State.HELD}  # what is in the outbox tells whether these went out


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many records of the trail held the address, how many files were removed, and what had to stay for now."""

    records: int
    files: int
    problems: tuple[Problem, ...] = ()


def forget(parts: Parts, address: str, *, by: str) -> Forgotten:
    """Take an address out of everything that is kept here, on somebody's word; again where something had to stay.

    ConfigError where it is no address, where the settings still name it, or for a name that is none.
    """
    by, spec = person(by), parse_address(address).spec.lower()
    if named := tuple(_named(parts, spec)):
        remedy = "take it out of there first; what would be sent to it next would be kept again"
        raise ConfigError(f"the address is still named: {', '.join(named)}", remedy=remedy)
    with turn_of(parts, _OUTBOX):  # nobody puts a message there meanwhile
        removed, kept = _remove(parts, spec)
    records = parts.audit.forget(spec, by, parts.clock())
    parts.audit.anchor(parts.clock())
    problems = [
        Problem(f"{path.name} stays: its delivery is not settled", remedy="settle it, then forget again") for path in kept
    ]
    return Forgotten(records, removed, (*problems, *publish(parts)))


def _named(parts: Parts, spec: str) -> Iterator[str]:
    """Where the settings name an address."""
    settings = parts.settings
    lists = {
        f"{role} of {tenant.id}": (*named.to, *named.cc, *named.bcc)
        for tenant in settings.tenants
        for role, named in tenant.roles.items()
    }
    lists |= {"operators": settings.delivery.operators.to, "RECIPIENT_EMAIL": settings.environment.recipients}
    lists |= {"BCC_RECIPIENTS": settings.environment.bcc}
    for name, addresses in lists.items():
        if spec in (parse_address(text).spec.lower() for text in addresses):
            yield name


def _remove(parts: Parts, spec: str) -> tuple[int, list[Path]]:
    """Remove the messages that name an address, to whomever they go; how many, and those that had to stay."""
    needed = {row.key[:12] for row in parts.audit.list(Filter(channel=_OUTBOX, states=_NEEDED))}
    removed, kept = 0, []
    for path in _messages(parts.settings.home, spec):
        if path.stem.rpartition("_")[2] in needed:
            kept.append(path)
            continue
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(f"{path.name} cannot be removed: {error.strerror}", remedy="see to its rights") from error
        removed += 1
    return removed, kept


def _messages(home: Path, spec: str) -> Iterator[Path]:
    """The messages with an address in them, and what lies beside them; an address that only begins or ends so is another."""
    wanted = re.compile(rb"(?<![\w.!#$%&'*+/=?^`{|}~-])" + re.escape(spec.encode()) + rb"(?![\w-]|\.\w)", re.IGNORECASE)
    for pattern in (f"{_OUTBOX}/*.json", f"{_OUTBOX}/*.eml", f"{_PREVIEW}/*.eml"):
        yield from (path for path in sorted(home.glob(pattern)) if wanted.search(path.read_bytes()))
