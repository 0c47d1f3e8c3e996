"""Anchors in S3: an object each, under growing numbers, locked against everybody for as long as the settings say.

Whoever can write the trail, and even the bucket, can put other bytes over an anchor or hide it behind a delete marker, but
under Object Lock its first version stays. So the first version of each number is what counts here, whatever came later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import overload

from quarterdeck.audit.anchors import Anchor, decode, encode
from quarterdeck.errors import AuditError, StorageError
from quarterdeck.storage import S3Store

_KEY = re.compile(r"(?P<number>[0-9]{8})\.json", re.ASCII)
_READERS = 8


class S3Anchors:
    """Anchors in a store. With `days`, nobody can delete or replace one before so many days are over."""

    def __init__(self, store: S3Store, days: int = 0) -> None:
        self.store = store
        self.days = days

    def append(self, anchor: Anchor) -> None:
        """Add an anchor under the next number; AuditError where S3 does not take it, or takes it without its lock."""
        until = anchor.at + timedelta(days=self.days) if self.days else None
        with _told():
            number = max(self._versions(), default=0)
            while not self.store.put_new(_key(number := number + 1), encode(anchor), locked_until=until):
                pass  # another process has just taken this number

    def read(self) -> Sequence[Anchor]:
        """All anchors, oldest first, each fetched when it is looked at."""
        with _told():
            return _Stored(self.store, self._versions())

    def _versions(self) -> dict[int, str]:
        """The first version of every number, in order."""
        found = ((_KEY.fullmatch(key), versions) for key, versions in self.store.versions().items())
        return {int(match["number"]): versions[0] for match, versions in found if match}


class _Stored(Sequence[Anchor]):
    """The anchors behind a listing. To look at the last one takes a single request, however many there are."""

    def __init__(self, store: S3Store, versions: Mapping[int, str]) -> None:
        self._store = store
        self._versions = versions
        self._numbers = tuple(versions)
        self._fetched: dict[int, Anchor] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> Anchor: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Anchor]: ...
    def __getitem__(self, index: int | slice) -> Anchor | Sequence[Anchor]:
        if isinstance(index, slice):
            return self._all(self._numbers[index])
        return self._fetch(self._numbers[index])

    def __iter__(self) -> Iterator[Anchor]:
        missing = set(range(1, len(self) + 1)) - set(self._numbers)
        if missing:
            raise AuditError(f"the anchor {self._store.locate(_key(min(missing)))} is gone", remedy="find out who removed it")
        return iter(self._all(self._numbers))

    def _all(self, numbers: Sequence[int]) -> Sequence[Anchor]:
        with ThreadPoolExecutor(_READERS, "s3-anchors") as pool:
            return tuple(pool.map(self._fetch, numbers))

    def _fetch(self, number: int) -> Anchor:
        if number not in self._fetched:
            with _told():
                line = self._store.get_version(_key(number), self._versions[number])
            self._fetched[number] = decode(line, self._store.locate(_key(number)))
        return self._fetched[number]


@contextmanager
def _told() -> Iterator[None]:
    """What a store says went wrong, as the trail says it."""
    try:
        yield
    except StorageError as error:
        problem = error.problem
        raise AuditError(
            f"the anchors cannot be reached: {problem.what}",
            remedy=problem.remedy,
            permanent=error.permanent,
            evidence=error.evidence,
        ) from error


def _key(number: int) -> str:
    return f"{number:08d}.json"
