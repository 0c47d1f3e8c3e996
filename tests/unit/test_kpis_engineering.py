"""Code and projects, worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pandas as pd
import pytest

from quarterdeck.kpis import KPIS, Value
from quarterdeck.model import Unavailable
from tests.tables import at, frame, together


def value(id: str, period: str = "2026-10", **tables: pd.DataFrame) -> Value:
    return KPIS.get(id).compute(at=at(period), **tables)


def reason(found: Value) -> str:
    assert isinstance(found, Unavailable)
    return found.reason


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def commit(written: str, committed: str = "", repository: str = "site", **columns: object) -> dict[str, object]:
    reached = instant(committed or written)
    row = {"repository": repository, "date": reached.date(), "committed_at": reached, "authored_at": instant(written)}
    return {**row, **columns}


def tag(made: str, repository: str = "site") -> dict[str, object]:
    return {"repository": repository, "date": instant(made).date(), "tagged_at": instant(made)}


COMMITS = frame(
    "commits",
    [
        commit("2026-09-30T23:59", author="Ann", added_lines=1_000),
        commit("2026-10-01T00:00", author="Ann", added_lines=10, deleted_lines=5),
        commit("2026-10-20T08:00", author="Bob", added_lines=3, deleted_lines=2, repository="app"),
        commit("2026-10-31T23:00", author="Ann", added_lines=500, is_merge=True),
        commit("2026-11-01T00:00", author="Cid", added_lines=1_000),
    ],
)
OTHER = frame("commits", [commit("2026-10-02T08:00", author="Ann", added_lines=7)], tenant="b")
NO_COMMITS = "no repository has a commit before the end of the period"


def test_activity_of_october() -> None:
    assert value("commits", commits=COMMITS) == 3
    assert value("active_authors", commits=COMMITS) == 2
    assert value("changed_lines", commits=COMMITS) == 20  # 10 + 5 + 3 + 2; the merge brings nothing of its own


def test_activity_of_two_companies_where_one_person_works_for_both() -> None:
    both = together("commits", COMMITS, OTHER)
    assert value("commits", commits=both) == 4
    assert value("active_authors", commits=both) == 2
    assert value("changed_lines", commits=both) == 27


@pytest.mark.parametrize("id", ["commits", "active_authors", "changed_lines"])
def test_a_quiet_month_is_a_zero_and_no_history_is_none(id: str) -> None:
    assert value(id, "2026-W43", commits=OTHER) == 0
    assert reason(value(id, "2026-08", commits=OTHER)) == NO_COMMITS
    assert reason(value(id, commits=frame("commits", []))) == NO_COMMITS


def test_deployments_are_the_tags_of_the_period() -> None:
    tags = frame("tags", [tag("2026-09-30T10:00"), tag("2026-10-01T10:00"), tag("2026-10-31T10:00", "app")])
    assert value("deployments", tags=tags) == 2
    assert value("deployments", "2026-W43", tags=tags) == 0
    assert value("deployments", tags=together("tags", tags, frame("tags", [tag("2026-10-05T10:00")], tenant="b"))) == 3
    assert reason(value("deployments", tags=frame("tags", []))) == "no repository has a tag"


def test_lead_time_is_the_median_from_writing_to_the_next_tag() -> None:
    # Tag of 5 October 12:00 holds the commits after the tag of 30 September: written 24.0, 6.0 and 2.5 hours before.
    # The commit of 29 September went out with the earlier tag, that of 6 October waits for a later one.
    commits = frame(
        "commits",
        [
            commit("2026-09-29T12:00"),
            commit("2026-10-04T12:00", "2026-10-05T11:00"),
            commit("2026-10-05T06:00"),
            commit("2026-10-05T09:30", "2026-10-05T12:00"),
            commit("2026-10-05T11:59", is_merge=True),
            commit("2026-10-06T12:00"),
        ],
    )
    tags = frame("tags", [tag("2026-09-30T12:00"), tag("2026-10-05T12:00"), tag("2026-11-02T12:00")])
    assert value("lead_time", commits=commits, tags=tags) == Decimal("6.0")


def test_the_median_of_an_even_number_is_the_mean_of_the_middle_two() -> None:
    commits = frame("commits", [commit("2026-10-05T09:00"), commit("2026-10-05T10:30")])
    assert value("lead_time", commits=commits, tags=frame("tags", [tag("2026-10-05T12:00")])) == Decimal("2.2")  # 2.25


def test_a_tag_speaks_for_its_own_repository_and_company() -> None:
    commits = frame("commits", [commit("2026-10-05T10:00"), commit("2026-10-05T04:00", repository="app")])
    tags = frame("tags", [tag("2026-10-05T12:00"), tag("2026-10-05T11:00", "docs")])
    assert value("lead_time", commits=commits, tags=tags) == Decimal("2.0")
    other = frame("commits", [commit("2026-10-05T02:00")], tenant="b")
    both = together("commits", commits, other)
    assert value("lead_time", commits=both, tags=tags) == Decimal("2.0")
    tagged = together("tags", tags, frame("tags", [tag("2026-10-05T12:00")], tenant="b"))
    assert value("lead_time", commits=both, tags=tagged) == Decimal("6.0")  # (2 + 10) / 2


def test_a_commit_dated_after_its_tag_did_not_wait() -> None:
    commits = frame("commits", [commit("2031-01-01T00:00", "2026-10-05T10:00")])
    assert value("lead_time", commits=commits, tags=frame("tags", [tag("2026-10-05T12:00")])) == Decimal("0.0")


def test_no_lead_time_without_tags_or_commits_in_them() -> None:
    old = frame("tags", [tag("2026-09-30T12:00")])
    assert reason(value("lead_time", commits=COMMITS, tags=old)) == "no tag was made in the period"
    now = frame("tags", [tag("2026-10-05T12:00", "elsewhere")])
    empty = "no tag of the period holds a commit that no earlier tag holds"
    assert reason(value("lead_time", commits=COMMITS, tags=now)) == empty
    assert reason(value("lead_time", commits=frame("commits", []), tags=now)) == empty


def test_bus_factor_is_the_least_of_all_repositories() -> None:
    # In `site` Ann alone knows both files. In `app` each knows one of two: one is just half, so both must go.
    rows = [
        {"repository": "site", "path": "a.py", "author": "Ann", "changes": 9},
        {"repository": "site", "path": "b.py", "author": "Ann", "changes": 9},
        {"repository": "app", "path": "a.py", "author": "Ann", "changes": 9},
        {"repository": "app", "path": "b.py", "author": "Bob", "changes": 9},
    ]
    assert value("bus_factor", file_authors=frame("file_authors", rows)) == 1
    assert value("bus_factor", file_authors=frame("file_authors", rows[2:])) == 2
    both = together("file_authors", frame("file_authors", rows[2:]), frame("file_authors", rows[:2], tenant="b"))
    assert value("bus_factor", file_authors=both) == 1
    nothing = "no repository has a file that was changed in the last 24 months"
    assert reason(value("bus_factor", file_authors=frame("file_authors", []))) == nothing


def test_repositories_without_a_commit_for_half_a_year() -> None:
    # 180 days before 1 November 2026 is 5 May 2026.
    days = (date(2026, 5, 4), date(2026, 5, 5), date(2026, 10, 31), None)
    repositories = frame("repositories", [{"last_commit": day} for day in days])
    assert value("stale_repositories", repositories=repositories) == 2  # 4 May, and the empty one
    both = together("repositories", repositories, frame("repositories", [{"last_commit": date(2024, 1, 1)}], tenant="b"))
    assert value("stale_repositories", repositories=both) == 3
    assert reason(value("stale_repositories", repositories=frame("repositories", []))) == "there is no repository"


def test_projects_and_what_stands_in_their_way() -> None:
    handoffs = frame(
        "handoffs",
        [
            {"state": "blocked", "owner": "Ann", "blockers": 2},
            {"state": "active", "owner": None, "blockers": 1},
            {"state": "planned", "owner": " ", "blockers": 0},
            {"state": "done", "owner": None, "blockers": 0},
        ],
    )
    assert value("open_blockers", handoffs=handoffs) == 3
    assert value("blocked_projects", handoffs=handoffs) == 1
    assert value("projects_without_owner", handoffs=handoffs) == 2
    both = together("handoffs", handoffs, frame("handoffs", [{"state": "blocked", "owner": "Bob", "blockers": 4}], tenant="b"))
    assert value("open_blockers", handoffs=both) == 7
    assert value("blocked_projects", handoffs=both) == 2


@pytest.mark.parametrize("id", ["open_blockers", "blocked_projects", "projects_without_owner"])
def test_no_projects_without_handoffs(id: str) -> None:
    assert reason(value(id, handoffs=frame("handoffs", []))) == "there is no hand-off document"
