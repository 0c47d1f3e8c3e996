"""The charts of a report as data: what a role names, in its order, from KPIs and from exhibits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import jsonschema
import pytest

from quarterdeck.compose.charts import FROM_EXHIBITS, charts, exhibits_of, kpis_of
from quarterdeck.exhibits import EXHIBITS
from quarterdeck.model import ColumnKind, Exhibit, ExhibitColumn, Unit
from quarterdeck.render.charts.records import Kind
from tests.documents import schema
from tests.material import ROLE, material, unavailable, value
from tests.tables import at, usd

BURN = value("net_burn", usd(771_335), usd(494_960))
ITEM = schema()["properties"]["charts"]["items"]


def money(minor: int) -> dict[str, object]:
    return {"minor": minor, "currency": "USD"}


def exhibit(id: str, columns: str, *rows: tuple[object, ...], note: str = "") -> Exhibit:
    listed = tuple(ExhibitColumn(name, name.capitalize(), ColumnKind.MONEY) for name in columns.split())
    return Exhibit(id, f"The {id}", listed, rows, note)  # type: ignore[arg-type]


REVENUE = exhibit(
    "revenue_by_month",
    "month revenue last_year budget",
    (date(2026, 9, 1), usd(500), None, None),
    (date(2026, 10, 1), usd(700), usd(300), None),
)
BRIDGE = exhibit("ebitda_bridge", "step amount", ("Period before", usd(10)), ("Net revenue", usd(5)), ("Period", usd(15)))


def test_the_trend_of_each_kpi_that_a_role_charts_if_it_has_two_points() -> None:
    long = replace(value("net_revenue", usd(12)), series=tuple(usd(i) for i in range(1, 13)))
    lonely = value("runway", Decimal(7), unit=Unit.MONTHS)  # one point is no trend
    unread = value("commits", 3, 2)  # not charted
    shown = charts(material(kpis=[long, BURN, lonely, unread]))
    assert [chart["id"] for chart in shown] == ["trend_net_burn", "columns_net_revenue"]  # as the role has them
    months = [f"2025-{month:02d}" for month in (11, 12)] + [f"2026-{month:02d}" for month in range(1, 11)]
    assert shown[1] == {
        "id": "columns_net_revenue",
        "kind": "columns",
        "title": "Net revenue",
        "note": "",
        "kpi": "net_revenue",
        "labels": months,
        "series": [
            {
                "code": "AC",
                "label": "Net revenue",
                "unit": "money",
                "direction": "up",
                "points": [money(i) for i in range(1, 13)],
            }
        ],
    }
    assert (shown[0]["kind"], shown[0]["series"][0]["direction"]) == ("trend", "down")


def test_a_year_before_lies_behind_where_it_is_known() -> None:
    before = (*[None] * 11, usd(3))
    (chart,) = charts(material(kpis=[BURN], year_before={"net_burn": before, "other": before}))
    assert [series["code"] for series in chart["series"]] == ["AC", "PY"]
    assert chart["series"][1]["points"] == [*[None] * 11, money(3)]


def test_the_trend_of_weeks_is_in_weeks() -> None:
    (chart,) = charts(material(kpis=[BURN], at=at("2026-W02")))
    assert chart["labels"][-3:] == ["2025-W52", "2026-W01", "2026-W02"]


def test_a_kpi_that_nobody_worked_out_has_no_trend() -> None:
    assert charts(material(kpis=[unavailable("net_burn")])) == []
    assert charts(material(role=replace(ROLE, charts=("trend_unknown",)))) == []
    assert charts(material(kpis=[BURN], role=replace(ROLE, charts=()))) == []


def test_months_of_an_exhibit_are_periods_and_a_series_without_figures_is_left_out() -> None:
    role = replace(ROLE, charts=("revenue_by_month",))
    (chart,) = charts(material(role=role, charted=(REVENUE,)))
    assert (chart["id"], chart["kind"], chart["kpi"]) == ("revenue_by_month", "columns", None)
    assert chart["labels"] == ["2026-09", "2026-10"]
    assert [(series["code"], series["points"]) for series in chart["series"]] == [
        ("AC", [money(500), money(700)]),
        ("PY", [None, money(300)]),
    ]


def test_a_bridge_leads_from_one_period_to_the_other() -> None:
    (chart,) = charts(material(role=replace(ROLE, charts=("ebitda_bridge",)), charted=(BRIDGE,)))
    assert chart["labels"] == ["September 2026", "Net revenue", "October 2026"]
    assert chart["series"][0]["points"] == [money(10), money(5), money(15)]


def test_a_map_keeps_a_column_without_figures_and_its_directions() -> None:
    compared = exhibit(
        "companies_compared",
        "company cash net_burn runway growth margin",
        ("Marlin", usd(10), usd(1), None, Decimal("0.1"), None),
        ("Heron", usd(20), usd(2), None, None, None),
    )
    (chart,) = charts(material(role=replace(ROLE, charts=("companies_compared",)), charted=(compared,)))
    assert chart["labels"] == ["Marlin", "Heron"]
    assert [(series["unit"], series["direction"]) for series in chart["series"]] == [
        *(("money", "up"), ("money", "down"), ("months", "up"), ("ratio", "up"), ("ratio", "up")),
    ]


def test_a_role_without_the_exhibit_of_a_chart_does_without_it() -> None:
    assert charts(material(role=replace(ROLE, charts=("cash_outlook", "trend_net_burn")), kpis=[BURN], charted=(REVENUE,))) == (
        charts(material(role=replace(ROLE, charts=("trend_net_burn",)), kpis=[BURN]))
    )


def test_every_chart_follows_the_schema() -> None:
    role = replace(ROLE, charts=("revenue_by_month", "ebitda_bridge", "trend_net_burn"))
    made = charts(material(role=role, kpis=[BURN], charted=(REVENUE, BRIDGE)))
    assert len(made) == 3
    validator = jsonschema.Draft202012Validator({**ITEM, "$defs": schema()["$defs"]})
    assert [error.message for chart in made for error in validator.iter_errors(chart)] == []


def test_what_a_role_charts_is_told_apart() -> None:
    role = replace(ROLE, charts=("trend_net_burn", "cash_outlook", "columns_new_customers"))
    assert exhibits_of(role) == ("cash_outlook",)
    assert kpis_of(role) == ("net_burn", "new_customers")


@pytest.mark.parametrize("name", FROM_EXHIBITS)
def test_every_exhibit_that_can_be_charted_is_one(name: str) -> None:
    assert name in EXHIBITS
    assert FROM_EXHIBITS[name].kind in set(Kind)
    assert FROM_EXHIBITS[name].kind in ITEM["properties"]["kind"]["enum"]
