"""The files of a bill that AWS writes to S3 (Data Exports, CUR), from there or from a folder they were copied to.

Parquet, CSV and gzipped CSV are read, in the columns of CUR 2.0, of the legacy CUR and of FOCUS. A month that lies there in
two versions is refused, since its cost would be counted twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from quarterdeck.errors import Reject, SourceError, Where
from quarterdeck.period import add_months
from quarterdeck.reading.cells import CellError, clean, day, shorten
from quarterdeck.sources import Window
from quarterdeck.sources._aws_calls import asking, part
from quarterdeck.sources._cost_lines import AMOUNT, WANTED, Bill, Line

_ENDINGS = (".parquet", ".csv", ".csv.gz")
_MOST_BYTES = 2 << 30  # of all files of a span together; the lines of a small company's year are some megabytes
_LONGEST = 500  # characters of a name
_EXACT = pa.decimal128(38, 12)
_TWELFTH = Decimal(1).scaleb(-12)
_MONTH = re.compile(
    r"BILLING_PERIOD=([0-9]{4})-([0-9]{2})|year=([0-9]{4})/month=([0-9]{1,2})|\b([0-9]{4})([0-9]{2})01-[0-9]{8}\b"
)
# What a column is called in CUR 2.0, in the legacy CUR as CSV, and in FOCUS; the first that is there counts.
_COLUMNS = {
    "account": ("line_item_usage_account_id", "lineItem/UsageAccountId", "SubAccountId"),
    "service": ("line_item_product_code", "lineItem/ProductCode", "ServiceName"),
    "region": ("product_region_code", "product_region", "product/regionCode", "product/region", "RegionId"),
    "date": ("line_item_usage_start_date", "lineItem/UsageStartDate", "ChargePeriodStart"),
    "amount": ("line_item_unblended_cost", "lineItem/UnblendedCost", "BilledCost"),
    "currency": ("line_item_currency_code", "lineItem/CurrencyCode", "BillingCurrency"),
    "invoice": ("bill_invoice_id", "bill/InvoiceId"),
}
_OPTIONAL = ("region", "invoice")


@dataclass(frozen=True, slots=True)
class _File:
    """One file of the export: its name below the export's place, and how to get its bytes."""

    name: str
    size: int
    read: Callable[[], bytes]

    @property
    def month(self) -> date | None:
        found = _MONTH.search(self.name)
        if found is None:
            return None
        year, month = (int(part) for part in found.groups() if part is not None)
        return date(year, month, 1) if 1 <= month <= 12 else None


def reachable(place: str, window: Window) -> str:
    found = len(_files(place, window))
    return "1 file" if found == 1 else f"{found} files"


def bills(place: str, window: Window, span: tuple[date, date], tag: str | None) -> list[tuple[Bill, Bill]]:
    """What each file of a span charges: by service, and by the values of a tag."""
    files = [file for file in _files(place, window) if _overlaps(file.month, span)]
    _refuse_versions(files)
    if sum(file.size for file in files) > _MOST_BYTES:
        raise SourceError("the export is too large to be read at once", where=Where(place), remedy="ask for fewer `months`")
    return [_bills(file, span, tag) for file in files]


def _overlaps(month: date | None, span: tuple[date, date]) -> bool:
    return month is None or (month < span[1] and add_months(month, 1) > span[0])


def _refuse_versions(files: Iterable[_File]) -> None:
    folders: dict[date, str] = {}
    for file in files:
        folder = str(PurePosixPath(file.name).parent)
        if file.month is not None and folders.setdefault(file.month, folder) != folder:
            raise SourceError(
                f"{file.month:%Y-%m} lies there in two versions, {folders[file.month]} and {folder}",
                where=Where(file.name),
                remedy="keep the latest alone, or let AWS overwrite the export",
            )


