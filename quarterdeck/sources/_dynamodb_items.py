"""Items of DynamoDB as Arrow arrays of one fixed type, whatever a page holds.

An attribute's value says its kind: `{"S": "2026-10-01"}`. It becomes a struct with a field for each kind that matters to the
columns which name it, one of which is filled; none is, where the value is of another kind. Only attributes that columns name
are kept, maps as deep as their paths go. Numbers and what is binary stay the text that they are on the wire, so nothing is
ever a float, and text that looks like a time stays text.

A page's body is read by pyarrow; where it refuses one, by the SDK, whose items `of_items` puts into the very same form.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.json

Path = tuple[str, ...]
Tree = Mapping[str, "Tree"]

JSON = "JSON"  # the one kind of an attribute that is kept as it is, as canonical JSON
_KEY_KINDS = ("S", "N", "B")
_ALWAYS = ("S", "N", "NULL")
_KINDS: Mapping[str, pa.DataType] = {
    "S": pa.string(),
    "N": pa.string(),
    "B": pa.string(),
    "BOOL": pa.bool_(),
    "NULL": pa.bool_(),
    JSON: pa.string(),
}
_LEAST_BLOCK = 2**16
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)


@dataclass(frozen=True)
class Shape:
    """Which attributes are kept, by path, and of which kind each shall be; several columns may want several."""

    kinds: Mapping[Path, frozenset[str]]

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        """The names of attributes at the top, each once."""
        return tuple(self.tree)

    @property
    def has_json(self) -> bool:
        """Whether anything is kept as JSON, which takes an item with all of its kinds."""
        return any(JSON in kinds for kinds in self.kinds.values())

    @cached_property
    def tree(self) -> Tree:
        root: dict[str, Any] = {}
        for path in self.kinds:
            node = root
            for name in path:
                node = node.setdefault(name, {})
        return root

    @cached_property
    def type(self) -> pa.StructType:
        return self._struct(self.tree, ())

    def _struct(self, tree: Tree, above: Path) -> pa.StructType:
        return pa.struct([(name, self._value_type(below, (*above, name))) for name, below in tree.items()])

    def _value_type(self, below: Tree, path: Path) -> pa.StructType:
        inside = [("M", self._struct(below, path))] if below else []
        return pa.struct([*((kind, _KINDS[kind]) for kind in self.kept(path)), *inside])

    def kept(self, path: Path) -> tuple[str, ...]:
        """The kinds of a value that are told apart: those that are wanted, and those that can be shown where another was."""
        wanted = self.kinds.get(path, frozenset())
        return tuple(kind for kind in _KINDS if kind in _ALWAYS or kind in wanted)


class BodyReader:
    """Takes the items out of a Scan's or Query's answer; `keys` are the attributes that a key to go on from has."""

    def __init__(self, shape: Shape, keys: Sequence[str]) -> None:
        self._keys = tuple(keys)
        key = pa.struct([(kind, pa.string()) for kind in _KEY_KINDS])
        self._schema = pa.schema(
            [
                ("Items", pa.list_(shape.type)),
                ("Count", pa.int64()),
                ("ScannedCount", pa.int64()),
                ("LastEvaluatedKey", pa.struct([(name, key) for name in self._keys])),
            ]
        )

    def take(self, body: bytes) -> tuple[bytes, pa.StructArray] | None:
        """The answer without its items, and these; None where it is not wholly what such an answer looks like."""
        try:
            if not body.isascii():
                body.decode()  # pyarrow takes text that is no Unicode, and whoever reads it fails later
            table = read_json(body, self._schema, len(body))
        except (pa.ArrowException, UnicodeDecodeError):
            return None
        if table.num_rows != 1:
            return None
        items = table.column("Items").combine_chunks()
        [rest] = table.drop_columns("Items").to_pylist()
        if not items[0].is_valid or rest["Count"] != len(items.values):
            return None
        last = rest.pop("LastEvaluatedKey")
        if last is None and b'"LastEvaluatedKey"' in body:
            return None  # another page may follow: the SDK shall say
        if last is not None:
            key = {name: {kind: text for kind, text in (last[name] or {}).items() if text is not None} for name in self._keys}
            if not all(len(value) == 1 for value in key.values()):
                return None
            rest["LastEvaluatedKey"] = key
        return json.dumps({name: value for name, value in rest.items() if value is not None}).encode(), items.values


def read_json(text: bytes, schema: pa.Schema, block: int) -> pa.Table:
    """Lines of JSON as a table; what the schema does not name is left out. `block` is the length of the longest line."""
    return pa.json.read_json(
        pa.BufferReader(text),
        read_options=pa.json.ReadOptions(use_threads=False, block_size=max(block + 1, _LEAST_BLOCK)),
        parse_options=parsing(schema),
    )


def parsing(schema: pa.Schema) -> pa.json.ParseOptions:
    """No type is guessed from what a page holds."""
    return pa.json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore")


def of_items(items: Iterable[object], shape: Shape) -> pa.StructArray:
    """The same array out of items in DynamoDB's JSON; binary values as bytes, as the SDK has them, or in base64."""
    return pa.array([_fields(item, shape.tree, (), shape) for item in items], type=shape.type)


