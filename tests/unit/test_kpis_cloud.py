"""Cost of AWS and how what runs there answers, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from quarterdeck.kpis import KPIS, Value
from quarterdeck.model import Unavailable
from tests.clouds import PLACE, aws_tables, metric
from tests.tables import OCTOBER, Row, at, frame

FIRST, SECOND = date(2026, 10, 1), date(2026, 10, 2)


def figure(id: str, moment: Any = OCTOBER, **tables: pd.DataFrame) -> Value:
    kpi = KPIS.get(id)
    known = aws_tables()
    return kpi.compute(**{name: tables.get(name, known[name]) for name in kpi.tables}, at=moment)


def metrics(*groups: list[dict[str, object]]) -> pd.DataFrame:
    return frame("metrics", [row for group in groups for row in group])


def bill(*rows: Row) -> pd.DataFrame:
    return frame("cloud_costs", [{**PLACE, "region": "all", **row} for row in rows])


def test_cost_is_summed_exactly_and_rounded_once() -> None:
    """Three services of 0.335 USD are 1.005, half a cent to the even side: 1.00; each rounded alone would be 1.02."""
    rows = [{"service": name, "date": FIRST, "amount_usd": Decimal("0.335")} for name in "abc"]
    assert figure("aws_cost", cloud_costs=bill(*rows)) == 100
    assert figure("aws_cost") == 1350


def test_cost_is_of_the_days_of_the_period() -> None:
    rows = [{"service": "s", "date": date(2026, month, 30), "amount_usd": Decimal(month)} for month in (9, 10, 11)]
    assert figure("aws_cost", cloud_costs=bill(*rows)) == 1000
    assert isinstance(figure("aws_cost", at("2026-12"), cloud_costs=bill(*rows)), Unavailable)


def test_there_is_no_rate_from_dollars_to_other_money() -> None:
    told = figure("aws_cost", at("2026-10", "EUR"))
    assert told == Unavailable("AWS charges USD, and the figures are in EUR")


def test_the_change_is_against_the_period_before() -> None:
    assert figure("aws_cost_change") == Decimal("1.25")  # 13.50 against 6.00
    only = bill({"service": "s", "date": FIRST, "amount_usd": Decimal(5)})
    assert isinstance(figure("aws_cost_change", cloud_costs=only), Unavailable)


def test_a_month_under_way_is_held_against_as_many_days() -> None:
    """1 to 10 October: 30 USD; 1 to 10 September: 20 USD, whatever came after it."""
    days = [(date(2026, 9, 1), 20), (date(2026, 9, 11), 500), (date(2026, 10, 4), 30), (date(2026, 10, 12), 900)]
    rows = bill(*({"service": "s", "date": day, "amount_usd": Decimal(usd)} for day, usd in days))
    assert figure("aws_cost_change", replace(OCTOBER, until=date(2026, 10, 11)), cloud_costs=rows) == Decimal("0.5")


def test_the_window_before_ends_where_its_period_does() -> None:
    march = at("2026-03")
    assert march.window_before == (date(2026, 2, 1), date(2026, 3, 1))
    assert replace(march, until=date(2026, 3, 31)).window_before == (date(2026, 2, 1), date(2026, 3, 1))
    assert replace(march, until=date(2026, 3, 8)).window_before == (date(2026, 2, 1), date(2026, 2, 8))


def test_what_has_no_tag() -> None:
    assert figure("aws_cost_untagged") == Decimal("0.33333333")  # 4.50 of 13.50


def test_what_could_be_saved() -> None:
    assert figure("aws_saving") == 5372
    nothing = {name: frame(name, []) for name in aws_tables()}
    assert isinstance(figure("aws_saving", **nothing), Unavailable)
    assert figure("aws_saving", **{**nothing, "functions": aws_tables()["functions"]}) == 0


def test_errors_of_functions() -> None:
    assert figure("function_error_rate") == Decimal("0.02")
    some = metrics(
        metric("lambda", "a", "Invocations", {FIRST: 90, SECOND: 10}),
        metric("lambda", "a", "Errors", {FIRST: 3}),  # of the second day nobody knows
        metric("lambda", "b", "Invocations", {FIRST: 500}),  # nor of this function
    )
    assert figure("function_error_rate", metrics=some) == Decimal("0.03333333")
    silent = metrics(metric("lambda", "b", "Invocations", {FIRST: 500}))
    assert isinstance(figure("function_error_rate", metrics=silent), Unavailable)


def test_errors_of_servers_by_count_and_by_percent() -> None:
    """REST: 2 of 100; a distribution: 0.5 % of 300 are 1.5. Together 3.5 of 400."""
    some = metrics(
        metric("api", "rest", "Count", {FIRST: 100}),
        metric("api", "rest", "5XXError", {FIRST: 2}),
        metric("cloudfront", "D1", "Requests", {FIRST: 300}),
        metric("cloudfront", "D1", "5xxErrorRate", {FIRST: "0.5"}, "Average"),
        metric("s3", "site", "AllRequests", {FIRST: 999}),
        metric("s3", "site", "5xxErrors", {FIRST: 999}),
    )
    assert figure("server_error_rate", metrics=some) == Decimal("0.00875")


def test_latency_is_that_of_the_worst_day() -> None:
    assert figure("api_latency") == 131
    two = metrics(
        metric("api", "a", "Latency", {FIRST: "120.5", SECOND: 90}, "p95"),
        metric("api", "b", "Latency", {FIRST: "80"}, "p95"),
        metric("lambda", "f", "Duration", {FIRST: "9000"}, "p95"),
    )
    assert figure("api_latency", metrics=two) == 120
