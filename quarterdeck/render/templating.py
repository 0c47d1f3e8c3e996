"""How templates are read: every text in them is escaped, and a name that nobody gave is an error and never a blank."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def environment(templates: Path, finalize: Callable[[Any], Any] | None = None) -> Environment:
    """An environment over a folder; `finalize` is what each value goes through before it is escaped."""
    return Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,  # not select_autoescape, which is off for names that end in .j2
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
