"""Lines of a general ledger as their files have them: text, kept by column and each text once, since ledgers are long.

A reader of a format fills `Lines`; everything after it works on whole columns.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from quarterdeck.errors import Reject, Where

# What a line may say, under names of our own; a format's reader knows what its columns are called.
FIELDS = (
    *("entry", "date", "account", "debit", "credit", "amount", "currency", "party", "document", "memo"),
    *("service_date", "created_at", "created_by", "counterparty"),
)


class Coded:
    """A column of text: each different text once, and for each row the number of its own."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self.texts: list[str] = []
        self.codes = array("i")

    def append(self, text: str) -> None:
        self.codes.append(self.code(text))

    def code(self, text: str) -> int:
        """The number of a text, which may be new to the column."""
        found = self._numbers.setdefault(text, len(self.texts))
        if found == len(self.texts):
            self.texts.append(text)
        return found

    def text(self, row: int) -> str:
        return self.texts[self.codes[row]]


@dataclass(slots=True)
class Lines:
    """Lines of all files of a source, in order. `names` are the columns' names in the files, for messages.

    `rejects` are lines that could not even be taken apart.
    """

    names: Mapping[str, str]
    rejects: list[Reject] = field(default_factory=list)
    files: Coded = field(default_factory=Coded)
    numbers: array[int] = field(default_factory=lambda: array("q"))
    columns: dict[str, Coded] = field(default_factory=lambda: {name: Coded() for name in FIELDS})

    def add(self, file: str, line: int, cells: Sequence[str]) -> None:
        """Take a line; `cells` are in the order of FIELDS."""
        self.files.append(file)
        self.numbers.append(line)
        for column, text in zip(self.columns.values(), cells, strict=True):
            column.append(text)

    def __len__(self) -> int:
        return len(self.numbers)

    def place(self, row: int) -> Where:
        return Where(self.files.text(row), self.numbers[row])

    def name(self, field: str) -> str:
        """What the files call a field."""
        return self.names.get(field, field)


def name_of(told: Sequence[Sequence[str]], day: str, seen: Counter[str]) -> str:
    """A name for an entry that has none: made of what its lines say, not of where they stand.

    `seen` counts the entries of one file that say the same: each is one of its own.
    """
    digest = hashlib.sha256("\x1e".join(sorted("\x1f".join(cells) for cells in told)).encode()).hexdigest()[:16]
    seen[digest] += 1
    return f"{day}-{digest}" if seen[digest] == 1 else f"{day}-{digest}-{seen[digest]}"
