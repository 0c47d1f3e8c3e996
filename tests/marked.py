"""A row of every table that people keep, each text of it with a tenant's word: what must stay with that tenant.

{"inventories": {"assets": "alpha/kept/assets.csv", ...}} = marked(folder, "alpha", "xalq")
"""

from __future__ import annotations

import csv
from pathlib import Path

from quarterdeck.schemas import Column, Type
from quarterdeck.schemas.kept import KEPT

_DAY = "2026-10-01"
_PLAIN = {Type.INT: "1", Type.RATIO: "0.5", Type.BOOL: "yes", Type.DATE: _DAY}
_FORMED = {"currency": "USD", "email": "{word}@example.com"}  # texts of a form


def marked(folder: Path, tenant: str, word: str) -> dict[str, str]:
    """Write the files; the options of the source that reads them. Texts are the word, the table's and the column's name."""
    options = {}
    for schema in KEPT:
        cells = {_heading(column): _cell(column, schema.name, word) for column in schema.columns}
        path = folder / tenant / "kept" / f"{schema.name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, list(cells))
            writer.writeheader()
            writer.writerow(cells)
        options[schema.name] = f"{tenant}/kept/{schema.name}.csv"
    return options


def words_of(word: str) -> set[str]:
    """Every word that the files of a tenant hold, in small letters."""
    cells = ((_cell(column, schema.name, word), column) for schema in KEPT for column in schema.columns)
    return {cell for cell, column in cells if column.type is Type.TEXT and cell.startswith(word)}


def _heading(column: Column) -> str:
    return column.name.removesuffix("_minor")  # files have amounts in major units


def _cell(column: Column, table: str, word: str) -> str:
    if column.type is Type.TEXT:
        if column.allowed:
            return column.allowed[0]
        form = _FORMED.get(column.name, f"{{word}}{table}{column.name}".replace("_", ""))
        return form.format(word=word)
    return _PLAIN.get(column.type, f"{_DAY}T10:00:00Z")
