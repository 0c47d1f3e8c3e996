"""Files that name dependencies: their lock files, and what in the repository looks for known vulnerabilities in them."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from quarterdeck.reading.rows import Row
from quarterdeck.sources._code_tree import Tree, shown

Reader = Callable[[PurePosixPath], str | None]

_MOST = 2000  # manifests, and files of CI, of one repository
_PINNED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[^\]]*\])?\s*===?\s*[^\s;*,]+.*")


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of manifest: its ecosystem as osv.dev calls it, its lock files, and how to tell whether it names dependencies."""

    ecosystem: str
    locks: tuple[str, ...]
    names_any: Callable[[str], bool]
    above: bool = True  # one lock file further up serves a whole workspace


def _toml(*wanted: tuple[str, ...]) -> Callable[[str], bool]:
    """Whether any of some tables or lists of a TOML file holds something; what cannot be read may well."""

    def names_any(text: str) -> bool:
        try:
            told = tomllib.loads(text)
        except (ValueError, RecursionError):
            return True
        return any(_at(told, keys) for keys in wanted)

    return names_any


def _json(*wanted: str) -> Callable[[str], bool]:
    def names_any(text: str) -> bool:
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            return True
        return any(_at(told, (key,)) for key in wanted)

    return names_any


def _at(told: Any, keys: tuple[str, ...]) -> Any:
    for key in keys:
        told = told.get(key) if isinstance(told, dict) else None
    if isinstance(told, dict):
        return {name for name in told if name not in ("python", "php")}
    return told


def _line(pattern: str) -> Callable[[str], bool]:
    found = re.compile(pattern, re.MULTILINE)
    return lambda text: found.search(text) is not None


_REQUIREMENTS = _Kind("PyPI", (), lambda text: any(not _PINNED.fullmatch(line) for line in requirements(text)))
_KINDS: Mapping[str, _Kind] = {
    "pyproject.toml": _Kind(
        "PyPI",
        ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "requirements.lock", "requirements.txt"),
        _toml(("project", "dependencies"), ("tool", "poetry", "dependencies")),
    ),
    "Pipfile": _Kind("PyPI", ("Pipfile.lock",), _toml(("packages",), ("dev-packages",)), above=False),
    "package.json": _Kind(
        "npm",
        ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"),
        _json("dependencies", "devDependencies", "optionalDependencies"),
    ),
    "Gemfile": _Kind("RubyGems", ("Gemfile.lock",), _line(r"^[ \t]*gem[ \t(]"), above=False),
    "go.mod": _Kind("Go", ("go.sum",), _line(r"^[ \t]*require\b"), above=False),
    "composer.json": _Kind("Packagist", ("composer.lock",), _json("require", "require-dev"), above=False),
    "Cargo.toml": _Kind("crates.io", ("Cargo.lock",), _toml(("dependencies",), ("workspace", "dependencies"))),
    "pom.xml": _Kind("Maven", (), lambda _: False),
    "build.gradle": _Kind("Maven", (), lambda _: False),
    "build.gradle.kts": _Kind("Maven", (), lambda _: False),
}
_REQUIREMENTS_NAME = re.compile(r"(?:.*[-_.])?requirements(?:[-_.].*)?\.(?:txt|in)")

