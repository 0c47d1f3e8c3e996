"""Known vulnerabilities out of a dump of osv.dev: zip or JSON files that somebody has laid into a folder. Nothing is asked for.

Only records count that were published before the period's end and not withdrawn by then, so that a period that is made again
with a later dump knows no more than it could have known.
"""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from quarterdeck.errors import SourceError, Where
from quarterdeck.reading.cells import shorten
from quarterdeck.sources._code_locks import Package, normal

ECOSYSTEMS = ("PyPI", "npm")
_LARGEST = 8 * 2**20  # bytes of one record
_MOST_BYTES = 8 * 2**30  # of all of them
_ENCRYPTED = 0x1  # of a member's flags
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_NAME = re.compile(rb'"name"\s*:\s*"([^"\\]{1,300})"')
_MODIFIED = re.compile(rb'"modified"\s*:\s*"(\d{4}-\d{2}-\d{2})')
_SEVERITIES = {"CRITICAL": "critical", "HIGH": "high", "MODERATE": "medium", "MEDIUM": "medium", "LOW": "low"}
_REMEDY = "lay the all.zip of PyPI and of npm of osv.dev into the folder"


@dataclass(frozen=True, slots=True)
class Advisory:
    """One known vulnerability of one package in one version."""

    id: str
    alias: str | None
    severity: str | None
    summary: str | None
    fixed_in: str | None
    published_on: date


@dataclass(frozen=True, slots=True)
class Dump:
    """What a dump knows of some packages, and of which day it is: that of the latest change in it."""

    known_on: date
    advisories: Mapping[Package, tuple[Advisory, ...]]


def read_dump(folder: Path, shown: str, packages: frozenset[Package], end: datetime) -> Dump:
    """What the dump in a folder knows of packages; SourceError where there is none, or it cannot be read."""
    wanted = {package.name for package in packages}
    by_name: dict[tuple[str, str], list[Package]] = {}
    for package in packages:
        by_name.setdefault((package.ecosystem, package.name), []).append(package)
    latest = b""
    found: dict[Package, dict[str, Advisory]] = {}
    for data in _records(folder, shown):
        latest = max([latest, *_MODIFIED.findall(data)])
        names = {name.decode("utf-8", "replace") for name in _NAME.findall(data)}
        if wanted.isdisjoint(names) and wanted.isdisjoint(map(normal, names)):
            continue
        record = _json(data)
        if record is not None and _holds(record, end):
            for package, advisory in _matches(record, by_name):
                found.setdefault(package, {})[advisory.id] = advisory
    if not latest:
        raise SourceError("there is no record of osv.dev in the folder", where=Where(shown), remedy=_REMEDY)
    known_on = date.fromisoformat(latest.decode())
    return Dump(known_on, {package: tuple(by_id[id] for id in sorted(by_id)) for package, by_id in found.items()})


def _records(folder: Path, shown: str) -> Iterator[bytes]:
    left = _MOST_BYTES
    try:
        if not folder.is_dir():
            raise SourceError("there is no such folder", where=Where(shown), remedy=_REMEDY)
        for path in sorted(folder.rglob("*")):
            for data in _of_file(path, shown):
                left -= len(data)
                if left < 0:
                    raise SourceError("the dump has more than 8 GB", where=Where(shown), remedy=_REMEDY)
                yield data
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        what = f"the dump of osv.dev cannot be read: {getattr(error, 'strerror', None) or type(error).__name__}"
        raise SourceError(what, where=Where(shown), remedy="fetch it anew") from error


def _of_file(path: Path, shown: str) -> Iterator[bytes]:
    if path.suffix == ".json" and path.is_file():
        if path.stat().st_size <= _LARGEST:
            yield path.read_bytes()
    elif path.suffix == ".zip" and path.is_file():
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if member.filename.endswith(".json") and member.file_size <= _LARGEST:
                    if member.flag_bits & _ENCRYPTED or member.compress_type not in _PACKED:
                        what = "the dump of osv.dev has an archive that is encrypted or packed in another way than theirs"
                        raise SourceError(what, where=Where(shown), remedy="fetch it anew")
                    with archive.open(member) as opened:
                        yield opened.read(_LARGEST)


