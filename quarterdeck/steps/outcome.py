"""What became of a pull, as text that travels between tasks: a manifest, or the failure in its place."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from quarterdeck.codec import canonical
from quarterdeck.snapshots import Manifest
from quarterdeck.snapshots.manifest import decode, encode
from quarterdeck.steps.pull import Failure

Outcome = Manifest | Failure


def write_outcome(outcome: Outcome) -> str:
    if isinstance(outcome, Manifest):
        return encode(outcome).decode()
    instead = encode(outcome.instead).decode() if outcome.instead else None
    return canonical({"failure": {**asdict(replace(outcome, instead=None)), "instead": instead}})


def read_outcome(text: str) -> Outcome:
    """The manifest or failure of a text."""
    stored = json.loads(text)
    if "failure" not in stored:
        return decode(text.encode())
    fields = stored["failure"]
    instead = decode(fields["instead"].encode()) if fields["instead"] else None
    return Failure(**{**fields, "tables": tuple(fields["tables"]), "instead": instead})
