"""A table's rows as the bytes of a parquet file, and back with every check.

Equal rows give equal bytes: one writer, fixed settings, nothing of the process in the file. Pages carry checksums, for
without them half of all single-bit flips were read as different data, silently.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from quarterdeck import codec
from quarterdeck.errors import SnapshotError
from quarterdeck.schemas import check, schema_of

MAX_ROWS = 20_000_000  # more is no table of ours but a file made to fill the memory
_ROW_GROUP = 1 << 20
_ZSTD_LEVEL = 3
_TENANT, _TABLE, _SCHEMA = b"quarterdeck.tenant", b"quarterdeck.table", b"quarterdeck.schema"


@cache
def schema_hash(table: str) -> str:
    """Digest of a table's column contract: names, types and nullability, in order."""
    return codec.digest([[field.name, str(field.type), field.nullable] for field in schema_of(table).arrow()])


def encode(tenant: str, table: str, rows: pa.Table) -> bytes:
    """The parquet file of rows; SnapshotError where they break the table's contract."""
    check(table, rows)
    if rows.num_rows > MAX_ROWS:
        raise SnapshotError(
            f"{table} of {tenant} has {rows.num_rows} rows, more than {MAX_ROWS}", remedy="pull a shorter window"
        )
    schema = schema_of(table).arrow().with_metadata(_names(tenant, table))
    sink = pa.BufferOutputStream()
    pq.write_table(
        pa.Table.from_arrays(rows.combine_chunks().columns, schema=schema),
        sink,
        row_group_size=_ROW_GROUP,
        compression="zstd",
        compression_level=_ZSTD_LEVEL,
        use_dictionary=_repetitive(rows),
        write_page_checksum=True,
    )
    data: bytes = sink.getvalue().to_pybytes()
    return data


def decode(tenant: str, table: str, data: bytes) -> pa.Table:
    """The rows of a parquet file; what the file says about itself is held against what is asked before a row is read."""
    try:
        file = pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True)
        _check_claims(tenant, table, file)
        rows = file.read()
        return pa.Table.from_arrays(rows.columns, schema=schema_of(table).arrow())
    except (pa.ArrowException, OSError, ValueError, UnicodeDecodeError) as error:
        raise SnapshotError(f"{table} of {tenant} is damaged: {error}", remedy="pull the source again") from error


def _check_claims(tenant: str, table: str, file: Any) -> None:
    schema, names = schema_of(table).arrow(), file.schema_arrow.metadata or {}
    if file.metadata.num_rows > MAX_ROWS:
        raise SnapshotError(f"{table} of {tenant} claims {file.metadata.num_rows} rows, more than {MAX_ROWS}")
    if names.get(_TENANT) != tenant.encode():
        raise SnapshotError(f"the file is not one of {tenant}, but of {_shown(names.get(_TENANT))}")
    if names.get(_TABLE) != table.encode():
        raise SnapshotError(f"the file is not {table}, but {_shown(names.get(_TABLE))}")
    if names.get(_SCHEMA) != schema_hash(table).encode() or not file.schema_arrow.equals(schema):
        raise SnapshotError(
            f"{table} of {tenant} was written under another column contract than today's", remedy="pull the source again"
        )


def _shown(name: bytes | None) -> str:
    return "nobody" if name is None else repr(name.decode(errors="replace")[:80])


def _names(tenant: str, table: str) -> dict[bytes, bytes]:
    return {_TENANT: tenant.encode(), _TABLE: table.encode(), _SCHEMA: schema_hash(table).encode()}


def _repetitive(rows: pa.Table) -> list[str]:
    """The text and date columns in which a value comes twice on average: there a dictionary makes the file smaller."""
    kinds = (pa.types.is_string, pa.types.is_date)
    fit = [field.name for field in rows.schema if any(is_kind(field.type) for is_kind in kinds)]
    return [name for name in fit if rows.num_rows >= 2 * pc.count_distinct(rows.column(name), mode="all").as_py()]
