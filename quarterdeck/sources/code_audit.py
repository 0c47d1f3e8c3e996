"""What is wrong in git repositories: secrets, open web apps, dependencies nobody watches, runtimes past their end.

    - kind: code_audit
      repositories:
        - path: clones/*                # as in git_history
      osv: feeds/osv                    # a dump of osv.dev; without it nothing is said of known vulnerabilities
      scan_seconds: 900                 # for the search of all histories; what is left is searched by the next pull

Everything is read from the repositories' own objects as of the period's end, by the default branch; secrets also in all that
any branch or tag held before. Nothing is checked out, fetched, run, sent or verified. No table holds a secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Annotated, ClassVar

from pydantic import Field

from quarterdeck.errors import ConfigError, QuarterdeckError, Reject, SourceError
from quarterdeck.reading.rows import Row
from quarterdeck.schemas import build, schema_of
from quarterdeck.sources import MissingTable, Pulled, PulledTable, Window, refuse_too_many, source
from quarterdeck.sources._code_files import APPS_SCRIPT, is_env_file, read_env_file, read_web_app
from quarterdeck.sources._code_leaks import Search, first_day, kept_for, leak_rows, search
from quarterdeck.sources._code_locks import Package, is_lock, locked
from quarterdeck.sources._code_manifests import Reader, find_scanning, manifest_rows
from quarterdeck.sources._code_runtimes import runtime_rows
from quarterdeck.sources._code_tree import Brought, Tree, read_contents, read_tree, shown
from quarterdeck.sources._files import LocalPath, RowOptions
from quarterdeck.sources._git_rows import find_head, find_tip
from quarterdeck.sources._osv import ECOSYSTEMS, Dump, read_dump
from quarterdeck.sources._repositories import Place, Repository, places
from quarterdeck.sources._secret_scanner import Scanner, scanner_name, scanning

_REST = 1800  # seconds for all but the search for secrets
_LICENCES = ("licence", "license", "copying", "unlicense", "unlicence")


class AuditOptions(RowOptions):
    """The repositories to audit, and what they are held against."""

    repositories: Annotated[tuple[Repository, ...], Field(min_length=1)]
    osv: LocalPath | None = None
    scan_seconds: Annotated[int, Field(ge=1, le=86_400)] = 900


@dataclass(slots=True)
class _Audit:
    """Rows by table, and what could not be given."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    locks: list[tuple[str, str, frozenset[Package]]] = field(default_factory=list)
    no_leaks: QuarterdeckError | None = None

    def add(self, table: str, *rows: Row) -> None:
        self.rows.setdefault(table, []).extend(rows)


@source
class CodeAudit:
    """Faults in local git repositories."""

    kind: ClassVar[str] = "code_audit"
    Options = AuditOptions

    @staticmethod
    def provides(options: AuditOptions) -> tuple[str, ...]:
        always = ("code_checks", "leaks", "env_files", "web_apps", "manifests", "pinned_runtimes")
        return always if options.osv is None else (*always, "vulnerabilities")

    @staticmethod
    def states(options: AuditOptions) -> tuple[str, ...]:  # noqa: ARG004 - commits and advisories have their days
        return ()

    @staticmethod
    def check(options: AuditOptions, window: Window) -> str:
        found = places(options.repositories, window)
        for place in found:
            find_tip(place.git, place.branch)
        scanner_name()
        return "1 repository" if len(found) == 1 else f"{len(found)} repositories"

    @staticmethod
    def pull(options: AuditOptions, window: Window) -> Pulled:
        audit = _Audit()
        latest: list[datetime] = []
        with _scanner(options, window, audit) as scanner:
            for place in places(options.repositories, window):
                _, tip = find_tip(place.git, place.branch)
                head = find_head(place.git, tip, window) if tip is not None else None
                if head is not None:
                    _audit(place, head, window, scanner, options.scan_seconds, audit)
                    latest += _committed(place, head)
        refuse_too_many("web_apps", audit.rejects, len(audit.rows.get("web_apps", ())), options.limit)
        missing = [] if audit.no_leaks is None else [_missing("leaks", audit.no_leaks)]
        for row in audit.rows.get("code_checks", ()) if missing else ():
            row["scanner"] = None  # what was found is not given, so nothing may read as if all had been searched
        if options.osv is not None:
            missing += _vulnerabilities(options.osv, window, audit)
        gone = {table.name for table in missing}
        return Pulled(
            tuple(
                PulledTable(
                    name,
                    build(name, _unlike(name, audit.rows.get(name, ()))),
                    tuple(audit.rejects) if name == "web_apps" else (),
                    watermark=max(latest, default=None),
                )
                for name in CodeAudit.provides(options)
                if name not in gone
            ),
            tuple(missing),
        )


def _unlike(table: str, rows: Iterable[Row]) -> list[Row]:
    """Rows of which no two have one key: names that differ only in what cannot be seen are one name."""
    key = schema_of(table).key
    return list({tuple(row[column] for column in key): row for row in rows}.values())


