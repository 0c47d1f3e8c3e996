"""Bank statements beside an accounting system: what the ledger's bank accounts are reconciled with.

    - kind: bank_statements
      bank:
        - path: books/bank.csv
          account: "1000"                     # as the ledger's chart numbers it
          columns: {date: Date, amount: Amount, party: Description, id: Reference, balance: Balance}

The files are those of `transactions`, which makes books of them too; where a ledger gives the books, it would book twice.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar

from pydantic import Field

from quarterdeck.sources import Pulled, Window, refuse_too_many, source
from quarterdeck.sources._bank import BankFile, read_bank
from quarterdeck.sources._bank_chain import broken_chains
from quarterdeck.sources._bank_side import TABLES, pulled
from quarterdeck.sources._files import RowOptions, reachable
from quarterdeck.sources._posting import Ids


class BankStatementOptions(RowOptions):
    """The exports, one file or more an account."""

    bank: Annotated[tuple[BankFile, ...], Field(min_length=1)]


@source
class BankStatements:
    """The banks' side of a reconciliation, and no books."""

    kind: ClassVar[str] = "bank_statements"
    Options = BankStatementOptions

    @staticmethod
    def provides(options: BankStatementOptions) -> tuple[str, ...]:  # noqa: ARG004 - the tables are always these
        return TABLES

    @staticmethod
    def states(options: BankStatementOptions) -> tuple[str, ...]:  # noqa: ARG004 - lines have their days
        return ()

    @staticmethod
    def check(options: BankStatementOptions, window: Window) -> str:
        return reachable((file.path for file in options.bank), window)

    @staticmethod
    def pull(options: BankStatementOptions, window: Window) -> Pulled:
        ids = Ids()
        statements = [read_bank(file, (), "", window, ids) for file in options.bank]
        rejects = tuple(fault for statement in statements for fault in statement.rejects)
        refuse_too_many("bank_lines", rejects, sum(statement.rows for statement in statements), options.limit)
        lines, balances = pulled(statements, options.bank, window)
        watermark = max((s.watermark for s in statements if s.watermark is not None), default=None)
        faults = (*rejects, *broken_chains(statements))  # no row is missing that was there, so they do not fail the source
        return Pulled((replace(lines, rejects=faults, watermark=watermark), balances))
