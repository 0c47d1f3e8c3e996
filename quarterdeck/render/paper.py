"""A view as the template of the PDF takes it: cut to what paper is read for, tables flat, long words made breakable.

Typst pays for every call of a function in a template, so what can be worked out once for all rows is worked out here.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from quarterdeck.render import widths
from quarterdeck.render.plans import ATTENTION_LINES
from quarterdeck.render.records import FindingRow, KpiRow, Part, Table, View

T = TypeVar("T")

BREAK = "\N{ZERO WIDTH SPACE}"  # in data only: the template makes breaks of them, which leave nothing in the text
# What is read on paper; the archive has the rest. A list up to half as long again is shown whole.
_ENTRIES = 12  # findings, action items, dates
_ROWS = 16  # of a table, snapshots
_EVIDENCE = 3  # rows under a finding
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
# More letters than a column may hold; words break after hyphens by themselves.
_LONG = re.compile(rf'[^\s"\\-]{{{widths.LONGEST + 1},}}|[^\s"\\]{{40,}}')


def texts(view: View, remark: str = "") -> str:
    """All that is set, as JSON; `remark` is about the paper itself and stands at its end."""
    told = {name: getattr(view, name) for name in View.__slots__ if name not in {"logo", "charts"}} | {
        "findings": _findings(view.findings),
        "attention": view.attention.first(ATTENTION_LINES),
        "actions": _shown(view.actions, _ENTRIES),
        "agenda": _shown(view.agenda, _ENTRIES),
        "unfit": _shown(view.unfit, _ENTRIES),
        "timeline": _shown(view.timeline, _ENTRIES),
        "kpis": {"rows": [_kpi(row) for row in view.kpis.rows], "rest": view.kpis.rest},
        "tables": [_table(table, view.paper) for table in view.tables],
        "provenance": _provenance(_shown(view.provenance, _ROWS)),
        "charts": [{"title": chart.title, "note": chart.note, "alt": chart.alt} for chart in view.charts],
        "remark": remark,
    }
    return _STRING.sub(_breakable, json.dumps(told, ensure_ascii=False, default=_fields))


def drawings(view: View) -> str:
    """Its pictures, as JSON."""
    return json.dumps({"logo": view.logo, "charts": [chart.svg for chart in view.charts]}, default=_fields)


def _shown(part: Part[T], most: int) -> Part[T]:
    return part.first(most) if len(part.rows) > most * 3 // 2 else part


def _fields(record: object) -> Mapping[str, object]:
    """A record by its fields; of a part, what it leaves out as words."""
    if isinstance(record, Part):
        return {"rows": record.rows, "rest": record.rest}
    names: Sequence[str] = record.__slots__  # type: ignore[attr-defined]  # every record has them
    return {name: getattr(record, name) for name in names}


def _breakable(string: re.Match[str]) -> str:
    return _LONG.sub(_broken, string.group())


def _broken(word: re.Match[str]) -> str:
    """A word that may break after any letter; a mark stays with its own."""
    broken = "".join(BREAK + letter if unicodedata.category(letter)[0] != "M" else letter for letter in word.group())
    return broken.removeprefix(BREAK)


def _findings(findings: Part[FindingRow]) -> Part[FindingRow]:
    shown = _shown(findings, _ENTRIES)
    return replace(shown, rows=tuple(replace(row, evidence=_shown(row.evidence, _EVIDENCE)) for row in shown.rows))


def _kpi(row: KpiRow) -> Mapping[str, object]:
    """A key figure with its trend as lines from 0 to 1, downwards, broken where there is no data; `dot` is the last point."""
    last = len(row.heights) - 1
    lines: list[list[tuple[float, float]]] = [[]]
    for place, height in enumerate(row.heights):
        if height is None:
            lines.append([])
        else:
            lines[-1].append((round(place / max(last, 1), 3), round(1 - height, 3)))
    dot = lines[-1][-1] if row.trend and lines[-1] else None
    return {
        **_fields(row),
        "lines": [line for line in lines if len(line) > 1] if row.trend else [],
        "dot": dot,
        "notes": "".join(f" · {note}" for note in row.notes),
    }


def _table(table: Table, paper: str) -> Mapping[str, object]:
    """A table with its cells in one list; `toned` are the places of those that have a colour.

    `widths` are its columns' in pt, where None takes the rest, or nothing; `single` says which rows take one line.
    """
    body = _shown(table.body, _ROWS)
    cells = [cell for row in body.rows for cell in row]
    found = widths.columns(table.columns, body.rows, table.total, paper)
    return {
        "title": table.title,
        "note": table.note,
        "heads": [column.label for column in table.columns],
        "figures": [place for place, column in enumerate(table.columns) if column.kind == "figure"],
        "widths": found,
        "single": [widths.one_lined(row, found, paper) for row in body.rows] if found else [],
        "cells": [cell.text for cell in cells],
        "toned": [(place, cell.tone) for place, cell in enumerate(cells) if cell.tone != "plain"],
        "total": [cell.text for cell in table.total],
        "rest": body.rest,
    }


def _provenance(snapshots: Part[str]) -> Mapping[str, object]:
    """Snapshots as two columns of lines."""
    half = (len(snapshots.rows) + 1) // 2
    return {"columns": ["\n".join(part) for part in (snapshots.rows[:half], snapshots.rows[half:])], "rest": snapshots.rest}
