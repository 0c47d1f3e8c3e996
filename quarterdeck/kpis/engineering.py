"""What is built and shipped, by whom, and what stands in the way."""

from __future__ import annotations

from datetime import timedelta
from statistics import median

import pandas as pd

from quarterdeck import codebase, releases
from quarterdeck.frames import before, between, is_blank, ratio, total
from quarterdeck.kpis import Value, kpi
from quarterdeck.model import At, Direction, Unavailable, Unit

_STALE_DAYS = 180
_GIT = "the history of at least one git repository"
_HANDOFFS = "hand-off documents of the projects"
_NO_COMMITS = Unavailable("no repository has a commit before the end of the period")
_NO_HANDOFFS = Unavailable("there is no hand-off document")
_STALE_BRANCH_DAYS = codebase.STALE_BRANCH_DAYS
_WITHIN_HOURS = releases.WITHIN // timedelta(hours=1)


@kpi(
    "commits",
    label="Commits",
    unit=Unit.COUNT,
    good=Direction.NEUTRAL,
    formula="commits of the period, with merges",
    needs=_GIT,
)
def commit_count(commits: pd.DataFrame, at: At) -> Value:
    """How many commits reached the default branches."""
    return len(between(commits, at.start, at.end)) if len(before(commits, at.end)) else _NO_COMMITS


@kpi(
    "active_authors",
    label="Active authors",
    unit=Unit.COUNT,
    good=Direction.NEUTRAL,
    formula="distinct authors of the period's commits",
    needs=_GIT,
)
def active_authors(commits: pd.DataFrame, at: At) -> Value:
    """How many people wrote code in the period, each counted once."""
    return between(commits, at.start, at.end)["author"].nunique() if len(before(commits, at.end)) else _NO_COMMITS


@kpi(
    "changed_lines",
    label="Changed lines",
    unit=Unit.COUNT,
    good=Direction.NEUTRAL,
    formula="lines added + lines deleted in the period, merges left out",
    needs=_GIT,
)
def changed_lines(commits: pd.DataFrame, at: At) -> Value:
    """How much code moved; a measure of activity, never of worth."""
    if not len(before(commits, at.end)):
        return _NO_COMMITS
    own = between(commits[~commits["is_merge"]], at.start, at.end)
    return total(own["added_lines"]) + total(own["deleted_lines"])


@kpi(
    "deployments",
    label="Deployments",
    unit=Unit.COUNT,
    good=Direction.UP,
    formula="tags made in the period",
    needs="tags in a git repository, one for each deployment",
)
def deployments(tags: pd.DataFrame, at: At) -> Value:
    """How often something was released, as far as tags tell."""
    return len(between(tags, at.start, at.end)) if len(before(tags, at.end)) else Unavailable("no repository has a tag")


@kpi(
    "lead_time",
    label="Lead time for changes",
    unit=Unit.HOURS,
    good=Direction.DOWN,
    formula="median of (time of the first tag after a commit - time the commit was written), over the tags of the period",
    needs="tags in a git repository, one for each deployment",
)
def lead_time(commits: pd.DataFrame, tags: pd.DataFrame, at: At) -> Value:
    """How long a change waits from being written to being released, in the middle of all changes."""
    if not len(between(tags, at.start, at.end)):
        return Unavailable("no tag was made in the period")
    waited = releases.wait(releases.shipped(commits, tags, at))
    return Unavailable("no tag of the period holds a commit that no earlier tag holds") if waited is None else waited


@kpi(
    "change_failure_rate",
    label="Change failure rate",
    unit=Unit.RATIO,
    good=Direction.DOWN,
    formula=f"tags of the period that a hotfix, rollback or revert follows within {_WITHIN_HOURS} hours / tags of the period",
    needs="tags in a git repository, one for each deployment",
)
def change_failure_rate(tags: pd.DataFrame, commits: pd.DataFrame, at: At) -> Value:
    """What share of deployments had to be mended or taken back, as far as tags and subjects of commits tell."""
    made = releases.deployments(commits, tags, at)
    return ratio(int(made["has_failed"].sum()), len(made)) if len(made) else Unavailable("no tag was made in the period")


