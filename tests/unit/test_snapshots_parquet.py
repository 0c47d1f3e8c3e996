"""The parquet file of a table: what it says of itself is held against what is asked, before a row is read."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quarterdeck.errors import SnapshotError
from quarterdeck.schemas import build
from quarterdeck.snapshots import parquet


def rates(count: int = 3) -> pa.Table:
    rows = [
        {"date": date(2026, 10, 1 + n % 31), "base": f"B{n}", "quote": "USD", "rate": Decimal(1 + n) / 8} for n in range(count)
    ]
    return build("rates", rows)


def test_most_flipped_bits_are_seen_by_the_file_itself_and_none_is_read_as_other_data() -> None:
    """The digest in front of a file sees them all; these are the file's own checksums, without it."""
    rows = rates(200)
    intact = parquet.encode("alpha", "rates", rows)
    drawn = random.Random(7)
    refused = 0
    for _ in range(400):
        flipped = bytearray(intact)
        flipped[drawn.randrange(len(flipped))] ^= 1 << drawn.randrange(8)
        try:
            assert parquet.decode("alpha", "rates", bytes(flipped)).equals(rows)
        except SnapshotError:
            refused += 1
    assert refused > 300


def _file(rows: pa.Table, **names: str) -> bytes:
    sink = pa.BufferOutputStream()
    metadata = {f"quarterdeck.{name}": value for name, value in names.items()}
    pq.write_table(rows.replace_schema_metadata(metadata), sink, compression="zstd", store_schema=True)
    return bytes(sink.getvalue().to_pybytes())


def test_a_file_of_another_contract_is_refused() -> None:
    known = {"tenant": "alpha", "table": "rates", "schema": parquet.schema_hash("rates")}
    assert parquet.decode("alpha", "rates", _file(rates(), **known)).equals(rates())
    with pytest.raises(SnapshotError, match="nobody"):
        parquet.decode("alpha", "rates", _file(rates()))
    with pytest.raises(SnapshotError, match="contract"):
        parquet.decode("alpha", "rates", _file(rates(), **{**known, "schema": "0" * 64}))
    with pytest.raises(SnapshotError, match="contract"):
        parquet.decode("alpha", "rates", _file(rates().drop_columns(["rate"]), **known))
    with pytest.raises(SnapshotError, match="damaged"):
        parquet.decode("alpha", "rates", b"PAR1 no parquet PAR1")


def test_a_bomb_is_refused_by_its_row_count_before_a_row_is_read() -> None:
    count = parquet.MAX_ROWS + 1
    nulls = pa.table({"rate": pa.nulls(count, pa.int64())})
    data = _file(nulls, tenant="alpha", table="rates", schema=parquet.schema_hash("rates"))
    assert len(data) < 1_000_000
    with pytest.raises(SnapshotError, match=f"claims {count} rows"):
        parquet.decode("alpha", "rates", data)


def test_a_dictionary_is_used_only_where_values_repeat() -> None:
    data = parquet.encode("alpha", "rates", rates(100))
    columns = pq.ParquetFile(pa.BufferReader(data)).metadata.row_group(0)
    encodings = {columns.column(n).path_in_schema: columns.column(n).has_dictionary_page for n in range(columns.num_columns)}
    assert encodings == {"date": True, "base": False, "quote": True, "rate": False}
