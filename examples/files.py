"""Writers of the example's files: CSV, YAML and markdown with front matter, always the same bytes for the same rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import yaml

Cell = str | int | float | bool | date | None
Row = Mapping[str, Cell]


def major(cents: int) -> str:
    """Cents as an amount in dollars: 1050 is '10.50'."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def write_csv(path: Path, rows: Sequence[Row], *, delimiter: str = ",", header: Iterable[str] = ()) -> None:
    """Rows with the header of the first one, LF line ends; booleans as true and false, None as an empty cell."""
    names = list(header) or list(rows[0])
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
    write_text(path, text.getvalue())


def write_yaml(path: Path, value: object, comment: str = "") -> None:
    """A YAML document in the order of its mappings, without aliases, under a comment."""
    text = yaml.dump(value, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120)
    head = "".join(f"# {line}\n" for line in comment.splitlines())
    write_text(path, head + text)


def write_markdown(path: Path, matter: Mapping[str, object], body: str) -> None:
    """A markdown document with YAML front matter."""
    front = yaml.dump(dict(matter), Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120)
    write_text(path, f"---\n{front}---\n\n{body.strip()}\n")


def write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


class _Plain(yaml.SafeDumper):
    """Lists set in under their key, and never an alias: a reader of portfolio files refuses them."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the signature is PyYAML's
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - likewise
        super().increase_indent(flow, False)
