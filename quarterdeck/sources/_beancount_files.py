"""Beancount files that nobody vouches for, looked through before a program reads them.

Beancount runs code that a file names: a plugin is a Python module, the option insert_pythonpath says where from, a file that
ends in .gpg or .asc is handed to gpg, and a cache beside the file is unpickled. So only plain files inside the ledger's own
folder are taken, with plugins that the settings allow and options that change no more than sums and titles, and they are read
in a copy, where there is nothing beside them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from quarterdeck.errors import SourceError, Where
from quarterdeck.reading import read_text
from quarterdeck.reading.cells import shorten
from quarterdeck.reading.text import place_of

_MOST_FILES = 1_000
_MOST_BYTES = 64 * 2**20
_WORD = re.compile(r"\b(plugin|include|option)\s*\"")  # wherever it stands, comments too: who reads it may see it otherwise
_PLUGIN = re.compile(r"^plugin[ \t]+\"([^\"\n\\]*)\"[ \t]*(?:\"[^\"\n]*\")?[ \t]*(?:;.*)?$", re.MULTILINE)
_INCLUDE = re.compile(r"^include[ \t]+\"([^\"\n\\]*)\"[ \t]*(?:;.*)?$", re.MULTILINE)
_OPTION = re.compile(r"^option[ \t]+\"([^\"\n\\]*)\"[ \t]+\"[^\"\n]*\"[ \t]*(?:;.*)?$", re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")
_OPTIONS = frozenset(
    (
        *("title", "operating_currency", "conversion_currency", "booking_method", "render_commas", "long_string_maxlines"),
        *("name_assets", "name_liabilities", "name_equity", "name_income", "name_expenses"),
        *("account_previous_balances", "account_previous_earnings", "account_previous_conversions"),
        *("account_current_earnings", "account_current_conversions", "account_unrealized_gains", "account_rounding"),
        *("inferred_tolerance_default", "inferred_tolerance_multiplier", "tolerance_multiplier", "infer_tolerance_from_cost"),
    )
)
_SUFFIXES = (".gpg", ".asc")


def copy_ledger(path: Path, file: str, plugins: Collection[str], into: Path) -> dict[str, str]:
    """Copy a ledger and what it includes into an empty folder, under the same names.

    Returns the shown name of each copy by its name there, the ledger's own first. SourceError for what is not taken.
    """
    folder = path.parent.resolve()
    shown: dict[str, str] = {}
    size = 0
    waiting = [(path, file, PurePosixPath(path.name))]
    while waiting:
        source, name, place = waiting.pop()
        if place.as_posix() in shown:
            continue
        if len(shown) == _MOST_FILES:
            raise SourceError(f"more than {_MOST_FILES:,} files are included", where=Where(file), remedy="put files together")
        text = read_text(source, name, most_bytes=_MOST_BYTES)
        size += len(text)
        if size > _MOST_BYTES:
            raise SourceError(f"the ledger is larger than {_MOST_BYTES // 2**20} MiB", where=Where(file), remedy="split it")
        _vet(text, name, plugins)
        shown[place.as_posix()] = name
        target = into / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        waiting += _included(text, name, source, folder, file)
    return shown


def _vet(text: str, name: str, plugins: Collection[str]) -> None:
    control = _CONTROL.search(text)
    if control:
        raise SourceError(
            "the file holds a control character", where=place_of(text, control.start(), name), remedy="take it out"
        )
    understood = {match.start() for pattern in (_PLUGIN, _INCLUDE, _OPTION) for match in pattern.finditer(text)}
    for match in _WORD.finditer(text):
        if match.start() not in understood:
            raise SourceError(
                f"the word {match[1]} stands where it cannot be told what it does",
                where=place_of(text, match.start(), name),
                remedy="write it at the beginning of a line of its own, or take it out",
            )
    for match in _PLUGIN.finditer(text):
        if match[1] not in plugins:
            raise SourceError(
                f"the file wants to run the plugin {shorten(match[1])!r}",
                where=place_of(text, match.start(), name),
                remedy="name it under plugins if its code may run here, or take it out",
            )
    for match in _OPTION.finditer(text):
        if match[1] not in _OPTIONS:
            raise SourceError(
                f"the option {shorten(match[1])!r} is not taken",
                where=place_of(text, match.start(), name),
                remedy="take it out",
            )


def _included(text: str, name: str, source: Path, folder: Path, ledger: str) -> Iterator[tuple[Path, str, PurePosixPath]]:
    for match in _INCLUDE.finditer(text):
        where = place_of(text, match.start(), name)
        pattern = match[1]
        parts = PurePosixPath(pattern).parts
        if not parts or pattern.startswith(("/", "~")) or ".." in parts:
            raise SourceError(
                f"the file includes {shorten(pattern)!r}, which may lie outside of the ledger's folder",
                where=where,
                remedy="put it into the ledger's folder, and include it from there",
            )
        found = sorted(source.parent.glob(pattern))
        if not found:
            raise SourceError(f"{shorten(pattern)!r} is included and not there", where=where, remedy="put the file there")
        for path in found:
            real = path.resolve()
            if not real.is_relative_to(folder) or path.suffix.lower() in _SUFFIXES or real.suffix.lower() in _SUFFIXES:
                raise SourceError(
                    f"{shorten(path.name)!r} is encrypted, or leads out of the ledger's folder",
                    where=where,
                    remedy="include plain files of the ledger's folder",
                )
            place = PurePosixPath(path.absolute().relative_to(folder).as_posix())
            yield path, (PurePosixPath(ledger).parent / place).as_posix(), place
