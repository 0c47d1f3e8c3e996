"""What `git log -z --numstat` and `git ls-tree -z` write, as records. Nothing is split at line ends: names may hold them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

# Hash, parents, author's and committer's time, author by .mailmap, subject.
LOG_FORMAT = "%H%x00%P%x00%at%x00%ct%x00%aN%x00%s"
_FIELDS = 6


@dataclass(frozen=True, slots=True)
class Change:
    """One file in one commit; `before` is its earlier name where it was renamed. A binary file has no lines."""

    path: str
    added: int
    deleted: int
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit as git tells it; times are seconds since 1970, None where the commit's own text is damaged."""

    sha: str
    parents: tuple[str, ...]
    authored: int | None
    committed: int | None
    author: str
    subject: str
    changes: tuple[Change, ...]


def parse_log(output: bytes) -> Iterator[Commit]:
    """Commits in the order of the log. The tokens stand in a fixed order, so no text in them can pass for another."""
    tokens = _text(output).split("\0")
    at = 0
    while at + _FIELDS <= len(tokens):
        sha, parents, authored, committed, author, subject = tokens[at : at + _FIELDS]
        at += _FIELDS
        changes: list[Change] = []
        while at < len(tokens) and "\t" in tokens[at]:
            change, at = _change(tokens, at)
            changes.append(change)
        yield Commit(sha, tuple(parents.split()), _seconds(authored), _seconds(committed), author, subject, tuple(changes))


def parse_sizes(output: bytes) -> dict[str, int | None]:
    """Bytes of the files in a tree, of `ls-tree -l`; submodules are no files. None where the content itself is not there."""
    entries = (entry.partition("\t") for entry in _text(output).split("\0") if entry)
    files = ((head.split(), path) for head, _, path in entries)
    return {path: int(told[3]) if told[3].isdecimal() else None for told, path in files if told[1] == "blob"}


def parse_refs(output: bytes, fields: int) -> Iterator[tuple[str, ...]]:
    """Rows of `for-each-ref` whose format ends every field with a NUL; each but the first begins with git's own line end."""
    tokens = _text(output).split("\0")
    starts = range(0, len(tokens) - 1, fields)
    for start, end in pairwise([*starts, len(tokens) - 1]):
        first, *rest = tokens[start:end]
        yield (first.removeprefix("\n"), *rest)


def _text(output: bytes) -> str:
    # Bytes that are not UTF-8 stay apart from each other, so that two names never become one.
    return output.decode("utf-8", "backslashreplace")


def _change(tokens: list[str], at: int) -> tuple[Change, int]:
    added, deleted, path = tokens[at].removeprefix("\n").split("\t", 2)
    if path:
        return Change(path, _lines(added), _lines(deleted)), at + 1
    return Change(tokens[at + 2], _lines(added), _lines(deleted), before=tokens[at + 1]), at + 3


def _lines(count: str) -> int:
    return 0 if count == "-" else int(count)


def _seconds(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None
