"""Trends of a year before: only of amounts and counts that dated rows can give."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from quarterdeck.kpis import Kpi
from quarterdeck.measure import trends
from quarterdeck.measure.inputs import Inputs
from quarterdeck.measure.trends import year_before
from quarterdeck.model import At, Unavailable, Unit
from quarterdeck.registry import Registry
from tests.engine import Own, a_kpi, covers, tables
from tests.tables import OCTOBER, entries, frame, sale

BOOKS = tables(
    {"entries": entries(sale(date(2024, 12, 31), 500), sale(date(2025, 10, 2), 700)), "channels": frame("channels", [{}])},
    entries=covers("2024-12-01", "2026-11-01"),
)


def rows(entries: pd.DataFrame, at: At) -> int | Unavailable:
    return int(((entries["date"] >= pd.Timestamp(at.start)) & (entries["date"] < pd.Timestamp(at.end))).sum())


def shown(channels: pd.DataFrame, at: At) -> int:
    return len(channels)


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    kpis: Registry[Kpi] = Own(
        "kpis",
        a_kpi("rows", rows),
        a_kpi("days", rows, unit=Unit.DAYS),
        a_kpi("channels", shown),
        a_kpi("none", lambda entries, at: NONE),
    )
    monkeypatch.setattr(trends, "KPIS", kpis)


NONE = Unavailable("nobody knows")


def test_twelve_periods_a_year_before_those_of_the_trend() -> None:
    # from November 2024, before the books begin, to October 2025; a sale has two entries
    assert year_before(["rows"], Inputs(BOOKS), OCTOBER) == {"rows": (None, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2)}


def test_spans_states_and_what_was_never_known_have_none() -> None:
    assert year_before(["days", "channels", "none"], Inputs(BOOKS), OCTOBER) == {}
    assert year_before([], Inputs(BOOKS), OCTOBER) == {}
