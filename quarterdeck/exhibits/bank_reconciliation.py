"""Books and banks side by side: the statement of each account, and what is left over on both sides."""

from __future__ import annotations

import pandas as pd

from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import count, dated, grid, money, shown, source, text, when, words
from quarterdeck.frames import before
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money
from quarterdeck.reconciliation import open_items, reconciled

_LISTED = 20
_SIDES = {"book": "not at the bank", "bank": "not in the books"}


@exhibit("bank_reconciliation", title="Bank reconciliation")
def bank_reconciliation(
    bank_matches: pd.DataFrame, postings: pd.DataFrame, bank_lines: pd.DataFrame, bank_balances: pd.DataFrame, at: At
) -> Exhibit | None:
    """Each account's balance at the bank, led over to that of the books."""
    names = _names(before(postings, at.end))
    found = reconciled(bank_matches, postings, bank_lines, bank_balances, at.end)
    rows = [
        (
            each.tenant,
            (
                names.get((each.tenant, each.account), each.account),
                *(
                    Money(minor, at.currency)
                    for minor in (
                        each.bank_minor,
                        each.in_transit_minor,
                        each.outstanding_minor,
                        each.book_minor,
                        each.difference_minor,
                        each.unbooked_minor,
                    )
                ),
                "statement" if each.is_stated else "its lines",
            ),
        )
        for each in found
    ]
    return grid(
        (
            text("account", "Account"),
            money("bank", "At the bank"),
            money("in_transit", "Deposits in transit"),
            money("outstanding", "Outstanding payments"),
            money("book", "In the books"),
            money("difference", "Difference"),
            money("unbooked", "Of it not booked"),
            text("basis", "Balance from"),
        ),
        rows,
        note="Difference: bank with what is under way, less books.",
    )


@exhibit("unreconciled_items_list", title="Items on one side only")
def unreconciled_items_list(bank_matches: pd.DataFrame, at: At) -> Exhibit | None:
    """Postings that no statement shows and lines of statements that are not in the books, the oldest first."""
    waiting = open_items(bank_matches, at.end)
    return grid(
        (
            dated("date", "Date"),
            text("account", "Account"),
            text("side", "Side"),
            text("party", "Party"),
            money("amount", "Amount"),
            count("age", "Days"),
            text("source", "Read from"),
        ),
        [
            (
                row["tenant"],
                (
                    when(row["date"]),
                    row["account"],
                    _SIDES[row["side"]],
                    words(row["party"]) or words(row["memo"]),
                    Money(int(row["amount_minor"]), at.currency),
                    int(row["age_days"]),
                    source(row),
                ),
            )
            for row in waiting.head(_LISTED).to_dict("records")
        ],
        note=shown(len(waiting), _LISTED),
    )


def _names(postings: pd.DataFrame) -> dict[tuple[str, str], str]:
    said = postings.drop_duplicates(["tenant", "account"])
    named = said[said["account_name"].notna()]
    return {
        (tenant, account): f"{account} {name}"
        for tenant, account, name in zip(named["tenant"], named["account"], named["account_name"], strict=True)
    }
