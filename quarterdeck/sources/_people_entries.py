"""The entries of a folder of notes: those of YAML files by their kind, and each document of markdown as one note.

An entry belongs to the tenant that it names, or in whose folder it lies; those of others are passed over without a look at
what else they say. What belongs to nobody is rejected wherever it is read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from quarterdeck.errors import QuarterdeckError, Reject, Where
from quarterdeck.reading import read_text
from quarterdeck.reading.cells import reject, shorten
from quarterdeck.reading.records import as_text
from quarterdeck.reading.yaml_file import Document, YamlError, load
from quarterdeck.sources import Window
from quarterdeck.sources._folder import INSIDE, documents

ENDINGS = (".md", ".yaml", ".yml")
NOTES, DECISIONS = "notes", "decisions"
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*$\n?", re.DOTALL | re.MULTILINE)
_MOST_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Entry:
    """A note or a decision as it is written: its keys, its file, and at which line each of them stands."""

    kind: str
    data: Mapping[str, Any]
    file: str
    document: Document
    path: tuple[str | int, ...]

    def line(self, key: str | None = None) -> int:
        return self.document.position((*self.path, key) if key else self.path).line or 1

    def reject(self, key: str, expected: str) -> Reject:
        return reject(self.file, self.line(key), key, str(self.data.get(key, "")), expected)


def entries(folder: Path, shown: str, window: Window) -> Iterator[Entry | Reject]:
    """The entries of the window's tenant, and what cannot be read, each with its place. Files in the order of their names."""
    for path, file, is_inside in documents(folder, shown, ENDINGS):
        home = _home(PurePath(file).relative_to(shown).parts[:-1], {*window.tenants, window.tenant})
        if home is not None and home != window.tenant:
            continue
        if not is_inside:
            yield Reject(file, 1, "file", "link", INSIDE)
            continue
        try:
            text = read_text(path, file, most_bytes=_MOST_BYTES)
            found = _document(text, file) if path.suffix.lower() == ".md" else _listed(load(text, file))
            for entry in found:
                yield from _of_tenant(entry, home, window) if isinstance(entry, Entry) else (entry,)
        except QuarterdeckError as error:
            where = error.problem.where or Where(file)
            yield Reject(file, where.line or 1, "file", "", f"a file that can be read; {error.problem.what}")


def _home(folders: tuple[str, ...], tenants: Collection[str]) -> str | None:
    """The tenant whose folder a file lies in."""
    return next((name for name in folders if name in tenants), None)


def _of_tenant(entry: Entry, home: str | None, window: Window) -> Iterator[Entry | Reject]:
    named = as_text(entry.data.get("tenant")) or None
    if named is not None and named not in {*window.tenants, window.tenant}:
        yield entry.reject("tenant", "the id of a tenant")
    elif named is None and home is None:
        yield entry.reject("tenant", "the id of a tenant, or a file in a folder of that name")
    elif home is not None and named not in (None, home):
        yield entry.reject("tenant", f"{home}, in whose folder it lies")
    elif (named or home) == window.tenant:
        yield entry


def _document(text: str, file: str) -> Iterator[Entry | Reject]:
    match = _FRONT_MATTER.match(text)
    if match is None:
        yield Reject(file, 1, "front matter", "", "a document that begins with '---', keys and values, and '---'")
        return
    document = load("\n" + match[1], file)  # the line that '---' took, so that places are those of the file
    if not isinstance(document.data, dict):
        yield Reject(file, 1, "front matter", shorten(str(document.data)), "keys and values")
    elif "text" in document.data:
        yield Reject(file, document.position(("text",)).line or 1, "text", "", "the text of the note below the second '---'")
    else:
        yield Entry(NOTES, {**document.data, "text": text[match.end() :]}, file, document, ())


def _listed(document: Document) -> Iterator[Entry | Reject]:
    """The entries of a YAML file; an empty one has none."""
    data = document.data if document.data is not None else {}
    if not isinstance(data, dict):
        raise YamlError("it holds no `notes:` and no `decisions:`", where=document.position(()))
    for key, listed in data.items():
        line = document.position((key,)).line or 1
        if key not in (NOTES, DECISIONS):
            yield Reject(document.file, line, shorten(key), "", "notes or decisions")
        elif not isinstance(listed, list):
            yield Reject(document.file, line, key, shorten(str(listed)), "a list")
        else:
            yield from (_entry(key, item, document, (key, number)) for number, item in enumerate(listed))


def _entry(kind: str, item: object, document: Document, path: tuple[str | int, ...]) -> Entry | Reject:
    if isinstance(item, dict):
        return Entry(kind, item, document.file, document, path)
    return Reject(document.file, document.position(path).line or 1, kind, shorten(str(item)), "keys and values")
