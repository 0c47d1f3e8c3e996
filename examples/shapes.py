"""What a tenant of the example is made of: its chart, its money in and out, its code, its lists. Amounts are in cents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from examples.files import Row

EVERY_MONTH = tuple(range(1, 13))
Format = Literal["csv", "yaml"]


@dataclass(frozen=True, slots=True)
class Account:
    """A line of the chart of accounts."""

    number: str
    name: str
    type: str
    line: str
    behaviour: str | None = None
    function: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Money that moves through the bank on one day of certain months. Paid is negative, received positive.

    `spread` is how far the amount may lie beside `cents`. Without an `account` no category rule is made for the party.
    """

    party: str
    account: str | None
    cents: int
    day: int
    spread: int = 0
    months: tuple[int, ...] = EVERY_MONTH
    memo: str = ""
    document: bool = True


@dataclass(frozen=True, slots=True)
class PerSale:
    """What each sale of a month costs, paid in one sum on a day of that month."""

    party: str
    account: str
    cents: int
    day: int
    spread: int = 0
    memo: str = ""


@dataclass(frozen=True, slots=True)
class OneOff:
    """A single line of the bank statement, `back` months before the span's end (1 is the last month)."""

    back: int
    day: int
    party: str
    account: str | None
    cents: int
    memo: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Sales:
    """How many sales each calendar month brings, in the first year and in the second, and at which price.

    Cards are charged through Stripe; a `bank` sale is an invoice that the customer pays by transfer.
    """

    what: str
    first_year: tuple[int, ...]
    second_year: tuple[int, ...]
    cents: int
    extras: tuple[int, ...] = (0,)
    through: Literal["stripe", "bank"] = "stripe"
    account: str = "4000"
    lead_days: tuple[int, int] = (2, 12)
    last_day: int = 25  # of the month; earlier than its end, most card sales reach the bank within it
    customers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reversal:
    """A refund or a dispute of the first card sale of a month."""

    back: int
    kind: Literal["refund", "dispute"]


@dataclass(frozen=True, slots=True)
class BankFormat:
    """The layout in which a tenant's bank exports its statement. Two amount columns where `debit` is named.

    `unexported` is what the statement's closing balance has that no line of the export shows; None where none is stated.
    """

    account: str
    columns: Mapping[str, str]
    date_format: str = "%Y-%m-%d"
    delimiter: str = ","
    decimal_mark: str = "."
    unexported: int | None = None


@dataclass(frozen=True, slots=True)
class Books:
    """Everything that becomes bank rows, Stripe rows, a chart and category rules."""

    chart: tuple[Account, ...]
    bank: BankFormat
    opening: int
    standing: tuple[Standing, ...]
    sales: tuple[Sales, ...] = ()
    per_sale: tuple[PerSale, ...] = ()
    one_offs: tuple[OneOff, ...] = ()
    reversals: tuple[Reversal, ...] = ()
    deferred: str | None = None  # account of what is charged before its day

    @property
    def has_stripe(self) -> bool:
        return any(sales.through == "stripe" for sales in self.sales)


@dataclass(frozen=True, slots=True)
class Inventory:
    """One table of the inventories source, and the form its file has."""

    table: str
    rows: Sequence[Row]
    form: Format = "csv"


@dataclass(frozen=True, slots=True)
class Blocker:
    what: str
    since: date


@dataclass(frozen=True, slots=True)
class Handoff:
    """A hand-off document of one project."""

    project: str
    title: str
    state: str
    updated: date
    mission: str
    stack: str
    deployment: str
    financial_model: str
    owner: str | None = None
    blockers: tuple[Blocker, ...] = ()
    body: str = ""


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository with a made-up history.

    `rhythm` is the commits a month in the first and the second year, `quiet_months` how long nothing has happened at
    the end. `authors` are names with their weights.
    """

    name: str
    authors: tuple[tuple[str, int], ...]
    files: Mapping[str, str]
    subjects: tuple[str, ...]
    rhythm: tuple[int, int]
    quiet_months: int = 0
    releases: bool = False
    open_branches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tenant:
    """One company or unit of the portfolio, as the generator writes it."""

    id: str
    name: str
    kind: Literal["company", "unit"]
    accent: str
    timezone: str = "America/Los_Angeles"
    books: Books | None = None
    inventory: tuple[Inventory, ...] = ()
    handoffs: tuple[Handoff, ...] = ()
    repositories: tuple[Repository, ...] = ()
    roles: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    targets: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    milestones: tuple[Mapping[str, object], ...] = ()