def _files(place: str, window: Window) -> list[_File]:
    found = sorted(
        _in_s3(place, window) if place.startswith("s3://") else _in_folder(place, window), key=lambda file: file.name
    )
    if not found:
        raise SourceError(
            "there is no file of an export", where=Where(place), remedy=f"name a folder that holds {', '.join(_ENDINGS)}"
        )
    return found


def _in_folder(place: str, window: Window) -> Iterator[_File]:
    root = window.path(place)
    for path in root.rglob("*"):
        if path.name.endswith(_ENDINGS) and path.is_file():
            name = f"{place.rstrip('/')}/{path.relative_to(root).as_posix()}"
            yield _File(name, path.stat().st_size, partial(_bytes, path, place))


def _bytes(path: Path, place: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"{path.name} cannot be read: {error.strerror}", where=Where(place), remedy="look at its rights"
        ) from error


def _in_s3(place: str, window: Window) -> Iterator[_File]:
    bucket, _, prefix = place.removeprefix("s3://").partition("/")
    client = window.aws.client("s3")
    more: dict[str, str] = {}
    while True:
        with asking("s3:ListBucket", place):
            answer = client.list_objects_v2(Bucket=bucket, Prefix=prefix, **more)
        for told in answer.get("Contents", ()):
            if (key := str(told["Key"])).endswith(_ENDINGS):
                yield _File(f"s3://{bucket}/{key}", int(told["Size"]), partial(_object, client, bucket, key))
        if not part(answer, "IsTruncated", "s3:ListBucket"):
            return
        more = {"ContinuationToken": answer["NextContinuationToken"]}


def _object(client: Any, bucket: str, key: str) -> bytes:
    with asking("s3:GetObject", f"s3://{bucket}/{key}"):
        data: bytes = client.get_object(Bucket=bucket, Key=key)["Body"].read()
    return data


def _bills(file: _File, span: tuple[date, date], tag: str | None) -> tuple[Bill, Bill]:
    try:
        read = _parquet(file.read()) if file.name.endswith(".parquet") else _csv(file)
        lines = _named(read, file.name, tag)
        good, rejects = _checked(lines, file.name, first=1 if file.name.endswith(".parquet") else 2)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = str(error).splitlines()[0][:200]
        raise SourceError(f"this is no file of an export: {reason}", where=Where(file.name), remedy="copy it again") from error
    inside = good.filter(pc.and_(pc.greater_equal(good["day"], str(span[0])), pc.less(good["day"], str(span[1]))))
    return Bill(_lines(inside, "service"), rejects, good.num_rows), Bill(_lines(inside, "tag"), rejects, good.num_rows)


def _parquet(data: bytes) -> pa.Table:
    return pq.ParquetFile(pa.BufferReader(data)).read()


def _csv(file: _File) -> pa.Table:
    data: Any = pa.BufferReader(file.read())
    if file.name.endswith(".gz"):
        data = pa.CompressedInputStream(data, "gzip")
    text = data.read()
    head = pacsv.open_csv(pa.BufferReader(text), parse_options=_PARSE).schema.names
    as_text = pacsv.ConvertOptions(column_types=dict.fromkeys(head, pa.string()), strings_can_be_null=False)
    return pacsv.read_csv(pa.BufferReader(text), parse_options=_PARSE, convert_options=as_text)


_PARSE = pacsv.ParseOptions(newlines_in_values=True)


def _named(read: pa.Table, file: str, tag: str | None) -> pa.Table:
    """The columns that count, as text, under our names."""
    columns: dict[str, Any] = {}
    for name, others in _COLUMNS.items():
        found = next((other for other in others if other in read.column_names), None)
        if found is not None:
            columns[name] = _text(read[found])
        elif name in _OPTIONAL:
            columns[name] = pa.array([""] * read.num_rows, pa.string()) if name == "region" else None
        else:
            raise SourceError(f"there is no column {others[0]}", where=Where(file), remedy="export the lines of the bill")
    columns["tag"] = _tag(read, tag)
    return pa.table({name: column for name, column in columns.items() if column is not None})


