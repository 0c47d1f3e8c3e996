"""YAML of the safe core, with the place of every key: settings, inventories, category rules, front matter.

What is read: mappings with text keys, sequences, text, `true` and `false`, plain decimal integers, and null. All else
stays the text that was written (`NO`, `1.10`, `012`, `12:30`, `2024-02-30`), because a guess at a type loses what the
writer meant. Anchors, aliases and tags are refused: they bring a few bytes to gigabytes, or to code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import yaml

from quarterdeck.errors import QuarterdeckError, Where
from quarterdeck.reading.text import place_of, read_text

MOST_BYTES = 32 * 2**20
DEEPEST = 50
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})", re.ASCII)
_NULLS = ("", "~", "null", "Null", "NULL")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Steps = Sequence[str | int]


class YamlError(QuarterdeckError):
    """Text that is not YAML of the safe core; `problem.where` says at which line and column."""


@dataclass(slots=True)
class _Node:
    """Where a key or an item stands, and the nodes below it by key or index."""

    line: int
    column: int
    below: dict[str | int, _Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds, and where each part of it stands."""

    data: Any
    file: str
    _root: _Node

    def position(self, path: Steps) -> Where:
        """The place of the key or item at `path`, else that of the nearest part above it that is there."""
        node = self._root
        for step in path:
            found = node.below.get(step)
            if found is None:
                break
            node = found
        return Where(self.file, node.line, node.column)


def load_file(path: Path, shown: str | None = None) -> Document:
    """The one document of a file; SourceError where the file cannot be read, YamlError where it is not such YAML."""
    return load(read_text(path, shown, most_bytes=MOST_BYTES), shown or str(path))


def load(text: str, file: str) -> Document:
    """The one document of a text; YamlError with line and column where there is anything but that. Empty is null."""
    strange = _UNPRINTABLE.search(text)
    if strange is not None:
        raise YamlError(
            f"the character U+{ord(strange[0]):04X} may not stand in YAML",
            where=place_of(text, strange.start(), file),
            remedy="remove it",
        )
    events = yaml.parse(text, Loader=_LOADER)
    try:
        return _Builder(file, events).document()
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, text, file) from error
    except yaml.YAMLError as error:
        raise YamlError(f"this is not YAML: {error}", where=Where(file), remedy="mend the file") from error


def _syntax_error(error: yaml.MarkedYAMLError, text: str, file: str) -> YamlError:
    mark = error.problem_mark or error.context_mark
    where = Where(file, mark.line + 1, mark.column + 1) if mark else Where(file)
    lines = text.splitlines()
    indent = re.match(r"\s*", lines[mark.line])[0] if mark and mark.line < len(lines) else ""  # type: ignore[index]
    if "\t" in indent or "'\\t'" in str(error.problem):
        return YamlError("a tab stands where YAML wants spaces", where=where, remedy="indent with spaces")
    what = ", ".join(part for part in (error.context, error.problem) if part)
    return YamlError(f"this is not YAML: {what}", where=where, remedy="mend the line, or put the text in quotes")


class _Builder:
    """Data and places out of parser events; depth is bounded here, so that recursion is too."""

    def __init__(self, file: str, events: Iterator[yaml.Event]) -> None:
        self._file = file
        self._events = events

    def document(self) -> Document:
        root = _Node(1, 1)
        data: Any = None
        next(self._events)  # the stream's start
        event = next(self._events)
        if isinstance(event, yaml.DocumentStartEvent):
            data = self._value(next(self._events), root, 1)
            next(self._events)  # the document's end
            event = next(self._events)
        if isinstance(event, yaml.DocumentStartEvent):
            raise self._error(event, "a second document begins here", "keep one document a file; remove the '---'")
        return Document(data, self._file, root)

    def _value(self, event: yaml.Event, node: _Node, depth: int) -> Any:
        """What is refused is not repeated: it may be the start of a secret that nobody put in quotes."""
        if isinstance(event, yaml.AliasEvent):
            raise self._error(event, "an alias is refused", "write the value out, or put it in quotes")
        if event.anchor is not None:  # type: ignore[attr-defined]
            raise self._error(event, "an anchor is refused", "remove it, or put the text in quotes")
        if event.tag is not None:  # type: ignore[attr-defined]
            raise self._error(event, "a tag is refused", "remove it, or put the text in quotes")
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if depth > DEEPEST:
            raise self._error(event, f"this is nested deeper than {DEEPEST} levels", "make it flatter")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(node, depth)
        return self._mapping(node, depth)

    def _sequence(self, node: _Node, depth: int) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            below = node.below[len(items)] = _node(event)
            items.append(self._value(event, below, depth + 1))
        return items

    def _mapping(self, node: _Node, depth: int) -> dict[str, Any]:
        items: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self._error(event, "a key must be plain text", "write 'key: value'")
            self._value(event, node, depth)  # a key may have no anchor and no tag either
            key = event.value
            if key in items:
                first = node.below[key]
                raise self._error(event, f"the key {key!r} is here twice, first on line {first.line}", "keep one of them")
            below = node.below[key] = _node(event)
            items[key] = self._value(next(self._events), below, depth + 1)
        return items

    def _error(self, event: yaml.Event, what: str, remedy: str) -> YamlError:
        node = _node(event)
        return YamlError(what, where=Where(self._file, node.line, node.column), remedy=remedy)


def _node(event: yaml.Event) -> _Node:
    mark = cast("yaml.Mark", event.start_mark)  # a parser's events always have one
    return _Node(mark.line + 1, mark.column + 1)


def _scalar(event: yaml.ScalarEvent) -> str | int | bool | None:
    text = str(event.value)
    if event.style:  # quoted or a block: text, whatever it looks like
        return text
    if text in _NULLS:
        return None
    if text in ("true", "false"):
        return text == "true"
    return int(text) if _INTEGER.fullmatch(text) else text