def _json(data: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _holds(record: Mapping[str, Any], end: datetime) -> bool:
    published, withdrawn = _instant(record.get("published")), _instant(record.get("withdrawn"))
    return published is not None and published < end and (withdrawn is None or withdrawn >= end)


def _instant(value: object) -> datetime | None:
    try:
        made = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return made if made.tzinfo else made.replace(tzinfo=UTC)


def _matches(record: Mapping[str, Any], by_name: Mapping[tuple[str, str], list[Package]]) -> Iterator[tuple[Package, Advisory]]:
    for affected in _dicts(record.get("affected")):
        told = affected.get("package")
        if not isinstance(told, dict):
            continue
        ecosystem, name = str(told.get("ecosystem")), str(told.get("name"))
        for package in by_name.get((ecosystem, normal(name) if ecosystem == "PyPI" else name), ()):
            hit, fixed = _affects(affected, package)
            if hit:
                yield package, _advisory(record, fixed)


def _advisory(record: Mapping[str, Any], fixed: str | None) -> Advisory:
    published = _instant(record.get("published")) or datetime.min.replace(tzinfo=UTC)
    aliases = record.get("aliases")
    cves = sorted(str(alias) for alias in aliases if str(alias).startswith("CVE-")) if isinstance(aliases, list) else []
    own = record.get("database_specific")
    severity = _SEVERITIES.get(str(own.get("severity")).upper()) if isinstance(own, dict) else None
    summary = shorten(str(record.get("summary") or ""), 300) or None
    id = shorten(str(record.get("id")), 100) or "(no id)"
    return Advisory(id, shorten(cves[0], 100) if cves else None, severity, summary, fixed, published.date())


def _affects(affected: Mapping[str, Any], package: Package) -> tuple[bool, str | None]:
    """Whether a version is affected, and the first later version that is not."""
    key = _order(package)
    versions = affected.get("versions")
    hit = isinstance(versions, list) and package.version in versions
    fixes: list[tuple[Any, str]] = []
    for span in _dicts(affected.get("ranges")):
        if key is None or span.get("type") not in ("ECOSYSTEM", "SEMVER"):
            continue
        inside, fixed = _within(key, list(_dicts(span.get("events"))), package.ecosystem)
        hit = hit or inside
        fixes += fixed
    later = sorted(fix for fix in fixes if key is not None and fix[0] > key)
    return hit, shorten(later[0][1], 100) if later else None


def _within(key: Any, events: list[Mapping[str, Any]], ecosystem: str) -> tuple[bool, list[tuple[Any, str]]]:
    """Whether a version lies in a range, by its events in order; and the versions that are fixed."""
    told: list[tuple[Any, int, str, str]] = []
    for event in events:
        for kind, value in event.items():
            at = _LOWEST[ecosystem] if value == "0" else _order(Package(ecosystem, "", str(value)))
            if kind in _KINDS and at is not None:
                told.append((at, _KINDS.index(kind), kind, str(value)))
    inside = False
    for at, _, kind, _ in sorted(told):
        if kind == "introduced" and key >= at:
            inside = True
        elif (kind == "fixed" and key >= at) or (kind == "last_affected" and key > at):
            inside = False
    return inside, [(at, value) for at, _, kind, value in told if kind == "fixed"]


_KINDS = ("fixed", "introduced", "last_affected")


def _order(package: Package) -> Any:
    """What versions of an ecosystem are compared by; None where this is no version of it."""
    if package.ecosystem == "PyPI":
        try:
            return Version(package.version)
        except InvalidVersion:
            return None
    match = re.fullmatch(r"v?(\d{1,18})\.(\d{1,18})\.(\d{1,18})(?:-([0-9A-Za-z.-]+))?(?:\+.*)?", package.version)
    if match is None:
        return None
    before = tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in (match[4] or "").split(".") if part)
    return (int(match[1]), int(match[2]), int(match[3]), 0 if before else 1, before)


_LOWEST: Mapping[str, Any] = {"PyPI": Version("0.dev0"), "npm": (0, 0, 0, 0, ())}


def _dicts(value: object) -> Iterator[Mapping[str, Any]]:
    yield from (item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()
