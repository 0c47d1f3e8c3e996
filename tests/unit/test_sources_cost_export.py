"""Files of an export of AWS's bill: three kinds of columns, three kinds of files, and what must not be counted twice."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quarterdeck.errors import SourceError
from tests.sourcing import Row, pull, rows, window, write

OWN = "111122223333"
_CUR2 = (
    "line_item_usage_account_id line_item_product_code product_region_code line_item_usage_start_date "
    "line_item_unblended_cost line_item_currency_code bill_invoice_id"
).split()
_CSV = (
    "lineItem/UsageAccountId lineItem/ProductCode product/region lineItem/UsageStartDate lineItem/UnblendedCost "
    "lineItem/CurrencyCode bill/InvoiceId resourceTags/user:Project"
).split()
_DAY = datetime(2026, 10, 5, 7, tzinfo=UTC)


def parquet(path: Path, lines: list[tuple[Any, ...]], columns: list[str] = _CUR2, **more: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = dict(zip(columns, (list(column) for column in zip(*lines, strict=True)), strict=True))
    pq.write_table(pa.table({**data, **more}), path)


def line(
    amount: Any, service: str = "AmazonEC2", day: Any = _DAY, region: str = "us-west-2", invoice: str = "7"
) -> tuple[Any, ...]:
    return OWN, service, region, day, amount, "USD", invoice


def costs(root: Path, **options: object) -> list[Row]:
    found: Row = {"export": "bill", **options}
    return rows(pull("aws_cost", found, window(root))["cloud_costs"])


def test_lines_of_an_hour_are_put_together_by_day_and_service(tmp_path: Path) -> None:
    parquet(
        tmp_path / "bill/data/BILLING_PERIOD=2026-10/x-1.snappy.parquet",
        [line(0.1), line(0.2), line(4e-9), line(1.5, "AmazonS3", invoice=""), line(-0.25, region="")],
    )
    found = costs(tmp_path)
    assert [(row["region"], row["service"], row["amount_usd"], row["is_estimated"]) for row in found] == [
        ("global", "AmazonEC2", Decimal("-0.25"), False),
        ("us-west-2", "AmazonEC2", Decimal("0.3"), False),  # 0.300000004, half a unit of the eighth digit below
        ("us-west-2", "AmazonS3", Decimal("1.5"), True),
    ]
    assert {row["date"] for row in found} == {date(2026, 10, 5)}


@pytest.mark.parametrize("ending", [".csv", ".csv.gz"])
def test_text_files_with_the_columns_of_the_legacy_report_and_their_tags(tmp_path: Path, ending: str) -> None:
    text = (
        f"{','.join(_CSV)}\n"
        f"{OWN},AmazonEC2,us-west-2,2026-10-05T00:00:00Z,1.2345678901,USD,7,site\n"
        f'{OWN},AmazonEC2,us-west-2,2026-10-05T01:00:00Z,0.0000000001,USD,7,"a,\nb"\n'
        f"{OWN},AmazonEC2,us-west-2,2026-10-06T00:00:00Z,5E-8,USD,7,\n"
    ).encode()
    write(tmp_path, f"bill/20261001-20261101/report-1{ending}", gzip.compress(text) if ending.endswith("gz") else text)
    pulled = pull("aws_cost", {"export": "bill", "tag": "Project"}, window(tmp_path))
    assert [row["amount_usd"] for row in rows(pulled["cloud_costs"])] == [Decimal("1.23456789"), Decimal("0.00000005")]
    assert {row["value"] for row in rows(pulled["cloud_cost_tags"])} == {"site", "a, b", ""}


def test_focus_has_names_of_its_own(tmp_path: Path) -> None:
    columns = ["SubAccountId", "ServiceName", "RegionId", "ChargePeriodStart", "BilledCost", "BillingCurrency"]
    parquet(tmp_path / "bill/one.parquet", [line("2.50")[:-1]], columns)
    [row] = costs(tmp_path)
    assert (row["service"], row["amount_usd"], row["is_estimated"]) == ("AmazonEC2", Decimal("2.5"), False)


def test_tags_in_a_map(tmp_path: Path) -> None:
    tags = pa.array([[("user_project", "site")], []], pa.map_(pa.string(), pa.string()))
    parquet(tmp_path / "bill/one.parquet", [line(1.0), line(2.0)], resource_tags=tags)
    pulled = pull("aws_cost", {"export": "bill", "tag": "project"}, window(tmp_path))
    found = {row["value"]: row["amount_usd"] for row in rows(pulled["cloud_cost_tags"])}
    assert found == {"site": Decimal(1), "": Decimal(2)}


def test_days_outside_of_the_months_asked_for_are_left_out(tmp_path: Path) -> None:
    others = [line(1.0, day=datetime(2026, month, 5, tzinfo=UTC)) for month in (8, 9, 10, 11)]
    parquet(tmp_path / "bill/all.parquet", others)
    assert [row["date"] for row in costs(tmp_path, months=2)] == [date(2026, 9, 5), date(2026, 10, 5)]


def test_a_month_of_no_interest_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, "bill/year=2026/month=3/x.parquet", b"no parquet at all")
    parquet(tmp_path / "bill/year=2026/month=10/x.parquet", [line(1.0)])
    assert len(costs(tmp_path, months=2)) == 1
    with pytest.raises(SourceError, match="no file of an export"):
        costs(tmp_path)


@pytest.mark.parametrize("folder", ["BILLING_PERIOD=2026-10", "year=2026/month=10", "20261001-20261101"])
def test_a_month_in_two_versions_is_refused(tmp_path: Path, folder: str) -> None:
    for version in ("one", "two"):
        parquet(tmp_path / f"bill/{folder}/{version}/x.parquet", [line(1.0)])
    with pytest.raises(SourceError, match="2026-10 lies there in two versions") as refused:
        costs(tmp_path)
    assert refused.value.permanent


def test_bad_lines_are_rejects_with_their_place(tmp_path: Path) -> None:
    lines = [line("1.00"), line("much"), line("2.00", day="2026-13-05T00:00:00Z"), (*line("3.00")[:5], "JPY", "7")]
    parquet(tmp_path / "bill/x.parquet", [tuple(str(cell) for cell in one) for one in lines])
    table = pull("aws_cost", {"export": "bill", "max_rejected": 1}, window(tmp_path))["cloud_costs"]
    assert [row["amount_usd"] for row in rows(table)] == [Decimal(1)]
    assert [(reject.file, reject.line, reject.column, reject.value) for reject in table.rejects] == [
        ("bill/x.parquet", 2, "amount_usd", "much USD"),
        ("bill/x.parquet", 3, "date", "2026-13-05T00:00:00Z"),
        ("bill/x.parquet", 4, "amount_usd", "3.00 JPY"),
    ]
    with pytest.raises(SourceError, match="3 of 4 rows of cloud_costs cannot be read"):
        pull("aws_cost", {"export": "bill"}, window(tmp_path))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e300, 1e20, None])
def test_numbers_that_are_none_are_rejects(tmp_path: Path, value: Any) -> None:
    parquet(tmp_path / "bill/x.parquet", [line(1.0), line(value)])
    table = pull("aws_cost", {"export": "bill", "max_rejected": 1}, window(tmp_path))["cloud_costs"]
    assert (table.rows.num_rows, len(table.rejects)) == (1, 1)


def test_a_file_without_cost_is_no_export(tmp_path: Path) -> None:
    parquet(tmp_path / "bill/x.parquet", [("a",)], ["other"])
    with pytest.raises(SourceError, match="there is no column line_item_usage_account_id"):
        costs(tmp_path)


def test_an_open_month_is_told_up_to_the_last_whole_day(tmp_path: Path) -> None:
    parquet(tmp_path / "bill/x.parquet", [line(1.0), line(2.0, day=datetime(2026, 10, 9, tzinfo=UTC))])
    seen = replace(window(tmp_path), today=date(2026, 10, 9))
    table = pull("aws_cost", {"export": "bill"}, seen)["cloud_costs"]
    assert [row["date"] for row in rows(table)] == [date(2026, 10, 5)]
    assert table.covers == (date(2025, 10, 1), date(2026, 10, 9))


@pytest.mark.parametrize(
    ("text", "amount"),
    [("0", "0"), ("-1.5", "-1.5"), ("1E-7", "0.0000001"), ("2.5e+03", "2500"), ("0E-10", "0"), ("0.00000001234", "0.00000001")],
)
def test_amounts_as_aws_writes_them(tmp_path: Path, text: str, amount: str) -> None:
    parquet(tmp_path / "bill/x.parquet", [line(text)])
    [row] = costs(tmp_path)
    assert row["amount_usd"] == Decimal(amount)


@pytest.mark.parametrize("text", ["", "1,5", "$1", "1e99", "0x1", "१", "1 2", "--1", "1."])
def test_what_is_no_amount_is_a_reject(tmp_path: Path, text: str) -> None:
    parquet(tmp_path / "bill/x.parquet", [line(text), line("1")])
    table = pull("aws_cost", {"export": "bill", "max_rejected": 1}, window(tmp_path))["cloud_costs"]
    assert (table.rows.num_rows, len(table.rejects)) == (1, 1)
