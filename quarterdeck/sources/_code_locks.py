"""Lock files as packages: which version of what is installed, as far as the file names it exactly."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from quarterdeck.sources._code_manifests import requirements

_PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*===?\s*([^\s;,*]+)\s*(?:;.*)?")
_YARN_HEAD = re.compile(r'"?((?:@[^@/"\s]+/)?[^@"\s,]+)@')
_YARN_VERSION = re.compile(r'[ \t]+version:?[ \t]+"?([^"\s]+)"?')


@dataclass(frozen=True, slots=True, order=True)
class Package:
    """One locked package; its name is normal in its ecosystem, which is called as osv.dev calls it."""

    ecosystem: str
    name: str
    version: str


def is_lock(name: str) -> bool:
    return name in _READERS or (name.endswith((".txt", ".lock")) and "requirements" in name)


def locked(name: str, text: str) -> frozenset[Package] | None:
    """The packages of a lock file; None where it cannot be read."""
    try:
        return frozenset(_READERS.get(name, _requirements)(text))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def normal(name: str) -> str:
    """The name of a Python package as the index has it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _requirements(text: str) -> Iterator[Package]:
    for line in requirements(text):
        if match := _PIN.fullmatch(line):
            yield Package("PyPI", normal(match[1]), match[2])


def _toml_packages(text: str) -> Iterator[Package]:
    for package in tomllib.loads(text).get("package", ()):
        if "version" in package:  # the project itself may have none
            yield Package("PyPI", normal(str(package["name"])), str(package["version"]))


def _pipfile(text: str) -> Iterator[Package]:
    told = json.loads(text)
    for part in ("default", "develop"):
        for name, package in told.get(part, {}).items():
            if str(package.get("version", "")).startswith("=="):
                yield Package("PyPI", normal(name), package["version"].lstrip("="))


def _package_lock(text: str) -> Iterator[Package]:
    told = json.loads(text)
    if "packages" not in told:
        yield from _nested(told.get("dependencies", {}))
        return
    for path, package in told["packages"].items():
        _, found, name = path.rpartition("node_modules/")
        if found and "version" in package and not package.get("link"):
            yield Package("npm", str(package.get("name", name)), str(package["version"]))


def _nested(dependencies: Mapping[str, Any]) -> Iterator[Package]:
    for name, package in dependencies.items():
        yield Package("npm", name, str(package["version"]))
        yield from _nested(package.get("dependencies", {}))


def _yarn(text: str) -> Iterator[Package]:
    name: str | None = None
    for line in text.splitlines():
        if line and line[0] not in " \t#":
            head = _YARN_HEAD.match(line)
            name = head[1] if head else None
        elif name is not None and (match := _YARN_VERSION.fullmatch(line)):
            yield Package("npm", name, match[1])
            name = None


_READERS: Mapping[str, Callable[[str], Iterator[Package]]] = {
    "uv.lock": _toml_packages,
    "poetry.lock": _toml_packages,
    "pdm.lock": _toml_packages,
    "Pipfile.lock": _pipfile,
    "package-lock.json": _package_lock,
    "npm-shrinkwrap.json": _package_lock,
    "yarn.lock": _yarn,
}
