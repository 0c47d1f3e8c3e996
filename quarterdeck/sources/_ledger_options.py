"""What a ledger's settings may say."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from quarterdeck.sources._bank import Currency, DateFormat, Delimiter
from quarterdeck.sources._files import DataFile, Day, LocalPath, Name, Part, RowOptions
from quarterdeck.sources._opening import OpeningBalance, require_whole

_FORMAT_OPTIONS = {
    "columns": "csv",
    "delimiter": "csv",
    "decimal_mark": "csv",
    "grouping": "csv",
    "program": "beancount",
    "plugins": "beancount",
    "ignored": "beancount",
    "rounding": "beancount",
}
_MODULE = r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$"


def _program(text: str) -> str:
    if text.startswith("-"):
        raise ValueError("expected the name or the path of the program bean-query")
    return text


class LedgerColumns(Part):
    """Which column of a ledger holds what: one signed amount, debit is positive, or debit beside credit."""

    entry: Name
    date: Name
    account: Name
    amount: Name | None = None
    debit: Name | None = None
    credit: Name | None = None
    currency: Name | None = None
    party: Name | None = None
    document: Name | None = None
    memo: Name | None = None
    service_date: Name | None = None
    created_at: Name | None = None
    created_by: Name | None = None
    counterparty: Name | None = None

    @model_validator(mode="after")
    def _one_amount(self) -> LedgerColumns:
        has_both = self.debit is not None and self.credit is not None
        has_one = self.debit is not None or self.credit is not None
        if (self.amount is None and not has_both) or (self.amount is not None and has_one):
            raise ValueError("name either the column of the amount, or those of debit and credit")
        return self


class LedgerOptions(RowOptions):
    """The files of a ledger, and how they are to be read."""

    format: Literal["csv", "quickbooks", "xero", "beancount"]
    files: Annotated[tuple[LocalPath, ...], Field(min_length=1)]
    chart: DataFile
    columns: LedgerColumns | None = None
    date_format: DateFormat | None = None
    delimiter: Delimiter = ","
    decimal_mark: Literal[".", ","] = "."
    grouping: Literal["", ",", ".", "'", " "] = ""
    currency: Currency | None = None
    accounts: dict[Name, Name] = Field(default_factory=dict)
    suspense: Name | None = None
    opening_equity: Name | None = None
    opening: tuple[OpeningBalance, ...] = ()
    complete_through: Day | None = None
    ignored: tuple[Name, ...] = ()
    rounding: Name | None = None
    program: Annotated[LocalPath, AfterValidator(_program)] = "bean-query"
    plugins: tuple[Annotated[str, Field(pattern=_MODULE)], ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> LedgerOptions:
        for option, kind in _FORMAT_OPTIONS.items():
            if option in self.model_fields_set and self.format != kind:
                raise ValueError(f"{option} is for the format {kind}, this is {self.format}")
        if self.format == "csv" and self.columns is None:
            raise ValueError("a ledger of the format csv needs columns: which column holds what")
        if self.format == "beancount" and "date_format" in self.model_fields_set:
            raise ValueError("Beancount writes its days in one way; leave date_format out")
        if self.grouping == self.decimal_mark:
            raise ValueError("grouping and decimal_mark cannot be the same")
        doubles = sorted({file for file in self.files if self.files.count(file) > 1})
        if doubles:
            raise ValueError(f"{doubles[0]} is named twice")
        require_whole(self.opening, self.opening_equity)
        return self
