"""What tasks make, as assets on Prefect's server: tables of snapshots, figures made of them, reports made of figures.

    quarterdeck://TENANT/tables/TABLE  ->  quarterdeck://TENANT/figures  ->  quarterdeck://TENANT/reports/ROLE

A task says from within what it is about to make. `@materialize` does the same around a task, and would have to know it before
any tenant is named; so a task stays the plain task that it was, and its results are found again under the same keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from prefect.assets import Asset, AssetProperties
from prefect.context import AssetContext

from quarterdeck.snapshots import Manifest
from quarterdeck.steps.outcome import read_outcome
from quarterdeck.steps.report import Filed
from quarterdeck.wiring import open_parts, provides


def table(tenant: str, name: str) -> Asset:
    """A table of a tenant's snapshots."""
    return _asset(f"{tenant}/tables/{name}", f"{name} of {tenant}")


def figures(tenant: str) -> Asset:
    """A tenant's KPIs and findings."""
    return _asset(f"{tenant}/figures", f"figures of {tenant}")


def report(tenant: str, role: str) -> Asset:
    """The report of a tenant for a role; its periods and revisions are facts of its events."""
    return _asset(f"{tenant}/reports/{role}", f"{role} of {tenant}")


def _asset(path: str, name: str) -> Asset:
    return Asset(key=f"quarterdeck://{path}", properties=AssetProperties(name=name))


def makes(*made: Asset, of: Iterable[Asset] = ()) -> None:
    """Say what the task at hand makes, and out of what; Prefect tells its server at the task's end how that went."""
    if context := AssetContext.get():  # there is none outside of a task
        context.downstream_assets.update(made)
        context.direct_asset_dependencies.update(of)


def made(asset: Asset, **facts: str | int) -> None:
    """Say what came of an asset, for its event: a digest, a period, a number of rows."""
    makes(asset)
    if context := AssetContext.get():
        context.add_asset_metadata(asset.key, facts)


def makes_tables(config: str, tenant: str, source: str) -> None:
    """The tables that a source will give."""
    entries = open_parts(Path(config)).settings.tenant(tenant).sources
    entry = next(entry for entry in entries if entry.id == source)
    makes(*(table(tenant, name) for name in provides(entry)))


def made_tables(outcome: str) -> None:
    """The tables that a source gave."""
    manifest = read_outcome(outcome)
    if isinstance(manifest, Manifest):
        for each in manifest.tables:
            made(table(manifest.tenant, each.table), period=manifest.period, digest=each.digest, rows=each.rows)


def makes_figures(tenant: str, outcomes: Iterable[str], members: Mapping[str, str]) -> None:
    """The figures of a tenant, made of the tables that its sources gave, or for the portfolio of its members' figures."""
    given = (found for found in map(read_outcome, outcomes) if isinstance(found, Manifest))
    tables = (table(found.tenant, each.table) for found in given for each in found.tables)
    makes(figures(tenant), of=(*tables, *map(figures, members)))


def made_report(filed: Filed) -> None:
    """A report in the archive."""
    made(report(filed.tenant, filed.role), period=filed.period, revision=filed.revision)
