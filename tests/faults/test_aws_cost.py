"""Cost Explorer that fails, is slow to know, or answers in pages: no page is lost, none counts twice, none is paid twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from quarterdeck.errors import SourceError
from quarterdeck.sources import SOURCES, PulledTable, Window, estimate_of
from quarterdeck.storage import LocalStore
from tests.emulator import Emulator
from tests.sourcing import pull, rows, window

OWN, OTHER = "123456789012", "210987654321"
ROLE = f"arn:aws:iam::{OTHER}:role/Reader"
ASK = "GetCostAndUsage"


def charge(day: date, amount: str = "1.00", service: str = "AWS Lambda", **more: Any) -> dict[str, Any]:
    return {"account": OWN, "service": service, "date": day.isoformat(), "amount": amount, **more}


def days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=number) for number in range(count)]


def view(root: Path, emulator: Emulator, today: date | None = date(2026, 11, 24), period: str = "2026-10") -> Window:
    cache = None if today is None else LocalStore(root / "cache")
    return replace(window(root, period), aws=emulator.aws(), today=today, cache=cache)


def told(table: PulledTable) -> Decimal:
    return sum((Decimal(str(row["amount_usd"])) for row in rows(table)), Decimal(0))


@pytest.fixture
def year(emulator: Emulator) -> Emulator:
    """A dollar a day since 1 October 2025, on pages of a hundred days."""
    emulator.cost_explorer(*(charge(day) for day in days(date(2025, 10, 1), 450)), page=100)
    return emulator


def test_all_pages_are_read_once(year: Emulator, tmp_path: Path) -> None:
    table = pull("aws_cost", {}, view(tmp_path, year, today=None))["cloud_costs"]
    assert table.rows.num_rows == 396  # 1 October 2025 to 31 October 2026
    assert told(table) == 396
    assert table.covers == (date(2025, 10, 1), date(2026, 11, 1))
    assert table.watermark == datetime(2026, 10, 31, 7, tzinfo=UTC)  # midnight of the 31st in California
    assert len(year.calls(ASK)) == 4


@pytest.mark.parametrize("how", ["before", "after"])
def test_an_answer_that_is_lost_midway_is_asked_for_again(year: Emulator, tmp_path: Path, how: str) -> None:
    year.fail(ASK, how, skip=2)
    assert told(pull("aws_cost", {}, view(tmp_path, year, today=None))["cloud_costs"]) == 396


def test_a_burst_of_throttling_is_waited_out(year: Emulator, tmp_path: Path) -> None:
    year.fail(ASK, "error", times=2, code="ThrottlingException", skip=1)
    assert told(pull("aws_cost", {}, view(tmp_path, year, today=None))["cloud_costs"]) == 396


@pytest.mark.parametrize("how", ["empty", "cut"])
def test_a_cut_answer_is_no_end_of_the_data(year: Emulator, tmp_path: Path, how: str) -> None:
    year.fail(ASK, how, skip=2, times=9)
    with pytest.raises(SourceError) as refused:
        pull("aws_cost", {}, view(tmp_path, year, today=None))
    assert not refused.value.permanent


@pytest.mark.parametrize(
    ("fault", "says", "permanent"),
    [
        ({"code": "AccessDeniedException", "message": "no"}, "AWS denies ce:GetCostAndUsage", True),
        ({"code": "AccessDeniedException", "message": "User not enabled for cost explorer access"}, "is not enabled", True),
        ({"code": "DataUnavailableException"}, "is not enabled, or has no data yet", True),
        ({"code": "ExpiredTokenException"}, "credentials ended", True),
        ({"code": "UnrecognizedClientException", "status": 403}, "no such credentials", True),
        ({"code": "InvalidSignatureException", "status": 403}, "refuses the signature", True),
        ({"code": "ThrottlingException", "times": 99}, "throttled", False),
    ],
)
def test_what_does_not_pass_is_said(year: Emulator, tmp_path: Path, fault: dict[str, Any], says: str, permanent: bool) -> None:
    year.fail(ASK, "error", **{"status": 400, "skip": 1, **fault})
    with pytest.raises(SourceError, match=says) as refused:
        pull("aws_cost", {"months": 13}, view(tmp_path, year, today=None))
    assert refused.value.permanent is permanent
    assert refused.value.problem.remedy


def test_an_account_without_cost_explorer(emulator: Emulator, tmp_path: Path) -> None:
    emulator.cost_explorer(enabled=False)
    with pytest.raises(SourceError, match="Cost Explorer is not enabled") as refused:
        pull("aws_cost", {}, view(tmp_path, emulator, today=None))
    assert "billing console" in refused.value.problem.remedy
    emulator.cost_explorer(enabled=True, knows=False)
    with pytest.raises(SourceError, match="has no data yet"):
        pull("aws_cost", {}, view(tmp_path, emulator, today=None))


def test_a_tag_that_is_refused_leaves_the_cost(year: Emulator, tmp_path: Path) -> None:
    year.fail(ASK, "error", code="AccessDeniedException", status=400, skip=4)
    source = SOURCES.get("aws_cost")
    pulled = source.pull(source.Options.model_validate({"tag": "project"}), view(tmp_path, year, today=None))
    assert [table.name for table in pulled.tables] == ["cloud_costs"]
    [missing] = pulled.missing
    assert (missing.name, "ce:GetCostAndUsage" in missing.reason) == ("cloud_cost_tags", True)


# What was paid for


def test_a_closed_month_is_paid_for_once(year: Emulator, tmp_path: Path) -> None:
    first = pull("aws_cost", {}, view(tmp_path, year))
    paid = len(year.calls(ASK))
    assert pull("aws_cost", {}, view(tmp_path, year)) == first
    assert pull("aws_cost", {}, view(tmp_path, year, today=date(2026, 12, 24))) == first
    assert len(year.calls(ASK)) == paid


def test_the_next_period_asks_for_what_is_new(year: Emulator, tmp_path: Path) -> None:
    pull("aws_cost", {}, view(tmp_path, year))
    year.no_faults()
    table = pull("aws_cost", {}, view(tmp_path, year, today=date(2026, 12, 2), period="2026-11"))["cloud_costs"]
    assert told(table) == 395  # November 2025 to November 2026
    assert len(year.calls(ASK)) == 1


def test_what_may_change_is_asked_for_again_on_another_day(emulator: Emulator, tmp_path: Path) -> None:
    emulator.cost_explorer(charge(date(2026, 10, 31), estimated=True))
    first = view(tmp_path, emulator, today=date(2026, 11, 2))
    [row] = rows(pull("aws_cost", {"months": 1}, first)["cloud_costs"])
    assert row["is_estimated"] is True
    emulator.cost_explorer(charge(date(2026, 10, 31), amount="2.00"))
    assert told(pull("aws_cost", {"months": 1}, first)["cloud_costs"]) == 1  # of the same day
    later = view(tmp_path, emulator, today=date(2026, 11, 3))
    assert told(pull("aws_cost", {"months": 1}, later)["cloud_costs"]) == 3


def test_an_open_month_ends_with_the_last_whole_day(year: Emulator, tmp_path: Path) -> None:
    table = pull("aws_cost", {"months": 1}, view(tmp_path, year, today=date(2026, 10, 20)))["cloud_costs"]
    assert table.covers == (date(2026, 10, 1), date(2026, 10, 20))
    assert told(table) == 19
    auckland = replace(view(tmp_path, year, today=date(2026, 10, 20)), zone=ZoneInfo("Pacific/Auckland"))
    assert told(pull("aws_cost", {"months": 1}, auckland)["cloud_costs"]) == 18  # 19 October of UTC is not over there


def test_a_damaged_cache_is_asked_for_again(year: Emulator, tmp_path: Path) -> None:
    seen = view(tmp_path, year)
    pull("aws_cost", {}, seen)
    assert seen.cache is not None
    for key in seen.cache.list("alpha/aws_cost/"):
        seen.cache.put(key, b'[["x"')
    assert told(pull("aws_cost", {}, seen)["cloud_costs"]) == 396


def test_tenants_and_tags_have_answers_of_their_own(emulator: Emulator, tmp_path: Path) -> None:
    emulator.cost_explorer(charge(date(2026, 10, 1), tags={"project": "site", "team": "sea"}))
    seen = view(tmp_path, emulator)
    for tag, value in (("project", "site"), ("team", "sea")):
        [row] = rows(pull("aws_cost", {"tag": tag, "months": 1}, seen)["cloud_cost_tags"])
        assert (row["tag"], row["value"]) == (tag, value)
    before = len(emulator.calls(ASK))
    pull("aws_cost", {"months": 1}, replace(seen, tenant="beta"))
    assert len(emulator.calls(ASK)) == before + 1


def test_what_cost_explorer_forgot_is_not_asked_for(year: Emulator, tmp_path: Path) -> None:
    """It keeps fourteen months: of a period two years ago there is nothing, and nothing is paid."""
    year.cost_explorer(first="2025-10-01")
    table = pull("aws_cost", {}, view(tmp_path, year, period="2024-06"))["cloud_costs"]
    assert (table.rows.num_rows, table.covers) == (0, None)
    assert year.calls(ASK) == []
    assert told(pull("aws_cost", {"months": 14}, view(tmp_path, year, period="2026-10"))["cloud_costs"]) == 396


# Whose cost


def test_accounts_by_role_and_an_account_that_pays_for_others(emulator: Emulator, tmp_path: Path) -> None:
    day = date(2026, 10, 1)
    emulator.cost_explorer(charge(day), charge(day, "5.00", account=OTHER, payer=OWN))
    seen = view(tmp_path, emulator, today=None)
    accounts = [{}, {"role": ROLE}]
    table = pull("aws_cost", {"accounts": accounts}, seen)["cloud_costs"]
    assert {row["account"]: row["amount_usd"] for row in rows(table)} == {OWN: Decimal(1), OTHER: Decimal(5)}
    [row] = rows(pull("aws_cost", {"accounts": [{"role": ROLE}]}, seen)["cloud_costs"])
    assert row["account"] == OTHER


def test_amounts_are_exact_and_other_money_is_a_reject(emulator: Emulator, tmp_path: Path) -> None:
    day = date(2026, 10, 1)
    emulator.cost_explorer(
        charge(day, "0.0000000049"),
        charge(day, "0.000000005", service="b"),
        charge(day, "1E-7", service="c"),
        charge(day, "-3.10", service="credits"),
        charge(day, "7.00", service="yen", unit="JPY"),
    )
    table = pull("aws_cost", {"max_rejected": 1}, view(tmp_path, emulator, today=None))["cloud_costs"]
    found = {row["service"]: row["amount_usd"] for row in rows(table)}
    assert found == {
        "AWS Lambda": Decimal(0),
        "b": Decimal(0),  # half to the even side
        "c": Decimal("0.0000001"),
        "credits": Decimal("-3.1"),
    }
    [reject] = table.rejects
    assert (reject.column, reject.value, reject.expected) == ("amount_usd", "7.00 JPY", "an amount in USD")


def test_what_a_pull_costs_is_told_before(tmp_path: Path) -> None:
    source = SOURCES.get("aws_cost")
    seen = window(tmp_path)
    options = source.Options.model_validate({"tag": "project", "accounts": [{}, {"role": ROLE}]})
    told = estimate_of(source, options, seen)
    assert told is not None
    assert (told.requests, told.usd) == (4, Decimal("0.04"))
    assert estimate_of(source, source.Options.model_validate({"export": "bill"}), seen) is None


# An export in S3


def filed(emulator: Emulator, *keys: str) -> None:
    client = emulator.aws().client("s3")
    client.create_bucket(Bucket="bill")
    head = "lineItem/UsageAccountId,lineItem/ProductCode,lineItem/UsageStartDate,lineItem/UnblendedCost,lineItem/CurrencyCode\n"
    for number, key in enumerate(keys, start=1):
        text = f"{head}{OWN},AmazonEC2,2026-10-05T00:00:00Z,{number}.25,USD\n"
        client.put_object(Bucket="bill", Key=key, Body=text.encode())


def test_an_export_in_s3_is_read(emulator: Emulator, tmp_path: Path) -> None:
    filed(emulator, "cur/20261001-20261101/x-1.csv", "cur/20261001-20261101/x-2.csv", "cur/x-Manifest.json", "other/y.csv")
    table = pull("aws_cost", {"export": "s3://bill/cur"}, view(tmp_path, emulator, today=None))["cloud_costs"]
    assert told(table) == Decimal("3.50")
    assert emulator.calls(ASK) == []


@pytest.mark.parametrize(("operation", "permission"), [("ListObjectsV2", "s3:ListBucket"), ("GetObject", "s3:GetObject")])
def test_an_export_that_may_not_be_read_names_the_right(
    emulator: Emulator, tmp_path: Path, operation: str, permission: str
) -> None:
    filed(emulator, "cur/x-1.csv")
    emulator.fail(operation, "error", times=9, code="AccessDenied", status=403)
    with pytest.raises(SourceError, match=f"AWS denies {permission} in s3://bill") as refused:
        pull("aws_cost", {"export": "s3://bill/cur"}, view(tmp_path, emulator, today=None))
    assert refused.value.permanent


def test_a_bucket_that_is_not_there(emulator: Emulator, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="NoSuchBucket") as refused:
        pull("aws_cost", {"export": "s3://gone/cur"}, view(tmp_path, emulator, today=None))
    assert refused.value.permanent
