"""Repositories, people and projects."""

from __future__ import annotations

from decimal import Decimal
from statistics import median

import pandas as pd

from quarterdeck import codebase, frames, releases
from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Cells, Row, count, dated, grid, ratio, shown, source, text, when, whole, words, yes_or_no
from quarterdeck.frames import between, total
from quarterdeck.model import At, Exhibit

_LISTED = 20
_HOTTEST = 10
_WEEK = Decimal(7)


@exhibit("repositories_table", title="Repositories")
def repositories_table(repositories: pd.DataFrame, commits: pd.DataFrame, file_authors: pd.DataFrame, at: At) -> Exhibit | None:
    """Each repository with its activity in the period and its bus factor."""
    factors = codebase.bus_factors(file_authors)
    made = {
        (str(tenant), str(name)): (len(rows), rows["author"].nunique())
        for (tenant, name), rows in between(commits, at.start, at.end).groupby(["tenant", "repository"])
    }
    rows: list[Row] = []
    for row in repositories.sort_values(["tenant", "repository"]).to_dict("records"):
        key = (row["tenant"], row["repository"])
        number, authors = made.get(key, (0, 0))
        rows.append((row["tenant"], (row["repository"], number, authors, when(row["last_commit"]), factors.get(key))))
    return grid(
        (
            text("repository", "Repository"),
            count("commits", "Commits"),
            count("authors", "Authors"),
            dated("last_commit", "Last commit"),
            count("bus_factor", "Bus factor"),
        ),
        rows,
    )


@exhibit("dora_table", title="Delivery performance")
def dora_table(tags: pd.DataFrame, commits: pd.DataFrame, incidents: pd.DataFrame, at: At) -> Exhibit | None:
    """The four keys of DORA by repository, told from tags and subjects of commits; time to restore from a list of incidents."""
    made = releases.deployments(commits, tags, at)
    changes = releases.shipped(commits, tags, at)
    over = between(incidents, at.start, at.end).dropna(subset="hours_to_restore")
    rows: list[Row] = []
    for (tenant, name), _ in tags.groupby(["tenant", "repository"]):
        down = over[(over["tenant"] == tenant) & (over["service"] == name)]
        own = _keys(_of(made, str(tenant), str(name)), _of(changes, str(tenant), str(name)), down, at)
        rows.append((str(tenant), (str(name), *own)))
    collected = "" if len(incidents) else "; time to restore: not collected, for no list has incidents"
    return grid(
        (
            text("repository", "Repository"),
            count("deployments", "Deployments"),
            count("weekly", "A week"),
            count("lead_time", "Lead time (hours)"),
            ratio("failures", "Change failures"),
            count("restore", "Time to restore (hours)"),
        ),
        rows,
        total=("All", *_keys(made, changes, over, at)) if rows else None,
        note=f"Proxies: a tag is a deployment, a hotfix, rollback or revert soon after it a failure of it{collected}",
    )


def _of(rows: pd.DataFrame, tenant: str, name: str) -> pd.DataFrame:
    return rows[(rows["tenant"] == tenant) & (rows["repository"] == name)]


def _keys(made: pd.DataFrame, changes: pd.DataFrame, over: pd.DataFrame, at: At) -> Cells:
    """Deployments, deployments a week, lead time, share of failures, time to restore; empty where there is nothing to tell."""
    weekly = (len(made) * _WEEK / (at.end - at.start).days).quantize(Decimal("0.1"))
    failures = frames.ratio(int(made["has_failed"].sum()), len(made)) if len(made) else None
    restore = releases.tenth(median(over["hours_to_restore"])) if len(over) else None
    return (len(made), weekly, releases.wait(changes), failures, restore)


