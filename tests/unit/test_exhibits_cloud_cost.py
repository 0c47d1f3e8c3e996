from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from quarterdeck.exhibits import EXHIBITS
from quarterdeck.model import At, Exhibit
from quarterdeck.money import Money
from tests.clouds import PLACE, aws_tables, costs, metric
from tests.tables import OCTOBER, cells, frame, together, usd

DAY = date(2026, 10, 3)


def made(id: str, at: At = OCTOBER, **rows: list[dict[str, object]]) -> Exhibit | None:
    spec = EXHIBITS.get(id)
    tables = aws_tables(rows)
    return spec.make(**{name: tables[name] for name in spec.tables}, at=at)


def test_services_by_cost_with_what_they_cost_before() -> None:
    table = made("cloud_cost_table")
    assert cells(table, "service") == ["AWS Lambda", "AWS WAF", "All services"]
    assert cells(table, "before") == [usd(600), usd(0), usd(600)]
    assert cells(table, "cost") == [usd(750), usd(600), usd(1350)]
    assert cells(table, "change") == [usd(150), usd(600), usd(750)]
    assert cells(table, "change_ratio") == [Decimal("0.25"), None, Decimal("1.25")]


def test_many_services_are_put_together_at_the_end() -> None:
    many = costs(("2026-10", {f"service {number:02d}": str(100 - number) for number in range(20)}))
    table = made("cloud_cost_table", cloud_costs=many)
    assert cells(table, "service")[-3:] == ["service 14", "All others", "All services"]
    assert cells(table, "cost")[-2:] == [usd(41_500), usd(181_000)]
    assert table is not None
    assert "tenant" not in [column.id for column in table.columns]


def test_a_month_under_way_says_which_days_it_compares() -> None:
    table = made("cloud_cost_table", replace(OCTOBER, until=date(2026, 10, 11)))
    assert table is not None
    assert table.note == "the first 10 days of both periods"


def test_movers_come_by_how_far_they_moved() -> None:
    rows = costs(
        ("2026-09", {"a": "10.00", "b": "9.00", "c": "5.00", "d": "7.00", "e": "7.00", "f": "7.00"}),
        ("2026-10", {"a": "4.00", "b": "10.00", "c": "12.50", "d": "7.00", "e": "7.00", "f": "7.00"}),
    )
    table = made("cloud_cost_movers", cloud_costs=rows)
    assert cells(table, "service") == ["c", "a", "b"]
    assert cells(table, "change") == [usd(750), usd(-600), usd(100)]
    assert made("cloud_cost_movers", cloud_costs=[row for row in rows if row["date"] == date(2026, 10, 1)]) is None
    few = [row for row in rows if row["service"] != "f"]  # five, which the table of all services shows as well
    assert made("cloud_cost_movers", cloud_costs=few) is None


def test_savings_show_their_arithmetic_and_add_up() -> None:
    table = made("savings_table")
    assert cells(table, "saving") == [usd(cents) for cents in (3650, 556, 400, 365, 200, 179, 23)] + [usd(5372)]
    assert cells(table, "arithmetic")[0] == "730 hours of the gateway at 0.045 USD; 730 hours of its address at 0.005 USD"
    assert cells(table, "resource")[:3] == ["staging", "mailing", "old"]
    assert table is not None
    assert table.total_row
    assert table.note == "list prices of 2025-10-01, a month of 730 hours"


def test_savings_stand_without_tables_that_no_source_gives() -> None:
    tables = aws_tables({name: [] for name in aws_tables() if name != "elastic_ips"})
    spec = EXHIBITS.get("savings_table")
    table = spec.make(**{name: tables[name] for name in spec.tables}, at=OCTOBER)
    assert cells(table, "saving") == [usd(365), usd(365)]


def test_access_by_the_busiest() -> None:
    rows = [
        *metric("api", "orders", "Count", {DAY: 200}),
        *metric("api", "orders", "5xx", {DAY: 5}),
        *metric("api", "orders", "Latency", {DAY: "83.6"}, "p95"),
        *metric("cloudfront", "D1", "Requests", {DAY: 4000}, region="global"),
        *metric("cloudfront", "D1", "5xxErrorRate", {DAY: 1}, "Average", region="global"),
        *metric("s3", "site", "AllRequests", {DAY: 9}),  # without its errors nobody knows a rate
    ]
    table = made("access_table", metrics=rows)
    assert cells(table, "resource") == ["D1", "orders"]
    assert cells(table, "requests") == [4000, 200]
    assert cells(table, "failed") == [Decimal("0.01"), Decimal("0.025")]
    assert cells(table, "p95") == [None, 84]
    assert cells(table, "place") == [f"{PLACE['account']} global", f"{PLACE['account']} us-west-2"]


def test_companies_of_a_portfolio_are_told_apart() -> None:
    spec = EXHIBITS.get("cloud_cost_table")
    rows = [frame("cloud_costs", costs(("2026-10", {"AWS Lambda": usd_})), tenant) for tenant, usd_ in (("a", "2"), ("b", "3"))]
    table = spec.make(cloud_costs=together("cloud_costs", *rows), at=OCTOBER)
    assert cells(table, "tenant") == ["b", "a", ""]
    assert cells(table, "cost") == [Money(300, "USD"), Money(200, "USD"), Money(500, "USD")]
