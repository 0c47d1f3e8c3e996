"""What people say: notes on a period, and decisions about actions and milestones, in a folder that several tenants may share.

    - kind: notes
      folder: notes                    # .md and .yaml files, folders in it too

A note is a document of markdown, or an entry under `notes:` of a YAML file; decisions stand under `decisions:`.

    ---
    tenant: harbor-tours               # or a file in a folder of that name
    period: 2026-10
    author: Ann Ruiz
    date: 2026-11-03
    roles: [cfo, ceo]                  # whose reports it is for; all that show what it is about, without
    kpi: cash                          # or finding: CFO-7K3F; neither, and it is about the period
    ---
    Two charters were paid **in advance**.

A note belongs to its period, whenever it was written: a period that is made anew shows it with its date. A decision counts
from the report of `period` on, or else of the period in which its own `date` lies, so that it changes no report of before.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import Field

from quarterdeck.errors import ConfigError, Reject
from quarterdeck.kpis import KPIS
from quarterdeck.period import Period
from quarterdeck.reading import clean
from quarterdeck.reading.cells import CellError, day
from quarterdeck.reading.records import as_text
from quarterdeck.reading.rows import Row
from quarterdeck.schemas import build
from quarterdeck.schemas.people import PRIORITIES
from quarterdeck.sources import Pulled, PulledTable, Window, refuse_too_many, source
from quarterdeck.sources._files import LocalPath, RowOptions
from quarterdeck.sources._folder import documents
from quarterdeck.sources._people_entries import DECISIONS, ENDINGS, NOTES, Entry, entries

NOTE_KEYS = ("tenant", "period", "author", "date", "roles", "kpi", "finding", "text")
DECISION_KEYS = ("tenant", "action", "milestone", "owner", "due", "priority", "by", "date", "period", "until", "reason")
_LONGEST, _LINE = 4000, 500
_CHANGES = ("owner", "due", "priority")

_Read = Callable[[object], object]


class NoteOptions(RowOptions):
    """The folder of the files. However many entries are bad, the others stand: one person's slip takes away nobody's words."""

    folder: LocalPath
    max_rejected: Annotated[Decimal, Field(ge=0, le=1)] = Decimal(1)


@source
class Notes:
    """Notes and decisions of people."""

    kind: ClassVar[str] = "notes"
    Options = NoteOptions

    @staticmethod
    def provides(options: NoteOptions) -> tuple[str, ...]:  # noqa: ARG004 - the tables are always these
        return ("notes", "overrides")

    @staticmethod
    def states(options: NoteOptions) -> tuple[str, ...]:  # noqa: ARG004 - each entry says itself which period it is of
        return ()

    @staticmethod
    def check(options: NoteOptions, window: Window) -> str:
        found = documents(window.root / options.folder, options.folder, ENDINGS)
        return "1 file" if len(found) == 1 else f"{len(found)} files"

    @staticmethod
    def pull(options: NoteOptions, window: Window) -> Pulled:
        rows: dict[str, list[Row]] = {NOTES: [], DECISIONS: []}
        faults: dict[str, list[Reject]] = {NOTES: [], DECISIONS: []}
        for entry in entries(window.root / options.folder, options.folder, window):
            if isinstance(entry, Reject):
                faults[NOTES].append(entry)
                continue
            cells = _Cells(entry)
            row = _note(cells, window) if entry.kind == NOTES else _decision(cells, window)
            if cells.faults:
                faults[entry.kind] += cells.faults
            elif row is not None:
                rows[entry.kind].append(row)
        for kind, listed in rows.items():
            refuse_too_many(kind, faults[kind], len(listed), options.limit)
        return Pulled(
            (
                PulledTable("notes", build("notes", rows[NOTES]), tuple(faults[NOTES])),
                PulledTable("overrides", build("overrides", rows[DECISIONS]), tuple(faults[DECISIONS])),
            )
        )


class _Cells:
    """The values of an entry, and what is wrong with them."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.faults: list[Reject] = []

    def know(self, keys: tuple[str, ...]) -> None:
        """Refuse every key that is none of these."""
        strange = (key for key in self.entry.data if key not in keys)
        self.faults += [self.entry.reject(key, f"one of the keys {', '.join(keys)}") for key in strange]

    def take(self, key: str, read: _Read, *, needed: bool = False) -> object:
        """The value of a key, None where it is not there."""
        value = self.entry.data.get(key)
        try:
            if value is None or value == "":
                if needed:
                    raise CellError("a value")
                return None
            return read(value)
        except CellError as error:
            self.refuse(key, error.problem.what)
            return None

    def refuse(self, key: str, expected: str) -> None:
        self.faults.append(self.entry.reject(key, expected))


