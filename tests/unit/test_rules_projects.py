from __future__ import annotations

from datetime import date

import pytest

from quarterdeck.model import Severity
from tests.asking import Case, Given, ask, check
from tests.tables import Row, frame

SEP = date(2026, 9, 20)


def project(**columns: object) -> Given:
    row = {"project": "ota", "title": "Agency listings", "state": "active", "owner": "Ana", "updated_on": SEP, **columns}
    return {"handoffs": frame("handoffs", [row])}


def blocked(**columns: object) -> Given:
    named: list[Row] = [
        {"project": "ota", "blocker": "No photographs", "since": date(2026, 9, 1), "source_file": "ota.md", "source_line": 9},
        {"project": "ota", "blocker": "No certificate", "since": date(2026, 8, 1), "source_file": "ota.md", "source_line": 8},
        {"project": "other", "blocker": "Elsewhere"},
    ]
    return project(**columns) | {"blockers": frame("blockers", named)}


CASES = {
    "project_blocked": Case(
        seeded=lambda: blocked(state="blocked", blockers=2),
        clean=lambda: blocked(state="active", blockers=0),
        subject="ota",
        title="Agency listings is held up by 2 open blockers",
        why="Its hand-off document says 'blocked', as of Sep 20, 2026.",
    ),
    "project_without_owner": Case(
        seeded=lambda: project(owner=None),
        clean=lambda: project(owner="Ana"),
        subject="ota",
        title="Agency listings has no owner",
        why="Its hand-off document says 'active' and names nobody who answers for it.",
    ),
    "handoff_stale": Case(
        seeded=lambda: project(updated_on=date(2026, 9, 1)),  # 61 days before 1 November
        clean=lambda: project(updated_on=date(2026, 9, 2)),
        subject="ota",
        title="The hand-off document of Agency listings is 61 days old",
        why="It says 'active' and was last brought up to date on Sep 1, 2026; after 60 days it may no longer be true.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


def test_the_blockers_of_the_project_are_the_evidence_the_oldest_first() -> None:
    (found,) = ask("project_blocked", **blocked(state="blocked", blockers=2))
    assert [row["blocker"] for row in found.hit.evidence] == ["No certificate", "No photographs"]
    assert (found.hit.evidence[0]["source_file"], found.hit.evidence[0]["source_line"]) == ("ota.md", 8)


def test_an_active_project_with_a_blocker_is_milder_than_a_blocked_one() -> None:
    (active,) = ask("project_blocked", **project(state="active", blockers=1))
    (stuck,) = ask("project_blocked", **project(state="blocked", blockers=0))
    assert (active.hit.severity, stuck.hit.severity) == (Severity.MEDIUM, None)


@pytest.mark.parametrize("id", ["project_blocked", "project_without_owner", "handoff_stale"])
def test_a_project_that_is_done_is_left_in_peace(id: str) -> None:
    assert ask(id, **project(state="done", owner=None, blockers=3, updated_on=date(2020, 1, 1))) == []


def test_only_running_projects_need_a_fresh_document() -> None:
    assert ask("handoff_stale", **project(state="paused", updated_on=date(2020, 1, 1))) == []
    assert len(ask("handoff_stale", **project(state="blocked", updated_on=date(2020, 1, 1)))) == 1


def test_an_owner_of_blanks_is_nobody() -> None:
    assert len(ask("project_without_owner", **project(owner=" "))) == 1


def test_the_evidence_for_a_project_is_its_own_document() -> None:
    rows = [{"project": name, "owner": None, "state": "active", "source_file": f"{name}.md"} for name in ("one", "two")]
    found = ask("project_without_owner", handoffs=frame("handoffs", rows))
    assert [[row["source_file"] for row in one.hit.evidence] for one in found] == [["one.md"], ["two.md"]]
