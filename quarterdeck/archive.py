"""Where reports are kept: every revision of every report with its renderings, filed once and never changed.

    <tenant>/<role>/<period>/<revision>/report.json|.html|.txt|.pdf|.xlsx

report.json is written last; until it stands, the revision is not filed. A revision is the digest of what a reader can
see, so filing the same revision again, by newer code or from newer pulls, changes nothing: the first filing stays.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from quarterdeck.compose.report import SCHEMA_VERSION
from quarterdeck.compose.report import revision as revision_of
from quarterdeck.errors import ArchiveError, ConfigError, MissingKeyError
from quarterdeck.period import Period
from quarterdeck.storage import Store

REPORT = "report.json"

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}", re.ASCII)
_REVISION = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}", re.ASCII)
_CHANGED = "it was changed after it was filed: put it back from a copy, or move its folder away and make the report again"


class Archive:
    """The reports in a store. Raises ArchiveError where one cannot be filed, is not there, or is not what it says.

    Where the store itself fails, its StorageError comes through, which says whether trying again may help.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    def file(self, tenant: str, role: str, period: str, revision: str, files: Mapping[str, bytes]) -> bool:
        """File a revision with its renderings by name: True, or False where it was filed before.

        ArchiveError where report.json is not the one of this tenant, role, period and revision.
        """
        if REPORT not in files:
            raise ArchiveError(f"{role} of {tenant} for {period} has no {REPORT}")
        _document(files[REPORT], tenant, role, period, revision)
        keys = {name: _key(tenant, role, period, revision, name) for name in files}
        self.store.put_new_all({keys[name]: files[name] for name in sorted(files.keys() - {REPORT})})
        is_new = self.store.put_new(keys[REPORT], files[REPORT])
        if not is_new:
            self.document(tenant, role, period, revision)  # what stood there must be intact before it is relied on
        return is_new

    def revisions(self, tenant: str, role: str, period: str) -> tuple[str, ...]:
        """The filed revisions, in order of their digests; the audit trail knows which came first."""
        keys = self.store.list(f"{_folder(tenant, role, period)}/")
        return tuple(key.split("/")[3] for key in keys if key.endswith(f"/{REPORT}"))

    def filed(self) -> tuple[tuple[str, str, str, str], ...]:
        """Every filed revision as (tenant, role, period, revision), in order."""
        parts = (tuple(key.split("/")) for key in self.store.list())
        return tuple(key[:4] for key in parts if len(key) == 5 and key[4] == REPORT)

    def document(self, tenant: str, role: str, period: str, revision: str) -> dict[str, Any]:
        """The report as data, after checking that it is the one asked for and as it was filed."""
        return _document(self.read(tenant, role, period, revision, REPORT), tenant, role, period, revision)

    def names(self, tenant: str, role: str, period: str, revision: str) -> tuple[str, ...]:
        """The names of a revision's files, report.json among them where it is filed."""
        folder = f"{_place(tenant, role, period, revision)}/"
        return tuple(key.removeprefix(folder) for key in self.store.list(folder))

    def read(self, tenant: str, role: str, period: str, revision: str, name: str) -> bytes:
        """The bytes of one rendering."""
        try:
            return self.store.get(_key(tenant, role, period, revision, name))
        except MissingKeyError as error:
            raise ArchiveError(f"{name} of {role} of {tenant} for {period} is not in the archive: {error}") from error

    def path(self, tenant: str, role: str, period: str, revision: str, name: str = REPORT) -> str:
        """Where a person finds a rendering."""
        return self.store.locate(_key(tenant, role, period, revision, name))

    def signed(self, tenant: str, role: str, period: str, revision: str, name: str, lifetime: timedelta) -> str | None:
        """An address under which anybody can read a rendering for a while; None where the store has no such thing."""
        return self.store.signed(_key(tenant, role, period, revision, name), lifetime)


def _folder(tenant: str, role: str, period: str) -> str:
    for id in (tenant, role):
        if not _ID.fullmatch(id):
            raise ArchiveError(f"{id!r} is not the id of a tenant or role")
    try:
        return f"{tenant}/{role}/{Period.parse(period).text}"
    except ConfigError as error:
        raise ArchiveError(str(error)) from error


def _place(tenant: str, role: str, period: str, revision: str) -> str:
    if not _REVISION.fullmatch(revision):
        raise ArchiveError(f"{revision!r} is not a revision")
    return f"{_folder(tenant, role, period)}/{revision}"


def _key(tenant: str, role: str, period: str, revision: str, name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ArchiveError(f"{name!r} is not the name of a rendering")
    return f"{_place(tenant, role, period, revision)}/{name}"


def _document(data: bytes, tenant: str, role: str, period: str, revision: str) -> dict[str, Any]:
    """report.json as data, held against where it lies and against its own digest."""
    try:
        document: dict[str, Any] = json.loads(data)
        claims = tuple(document[name] for name in ("tenant", "role", "period", "revision"))
        # Another schema version had another digest; such documents are taken by their word.
        found = revision_of(document) if document["schema_version"] == SCHEMA_VERSION else document["revision"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ArchiveError(f"{REPORT} of {role} of {tenant} for {period} is no report: {error!r}", remedy=_CHANGED) from error
    if claims != (tenant, role, period, revision):
        raise ArchiveError(
            f"{REPORT} of {role} of {tenant} for {period} is that of {' '.join(map(str, claims))}", remedy=_CHANGED
        )
    if found != revision:
        raise ArchiveError(
            f"{REPORT} of {role} of {tenant} for {period} is not what its revision {revision[:12]} stands for", remedy=_CHANGED
        )
    return document
