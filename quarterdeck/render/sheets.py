"""The report as data laid out in sheets of cells: what a workbook holds, before any library writes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from quarterdeck.model import ColumnKind, State, Unit
from quarterdeck.money import Money
from quarterdeck.render import cells
from quarterdeck.render.cells import Cell, common_currency, day, line, prose, sheet_name, state
from quarterdeck.render.clean import link
from quarterdeck.render.figures import MARKS, parse, role
from quarterdeck.words import Voice

Json = Mapping[str, Any]

MOST_ROWS = 100_000  # of a sheet; the document has the rest
_COVER = "Report"
_SPAN = "#,##0.0"
_MULTIPLE = "#,##0.00"
_KINDS = {Unit.MONEY: ColumnKind.MONEY, Unit.RATIO: ColumnKind.RATIO}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its head in the first row. `notes` stand below it; `total` is the last row where that is a sum."""

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cover:
    """The first sheet: what the report is and says, its key figures, and which sheets follow."""

    name: str
    title: str
    facts: tuple[tuple[str, Cell], ...]
    sentence: str
    points: tuple[str, ...]
    kpi_head: tuple[str, ...]
    kpis: tuple[tuple[Cell, ...], ...]
    contents: tuple[tuple[Cell, ...], ...]


def sheets_of(document: Json) -> tuple[Cover, tuple[Sheet, ...]]:
    """The cover and the sheets of a document, their names legal and each its own."""
    voice = Voice(document["locale"])
    tables = [_table(table, voice) for table in document["tables"]]
    sheets = _named([_findings(document, voice), _actions(document), *tables])
    titles = ["Findings", "Action items", *(table["title"] for table in document["tables"])]
    contents = tuple(
        (Cell(sheet.name), prose(title), cells.figure(len(sheet.rows), ColumnKind.COUNT, "", voice))
        for sheet, title in zip(sheets, titles, strict=True)
    )
    return _cover(document, voice, contents), sheets


def _cover(document: Json, voice: Voice, contents: tuple[tuple[Cell, ...], ...]) -> Cover:
    heading, bottom_line = document["heading"], document["bottom_line"]
    last = date.fromisoformat(heading["end"]) - timedelta(days=1)
    return Cover(
        name=_COVER,
        title=" · ".join(line(heading[name]) for name in ("tenant", "role", "period")),
        facts=(
            ("Tenant", prose(heading["tenant"])),
            ("Portfolio", prose(heading["portfolio"])),
            ("Role", prose(heading["role"])),
            ("Period", prose(heading["period"])),
            ("From", day(heading["start"])),
            ("To", day(last.isoformat())),
            ("Time zone", prose(document["timezone"])),
            ("Currency", prose(document["currency"])),
            ("Data as of", prose(document["as_of"] or "no date")),
            ("Confidence", Cell(document["grade"])),
            ("Revision", Cell(document["revision"])),
        ),
        sentence=line(bottom_line["sentence"]["text"]),
        points=tuple(line(point["text"]) for point in bottom_line["points"]),
        kpi_head=("KPI", "Actual", "Previous", "Last year", "Target", "Unit", "State", "Confidence", "Formula", "Not known as"),
        kpis=tuple(_kpi(kpi, document["currency"], voice) for kpi in document["kpis"]),
        contents=contents,
    )


def _kpi(kpi: Json, currency: str, voice: Voice) -> tuple[Cell, ...]:
    unit = Unit(kpi["unit"])
    figures = [parse(kpi[name]) for name in ("value", "previous", "last_year", "target")]
    shown = [cells.figure(figure, _KINDS.get(unit, ColumnKind.COUNT), currency, voice) for figure in figures]
    if unit in {Unit.DAYS, Unit.MONTHS, Unit.HOURS}:
        shown = [replace(cell, form=_SPAN) if cell.form else cell for cell in shown]
    if unit is Unit.TIMES:
        shown = [replace(cell, form=_MULTIPLE) if cell.form else cell for cell in shown]
    is_known = kpi["state"] != State.UNAVAILABLE
    return (
        prose(kpi["label"]),
        replace(shown[0], bold=True),
        *shown[1:],
        Cell({Unit.MONEY: currency, Unit.RATIO: "share"}.get(unit, unit.value)),
        state(kpi["state"]),
        Cell(kpi["grade"] if is_known else ""),
        prose(kpi["formula"]),
        prose("" if is_known else kpi["unavailable_reason"] or MARKS["unavailable"].word),
    )