@exhibit("hotspots_table", title="Hot spots of the code")
def hotspots_table(file_authors: pd.DataFrame, code_files: pd.DataFrame, at: At) -> Exhibit | None:  # noqa: ARG001 - asked for a period like all
    """Large files that many people change much: lines changed x authors x size, over the last 24 months."""
    hot = codebase.hotspots(file_authors, code_files)
    names = ("path", "repository", "changes", "changed_lines", "authors")
    rows: list[Row] = [
        (row["tenant"], (*(row[name] for name in names), whole(row["bytes"]))) for row in hot.head(_HOTTEST).to_dict("records")
    ]
    return grid(
        (
            text("file", "File"),
            text("repository", "Repository"),
            count("changes", "Changes"),
            count("lines", "Lines changed"),
            count("authors", "Authors"),
            count("bytes", "Bytes"),
        ),
        rows,
        note=shown(len(hot), _HOTTEST),
    )


@exhibit("branches_table", title="Open branches")
def branches_table(branches: pd.DataFrame, at: At) -> Exhibit | None:
    """Branches with commits that the default branch does not have, the oldest first."""
    is_stale = codebase.stale_branches(branches, at.end)
    is_open = (branches["ahead"] > 0) & ~branches["is_default"]
    ordered = branches.assign(is_stale=is_stale)[is_open].sort_values(["last_commit", "tenant", "repository", "branch"])
    rows: list[Row] = [
        (
            row["tenant"],
            (
                row["branch"],
                row["repository"],
                row["author"],
                when(row["last_commit"]),
                row["ahead"],
                row["behind"],
                yes_or_no(row["is_stale"]),
            ),
        )
        for row in ordered.head(_LISTED).to_dict("records")
    ]
    return grid(
        (
            text("branch", "Branch"),
            text("repository", "Repository"),
            text("author", "Last author"),
            dated("last_commit", "Last commit"),
            count("ahead", "Ahead"),
            count("behind", "Behind"),
            text("stale", "Stale"),
        ),
        rows,
        note=shown(len(ordered), _LISTED),
    )


@exhibit("authors_table", title="Who wrote code")
def authors_table(commits: pd.DataFrame, at: At) -> Exhibit | None:
    """Authors of the period by number of commits; lines of merges are left out."""
    period = between(commits, at.start, at.end)
    lines = []
    for (tenant, author), made in period.groupby(["tenant", "author"]):
        own = made[~made["is_merge"]]
        changed = (total(own["added_lines"]), total(own["deleted_lines"]))
        lines.append((str(tenant), (str(author), len(made), *changed, made["repository"].nunique(), when(made["date"].max()))))
    lines.sort(key=lambda line: (-line[1][1], line[0], line[1][0]))
    return grid(
        (
            text("author", "Author"),
            count("commits", "Commits"),
            count("added", "Lines added"),
            count("deleted", "Lines deleted"),
            count("repositories", "Repositories"),
            dated("last_commit", "Last commit"),
        ),
        lines[:_LISTED],
        note=shown(len(lines), _LISTED),
    )


@exhibit("projects_table", title="Projects")
def projects_table(handoffs: pd.DataFrame, at: At) -> Exhibit | None:  # noqa: ARG001 - asked for a period like all
    """The state of each project as its hand-off document tells it."""
    rows: list[Row] = [
        (
            row["tenant"],
            (
                row["title"],
                row["state"],
                words(row["owner"]),
                whole(row["blockers"]),
                when(row["updated_on"]),
                words(row["stack"]),
                words(row["deployment"]),
            ),
        )
        for row in handoffs.sort_values(["tenant", "title", "project"]).to_dict("records")
    ]
    return grid(
        (
            text("project", "Project"),
            text("state", "State"),
            text("owner", "Owner"),
            count("blockers", "Blockers"),
            dated("updated", "Updated"),
            text("stack", "Stack"),
            text("deployment", "Deployment"),
        ),
        rows,
    )


@exhibit("blockers_table", title="Open blockers")
def blockers_table(blockers: pd.DataFrame, at: At) -> Exhibit | None:  # noqa: ARG001 - asked for a period like all
    """What stands in the projects' way, the oldest first; those without a date come last."""
    ordered = blockers.sort_values(["since", "tenant", "project", "blocker"], na_position="last")
    rows: list[Row] = [
        (row["tenant"], (row["project"], row["blocker"], when(row["since"]), source(row))) for row in ordered.to_dict("records")
    ]
    return grid(
        (text("project", "Project"), text("blocker", "Blocker"), dated("since", "Since"), text("source", "Read from")), rows
    )
