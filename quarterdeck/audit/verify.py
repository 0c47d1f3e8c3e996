"""Does the trail tell what happened? Holds chains, anchors and tables against each other; pure, for every store.

Found are: an event changed, left out, put in, moved or doubled; a chain cut off or written anew behind an anchor; a row of
a table that says something else than the trail. Events after the last anchor are counted, for they are not yet proved.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from quarterdeck.audit.anchors import Anchor, Head
from quarterdeck.audit.chain import GENESIS, link
from quarterdeck.audit.records import Entry, Subject, UnusableError
from quarterdeck.errors import AuditError


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check of the trail came to. `unanchored` counts the events after each chain's last anchor."""

    problems: tuple[str, ...]
    events: int
    heads: Mapping[str, Head]
    unanchored: Mapping[str, int]

    @property
    def ok(self) -> bool:
        return not self.problems


class Verifier:
    """Takes the entries in the order of (tenant, seq), then the rest; `result` is the verdict."""

    def __init__(self) -> None:
        self._problems: list[str] = []
        self._heads: dict[str, Head] = {}
        self._hashes: dict[tuple[str, int], str] = {}
        self._last: dict[Subject, Any] = {}
        self._unanchored: dict[str, int] = {}

    def walk(self, entries: Iterable[Entry]) -> None:
        """Follow each chain link by link."""
        for entry in entries:
            seq, prev = self.head(entry.tenant)
            if (entry.seq, entry.prev) != (seq + 1, prev):
                self._problems.append(f"{entry.tenant} {entry.seq}: does not follow event {seq}")
            if link(entry.prev, entry.body) != entry.hash:
                self._problems.append(f"{entry.tenant} {entry.seq}: was changed after it was written")
            self._take_body(entry)
            self._heads[entry.tenant] = (entry.seq, entry.hash)
            self._hashes[entry.tenant, entry.seq] = entry.hash

    def compare_anchors(self, anchors: Iterable[Anchor], written: int) -> None:
        """Hold the chains against their anchors, of which at least `written` must be there."""
        listed = list(anchors)
        if len(listed) < written:
            self._problems.append(f"{written} anchors were written and {len(listed)} are left")
        anchored: dict[str, int] = {}
        for anchor in listed:
            for tenant, (seq, hash) in anchor.heads.items():
                if self._hashes.get((tenant, seq)) != hash:
                    self._problems.append(f"{tenant} {seq}: is not the event that was anchored on {anchor.at:%Y-%m-%d %H:%M}")
                anchored[tenant] = max(seq, anchored.get(tenant, 0))
        self._unanchored = {tenant: seq - anchored.get(tenant, 0) for tenant, (seq, _) in self._heads.items()}

    def head(self, chain: str) -> Head:
        """How far a chain was followed."""
        return self._heads.get(chain, (0, GENESIS))

    def differing(self, rows: Mapping[Subject, Any]) -> set[Subject]:
        """What the rows and the trail do not agree about so far."""
        subjects = self._last.keys() | rows.keys()
        return {each for each in subjects if each not in rows or each not in self._last or self._last[each] != rows[each]}

    def told(self, subject: Subject) -> Any:
        """What the trail says last of something, or None."""
        return self._last.get(subject)

    def compare_rows(self, rows: Mapping[Subject, Any]) -> None:
        """Hold the rows of the tables against what the trail says last of each."""
        for subject, facts in rows.items():
            if subject not in self._last:
                self._problems.append(f"{' '.join(subject)}: the trail knows nothing of it")
            elif self._last[subject] != facts:
                self._problems.append(f"{' '.join(subject)}: the trail says something else about it")
        self._problems += [
            f"{' '.join(subject)}: is in the trail and not in its table" for subject in self._last.keys() - rows.keys()
        ]

    def complain(self, problem: str) -> None:
        self._problems.append(problem)

    def result(self) -> Verification:
        unanchored = {tenant: count for tenant, count in self._unanchored.items() if count > 0}
        return Verification(tuple(sorted(set(self._problems))), len(self._hashes), dict(self._heads), unanchored)

    def _take_body(self, entry: Entry) -> None:
        try:
            body = json.loads(entry.body)
            if (body["tenant"], body["seq"], body["report_id"]) != (entry.tenant, entry.seq, entry.report_id):
                self._problems.append(
                    f"{entry.tenant} {entry.seq}: is event {body['seq']} of {body['tenant']}, {body['report_id']}"
                )
            self._last[body["kind"], body["id"]] = body["facts"]
        except (ValueError, KeyError, TypeError, RecursionError):
            self._problems.append(f"{entry.tenant} {entry.seq}: is no event")


def complain(verifier: Verifier, error: AuditError) -> None:
    """What cannot be read is a finding, unless that is not the trail's fault: then there is no verdict, and it is raised."""
    if not error.permanent or isinstance(error, UnusableError):
        raise error
    verifier.complain(str(error))
