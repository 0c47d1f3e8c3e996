"""The parts of a report that are made of figures: key figures, tables, milestones, evidence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from quarterdeck.errors import ReportError
from quarterdeck.model import ColumnKind, Direction, Figure, State, Unit
from quarterdeck.money import Money
from quarterdeck.render import trend
from quarterdeck.render.clean import PROSE, clean
from quarterdeck.render.records import Cell, Column, Formula, KpiRow, Lacking, MilestoneRow, Part, Table
from quarterdeck.render.said import Mark
from quarterdeck.words import Voice

Json = Mapping[str, Any]

MARKS: Mapping[str, Mark] = {
    "good": Mark("good", "●", "good"),
    "watch": Mark("watch", "▲", "watch"),
    "bad": Mark("bad", "■", "bad"),
    "no_target": Mark("no target", "○", "plain"),
    "unavailable": Mark("not enough data", "–", "plain"),
    "done": Mark("done", "●", "good"),
    "open": Mark("open", "○", "plain"),
    "late": Mark("late", "■", "bad"),
    "doing": Mark("in progress", "○", "plain"),
    "moved": Mark("moved", "▲", "watch"),
    "said_done": Mark("done, not seen yet", "○", "plain"),
    "reached": Mark("reached", "●", "good"),
    "overdue": Mark("overdue", "■", "bad"),
    "unknown": Mark("not known", "–", "plain"),
    "critical": Mark("critical", "■", "bad"),
    "high": Mark("high", "■", "bad"),
    "medium": Mark("medium", "▲", "watch"),
    "low": Mark("low", "○", "plain"),
    "fixed": Mark("fixed", "●", "good"),
    "accepted": Mark("accepted", "○", "plain"),
}
"""Every state that a report knows: its word and its shape say the same as its colour."""

_OFFICER = re.compile(r"c[a-z]o", re.ASCII)
_ID = re.compile(r"[a-z][a-z-]{0,40}", re.ASCII)
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_HEAD = 40  # characters of a column's head
_SETTING = {
    ColumnKind.MONEY: "figure",
    ColumnKind.COUNT: "figure",
    ColumnKind.RATIO: "figure",
    ColumnKind.DATE: "short",
    ColumnKind.STATE: "short",
    ColumnKind.TEXT: "text",
}
_MOST_DIGITS = 40  # beyond that a decimal is a fault of the document, and its digits would fill the page


def parse(value: object) -> Figure | None:
    """A figure of the document: null, a decimal as text, or money. ReportError for anything else."""
    if value is None:
        return None
    if isinstance(value, Mapping):
        return Money(value["minor"], value["currency"])
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
        raise ReportError("a figure of the report is no number", evidence={"figure": clean(str(value), 60)})
    return number


def day(text: str, voice: Voice) -> str:
    """A date of the document in the reader's form, or ReportError."""
    try:
        return voice.day(date.fromisoformat(text))
    except ValueError as error:
        raise ReportError(f"{clean(text, 40)!r} is not a date of the calendar") from error


def as_day(text: str) -> date | None:
    """The date that a text is, where it is one; many a rejected cell only looks like it."""
    try:
        return date.fromisoformat(text) if _ISO_DAY.fullmatch(text) else None
    except ValueError:
        return None


def role(id: str) -> str:
    """A role's id as people write it: `cfo` is CFO, `client-billing` is Client billing; a name stays as it is."""
    if _OFFICER.fullmatch(id):
        return id.upper()
    return id.replace("-", " ").capitalize() if _ID.fullmatch(id) else clean(id)


def kpi_rows(kpis: Sequence[Json], voice: Voice) -> tuple[KpiRow, ...]:
    """The key figures that could be worked out, in the document's order."""
    known = [kpi for kpi in kpis if kpi["state"] != State.UNAVAILABLE]
    alike = len({kpi["grade"] for kpi in known}) == 1  # then the head of the report says it once
    return tuple(_kpi_row(kpi, voice, grade="" if alike else kpi["grade"]) for kpi in known)


def lacking(kpis: Sequence[Json]) -> tuple[Lacking, ...]:
    """The key figures that could not, with the reason and the data it would take."""
    return tuple(
        Lacking(
            clean(kpi["label"]),
            clean(kpi["unavailable_reason"] or MARKS["unavailable"].word, PROSE),
            clean(kpi["needs"], PROSE),
        )
        for kpi in kpis
        if kpi["state"] == State.UNAVAILABLE
    )


def formulas(kpis: Sequence[Json]) -> tuple[Formula, ...]:
    return tuple(Formula(clean(kpi["label"]), clean(kpi["formula"], PROSE)) for kpi in kpis)


def _kpi_row(kpi: Json, voice: Voice, grade: str) -> KpiRow:
    unit = Unit(kpi["unit"])
    value, previous, last_year = parse(kpi["value"]), parse(kpi["previous"]), parse(kpi["last_year"])
    target = parse(kpi["target"])
    change = voice.change(value, previous, unit)
    effect, tone = _effect(parse(kpi["delta"]), change, Direction(kpi["direction"]))
    notes = [f"target {voice.figure(target, unit)}"] if target is not None else []
    if grade not in {"", "A"}:
        notes.append(f"confidence {grade}")
    series = [parse(figure) for figure in kpi["series"]]
    heights = trend.heights(series)
    return KpiRow(
        mark=MARKS[kpi["state"]],
        label=clean(kpi["label"]),
        value=clean(kpi["display"], 40),
        notes=tuple(notes),
        change=change,
        effect=effect,
        effect_tone=tone,
        last_year=voice.change(value, last_year, unit),
        trend=trend.blocks(heights),
        trend_words=_range(series, unit, voice),
        heights=heights,
    )