def _note(cells: _Cells, window: Window) -> Row | None:
    """A note's row; None for one of another period."""
    cells.know(NOTE_KEYS)
    period = cells.take("period", _period, needed=True)
    roles = cells.take("roles", lambda value: _roles(value, window.roles))
    row: Row = {
        "note": f"{cells.entry.file}:{cells.entry.line()}",
        "roles": roles,
        "kpi": cells.take("kpi", _kpi),
        "finding": cells.take("finding", _one_line),
        "author": cells.take("author", _one_line, needed=True),
        "date": cells.take("date", _day, needed=True),
        "text": cells.take("text", _prose, needed=True),
    }
    if row["kpi"] is not None and row["finding"] is not None:
        cells.refuse("finding", "a KPI or a finding, not both")
    return row if period == window.period.text else None


def _decision(cells: _Cells, window: Window) -> Row | None:
    """A decision's row; None for one that does not count yet."""
    cells.know(DECISION_KEYS)
    action, milestone = cells.take("action", _one_line), cells.take("milestone", _one_line)
    if (action is None) == (milestone is None):
        cells.refuse("action", "an action or a milestone, one of the two")
    made, due = cells.take("date", _day, needed=True), cells.take("due", _day)
    period = cells.take("period", _period)
    until = cells.take("until", _day)
    counts_from = Period.parse(str(period)).start if period else made
    row: Row = {
        "override": f"{cells.entry.file}:{cells.entry.line()}",
        "kind": "action" if milestone is None else "milestone",
        "subject": action or milestone,
        "owner": cells.take("owner", _one_line),
        "due_on": due,
        "priority": cells.take("priority", _priority),
        "by": cells.take("by", _one_line, needed=True),
        "date": made,
        "counts_from": counts_from,
        "until": until,
        "reason": cells.take("reason", _one_line, needed=True),
    }
    changed = [key for key in _CHANGES if cells.entry.data.get(key) is not None]
    if not changed or (milestone is not None and changed != ["due"]):
        cells.refuse("due", "what is decided: an owner, a due day or a priority; of a milestone, a due day alone")
    for key, later in (("due", due), ("until", until)):
        if isinstance(later, date) and isinstance(made, date) and later < made:
            cells.refuse(key, f"a day that is not before the decision's own, {made.isoformat()}")
    if cells.faults:
        return None
    return row if counts_from < window.end else None  # type: ignore[operator]  # nothing is missing of what is needed


def _text(value: object) -> str:
    text = as_text(value)
    if text is None:
        raise CellError("a single value")
    return text


def _one_line(value: object) -> str:
    text = clean(_text(value))
    if not 0 < len(text) <= _LINE:
        raise CellError(f"one line of at most {_LINE} characters")
    return text


def _prose(value: object) -> str:
    """Text of several lines, each of them as a reader sees it."""
    text = "\n".join(clean(line) for line in _text(value).splitlines()).strip("\n")
    if not text:
        raise CellError("a text")
    if len(text) > _LONGEST:
        raise CellError(f"at most {_LONGEST} characters")
    return text


def _day(value: object) -> date:
    return day(_text(value))


def _period(value: object) -> str:
    try:
        return Period.parse(_text(value)).text
    except ConfigError as error:
        raise CellError("a period as 2026-10, 2026-W44, 2026-Q4 or 2026") from error


def _roles(value: object, known: frozenset[str]) -> str:
    named = [_text(each) for each in value] if isinstance(value, list) else [_text(value)]
    for name in named:
        if name not in known:
            raise CellError(f"roles among {', '.join(sorted(known))}")
    return ",".join(dict.fromkeys(named))


def _kpi(value: object) -> str:
    name = _text(value)
    if name not in KPIS:
        raise CellError("the id of a KPI")
    return name


def _priority(value: object) -> str:
    name = _text(value)
    if name not in PRIORITIES:
        raise CellError(f"one of {', '.join(PRIORITIES)}")
    return name
