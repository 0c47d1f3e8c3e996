"""Lines of a general ledger as their files have them: text, kept by column and each text once, since ledgers are long.

A reader of a format fills `Lines`; everything after it works on whole columns.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from quarterdeck.errors import Reject, Where

# What a line may say, under names of our own; a format's reader knows what its columns are called.
FIELDS = (
    *("entry", "date", "account", "debit", "credit", "amount", "currency", "party", "document", "memo"),
    *("service_date", "created_at", "created_by", "counterparty"),
)

_AT_ONCE = 5_000


class _Numbers(dict[str, int]):
    """Numbers of texts, the next one for a text that is new."""

    def __missing__(self, text: str) -> int:
        number = self[text] = len(self)
        return number


class Coded:
    """A column of text: each different text once, and for each row the number of its own."""

    def __init__(self) -> None:
        self._numbers = _Numbers()
        self._texts: list[str] = []
        self.codes = array("i")

    def extend(self, texts: Iterable[str]) -> None:
        self.codes.extend(map(self._numbers.__getitem__, texts))

    def code(self, text: str) -> int:
        """The number of a text, which may be new to the column."""
        return self._numbers[text]

    def text(self, row: int) -> str:
        return self.texts[self.codes[row]]

    @property
    def texts(self) -> list[str]:
        """The different texts, in the order of their numbers."""
        if len(self._texts) != len(self._numbers):
            self._texts = list(self._numbers)
        return self._texts


@dataclass(slots=True)
class Lines:
    """Lines of all files of a source, in order. `names` are the columns' names in the files, for messages.

    `rejects` are lines that could not even be taken apart.
    """

    names: Mapping[str, str]
    rejects: list[Reject] = field(default_factory=list)
    numbers: array[int] = field(default_factory=lambda: array("q"))
    _files: Coded = field(default_factory=Coded)
    _columns: dict[str, Coded] = field(default_factory=lambda: {name: Coded() for name in FIELDS})
    _waiting: list[tuple[str, Sequence[str]]] = field(default_factory=list)

    def add(self, file: str, line: int, cells: Sequence[str]) -> None:
        """Take a line; `cells` are in the order of FIELDS."""
        self.numbers.append(line)
        self._waiting.append((file, cells))
        if len(self._waiting) == _AT_ONCE:
            self._settle()

    @property
    def files(self) -> Coded:
        self._settle()
        return self._files

    @property
    def columns(self) -> dict[str, Coded]:
        self._settle()
        return self._columns

    def _settle(self) -> None:
        """Move the lines that wait into their columns, many at once: one by one takes three times as long."""
        if self._waiting:
            self._files.extend(file for file, _ in self._waiting)
            cells = zip(*(cells for _, cells in self._waiting), strict=True)
            for column, texts in zip(self._columns.values(), cells, strict=True):
                column.extend(texts)
            self._waiting = []

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
