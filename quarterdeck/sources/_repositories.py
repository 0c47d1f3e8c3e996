"""Which git repositories a source reads: one by its path, or every one in a folder."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, StringConstraints, model_validator

from quarterdeck.errors import SourceError, Where
from quarterdeck.reading import clean
from quarterdeck.sources import Window
from quarterdeck.sources._files import LocalPath, Name, Part
from quarterdeck.sources._git import GitFolder, find_git_folder


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


@dataclass(frozen=True, slots=True)
class Place:
    """One repository: its name, and the path that faults name it by."""

    name: str
    shown: str
    branch: str | None
    git: GitFolder


def places(repositories: Iterable[Repository], window: Window) -> list[Place]:
    """All repositories in the order of the options; SourceError where one is not there, or two have one name."""
    found = [place for repository in repositories for place in _places(repository, window)]
    _refuse_doubles(found)
    return found


def _places(repository: Repository, window: Window) -> list[Place]:
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


def _in_folder(repository: Repository, folder: Path) -> list[Place]:
    shown = repository.path[:-1]
    found = [_place(repository, path, shown + path.name) for path in sorted(folder.iterdir()) if path.is_dir()]
    places = [place for place in found if place is not None]
    if not places:
        raise SourceError("no folder there is a git repository", where=Where(repository.path), remedy="mend the path")
    return places


def _place(repository: Repository, path: Path, shown: str) -> Place | None:
    folder = find_git_folder(path)
    if folder is None:
        return None
    name = repository.name or clean(path.resolve().name.removesuffix(".git")) or "repository"
    return Place(name, shown, repository.branch, GitFolder(folder, shown))


def _refuse_doubles(places: Iterable[Place]) -> None:
    first: dict[str, Place] = {}
    for place in places:
        other = first.setdefault(place.name, place)
        if other is not place:
            raise SourceError(
                f"{other.shown} and {place.shown} are both called {place.name!r}",
                where=Where(place.shown),
                remedy="give one of them a name of its own",
            )
