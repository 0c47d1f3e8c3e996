"""The real command, in processes of its own: nothing of the machine leaks in, and what it prints is held to the schemas."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jsonschema

ROOT = Path(__file__).parent.parent
_SCHEMAS = ROOT / "docs" / "schemas"
_MAIN = "from flows.cli import main; main()"
_PATIENCE_SECONDS = 240
Done = subprocess.CompletedProcess[str]


def arguments(*words: str, python: Sequence[str] = ()) -> list[str]:
    """What starts the command, with options for the interpreter."""
    return [sys.executable, *python, "-c", _MAIN, *words]


def environment(home: Path, names: Mapping[str, str] | None = None) -> dict[str, str]:
    """A clean environment: where to find git, whose files they are, and this checkout. No sender, no reader, no settings."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", **(names or {})}


def quarterdeck(*words: str, folder: Path, python: Sequence[str] = (), names: Mapping[str, str] | None = None) -> Done:
    """One call of the command, to its end."""
    return subprocess.run(
        arguments(*words, python=python),
        cwd=folder,
        env=environment(folder, names),
        capture_output=True,
        text=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )


def printed(done: Done, schema: str) -> Any:
    """What a command printed under --json, after it was held to its schema."""
    document = json.loads(done.stdout)
    rules = json.loads((_SCHEMAS / f"{schema}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(rules)
    jsonschema.Draft202012Validator(rules).validate(document)
    return document


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def mails(home: Path) -> dict[str, bytes]:
    """The messages in an outbox by name."""
    return {path.name: path.read_bytes() for path in sorted((home / "outbox").glob("*.eml"))}
