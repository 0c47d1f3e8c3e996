"""A portfolio as one company: how its companies' figures become its own, what they owe each other, foreign currencies."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pandas as pd

from quarterdeck.consolidation.bridge import Part, companies, part_of
from quarterdeck.consolidation.elimination import GROUP, pairs
from quarterdeck.consolidation.exposure import MOVE, positions, revalued
from quarterdeck.exchange import NoRate
from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Row, decimal, grid, money, text
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money, round_half_even


@exhibit("consolidation", title="From the companies to the portfolio")
def consolidation(postings: pd.DataFrame, tenant: pd.DataFrame, at: At) -> Exhibit | None:
    """Each company's revenue, result and balances in the portfolio's currency, their sum, and what is eliminated."""
    parts = {id: part_of(rows, at.start, at.end) for id, rows in companies(postings)}
    eliminated = parts.pop(GROUP, None)
    if len(parts) < 2:
        return None
    names = dict(zip(tenant["id"], tenant["name"], strict=True))
    rows: list[Row] = [_row(str(names.get(id, id)), part, at) for id, part in parts.items()]
    rows.append(_row("Sum of the companies", sum(parts.values(), Part(0, 0, 0, 0, 0, 0)), at))
    if eliminated is not None:
        rows.append(_row(GROUP, eliminated, at))
    whole = part_of(postings, at.start, at.end)
    return grid(
        (
            text("company", "Company"),
            money("revenue", "Net revenue"),
            money("net_income", "Net income"),
            money("assets", "Assets"),
            money("liabilities", "Liabilities"),
            money("equity", "Equity"),
            money("cta", "Of it CTA"),
        ),
        rows,
        total=("Consolidated", *_amounts(whole.amounts, at)),
        note="Income and expenses at average rates, balances at closing rates, equity at those of its days; CTA is the rest."
        if whole.translation
        else "",
    )


def _row(label: str, part: Part, at: At) -> Row:
    return "", (label, *_amounts(part.amounts, at))


@exhibit("intercompany", title="Between the companies")
def intercompany(postings: pd.DataFrame, tenant: pd.DataFrame, at: At) -> Exhibit | None:
    """What two companies have between them by the books of each, and by how much these differ."""
    names = dict(zip(tenant["id"], tenant["name"], strict=True))
    rows: list[Row] = []
    for pair in pairs(postings, at.start, at.end):
        both = (str(names.get(pair.one, pair.one)), str(names.get(pair.other, pair.other)))
        for what, sides in (("Claims", pair.balance), ("Income of the period", pair.result)):
            if any(sides):
                rows.append(("", (*both, what, *_amounts((*sides, sum(sides)), at))))
    return grid(
        (
            text("company", "Company"),
            text("other", "With"),
            text("what", "What"),
            money("one_side", "By its books"),
            money("other_side", "By the other's"),
            money("difference", "Difference"),
        ),
        rows,
        note="Claims and income are positive, debts and costs negative; where both sides agree they sum to nothing.",
    )


@exhibit("currency_exposure", title="Held and owed in foreign currencies")
def currency_exposure(postings: pd.DataFrame, at: At) -> Exhibit | None:
    """The net monetary position in each foreign currency, what it stands at, and what a move of ten percent makes of it."""
    return grid(
        (
            text("currency", "Currency"),
            money("position", "Net position"),
            money("value", "Stands at"),
            money("move", "10 % of it"),
        ),
        [
            (
                "",
                (
                    each.currency,
                    Money(each.own, each.currency),
                    *_amounts((each.value, round_half_even(abs(each.value) * Decimal(MOVE))), at),
                ),
            )
            for each in positions(postings, at.end, at.currency)
        ],
    )


@exhibit("currency_revaluation", title="Foreign currencies at the closing rate")
def currency_revaluation(postings: pd.DataFrame, rates: pd.DataFrame, at: At) -> Exhibit | None:
    """Open monetary items in each foreign currency: at the closing rate, in the books, and the difference to be booked."""
    try:
        found = revalued(postings, rates, at.end, at.currency)
    except NoRate:
        return None  # a finding names the pair
    return grid(
        (
            text("currency", "Currency"),
            money("position", "Net position"),
            text("rate", "Closing rate"),
            money("worth", "Worth"),
            money("booked", "In the books"),
            money("difference", "To be booked"),
        ),
        [
            (
                "",
                (
                    each.position.currency,
                    Money(each.position.own, each.position.currency),
                    f"{decimal(each.rate, 6).normalize():f}",
                    *_amounts((each.worth, each.position.value, each.difference), at),
                ),
            )
            for each in found
        ],
    )


def _amounts(minors: Iterable[int], at: At) -> tuple[Money, ...]:
    return tuple(Money(minor, at.currency) for minor in minors)