def _findings(document: Json, voice: Voice) -> Sheet:
    found = document["findings"]
    stakes = [parse(finding["money_at_stake"]) for finding in found]
    currency = common_currency(stakes)
    rows = tuple(
        (
            state(finding["severity"]),
            prose(finding["title"]),
            prose(finding["why"]),
            Cell(finding["state"]),
            prose(finding["first_seen"]),
            cells.figure(stake, ColumnKind.MONEY, currency, voice),
            prose(finding["tenant"]),
            prose(finding["rule"]),
            prose(finding["subject"]),
            _evidence(finding["evidence"]),
        )
        for finding, stake in zip(found, stakes, strict=True)
    )
    stake = _head("At stake", currency)
    head = ("Severity", "Finding", "Why", "State", "First seen", stake, "Tenant", "Rule", "Subject", "Evidence")
    return _limited(Sheet("Findings", head, rows))


def _evidence(rows: Sequence[Json]) -> Cell:
    lines = (" · ".join(f"{line(key)} {_plain(value)}" for key, value in row.items() if value is not None) for row in rows)
    return Cell(cells.fitting("\n".join(lines)))


def _plain(value: object) -> str:
    """A value within a text, in a form that any program reads: 1204.50 USD, 2026-10-31."""
    figure = parse(value) if isinstance(value, Mapping) else None
    return f"{figure.decimal():f} {figure.currency}" if isinstance(figure, Money) else line(str(value))


def _actions(document: Json) -> Sheet:
    rows = tuple(
        (
            prose(action["code"]),
            Cell(action["priority"]),
            prose(action["what"]),
            prose(action["why"]),
            prose(role(action["owner"])),
            day(action["due"]),
            Cell(action["effort"]),
            prose(action["tenant"]),
            prose(link(action["card"])),
        )
        for action in document["actions"]
    )
    head = ("Code", "Priority", "What", "Why", "Owner", "Due", "Effort", "Tenant", "Card")
    return _limited(Sheet("Actions", head, rows))


def _table(table: Json, voice: Voice) -> Sheet:
    kinds = [ColumnKind(column["kind"]) for column in table["columns"]]
    currencies = [common_currency(_amounts(table["rows"], index)) for index in range(len(kinds))]
    columns = list(zip(kinds, currencies, strict=True))
    rows = [
        tuple(cells.of_kind(value, kind, currency, voice) for value, (kind, currency) in zip(row, columns, strict=True))
        for row in table["rows"]
    ]
    total = tuple(replace(cell, bold=True) for cell in rows.pop()) if table["total_row"] and rows else ()
    head = tuple(_head(column["label"], currency) for column, currency in zip(table["columns"], currencies, strict=True))
    notes = (line(table["note"]),) if table["note"] else ()
    return _limited(Sheet(table["title"], head, tuple(rows), total, notes))


def _amounts(rows: Sequence[Sequence[object]], index: int) -> list[object]:
    return [parse(row[index]) for row in rows if isinstance(row[index], Mapping)]


def _head(label: str, currency: str) -> str:
    return line(label) + (f", {currency}" if currency else "")


def _limited(sheet: Sheet) -> Sheet:
    if len(sheet.rows) <= MOST_ROWS:
        return sheet
    note = f"{MOST_ROWS:,} of {len(sheet.rows):,} rows; report.json in the archive has them all"
    return replace(sheet, rows=sheet.rows[:MOST_ROWS], notes=(note, *sheet.notes))


def _named(sheets: Sequence[Sheet]) -> tuple[Sheet, ...]:
    taken = {_COVER.casefold(), "history"}  # the latter is the program's own
    named = []
    for sheet in sheets:
        name = sheet_name(sheet.name, taken)
        taken.add(name.casefold())
        named.append(replace(sheet, name=name))
    return tuple(named)
