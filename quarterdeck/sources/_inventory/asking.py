"""How the readers ask AWS: pages that are whole, denials with the permission that they lack, and many calls at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from quarterdeck.errors import Reject, SourceError
from quarterdeck.sources._aws import Place
from quarterdeck.sources._aws_calls import asking, part

GLOBAL = "global"
_CALLS_AT_ONCE = 8

Row = dict[str, object]
Rows = list[Row | Reject]
Found = Mapping[str, Rows | SourceError]
"""What a reader found: the rows of each of its tables and what could not be read of them, or why there is no table."""

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Sampling:
    """How far buckets are looked into: objects that are listed and heads that are read, for each bucket."""

    listed: int
    heads: int
    buckets: frozenset[str] = frozenset()  # only these; all where none is named


@dataclass(frozen=True, slots=True)
class Asker:
    """One account in one region, asked in the name of a tenant. `mark` makes the fingerprint of a secret."""

    place: Place
    sampling: Sampling
    stack_tag: str
    mark: Callable[[str], str]

    def row(self, region: str | None = None, /, **values: object) -> Row:
        return {"account": self.place.account, "region": region or self.place.region, **values}

    def one(self, service: str, operation: str, permission: str, **asked: Any) -> dict[str, Any]:
        """The answer of one call; SourceError with the permission where AWS gives none."""
        with asking(permission, self._whom(asked)):
            return self._call(service, operation, asked)

    def maybe(
        self, service: str, operation: str, permission: str, absent: Sequence[str], **asked: Any
    ) -> dict[str, Any] | None:
        """The answer of one call; None where AWS says that there is none, by one of the codes in `absent`."""
        with asking(permission, self._whom(asked), absent=tuple(absent)):
            return self._call(service, operation, asked)
        return None

    def pages(self, service: str, operation: str, permission: str, **asked: Any) -> Iterator[dict[str, Any]]:
        """All pages of an answer."""
        with asking(permission, self._whom(asked)):
            yield from self.place.aws.client(service).get_paginator(operation).paginate(**asked)

    def items(self, service: str, operation: str, permission: str, key: str, **asked: Any) -> Iterator[Any]:
        """The members of a list over all its pages; SourceError for a page without the list: it was cut on its way."""
        for page in self.pages(service, operation, permission, **asked):
            yield from part(page, key, permission)

    def at(self, region: str) -> Asker:
        """The same account in another region."""
        return replace(self, place=Place(self.place.account, region, self.place.aws.at(region)))

    def rows(self, make: Callable[[Asker, Mapping[str, Any]], Row], about: Iterable[Mapping[str, Any]]) -> Rows:
        """A row of each thing in an answer, or what is wrong with it; of its values nothing is told, for they may be secret."""
        return [self._made(make, number, each) for number, each in enumerate(about, 1)]

    def rows_at_once(self, make: Callable[[Asker, Mapping[str, Any]], Row], about: Iterable[Mapping[str, Any]]) -> Rows:
        """The same where each row takes calls of its own."""
        return self.each(lambda pair: self._made(make, *pair), enumerate(about, 1))

    def _made(self, make: Callable[[Asker, Mapping[str, Any]], Row], number: int, each: Mapping[str, Any]) -> Row | Reject:
        try:
            return make(self, each)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            column = str(error.args[0]) if isinstance(error, KeyError) and error.args else type(error).__name__
            return Reject(self._whom({}), number, column, "", "what the service's API reference promises")

    def each(self, ask: Callable[[T], R], about: Iterable[T]) -> list[R]:
        """What `ask` says about each thing, in their order, several asked at once."""
        listed = list(about)
        if len(listed) < 2:  # a pool costs more than one call
            return [ask(thing) for thing in listed]
        with ThreadPoolExecutor(min(_CALLS_AT_ONCE, len(listed))) as pool:
            return list(pool.map(ask, listed))

    def _call(self, service: str, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(self.place.aws.client(service), operation)(**asked)
        return answer

    def _whom(self, asked: Mapping[str, Any]) -> str:
        """Whom a call is about: an account and region, and a bucket, whose own policy may deny what the account's allow."""
        bucket = f"bucket {asked['Bucket']}, " if "Bucket" in asked else ""
        return f"{bucket}account {self.place.account}, {self.place.region}"


@dataclass(frozen=True, slots=True)
class Part:
    """One reader: the service it asks, the tables that it fills, and the permissions that it takes.

    Of a global one, one answer holds for all regions of an account.
    """

    service: str
    tables: tuple[str, ...]
    permissions: tuple[str, ...]
    read: Callable[[Asker], Found]
    is_global: bool = False

    @property
    def name(self) -> str:
        return self.tables[0]


def instant(value: object) -> datetime | None:
    """An instant of an answer, whole seconds in UTC, from a datetime, milliseconds, or ISO 8601 text; None for none."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(microsecond=0)
    if isinstance(value, int):
        return datetime.fromtimestamp(value // 1000, UTC)
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value[:19]).replace(tzinfo=UTC) if _is_utc(value) else _instant(value)
        except ValueError:
            return None
    return None


def _is_utc(text: str) -> bool:
    return text.endswith(("Z", "+0000", "+00:00"))


def _instant(text: str) -> datetime | None:
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC).replace(microsecond=0) if found.tzinfo else None


def listed(values: Iterable[str] | None) -> str:
    """Names in one cell, in order, each once."""
    return ", ".join(sorted({*(values or ())}))


def name_tag(tags: Iterable[Mapping[str, str]] | None) -> str:
    """The value of the tag Name, which the console shows as a resource's name; empty where there is none."""
    return next((str(tag["Value"]) for tag in tags or () if tag.get("Key") == "Name"), "")
