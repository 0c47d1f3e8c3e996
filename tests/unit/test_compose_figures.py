"""KPIs, milestones and tables as the document has them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from quarterdeck.compose.figures import difference, kpis, milestones, tables
from quarterdeck.model import ColumnKind, Exhibit, ExhibitColumn, Figure, Grade, KpiValue, State, Unit
from quarterdeck.money import Money, MoneyError
from tests.material import material, unavailable, value
from tests.tables import usd

BURN = value("net_burn", usd(771_335), usd(494_960))


def money(minor: int, currency: str = "USD") -> dict[str, object]:
    return {"minor": minor, "currency": currency}


# --- KPIs -------------------------------------------------------------------------------------------------------------


def test_a_kpi_in_full() -> None:
    given = replace(BURN, last_year=usd(132_000), target=usd(500_000), state=State.BAD, grade=Grade.B)
    (row,) = kpis(material(kpis=[given]))
    assert row == {
        "id": "net_burn",
        "label": "Net burn a month",
        "unit": "money",
        "value": money(771_335),
        "display": "$7,713",
        "previous": money(494_960),
        "last_year": money(132_000),
        "target": money(500_000),
        "delta": money(276_375),
        "state": "bad",
        "grade": "B",
        "direction": "down",
        "formula": "a formula",
        "unavailable_reason": None,
        "needs": "",
        "series": [*[None] * 10, money(494_960), money(771_335)],
    }


def test_a_kpi_without_a_figure_says_why_and_shows_no_zero() -> None:
    (row,) = kpis(material(kpis=[unavailable("runway", Unit.MONTHS)]))
    assert (row["value"], row["display"], row["delta"], row["state"]) == (None, "n/a", None, "unavailable")
    assert (row["unavailable_reason"], row["needs"], row["series"]) == (
        "not collected: no source provides entries",
        "a bank export",
        [None] * 12,
    )


def test_kpis_stand_in_the_order_of_the_role_and_no_others() -> None:
    given = [value("commits", 3), value("secret", 1), BURN, value("net_revenue", usd(5))]
    assert [row["id"] for row in kpis(material(kpis=given))] == ["net_revenue", "net_burn", "commits"]
    assert [row["id"] for row in kpis(material(kpis=list(reversed(given))))] == ["net_revenue", "net_burn", "commits"]


@pytest.mark.parametrize(
    ("now", "then", "expected"),
    [
        (usd(3), usd(5), usd(-2)),
        (Decimal("0.42"), Decimal("0.40"), Decimal("0.02")),
        (5, 8, -3),
        (None, 5, None),
        (5, None, None),
        (usd(5), 5, None),
        (5, usd(5), None),
    ],
)
def test_differences(now: Figure | None, then: Figure | None, expected: Figure | None) -> None:
    assert difference(now, then) == expected


def test_two_currencies_have_no_difference() -> None:
    with pytest.raises(MoneyError):
        difference(usd(1), Money(1, "EUR"))


# --- milestones -------------------------------------------------------------------------------------------------------

CUSTOMERS = value("customers", 31)
UP_TO_48: dict[str, Any] = {
    "milestone": "m",
    "title": "T",
    "kpi": "customers",
    "target": Decimal(48),
    "due_on": date(2027, 3, 31),
}


def one(row: dict[str, Any], *given: KpiValue) -> dict[str, Any]:
    (shown,) = milestones(material(kpis=given, milestones=[row]))
    return shown


def test_a_milestone_in_full() -> None:
    assert one({**UP_TO_48, "owner": "ceo"}, CUSTOMERS) == {
        "id": "m",
        "title": "T",
        "kpi": "customers",
        "target": "48",
        "value": "31",
        "unit": "count",
        "due": "2027-03-31",
        "owner": "ceo",
        "progress": "0.6458",  # 31 / 48
        "state": "open",
        "overrides": [],
    }


@pytest.mark.parametrize(
    ("due", "now", "state"),
    [
        (date(2027, 3, 31), 47, "open"),
        (date(2027, 3, 31), 48, "reached"),
        (date(2026, 10, 31), 47, "overdue"),  # its day was the last of the period
        (date(2026, 11, 1), 47, "open"),
        (date(2026, 1, 1), 48, "reached"),
        (date(2027, 3, 31), None, "unknown"),
        (date(2026, 1, 1), None, "overdue"),
    ],
)
def test_states_of_a_milestone(due: date, now: int | None, state: str) -> None:
    given = unavailable("customers", Unit.COUNT) if now is None else value("customers", now)
    assert one({**UP_TO_48, "due_on": due}, given)["state"] == state


@pytest.mark.parametrize(("burn", "state"), [(500_001, "open"), (500_000, "reached"), (1, "reached"), (-5, "reached")])
def test_less_is_reached_where_less_is_better(burn: int, state: str) -> None:
    shown = one({**UP_TO_48, "kpi": "net_burn", "target": Decimal(500_000), "currency": "USD"}, value("net_burn", usd(burn)))
    assert (shown["target"], shown["state"], shown["progress"]) == (money(500_000), state, None)  # no bar runs backwards


@pytest.mark.parametrize("row", [{"kpi": None, "target": None}, {"kpi": "customers", "target": None}, {"kpi": "unknown"}])
def test_a_milestone_that_no_figure_shows_is_judged_by_its_date(row: dict[str, Any]) -> None:
    shown = one({**UP_TO_48, **row}, CUSTOMERS)
    assert (shown["state"], shown["progress"], shown["target"]) == ("unknown", None, None)
    assert one({**UP_TO_48, **row, "due_on": date(2026, 10, 1)}, CUSTOMERS)["state"] == "overdue"


@pytest.mark.parametrize(
    ("target", "now", "progress"),
    [("48", 0, "0"), ("48", -31, "-0.6458"), ("0", 5, None), ("-4", 5, None), ("3", 31, "10.3333")],
)
def test_progress_is_value_over_target(target: str, now: int, progress: str | None) -> None:
    assert one({**UP_TO_48, "target": Decimal(target)}, value("customers", now))["progress"] == progress


def test_milestones_stand_in_the_order_of_their_dates() -> None:
    rows = [{**UP_TO_48, "milestone": name, "due_on": day} for name, day in (("z", date(2027, 1, 1)), ("b", date(2026, 12, 1)))]
    rows.append({**UP_TO_48, "milestone": "a", "due_on": date(2027, 1, 1)})
    assert [row["id"] for row in milestones(material(kpis=[CUSTOMERS], milestones=rows))] == ["b", "a", "z"]
    assert milestones(material()) == []


# --- tables -----------------------------------------------------------------------------------------------------------


def test_a_table_holds_plain_cells() -> None:
    columns = (
        ExhibitColumn("tenant", "Company"),
        ExhibitColumn("cost", "Cost", ColumnKind.MONEY),
        ExhibitColumn("share", "Share", ColumnKind.RATIO),
        ExhibitColumn("since", "Since", ColumnKind.DATE),
    )
    rows = (
        ("heron", usd(5), Decimal("0.50"), date(2026, 10, 1)),
        ("gone", None, None, None),
        ("All", usd(7), Decimal(1), None),
    )
    (shown,) = tables(material(exhibits=(Exhibit("costs", "Costs", columns, rows, "A note.", total_row=True),)))
    assert shown == {
        "id": "costs",
        "title": "Costs",
        "columns": [
            {"id": "tenant", "label": "Company", "kind": "text"},
            {"id": "cost", "label": "Cost", "kind": "money"},
            {"id": "share", "label": "Share", "kind": "ratio"},
            {"id": "since", "label": "Since", "kind": "date"},
        ],
        "rows": [["Heron Tours", money(5), "0.5", "2026-10-01"], ["gone", None, None, None], ["All", money(7), "1", None]],
        "note": "A note.",
        "total_row": True,
    }
