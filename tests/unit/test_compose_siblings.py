"""Siblings and movers: medians by hand, what may be compared with what, and which changes are moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.compose import Material
from quarterdeck.compose.movers import move_of, movers
from quarterdeck.compose.siblings import comparable, furthest, median, siblings
from quarterdeck.model import Direction, KpiValue, TenantKind, Unit
from quarterdeck.money import Money
from tests.material import MARLIN, ROLE, material, unavailable, value
from tests.tables import frame

CEO = replace(
    ROLE, id="ceo", title="CEO", parts=("siblings", "movers"), kpis=("gross_margin", "net_revenue", "dso", "cost_per_customer")
)
HOUSE = replace(
    MARLIN,
    id="portfolio",
    name="House",
    kind=TenantKind.PORTFOLIO,
    names={"a": "Ant", "b": "Bee", "c": "Cod", "d": "Doe", "u": "Unit"},
)


def house(members: Mapping[str, tuple[KpiValue, ...]], own: tuple[KpiValue, ...] = ()) -> Material:
    kinds = [{"id": id, "name": HOUSE.names[id], "kind": "unit" if id == "u" else "company"} for id in HOUSE.names]
    made = material(kpis=own, tenant=HOUSE, role=CEO, members=members)
    return replace(made, tables=replace(made.tables, frames={**made.tables.frames, "tenant": frame("tenant", kinds)}))


def share(now: str, then: str | None = None) -> KpiValue:
    return value("gross_margin", Decimal(now), None if then is None else Decimal(then))


def dso(days: str) -> KpiValue:
    return value("dso", Decimal(days), unit=Unit.DAYS, direction=Direction.DOWN)


def rows(members: Mapping[str, tuple[KpiValue, ...]]) -> dict[str, Any]:
    made = siblings(house(members))
    return {} if made is None else {str(row[0]): row[1:] for row in made.rows}


def test_the_one_furthest_off_on_the_bad_side_is_named_against_the_median() -> None:
    made = rows({"a": (share("0.50"), dso("10")), "b": (share("0.40"), dso("20")), "c": (share("0.90"), dso("62"))})
    assert made["Gross margin"] == ("3 companies", "50.0%", "Bee", "40.0%", "\N{MINUS SIGN}10.0 pp")
    assert made["Dso"] == ("3 companies", "20 days", "Cod", "62 days", "3.10x the median")


def test_totals_are_not_compared_and_amounts_for_one_customer_are() -> None:
    each = {id: (value("net_revenue", Money(n * 100, "USD")), cost(n)) for id, n in (("a", 10), ("b", 20), ("c", 90))}
    made = rows(each)
    assert list(made) == ["Cost per customer"]
    assert made["Cost per customer"][1:] == ("$20.00", "Cod", "$90.00", "4.50x the median")


def cost(units: int, currency: str = "USD") -> KpiValue:
    return value("cost_per_customer", Money(units * 100, currency), direction=Direction.DOWN)


def test_two_siblings_are_too_few_and_a_unit_is_no_company() -> None:
    made = siblings(house({"a": (share("0.50"),), "b": (share("0.40"),), "u": (share("0.10"),)}))
    assert made is not None
    assert made.rows == ()
    assert made.note.endswith("too few for Gross margin (2 companies), Gross margin (1 unit)")
    assert siblings(house({})) is None


def test_who_has_no_figure_or_another_currency_is_no_sibling() -> None:
    members = {"a": (cost(1),), "b": (cost(2),), "c": (cost(3, "EUR"),), "d": (unavailable("cost_per_customer"),)}
    assert set(comparable("cost_per_customer", members)) == {"a", "b"}


def test_where_all_are_alike_nobody_is_off() -> None:
    assert rows({id: (share("0.5"),) for id in "abc"})["Gross margin"] == ("3 companies", "50.0%", None, None, "all alike")


@given(st.lists(st.decimals(-1000, 1000, places=4), min_size=3, max_size=9))
def test_half_of_the_siblings_lie_on_each_side_of_the_median(figures: list[Decimal]) -> None:
    middle = median(figures)
    assert isinstance(middle, Decimal)
    assert sum(each <= middle for each in figures) * 2 >= len(figures)
    assert sum(each >= middle for each in figures) * 2 >= len(figures)
    values = {str(n): share(str(each)) for n, each in enumerate(figures)}
    worst = furthest(values, middle)
    assert (worst is None) == (len(set(figures)) == 1 or min(figures) == middle)


def test_the_five_that_moved_most_come_first_with_whether_that_is_good() -> None:
    members = {
        "a": (share("0.50", "0.40"), value("net_revenue", Money(90_00, "USD"), Money(100_00, "USD"))),
        "b": (share("0.41", "0.40"), value("net_revenue", Money(300_00, "USD"), Money(100_00, "USD"))),
        "c": (share("0.42", "0.40"), value("net_revenue", Money(97_00, "USD"), Money(100_00, "USD"))),
    }
    own = (share("0.10", "0.60"), value("customers", 90, 10))  # the role does not read customers
    made = movers(house(members, own))
    assert made is not None
    assert [(row[0], row[1], row[4], row[5]) for row in made.rows] == [
        ("b", "Net revenue", "+200.0%", "favourable"),
        ("portfolio", "Gross margin", "\N{MINUS SIGN}50.0 pp", "unfavourable"),
        ("a", "Gross margin", "+10.0 pp", "favourable"),
        ("a", "Net revenue", "\N{MINUS SIGN}10.0%", "unfavourable"),
        ("c", "Net revenue", "\N{MINUS SIGN}3.0%", "unfavourable"),
    ]
    assert made.note == "Against September 2026"


@pytest.mark.parametrize(
    ("now", "move"),
    [
        (value("customers", 12, 10), Decimal("0.2")),
        (value("customers", 2, 1), None),  # one customer more is no doubling worth a line
        (value("customers", 12, 0), None),
        (value("net_burn", Money(150, "USD"), Money(100, "USD")), Decimal("-0.5")),
        (value("commits", 50, 10), None),  # neither way is good
        (value("net_revenue", Money(150, "USD")), None),
    ],
)
def test_what_counts_as_a_move(now: KpiValue, move: Decimal | None) -> None:
    assert move_of(now) == move


def test_a_tenants_own_report_names_no_company() -> None:
    made = movers(replace(house({}, (share("0.1", "0.6"),)), tenant=MARLIN))
    assert made is not None
    assert [column.id for column in made.columns] == ["kpi", "before", "now", "change", "effect"]
    assert siblings(replace(house({}), tenant=MARLIN)) is None
