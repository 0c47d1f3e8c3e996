"""The bottom line: sentences made from figures by named rules, so that no prose can contradict a figure.

Each function is one rule; it returns a sentence or None where it has nothing true to say. A cause is never guessed.
`general` has what every role is told, `roles` what belongs to one subject, `causes` what changed a figure, `en` the words.
"""

from __future__ import annotations

from typing import Any

from quarterdeck.compose.material import Material
from quarterdeck.compose.sentences.causes import revenue_cause, spending_cause
from quarterdeck.compose.sentences.general import headline, mover, not_worked_out, off_target, worst_finding
from quarterdeck.compose.sentences.roles import (
    against_budget,
    cash_lasts,
    cloud_saving,
    code_unsafe,
    customer_pays,
    documents_due,
    hours_open,
    house_let,
    jobs_done,
)
from quarterdeck.compose.sentences.saying import SentenceRule

POINTS = 5
_OF_THE_SUBJECT = 2  # at most, so that findings and gaps keep their place

_SUBJECT: tuple[SentenceRule, ...] = (
    house_let,
    jobs_done,
    hours_open,
    documents_due,
    code_unsafe,
    cloud_saving,
    customer_pays,
    cash_lasts,
    revenue_cause,
    against_budget,
    spending_cause,
)
_GENERAL: tuple[SentenceRule, ...] = (mover, worst_finding, not_worked_out, off_target)
SENTENCE_RULES: tuple[SentenceRule, ...] = (headline, *_SUBJECT, *_GENERAL)


def bottom_line(material: Material) -> dict[str, Any]:
    """One sentence and up to five points, each with the id of the rule that made it."""
    subject = [point for rule in _SUBJECT if (point := _said(rule, material))]
    general = [point for rule in _GENERAL if (point := _said(rule, material))]
    points = [*subject[:_OF_THE_SUBJECT], *general]
    return {"sentence": _said(headline, material), "points": points[:POINTS]}


def _said(rule: SentenceRule, material: Material) -> dict[str, str] | None:
    text = rule(material)
    return None if text is None else {"text": text, "rule": rule.__name__}
