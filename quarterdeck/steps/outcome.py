"""What became of a pull, as text that travels between tasks: a manifest, or the failure in its place."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from quarterdeck.codec import canonical
from quarterdeck.errors import Problem
from quarterdeck.snapshots import Manifest
from quarterdeck.snapshots.manifest import decode, encode
from quarterdeck.steps.pull import Failure

Outcome = Manifest | Failure


def write_outcome(outcome: Outcome) -> str:
    if isinstance(outcome, Manifest):
        return encode(outcome).decode()
    instead = encode(outcome.instead).decode() if outcome.instead else None
    return canonical({"failure": {**asdict(replace(outcome, instead=None)), "instead": instead}})


def gap_problems(outcome: Outcome) -> list[Problem]:
    """One problem for each reason why a source gave only a part of its tables; none for one that failed whole."""
    if isinstance(outcome, Failure):
        return []
    reasons: dict[tuple[str, str], list[str]] = {}
    for gap in outcome.missing:
        reasons.setdefault((gap.reason, gap.remedy), []).append(gap.table)
    place = f"source {outcome.source} of {outcome.tenant}"
    return [
        Problem(f"{place} could not give {', '.join(tables)}: {reason}", remedy=remedy)
        for (reason, remedy), tables in reasons.items()
    ]


def read_outcome(text: str) -> Outcome:
    """The manifest or failure of a text."""
    stored = json.loads(text)
    if "failure" not in stored:
        return decode(text.encode())
    fields = stored["failure"]
    instead = decode(fields["instead"].encode()) if fields["instead"] else None
    return Failure(**{**fields, "tables": tuple(fields["tables"]), "instead": instead})
