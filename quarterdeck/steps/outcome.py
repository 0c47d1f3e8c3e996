"""What became of a pull, as text that travels between tasks: a manifest, or the failure in its place."""

from __future__ import annotations

import json
from dataclasses import asdict

from quarterdeck.codec import canonical
from quarterdeck.snapshots import Manifest
from quarterdeck.snapshots.manifest import decode, encode
from quarterdeck.steps.pull import Failure

Outcome = Manifest | Failure


def write_outcome(outcome: Outcome) -> str:
    if isinstance(outcome, Manifest):
        return encode(outcome).decode()
    return canonical({"failure": asdict(outcome)})


def read_outcome(text: str) -> Outcome:
    """The manifest or failure of a text."""
    stored = json.loads(text)
    if "failure" not in stored:
        return decode(text.encode())
    fields = stored["failure"]
    return Failure(**{**fields, "tables": tuple(fields["tables"])})
