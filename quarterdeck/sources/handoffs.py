"""The state of each project, from the front matter of its hand-off document.

    - kind: handoffs
      path: handoffs                 # folder of .md files, folders in it too; README.md and hidden files are left out

    ---
    title: Booking site
    state: active                    # planned, active, blocked, paused, live, done
    owner: Ada
    updated: 2026-10-28
    blockers:                        # text, or when it began
      - payment keys
      - {blocker: no staging account, since: 2026-09-01}
    mission: ...                     # also stack, deployment, financial_model; project, where it is not the file's name
    ---

A document is kept whole or rejected whole. It speaks of the day it was read: hand-offs are a state.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, cast

from quarterdeck.errors import Reject, Where
from quarterdeck.reading import clean, read_text
from quarterdeck.reading.cells import CellError, convert, reject, shorten
from quarterdeck.reading.records import as_text
from quarterdeck.reading.rows import Row
from quarterdeck.reading.yaml_file import Document, YamlError, load
from quarterdeck.schemas import build, schema_of
from quarterdeck.sources import Pulled, PulledTable, Window, refuse_too_many, source
from quarterdeck.sources._files import LocalPath, RowOptions
from quarterdeck.sources._folder import INSIDE, documents

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*$", re.DOTALL | re.MULTILINE)
_MOST_BYTES = 2**20
# Keys of the front matter and the columns they fill.
_KEYS: Mapping[str, str] = {
    "project": "project",
    "title": "title",
    "state": "state",
    "owner": "owner",
    "updated": "updated_on",
    "mission": "mission",
    "stack": "stack",
    "deployment": "deployment",
    "financial_model": "financial_model",
}
_ENDINGS = (".md",)
_BLOCKER_KEYS = ("blocker", "since")


class HandoffOptions(RowOptions):
    """The folder of the documents."""

    path: LocalPath


@dataclass(frozen=True, slots=True)
class _Project:
    row: Row
    blockers: tuple[Row, ...]
    line: int


@source
class Handoffs:
    """Hand-off documents in markdown."""

    kind: ClassVar[str] = "handoffs"
    Options = HandoffOptions

    @staticmethod
    def provides(options: HandoffOptions) -> tuple[str, ...]:  # noqa: ARG004 - the tables are always these
        return ("handoffs", "blockers")

    @staticmethod
    def states(options: HandoffOptions) -> tuple[str, ...]:
        return (options.path,)

    @staticmethod
    def check(options: HandoffOptions, window: Window) -> str:
        inside = [path for path, _, is_inside in documents(window.path(options.path), options.path, _ENDINGS) if is_inside]
        return "1 document" if len(inside) == 1 else f"{len(inside)} documents"

    @staticmethod
    def pull(options: HandoffOptions, window: Window) -> Pulled:
        projects: dict[str, _Project] = {}
        rejects: list[Reject] = []
        for path, shown, is_inside in documents(window.path(options.path), options.path, _ENDINGS):
            project, faults = _read(path, shown) if is_inside else (None, [Reject(shown, 1, "file", "link", INSIDE)])
            rejects += faults
            if project is None:
                continue
            first = projects.setdefault(str(project.row["project"]), project)
            if first is not project:
                expected = f"a project named once; {first.row['source_file']} is it already"
                rejects.append(reject(shown, project.line, "project", str(project.row["project"]), expected))
        refuse_too_many("handoffs", rejects, len(projects), options.limit)
        days = (cast("date", project.row["updated_on"]) for project in projects.values())
        latest = max((day for day in days if day < window.end), default=None)
        watermark = None if latest is None else window.first_instant(latest)
        rows = [project.row for project in projects.values()]
        blockers = [row for project in projects.values() for row in project.blockers]
        return Pulled(
            (
                PulledTable("handoffs", build("handoffs", rows), tuple(rejects), watermark=watermark),
                PulledTable("blockers", build("blockers", blockers), watermark=watermark),
            )
        )


def _read(path: Path, file: str) -> tuple[_Project | None, list[Reject]]:
    match = _FRONT_MATTER.match(read_text(path, file, most_bytes=_MOST_BYTES))
    if match is None:
        return None, [Reject(file, 1, "front matter", "", "a document that begins with '---', keys and values, and '---'")]
    try:
        document = load("\n" + match[1], file)  # the line that '---' took, so that places are those of the file
    except YamlError as error:
        where = error.problem.where or Where(file)
        return None, [Reject(file, where.line or 1, "front matter", "", f"YAML; {error.problem.what}")]
    if not isinstance(document.data, dict):
        return None, [Reject(file, 1, "front matter", shorten(str(document.data)), "keys and values")]
    return _project(document, path.stem)


def _project(document: Document, stem: str) -> tuple[_Project | None, list[Reject]]:
    data: dict[str, Any] = {"project": stem, **document.data}
    faults = [
        reject(document.file, _line(document, key), key, str(value), f"one of the keys {', '.join((*_KEYS, 'blockers'))}")
        for key, value in data.items()
        if key not in _KEYS and key != "blockers"
    ]
    row: Row = {"source_file": document.file}
    for key, column in _KEYS.items():
        try:
            row[column] = _cell("handoffs", column, data.get(key))
        except CellError as error:
            faults.append(reject(document.file, _line(document, key), key, str(data.get(key, "")), error.problem.what))
    blockers, more = _blockers(document, data.get("blockers"), row.get("project"))
    faults += more
    if faults:
        return None, faults
    return _Project({**row, "blockers": len(blockers)}, tuple(blockers), _line(document, "project")), []


def _blockers(document: Document, listed: object, project: object) -> tuple[list[Row], list[Reject]]:
    if listed is None:
        return [], []
    if not isinstance(listed, list):
        return [], [reject(document.file, _line(document, "blockers"), "blockers", str(listed), "a list")]
    rows: list[Row] = []
    faults: list[Reject] = []
    for index, item in enumerate(listed):
        line = _line(document, "blockers", index)
        try:
            row = _blocker(item)
            if any(row["blocker"] == other["blocker"] for other in rows):
                raise CellError("a blocker that is named once")
        except CellError as error:
            faults.append(reject(document.file, line, "blockers", str(item), error.problem.what))
        else:
            rows.append({"project": project, **row, "source_file": document.file, "source_line": line})
    return rows, faults


def _blocker(item: object) -> Row:
    named = item if isinstance(item, dict) else {"blocker": item}
    if not set(named) <= set(_BLOCKER_KEYS):
        raise CellError("text, or a mapping of blocker and since")
    return {key: _cell("blockers", key, named.get(key)) for key in _BLOCKER_KEYS}


def _cell(table: str, column: str, value: object) -> object:
    text = as_text(value)
    if text is None:
        raise CellError("a single value")
    return convert(schema_of(table).column(column), clean(text), "")


def _line(document: Document, *path: str | int) -> int:
    """The line of a key; of the front matter's beginning where the key is not there."""
    return document.position(path).line or 1
