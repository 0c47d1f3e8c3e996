"""Commits, tags and authorship of local git repositories.

    - kind: git_history
      repositories:
        - path: code/website.git        # a checkout or a bare repository; shallow ones are marked as such
        - path: .
          name: tools                   # else the folder's name
          branch: main                  # else the branch that is checked out
        - path: clones/*                # every repository in a folder

Everything is as of the period's end: the head is the last commit of the branch's own line before that instant, and files,
.mailmap and tags are those of that time, so that a later run for an older period gives the same rows. Nothing is checked
out and nothing is fetched. Merges change no lines; of a shallow repository's oldest commits no lines are known, none are
counted.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, ClassVar, cast

from pydantic import Field

from quarterdeck.schemas import build
from quarterdeck.sources import Pulled, PulledTable, Window, refuse_too_many, source
from quarterdeck.sources._files import RowOptions
from quarterdeck.sources._git_rows import find_tip, read_history
from quarterdeck.sources._repositories import Repository, places

_TABLES = ("commits", "tags", "repositories", "file_authors", "code_files", "branches")


class GitOptions(RowOptions):
    """The repositories to read."""

    repositories: Annotated[tuple[Repository, ...], Field(min_length=1)]


@source
class GitHistory:
    """The history of local git repositories."""

    kind: ClassVar[str] = "git_history"
    Options = GitOptions

    @staticmethod
    def provides(options: GitOptions) -> tuple[str, ...]:  # noqa: ARG004 - the tables are always these
        return _TABLES

    @staticmethod
    def states(options: GitOptions) -> tuple[str, ...]:  # noqa: ARG004 - commits have their days
        return ()

    @staticmethod
    def check(options: GitOptions, window: Window) -> str:
        found = places(options.repositories, window)
        for place in found:
            find_tip(place.git, place.branch)
        return "1 repository" if len(found) == 1 else f"{len(found)} repositories"

    @staticmethod
    def pull(options: GitOptions, window: Window) -> Pulled:
        found = places(options.repositories, window)
        histories = [read_history(place.git, place.name, place.branch, window) for place in found]
        commits = [row for history in histories for row in history.commits]
        tags = [row for history in histories for row in history.tags]
        bad_commits = tuple(fault for history in histories for fault in history.bad_commits)
        bad_tags = tuple(fault for history in histories for fault in history.bad_tags)
        refuse_too_many("commits", bad_commits, len(commits), options.limit)
        refuse_too_many("tags", bad_tags, len(tags), options.limit)
        first = min((cast("date", row["date"]) for row in commits), default=None)
        covers = None if first is None else (first, max(window.known_end, first + timedelta(days=1)))
        latest = max((cast("datetime", row["committed_at"]) for row in commits), default=None)
        repositories = [history.repository for history in histories if history.repository is not None]
        file_authors = [row for history in histories for row in history.file_authors]
        files = [row for history in histories for row in history.files]
        branches = [row for history in histories for row in history.branches]
        return Pulled(
            (
                PulledTable("commits", build("commits", commits), bad_commits, covers, latest),
                PulledTable("tags", build("tags", tags), bad_tags, covers, latest),
                PulledTable("repositories", build("repositories", repositories), watermark=latest),
                PulledTable("file_authors", build("file_authors", file_authors), watermark=latest),
                PulledTable("code_files", build("code_files", files), watermark=latest),
                PulledTable("branches", build("branches", branches), watermark=latest),
            )
        )
