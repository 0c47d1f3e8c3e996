"""Tables of code and projects, worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pandas as pd

from quarterdeck.exhibits import EXHIBITS
from quarterdeck.model import Exhibit
from tests.tables import OCT, at, cells, frame, together

SEP = date(2026, 9, 10)


def show(id: str, **tables: pd.DataFrame) -> Exhibit | None:
    return EXHIBITS.get(id).make(**tables, at=at("2026-10"))


def commit(repository: str, author: str, day: date = OCT, added: int = 0, deleted: int = 0) -> dict[str, object]:
    row = {"repository": repository, "author": author, "date": day, "added_lines": added, "deleted_lines": deleted}
    return {**row, "is_merge": False}


COMMITS = frame(
    "commits",
    [
        commit("site", "Ann", OCT, 10, 2),
        commit("site", "Bob", date(2026, 10, 20), 5, 1),
        commit("app", "Ann", date(2026, 10, 16), 1, 1),
        {**commit("app", "Ann", date(2026, 10, 17), 900, 900), "is_merge": True},
        commit("app", "Cid", SEP, 77, 7),
    ],
)
REPOSITORIES = frame(
    "repositories",
    [
        {"repository": "site", "last_commit": date(2026, 10, 20)},
        {"repository": "app", "last_commit": date(2026, 10, 17)},
        {"repository": "empty", "last_commit": None},
    ],
)
FILES = frame(
    "file_authors",
    [{"repository": "site", "path": path, "author": name, "changes": 1} for path, name in (("a", "Ann"), ("b", "Bob"))],
)


def test_repositories() -> None:
    table = show("repositories_table", repositories=REPOSITORIES, commits=COMMITS, file_authors=FILES)
    assert table is not None
    assert table.rows == (
        ("app", 2, 1, date(2026, 10, 17), None),
        ("empty", 0, 0, None, None),
        ("site", 2, 2, date(2026, 10, 20), 2),
    )


def test_repositories_of_one_name_in_two_companies() -> None:
    both = together("repositories", REPOSITORIES[:1], frame("repositories", [{"repository": "site"}], "b"))
    table = show("repositories_table", repositories=both, commits=COMMITS, file_authors=FILES)
    assert table is not None
    assert table.rows == (("a", "site", 2, 2, date(2026, 10, 20), 2), ("b", "site", 0, 0, None, None))


def test_no_repositories() -> None:
    nothing = {name: frame(name, []) for name in ("repositories", "commits", "file_authors")}
    assert show("repositories_table", **nothing) is None


def test_authors_by_number_of_commits() -> None:
    table = show("authors_table", commits=COMMITS)
    assert table is not None
    assert table.rows == (
        ("Ann", 3, 11, 3, 2, date(2026, 10, 17)),  # the merge counts as a commit, its lines do not
        ("Bob", 1, 5, 1, 1, date(2026, 10, 20)),
    )
    assert show("authors_table", commits=COMMITS[COMMITS["date"] < "2026-10-01"]) is None


def test_the_first_twenty_authors() -> None:
    crowd = frame("commits", [commit("site", f"Author {number:02d}") for number in range(25)])
    table = show("authors_table", commits=crowd)
    assert table is not None
    assert cells(table, "author") == [f"Author {number:02d}" for number in range(20)]
    assert table.note == "20 of 25 shown"


def test_projects() -> None:
    rows: list[dict[str, object]] = [
        {"title": "Site", "state": "active", "owner": None, "blockers": 0, "updated_on": SEP, "stack": "S3"},
        {"title": "Booking", "state": "blocked", "owner": "Ann", "blockers": 2, "updated_on": OCT, "deployment": "live"},
    ]
    table = show("projects_table", handoffs=frame("handoffs", rows))
    assert table is not None
    assert table.rows == (
        ("Booking", "blocked", "Ann", 2, OCT, None, "live"),
        ("Site", "active", None, 0, SEP, "S3", None),
    )
    assert show("projects_table", handoffs=frame("handoffs", [])) is None


def test_blockers_the_oldest_first_and_those_without_a_date_last() -> None:
    place = {"source_file": "site.md", "source_line": 7}
    rows = [
        {"project": "site", "blocker": "No owner", "since": None, **place},
        {"project": "site", "blocker": "No domain", "since": OCT, **place},
        {"project": "app", "blocker": "No key", "since": SEP, **place},
    ]
    table = show("blockers_table", blockers=frame("blockers", rows))
    assert table is not None
    assert table.rows == (
        ("app", "No key", SEP, "site.md:7"),
        ("site", "No domain", OCT, "site.md:7"),
        ("site", "No owner", None, "site.md:7"),
    )
    both = together("blockers", frame("blockers", rows[:1]), frame("blockers", rows[1:2], "b"))
    assert cells(show("blockers_table", blockers=both), "tenant") == ["b", "a"]
    assert show("blockers_table", blockers=frame("blockers", [])) is None


def moment(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 10, day, hour, tzinfo=UTC)


def released(name: str, day: int, repository: str = "site") -> dict[str, object]:
    return {"repository": repository, "tag": name, "date": date(2026, 10, day), "tagged_at": moment(day)}


def test_delivery_performance_by_repository_and_in_all() -> None:
    tags = frame("tags", [released("v1", 2), released("v2", 9), released("a1", 9, "app")])
    written = {"authored_at": moment(1), "committed_at": moment(2, 6), "repository": "site", "date": date(2026, 10, 2)}
    undone = {"authored_at": moment(9, 13), "committed_at": moment(9, 14), "repository": "site", "date": date(2026, 10, 9)}
    commits = frame("commits", [{**written, "sha": "1", "subject": "Pay"}, {**undone, "sha": "2", "subject": "Revert pay"}])
    down = [{"service": "site", "date": date(2026, 10, 10), "hours_to_restore": Decimal(3)}, {"service": "mail", "date": OCT}]
    table = show("dora_table", tags=tags, commits=commits, incidents=frame("incidents", down))
    assert table is not None
    assert table.rows == (
        ("app", 1, Decimal("0.2"), None, Decimal(0), None),
        ("site", 2, Decimal("0.5"), Decimal("24.0"), Decimal("0.5"), Decimal("3.0")),
        ("All", 3, Decimal("0.7"), Decimal("24.0"), Decimal("0.33333333"), Decimal("3.0")),
    )
    assert "not collected" not in table.note
    without = show("dora_table", tags=tags, commits=commits, incidents=frame("incidents", []))
    assert without is not None
    assert cells(without, "restore") == [None, None, None]
    assert "time to restore: not collected" in without.note
    assert show("dora_table", tags=tags[:0], commits=commits, incidents=frame("incidents", [])) is None


def test_hot_spots_and_open_branches() -> None:
    files = frame("code_files", [{"repository": "site", "path": path, "bytes": 10} for path in "ab"])
    changed = {"a": 3, "b": 4}
    hot = frame("file_authors", [{"repository": "site", "path": path, "changed_lines": n} for path, n in changed.items()])
    assert cells(show("hotspots_table", file_authors=hot, code_files=files), "file") == ["b", "a"]
    assert show("hotspots_table", file_authors=hot, code_files=files[:0]) is None
    rows = [
        {"branch": "main", "is_default": True, "last_commit": OCT},
        {"branch": "new", "ahead": 2, "behind": 1, "last_commit": date(2026, 10, 30)},
        {"branch": "old", "ahead": 1, "behind": 9, "last_commit": date(2026, 1, 2)},
        {"branch": "merged", "ahead": 0, "last_commit": OCT},
    ]
    table = show("branches_table", branches=frame("branches", rows))
    assert cells(table, "branch") == ["old", "new"]
    assert cells(table, "stale") == ["yes", "no"]
    assert show("branches_table", branches=frame("branches", rows[:1])) is None
