"""Files that hold what a renderer is expected to make. `UPDATE_GOLDEN=1 pytest ...` writes them anew; then read the diff."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def check(name: str, made: str) -> None:
    """Compare with the golden file of that name; the assertion shows the difference."""
    path = FOLDER / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(made, "utf-8")
    assert made == path.read_text("utf-8"), f"{name} differs; UPDATE_GOLDEN=1 writes it anew where that is meant"
