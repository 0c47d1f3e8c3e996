"""The books themselves: the chart, what was spent and what proves it."""

from __future__ import annotations

import pandas as pd

from quarterdeck import books
from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import count, dated, grid, money, ratio, shown, source, text, when, words
from quarterdeck.frames import ratio as part_of
from quarterdeck.frames import total
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money

_LISTED = 20


@exhibit("chart_of_accounts", title="Chart of accounts")
def chart_of_accounts(accounts: pd.DataFrame, at: At) -> Exhibit | None:  # noqa: ARG001 - asked for a period like all
    """Every account with its place in the statements."""
    columns = ("account", "name", "type", "statement_line", "behaviour", "function")
    labels = ("Account", "Name", "Type", "Statement line", "Behaviour", "Function")
    ordered = accounts.sort_values(["tenant", "account"]).to_dict("records")
    return grid(
        [text(id, label) for id, label in zip(columns, labels, strict=True)],
        [(row["tenant"], tuple(_plain(row[id]) for id in columns)) for row in ordered],
    )


def _plain(value: object) -> str | None:
    text_ = words(value)
    return text_ and text_.replace("_", " ")


@exhibit("expense_audit", title="Expenses and their documents")
def expense_audit(postings: pd.DataFrame, at: At) -> Exhibit | None:
    """What was spent on each account in the period, its part of the whole, and how many postings lack a document."""
    spent = books.spending(postings, at.start, at.end)
    whole = total(spent["amount_minor"])
    lines = []
    for (tenant, account), rows in spent.groupby(["tenant", "account"]):
        bare = len(books.without_document(books.wants_document(rows, at.currency)))
        name = words(rows["account_name"].iloc[0]) or str(account)
        lines.append((str(tenant), name, total(rows["amount_minor"]), len(rows), bare))
    lines.sort(key=lambda line: (-line[2], line[0], line[1]))
    return grid(
        (
            text("name", "Account"),
            money("total", "Total"),
            ratio("share", "Part of expenses"),
            count("postings", "Postings"),
            count("without_document", "Without a document"),
        ),
        [
            (tenant, (name, Money(minor, at.currency), part_of(minor, whole) if whole > 0 else None, rows_, bare))
            for tenant, name, minor, rows_, bare in lines
        ],
        total=("Total", Money(whole, at.currency), None, len(spent), sum(line[4] for line in lines)),
        note=f"Documents are asked for from {books.DOCUMENT_FROM} {at.currency} up.",
    )


@exhibit("missing_documents_list", title="Expenses without a document")
def missing_documents_list(postings: pd.DataFrame, at: At) -> Exhibit | None:
    """The largest expenses of the period that no receipt or invoice proves, and where they were read."""
    wanting = books.wants_document(books.spending(postings, at.start, at.end), at.currency)
    bare = books.without_document(wanting)
    order = ["amount_minor", "date", "tenant", "entry", "leg"]
    largest = bare.sort_values(order, ascending=[False, True, True, True, True]).head(_LISTED)
    return grid(
        (
            dated("date", "Date"),
            text("party", "Party"),
            text("account", "Account"),
            money("amount", "Amount"),
            text("source", "Read from"),
        ),
        [
            (
                row["tenant"],
                (
                    when(row["date"]),
                    words(row["party"]),
                    words(row["account_name"]),
                    Money(int(row["amount_minor"]), at.currency),
                    source(row),
                ),
            )
            for row in largest.to_dict("records")
        ],
        note=shown(len(bare), _LISTED),
    )
