"""Into what: the immutable tables that figures and reports are made of.

A table is a parquet file named by the sha256 of its bytes, so the same rows are the same file. A manifest, written last,
says which tables a source of a tenant gave for a period; until it stands, nothing was pulled. Both are only ever added:

    <tenant>/tables/<table>/<sha256>.parquet
    <tenant>/manifests/<period>/<source>/<0001>.json      the highest number is the current one
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace

import pyarrow as pa

from quarterdeck.errors import ConfigError, MissingKeyError, SnapshotError
from quarterdeck.period import Period
from quarterdeck.schemas import schema_of
from quarterdeck.snapshots import manifest as manifests
from quarterdeck.snapshots import parquet
from quarterdeck.snapshots.manifest import Gap, Manifest, ManifestTable
from quarterdeck.storage import Store
from quarterdeck.storage.kept import Kept

__all__ = ["Gap", "Manifest", "ManifestTable", "Snapshots"]

_TENANT = re.compile(r"[a-z0-9][a-z0-9-]{0,38}", re.ASCII)
_SOURCE = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{4,}\.json", re.ASCII)
_MOST_DECODED = 64 << 20  # bytes of tables in memory: what the roles' reports of some tenants stand on
_AT_LEAST = 4096  # what a table takes that has no rows


class Snapshots:
    """The snapshots in a store. Raises SnapshotError where one is missing, damaged or another tenant's.

    Where the store itself fails, its StorageError comes through, which says whether trying again may help.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._decoded: Kept[pa.Table] = Kept(_MOST_DECODED, lambda rows: rows.nbytes + _AT_LEAST)

    def write(self, tenant: str, table: str, rows: pa.Table) -> str:
        """Keep rows that fit the table's contract; their digest. The same rows give the same digest and no second file."""
        data = parquet.encode(_tenant(tenant), table, rows)
        digest = hashlib.sha256(data).hexdigest()
        self.store.put_new(_table_key(tenant, table, digest), data)
        return digest

    def read(self, tenant: str, table: str, digest: str) -> pa.Table:
        """The rows behind a digest, in the table's contract, after every check that they are what was written."""
        key = _table_key(tenant, table, digest)
        try:
            data = self.store.get(key)
        except MissingKeyError as error:
            raise SnapshotError(f"{table} of {tenant} is gone: {error}", remedy="pull the source again") from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise SnapshotError(
                f"{table} of {tenant} is damaged: its bytes are not those it is named by",
                remedy=f"move {self.store.locate(key)} away and pull the source again",
            )
        rows = self._decoded.get(key)  # its bytes were read and held against its name all the same
        if rows is None:
            rows = parquet.decode(tenant, table, data)
            self._decoded.keep(key, rows)
        return rows

    def commit(self, manifest: Manifest) -> Manifest:
        """Make a pull the current one: the manifest as it stands, which is the one before where nothing has changed."""
        complete = self._complete(manifest)
        while True:
            number, current = self._latest(manifest.tenant, manifest.period, manifest.source)
            if current == complete:
                return current
            self._require_tables(complete)
            key = f"{_folder(manifest.tenant, manifest.period, manifest.source)}{number + 1:04d}.json"
            if self.store.put_new(key, manifests.encode(complete)):
                return complete

    def current(self, tenant: str, period: str, source: str) -> Manifest | None:
        """What a source gave for a period, as it was pulled last; None where it never was."""
        return self._latest(tenant, period, source)[1]

    def every(self, tenant: str, period: str, source: str) -> tuple[Manifest, ...]:
        """All that a source gave for a period, the latest pull first."""
        folder = _folder(tenant, period, source)
        names = [name for key in self.store.list(folder) if _NUMBER.fullmatch(name := key.removeprefix(folder))]
        ordered = sorted(names, key=_number, reverse=True)
        return tuple(self._manifest(tenant, period, source, f"{folder}{name}") for name in ordered)

    def past(self, tenant: str, source: str, periods: Iterable[str]) -> dict[str, Manifest]:
        """What `current` gives for each of many periods, by period; those for which the source gave nothing are left out."""
        latest: dict[str, str] = {}
        for key in self.store.list(f"{_tenant(tenant)}/manifests/"):
            *folder, name = key.split("/")
            if _NUMBER.fullmatch(name):
                place = "/".join(folder)
                latest[place] = max(latest.get(place, ""), name, key=_number)
        folders = {period: _folder(tenant, period, source) for period in periods}
        return {
            period: self._manifest(tenant, period, source, f"{folder}{latest[folder[:-1]]}")
            for period, folder in folders.items()
            if folder[:-1] in latest
        }

    def sources(self, tenant: str, period: str) -> tuple[str, ...]:
        """The sources that gave something for a period, in name order."""
        keys = self.store.list(f"{_tenant(tenant)}/manifests/{_period(period)}/")
        return tuple(sorted({key.split("/")[3] for key in keys}))

    def periods(self, tenant: str) -> tuple[str, ...]:
        """The periods that anything was pulled for, in order of their texts."""
        return tuple(sorted({key.split("/")[2] for key in self.store.list(f"{_tenant(tenant)}/manifests/")}))

    def read_range(self, tenant: str, source: str, table: str, periods: Iterable[str]) -> dict[str, pa.Table]:
        """One table of one source by period; a period for which it was not pulled is left out."""
        found = {}
        for period in periods:
            manifest = self.current(tenant, period, source)
            entry = manifest.find(table) if manifest else None
            if entry:
                found[period] = self.read(tenant, table, entry.digest)
        return found

    def _complete(self, manifest: Manifest) -> Manifest:
        """The manifest with its tables in order and their schemas named."""
        names = [*(entry.table for entry in manifest.tables), *(gap.table for gap in manifest.missing)]
        if len(set(names)) != len(names):
            raise SnapshotError(f"source {manifest.source} of {manifest.tenant} gives a table twice: {sorted(names)}")
        tables = (replace(entry, schema=parquet.schema_hash(entry.table)) for entry in manifest.tables)
        missing = tuple(sorted(manifest.missing, key=lambda gap: gap.table))
        return replace(manifest, tables=tuple(sorted(tables, key=lambda entry: entry.table)), missing=missing)

    def _require_tables(self, manifest: Manifest) -> None:
        for entry in manifest.tables:
            if not self.store.exists(_table_key(manifest.tenant, entry.table, entry.digest)):
                raise SnapshotError(f"a manifest of {manifest.source} names {entry.table} {entry.digest}, which is not there")

    def _latest(self, tenant: str, period: str, source: str) -> tuple[int, Manifest | None]:
        folder = _folder(tenant, period, source)
        names = [name for key in self.store.list(folder) if _NUMBER.fullmatch(name := key.removeprefix(folder))]
        if not names:
            return 0, None
        latest = max(names, key=_number)
        return _number(latest), self._manifest(tenant, period, source, f"{folder}{latest}")

    def _manifest(self, tenant: str, period: str, source: str, key: str) -> Manifest:
        found = manifests.decode(self.store.get(key))
        if (found.tenant, found.period, found.source) != (tenant, period, source):
            raise SnapshotError(f"the manifest {key} is one of {found.tenant}, {found.period}, {found.source}")
        return found


def _number(name: str) -> int:
    """The number of a manifest's name, which grows by a digit at 10000; 0 where there is none."""
    return int(name.partition(".")[0] or 0)


def _tenant(tenant: str) -> str:
    if not _TENANT.fullmatch(tenant):
        raise SnapshotError(f"{tenant!r} is not a tenant's id", remedy="ids are lower-case letters, digits and hyphens")
    return tenant


def _period(text: str) -> str:
    try:
        return Period.parse(text).text
    except ConfigError as error:
        raise SnapshotError(str(error)) from error


def _folder(tenant: str, period: str, source: str) -> str:
    if not _SOURCE.fullmatch(source):
        raise SnapshotError(f"{source!r} is not a source's id", remedy="ids are lower-case letters, digits, - and _")
    return f"{_tenant(tenant)}/manifests/{_period(period)}/{source}/"


def _table_key(tenant: str, table: str, digest: str) -> str:
    if not _DIGEST.fullmatch(digest):
        raise SnapshotError(f"{digest!r} is not a sha256")
    return f"{_tenant(tenant)}/tables/{schema_of(table).name}/{digest}.parquet"
