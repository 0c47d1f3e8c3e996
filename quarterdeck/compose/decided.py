"""What people changed of an action or a milestone, as the report tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from quarterdeck.people import Decision


def changed(planned: Mapping[str, str], words: Sequence[Decision]) -> list[dict[str, Any]]:
    """One entry for each of owner, due and priority that was decided about; the newest decision holds.

    `planned` is what each would be without. Where somebody had decided the same before, who that was and when is told too.
    """
    made: list[dict[str, Any]] = []
    for field, was in planned.items():
        said = [(word, value) for word in words if (value := _decided(word, field)) is not None]
        if said:
            word, value = said[-1]
            earlier = said[-2][0] if len(said) > 1 else None
            made.append(
                {
                    "field": field,
                    "was": was,
                    "now": value,
                    "by": word.by,
                    "date": word.on.isoformat(),
                    "reason": word.reason,
                    "until": word.until.isoformat() if word.until else None,
                    "instead_of": {"by": earlier.by, "date": earlier.on.isoformat()} if earlier else None,
                }
            )
    return made


def _decided(word: Decision, field: str) -> str | None:
    """What a decision says of the owner, the due day or the priority."""
    if field == "due":
        return word.due_on.isoformat() if word.due_on else None
    if field == "priority":
        return word.priority
    return word.owner
