"""Runtimes that a repository pins: files of version managers, images, and functions of templates. A range pins nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quarterdeck.reading.rows import Row
from quarterdeck.sources._code_manifests import Reader
from quarterdeck.sources._code_tree import Tree, shown

_MOST_LINES = 20_000
_LONGEST_LINE = 500
_VERSION = re.compile(r"v?(\d+(?:\.\d+){0,2})")
_FILES = {
    ".python-version": "python",
    ".nvmrc": "node",
    ".node-version": "node",
    ".ruby-version": "ruby",
    ".php-version": "php",
}
_RUNTIME_TXT = re.compile(r"python-(\d+(?:\.\d+){1,2})")
_TOOL = re.compile(r"(python|nodejs|node|ruby|php|golang|go)[ \t]+v?(\d+(?:\.\d+){0,2})")
_IMAGE = re.compile(
    r"[ \t]{0,20}FROM[ \t]+(?:--platform=\S+[ \t]+)?(?:\S+/)?(python|node|ruby|php|golang):(\d+(?:\.\d+){0,2})", re.IGNORECASE
)
_FUNCTION = re.compile(r"[ \t\"'-]{0,40}[Rr]untime[\"']?[ \t]*[:=][ \t]*[\"']?(python|nodejs|ruby|go)(\d+(?:\.\d+)?)")
_TEMPLATE = re.compile(r".*\.(?:ya?ml|json|tf|toml)")
_CALLED = {"nodejs": "node", "golang": "go"}


def runtime_rows(repository: str, tree: Tree, read: Reader) -> list[Row]:
    """A row for each runtime that a file of the repository's own pins, in the order of the files."""
    rows: dict[tuple[str, int, str], Row] = {}
    for path in tree.own():
        if not _may_pin(path.name):
            continue
        text = read(path)
        for line, runtime, version in _pins(path.name, text or ""):
            row: Row = {"repository": repository, "path": shown(path), "line": line, "runtime": runtime, "version": version}
            rows.setdefault((shown(path), line, runtime), row)
    return list(rows.values())


def _may_pin(name: str) -> bool:
    is_listed = name in _FILES or name in ("runtime.txt", ".tool-versions") or _is_image(name)
    return is_listed or (bool(_TEMPLATE.fullmatch(name)) and name not in ("package-lock.json", "composer.lock"))


def _is_image(name: str) -> bool:
    return name in ("Dockerfile", "Containerfile") or name.startswith("Dockerfile.") or name.endswith(".Dockerfile")


def _pins(name: str, text: str) -> Iterator[tuple[int, str, str]]:
    for number, whole in enumerate(text.splitlines()[:_MOST_LINES], start=1):
        line = whole[:_LONGEST_LINE]
        if name in _FILES:
            match, runtime = _VERSION.fullmatch(line.strip()), _FILES[name]
            if match:
                yield number, runtime, match[1]
        elif name == "runtime.txt":
            if match := _RUNTIME_TXT.fullmatch(line.strip()):
                yield number, "python", match[1]
        else:
            pattern = _TOOL if name == ".tool-versions" else _IMAGE if _is_image(name) else _FUNCTION
            if match := pattern.match(line):
                runtime = match[1].lower()
                yield number, _CALLED.get(runtime, runtime), match[2]
