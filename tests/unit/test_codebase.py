"""The bus factor, against cases worked out by hand and against trying every group; hot spots and branches."""

from __future__ import annotations

from datetime import date
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.codebase import bus_factors, hotspots, stale_branches
from quarterdeck.kpis import KPIS
from quarterdeck.model import Unavailable
from tests.tables import Row, at, frame, together


def factor(*rows: tuple[str, str, int]) -> int:
    listed = [{"repository": "site", "path": path, "author": author, "changes": changes} for path, author, changes in rows]
    return bus_factors(frame("file_authors", listed))["a", "site"]


def test_one_who_knows_more_than_half_of_the_files_alone() -> None:
    assert factor(("a", "Ann", 1), ("b", "Ann", 1), ("c", "Bob", 1)) == 1


def test_half_of_the_files_is_not_more_than_half() -> None:
    assert factor(("a", "Ann", 1), ("b", "Bob", 1)) == 2


def test_a_quarter_of_the_changes_makes_an_author() -> None:
    # Bob made 1 of 4 changes: without Ann there is still Bob. With 1 of 5 he is no author.
    assert factor(("a", "Ann", 3), ("a", "Bob", 1)) == 2
    assert factor(("a", "Ann", 4), ("a", "Bob", 1)) == 1


def test_a_file_of_many_small_hands_belongs_to_all_of_them() -> None:
    assert factor(*(("a", name, 1) for name in ("Ann", "Bob", "Cid", "Dan", "Eve"))) == 5


def test_those_who_know_most_files_are_not_always_those_who_are_missed() -> None:
    # Ann and Bob know four files, always with a third. Cid and Dan alone hold the other five: a greedy choice by number
    # of files would start with Ann.
    shared = [(f"s{i}", name, 1) for i in range(4) for name in ("Ann", "Bob", "Eve")]
    alone = [("c1", "Cid", 1), ("c2", "Cid", 1), ("c3", "Cid", 1), ("d1", "Dan", 1), ("d2", "Dan", 1)]
    assert factor(*shared, *alone) == 2  # 5 of 9


def test_repositories_of_one_name_in_two_companies() -> None:
    ann = frame("file_authors", [{"repository": "site", "path": path, "author": "Ann", "changes": 1} for path in "ab"])
    two = [{"repository": "site", "path": path, "author": name, "changes": 1} for path, name in (("a", "Bob"), ("b", "Cid"))]
    both = together("file_authors", ann, frame("file_authors", two, "b"))
    assert bus_factors(both) == {("a", "site"): 1, ("b", "site"): 2}
    assert bus_factors(frame("file_authors", [])) == {}


def test_a_crowd_is_searched_among_those_who_know_most() -> None:
    # 60 people with a file each: 31 must go. All groups of 31 would be 10**17.
    assert factor(*((f"f{i}", f"p{i}", 1) for i in range(60))) == 31


_FILES = st.lists(st.dictionaries(st.sampled_from("ABCDEF"), st.integers(1, 9), min_size=1), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(files=_FILES)
def test_the_group_is_the_smallest_of_all_groups(files: list[dict[str, int]]) -> None:
    found = factor(*((f"f{i}", author, changes) for i, file in enumerate(files) for author, changes in file.items()))
    owners = []
    for file in files:
        known = {author for author, changes in file.items() if 4 * changes >= sum(file.values())}
        owners.append(known or set(file))
    people = set().union(*owners)
    sizes = [
        size
        for size in range(1, len(people) + 1)
        for group in combinations(sorted(people), size)
        if 2 * sum(owned <= set(group) for owned in owners) > len(files)
    ]
    assert found == min(sizes)


def test_hot_spots_are_large_and_changed_much_by_many() -> None:
    rows: list[Row] = [
        {"repository": "site", "path": "a", "author": "Ann", "changes": 3, "changed_lines": 10},
        {"repository": "site", "path": "a", "author": "Bob", "changes": 1, "changed_lines": 20},
        {"repository": "site", "path": "b", "author": "Ann", "changes": 9, "changed_lines": 100},
        {"repository": "site", "path": "gone", "author": "Ann", "changes": 9, "changed_lines": 900},
        {"repository": "site", "path": "binary", "author": "Ann", "changes": 5, "changed_lines": 0},
    ]
    sizes = {"a": 200, "b": 100, "binary": 9}
    files: list[Row] = [{"repository": "site", "path": path, "bytes": size} for path, size in sizes.items()]
    hot = hotspots(frame("file_authors", rows), frame("code_files", files))
    told = hot[["path", "changes", "changed_lines", "authors", "heat"]].to_dict("records")
    assert told == [
        {"path": "a", "changes": 4, "changed_lines": 30, "authors": 2, "heat": 12_000},
        {"path": "b", "changes": 9, "changed_lines": 100, "authors": 1, "heat": 10_000},
    ]


def test_heat_does_not_run_over() -> None:
    rows: list[Row] = [{"repository": "site", "path": "a", "author": "Ann", "changes": 1, "changed_lines": 2**40}]
    hot = hotspots(frame("file_authors", rows), frame("code_files", [{"repository": "site", "path": "a", "bytes": 2**40}]))
    assert hot["heat"].tolist() == [2**80]


def test_branches_that_lie_still() -> None:
    end = date(2026, 11, 1)
    rows: list[Row] = [
        {"branch": "main", "ahead": 0, "last_commit": date(2020, 1, 1), "is_default": True},
        {"branch": "merged", "ahead": 0, "last_commit": date(2020, 1, 1)},
        {"branch": "fresh", "ahead": 1, "last_commit": date(2026, 10, 2)},
        {"branch": "still", "ahead": 1, "last_commit": date(2026, 10, 1)},
    ]
    table = frame("branches", rows)
    assert table["branch"][stale_branches(table, end)].tolist() == ["still"]
    assert KPIS.get("stale_branches").compute(branches=table, at=at("2026-10")) == 1
    assert isinstance(KPIS.get("stale_branches").compute(branches=table[:0], at=at("2026-10")), Unavailable)
