"""Who knows the code: the bus factor of each repository, shared by KPIs and exhibits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import combinations
from math import comb

import pandas as pd

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