def _fields(item: object, tree: Tree, above: Path, shape: Shape) -> dict[str, object]:
    known = item if isinstance(item, Mapping) else {}
    return {
        name: _value(known[name], below, (*above, name), shape) for name, below in tree.items() if known.get(name) is not None
    }


def _value(value: object, below: Tree, path: Path, shape: Shape) -> dict[str, object]:
    """A value as a struct of its kind. What is not what its kind says is as good as of an unknown kind."""
    told = value if isinstance(value, Mapping) else {}
    found: dict[str, object] = {}
    for kind in shape.kept(path):
        each = told.get(kind)
        if isinstance(each, bool) if kind in ("BOOL", "NULL") else isinstance(each, str | bytes):
            found[kind] = each if isinstance(each, bool) else _text(each)
    if below and isinstance(told.get("M"), Mapping):
        found["M"] = _fields(told["M"], below, path, shape)
    if JSON in shape.kept(path) and "NULL" not in found:
        found[JSON] = json_of(value)
    return found


def _text(told: object) -> str:
    if isinstance(told, bytes):
        return base64.b64encode(told).decode()
    text = str(told)
    return text if text.isascii() else text.encode("utf-8", "ignore").decode()  # halves of surrogate pairs are no text


def json_of(value: object) -> str | None:
    """A value as canonical JSON, numbers with the digits they have, sets as sorted lists, what is binary in base64.

    None for one whose kind is not known, or of which a part's is not.
    """
    if not isinstance(value, Mapping) or len(value) != 1:
        return None
    [(kind, told)] = value.items()
    if kind == "M" and isinstance(told, Mapping):
        parts = {_quoted(_text(name)): json_of(each) for name, each in told.items()}
        return None if None in parts.values() else f"{{{','.join(f'{name}:{parts[name]}' for name in sorted(parts))}}}"
    if kind == "L" and isinstance(told, list):
        return _list([json_of(each) for each in told])
    if kind in ("SS", "BS", "NS") and isinstance(told, list):
        return _list([_scalar(kind[0], each) for each in sorted(told, key=str)])
    return _scalar(kind, told)


def _list(parts: Sequence[str | None]) -> str | None:
    known = [part for part in parts if part is not None]
    return f"[{','.join(known)}]" if len(known) == len(parts) else None


def _scalar(kind: str, told: object) -> str | None:
    if kind == "NULL":
        return "null"
    if kind == "BOOL" and isinstance(told, bool):
        return "true" if told else "false"
    if kind == "N" and isinstance(told, str):
        return told if _NUMBER.fullmatch(told) else None
    return _quoted(_text(told)) if kind in ("S", "B") and isinstance(told, str | bytes) else None


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
