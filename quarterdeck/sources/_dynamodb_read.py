"""All items of a table, as DynamoDB gives them now: by Query on a time index, else by a Scan in segments.

No page is lost, and none comes twice: a page without its items or without their count is no end but a fault, an empty page
that names a key goes on from there, and what failed for the moment is asked again from the same key. The pages come in the
order of segments or partitions, the same each time for the same data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import pyarrow as pa

from quarterdeck.aws import TAKEN, Aws
from quarterdeck.errors import SourceError, Where
from quarterdeck.sources._aws_calls import Unknown, asking, part
from quarterdeck.sources._dynamodb_items import BodyReader, Shape, of_items
from quarterdeck.sources._dynamodb_rows import Page

_TRIES = 3  # for a page that came, and was none
_THREADS = 8
_SEGMENTS = 4
_SMALL = 8 * 2**20  # bytes of a table that one segment reads as quickly as several


@dataclass(frozen=True, slots=True)
class Table:
    """A table as DescribeTable tells of it. `keys` are the attributes of its key and of the index's, if one is asked."""

    name: str
    region: str
    items: int
    bytes: int
    hash: str
    range: str | None
    keys: tuple[str, ...]
    types: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The part of a time index to read: partitions of its key, and the first and last sort key, both included."""

    partitions: tuple[str, ...]
    first: str
    last: str


def describe(aws: Aws, name: str, index: str | None = None) -> Table:
    """A table, and the index of it that shall be asked; SourceError where there is none, or it may not be known."""
    permission = "dynamodb:DescribeTable"
    with asking(permission, where=Where(name), unknown=_unknown(aws.region)):
        told = part(aws.client("dynamodb").describe_table(TableName=name), "Table", permission)
    own = _key(told["KeySchema"])
    indexes = [*told.get("GlobalSecondaryIndexes", ()), *told.get("LocalSecondaryIndexes", ())]
    named = {each["IndexName"]: _key(each["KeySchema"]) for each in indexes}
    if index is not None and index not in named:
        known = ", ".join(sorted(named)) or "it has none"
        raise SourceError(f"there is no index {index!r}", where=Where(name), remedy=f"indexes of the table: {known}")
    asked = named[index] if index is not None else own
    return Table(
        name=name,
        region=str(aws.region),
        items=int(told.get("ItemCount", 0)),
        bytes=int(told.get("TableSizeBytes", 0)),
        hash=asked["HASH"],
        range=asked.get("RANGE"),
        keys=tuple(dict.fromkeys([*own.values(), *asked.values()])),
        types={each["AttributeName"]: each["AttributeType"] for each in told["AttributeDefinitions"]},
    )


def _key(schema: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {part["KeyType"]: part["AttributeName"] for part in schema}


def scans(table: Table, shape: Shape, segments: int | None) -> list[dict[str, Any]]:
    """The requests that read a whole table, one a segment; as many as are useful, where it is not said how many."""
    asked = {"TableName": table.name, **_projection(shape)}
    if segments is None:
        segments = 1 if table.bytes < _SMALL else _SEGMENTS
    if segments == 1:
        return [asked]
    return [{**asked, "Segment": number, "TotalSegments": segments} for number in range(segments)]


def queries(table: Table, shape: Shape, index: str | None, stretch: Stretch) -> list[dict[str, Any]]:
    """The requests that read a stretch of time, one a partition; the table has a sort key."""
    ranged = str(table.range)
    asked = {
        "TableName": table.name,
        "KeyConditionExpression": "#hash = :hash AND #range BETWEEN :first AND :last",
        **({"IndexName": index} if index else {}),
    }
    projection = _projection(shape)
    names = {"#hash": table.hash, "#range": ranged, **projection.pop("ExpressionAttributeNames")}
    ends = {":first": {table.types[ranged]: stretch.first}, ":last": {table.types[ranged]: stretch.last}}
    return [
        {
            **asked,
            **projection,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": {":hash": {table.types[table.hash]: partition}, **ends},
        }
        for partition in stretch.partitions
    ]


def _projection(shape: Shape) -> dict[str, Any]:
    """Only the attributes that columns need leave AWS, each whole, so that one of another kind is seen."""
    names = {f"#a{number}": name for number, name in enumerate(shape.attributes)}
    return {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}


def read(aws: Aws, table: Table, requests: Sequence[dict[str, Any]], shape: Shape, use: Callable[[Any], Page]) -> list[Page]:
    """What `use` makes of every page, in order; SourceError where one cannot be had."""
    operation = "Query" if "KeyConditionExpression" in requests[0] else "Scan"
    client = _client(aws, operation, shape, table)
    reader = _Reader(getattr(client, operation.lower()), operation, table, shape)
    with ThreadPoolExecutor(max_workers=min(len(requests), _THREADS)) as threads:
        parts = [threads.submit(lambda asked: [use(items) for items in reader.pages(asked)], asked) for asked in requests]
        try:
            return [page for part in parts for page in part.result()]
        finally:
            reader.stop.set()  # of the others nobody wants to know any more


def _client(aws: Aws, operation: str, shape: Shape, table: Table) -> Any:
    if shape.has_json:  # what is kept as it is needs all of its kinds, which the SDK's own parser gives
        return aws.client("dynamodb")
    return aws.tapped("dynamodb", [operation], BodyReader(shape, table.keys).take)


@dataclass(frozen=True)
class _Reader:
    """Pages of one table, by Scan or Query."""

    call: Callable[..., Mapping[str, Any]]
    operation: str
    table: Table
    shape: Shape
    stop: Event = field(default_factory=Event)

    def pages(self, asked: Mapping[str, Any]) -> Iterator[pa.StructArray]:
        """The items of each page that a request leads to."""
        start: dict[str, Any] = {}
        seen: set[str] = set()
        while not self.stop.is_set():
            items, last = self._page({**asked, **start})
            yield items
            if not last:
                return
            if repr(last) in seen:
                raise self._fault("DynamoDB names the same key to go on from again")
            seen.add(repr(last))
            start = {"ExclusiveStartKey": last}

    def _page(self, asked: Mapping[str, Any]) -> tuple[pa.StructArray, Any]:
        for _ in range(_TRIES):
            answer = self._answer(asked)
            if TAKEN in answer:
                return answer[TAKEN], answer.get("LastEvaluatedKey")
            items = answer.get("Items")
            if isinstance(items, list) and answer.get("Count") == len(items):
                return of_items(items, self.shape), answer.get("LastEvaluatedKey")
        raise self._fault(f"DynamoDB answered {self.operation} without the items of a page")

    def _answer(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            with asking(f"dynamodb:{self.operation}", where=Where(self.table.name), unknown=_unknown(self.table.region)):
                return self.call(**asked)
        except UnicodeDecodeError:  # which the SDK lets through
            return {}

    def _fault(self, what: str) -> SourceError:
        return SourceError(what, where=Where(self.table.name), remedy="run it again", permanent=False)


def _unknown(region: str | None) -> Unknown:
    remedy = "mend the name of the table or its `region`"
    return {"ResourceNotFoundException": (f"there is no such table or index in {region}", remedy)}
