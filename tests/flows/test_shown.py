"""What a run shows in Prefect's UI, as its server was told: artifacts and events, without a reader's address."""

from __future__ import annotations

import json
import re
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State

from flows import shown
from flows.executive_reports import executive_reports
from quarterdeck.errors import Problem, Where
from quarterdeck.steps.summary import ReportLine, RunSummary
from quarterdeck.wiring import open_parts
from tasks.ui import attempt, bare, link, plain
from tests.told import about, artifacts, events, run_of

UNSHOWN = r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]+"
URL = "https://reports.example.com/archive"


def run(portfolio: Path, **asked: Any) -> State[Any]:
    all_asked = {"period": "2026-10", "tenants": ["alpha"], "roles": ["cfo", "cto"], **asked}
    state: Any = executive_reports(config=str(portfolio), return_state=True, **all_asked)
    found: State[Any] = state
    return found


def told(state: State[Any]) -> tuple[dict[str, Any], str]:
    """The artifacts of a run by key, and everything in them as one text."""
    found = artifacts(run_of(state))
    return {key: artifact.data for key, artifact in found.items()}, " ".join(
        f"{artifact.data} {artifact.description}" for artifact in found.values()
    )


def test_a_run_shows_its_reports_its_problems_and_the_way_to_each_report(portfolio: Path) -> None:
    portfolio.write_text(f"{portfolio.read_text()}delivery: {{archive_url: {URL}}}\n")
    (portfolio.parent / "alpha" / "bank.csv").unlink()
    state = run(portfolio, deliver=True)
    assert state.is_failed()
    assert state.message == "1 problem: see the artifacts of the run"
    data, everything = told(state)
    assert set(data) == {"run", "problems", "reports", "alpha-cfo", "alpha-cto"}
    result: Any = state.result(raise_on_failure=False)
    lines = {line["report_id"]: line for line in result.summary["reports"]}
    pages = {id: f"{URL}/alpha/{line['role']}/2026-10/{line['revision']}/page.html" for id, line in lines.items()}
    assert {row["report"].replace("\\", ""): row for row in json.loads(data["run"])} == {
        id: {
            "report": plain(id),
            "state": "filed",
            "readers": 2 if id == "alpha_cfo_2026-10" else 0,
            "deliveries": "sent 2" if id == "alpha_cfo_2026-10" else "",
            "page": f"[open]({page})",
        }
        for id, page in pages.items()
    }
    assert data["alpha-cfo"] == f"[cfo of alpha, 2026-10]({pages['alpha_cfo_2026-10']})"
    assert f"{plain('alpha/bank.csv')}: {plain('source books of alpha: there is no such file')}" in data["problems"]
    assert f"**What to do:** {plain('mend the path, or put the file there')}" in data["problems"]
    assert data["reports"] == 100
    assert "@" not in everything.replace("\\@", "@")


def test_where_the_archive_has_no_address_a_report_is_named_by_its_place(portfolio: Path) -> None:
    data, _ = told(run(portfolio, roles=["cfo"]))
    assert set(data) == {"run", "reports", "alpha-cfo"}
    assert "](" not in data["alpha-cfo"]
    assert "](" not in data["run"]
    assert plain(str(portfolio.parent / ".quarterdeck" / "archive" / "alpha" / "cfo" / "2026-10")) in data["alpha-cfo"]


def test_events_tell_what_was_sent_and_that_a_run_failed_in_part(portfolio: Path) -> None:
    (portfolio.parent / "alpha" / "bank.csv").unlink()
    state = run(portfolio, deliver=True)
    found = events(run_of(state), "quarterdeck.", until=lambda found: len(found) == 2)
    assert "@" not in str(found)
    by_name = {event.event: event for event in found}
    assert set(by_name) == {"quarterdeck.report.sent", "quarterdeck.run.failed-in-part"}
    sent, failed = by_name["quarterdeck.report.sent"], by_name["quarterdeck.run.failed-in-part"]
    assert about(sent) == "quarterdeck.report.alpha_cfo_2026-10"
    assert (sent.payload["channel"], sent.payload["messages"]) == ("outbox", 2)
    [problem] = failed.payload["problems"]
    assert problem.startswith("alpha/bank.csv: source books of alpha: there is no such file")
    assert failed.payload["deliveries"]["sent"] == 2
    again = run(portfolio, deliver=True)  # the same gap, and nothing more to send
    assert [event.event for event in events(run_of(again), "quarterdeck.")] == ["quarterdeck.run.failed-in-part"]


# --- text that came from outside --------------------------------------------------------------------------------------


@given(st.text())
def test_any_text_is_shown_as_it_is(text: str) -> None:
    """Every mark that Markdown could know is escaped, and there is one line: what is left can only be read as letters."""
    made = plain(text)
    assert len(made.splitlines()) <= 1
    assert not set(re.sub(rf"\\[{re.escape(string.punctuation)}]", "", made)) & set(string.punctuation)
    assert re.sub(r"\\(.)", r"\1", made) == " ".join(re.split(UNSHOWN, text)).strip()


def test_a_link_ends_where_it_ends_and_a_message_holds_none() -> None:
    assert link("https://a.example.com/x (1)/y", "a](https://b.example.com)") == (
        "[ahttpsbexamplecom](https://a.example.com/x%20%281%29/y)"
    )
    assert bare("<https://b.example.com|open>\nme") == "‹https://b.example.com|open› me"


# --- bounds -----------------------------------------------------------------------------------------------------------


def test_pages_stay_short_and_what_failed_comes_first(portfolio: Path) -> None:
    """An archive of years is one run of a backfill."""
    filed = [ReportLine(f"alpha_r{number}_2026-10", "alpha", f"r{number}", "filed", "a" * 64) for number in range(700)]
    failed = ReportLine("alpha_cfo_2026-10", "alpha", "cfo", "failed")
    problems = tuple(Problem(f"p{number}", Where("f.csv", number), "mend") for number in range(1, 151))
    parts = open_parts(portfolio)

    @flow(name="shown")
    def showing() -> None:
        shown.show_run(parts, RunSummary(("2026-10",), (*filed, failed), {"sent": 0}, problems, ("waits <b>",)))

    state: Any = showing(return_state=True)
    found = artifacts(run_of(state))
    rows = json.loads(str(found["run"].data))
    assert len(rows) == 501
    assert (rows[0]["state"], rows[1]["state"], rows[-1]["report"]) == ("failed", "filed", "and 201 more")
    assert str(found["run"].description).endswith(r"- waits \<b\>")
    assert found["problems"].description == "150 problems"
    assert str(found["problems"].data).endswith("- and 50 more, which the run's log has")
    assert r"f\.csv\:1: p1" in str(found["problems"].data)


# --- a server that refuses --------------------------------------------------------------------------------------------


def test_what_the_server_does_not_take_is_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    @flow(name="refused")
    def refused() -> object:
        return attempt("a page", lambda: create_markdown_artifact("x", key="No Key"))

    state: Any = refused(return_state=True)
    assert state.is_completed()
    assert "the server was not told of a page: ValidationError" in caplog.text


def test_progress_moves_in_tenths(portfolio: Path) -> None:
    moves: list[float] = []

    @flow(name="moving")
    def moving() -> None:
        move = shown.progress("bar", "<b>bar</b>")
        for number in range(1, 101):
            move(number / 100)
        moves.append(1.0)

    state: Any = moving(return_state=True)
    assert state.is_completed()
    bar = artifacts(run_of(state))["bar"]
    assert (bar.data, bar.description) == (100, r"\<b\>bar\<\/b\>")
