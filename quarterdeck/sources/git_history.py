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

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, ClassVar, cast

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from quarterdeck.errors import SourceError, Where
from quarterdeck.reading import clean
from quarterdeck.schemas import build
from quarterdeck.sources import Pulled, PulledTable, Window, refuse_too_many, source
from quarterdeck.sources._files import LocalPath, Name, Part, RowOptions
from quarterdeck.sources._git import GitFolder, find_git_folder
from quarterdeck.sources._git_rows import find_tip, read_history

_TABLES = ("commits", "tags", "repositories", "file_authors")


def _local(path: str) -> str:
    if "://" in path or "::" in path or re.match(r"[^/@]+@[^/:]+:", path):
        raise ValueError(f"{path!r} is no local path; clone the repository and name the clone")
    return path


class Repository(Part):
    """One repository, or with a path that ends in `*` every one in a folder."""

    path: Annotated[LocalPath, AfterValidator(_local)]
    name: Name | None = None
    branch: Annotated[str, StringConstraints(pattern=r"^[^\s~^:?*\[\\-][^\s~^:?*\[\\]*$", max_length=200)] | None = None

    @property
    def is_pattern(self) -> bool:
        return self.path.endswith("*")

    @model_validator(mode="after")
    def _one_name(self) -> Repository:
        folder, _, last = self.path.rpartition("/")
        if "*" in folder or (self.is_pattern and last != "*"):
            raise ValueError("a '*' may only stand alone at the end of the path, as in clones/*")
        if self.is_pattern and self.name is not None:
            raise ValueError("a path that ends in '*' has no name of its own; each repository has its folder's")
        return self


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
        found = [place for repository in options.repositories for place in _places(repository, window)]
        _refuse_doubles(found)
        for place in found:
            find_tip(place.git, place.branch)
        return "1 repository" if len(found) == 1 else f"{len(found)} repositories"

    @staticmethod
    def pull(options: GitOptions, window: Window) -> Pulled:
        found = [place for repository in options.repositories for place in _places(repository, window)]
        _refuse_doubles(found)
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
        return Pulled(
            (
                PulledTable("commits", build("commits", commits), bad_commits, covers, latest),
                PulledTable("tags", build("tags", tags), bad_tags, covers, latest),
                PulledTable("repositories", build("repositories", repositories), watermark=latest),
                PulledTable("file_authors", build("file_authors", file_authors), watermark=latest),
            )
        )


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    shown: str
    branch: str | None
    git: GitFolder


def _places(repository: Repository, window: Window) -> list[_Place]:
    where = Where(repository.path)
    try:
        if repository.is_pattern:
            return _in_folder(repository, window.path(repository.path[:-1] or "."))
        path = window.path(repository.path)
        if not path.is_dir():
            raise SourceError("there is no such folder", where=where, remedy="mend the path, or clone it there")
        place = _place(repository, path, repository.path)
    except OSError as error:
        what = f"the repository cannot be read: {error.strerror}"
        raise SourceError(what, where=where, remedy="see to its path and rights") from error
    if place is None:
        raise SourceError("this is no git repository", where=where, remedy="name the folder that holds .git")
    return [place]


def _in_folder(repository: Repository, folder: Path) -> list[_Place]:
    shown = repository.path[:-1]
    found = [_place(repository, path, shown + path.name) for path in sorted(folder.iterdir()) if path.is_dir()]
    places = [place for place in found if place is not None]
    if not places:
        raise SourceError("no folder there is a git repository", where=Where(repository.path), remedy="mend the path")
    return places


def _place(repository: Repository, path: Path, shown: str) -> _Place | None:
    folder = find_git_folder(path)
    if folder is None:
        return None
    name = repository.name or clean(path.resolve().name.removesuffix(".git")) or "repository"
    return _Place(name, shown, repository.branch, GitFolder(folder, shown))


def _refuse_doubles(places: Iterable[_Place]) -> None:
    first: dict[str, _Place] = {}
    for place in places:
        other = first.setdefault(place.name, place)
        if other is not place:
            raise SourceError(
                f"{other.shown} and {place.shown} are both called {place.name!r}",
                where=Where(place.shown),
                remedy="give one of them a name of its own",
            )