@contextmanager
def _scanner(options: AuditOptions, window: Window, audit: _Audit) -> Iterator[Scanner | None]:
    """What searches for secrets; None where it cannot be had, and the audit says why."""
    scanner: Scanner | None = None
    with ExitStack() as stack:
        try:
            scanner = stack.enter_context(scanning(window.fingerprints.key(window.tenant), options.scan_seconds))
        except (SourceError, ConfigError) as error:
            audit.no_leaks = error
        yield scanner


def _audit(place: Place, head: str, window: Window, scanner: Scanner | None, seconds: int, audit: _Audit) -> None:
    tree, history = read_tree(place.git, head), read_contents(place.git, head, window)
    with place.git.contents(seconds + _REST) as contents:

        def read(path: PurePosixPath) -> str | None:
            return tree.text(path, contents)

        found = Search()
        if scanner is not None:
            kept = kept_for(window, place.shown, scanner_name())
            try:
                found = search(history, contents, scanner, kept)
                audit.add("leaks", *leak_rows(place.name, tree, history, found.found))
            except TimeoutError:
                found = kept.load()
                audit.no_leaks = _unfinished(place.name, found, history)
        watched = find_scanning(tree, read)
        audit.add("manifests", *manifest_rows(place.name, tree, read, watched))
        audit.add("pinned_runtimes", *runtime_rows(place.name, tree, read))
        _files(place.name, tree, history, read, audit)
    files, skipped, size = found.counts(history)
    audit.add(
        "code_checks",
        {
            "repository": place.name,
            "head": head,
            "licence": _licence(tree),
            "scanning": watched.all,
            "scanned_files": files,
            "skipped_files": skipped,
            "scanned_bytes": size,
            "scanner": None if scanner is None else scanner_name(),
        },
    )


def _licence(tree: Tree) -> str | None:
    """The first licence file at the top of a repository."""
    return next((shown(path) for path in sorted(tree.files) if path.lower().startswith(_LICENCES) and "/" not in path), None)


def _files(name: str, tree: Tree, history: dict[str, Brought], read: Reader, audit: _Audit) -> None:
    """What single files say: env files, manifests of Apps Script, lock files."""
    for path in tree.own():
        if path.name == APPS_SCRIPT:
            row = read_web_app(name, path, read(path) or "")
            audit.rejects.append(row) if isinstance(row, Reject) else audit.add("web_apps", row)
        elif is_env_file(path):
            if (text := read(path)) is not None:
                assignments, secrets = read_env_file(text)
                row = {"repository": name, "path": shown(path), "assignments": assignments, "secrets": secrets}
                audit.add("env_files", row | {"first_seen": first_day(str(path), history)})
        elif is_lock(path.name):
            packages = locked(path.name, read(path) or "")
            audit.locks.append((name, shown(path), packages or frozenset()))


def _vulnerabilities(folder: str, window: Window, audit: _Audit) -> list[MissingTable]:
    """Hold all lock files against the dump; what could not be is named."""
    packages = frozenset(package for _, _, locked_ in audit.locks for package in locked_ if package.ecosystem in ECOSYSTEMS)
    try:
        dump = read_dump(window.path(folder), folder, packages, window.end_instant)
    except SourceError as error:
        return [_missing("vulnerabilities", error)]
    for repository, path, locked_ in audit.locks:
        for package in sorted(locked_):
            audit.add("vulnerabilities", *_advisory_rows(repository, path, package, dump))
    for row in audit.rows.get("code_checks", ()):
        own = {package for name, _, locked_ in audit.locks if name == row["repository"] for package in locked_}
        row["advisories_on"] = min(dump.known_on, window.known_end)
        row["checked_packages"] = len(own & packages)
    return []


def _advisory_rows(repository: str, path: str, package: Package, dump: Dump) -> list[Row]:
    return [
        {
            "repository": repository,
            "path": path,
            "ecosystem": package.ecosystem,
            "package": package.name,
            "version": package.version,
            "advisory": advisory.id,
            "alias": advisory.alias,
            "severity": advisory.severity,
            "summary": advisory.summary,
            "fixed_in": advisory.fixed_in,
            "published_on": advisory.published_on,
        }
        for advisory in dump.advisories.get(package, ())
    ]


def _unfinished(name: str, found: Search, history: dict[str, Brought]) -> SourceError:
    done = sum(sha in found.sizes for sha in history)
    what = f"the search for secrets was not done with {name} in its time: {done} of {len(history)} contents were searched"
    return SourceError(what, remedy="run it again, which goes on from there, or raise scan_seconds")


def _missing(table: str, error: QuarterdeckError) -> MissingTable:
    problem = error.problem
    return MissingTable(table, f"{problem.where}: {problem.what}" if problem.where else problem.what, problem.remedy)


def _committed(place: Place, head: str) -> list[datetime]:
    seconds = place.git.read("show", "-s", "--no-show-signature", "--format=%ct", head, "--").decode("ascii", "replace").strip()
    return [datetime.fromtimestamp(int(seconds), UTC)] if seconds.isdecimal() else []
