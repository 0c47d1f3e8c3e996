"""Who knows the code, which files are its hot spots, and which branches lie still: shared by KPIs and exhibits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import combinations
from math import comb

import pandas as pd

STALE_BRANCH_DAYS = 30
_PART = 4  # a quarter of a file's changes makes an author of it
_TRIALS = 5_000  # groups of one size that are tried before the search narrows to the authors of most files


def bus_factors(file_authors: pd.DataFrame) -> dict[tuple[str, str], int]:
    """The bus factor by (tenant, repository).

    It is the size of the smallest group of authors without whom more than half of the files have nobody left who made a
    quarter of their changes. A file that nobody knows that well belongs to all who changed it.
    """
    by_repository = _owners(file_authors).groupby(["tenant", "repository"])
    return {(str(tenant), str(name)): _smallest_group(rows) for (tenant, name), rows in by_repository}


def _owners(file_authors: pd.DataFrame) -> pd.DataFrame:
    by_file = file_authors.groupby(["tenant", "repository", "path"])["changes"]
    knows = file_authors["changes"] * _PART >= by_file.transform("sum")
    well_known = knows.groupby([file_authors[key] for key in ("tenant", "repository", "path")]).transform("any")
    owners: pd.DataFrame = file_authors[knows | ~well_known]
    return owners


def _smallest_group(owners: pd.DataFrame) -> int:
    files_of = Counter(owners["author"])
    authors = sorted(files_of, key=lambda author: (-files_of[author], author))
    bit = {author: 1 << index for index, author in enumerate(authors)}
    files = Counter(sum(bit[author] for author in set(group)) for _, group in owners.groupby("path")["author"])
    needed = sum(files.values()) // 2 + 1
    for size in range(1, len(authors)):
        # A group orphans at most the files its members have a part in: most sizes are ruled out without a trial.
        if sum(files_of[author] for author in authors[:size]) >= needed and _orphans(authors, bit, files, size) >= needed:
            return size
    return len(authors)


def _orphans(authors: list[str], bit: Mapping[str, int], files: Mapping[int, int], size: int) -> int:
    """The most files that the loss of so many authors can leave without one."""
    candidates = len(authors)
    while candidates > size and comb(candidates, size) > _TRIALS:
        candidates -= 1
    groups = (sum(bit[author] for author in group) for group in combinations(authors[:candidates], size))
    return max(sum(count for owned, count in files.items() if not owned & ~group) for group in groups)


def stale_branches(branches: pd.DataFrame, end: date) -> pd.Series:
    """Which branches have commits that the default branch does not have, and none of the last thirty days."""
    is_open = (branches["ahead"] > 0) & ~branches["is_default"]
    stale: pd.Series = is_open & (branches["last_commit"] < pd.Timestamp(end - timedelta(days=STALE_BRANCH_DAYS)))
    return stale


def hotspots(file_authors: pd.DataFrame, code_files: pd.DataFrame) -> pd.DataFrame:
    """Files that live, with their `changes`, `changed_lines`, number of `authors` and `bytes`; the hottest first.

    Heat is lines changed x authors x bytes: a file that is large, changes much and is changed by many is where faults are
    made. It ranks files and means nothing by itself.
    """
    keys = ["tenant", "repository", "path"]
    sums = file_authors.groupby(keys, as_index=False).agg(
        changes=("changes", "sum"), changed_lines=("changed_lines", "sum"), authors=("author", "nunique")
    )
    joined = sums.merge(code_files[[*keys, "bytes"]].dropna(), on=keys)
    heat = joined["changed_lines"].astype(object) * joined["authors"].astype(object) * joined["bytes"].astype(object)
    ranked = joined.assign(heat=heat)
    return ranked[ranked["heat"] > 0].sort_values(["heat", *keys], ascending=[False, True, True, True], ignore_index=True)
