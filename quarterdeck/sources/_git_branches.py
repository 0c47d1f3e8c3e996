"""The branches of a repository as they stood at the end of a period, and how far each is from the one that counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from quarterdeck.reading.cells import shorten
from quarterdeck.reading.rows import Row
from quarterdeck.sources import Window
from quarterdeck.sources._git import GitFolder
from quarterdeck.sources._git_log import parse_refs

_FORMAT = "%(refname)%00%(objecttype)%00%(objectname)%00%(symref)%00"
_FIELDS = 4
_LOG = (
    *("-1", "--first-parent", "--format=%H%x00%ct%x00%an", "--encoding=UTF-8", "--no-patch"),
    *("--no-color", "--no-notes", "--no-show-signature"),
)
_MOST = 1000  # branches of one repository, by name
_LONGEST = 300
_EARLIEST = int(datetime(1990, 1, 1, tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True)
class _Tip:
    sha: str
    committed: int
    author: str


def branch_rows(git: GitFolder, repository: str, branch: str | None, head: str, window: Window) -> list[Row]:
    """A row for each branch that had a commit before the period's end; `head` is that of the branch that counts.

    Git keeps no past of branches: one that was deleted since is not there, and one that was merged since is told by its last
    commit of that time. A branch that came in as one new commit (squashed) looks as if it had not.
    """
    tips: dict[str, _Tip] = {}
    for ref in _refs(git):
        name = shorten(ref.removeprefix("refs/heads/").removeprefix("refs/remotes/origin/"), _LONGEST)
        tip = _tip(git, ref, window)
        if name and tip is not None and (name not in tips or tip.committed > tips[name].committed):
            tips[name] = tip
    return [_row(git, repository, name, tips[name], head, name == branch, window) for name in sorted(tips)]


def _refs(git: GitFolder) -> list[str]:
    listing = git.read("for-each-ref", "--sort=refname", f"--format={_FORMAT}", "refs/heads", "refs/remotes/origin")
    found = [ref for ref, type, _, other in parse_refs(listing, _FIELDS) if type == "commit" and not other]
    return found[:_MOST]


def _tip(git: GitFolder, ref: str, window: Window) -> _Tip | None:
    """The last commit of a branch's own line before the period's end."""
    sha = git.commit(ref)
    if sha is None:
        return None
    last = int(window.end_instant.timestamp()) - 1
    told = git.read("log", *_LOG, f"--min-age={last}", sha, "--")
    fields = told.decode("utf-8", "backslashreplace").strip("\n").split("\0")
    if len(fields) != 3 or not fields[1].isdecimal() or int(fields[1]) < _EARLIEST:
        return None
    return _Tip(fields[0], int(fields[1]), fields[2])


def _row(git: GitFolder, repository: str, name: str, tip: _Tip, head: str, is_default: bool, window: Window) -> Row:
    counted = git.read("rev-list", "--left-right", "--count", f"{tip.sha}...{head}", "--").split()
    return {
        "repository": repository,
        "branch": name,
        "head": tip.sha,
        "author": shorten(tip.author, _LONGEST) or "(no name)",
        "last_commit": datetime.fromtimestamp(tip.committed, UTC).astimezone(window.zone).date(),
        "ahead": int(counted[0]),
        "behind": int(counted[1]),
        "is_default": is_default,
    }
