"""The rows behind figures, as pages: written once for each snapshot, from the parquet file that its digest names."""

from __future__ import annotations

from collections.abc import Iterator

from quarterdeck.errors import SnapshotError, StorageError
from quarterdeck.render.site import paths, rows
from quarterdeck.render.site.brief import Json
from quarterdeck.render.site.rows import DataFacts
from quarterdeck.schemas import TABLES
from quarterdeck.steps.site_pages import Pages
from quarterdeck.wiring import Parts

_LOCALE = "en_US"  # of a tenant that is no longer in the settings


class RowPages:
    """Writes the pages of snapshots; `shown` are the tenants that have a page of their own."""

    def __init__(self, parts: Parts, pages: Pages, shown: frozenset[str]) -> None:
        self._parts = parts
        self._pages = pages
        self._shown = shown
        self._known: dict[str, str] = {}

    def write(self, snapshot: Json) -> str:
        """The key of the first page of a snapshot's rows; empty where they cannot be read, as after a change of contract."""
        digest: str = snapshot["digest"]
        if digest not in self._known:
            self._known[digest] = self._write(snapshot) if _is_safe(snapshot) else ""
        return self._known[digest]

    def existing(self, snapshot: Json) -> str:
        """The key of the first page where there is one already."""
        key = _key(snapshot) if _is_safe(snapshot) else ""
        return key if key in self._pages.keys else ""

    def _write(self, snapshot: Json) -> str:
        facts, key = self._facts(snapshot), _key(snapshot)
        try:
            self._pages.write_all(key, facts, lambda: self._made(facts))
        except SnapshotError:
            return self.existing(snapshot)
        return key

    def _made(self, facts: DataFacts) -> Iterator[tuple[str, bytes]]:
        try:
            table = self._parts.snapshots.read(facts.tenant, facts.table, facts.digest).slice(0, facts.shown)
        except StorageError as error:
            raise SnapshotError(f"{facts.table} of {facts.tenant} cannot be read: {error}") from error
        columns = {name: table.column(name).to_pylist() for name, _ in facts.columns}
        return rows.render(facts, columns, self._parts.templates)

    def _facts(self, snapshot: Json) -> DataFacts:
        tenant, schema = snapshot["tenant"], TABLES[snapshot["table"]]
        settings = {known.id: known for known in self._parts.settings.tenants}.get(tenant)
        return DataFacts(
            tenant=tenant,
            name=settings.name if settings else tenant,
            locale=(settings.locale if settings else None) or _LOCALE,
            accent=settings.branding.accent if settings else None,
            table=schema.name,
            about=schema.doc.replace("`", ""),
            columns=tuple((column.name, column.doc.replace("`", "")) for column in schema.columns),
            digest=snapshot["digest"],
            total=snapshot["rows"],
            file=f"snapshots/{tenant}/tables/{schema.name}/{snapshot['digest']}.parquet",
            has_tenant_page=tenant in self._shown,
        )


def _key(snapshot: Json) -> str:
    return paths.data_page(snapshot["tenant"], snapshot["table"], snapshot["digest"])


def _is_safe(snapshot: Json) -> bool:
    """Whether the names in a report are such that they may lead to a file."""
    return snapshot["table"] in TABLES and paths.is_id(snapshot["tenant"]) and paths.is_id(snapshot["digest"][: paths.SHORT])