@kpi(
    "time_to_restore",
    label="Time to restore service",
    unit=Unit.HOURS,
    good=Direction.DOWN,
    formula="median of the hours until service was restored, over the incidents of the period that are over",
    needs="a list of incidents with the hours that each one took",
)
def time_to_restore(incidents: pd.DataFrame, at: At) -> Value:
    """How long an incident lasts, in the middle of all of them."""
    hours = between(incidents, at.start, at.end)["hours_to_restore"].dropna()
    return releases.tenth(median(hours)) if len(hours) else Unavailable("no incident of the period is recorded that is over")


@kpi(
    "bus_factor",
    label="Bus factor",
    unit=Unit.COUNT,
    good=Direction.UP,
    formula="fewest people without whom over half of a repository's files have no author left; the least of all repositories",
    needs="24 months of history of at least one git repository",
)
def bus_factor(file_authors: pd.DataFrame, at: At) -> Value:  # noqa: ARG001 - a KPI is asked for a period
    """How many people would have to leave before a codebase is nobody's; an author made a quarter of a file's changes."""
    if not len(file_authors):
        return Unavailable("no repository has a file that was changed in the last 24 months")
    return min(codebase.bus_factors(file_authors).values())


@kpi(
    "stale_repositories",
    label="Stale repositories",
    unit=Unit.COUNT,
    good=Direction.DOWN,
    formula=f"repositories without a commit in the {_STALE_DAYS} days before the period's end",
    needs=_GIT,
)
def stale_repositories(repositories: pd.DataFrame, at: At) -> Value:
    """How many repositories nobody has worked on for half a year."""
    if not len(repositories):
        return Unavailable("there is no repository")
    fresh = repositories["last_commit"] >= pd.Timestamp(at.end - timedelta(days=_STALE_DAYS))
    return int((~fresh).sum())


@kpi(
    "stale_branches",
    label="Stale branches",
    unit=Unit.COUNT,
    good=Direction.DOWN,
    formula=f"branches with commits that the default branch does not have, the last one over {_STALE_BRANCH_DAYS} days before "
    "the period's end",
    needs=_GIT,
)
def stale_branches(branches: pd.DataFrame, at: At) -> Value:
    """How many lines of work were begun and neither merged nor removed."""
    return int(codebase.stale_branches(branches, at.end).sum()) if len(branches) else Unavailable("there is no branch")


@kpi(
    "open_blockers",
    label="Open blockers",
    unit=Unit.COUNT,
    good=Direction.DOWN,
    formula="blockers named in the hand-off documents",
    needs=_HANDOFFS,
)
def open_blockers(handoffs: pd.DataFrame, at: At) -> Value:  # noqa: ARG001 - a KPI is asked for a period
    """How many things stand in a project's way."""
    return total(handoffs["blockers"]) if len(handoffs) else _NO_HANDOFFS


@kpi(
    "blocked_projects",
    label="Blocked projects",
    unit=Unit.COUNT,
    good=Direction.DOWN,
    formula="projects whose hand-off document states that they are blocked",
    needs=_HANDOFFS,
)
def blocked_projects(handoffs: pd.DataFrame, at: At) -> Value:  # noqa: ARG001 - a KPI is asked for a period
    """How many projects cannot go on."""
    return int((handoffs["state"] == "blocked").sum()) if len(handoffs) else _NO_HANDOFFS


@kpi(
    "projects_without_owner",
    label="Projects without an owner",
    unit=Unit.COUNT,
    good=Direction.DOWN,
    formula="projects that are not done and whose hand-off document names no owner",
    needs=_HANDOFFS,
)
def projects_without_owner(handoffs: pd.DataFrame, at: At) -> Value:  # noqa: ARG001 - a KPI is asked for a period
    """How many projects nobody answers for."""
    return int((is_blank(handoffs["owner"]) & (handoffs["state"] != "done")).sum()) if len(handoffs) else _NO_HANDOFFS