def _text(column: Any) -> Any:
    return pc.fill_null(pc.cast(column, pa.string()), "")


def _tag(read: pa.Table, tag: str | None) -> Any:
    """The value of a tag on each line, empty where it has none."""
    plain = re.sub(r"[^a-z0-9]+", "_", (tag or "").lower())
    for name in (f"resource_tags_user_{plain}", f"resourceTags/user:{tag}"):
        if name in read.column_names:
            return _text(read[name])
    for name, key in (("resource_tags", f"user_{plain}"), ("Tags", tag)):
        if name in read.column_names and pa.types.is_map(read.schema.field(name).type):
            return pc.fill_null(pc.map_lookup(read[name], pa.scalar(key), "first"), "")
    return pa.array([""] * read.num_rows, pa.string())


def _checked(lines: pa.Table, file: str, first: int) -> tuple[pa.Table, tuple[Reject, ...]]:
    """The lines whose amounts and days can be read, with `exact` and `day`, and rejects for the others."""
    is_amount = pc.match_substring_regex(lines["amount"], f"^(?:{AMOUNT})$")
    is_usd = pc.equal(lines["currency"], "USD")
    lines = lines.append_column("day", pc.utf8_slice_codeunits(lines["date"], 0, 10))
    days = [text for text in pc.unique(lines["day"]).to_pylist() if _is_day(text)]
    is_day = pc.is_in(lines["day"], pa.array(days, pa.string()))
    good = pc.and_(pc.and_(is_amount, is_usd), is_day)
    rejects = tuple(
        _reject(file, number + first, lines.slice(number, 1).to_pylist()[0], bool(is_day[number].as_py()))
        for number in pc.indices_nonzero(pc.invert(good)).to_pylist()
    )
    kept = lines.filter(good)
    return kept.append_column("exact", _exact(kept["amount"])), rejects


def _is_day(text: str) -> bool:
    try:
        day(text)
    except CellError:
        return False
    return True


def _exact(amounts: Any) -> Any:
    """Amounts as decimals. Arrow reads them where they are written plainly; small parts of a cent have an exponent."""
    is_plain = pc.match_substring_regex(amounts, r"^-?[0-9]+(\.[0-9]{1,12})?$")
    exact = pc.cast(pc.if_else(is_plain, amounts, "0"), _EXACT)
    if pc.all(is_plain).as_py() is not False:
        return exact
    others = [Decimal(text).quantize(_TWELFTH) for text in amounts.filter(pc.invert(is_plain)).to_pylist()]
    return pc.replace_with_mask(exact.combine_chunks(), pc.invert(is_plain).combine_chunks(), pa.array(others, _EXACT))


def _reject(file: str, line: int, row: dict[str, str], is_day: bool) -> Reject:
    if not is_day:
        return Reject(file, line, "date", shorten(row["date"]), "a day as 2026-01-31")
    return Reject(file, line, "amount_usd", shorten(f"{row['amount']} {row['currency']}"), WANTED)


def _lines(rows: pa.Table, group: str) -> tuple[Line, ...]:
    if "invoice" in rows.column_names:  # the bill of a month that is not closed has no number yet
        rows = rows.append_column("open", pc.equal(rows["invoice"], ""))
    else:
        rows = rows.append_column("open", pa.array([False] * rows.num_rows, pa.bool_()))
    summed = rows.group_by(["account", "region", group, "day"]).aggregate([("exact", "sum"), ("open", "any")])
    return tuple(_line(row, row[group]) for row in summed.to_pylist())


def _line(row: dict[str, Any], group: str) -> Line:
    account, region, name = (clean(text)[:_LONGEST] for text in (row["account"], row["region"] or "global", group))
    return Line(account, region, name, date.fromisoformat(row["day"]), row["exact_sum"], row["open_any"])
