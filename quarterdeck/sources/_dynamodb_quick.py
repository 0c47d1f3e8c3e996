"""Values of the texts that can be read in one way only, by Arrow, a column at a time.

A text that does not look exactly so comes back empty, and is left to the code that reads every text of every source. Where a
value comes back, it is the one that this code would have given; a test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from quarterdeck.money import exponent
from quarterdeck.reading.cells import CODES, LONGEST_TEXT, is_money
from quarterdeck.schemas import Type
from quarterdeck.sources._dynamodb_columns import Target

# Arrow takes February 30 for March 2, so days that not every month has are left to the exact way.
_INSTANT = r"^(19|20|21)[0-9]{2}-[0-9]{2}-([01][0-9]|2[0-8])T[0-9]{2}:[0-9]{2}:[0-5][0-9]Z$"
_WHOLE = r"^-?(0|[1-9][0-9]{0,17})$"
_AMOUNT = r"^-?(0|[1-9][0-9]{0,11})"
_SECONDS = r"^[0-6]?[0-9]{1,9}$"  # to the year 2191
_MILLISECONDS = r"^[0-6]?[0-9]{1,12}$"


def quick(texts: pa.StringArray, target: Target, currency: str, zone: ZoneInfo) -> pa.Array:
    """Values of the column's type where the texts are plain, null for all others."""
    read = _reader(target, currency)
    if read is None or target.options.values:
        return pa.nulls(len(texts), target.column.type.value)
    values = read(texts)
    return local_days(values, zone) if target.column.type is Type.DATE else values


def local_days(instants: pa.Array | pa.ChunkedArray, zone: ZoneInfo) -> pa.Array | pa.ChunkedArray:
    """The civil day of each instant in a zone."""
    return pc.local_timestamp(instants.cast(pa.timestamp("us", tz=zone.key))).cast(pa.date32(), safe=False)


def _reader(target: Target, currency: str) -> Callable[[pa.StringArray], pa.Array] | None:
    column = target.column
    if target.form in _TIMES:
        return _TIMES[target.form]
    if target.is_amount:
        return lambda texts: _amounts(texts, exponent(currency))
    if column.type is Type.INT and (target.form == "number" or not is_money(column)):
        return _whole
    is_open = column.type is Type.TEXT and not column.allowed and column.name not in CODES
    return _plain if is_open and target.form == "text" else None


def _like(texts: pa.StringArray, pattern: str) -> pa.StringArray:
    """The texts that match a pattern, null for the others."""
    return pc.if_else(pc.match_substring_regex(texts, pattern), texts, pa.scalar(None, pa.string()))


def _plain(texts: pa.StringArray) -> pa.StringArray:
    """Texts that cleaning would not change, and that are not too long."""
    is_trimmed = pc.equal(texts, pc.ascii_trim_whitespace(texts))
    is_short = pc.less_equal(pc.binary_length(texts), LONGEST_TEXT)
    is_plain = pc.and_(pc.ascii_is_printable(texts), pc.and_(is_trimmed, is_short))
    return pc.if_else(is_plain, texts, pa.scalar(None, pa.string()))


def _whole(texts: pa.StringArray) -> pa.Array:
    return _like(texts, _WHOLE).cast(pa.int64())


def _amounts(texts: pa.StringArray, digits: int) -> pa.Array:
    """Minor units of a currency with so many decimals."""
    pattern = _AMOUNT + (rf"(\.[0-9]{{1,{digits}}})?$" if digits else "$")
    major = _like(texts, pattern).cast(pa.decimal128(18, digits))
    return pc.multiply(major, pa.scalar(10**digits, pa.decimal128(18, 0))).cast(pa.int64())


def _instants(texts: pa.StringArray) -> pa.Array:
    found = pc.strptime(_like(texts, _INSTANT), format="%Y-%m-%dT%H:%M:%SZ", unit="us", error_is_null=True)
    return found.cast(pa.timestamp("us", tz="UTC"))


def _epochs(pattern: str, scale: int) -> Callable[[pa.StringArray], pa.Array]:
    def read(texts: pa.StringArray) -> pa.Array:
        counted = _like(texts, pattern).cast(pa.int64())
        return pc.multiply(counted, scale).cast(pa.timestamp("us", tz="UTC"))

    return read


_TIMES: Mapping[str, Callable[[pa.StringArray], pa.Array]] = {
    "instant": _instants,
    "epoch": _epochs(_SECONDS, 1_000_000),
    "epoch_ms": _epochs(_MILLISECONDS, 1_000),
}
