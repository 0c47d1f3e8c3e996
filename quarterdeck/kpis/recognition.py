"""Revenue that is billed before it is earned: what was billed, what is still to be earned, and whether the books agree."""

from __future__ import annotations

import pandas as pd

from quarterdeck import books, recognition
from quarterdeck.frames import before
from quarterdeck.kpis import Value, kpi
from quarterdeck.model import At, Direction, Unavailable, Unit

_DEFERRED = ("deferred_revenue",)
_OWED = "a list of obligations, or books that defer charges to their day of service"
_NOTHING = Unavailable("no obligation is listed, and the books defer nothing to a day of service")


@kpi(
    "billings",
    label="Billings",
    unit=Unit.MONEY,
    good=Direction.UP,
    formula="revenue less refunds of the period + change of deferred revenue in it",
    needs="postings on a deferred revenue account",
)
def billings(postings: pd.DataFrame, at: At) -> Value:
    """What customers were charged in the period, whether it is earned yet or not."""
    if not books.begun(postings, at.end, _DEFERRED):
        return Unavailable("no posting is on a deferred revenue account")
    closing, opening = (-books.net_of(before(postings, day), _DEFERRED) for day in (at.end, at.start))
    return books.revenue(postings, at.start, at.end) + closing - opening


@kpi(
    "remaining_obligation",
    label="To be earned within 12 months",
    unit=Unit.MONEY,
    good=Direction.NEUTRAL,
    formula="of what was billed and is not earned at the end of the period, what becomes revenue in the 12 months after it",
    needs=_OWED,
    absent_ok=("obligations",),
)
def remaining_obligation(postings: pd.DataFrame, obligations: pd.DataFrame, at: At) -> Value:
    """What customers have been billed for and get within a year."""
    owed = _ahead(postings, obligations, at)
    return owed if isinstance(owed, Unavailable) else owed.within


@kpi(
    "remaining_obligation_later",
    label="To be earned after 12 months",
    unit=Unit.MONEY,
    good=Direction.NEUTRAL,
    formula="of what was billed and is not earned at the end of the period, what becomes revenue on a later day that is known",
    needs=_OWED,
    absent_ok=("obligations",),
)
def remaining_obligation_later(postings: pd.DataFrame, obligations: pd.DataFrame, at: At) -> Value:
    """What customers have been billed for and get in more than a year."""
    owed = _ahead(postings, obligations, at)
    return owed if isinstance(owed, Unavailable) else owed.later


@kpi(
    "recognition_difference",
    label="Schedule less ledger of deferred revenue",
    unit=Unit.MONEY,
    good=Direction.NEUTRAL,
    formula="deferred revenue by the schedule - balance of the deferred revenue accounts, both at the end of the period",
    needs=_OWED,
    absent_ok=("obligations",),
)
def recognition_difference(postings: pd.DataFrame, obligations: pd.DataFrame, at: At) -> Value:
    """What the schedule of recognition says is owed to customers, less what the books say; nothing where they tie."""
    found = recognition.known(recognition.contracts(obligations, postings), at.end)
    if not len(found) and not books.begun(postings, at.end, _DEFERRED):
        return _NOTHING
    return recognition.deferred(found, at.end) + books.net_of(before(postings, at.end), _DEFERRED)


def _ahead(postings: pd.DataFrame, obligations: pd.DataFrame, at: At) -> recognition.Ahead | Unavailable:
    found = recognition.known(recognition.contracts(obligations, postings), at.end)
    return recognition.ahead(found, at.end) if len(found) else _NOTHING
