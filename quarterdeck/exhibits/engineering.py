"""Repositories, people and projects."""

from __future__ import annotations

import pandas as pd

from quarterdeck import codebase
from quarterdeck.exhibits import exhibit
from quarterdeck.exhibits._grid import Row, count, dated, grid, shown, source, text, when, whole, words
from quarterdeck.frames import between, total
from quarterdeck.model import At, Exhibit

_LISTED = 20


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
