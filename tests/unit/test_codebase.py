"""The bus factor, against cases worked out by hand and against trying every group."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.codebase import bus_factors
from tests.tables import frame, together


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
