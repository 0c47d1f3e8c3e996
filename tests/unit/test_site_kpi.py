"""A KPI's page: the history as known now and as reported then, and where the value comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from quarterdeck.period import Period, PeriodKind
from quarterdeck.render.site.brief import Brief, brief
from quarterdeck.render.site.kpi import KpiFacts, Meaning, kpi, period_of, render, snapshots_of
from quarterdeck.render.site.overview import tiles_of
from tests.documents import Document, digest, sample, usd
from tests.documents import kpi as entry
from tests.pages import check_page, drawings_of, rows_of, text_of, titles_of

TEMPLATES = Path(__file__).parents[2] / "templates"
MEANING = Meaning("What is in the bank.", ("entries", "accounts"))


def report(period: str, value: str | None, series: list[str | None], **changes: Any) -> Document:
    """A report that shows one KPI; `series` ends at its period."""
    when = Period.parse(period)
    amounts = [usd(point) for point in [None] * (12 - len(series)) + list(series)]
    kpis = [
        entry("cash", "Cash", "money", usd(value), f"${value}" if value else "n/a", series=amounts)
        if value
        else entry("cash", "Cash", "money", None, "n/a", state="unavailable", unavailable_reason="no bank rows", series=amounts)
    ]
    made = sample(**{"period": period, "kpis": kpis, "revision": digest(period + str(value)), **changes})
    made["heading"].update(start=when.start.isoformat(), end=when.end.isoformat(), period=period)
    return made


def facts(*reports: Document, meaning: Meaning = MEANING, data: dict[str, str] | None = None) -> KpiFacts:
    """The facts of the KPI `cash`; the first report is the latest."""
    made = [(brief(each), each) for each in reports]
    tile = next(iter(tiles_of(*made[0])))
    latest: dict[PeriodKind, tuple[Brief, Document]] = {}
    for found, each in made:
        latest.setdefault(period_of(found).kind, (found, each))
    return kpi(tile, latest, [found for found, _ in made], meaning, data or {})


def test_each_period_as_known_now_and_as_reported_then() -> None:
    now = report("2026-10", "300", ["90", "210", "300"])
    then = report("2026-09", "200", ["100", "200"])
    [past] = facts(now, then).pasts
    assert past.title == "Months"
    assert [(r.label, r.now, r.filed, r.moved, bool(r.key)) for r in past.rows] == [
        ("October 2026", "$300", "$300", False, True),
        ("September 2026", "$210", "$200", True, True),
        ("August 2026", "$90.00", "", False, False),
    ]


def test_periods_before_the_trend_stay_as_they_were_reported() -> None:
    now = report("2026-10", "300", ["300"])
    then = report("2024-05", "50", ["50"])
    [past] = facts(now, then).pasts
    last = past.rows[-1]
    assert (last.label, last.now, last.filed, last.moved) == ("May 2024", "", "$50", False)
    assert len(past.rows) == 13


def test_months_and_weeks_have_a_history_each() -> None:
    month, week = report("2026-10", "300", ["200", "300"]), report("2026-W43", "70", ["60", "70"])
    pasts = facts(month, week).pasts
    assert [(past.title, past.rows[0].label, past.rows[0].now) for past in pasts] == [
        ("Months", "October 2026", "$300"),
        ("Weeks", "week 43 of 2026", "$70.00"),
    ]


def test_what_was_reported_and_cannot_be_worked_out_now_is_restated_too() -> None:
    [past] = facts(report("2026-10", "300", [None, "300"]), report("2026-09", "200", ["200"])).pasts
    assert [(row.now, row.filed, row.moved) for row in past.rows] == [("$300", "$300", False), ("", "$200", True)]


@pytest.mark.parametrize(
    ("text", "fiscal_start"), [("2026-10", 1), ("2026-W44", 1), ("2026-Q4", 1), ("2026", 1), ("FY2026", 7), ("FY2026-Q3", 7)]
)
def test_the_period_of_a_report_comes_back_from_its_text_and_its_first_day(text: str, fiscal_start: int) -> None:
    period = Period.parse(text, fiscal_start=fiscal_start)
    document = sample(period=text)
    document["heading"].update(start=period.start.isoformat(), end=period.end.isoformat())
    assert period_of(brief(document)) == period


def test_the_snapshots_of_its_own_tables_are_behind_it() -> None:
    rows = [
        {"tenant": "marlin", "table": table, "source": source, "digest": digest(table + source), "rows": 3}
        for table, source in (
            ("entries", "bank"),
            ("accounts", "books"),
            ("channels", "inventory"),
            ("kpis", "history-2026-09"),
            ("tenant", "settings"),
        )
    ]
    document = sample(provenance={"snapshots": rows, "code_version": "1", "kpi_versions": {}})
    assert [row["table"] for row in snapshots_of(document, MEANING)] == ["entries", "accounts"]
    assert [row["table"] for row in snapshots_of(document, Meaning())] == ["entries", "accounts", "channels"]


def test_the_page_says_all_of_it() -> None:
    now, then = report("2026-10", "300", ["90", "210", "300"]), report("2026-09", "200", ["100", "200"])
    entries = digest("entries")
    made = facts(now, then, data={entries: "marlin/data/entries/0/1.html"})
    root = check_page(render(made, TEMPLATES).decode())
    text = text_of(root)
    assert "What is in the bank." in text
    assert "The sum of the rows of the period version 1" in text
    assert "an amount in USD" in text
    assert "more is better" in text
    assert rows_of(root, "History")[1:] == [
        ["October 2026", "$300", "$300", "no target", "A", "CFO"],
        ["September 2026", "$210", "$200▲ restated since", "no target", "A", "CFO"],
        ["August 2026", "$90.00", "", "", "", "–"],
    ]
    [head, row] = rows_of(root, "The snapshots")
    assert head == ["Table", "Source", "sha256", "Rows"]
    assert row == ["entries", "bank_csv", entries, "1,201 rows"]
    (chart,) = drawings_of(root, "history")
    assert titles_of(chart) == ["Aug 26: $90.00", "Sep 26: $210", "Oct 26: $300"]


def test_a_kpi_that_cannot_be_worked_out_says_why() -> None:
    root = check_page(render(facts(report("2026-10", None, []), meaning=Meaning()), TEMPLATES).decode())
    text = text_of(root)
    assert "It cannot be worked out yet: no bank rows" in text
    assert drawings_of(root, "history") == []


def test_amounts_in_another_currency_are_not_on_the_same_axis() -> None:
    old = report("2024-05", "50", ["50"])
    old["kpis"][0]["value"] = {"minor": 5_000_000, "currency": "JPY"}
    root = check_page(render(facts(report("2026-10", "300", ["200", "300"]), old), TEMPLATES).decode())
    (chart,) = drawings_of(root, "history")
    assert len(titles_of(chart)) == 2
