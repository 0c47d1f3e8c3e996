"""A KPI's page: what it means, how it went, and the snapshots and rows that its latest value was worked out from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from quarterdeck.model import Unit
from quarterdeck.money import Money, exponent
from quarterdeck.period import Period, PeriodKind
from quarterdeck.render.clean import PROSE, clean
from quarterdeck.render.figures import parse
from quarterdeck.render.site import paths
from quarterdeck.render.site.brief import Brief, Json
from quarterdeck.render.site.front import language
from quarterdeck.render.site.overview import Tile
from quarterdeck.render.site.report import SnapshotRow, snapshot_row
from quarterdeck.render.site.shell import Frame, page
from quarterdeck.render.site.svg import Mark, history
from quarterdeck.words import Voice

_UNITS = {
    Unit.MONEY: "an amount in {currency}",
    Unit.COUNT: "a count",
    Unit.RATIO: "a share",
    Unit.TIMES: "a multiple",
    Unit.DAYS: "days",
    Unit.MONTHS: "months",
    Unit.HOURS: "hours",
}
_GOOD = {"up": "more is better", "down": "less is better", "neutral": "neither way is good in itself"}
_KINDS = {PeriodKind.MONTH: "Months", PeriodKind.WEEK: "Weeks", PeriodKind.QUARTER: "Quarters", PeriodKind.YEAR: "Years"}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the code says of a KPI: its definition, and the snapshot tables that its function reads."""

    definition: str = ""
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One period. `now` is the value as the latest report has it, `filed` as the report of that period had it.

    Either is empty where there is none; `moved` says that both are there and differ. `key` leads to the report.
    """

    label: str
    short: str
    now: str
    filed: str
    moved: bool
    state: str
    grade: str
    report: str
    key: str
    value: Any


@dataclass(frozen=True, slots=True)
class Past:
    """The history over periods of one length, the newest first."""

    title: str
    rows: tuple[HistoryRow, ...]


@dataclass(frozen=True, slots=True)
class KpiFacts:
    """Facts of a KPI's page. `kpi` is the latest report's entry for it, `snapshots` those of its own tables."""

    tenant: str
    name: str
    locale: str
    accent: str | None
    tile: Tile
    kpi: Json
    version: int | None
    currency: str
    meaning: Meaning
    pasts: tuple[Past, ...]
    reports: tuple[tuple[str, str], ...]  # title and key
    snapshots: tuple[SnapshotRow, ...]
    is_portfolio: bool


def kpi(
    tile: Tile,
    latest: Mapping[PeriodKind, tuple[Brief, Json]],
    shown: Sequence[Brief],
    meaning: Meaning,
    data: Mapping[str, str],
) -> KpiFacts:
    """The facts of a KPI's page.

    `latest` is the newest report of each length of period that shows it, the tile's own first; `shown` are all reports
    that hold and show it; `data` leads from a snapshot's digest to the pages of its rows.
    """
    brief, document = next(iter(latest.values()))
    entry = _entry(document, tile.id)
    return KpiFacts(
        tenant=brief.tenant,
        name=brief.name,
        locale=brief.locale,
        accent=brief.accent,
        tile=tile,
        kpi=entry,
        version=document["provenance"]["kpi_versions"].get(tile.id),
        currency=document["currency"],
        meaning=meaning,
        pasts=tuple(_past(tile.id, kind, *each, shown) for kind, each in latest.items()),
        reports=tuple((report.title, report.key) for report in shown if report.period == brief.period),
        snapshots=tuple(
            snapshot_row(each, data.get(each["digest"], ""), Voice(brief.locale)) for each in snapshots_of(document, meaning)
        ),
        is_portfolio=brief.kind == "portfolio",
    )


def snapshots_of(document: Json, meaning: Meaning) -> Iterable[Json]:
    """The snapshots of a report that a KPI's value comes from; all its source tables where the code does not know the KPI."""
    for snapshot in document["provenance"]["snapshots"]:
        own = snapshot["source"] in {"figures", "settings"} or snapshot["source"].startswith("history-")
        if snapshot["table"] in meaning.tables if meaning.tables else not own:
            yield snapshot


def _entry(document: Json, id: str) -> Json:
    entry: Json = next(kpi for kpi in document["kpis"] if kpi["id"] == id)
    return entry


