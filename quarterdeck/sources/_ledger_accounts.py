"""Which account of the chart an export means: by number, by name, by both in one cell, or as the settings say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from quarterdeck.errors import SourceError, Where
from quarterdeck.reading.cells import CellError
from quarterdeck.reading.rows import Row

_NUMBER_FIRST = re.compile(r"([^\s·-]+)(?: · | - |\s+)(.+)")  # 1000 · Checking, 1000 Checking
_NUMBER_LAST = re.compile(r"(.+) \(([^()]+)\)")  # Accounts Receivable (610)


class Accounts:
    """The accounts of a chart under every name that an export may use."""

    def __init__(self, rows: Iterable[Row], file: str, aliases: Mapping[str, str]) -> None:
        listed = [(str(row["account"]), str(row["name"])) for row in rows]
        self._file = file
        self._names: dict[str, str | None] = {}
        for number, name in listed:
            self._names[name] = None if name in self._names else number  # a name of two accounts names neither
        self.numbers = frozenset(number for number, _ in listed)
        self._aliases = dict(aliases)
        for text, number in aliases.items():
            self.need(number, f"which stands for {text!r}")

    def need(self, number: str, what: str) -> None:
        """Raise SourceError where the chart has no such account."""
        if number not in self.numbers:
            raise SourceError(
                f"account {number!r}, {what}, is not in the chart {self._file}",
                where=Where(self._file),
                remedy="add it to the chart, or name another account",
            )

    def number_of(self, text: str) -> str:
        """The number of the account that a cell names; CellError where it is not clear which."""
        if text in self._aliases:
            return self._aliases[text]
        if text in self.numbers:
            return text
        named = self._names.get(text)
        if named is not None:
            return named
        for pattern, number, name in ((_NUMBER_FIRST, 1, 2), (_NUMBER_LAST, 2, 1)):
            match = pattern.fullmatch(text)
            if match and match[number] in self.numbers and self._names.get(match[name]) in (None, match[number]):
                return match[number]
        raise CellError(f"an account of the chart {self._file}, by number or by name")
