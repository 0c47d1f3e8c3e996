"""What a store is, and what a key is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

from quarterdeck.errors import StorageError

_PART = re.compile(r"(?!\.)[A-Za-z0-9._=-]{1,128}(?<!\.)", re.ASCII)  # no hidden files, no . and .., no trailing dot


class Store(Protocol):
    """Bytes by key ("a/b/c"). Raises StorageError on failure; what a method returns has happened for good."""

    def get(self, key: str) -> bytes:
        """The bytes of a key; MissingKeyError where there are none."""
        ...

    def exists(self, key: str) -> bool: ...

    def put_new(self, key: str, data: bytes) -> bool:
        """Store bytes under a key that is free: True, or False where the key is taken and nothing was changed.

        Of many who store under one key, exactly one is told True.
        """
        ...

    def put_new_all(self, files: Mapping[str, bytes]) -> None:
        """`put_new` many keys in one go; where it fails, some of them may have been stored."""
        ...

    def put(self, key: str, data: bytes) -> None:
        """Store bytes under a key, replacing what stood there; a reader gets the old bytes or the new, never both."""
        ...

    def put_all(self, files: Mapping[str, bytes]) -> None:
        """`put` many keys in one go, which is much faster; where it fails, some of them may have been stored."""
        ...

    def list(self, prefix: str = "") -> tuple[str, ...]:
        """All keys that begin with a prefix, sorted."""
        ...

    def locate(self, key: str) -> str:
        """Where a person finds the bytes of a key: a path or a URI. The key need not be there."""
        ...

    def reach(self) -> str:
        """What is found where the bytes lie, in a few words; nothing is stored. StorageError where it cannot be used."""
        ...

    def signed(self, key: str, lifetime: timedelta) -> str | None:
        """An address under which anybody who has it can read a key for a while; None where the store has no such thing."""
        ...


def check_key(key: str) -> tuple[str, ...]:
    """The parts of a key, or StorageError: no `..`, nothing absolute, hidden, empty, or out of `[A-Za-z0-9._=-]`."""
    parts = tuple(key.split("/"))
    if not all(_PART.fullmatch(part) for part in parts):
        raise StorageError(f"{key!r} is not a key", remedy="keys are parts of [A-Za-z0-9._=-] joined by /")
    return parts


def is_key(key: str) -> bool:
    """Whether a name that was found in a store is a key."""
    return all(_PART.fullmatch(part) for part in key.split("/"))


def check_prefix(prefix: str) -> str:
    """The prefix, or StorageError where its folder is none of the store's."""
    folder, slash, _ = prefix.rpartition("/")
    if slash:
        check_key(folder)
    return prefix
