"""What files said at an earlier day, by the git history they are kept in.

A list that somebody keeps shows the state of today. To make the report of a past month as it would have been made then,
the file is taken from the last commit before the month's end, out of the repository that the file lies in, and laid into
a temporary folder; the source reads it there and knows nothing of it. A file that no repository keeps has no past.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from quarterdeck.errors import SourceError, Where
from quarterdeck.sources import Window
from quarterdeck.sources._git import GitFolder, find_git_folder

_FILES = ("100644", "100755")  # no links, no submodules: they lead out of what was committed
_MOST_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class _Kept:
    """A path within the repository that keeps it."""

    git: GitFolder
    inside: str


@contextmanager
def as_of_end(paths: Iterable[str], window: Window) -> Iterator[Window]:
    """The window over a folder that holds the paths as they stood at the period's end; it is gone after the block.

    SourceError where a path lies in no git repository, or its repository has no commit from before that moment.
    """
    with tempfile.TemporaryDirectory(prefix="quarterdeck-") as name:
        folder = Path(name)
        for path in paths:
            _lay(_keeper(path, window), path, replace(window, laid=folder).path(path), window)
        yield replace(window, laid=folder)


def _keeper(path: str, window: Window) -> _Kept:
    full = Path(os.path.normpath(window.path(path)))
    for above in (full, *full.parents):
        found = find_git_folder(above) if above.is_dir() else None
        if found is not None:
            return _Kept(GitFolder(found, str(path)), full.relative_to(above).as_posix())
    raise SourceError(
        f"it is known only as it stands now, not as of {window.end}: no git repository keeps it",
        where=Where(path),
        remedy="keep the file in git, so that reports of past periods can be made",
    )


def _lay(kept: _Kept, path: str, place: Path, window: Window) -> None:
    commit = _commit(kept.git, path, window)
    size = 0
    for mode, blob, name in _entries(kept, commit):
        if mode not in _FILES:
            continue
        data = kept.git.read("cat-file", "blob", blob)
        size += len(data)
        if size > _MOST_BYTES:
            raise SourceError(f"it has more than {_MOST_BYTES:,} bytes as of {window.end}", where=Where(path))
        _write(_below(place, path, name), data)


def _commit(git: GitFolder, path: str, window: Window) -> str:
    head = git.commit("HEAD")
    before = int(window.end_instant.timestamp()) - 1
    found = git.read("rev-list", "--max-count=1", "--first-parent", f"--min-age={before}", head, "--") if head else b""
    commit = found.decode("ascii", "replace").strip()
    if not commit:
        raise SourceError(
            f"its repository has no commit from before {window.end}",
            where=Where(path),
            remedy="what was not kept then cannot be known now",
        )
    return commit


def _entries(kept: _Kept, commit: str) -> Iterator[tuple[str, str, str]]:
    """Mode, blob and name, relative to the path itself, of all files at or under the path in a commit."""
    inside = () if kept.inside == "." else (kept.inside,)
    for entry in kept.git.read("ls-tree", "-r", "-z", "--full-tree", commit, "--", *inside).split(b"\0"):
        about, tab, raw = entry.partition(b"\t")
        if not tab:
            continue
        mode, _, blob = about.decode("ascii", "replace").split(" ")
        name = raw.decode("utf-8", "surrogateescape")
        if not inside or name == kept.inside or name.startswith(f"{kept.inside}/"):
            yield mode, blob, name if not inside else name.removeprefix(kept.inside).lstrip("/")


def _below(place: Path, path: str, name: str) -> Path:
    if name.startswith("/") or ".." in PurePosixPath(name).parts:
        raise SourceError(f"a commit names a file outside of itself: {name!r}", where=Where(path))
    return place / name if name else place


def _write(place: Path, data: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
