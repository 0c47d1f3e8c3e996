"""Exhibits a role asks for: in its order, and left out where there is nothing to show."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pandas as pd
import pytest

from quarterdeck.errors import ConfigError
from quarterdeck.exhibits import EXHIBITS, ExhibitSpec
from quarterdeck.measure import exhibits
from quarterdeck.measure.exhibits import show
from quarterdeck.measure.faults import Fault
from quarterdeck.measure.inputs import Inputs
from quarterdeck.model import At, Exhibit, ExhibitColumn, KpiValue
from quarterdeck.registry import Registry
from tests.asking import kpi
from tests.engine import tables
from tests.tables import CHART, OCT, OCTOBER, entries, frame, sale


def counted(*frames: pd.DataFrame) -> Exhibit:
    return Exhibit("", "", (ExhibitColumn("rows", "Rows"),), tuple((len(each),) for each in frames))


def fleet(assets: pd.DataFrame, at: At) -> Exhibit | None:
    return counted(assets) if len(assets) else None


def torn(assets: pd.DataFrame, at: At) -> Exhibit:
    raise ZeroDivisionError("no boat")


def plan(assets: pd.DataFrame, budget: pd.DataFrame, postings: pd.DataFrame, at: At) -> Exhibit:
    return counted(assets, budget, postings)


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, Callable[..., Exhibit | None]] = {"fleet": fleet, "plan": plan, "torn": torn}
    registry: Registry[ExhibitSpec] = Registry("exhibits", "")
    registry._scanned = True
    for id, make in made.items():
        names = tuple(name for name in inspect.signature(make).parameters if name != "at")
        registry.add(id, ExhibitSpec(id, id.capitalize(), names, make))
    monkeypatch.setattr(exhibits, "EXHIBITS", registry)


ASSETS = {"assets": frame("assets", [{}, {}])}


def test_exhibits_stand_in_the_order_they_are_asked_for() -> None:
    inputs = Inputs(tables(ASSETS))
    assert [len(exhibit.rows) for exhibit in show(("plan", "fleet"), inputs, OCTOBER).exhibits] == [3, 1]
    assert [len(exhibit.rows) for exhibit in show(("fleet", "plan"), inputs, OCTOBER).exhibits] == [1, 3]
    assert show((), inputs, OCTOBER).exhibits == ()


def test_without_the_table_it_is_about_an_exhibit_is_left_out() -> None:
    assert show(("fleet", "plan"), Inputs(tables({})), OCTOBER).exhibits == ()
    assert show(("fleet",), Inputs(tables({"assets": frame("assets", [])})), OCTOBER).exhibits == ()


def test_what_it_compares_with_may_be_absent_but_not_unread() -> None:
    (made,) = show(("plan",), Inputs(tables(ASSETS)), OCTOBER).exhibits
    assert made.rows == ((2,), (0,), (0,))
    books = {"entries": entries(sale(OCT, 5)), "accounts": frame("accounts", CHART)}
    (made,) = show(("plan",), Inputs(tables({**ASSETS, **books})), OCTOBER).exhibits
    assert made.rows == ((2,), (0,), (2,))
    assert show(("plan",), Inputs(tables(ASSETS, missing={"entries": "unreadable"})), OCTOBER).exhibits == ()


def test_an_unknown_exhibit_is_refused() -> None:
    with pytest.raises(ConfigError, match="no exhibits 'map'"):
        show(("map",), Inputs(tables({})), OCTOBER)


def test_one_whose_code_fails_takes_no_other_with_it() -> None:
    shown = show(("fleet", "torn", "plan"), Inputs(tables(ASSETS)), OCTOBER)
    assert len(shown.exhibits) == 2
    assert shown.faults == (Fault("exhibit", "torn", "its code failed with ZeroDivisionError: no boat"),)


def test_an_exhibit_that_reads_kpis_gets_them_by_id(monkeypatch: pytest.MonkeyPatch) -> None:
    def trend(assets: pd.DataFrame, kpis: dict[str, KpiValue], at: At) -> Exhibit:
        return Exhibit("", "", (ExhibitColumn("n", "Points"),), ((len(kpis["cash"].series),),))

    registry: Registry[ExhibitSpec] = Registry("exhibits", "quarterdeck.exhibits")
    registry._scanned = True
    registry.add("trend", ExhibitSpec("trend", "Trend", ("assets",), trend, reads_kpis=True))
    monkeypatch.setattr(exhibits, "EXHIBITS", registry)
    (made,) = show(("trend",), Inputs(tables(ASSETS)), OCTOBER, [kpi("cash", 7, series=(5, 6, 7))]).exhibits
    assert made.rows == ((3,),)


def test_a_declared_exhibit_knows_whether_it_reads_kpis() -> None:
    assert EXHIBITS.get("milestone_roadmap").reads_kpis
    assert EXHIBITS.get("milestone_roadmap").tables == ("milestones",)
    assert not EXHIBITS.get("cash_forecast").reads_kpis
