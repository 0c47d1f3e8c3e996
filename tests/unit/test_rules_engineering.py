from __future__ import annotations

from datetime import date

import pytest

from quarterdeck.codebase import bus_factors
from tests.asking import Case, Given, ask, check
from tests.tables import Row, frame

OCT = date(2026, 10, 12)


def commits(count: int, day: date = OCT, repository: str = "site") -> list[Row]:
    return [{"repository": repository, "sha": f"{repository}{n:02d}", "date": day} for n in range(count)]


def files(**changes: dict[str, int]) -> Given:
    """Changes by author for each file."""
    rows = [
        {"repository": "site", "path": path, "author": author, "changes": count}
        for path, by in changes.items()
        for author, count in by.items()
    ]
    return {"file_authors": frame("file_authors", rows)}


def alone(count: int = 20) -> Given:
    return {"commits": frame("commits", commits(count))} | files(a={"Ana": 9}, b={"Ana": 4, "Bo": 1}, c={"Bo": 1})


def repository(**columns: object) -> Given:
    return {"repositories": frame("repositories", [{"repository": "site", "is_shallow": False, **columns}])}


def released(*days: date, repository: str = "site") -> Given:
    return {"tags": frame("tags", [{"repository": repository, "tag": f"v{day}", "date": day} for day in days])}


CASES = {
    "bus_factor_one": Case(
        seeded=lambda: alone(20),
        clean=lambda: {"commits": frame("commits", commits(20))} | files(a={"Ana": 9}, b={"Ana": 3, "Bo": 1}, c={"Bo": 1}),
        subject="site",
        title="site depends on Ana alone",
        why="Without Ana, 66.7% of 3 files would have nobody left who made a good part of their changes in the last 24 months.",
    ),
    "repository_stale": Case(
        seeded=lambda: repository(last_commit=date(2026, 5, 4)),  # 181 days before 1 November
        clean=lambda: repository(last_commit=date(2026, 5, 5)),
        subject="site",
        title="site has had no commit for 181 days",
        why="The last one was on May 4, 2026; after 180 days nobody can be expected to know the code or its dependencies by "
        "heart.",
    ),
    "releases_missing": Case(
        seeded=lambda: {"commits": frame("commits", commits(2))} | released(date(2025, 10, 31)) | repository(),
        clean=lambda: {"commits": frame("commits", commits(2))} | released(date(2025, 11, 1)) | repository(),
        subject="site",
        title="site is changed, but never released",
        why="2 commits in the period and 0 tags in the last 12 months: what runs in production cannot be told from the "
        "repository.",
    ),
    "history_shallow": Case(
        seeded=lambda: repository(is_shallow=True, commits=50),
        clean=lambda: repository(is_shallow=False, commits=50),
        subject="site",
        title="The history of site is cut off",
        why="It is a shallow clone: 50 commits are there, what came before is not, so figures on authors and changes of site "
        "are too low.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


def test_the_rule_speaks_of_the_repositories_whose_bus_factor_is_one() -> None:
    assert bus_factors(alone()["file_authors"]) == {("a", "site"): 1}
    assert bus_factors(CASES["bus_factor_one"].clean()["file_authors"]) == {("a", "site"): 2}


def test_a_repository_with_few_commits_depends_on_nobody_yet() -> None:
    assert ask("bus_factor_one", **alone(19)) == []


def test_commits_of_more_than_two_years_ago_do_not_count() -> None:
    old = frame("commits", [*commits(19), *commits(20, date(2024, 10, 31), "other")])
    assert ask("bus_factor_one", **{**alone(), "commits": old}) == []


def test_the_files_that_would_be_orphaned_come_with_the_most_changed_first() -> None:
    (found,) = ask("bus_factor_one", **alone())
    assert [(row["path"], row["changes"]) for row in found.hit.evidence] == [("a", 9), ("b", 4)]


def test_an_empty_repository_is_not_stale() -> None:
    assert ask("repository_stale", **repository(last_commit=None)) == []


def test_tags_of_another_repository_release_nothing_here() -> None:
    both: Given = {"commits": frame("commits", commits(1))} | released(OCT, repository="other") | repository()
    assert len(ask("releases_missing", **both)) == 1


def test_a_shallow_clone_or_a_quiet_month_says_nothing_about_releases() -> None:
    busy, quiet = frame("commits", commits(3)), frame("commits", commits(3, date(2026, 9, 30)))
    assert ask("releases_missing", commits=busy, **released(), **repository(is_shallow=True)) == []
    assert ask("releases_missing", commits=quiet, **released(), **repository()) == []


def test_a_file_with_a_second_author_is_none_that_would_be_orphaned() -> None:
    asked: Given = {"commits": frame("commits", commits(20))} | files(a={"Ana": 3}, b={"Ana": 3}, c={"Ana": 3, "Bo": 1})
    (found,) = ask("bus_factor_one", **asked)
    assert [row["path"] for row in found.hit.evidence] == ["a", "b"]


def test_the_evidence_for_a_repository_is_its_own() -> None:
    rows = [{"repository": name, "last_commit": date(2025, 1, 1)} for name in ("site", "tools")]
    found = ask("repository_stale", repositories=frame("repositories", rows))
    assert [[row["repository"] for row in one.hit.evidence] for one in found] == [["site"], ["tools"]]