def _effect(delta: Figure | None, shown: str, direction: Direction) -> tuple[str, str]:
    """Whether a change is favourable, by the direction that is good and never by the sign alone.

    One that rounds to nothing as it is shown is no change: "0.0%, unfavourable" would only puzzle.
    """
    if delta is None:
        return "", "plain"
    amount = delta.minor if isinstance(delta, Money) else delta
    if not any(unicodedata.digit(letter, 0) for letter in shown):
        return "unchanged", "plain"
    if direction is Direction.NEUTRAL:
        return "", "plain"
    return ("favourable", "good") if (amount > 0) == (direction is Direction.UP) else ("unfavourable", "bad")


def _range(series: Sequence[Figure | None], unit: Unit, voice: Voice) -> str:
    known = [figure for figure in series if figure is not None]
    if len(known) < 2:
        return ""
    lowest, highest = (voice.figure(pick(known, key=_size), unit) for pick in (min, max))
    return f"{len(known)} periods between {lowest} and {highest}"


def _size(figure: Figure) -> Decimal:
    return figure.decimal() if isinstance(figure, Money) else Decimal(figure)


def table(source: Json, voice: Voice) -> Table:
    """A table of the document with each cell formatted by its column's kind."""
    kinds = [ColumnKind(column["kind"]) for column in source["columns"]]
    currencies = [_currency(source["rows"], index) if kind is ColumnKind.MONEY else "" for index, kind in enumerate(kinds)]
    rows = [
        tuple(_cell(value, kind, currency, voice) for value, kind, currency in zip(row, kinds, currencies, strict=True))
        for row in source["rows"]
    ]
    total = rows.pop() if source["total_row"] and rows else ()
    columns = tuple(
        Column(_label(column["label"], currency), _SETTING[kind])
        for column, kind, currency in zip(source["columns"], kinds, currencies, strict=True)
    )
    return Table(clean(source["title"]), clean(source["note"], PROSE), columns, Part.of(tuple(rows)), total)


def _label(label: str, currency: str) -> str:
    return clean(label, _HEAD) + (f", {currency}" if currency else "")


def _currency(rows: Sequence[Sequence[object]], index: int) -> str:
    """The currency of a column whose amounts all have the same one: it is named once, in the column's head."""
    found = {str(cell["currency"]) for row in rows if isinstance(cell := row[index], Mapping)}
    return found.pop() if len(found) == 1 else ""


def _cell(value: object, kind: ColumnKind, currency: str, voice: Voice) -> Cell:
    if value is None:
        return Cell("")
    if kind is ColumnKind.STATE and str(value) in MARKS:
        mark = MARKS[str(value)]
        return Cell(f"{mark.glyph} {mark.word}", mark.tone)
    if kind in {ColumnKind.TEXT, ColumnKind.STATE}:
        return Cell(spoken(value, voice))
    return Cell(day(str(value), voice) if kind is ColumnKind.DATE else _number(parse(value), kind, currency, voice))


def _number(figure: Figure | None, kind: ColumnKind, currency: str, voice: Voice) -> str:
    if figure is None:
        return ""
    if isinstance(figure, Money):
        return voice.exact(figure) + ("" if currency else f"\N{NO-BREAK SPACE}{figure.currency}")
    return voice.percent(Decimal(figure)) if kind is ColumnKind.RATIO else voice.number(figure)


def milestones(sources: Sequence[Json], voice: Voice) -> tuple[MilestoneRow, ...]:
    return tuple(_milestone(source, voice) for source in sources)


def _milestone(source: Json, voice: Voice) -> MilestoneRow:
    progress = parse(source["progress"])
    ratio = Decimal(progress) if progress is not None and not isinstance(progress, Money) else None
    return MilestoneRow(
        mark=MARKS[source["state"]],
        title=clean(source["title"]),
        owner=role(source["owner"] or ""),
        due=day(source["due"], voice),
        value=_in_unit(source["value"], source["unit"], voice),
        target=_in_unit(source["target"], source["unit"], voice),
        progress=voice.percent(ratio) if ratio is not None else "",
        percent=int(min(max(ratio, Decimal(0)), Decimal(1)) * 100) if ratio is not None else None,
    )


def _in_unit(value: object, unit: str | None, voice: Voice) -> str:
    """A figure with its unit; a unit that no KPI has is put behind the number as it is."""
    figure = parse(value)
    if figure is None:
        return ""
    if unit is None or unit in set(Unit):
        return voice.figure(figure, Unit(unit or Unit.COUNT))
    return f"{voice.figure(figure, Unit.COUNT)} {clean(unit, 40)}"


def spoken(value: object, voice: Voice) -> str:
    """A value whose kind nothing declares: money and dates in the reader's form, anything else as it is written."""
    if isinstance(value, Mapping):
        return voice.money(Money(value["minor"], value["currency"]))
    text = clean(str(value))
    day = as_day(text)
    return voice.day(day) if day else text


def evidence(rows: Sequence[Json], voice: Voice) -> Part[str]:
    """Each row of evidence on one line: `asset Dinghy · bought Mar 4, 2026`."""
    return Part.of(
        tuple(
            clean(
                " · ".join(
                    f"{clean(key, 60).replace('_', ' ')} {spoken(value, voice)}"
                    for key, value in row.items()
                    if value is not None
                ),
                PROSE,
            )
            for row in rows
        )
    )
