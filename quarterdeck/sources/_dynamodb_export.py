"""Items of a table out of an export to S3 (ExportTableToPointInTime, in DynamoDB's JSON), which takes no read capacity.

    <prefix>/AWSDynamoDB/<export>/manifest-summary.json     one object: the table, the moment, how many items
                                  manifest-files.json       a line a file: its name, items, MD5, ETag
                                  data/<file>.json.gz       a line an item: {"Item": {...}}

An export counts from the moment its summary is there, which AWS writes last. Every file is held against the checksum and the
count that the manifest gives it, and all of them against the summary's count. Keys in a manifest are not followed: files are
looked for beside it, so that a copy of an export in another bucket reads the same, and nothing leads elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.json

from quarterdeck.aws import Aws
from quarterdeck.errors import SourceError, Where
from quarterdeck.reading.cells import CellError, instant
from quarterdeck.sources._aws_calls import asking
from quarterdeck.sources._dynamodb_items import Shape, of_items, parsing
from quarterdeck.sources._dynamodb_rows import Page

_FOLDER = "AWSDynamoDB/"
_SUMMARY, _FILES, _DATA = "manifest-summary.json", "manifest-files.json", "data/"
_LOOKED_AT = 100  # of the newest exports of all tables under a prefix
_MOST_BYTES = 2**30  # of one file, packed and unpacked; AWS writes one a partition of the table
_BLOCK = 2**24  # several times what the longest item, of 400 KB, can be as JSON
_BATCH = 5_000  # items


@dataclass(frozen=True, slots=True)
class Export:
    """A finished export: where it lies, the table's moment that it shows, and how many items it holds."""

    table: str
    bucket: str
    folder: str
    at: datetime
    items: int


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    items: int
    md5: str
    etag: str


def find_export(aws: Aws, place: str, table: str) -> Export:
    """The newest finished export of a table under a place in S3; SourceError where there is none."""
    bucket, _, prefix = place.removeprefix("s3://").partition("/")
    where = Where(table)
    for folder in _folders(aws, bucket, f"{prefix}/{_FOLDER}" if prefix else _FOLDER, where)[:_LOOKED_AT]:
        summary = _summary(aws, bucket, folder, where)
        if summary is not None and str(summary.get("tableArn", "")).rpartition(":table/")[2] == table:
            return _export(table, bucket, folder, summary, where)
    raise SourceError(
        f"there is no finished export of this table under {place}", where=where, remedy="export it there, or mend the place"
    )


