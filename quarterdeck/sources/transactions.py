"""Books made of what moved money: Stripe's balance transactions and bank statements, as balanced entries.

    - kind: transactions
      chart: books/accounts.csv               # the table `accounts`; without one, what is needed of the proposed chart
      categories: books/categories.yaml       # rules for bank lines, see _categories
      suspense: "9999"                        # for what no rule knows
      opening_equity: "3000"
      opening:                                # balances when the files begin; debit is positive
        - {account: "1000", amount: 12000.00, date: 2024-10-31}
      stripe:
        - {path: books/stripe.csv, clearing: "1050", revenue: "4000", refunds: "4090", fees: "6110", disputes: "6120",
           payout_to: "1000"}
      bank:
        - path: books/bank.csv
          account: "1000"
          date_format: "%m/%d/%Y"
          columns: {date: Date, amount: Amount, party: Description, id: Reference}
          complete_through: 2026-10-31        # nothing more happened until then
      max_rejected: 0.01

All entries before the period's end are kept, however old: a balance is a sum over all of them. An id of an entry comes from
the row's own id, or from what it says, never from where it stands, so that an export in two files gives the same books.
Exports may overlap: what two of them say counts once, and equal lines within one are payments of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import model_validator

from quarterdeck.errors import SourceError
from quarterdeck.reading import Rows
from quarterdeck.schemas import build
from quarterdeck.sources import Pulled, PulledTable, Window, refuse_too_many, source
from quarterdeck.sources._bank import BankFile, BankStatement, read_bank
from quarterdeck.sources._bank_chain import broken_chains
from quarterdeck.sources._bank_side import TABLES as BANK_TABLES
from quarterdeck.sources._bank_side import pulled
from quarterdeck.sources._categories import Rule, read_rules
from quarterdeck.sources._default_chart import NAME, STANDARD, proposed_rows
from quarterdeck.sources._deferral import require_line
from quarterdeck.sources._files import DataFile, LocalPath, Name, RowOptions, reachable, read_table
from quarterdeck.sources._opening import OpeningBalance, opening_entries, require_whole
from quarterdeck.sources._posting import Chart, Ids, coverage, entry_rows
from quarterdeck.sources._stripe import StripeFile, read_stripe


class TransactionOptions(RowOptions):
    """The files that the books are made of."""

    chart: DataFile | None = None
    categories: LocalPath | None = None
    suspense: Name = "9999"
    opening_equity: Name | None = None
    opening: tuple[OpeningBalance, ...] = ()
    stripe: tuple[StripeFile, ...] = ()
    bank: tuple[BankFile, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> TransactionOptions:
        if not self.stripe and not self.bank:
            raise ValueError("name at least one file under stripe or bank")
        require_whole(self.opening, self.opening_equity)
        return self


@source
class Transactions:
    """Books derived from Stripe's and the banks' files; no accounting system stands behind them."""

    kind: ClassVar[str] = "transactions"
    Options = TransactionOptions

    @staticmethod
    def provides(options: TransactionOptions) -> tuple[str, ...]:  # noqa: ARG004 - the tables are always these
        return ("entries", "accounts", *BANK_TABLES)

    @staticmethod
    def states(options: TransactionOptions) -> tuple[str, ...]:  # noqa: ARG004 - entries have their days
        return ()

    @staticmethod
    def check(options: TransactionOptions, window: Window) -> str:
        books = [*(file.path for file in options.stripe), *(file.path for file in options.bank)]
        return reachable((path for path in (options.chart, options.categories, *books) if path is not None), window)

    @staticmethod
    def pull(options: TransactionOptions, window: Window) -> Pulled:
        rules, accounts = _chart(options, window)
        stripe, banks = _statements(options, rules, window)
        statements = [*stripe, *banks]
        rejects = tuple(fault for statement in statements for fault in statement.rejects)
        refuse_too_many("entries", rejects, sum(statement.rows for statement in statements), options.limit)
        opening = opening_entries(options.opening, options.opening_equity, "bank", window)
        entries = [*opening, *(entry for statement in statements for entry in statement.entries)]
        return Pulled(
            (
                PulledTable(
                    "entries",
                    build("entries", entry_rows(entries)),
                    (*rejects, *broken_chains(banks)),  # no row is missing that was there, so they do not fail the source
                    coverage(statements, [balance.date for balance in options.opening if balance.date < window.end]),
                    max((s.watermark for s in statements if s.watermark is not None), default=None),
                ),
                PulledTable("accounts", build("accounts", accounts.rows), accounts.rejects),
                *pulled(statements, options.bank, window),
            )
        )


def _chart(options: TransactionOptions, window: Window) -> tuple[tuple[Rule, ...], Rows]:
    """The rules, held against the chart; and the chart, or what of the proposed one the settings and the rules need."""
    if options.chart is None:
        rows = Rows(proposed_rows([row[0] for row in STANDARD]))
    else:
        rows = read_table("accounts", options.chart, window, options.limit)
    lines = {str(row["account"]): str(row["statement_line"]) for row in rows.rows}
    chart = Chart(options.chart or NAME, frozenset(lines))
    for account, what in _accounts(options):
        chart.need(account, what)
    if lines[options.suspense] != "suspense":
        raise SourceError(
            f"account {options.suspense!r} is on the statement line {lines[options.suspense]!r} of {chart.file}",
            remedy="give the suspense account the statement line 'suspense'",
        )
    require_line((file.deferred for file in options.stripe), lines, chart.file)
    banked = tuple(dict.fromkeys(bank.account for bank in options.bank))
    rules = read_rules(window.path(options.categories), options.categories, chart, banked) if options.categories else ()
    if options.chart is None:
        needed = {*(account for account, _ in _accounts(options)), *(rule.account for rule in rules)}
        rows = Rows(proposed_rows(needed))
    return rules, rows


def _statements(
    options: TransactionOptions, rules: tuple[Rule, ...], window: Window
) -> tuple[list[BankStatement], list[BankStatement]]:
    """What Stripe's files gave, and what the banks' did."""
    banked = tuple(dict.fromkeys(bank.account for bank in options.bank))
    ids = Ids()
    stripe = [read_stripe(file, options.suspense, window, banked, ids) for file in options.stripe]
    return stripe, [read_bank(file, rules, options.suspense, window, ids) for file in options.bank]


def _accounts(options: TransactionOptions) -> Iterator[tuple[str, str]]:
    """Every account that the settings name, and as what."""
    yield options.suspense, "the suspense account"
    if options.opening_equity is not None:
        yield options.opening_equity, "which balances the opening balances"
    for balance in options.opening:
        yield balance.account, "which has an opening balance"
    for stripe in options.stripe:
        for name in StripeFile.ACCOUNTS:
            yield getattr(stripe, name), f"{name} of {stripe.path}"
        if stripe.deferred is not None:
            yield stripe.deferred, f"deferred of {stripe.path}"
    for bank in options.bank:
        yield bank.account, f"the account of {bank.path}"
