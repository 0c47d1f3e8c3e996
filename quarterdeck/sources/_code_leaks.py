"""Secrets in a repository's files and in the history behind them.

Each content that a file ever had is searched once in its life: what came of it is kept by its hash, so that the next pull
searches what is new. What is kept are sizes, rules, lines and fingerprints; it holds for one scanner, in one version, and one
key, and is made again where it is gone or damaged.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath

from quarterdeck.errors import StorageError
from quarterdeck.reading.rows import Row
from quarterdeck.sources import Window
from quarterdeck.sources._code_tree import Brought, Tree, as_text, shown
from quarterdeck.sources._git import Contents
from quarterdeck.sources._secret_scanner import Scanner, Secret
from quarterdeck.storage import Store

LARGEST = 2 * 2**20  # bytes of a content that is searched
_SAVE_EVERY = 64 * 2**20  # bytes that are searched before what came of it is kept
_NOT_SEARCHED = -1
# Made by machines, and full of digests; or no text at all.
_NAMES = frozenset(
    "package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml poetry.lock uv.lock pdm.lock Pipfile.lock Gemfile.lock "
    "composer.lock go.sum Cargo.lock bun.lock flake.lock".split()
)
_SUFFIXES = frozenset(
    ".png .jpg .jpeg .gif .webp .ico .svg .bmp .tiff .pdf .woff .woff2 .ttf .otf .eot .mp3 .mp4 .mov .avi .wav .zip .gz .bz2 "
    ".xz .7z .jar .war .class .so .dll .dylib .exe .bin .pyc .wasm .map .min.js .min.css .parquet .sqlite .xlsx .docx".split()
)

Found = Mapping[str, tuple[Secret, ...]]


@dataclass(slots=True)
class Search:
    """What came of searching contents: the size of each by its hash, negative where it was not searched, and secrets."""

    sizes: dict[str, int] = field(default_factory=dict)
    found: dict[str, tuple[Secret, ...]] = field(default_factory=dict)

    def counts(self, contents: Iterable[str]) -> tuple[int, int, int]:
        """How many contents were searched, how many were not, and the bytes of the first."""
        sizes = [self.sizes[sha] for sha in contents if sha in self.sizes]
        searched = [size for size in sizes if size != _NOT_SEARCHED]
        return len(searched), len(sizes) - len(searched), sum(searched)


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the search of one repository is kept between pulls."""

    store: Store | None
    key: str
    scanner: str  # what a search holds for: the scanner's name and version, and the key of its fingerprints

    def load(self) -> Search:
        with suppress(StorageError, ValueError, KeyError, TypeError, AttributeError, zlib.error):
            told = json.loads(zlib.decompress(self.store.get(self.key))) if self.store is not None else {}
            if told.get("scanner") == self.scanner:
                found = {sha: tuple(Secret(*secret) for secret in secrets) for sha, secrets in told["found"].items()}
                return Search({str(sha): int(size) for sha, size in told["sizes"].items()}, found)
        return Search()

    def save(self, search: Search) -> None:
        """Keep it; a full disk costs the next pull its time, and this one nothing."""
        if self.store is None:
            return
        found = {
            sha: [(secret.rule, secret.line, secret.fingerprint) for secret in secrets] for sha, secrets in search.found.items()
        }
        told = json.dumps({"scanner": self.scanner, "sizes": search.sizes, "found": found})
        with suppress(StorageError):
            self.store.put(self.key, zlib.compress(told.encode(), 1))


def kept_for(window: Window, repository: str, scanner: str) -> Kept:
    """Where a repository's search is kept, apart from every other tenant's."""
    name = hashlib.sha256(repository.encode()).hexdigest()[:32]
    return Kept(
        window.cache, f"{window.tenant}/code_audit/{name}", f"{scanner} {window.fingerprints.of(window.tenant, 'this key')}"
    )


def search(history: Mapping[str, Brought], contents: Contents, scanner: Scanner, kept: Kept) -> Search:
    """Search every content that has not been before; TimeoutError where the time is used up, with all so far kept."""
    done = kept.load()
    new = [sha for sha in history if sha not in done.sizes]
    unsaved = 0
    try:
        for sha in new:
            unsaved += _search_one(sha, history[sha].path, contents, scanner, done)
            if unsaved > _SAVE_EVERY:
                kept.save(done)
                unsaved = 0
    finally:
        if new:
            kept.save(done)
    return done


def _search_one(sha: str, path: str, contents: Contents, scanner: Scanner, done: Search) -> int:
    pure = PurePosixPath(path)
    is_made = pure.name in _NAMES or any("".join(pure.suffixes[start:]).lower() in _SUFFIXES for start in (-1, -2))
    size = None if is_made else contents.size(sha)
    text = as_text(contents.read(sha) or b"") if size is not None and size <= LARGEST else None
    secrets = scanner.scan(text.encode("utf-8", "replace")) if text else ()
    if size is None or text is None or secrets is None:
        done.sizes[sha] = _NOT_SEARCHED
        return 0
    done.sizes[sha] = size
    if secrets:
        done.found[sha] = secrets
    return size


def leak_rows(repository: str, tree: Tree, history: Mapping[str, Brought], found: Found) -> list[Row]:
    """A row for each file of the tree and secret in it, and one for each secret that only the history still holds."""
    first: dict[str, tuple[Brought, Secret]] = {}
    for sha, brought in history.items():
        for secret in found.get(sha, ()):
            first.setdefault(secret.fingerprint, (brought, secret))
    rows: dict[tuple[str, str], Row] = {}
    for path, sha in tree.files.items():
        for secret in found.get(sha, ()):
            if secret.fingerprint in first:
                brought, _ = first[secret.fingerprint]
                row = _row(repository, shown(path), secret, brought, in_tree=True)
                rows.setdefault((shown(path), secret.fingerprint), row)
    alive = {fingerprint for _, fingerprint in rows}
    for fingerprint, (brought, secret) in first.items():
        if fingerprint not in alive:
            path = shown(brought.path)
            rows[path, fingerprint] = _row(repository, path, secret, brought, in_tree=False)
    return [rows[key] for key in sorted(rows)]


def _row(repository: str, path: str, secret: Secret, brought: Brought, *, in_tree: bool) -> Row:
    return {
        "repository": repository,
        "rule": secret.rule,
        "path": path,
        "line": secret.line,
        "first_commit": brought.commit,
        "first_seen": brought.day,
        "is_in_tree": in_tree,
        "fingerprint": secret.fingerprint,
    }


def first_day(path: str, history: Mapping[str, Brought]) -> date | None:
    """The day on which a path was first committed, as far as its contents tell."""
    return min((brought.day for brought in history.values() if brought.path == path), default=None)