def _folders(aws: Aws, bucket: str, prefix: str, where: Where) -> list[str]:
    """The folders of exports, the newest first: their names begin with the time."""
    pages = aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, Delimiter="/")
    with asking(
        "s3:ListBucket", where=where, unknown={"NoSuchBucket": ("there is no such bucket for exports", "mend `export`")}
    ):
        found = [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", ())]
    return sorted(found, reverse=True)


def _summary(aws: Aws, bucket: str, folder: str, where: Where) -> Mapping[str, Any] | None:
    """The summary of an export; None where it is not finished."""
    raw = _object(aws, bucket, folder + _SUMMARY, where)
    return None if raw is None else _mapping(raw[0], folder + _SUMMARY)


def _export(table: str, bucket: str, folder: str, summary: Mapping[str, Any], where: Where) -> Export:
    kind, form = summary.get("exportType", "FULL_EXPORT"), summary.get("outputFormat")
    if (kind, form) != ("FULL_EXPORT", "DYNAMODB_JSON"):
        remedy = "export the whole table, as DYNAMODB_JSON"
        raise SourceError(f"the newest export is {kind} in {form}", where=where, remedy=remedy)
    try:
        at = instant(str(summary.get("exportTime", ""))[:19] + "Z")  # to the second
        return Export(table, bucket, folder, at, _count(summary, folder + _SUMMARY))
    except CellError:
        raise _damaged(folder + _SUMMARY, "names no time of the export") from None


def read_export(aws: Aws, export: Export, shape: Shape, use: Callable[[Any], Page]) -> list[Page]:
    """What `use` makes of every batch of items, in the order of the manifest; SourceError where a file is not as it says."""
    pages: list[Page] = []
    for file in _listed(aws, export):
        made = [use(items) for items in _items(_checked(aws, export, file), shape, export.folder + file.name)]
        if sum(page.items for page in made) != file.items:
            raise _damaged(export.folder + file.name, "does not hold as many items as the manifest says")
        pages += made
    if sum(page.items for page in pages) != export.items:
        raise _damaged(export.folder + _FILES, "does not list as many items as the summary says")
    return pages


def _listed(aws: Aws, export: Export) -> Iterator[_File]:
    name = export.folder + _FILES
    raw = _needed(aws, export, _FILES)[0]
    for line in raw.splitlines():
        told = _mapping(line, name)
        file = str(told.get("dataFileS3Key", "")).rpartition("/")[2]
        if not file.endswith(".gz"):
            raise _damaged(name, "names a file that is no .gz")
        yield _File(_DATA + file, _count(told, name), str(told.get("md5Checksum") or ""), str(told.get("etag") or ""))


def _count(told: Mapping[str, Any], name: str) -> int:
    count = told.get("itemCount")
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise _damaged(name, "has no count of items")
    return count


def _checked(aws: Aws, export: Export, file: _File) -> bytes:
    """A file's bytes as they are in S3. A copy may have another ETag, so it counts only where there is no MD5."""
    raw, etag = _needed(aws, export, file.name)
    md5 = b64encode(hashlib.md5(raw, usedforsecurity=False).digest()).decode()
    if (md5 != file.md5) if file.md5 else (etag != file.etag):
        raise _damaged(export.folder + file.name, "is not the file that the manifest lists")
    return raw


def _items(packed: bytes, shape: Shape, name: str) -> Iterator[pa.StructArray]:
    """The items of a file, some thousands at a time. Where pyarrow refuses it, it is read line by line instead."""
    text = _unpacked(packed, name)
    if not shape.has_json:
        try:
            text.decode()  # pyarrow takes text that is no Unicode
            yield from list(_batches(text, shape))
        except (pa.ArrowException, UnicodeDecodeError):
            pass
        else:
            return
    lines = text.split(b"\n")
    for start in range(0, len(lines), _BATCH):
        found = [_mapping(line, name).get("Item") for line in lines[start : start + _BATCH] if line.strip()]
        if not all(isinstance(item, dict) for item in found):
            raise _damaged(name, "has a line without an item")
        yield of_items(found, shape)


def _batches(text: bytes, shape: Shape) -> Iterator[pa.StructArray]:
    if not text.strip():
        return
    reading = pa.json.ReadOptions(use_threads=False, block_size=_BLOCK)
    options = parsing(pa.schema([("Item", shape.type)]))
    for batch in pa.json.open_json(pa.BufferReader(text), read_options=reading, parse_options=options):
        items = batch.column("Item")
        if items.null_count:
            raise pa.ArrowInvalid("a line without an item")
        yield items


def _unpacked(packed: bytes, name: str) -> bytes:
    """A gzip file's text, however many members it has, up to a size that this machine can bear."""
    parts: list[bytes] = []
    while packed:
        member = zlib.decompressobj(wbits=31)
        try:
            parts.append(member.decompress(packed, _MOST_BYTES - sum(map(len, parts)) + 1))
        except zlib.error:
            raise _damaged(name, "cannot be unpacked") from None
        if sum(map(len, parts)) > _MOST_BYTES:
            raise _damaged(name, f"is larger than {_MOST_BYTES:,} bytes when it is unpacked")
        if not member.eof:
            raise _damaged(name, "ends half way")
        packed = member.unused_data
    return b"".join(parts)


def _mapping(raw: bytes, name: str) -> Mapping[str, Any]:
    try:
        told = json.loads(raw)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise _damaged(name, "is not JSON of the form that AWS writes")
    return told


def _needed(aws: Aws, export: Export, name: str) -> tuple[bytes, str]:
    found = _object(aws, export.bucket, export.folder + name, Where(export.table))
    if found is None:
        raise _damaged(export.folder + name, "is not there, though the export is finished")
    return found


def _object(aws: Aws, bucket: str, key: str, where: Where) -> tuple[bytes, str] | None:
    """The bytes of an object and its ETag; None where there is none."""
    with asking("s3:GetObject", where=where, absent=("NoSuchKey",)):
        answer = aws.client("s3").get_object(Bucket=bucket, Key=key)
        if int(answer["ContentLength"]) > _MOST_BYTES:
            raise _damaged(key, f"is larger than {_MOST_BYTES:,} bytes")
        return answer["Body"].read(), str(answer["ETag"]).strip('"')
    return None


def _damaged(name: str, what: str) -> SourceError:
    return SourceError(f"the file {what}", where=Where(name), remedy="export the table again")
