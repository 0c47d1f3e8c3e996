"""The books themselves: balances, the chart, what was spent and what proves it."""

from __future__ import annotations

from datetime import date

import pandas as pd

from quarterdeck import books
from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Row, count, dated, grid, money, ratio, shown, source, text, when, words
from quarterdeck.frames import before, total
from quarterdeck.frames import ratio as part_of
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money
from quarterdeck.period import add_months

_LISTED = 20
_RESULT_TYPES = ("income", "expense")
_CARRIED = "Result of earlier years"


@exhibit("trial_balance", title="Trial balance")
def trial_balance(postings: pd.DataFrame, at: At) -> Exhibit | None:
    """Balances of all accounts at the end of the period; income and expenses count from the start of the fiscal year."""
    past = before(postings, at.end)
    carried = past["type"].isin(_RESULT_TYPES) & (past["date"] < pd.Timestamp(_year_start(at)))
    balances = [
        (str(tenant), str(account), words(rows["account_name"].iloc[0]), total(rows["amount_minor"]))
        for (tenant, account), rows in past[~carried].groupby(["tenant", "account"])
    ]
    results = [(str(tenant), None, _CARRIED, total(rows["amount_minor"])) for tenant, rows in past[carried].groupby("tenant")]
    ordered = sorted((*balances, *results), key=lambda line: (line[0], line[1] is None, line[1] or ""))
    rows: list[Row] = []
    sums = [0, 0]
    for tenant, account, name, balance in ordered:
        debit, credit = max(balance, 0), max(-balance, 0)
        if balance:
            sums = [sums[0] + debit, sums[1] + credit]
            rows.append((tenant, (account, name, *_sides(debit, credit, at))))
    return grid(
        (text("account", "Account"), text("name", "Name"), money("debit", "Debit"), money("credit", "Credit")),
        rows,
        total=("Total", None, Money(sums[0], at.currency), Money(sums[1], at.currency)),
    )


def _year_start(at: At) -> date:
    """The first day of the fiscal year in which the period's last day lies."""
    last = add_months(at.end, -1) if at.end.day == 1 else at.end.replace(day=1)
    return add_months(last, -((last.month - at.fiscal_start) % 12))


def _sides(debit: int, credit: int, at: At) -> tuple[Money | None, Money | None]:
    return (Money(debit, at.currency) if debit else None, Money(credit, at.currency) if credit else None)


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
