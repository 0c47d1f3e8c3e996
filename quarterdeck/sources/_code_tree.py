"""The files of a repository at a commit, and every content that any file ever had, with the commit that brought it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import PurePosixPath

from quarterdeck.reading.cells import shorten
from quarterdeck.sources import Window
from quarterdeck.sources._git import Contents, GitFolder

_FILES = ("100644", "100755", "100664")  # neither links nor submodules
_THEIRS = frozenset("node_modules bower_components vendor third_party site-packages dist-packages .venv venv".split())
_LONGEST_PATH = 1000
_LARGEST = 2**20  # bytes of a file that is read for what it says
_LOG = (
    *("-z", "--raw", "--format=%H%x00%ct", "--topo-order", "--reverse", "--root", "--no-abbrev", "--no-renames"),
    *("--diff-merges=first-parent", "--no-notes", "--no-color", "--no-show-signature", "--no-ext-diff", "--no-relative"),
)


@dataclass(frozen=True, slots=True)
class Brought:
    """The commit that first brought a content into a repository, and under which path."""

    commit: str
    day: date
    path: str


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a commit, by path, and their contents' hashes. Paths are as git has them."""

    files: Mapping[str, str]

    def own(self) -> Iterator[PurePosixPath]:
        """The paths, without those of other people's code that was copied in."""
        for path in self.files:
            pure = PurePosixPath(path)
            if not _THEIRS.intersection(pure.parts[:-1]):
                yield pure

    def text(self, path: PurePosixPath, contents: Contents) -> str | None:
        """What a file says; None where it is not there, large, or no text."""
        sha = self.files.get(str(path))
        size = contents.size(sha) if sha is not None else None
        if sha is None or size is None or size > _LARGEST:
            return None
        return as_text(contents.read(sha) or b"")


def as_text(data: bytes) -> str | None:
    """Bytes as text, as git tells text from other things; UTF-16 is text where it says so."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    return None if b"\0" in data[:8000] else data.decode("utf-8", "replace")


def shown(path: PurePosixPath | str) -> str:
    """A path as tables have it."""
    return shorten(str(path), _LONGEST_PATH) or "(no name)"


def read_tree(git: GitFolder, head: str) -> Tree:
    files: dict[str, str] = {}
    for entry in git.read("ls-tree", "-r", "-z", "--full-tree", head).decode("utf-8", "backslashreplace").split("\0"):
        told, _, path = entry.partition("\t")
        if path and told.split()[0] in _FILES:
            mode_type_sha = told.split()
            files[path] = mode_type_sha[2]
    return Tree(files)


def read_contents(git: GitFolder, head: str, window: Window) -> dict[str, Brought]:
    """Every content in the history before the period's end, of all branches and tags, by its hash; the oldest first.

    Of a merge only what neither side had is new. The oldest commits of a shallow repository seem to bring all there is.
    """
    last = int(window.end_instant.timestamp()) - 1
    output = git.read("log", *_LOG, f"--min-age={last}", "--branches", "--remotes", "--tags", head, "--")
    brought: dict[str, Brought] = {}
    tokens = iter(output.decode("utf-8", "backslashreplace").split("\0"))
    commit, day = "", date.min
    for token in tokens:
        told = token.removeprefix("\n")
        if not told.startswith(":"):
            commit, day = told, _day(next(tokens, ""), window)
            continue
        path = next(tokens, "")
        _, mode, _, sha, _ = told.split()
        if mode in _FILES and sha not in brought:
            brought[sha] = Brought(commit, day, path)
    return brought


def _day(seconds: str, window: Window) -> date:
    try:
        return datetime.fromtimestamp(int(seconds), UTC).astimezone(window.zone).date()
    except (ValueError, OverflowError, OSError):
        return date(1970, 1, 1)  # a commit whose own text is damaged
