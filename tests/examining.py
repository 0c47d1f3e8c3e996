"""A portfolio folder to what its files say: tables as the sources read them, figures and findings of one month.

The same parts as in a run, without snapshots, trends and reports, so that a test can change a row and look again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from quarterdeck.aws import Aws
from quarterdeck.config import Settings, TenantSettings, load_settings
from quarterdeck.fingerprints import Fingerprints
from quarterdeck.frames import Coverage, Tables, concat, to_frame
from quarterdeck.kpis import KPIS
from quarterdeck.measure.findings import judge
from quarterdeck.measure.inputs import Inputs
from quarterdeck.measure.portfolio import put_together
from quarterdeck.measure.values import figure
from quarterdeck.model import At, Figure, Finding, KpiValue, Unavailable
from quarterdeck.money import Money
from quarterdeck.period import Period
from quarterdeck.schemas import build
from quarterdeck.sources import SOURCES, PulledTable, Window
from quarterdeck.steps.own import own_tables


@dataclass(frozen=True)
class Seen:
    """One tenant in one month. `rejected` counts the rows that a source left out, by source and table."""

    tables: Tables
    figures: Mapping[str, Figure | Unavailable]
    findings: tuple[Finding, ...]
    rejected: Mapping[str, int]

    def minor(self, kpi: str) -> int:
        """A figure in money, in minor units."""
        value = self.figures[kpi]
        assert isinstance(value, Money), f"{kpi}: {value}"
        return value.minor

    def lines(self) -> set[tuple[str, str]]:
        """Its findings as rule and subject."""
        return {(finding.rule, finding.subject) for finding in self.findings}


def examine(file: Path, tenant: str, month: str = "2026-10", kinds: Collection[str] | None = None) -> Seen:
    """One company or unit of a portfolio file; `kinds` of its sources, all where none are named."""
    settings = load_settings(file, {})
    return _seen(settings.tenant(tenant), settings, Period.parse(month), kinds)


def together(file: Path, members: Mapping[str, Seen], month: str = "2026-10") -> Mapping[str, Figure | Unavailable]:
    """The portfolio's figures, from its members' tables."""
    tables, at = portfolio(file, members, month)
    return {id: figure(kpi, Inputs(tables), at) for id, kpi in KPIS.all().items()}


def portfolio(file: Path, members: Mapping[str, Seen], month: str = "2026-10") -> tuple[Tables, At]:
    """The portfolio's tables, and the month from its point of view."""
    settings = load_settings(file, {})
    period = Period.parse(month)
    own = _tables(settings.portfolio, {}, {})
    tables = put_together(own, {id: seen.tables for id, seen in members.items()}, str(settings.portfolio.currency), period)
    return tables, At(period, str(settings.portfolio.currency))


def _seen(tenant: TenantSettings, settings: Settings, period: Period, wanted: Collection[str] | None) -> Seen:
    common = (tenant.id, period, tenant.zone, str(tenant.currency), settings.root)
    window = Window(*common, aws=Aws(None, settings.aws.endpoint), fingerprints=Fingerprints("a key for tests alone"))
    entries = [entry for entry in tenant.sources if wanted is None or entry.kind in wanted]
    pulled = {entry.id: _pull(entry.kind, entry.options, window) for entry in entries}
    kinds = {entry.id: entry.kind for entry in tenant.sources}
    tables = _tables(tenant, pulled, kinds)
    at = At(period, str(tenant.currency), tenant.fiscal_year_start or 1)
    inputs = Inputs(tables)
    figures = {id: figure(kpi, inputs, at) for id, kpi in KPIS.all().items()}
    values = [_value(id, found) for id, found in figures.items()]
    findings = judge(tenant.id, inputs, values, at, ()).findings
    rejected = {f"{id}.{table.name}": len(table.rejects) for id, tables in pulled.items() for table in tables}
    return Seen(tables, figures, findings, rejected)


def _pull(kind: str, options: Mapping[str, object], window: Window) -> tuple[PulledTable, ...]:
    source = SOURCES.get(kind)
    pulled = source.pull(source.Options.model_validate(options), window)
    assert not pulled.missing, pulled.missing
    return pulled.tables


def _tables(tenant: TenantSettings, pulled: Mapping[str, tuple[PulledTable, ...]], kinds: Mapping[str, str]) -> Tables:
    frames = {name: to_frame(name, rows, tenant.id) for name, rows in own_tables(tenant).items()}
    coverage: dict[str, Coverage] = {}
    pulls = []
    for source, tables in pulled.items():
        for table in tables:
            frames[table.name] = to_frame(table.name, table.rows, tenant.id)
            first, last = table.covers or (None, None)
            coverage[table.name] = Coverage(first, last, table.watermark, len(table.rejects), table.rows.num_rows)
            pulls.append(_pull_row(tenant.id, source, kinds[source], table))
    frames["pulls"] = to_frame("pulls", build("pulls", pulls), tenant.id)
    frames["rejects"] = concat("rejects", [])
    return Tables(frames, coverage)


def _pull_row(tenant: str, source: str, kind: str, table: PulledTable) -> dict[str, object]:
    first, last = table.covers or (None, None)
    return {
        "tenant": tenant,
        "source": source,
        "kind": kind,
        "table": table.name,
        "status": "read",
        "rows": table.rows.num_rows,
        "rejected": len(table.rejects),
        "covers_from": first,
        "covers_to": last,
    }


def _value(id: str, found: Figure | Unavailable) -> KpiValue:
    kpi = KPIS.get(id)
    value = None if isinstance(found, Unavailable) else found
    reason = found.reason if isinstance(found, Unavailable) else ""
    return KpiValue(
        id, kpi.label, kpi.unit, kpi.direction, kpi.formula, kpi.version, kpi.tables, value, unavailable_reason=reason
    )
