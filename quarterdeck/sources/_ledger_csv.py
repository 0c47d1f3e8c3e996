"""A plain general ledger: a CSV with one posting a line, whose settings say which column holds what."""

from __future__ import annotations

from quarterdeck.errors import Reject
from quarterdeck.reading import read_csv
from quarterdeck.sources import Window
from quarterdeck.sources._ledger_lines import FIELDS, Lines
from quarterdeck.sources._ledger_options import LedgerColumns, LedgerOptions


def read_csv_lines(options: LedgerOptions, window: Window) -> Lines:
    """The lines of all files."""
    columns = options.columns or LedgerColumns(entry="entry", date="date", account="account", amount="amount")
    names = {field: name for field in FIELDS if (name := getattr(columns, field)) is not None}
    lines = Lines(names)
    wanted = [names.get(field) for field in FIELDS]
    for file in options.files:
        records = read_csv(
            window.path(file),
            file,
            known=lambda _: True,  # ledgers have columns that nobody asked for
            required=tuple(dict.fromkeys(names.values())),
            delimiter=options.delimiter,
        )
        for record in records:
            if isinstance(record, Reject):
                lines.rejects.append(record)
            else:
                cells = record.cells
                lines.add(file, record.line, ["" if name is None else cells[name] for name in wanted])
    return lines
