"""Beancount files, read by the user's own `bean-query`, a program of its own: nothing of Beancount runs in this process.

A leg is worth its weight: what it balances with, at its cost or price. Weights may be finer than cents; they are rounded,
and what that leaves of an entry goes to the account for rounding. Postings in commodities that are no money (hours, miles)
are named in the settings as ignored, or refused. `service_date`, `created_at`, `created_by`, `counterparty` and `document`
are read from metadata of these names.
"""

from __future__ import annotations

import re
import shutil
import site
import subprocess
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from quarterdeck.errors import Reject, SourceError, Where
from quarterdeck.reading import Record, clean, read_csv
from quarterdeck.reading.cells import reject, shorten
from quarterdeck.sources import Window
from quarterdeck.sources._beancount_files import copy_ledger
from quarterdeck.sources._ledger_lines import FIELDS, Lines, name_of
from quarterdeck.sources._ledger_options import LedgerOptions

_SECONDS = 600  # that one file may take
_COLUMNS = {
    "entry": "id",
    "date": "date",
    "account": "account",
    "amount": "number(weight)",
    "currency": "currency(weight)",
    "party": "payee",
    "memo": "narration",
    **{name: f"str(any_meta('{name}'))" for name in ("document", "service_date", "created_at", "created_by", "counterparty")},
}
_PLACE = {"file": "filename", "line": "lineno"}
_QUERY = "SELECT " + ", ".join(f"{term} AS {name}_" for name, term in {**_COLUMNS, **_PLACE}.items())
_FAULT = re.compile(r"^(?P<file>[^\s:][^\n:]*):(?P<line>[0-9]+):[ \t]+(?P<what>\S[^\n]*)$", re.MULTILINE)
_MOST_MESSAGES = 2**20


def read_beancount_lines(options: LedgerOptions, window: Window) -> Lines:
    """The postings of all ledgers."""
    lines = Lines({name: name for name in FIELDS})
    program = find_program(options.program)
    for file in options.files:
        with tempfile.TemporaryDirectory(prefix="quarterdeck-") as name:
            folder = Path(name).resolve()
            shown = copy_ledger(window.path(file), file, options.plugins, folder / "ledger")
            _query(program, folder, next(iter(shown)), file, lines, shown)
    return lines


def find_program(program: str) -> str:
    """Where bean-query is; SourceError where it is not."""
    found = shutil.which(program)
    if found is None:
        raise SourceError(
            f"there is no program {program!r}, which reads Beancount files",
            where=Where(program),
            remedy="install it (pip install beanquery), or name its path under program",
        )
    return found


def _query(program: str, folder: Path, ledger: str, file: str, lines: Lines, shown: Mapping[str, str]) -> None:
    answer = folder / "answer.csv"
    with (folder / "messages").open("w+b") as messages:
        code = _run([program, "-f", "csv", "-o", str(answer), str(folder / "ledger" / ledger), _QUERY], folder, file, messages)
        messages.seek(0)
        said = messages.read(_MOST_MESSAGES).decode("utf-8", errors="replace")
    if code or not answer.exists():
        last = clean(said.strip().rpartition("\n")[2]).replace(str(folder), "")
        raise SourceError(
            f"bean-query failed ({code}): {shorten(last, 200)}",
            where=Where(file),
            remedy="run bean-check on the file; this needs beanquery 0.2 or later",
        )
    names = {str(folder / "ledger" / place): name for place, name in shown.items()}
    lines.rejects += _faults(said, file, names)
    if answer.stat().st_size:
        _read(answer, file, names, lines)


def _run(command: list[str], folder: Path, file: str, messages: IO[bytes]) -> int:
    """Run a program in an environment of its own: no settings, no path to Python modules, no cache that is unpickled."""
    environment = {
        "PATH": f"{Path(command[0]).parent}:/usr/bin:/bin",
        "HOME": str(folder),
        "PYTHONUSERBASE": site.getuserbase(),  # where `pip install --user` puts it
        "LANG": "C.UTF-8",
        "BEANCOUNT_DISABLE_LOAD_CACHE": "1",
    }
    try:
        done = subprocess.run(  # noqa: S603 - a program that the settings name, and no shell
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=messages,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise SourceError(
            f"bean-query took more than {_SECONDS} seconds", where=Where(file), remedy="split the ledger by years"
        ) from error
    except OSError as error:
        raise SourceError(
            f"bean-query could not be run: {error.strerror}", where=Where(file), remedy="see to the program"
        ) from error
    return done.returncode


def _faults(said: str, file: str, names: Mapping[str, str]) -> list[Reject]:
    """What Beancount itself found wrong: such directives may be in no answer."""
    found = {(match["file"], int(match["line"]), match["what"]): None for match in _FAULT.finditer(said)}
    return [
        reject(names.get(place, file), max(line, 1), "directive", what, "a ledger that bean-check has nothing against")
        for place, line, what in found  # of a plugin the place is no file
    ]


def _read(answer: Path, file: str, names: Mapping[str, str], lines: Lines) -> None:
    """The postings of an answer. Its ids hang on where files lie, so they only tell which postings belong together."""
    every = tuple(f"{name}_" for name in (*_COLUMNS, *_PLACE))
    records: list[Record] = []
    seen: Counter[str] = Counter()
    for record in read_csv(answer, file, known=every, required=every, may_be_empty=True):
        if isinstance(record, Reject):
            lines.rejects.append(record)
            continue
        if records and records[-1].cells["entry_"] != record.cells["entry_"]:
            _add(records, file, names, lines, seen)
            records = []
        records.append(record)
    _add(records, file, names, lines, seen)


def _add(records: Sequence[Record], file: str, names: Mapping[str, str], lines: Lines, seen: Counter[str]) -> None:
    """One transaction."""
    told = [
        ["" if name == "entry" or name not in _COLUMNS else record.cells[f"{name}_"].strip() for name in FIELDS]
        for record in records
    ]
    entry = name_of(told, records[0].cells["date_"], seen) if records else ""
    for record, cells in zip(records, told, strict=True):
        place = names.get(record.cells["file_"], file)  # a plugin's postings stand nowhere
        lines.add(place, max(int(record.cells["line_"].strip() or 1), 1), [entry, *cells[1:]])
