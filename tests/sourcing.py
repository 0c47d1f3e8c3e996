"""What tests of the sources share: a window on a folder, files in it, and a pull by kind."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from quarterdeck.fingerprints import Fingerprints
from quarterdeck.period import Period
from quarterdeck.sources import SOURCES, Pulled, PulledTable, Window

Row = dict[str, object]


def window(root: Path, period: str = "2026-10", zone: str = "America/Los_Angeles", currency: str = "USD") -> Window:
    return Window("alpha", Period.parse(period), ZoneInfo(zone), currency, root, fingerprints=Fingerprints("k" * 32))


def write(root: Path, name: str, text: str | bytes) -> str:
    """Write a file; its name, as options have it."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return name


def pull(kind: str, options: Row, view: Window) -> dict[str, PulledTable]:
    """The tables of a pull by name."""
    found = SOURCES.get(kind)
    pulled: Pulled = found.pull(found.Options.model_validate(options), view)
    return {table.name: table for table in pulled.tables}


def rows(table: PulledTable) -> list[Row]:
    listed: list[Row] = table.rows.to_pylist()
    return listed
