"""Several currencies and several companies: what rates can change, and what two companies say of each other."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from quarterdeck import books
from quarterdeck.consolidation.elimination import GROUP, pairs
from quarterdeck.consolidation.exposure import MOVE, has_foreign, positions, revalued
from quarterdeck.exchange import NoRate
from quarterdeck.frames import before
from quarterdeck.kpis import Value, kpi
from quarterdeck.kpis._shared import BOOKS, NO_BOOKS
from quarterdeck.model import At, Direction, Unavailable, Unit
from quarterdeck.money import round_half_even

_ONE_CURRENCY = Unavailable("all books are in one currency")


@kpi(
    "fx_exposure",
    label="Currency exposure",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula="net monetary position in each foreign currency, without sign, x 10 %, at the end of the period",
    needs=f"{BOOKS}, in the currencies they were made in, and rates",
)
def fx_exposure(postings: pd.DataFrame, at: At) -> Value:
    """What a move of ten percent of all foreign currencies against the company would cost."""
    if not books.begun(postings, at.end):
        return NO_BOOKS
    if not has_foreign(postings, at.end, at.currency):
        return _ONE_CURRENCY
    return round_half_even(sum(abs(each.value) for each in positions(postings, at.end, at.currency)) * Decimal(MOVE))


@kpi(
    "fx_revaluation",
    label="Currency revaluation",
    unit=Unit.MONEY,
    good=Direction.NEUTRAL,
    formula="open monetary items in foreign currencies x the closing rate - what they stand at in the books, of all currencies",
    needs=f"{BOOKS}, in the currencies they were made in, and rates",
)
def fx_revaluation(postings: pd.DataFrame, rates: pd.DataFrame, at: At) -> Value:
    """What would be booked as a gain, or below zero as a loss, if foreign money and debts were taken at today's rates."""
    if not books.begun(postings, at.end):
        return NO_BOOKS
    if not has_foreign(postings, at.end, at.currency):
        return _ONE_CURRENCY
    try:
        return sum(each.difference for each in revalued(postings, rates, at.end, at.currency))
    except NoRate as error:
        return Unavailable(error.problem.what)


@kpi(
    "intercompany_difference",
    label="Intercompany difference",
    unit=Unit.MONEY,
    good=Direction.DOWN,
    formula="what each company claims of another - what that one owes it by its own books, without sign, over all pairs",
    needs="books of two companies, with the counterparty named on what they have between them",
)
def intercompany_difference(postings: pd.DataFrame, at: At) -> Value:
    """By how much the companies' books differ on what they owe each other."""
    if not books.begun(postings, at.end):
        return NO_BOOKS
    if postings.loc[postings["tenant"] != GROUP, "tenant"].nunique() < 2 and postings["counterparty"].notna().any():
        return Unavailable("only the portfolio has the books of both sides")
    return sum(abs(pair.balance_difference) for pair in pairs(postings, at.start, at.end))


@kpi(
    "cta",
    label="Currency translation (CTA)",
    unit=Unit.MONEY,
    good=Direction.NEUTRAL,
    formula="what equity changed by because books were translated at closing, average and historical rates, so far",
    needs=f"{BOOKS}, and rates where companies keep theirs in another currency",
)
def cta(postings: pd.DataFrame, at: At) -> Value:
    """The part of equity that exchange rates made, which nobody earned or paid in."""
    if not books.begun(postings, at.end):
        return NO_BOOKS
    past = before(postings, at.end)
    if not has_foreign(postings, at.end, at.currency) and not books.begun(past, at.end, (books.TRANSLATION,)):
        return _ONE_CURRENCY
    return -books.net_of(past, (books.TRANSLATION,))
