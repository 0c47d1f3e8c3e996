"""Strict reading of text that others wrote: bytes to text, text to records, cells to values of the contract.

    text       a file as UTF-8, or SourceError with the line that is not
    yaml_file  YAML of the safe core only, with the place of every key
    csv_file   CSV as records of text cells
    records    what CSV rows and YAML mappings have in common
    cells      one cell by its column's type
    rows       records to rows of a table, and the rejects beside them

Nothing in here guesses: `007` stays text, `1.234,56` is refused unless its notation is declared, and a row that breaks
its schema comes back as a reject with file, line, column, value and what was expected. Nothing knows a source.
"""

from quarterdeck.reading.cells import Notation, clean
from quarterdeck.reading.csv_file import read_cells, read_csv
from quarterdeck.reading.records import Record, read_yaml
from quarterdeck.reading.rows import Rows, read_rows
from quarterdeck.reading.text import read_text

__all__ = ["Notation", "Record", "Rows", "clean", "read_cells", "read_csv", "read_rows", "read_text", "read_yaml"]