_CI = re.compile(
    r"\.github/workflows/[^/]+\.ya?ml|\.gitlab-ci\.ya?ml|\.circleci/config\.yml|azure-pipelines\.ya?ml|bitbucket-pipelines\.yml|"
    r"(?:.*/)?(?:Jenkinsfile|buildspec\.ya?ml|\.pre-commit-config\.yaml|tox\.ini|noxfile\.py|Makefile|justfile)"
)
_RENOVATE = re.compile(r"(?:\.github/|\.gitlab/)?(?:renovate\.json5?|\.renovaterc(?:\.json5?)?)")
_DEPENDABOT = re.compile(r"\.github/dependabot\.ya?ml")
_UPDATES = re.compile(r"^[ \t]*-?[ \t]*package-ecosystem[ \t]*:[ \t]*[\"']?([a-z_-]+)", re.MULTILINE)
_ECOSYSTEMS: Mapping[str, str] = {
    "pip": "PyPI",
    "uv": "PyPI",
    "pipenv": "PyPI",
    "poetry": "PyPI",
    "npm": "npm",
    "yarn": "npm",
    "pnpm": "npm",
    "bun": "npm",
    "bundler": "RubyGems",
    "gomod": "Go",
    "composer": "Packagist",
    "cargo": "crates.io",
    "maven": "Maven",
    "gradle": "Maven",
}
# A step of CI, and the ecosystem that it looks into; None: all of them.
_STEPS: tuple[tuple[str, str, str | None], ...] = (
    ("pip-audit", r"\bpip-audit\b|\bpip_audit\b", "PyPI"),
    ("safety", r"\bsafety[ \t]+(?:check|scan)\b", "PyPI"),
    ("npm audit", r"\b(?:npm|pnpm|yarn(?:[ \t]+npm)?|bun)[ \t]+audit\b", "npm"),
    ("bundler-audit", r"\bbundle(?:r)?[ -]audit\b", "RubyGems"),
    ("govulncheck", r"\bgovulncheck\b", "Go"),
    ("composer audit", r"\bcomposer[ \t]+audit\b", "Packagist"),
    ("cargo audit", r"\bcargo[ -](?:audit|deny)\b", "crates.io"),
    ("trivy", r"\btrivy\b", None),
    ("snyk", r"\bsnyk\b", None),
    ("osv-scanner", r"\bosv-scanner\b", None),
    ("grype", r"\bgrype\b", None),
    ("dependency-check", r"\bdependency-check\b", None),
    ("dependency review", r"\bdependency-review-action\b", None),
)
_COMMENT = re.compile(r"(?m)(?:^|[ \t])#.*$")


@dataclass(frozen=True, slots=True)
class Scanning:
    """What looks for known vulnerabilities: its name by ecosystem, under None what looks into all."""

    by_ecosystem: Mapping[str | None, str]

    def of(self, ecosystem: str) -> str | None:
        return self.by_ecosystem.get(ecosystem) or self.by_ecosystem.get(None)

    @property
    def all(self) -> str | None:
        return ", ".join(sorted(set(self.by_ecosystem.values()))) or None


def find_scanning(tree: Tree, read: Reader) -> Scanning:
    """Dependabot, Renovate and steps of CI, by what the repository's own files say."""
    found: dict[str | None, str] = {}
    for path in tree.own():
        name = str(path)
        if _RENOVATE.fullmatch(name):
            found.setdefault(None, "renovate")
        elif _DEPENDABOT.fullmatch(name):
            for manager in _UPDATES.findall(_COMMENT.sub("", read(path) or "")):
                if manager in _ECOSYSTEMS:
                    found.setdefault(_ECOSYSTEMS[manager], "dependabot")
        elif _CI.fullmatch(name):
            text = _COMMENT.sub("", read(path) or "")
            for step, pattern, ecosystem in _STEPS:
                if re.search(pattern, text):
                    found.setdefault(ecosystem, step)
    return Scanning(found)


def manifest_rows(repository: str, tree: Tree, read: Reader, scanning: Scanning) -> list[Row]:
    """A row for each manifest of the repository's own."""
    return [_row(repository, path, kind, tree, read, scanning) for path, kind in _manifests(tree)]


def _manifests(tree: Tree) -> Iterator[tuple[PurePosixPath, _Kind]]:
    found = 0
    for path in tree.own():
        kind = _KINDS.get(path.name) or (_REQUIREMENTS if _REQUIREMENTS_NAME.fullmatch(path.name) else None)
        if kind is not None and found < _MOST:
            found += 1
            yield path, kind


def _row(repository: str, path: PurePosixPath, kind: _Kind, tree: Tree, read: Reader, scanning: Scanning) -> Row:
    text = read(path)
    return {
        "repository": repository,
        "path": shown(path),
        "ecosystem": kind.ecosystem,
        "lock_file": _lock(path, kind, tree),
        "is_loose": text is not None and kind.names_any(text),
        "scanning": scanning.of(kind.ecosystem),
    }


def _lock(path: PurePosixPath, kind: _Kind, tree: Tree) -> str | None:
    folders = [path.parent, *path.parent.parents] if kind.above else [path.parent]
    names = (f"{path.stem}.lock", f"{path.stem}.txt") if kind is _REQUIREMENTS else kind.locks
    for folder in folders if kind is not _REQUIREMENTS else folders[:1]:
        for name in names:
            if str(folder / name) in tree.files and folder / name != path:
                return shown(folder / name)
    return None


def requirements(text: str) -> list[str]:
    """The requirements of a file in pip's format, one a line, without options, comments and hashes."""
    joined = re.sub(r"\\\r?\n", " ", text)
    lines = (re.sub(r"(?:^|[ \t])#.*", "", line).split(" --")[0].strip() for line in joined.splitlines())
    return [line for line in lines if line and not line.startswith("-")]