def _past(id: str, kind: PeriodKind, brief: Brief, document: Json, shown: Sequence[Brief]) -> Past:
    """As the latest report knows the last periods, and as each period's own report had it."""
    entry, voice = _entry(document, id), Voice(brief.locale)
    last = period_of(brief)
    known = dict(zip((period.text for period in last.trailing(len(entry["series"]))), entry["series"], strict=True))
    periods = {period.text: period for period in last.trailing(len(entry["series"]))}
    filed: dict[str, Brief] = {}
    for report in shown:
        period = period_of(report)
        if period.kind is kind and period.fiscal is last.fiscal:
            periods.setdefault(report.period, period)
            filed.setdefault(report.period, report)
    unit = Unit(entry["unit"])
    rows = [
        _row(id, period, known.get(text), text in known, filed.get(text), unit, voice)
        for text, period in sorted(periods.items(), key=lambda item: item[1].start, reverse=True)
    ]
    while rows and not (rows[-1].now or rows[-1].key):  # periods before there was anything
        rows.pop()
    return Past(_KINDS[kind], tuple(rows))


def _row(id: str, period: Period, value: Any, is_known: bool, report: Brief | None, unit: Unit, voice: Voice) -> HistoryRow:
    reading = report.reading(id) if report else None
    now = voice.figure(parse(value), unit) if value is not None else ""
    filed = reading.display if reading and reading.value is not None else ""
    return HistoryRow(
        label=_label(voice, period),
        short=_short(period),
        now=now,
        filed=filed,
        moved=reading is not None and is_known and reading.value != value,
        state=reading.state if reading else "",
        grade=reading.grade if reading else "",
        report=report.title if report else "",
        key=report.key if report else "",
        value=value if is_known else reading.value if reading else None,
    )


@lru_cache(maxsize=1024)  # the same few periods for every KPI
def _label(voice: Voice, period: Period) -> str:
    return voice.period(period)


def _short(period: Period) -> str:
    """A period below an axis: Oct 26, W44, Q4 26, 2026."""
    if period.kind is PeriodKind.MONTH:
        return f"{period.start:%b %y}"
    year, _, part = period.text.partition("-")
    return f"{part} {year[-2:]}" if part else year


def period_of(brief: Brief) -> Period:
    """The period of a report; the first month of a fiscal year follows from the day on which the period begins."""
    start = int(brief.start[5:7])
    if brief.period.startswith("FY"):
        quarter = int(brief.period[-1]) if "-Q" in brief.period else 1
        start = (start - 1 - 3 * (quarter - 1)) % 12 + 1
        return Period.parse(brief.period, fiscal_start=start)
    return Period.parse(brief.period)


def render(facts: KpiFacts, templates: Path) -> bytes:
    unit = Unit(facts.kpi["unit"])
    crumbs = (("Archive", paths.INDEX), (facts.name, paths.tenant_page(facts.tenant)), (facts.tile.label, ""))
    title = f"{facts.tile.label} · {facts.name}"
    frame = Frame(paths.kpi_page(facts.tenant, facts.tile.id), title, language(facts.locale), facts.accent, crumbs)
    return page(
        templates,
        "kpi",
        frame,
        facts=facts,
        unit=_UNITS[unit].format(currency=facts.currency),
        good=_GOOD[facts.kpi["direction"]],
        formula=clean(facts.kpi["formula"], PROSE),
        needs=clean(facts.kpi["needs"], PROSE),
        charts=tuple(_chart(facts, past, unit) for past in facts.pasts),
    )


def _chart(facts: KpiFacts, past: Past, unit: Unit) -> Markup:
    currency, voice = facts.currency, Voice(facts.locale)

    def say(value: Decimal) -> str:
        if unit is Unit.MONEY and value:
            return voice.money(Money(int(value.scaleb(exponent(currency))), currency))
        return voice.figure(value, unit) if value else "0"

    marks = [Mark(row.short, _major(row.value, currency), row.now or row.filed) for row in reversed(past.rows)]
    title = f"{facts.tile.label}: {facts.tile.trend}" if facts.tile.trend else facts.tile.label
    return history(marks, _major(facts.kpi["target"], currency), say, title, whole=unit is Unit.COUNT)


def _major(value: Any, currency: str) -> Decimal | None:
    """A figure in major units; None for an amount in another currency, which has no place on the same axis."""
    figure = parse(value)
    if isinstance(figure, Money):
        return figure.decimal() if figure.currency == currency else None
    return None if figure is None else Decimal(figure)
