"""Faults in repositories: who alone knows them, whether they live, and whether their history can be read."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from quarterdeck.codebase import bus_factors
from quarterdeck.frames import between, day, ratio
from quarterdeck.model import At, Effort, Severity
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import days_between, evidence

_AUTHOR_MONTHS = 24  # the window that the table `file_authors` speaks of
_AUTHOR_PARTS = 4  # an author of a file made at least one in so many of its changes
_ENOUGH_COMMITS = 20
_STALE_DAYS = 180
_RELEASE_MONTHS = 12


@rule(
    "bus_factor_one",
    severity=Severity.HIGH,
    owner="cto",
    effort=Effort.L,
    due_days=60,
    title="{repository} depends on {author} alone",
    why="Without {author}, {share:percent} of {files:file|files} would have nobody left who made a good part of "
    "their changes in the last {months:months}.",
    remedy="Have a second person review and change {repository} together with {author}, the files listed first",
)
def bus_factor_one(commits: pd.DataFrame, file_authors: pd.DataFrame, at: At) -> Iterable[Hit]:
    """One author's leaving orphans more than half of the files of a repository with at least twenty commits."""
    recent = between(commits, at.months_back(_AUTHOR_MONTHS), at.end).groupby("repository").size()
    touched = file_authors[file_authors["repository"].isin(recent[recent >= _ENOUGH_COMMITS].index)]
    for (_, name), factor in sorted(bus_factors(touched).items()):
        if factor != 1:
            continue
        files = touched[touched["repository"] == name]
        sole = _sole_authors(files)
        author = sole["author"].value_counts(sort=False).sort_index().idxmax()
        orphaned = sole[sole["author"] == author].sort_values(["changes", "path"], ascending=[False, True])
        count = int(files["path"].nunique())
        yield Hit(
            subject=name,
            facts={
                "repository": name,
                "author": str(author),
                "share": ratio(len(orphaned), count),
                "files": count,
                "months": _AUTHOR_MONTHS,
            },
            evidence=evidence(orphaned, at, "path", "author", "changes", "changed_lines", "last_changed"),
        )


def _sole_authors(touched: pd.DataFrame) -> pd.DataFrame:
    """The rows of those who made a quarter of a file's changes or more, where nobody else did."""
    changes = touched.groupby("path")["changes"].transform("sum")
    authors = touched[touched["changes"] * _AUTHOR_PARTS >= changes]
    return authors[authors.groupby("path")["author"].transform("size") == 1]


@rule(
    "repository_stale",
    severity=Severity.LOW,
    owner="cto",
    effort=Effort.S,
    due_days=45,
    title="{repository} has had no commit for {age:days}",
    why="The last one was on {last}; after {limit:days} nobody can be expected to know the code or its dependencies by heart.",
    remedy="Decide whether {repository} is still needed: archive it, or bring its dependencies up to date",
)
def repository_stale(repositories: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A repository without a commit for half a year."""
    alive = repositories[repositories["last_commit"].notna()].sort_values("repository")
    for row in alive.to_dict("records"):
        last = day(row["last_commit"])
        age = days_between(last, at.end)
        if age > _STALE_DAYS:
            name = str(row["repository"])
            yield Hit(
                subject=name,
                facts={"repository": name, "age": age, "last": last, "limit": _STALE_DAYS},
                evidence=evidence(alive[alive["repository"] == name], at, "repository", "commits", "files", "last_commit"),
            )


@rule(
    "releases_missing",
    severity=Severity.LOW,
    owner="cto",
    effort=Effort.S,
    due_days=30,
    title="{repository} is changed, but never released",
    why="{commits:commit|commits} in the period and {tags:tag|tags} in the last {months:months}: what runs in production "
    "cannot be told from the repository.",
    remedy="Tag what is in production now, and every release of {repository} from here on",
)
def releases_missing(commits: pd.DataFrame, tags: pd.DataFrame, repositories: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A repository with commits in the period and no tag in the last twelve months; shallow ones prove nothing."""
    whole = repositories.loc[~repositories["is_shallow"], "repository"]
    tagged = between(tags, at.months_back(_RELEASE_MONTHS), at.end)["repository"]
    recent = between(commits, at.start, at.end)
    unreleased = recent[recent["repository"].isin(whole) & ~recent["repository"].isin(tagged)]
    for name, rows in unreleased.groupby("repository"):
        yield Hit(
            subject=str(name),
            facts={"repository": str(name), "commits": len(rows), "tags": 0, "months": _RELEASE_MONTHS},
            evidence=evidence(rows.sort_values("committed_at", ascending=False), at, "date", "author", "subject", "sha"),
        )


@rule(
    "history_shallow",
    severity=Severity.MEDIUM,
    owner="cto",
    effort=Effort.S,
    due_days=15,
    title="The history of {repository} is cut off",
    why="It is a shallow clone: {commits:commit is|commits are} there, what came before is not, so figures on authors and "
    "changes of {repository} are too low.",
    remedy="Read {repository} from a whole clone (git fetch --unshallow)",
)
def history_shallow(repositories: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A repository was read from a shallow clone."""
    for name, rows in repositories[repositories["is_shallow"]].groupby("repository"):
        yield Hit(
            subject=str(name),
            facts={"repository": str(name), "commits": int(rows["commits"].iloc[0])},
            evidence=evidence(rows, at, "repository", "default_branch", "commits", "first_commit"),
        )
