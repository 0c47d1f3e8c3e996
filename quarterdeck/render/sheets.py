"""The report as data laid out in sheets of cells: what a workbook holds, before any library writes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from quarterdeck.model import ColumnKind, State, Unit
from quarterdeck.money import Money
from quarterdeck.render import cells
from quarterdeck.render.cells import Cell, common_currency, day, line, prose, sheet_name, state
from quarterdeck.render.clean import link
from quarterdeck.render.figures import MARKS, parse, role
from quarterdeck.render.ledger import CSV, PARQUET, SHEET, Ledger
from quarterdeck.render.ledger import MOST_ROWS as MOST_POSTINGS
from quarterdeck.render.live import letter, living
from quarterdeck.words import Voice

Json = Mapping[str, Any]

MOST_ROWS = 100_000  # of a sheet; the document has the rest
_COVER, _CHECKS = "Report", "Checks"
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


def sheets_of(document: Json, ledger: Ledger | None = None) -> tuple[Cover, tuple[Sheet, ...]]:
    """The cover and the sheets of a document but the ledger's detail, their names legal and each its own."""
    voice = Voice(document["locale"])
    tables = [_table(table, voice) for table in document["tables"]]
    sheets = _named([_findings(document, voice), _actions(document), *tables])
    titles = ["Findings", "Action items", *(table["title"] for table in document["tables"])]
    if checks := _checks(document, sheets[2:], ledger):
        sheets, titles = (*sheets, checks), [*titles, "Checks of this workbook"]
    contents = tuple(
        (Cell(sheet.name), prose(title), cells.figure(len(sheet.rows), ColumnKind.COUNT, "", voice))
        for sheet, title in zip(sheets, titles, strict=True)
    )
    if ledger is not None:
        shown = cells.figure(min(ledger.count, MOST_POSTINGS), ColumnKind.COUNT, "", voice)
        contents = (*contents, (Cell(SHEET), Cell("Every posting of the period" + _rest_of(ledger)), shown))
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
    body, summed = living([column["id"] for column in table["columns"]], rows[:MOST_ROWS], total, rolls="roll" in table["id"])
    return _limited(Sheet(table["title"], head, (*body, *rows[MOST_ROWS:]), summed, notes))


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
    taken = {_COVER.casefold(), _CHECKS.casefold(), SHEET.casefold(), "history"}  # the last is the program's own
    named = []
    for sheet in sheets:
        name = sheet_name(sheet.name, taken)
        taken.add(name.casefold())
        named.append(replace(sheet, name=name))
    return tuple(named)


def _rest_of(ledger: Ledger) -> str:
    return (
        f", the first {MOST_POSTINGS:,} of {ledger.count:,}; {CSV} and {PARQUET} in the archive have them all"
        if ledger.count > MOST_POSTINGS
        else ""
    )


def _checks(document: Json, tables: Sequence[Sheet], ledger: Ledger | None) -> Sheet | None:
    """What this workbook must agree in with itself, as formulas over its own sheets: both sides, difference, outcome."""
    rows = [row for table, sheet in zip(document["tables"], tables, strict=True) if (row := _sides(table, sheet))]
    if ledger is not None and ledger.is_whole and ledger.count:
        rows += _of_ledger(document, ledger)
    if not rows:
        return None
    made = tuple((Cell(what), *sides, *_outcome(number, sides)) for number, (what, sides) in enumerate(rows, 2))
    return Sheet(_CHECKS, ("Check", "One side", "Other side", "Difference", "Outcome"), made)


Sides = tuple[Cell, Cell]


def _outcome(number: int, sides: Sides) -> tuple[Cell, Cell]:
    one, other = (side.value if isinstance(side.value, Decimal) else Decimal(0) for side in sides)
    places = max(-int(one.as_tuple().exponent), -int(other.as_tuple().exponent), 0)
    difference = Cell(one - other, sides[0].form, formula=f"ROUND(B{number}-C{number},{places})")
    return difference, Cell("ties" if one == other else "differs", formula=f'IF(D{number}=0,"ties","differs")')


def _sides(table: Json, sheet: Sheet) -> tuple[str, Sides] | None:
    """Debits and credits of a table that has both and sums them up."""
    places = {column["id"]: number for number, column in enumerate(table["columns"])}
    if not sheet.total or not {"debit", "credit"} <= places.keys():
        return None
    row, name = len(sheet.rows) + 2, sheet.name.replace("'", "''")
    found = [sheet.total[places[side]] for side in ("debit", "credit")]
    if not all(isinstance(cell.value, Decimal) for cell in found):
        return None
    one, other = (
        Cell(cell.value, cell.form, formula=f"'{name}'!{letter(places[side])}{row}")
        for cell, side in zip(found, ("debit", "credit"), strict=True)
    )
    return f"{line(table['title'])}: debits and credits", (one, other)


def _of_ledger(document: Json, ledger: Ledger) -> list[tuple[str, Sides]]:
    """The detail's debits against its credits, and net revenue as the report has it against the postings behind it."""
    shift, last = int(ledger.has_tenants), ledger.count + 2
    line_, debit, credit = (
        f"'{SHEET}'!${letter(column)}$3:${letter(column)}${last}" for column in (4 + shift, 8 + shift, 9 + shift)
    )
    minor, lines = ledger.rows["amount_minor"], ledger.rows["statement_line"]
    form = cells.figure(Money(0, ledger.currency), ColumnKind.MONEY, ledger.currency, Voice(document["locale"])).form
    whole = [int(minor[minor >= 0].sum()), -int(minor[minor < 0].sum())]
    debits, credits_ = (
        Cell(Money(amount, ledger.currency).decimal(), form, formula=f"SUM({column})")
        for amount, column in zip(whole, (debit, credit), strict=True)
    )
    found: list[tuple[str, Sides]] = [("Ledger detail: debits and credits", (debits, credits_))]
    revenue = next((parse(kpi["value"]) for kpi in document["kpis"] if kpi["id"] == "net_revenue"), None)
    if isinstance(revenue, Money) and revenue.currency == ledger.currency:
        booked = -int(minor[lines.isin(("revenue", "refunds"))].sum())
        parts = (f'SUMIFS({column},{line_},"{name}")' for name in ("revenue", "refunds") for column in (credit, debit))
        plus, minus, plus2, minus2 = parts
        formula = f"{plus}-{minus}+{plus2}-{minus2}"
        booked_ = Cell(Money(booked, ledger.currency).decimal(), form, formula=formula)
        found.append(("Net revenue: the report and its postings", (Cell(revenue.decimal(), form), booked_)))
    return found
