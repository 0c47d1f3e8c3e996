"""The detail behind the figures: every posting of a period, as a sheet of the workbook and as files beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from io import BytesIO

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from quarterdeck.money import exponent
from quarterdeck.render.cells import line

MOST_ROWS = 100_000  # of the sheet; the files beside it have them all
CSV, PARQUET = "ledger.csv", "ledger.parquet"
SHEET = "Ledger detail"
HEAD = (
    "Date",
    "Entry",
    "Account",
    "Name",
    "Statement line",
    "Party",
    "Document",
    "Memo",
    "Debit",
    "Credit",
    "Currency",
    "Read from",
)
_TEXTS = ("entry", "account", "account_name", "statement_line", "party", "document", "memo", "currency")
_GUARDED = ("=", "+", "-", "@", "\t", "\r")
Value = str | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Ledger:
    """The postings of a period, ordered by day, tenant, entry and leg. `has_tenants` where there are several."""

    rows: pd.DataFrame
    currency: str

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def has_tenants(self) -> bool:
        return self.rows["tenant"].nunique() > 1

    @property
    def is_whole(self) -> bool:
        """Whether the sheet has every posting, all in one currency, so that its sums are those of the period."""
        return self.count <= MOST_ROWS and bool((self.rows["currency"] == self.currency).all())


def ledger(postings: pd.DataFrame, currency: str) -> Ledger:
    """The detail of some postings, in an order that does not hang on that of their sources."""
    return Ledger(postings.sort_values(["date", "tenant", "entry", "leg"], kind="stable", ignore_index=True), currency)


def digest(detail: Ledger) -> str:
    """sha256 of what the detail says."""
    return hashlib.sha256(csv_file(detail)).hexdigest()


def head(detail: Ledger) -> tuple[str, ...]:
    return ("Company", *HEAD) if detail.has_tenants else HEAD


def cells(detail: Ledger) -> Iterator[Sequence[Value]]:
    """The rows of the sheet, amounts in major units: a debit or a credit, as accountants write them."""
    shown, has_tenants = detail.rows.head(MOST_ROWS), detail.has_tenants
    clear = cache(line)  # the same parties and accounts come again and again
    columns = [shown[name].astype(object).where(shown[name].notna(), None).tolist() for name in _TEXTS]
    texts = zip(*([None if text is None else clear(text) for text in column] for column in columns), strict=True)
    days, amounts = shown["date"].dt.date.tolist(), shown["amount_minor"].tolist()
    sources = zip(shown["source_file"].tolist(), shown["source_line"].tolist(), strict=True)
    for day, tenant, (*first, currency), minor, (file, number) in zip(
        days, shown["tenant"].tolist(), texts, amounts, sources, strict=True
    ):
        amount = Decimal(abs(minor)).scaleb(-exponent(currency))
        sides = (amount, None) if minor >= 0 else (None, amount)
        row = (day, *first, *sides, currency, f"{clear(file)}:{number}")
        yield (tenant, *row) if has_tenants else row


def files_beside(detail: Ledger) -> dict[str, bytes]:
    """Where the sheet cannot hold them all, every posting as CSV and as parquet."""
    return {CSV: csv_file(detail), PARQUET: _parquet(detail)} if detail.count > MOST_ROWS else {}


def csv_file(detail: Ledger) -> bytes:
    """Every posting as CSV. A text that a spreadsheet would take for a formula has an apostrophe before it."""
    table = _table(detail)
    for place, field in enumerate(table.schema):
        if pa.types.is_string(field.type):
            guarded = _guarded(table.column(place))
            table = table.set_column(place, field.name, guarded)
    sink = BytesIO()
    pa_csv.write_csv(table, sink)
    return sink.getvalue()


def _guarded(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    starts = [pc.starts_with(texts, pattern=sign) for sign in _GUARDED]
    risky = starts[0]
    for found in starts[1:]:
        risky = pc.or_kleene(risky, found)
    return pc.if_else(pc.fill_null(risky, False), pc.binary_join_element_wise("'", texts, ""), texts)


def _parquet(detail: Ledger) -> bytes:
    sink = BytesIO()
    pq.write_table(_table(detail), sink, compression="zstd")
    return sink.getvalue()


def _table(detail: Ledger) -> pa.Table:
    """The detail as a table; `amount` is in major units, debits positive."""
    rows = detail.rows
    texts = {name: pa.array(rows[name].astype(object).where(rows[name].notna(), None), pa.string()) for name in _TEXTS}
    minor = pc.cast(pa.array(rows["amount_minor"], pa.int64()), pa.decimal128(19, 0))
    places = sorted({exponent(currency) for currency in rows["currency"].unique()}, reverse=True)[:1] or [0]
    amount = pc.multiply(minor, pa.scalar(Decimal(1).scaleb(-places[0])))
    if len({exponent(currency) for currency in rows["currency"].unique()}) > 1:
        exact = [Decimal(m).scaleb(-exponent(c)) for m, c in zip(rows["amount_minor"].tolist(), rows["currency"], strict=True)]
        amount = pa.array(exact, pa.decimal128(24, 4))
    return pa.table(
        {
            "date": pa.array(rows["date"].dt.date, pa.date32()),
            "company": pa.array(rows["tenant"], pa.string()),
            **texts,
            "amount": amount,
            "source_file": pa.array(rows["source_file"], pa.string()),
            "source_line": pa.array(rows["source_line"], pa.int64()),
        }
    )
