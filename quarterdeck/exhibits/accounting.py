"""The books themselves: the chart, what was spent and what proves it."""

from __future__ import annotations

import pandas as pd

from quarterdeck import books
from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import count, dated, grid, money, ratio, shown, source, text, when, words
from quarterdeck.frames import is_blank, total
from quarterdeck.frames import ratio as part_of
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


@exhibit("missing_documents_by_payer", title="Who has receipts to bring")
def missing_documents_by_payer(postings: pd.DataFrame, at: At) -> Exhibit | None:
    """By who wrote a posting, or where nobody is named the account that paid: what has no receipt, and its part by value."""
    wanting = books.wants_document(books.spending(postings, at.start, at.end), at.currency)
    payer = wanting["created_by"].where(~is_blank(wanting["created_by"]), _paid_from(postings, wanting))
    lines = []
    for (tenant, name), rows in wanting.assign(payer=payer).groupby(["tenant", "payer"], sort=True):
        bare = books.without_document(rows)
        if len(bare):
            lines.append((str(tenant), str(name), len(bare), total(bare["amount_minor"]), total(rows["amount_minor"])))
    lines.sort(key=lambda line: (-line[3], line[0], line[1]))
    return grid(
        (
            text("payer", "Paid by"),
            count("missing", "Without a document"),
            money("amount", "Amount"),
            ratio("share", "Part by value"),
        ),
        [
            (tenant, (name, bare, Money(minor, at.currency), part_of(minor, whole)))
            for tenant, name, bare, minor, whole in lines[:_LISTED]
        ],
        note=shown(len(lines), _LISTED),
    )


def _paid_from(postings: pd.DataFrame, wanting: pd.DataFrame) -> pd.Series:
    """For each of some expenses, the account on the other side of its entry that was credited most."""
    credited = postings[(postings["amount_minor"].to_numpy() < 0) & postings["entry"].isin(wanting["entry"]).to_numpy()]
    largest = credited.sort_values(["amount_minor", "account"], kind="stable").drop_duplicates(["tenant", "entry"])
    names = largest["account_name"].fillna(largest["account"])
    by_entry = dict(zip(zip(largest["tenant"], largest["entry"], strict=True), names, strict=True))
    keys = zip(wanting["tenant"], wanting["entry"], strict=True)
    return pd.Series([by_entry.get(key, "not known") for key in keys], wanting.index, dtype=object)
