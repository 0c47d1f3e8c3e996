"""Exports of Google Analytics 4 and Search Console, as they are made, and odd and hostile ones."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from quarterdeck.errors import SourceError
from quarterdeck.sources import SOURCES, PulledTable
from tests.sourcing import pull, rows, window, write

HEAD = """\
# ----------------------------------------
# Traffic acquisition: Session primary channel group (Default channel group)
# Account: Example, "and" sons
# Property: Example - GA4
# ----------------------------------------
#{space}
# All Users
# Start date: {start}
# End date: {end}
"""
CHANNEL = "Session primary channel group (Default channel group)"
TRAFFIC = f"""
Nth day,Sessions
0000,4
0001,7

{CHANNEL},Active users,Sessions,Engaged sessions,Engagement rate
Organic Search,610,790,505,0.6392
Direct,402,466,203,0.4356
,1012,1256,708,0.5637,Grand total
"""


def head(start: str = "20261001", end: str = "20261031") -> str:
    return HEAD.format(start=start, end=end, space=" ")


def visits(root: Path, text: str, **more: object) -> PulledTable:
    write(root, "web/traffic.csv", text)
    return pull("web_analytics", {"visits": [{"path": "web/traffic.csv"}], **more}, window(root))["web_visits"]


def counted(table: PulledTable) -> list[tuple[object, ...]]:
    names = ("date", "days", "channel", "sessions", "users", "engaged")
    return [tuple(row[name] for name in names) for row in rows(table)]


def test_a_report_sums_the_days_above_its_table(tmp_path: Path) -> None:
    table = visits(tmp_path, head() + TRAFFIC)
    october = date(2026, 10, 1)
    assert counted(table) == [(october, 31, "Organic Search", 790, 610, 505), (october, 31, "Direct", 466, 402, 203)]
    assert table.covers == (october, date(2026, 11, 1))
    assert table.rejects == ()


def test_an_exploration_has_a_day_or_a_month_in_each_row(tmp_path: Path) -> None:
    days = "# Free form-Free form 1\n# 20260901-20261031\n\nDate,Session default channel group,Sessions\n"
    table = visits(tmp_path, f"{days},,12,Grand total\n20261031,Direct,5\n20260901,Direct,7\n")
    assert [(row["date"], row["days"], row["sessions"]) for row in rows(table)] == [
        (date(2026, 10, 31), 1, 5),
        (date(2026, 9, 1), 1, 7),
    ]
    months = visits(tmp_path, "Year month,Channel group,Sessions\n202610,Direct,5\n202602,Direct,6\n")
    assert [(row["date"], row["days"]) for row in rows(months)] == [(date(2026, 10, 1), 31), (date(2026, 2, 1), 28)]


def test_a_grouping_of_ones_own_is_named_in_the_settings(tmp_path: Path) -> None:
    text = head() + "Session shop channels,Sessions\nShop,3\n"
    options: dict[str, object] = {"visits": [{"path": write(tmp_path, "t.csv", text), "channel": "Session shop channels"}]}
    (row,) = rows(pull("web_analytics", options, window(tmp_path))["web_visits"])
    assert (row["channel"], row["users"], row["engaged"]) == ("Shop", None, None)


def test_what_comes_after_the_period_is_not_known_yet(tmp_path: Path) -> None:
    text = "Date,Channel group,Sessions\n20261031,Direct,5\n20261101,Direct,6\n"
    assert [row["sessions"] for row in rows(visits(tmp_path, text))] == [5]


@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        (TRAFFIC, "does not say which days", 6),
        (head("20261031", "20261001") + TRAFFIC, "does not say which days", 15),
        (head("20261301") + TRAFFIC, "names no day", 8),
        (head() + "Sitzung - Channelgruppe,Sitzungen\nDirekt,3\n", "no table with a channel group", 10),
        (head() + f"{CHANNEL},Users\nDirect,3\n", "no table with a channel group", 10),
        (head() + f"{CHANNEL},Sessions,Sessions\nDirect,3,3\n", "two columns are called 'sessions'", 10),
        (head() + TRAFFIC + head("20260901", "20260930") + TRAFFIC, "two tables of sessions", 33),
        ("", "no table with a channel group", None),
        (f'{head()}{CHANNEL},Sessions\n"Direct,3\n', "never ends", 11),
        ("\0", "NUL byte", 1),
    ],
)
def test_an_odd_file_is_refused_with_its_line(tmp_path: Path, text: str, what: str, line: int | None) -> None:
    with pytest.raises(SourceError, match=what) as refused:
        visits(tmp_path, text)
    where = refused.value.problem.where
    assert where is not None
    assert (where.file, where.line) == ("web/traffic.csv", line)
    assert refused.value.permanent


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("Direct,many,1", "sessions"),
        ("Direct,-1,0", "sessions"),
        ("Direct,3,4", "engaged"),
        ("Direct,1.5,1", "sessions"),
        ('Direct,"1,500",1', "sessions"),
        ("Direct,5", "row"),
        ("Mail,5,5", "date, days, channel"),
    ],
)
def test_a_bad_row_is_a_reject_with_its_line(tmp_path: Path, row: str, column: str) -> None:
    text = f"{head()}{CHANNEL},Sessions,Engaged sessions\nMail,9,9\n{row}\n"
    table = visits(tmp_path, text, max_rejected=1)
    assert [(fault.line, fault.column) for fault in table.rejects] == [(12, column)]
    with pytest.raises(SourceError, match="cannot be read"):
        visits(tmp_path, text)


def test_hostile_names_are_made_harmless(tmp_path: Path) -> None:
    hostile = "\x1b[31m<script>\u202e=cmd()"
    (row,) = rows(visits(tmp_path, f"{head()}{CHANNEL},Sessions\n{hostile},3\n"))
    assert row["channel"] == "<script>=cmd()"


@pytest.mark.parametrize("second", ["20261001", "20261031", "20260915"])
def test_days_that_two_exports_sum_are_refused(tmp_path: Path, second: str) -> None:
    write(tmp_path, "a.csv", f"{head()}{CHANNEL},Sessions\nDirect,3\n")
    write(tmp_path, "b.csv", f"{head(second, '20261105')}{CHANNEL},Sessions\nMail,3\n")
    with pytest.raises(SourceError, match="too") as refused:
        pull("web_analytics", {"visits": [{"path": "a.csv"}, {"path": "b.csv"}]}, window(tmp_path))
    assert refused.value.problem.remedy == "name each day in one export only"


# --- Search Console ---------------------------------------------------------------------------------------------------

DATES = "Date,Clicks,Impressions,CTR,Position\n2026-10-02,25,1200,2.08%,9.25\n2026-10-01,0,0,,\n"
QUERIES = 'Top queries,Clicks,Impressions,CTR,Position\n"boat, yacht",12,900,1.33%,11.2\nboat,3,150,2%,14\n'


def searches(root: Path, *files: tuple[str, dict[str, object]]) -> PulledTable:
    named = [{"path": write(root, f"web/{n}.csv", text), **more} for n, (text, more) in enumerate(files)]
    return pull("web_analytics", {"searches": named}, window(root))["web_search"]


OCTOBER: dict[str, object] = {"since": "2026-10-01", "through": "2026-10-31"}


def test_days_and_queries_stand_side_by_side(tmp_path: Path) -> None:
    table = searches(tmp_path, (DATES, {}), (QUERIES, OCTOBER), (QUERIES.replace("queries", "pages"), OCTOBER))
    names = ("date", "days", "kind", "term", "clicks", "impressions", "position")
    found = [tuple(row[name] for name in names) for row in rows(table)]
    first = date(2026, 10, 1)
    assert found[:3] == [
        (date(2026, 10, 2), 1, "whole", "all", 25, 1200, Decimal("9.25")),
        (first, 1, "whole", "all", 0, 0, None),
        (first, 31, "query", "boat, yacht", 12, 900, Decimal("11.2")),
    ]
    assert [row[2:4] for row in found[4:]] == [("page", "boat, yacht"), ("page", "boat")]


@pytest.mark.parametrize(
    ("text", "more", "what"),
    [
        (QUERIES, {}, "does not say which days"),
        ("Suchanfragen,Klicks\na,1\n", {}, "no export of Search Console"),
        ("Top queries,Last 3 months Clicks,Clicks\na,1,2\n", OCTOBER, "no export of Search Console"),
        ("", {}, "the file is empty"),
    ],
)
def test_an_odd_search_file_is_refused(tmp_path: Path, text: str, more: dict[str, object], what: str) -> None:
    with pytest.raises(SourceError, match=what) as refused:
        searches(tmp_path, (text, more))
    assert refused.value.problem.where is not None
    assert refused.value.problem.where.file == "web/0.csv"


def test_a_day_in_two_exports_is_refused_and_in_queries_beside_it_is_not(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"web/0\.csv too"):
        searches(tmp_path, (DATES, {}), (DATES, {}))
    with pytest.raises(SourceError, match="too"):
        searches(tmp_path, (QUERIES, OCTOBER), (QUERIES, {**OCTOBER, "since": "2026-10-31"}))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"searches": [{"path": "a", "since": "2026-10-01"}]},
        {"searches": [{"path": "a", **OCTOBER, "through": "2026-09-01"}]},
    ],
)
def test_settings_that_cannot_be_meant_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"at least one file|together|before since"):
        SOURCES.get("web_analytics").Options.model_validate(options)
