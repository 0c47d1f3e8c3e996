"""One repository's history as rows of the contract, as of the end of a period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from quarterdeck.errors import Reject, SourceError, Where
from quarterdeck.period import add_months
from quarterdeck.reading.cells import reject, shorten
from quarterdeck.reading.rows import Row
from quarterdeck.sources import Window
from quarterdeck.sources._git import GitFolder
from quarterdeck.sources._git_branches import branch_rows
from quarterdeck.sources._git_log import LOG_FORMAT, Commit, parse_log, parse_refs, parse_sizes

AUTHORS_MONTHS = 24
_EARLIEST = int(datetime(1990, 1, 1, tzinfo=UTC).timestamp())
_LONGEST = 300
_NOBODY = "(no name)"
_LOG = (
    *("-z", "--numstat", f"--format={LOG_FORMAT}", "--date-order", "--encoding=UTF-8", "--no-color", "--no-notes"),
    *("--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-diff-merges", "--no-relative"),
    *("-M", "-l2000", "--diff-algorithm=myers", "--submodule=short", "-O/dev/null"),
)
_REF_FORMAT = "%(refname:strip=2)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)%00%(creatordate:unix)%00"
_REF_FIELDS = 6


@dataclass(slots=True)
class History:
    """Rows of one repository. `repository` is None where it had no commit yet at the period's end."""

    repository: Row | None = None
    commits: list[Row] = field(default_factory=list)
    tags: list[Row] = field(default_factory=list)
    file_authors: list[Row] = field(default_factory=list)
    files: list[Row] = field(default_factory=list)
    branches: list[Row] = field(default_factory=list)
    bad_commits: list[Reject] = field(default_factory=list)
    bad_tags: list[Reject] = field(default_factory=list)


@dataclass(slots=True)
class _Work:
    """What one author did to one file."""

    changes: int = 0
    lines: int = 0
    last: date = date.min


def read_history(git: GitFolder, name: str, branch: str | None, window: Window) -> History:
    """The rows of a repository; SourceError where it is damaged or the branch is not there."""
    shown_branch, tip = find_tip(git, branch)
    is_shallow = git.read("rev-parse", "--is-shallow-repository").strip() == b"true"
    head = find_head(git, tip, window) if tip is not None else None
    history = History()
    if head is not None:
        log = parse_log(git.read("log", *_LOG, head, "--", setting=f"mailmap.blob={head}:.mailmap"))
        alive = parse_sizes(git.read("ls-tree", "-r", "-l", "-z", "--full-tree", head))
        _read_commits(history, log, name, is_shallow, frozenset(alive), window)
        history.files = _files(name, alive)
        history.branches = branch_rows(git, name, shown_branch, head, window)
        _read_tags(history, git, name, window)
    if head is not None or tip is None:
        days = [row["date"] for row in history.commits]
        history.repository = {
            "repository": name,
            "default_branch": shown_branch,
            "head": head,
            "commits": len(days),
            "files": len(alive) if head is not None else 0,
            "first_commit": min(days, default=None),  # type: ignore[type-var]
            "last_commit": max(days, default=None),  # type: ignore[type-var]
            "is_shallow": is_shallow,
        }
    return history


def find_tip(git: GitFolder, branch: str | None) -> tuple[str | None, str | None]:
    """The branch that counts and its commit: the one that was asked for, else HEAD's, else main or master."""
    if branch is not None:
        for ref in (f"refs/heads/{branch}", f"refs/remotes/origin/{branch}"):
            if (tip := git.commit(ref)) is not None:
                return branch, tip
        raise SourceError(f"there is no branch {branch!r}", where=Where(git.shown), remedy="name one that is there")
    if (tip := git.commit("HEAD")) is not None:
        return git.branch(), tip
    for other in ("main", "master"):
        if (tip := git.commit(f"refs/heads/{other}")) is not None:
            return other, tip
    return git.branch(), None


def find_head(git: GitFolder, tip: str, window: Window) -> str | None:
    """The last commit of the branch's own line before the period's end: a merge afterwards brings nothing in."""
    # By instant, not by date: git takes a bare date to mean the present time of that day.
    last = int(window.end_instant.timestamp()) - 1
    return git.read("rev-list", "-1", "--first-parent", f"--min-age={last}", tip, "--").decode("ascii").strip() or None


def _read_commits(
    history: History, log: Iterable[Commit], name: str, is_shallow: bool, alive: frozenset[str], window: Window
) -> None:
    end = int(window.end_instant.timestamp())
    since = add_months(window.end, -AUTHORS_MONTHS)
    renamed: dict[str, str] = {}
    work: defaultdict[tuple[str, str], _Work] = defaultdict(_Work)
    for number, commit in enumerate(log, start=1):
        if commit.committed is None or commit.committed < _EARLIEST:
            history.bad_commits.append(_bad(name, number, "committer date", commit.committed))
            continue
        if commit.committed >= end:  # reachable all the same: its clock was wrong
            continue
        # A shallow repository's oldest commits seem to add every line there is.
        known = commit if commit.parents or not is_shallow else None
        row = _row(name, commit, known, window)
        history.commits.append(row)
        day, author = row["date"], str(row["author"])
        for path, lines in _touched(known, renamed):
            if path in alive and isinstance(day, date) and day >= since:
                done = work[shorten(path, 1000), author]
                done.changes += 1
                done.lines += lines
                done.last = max(done.last, day)
    history.file_authors += [
        {
            "repository": name,
            "path": path,
            "author": author,
            "changes": done.changes,
            "changed_lines": done.lines,
            "last_changed": done.last,
        }
        for (path, author), done in sorted(work.items())
    ]


def _touched(commit: Commit | None, renamed: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Files that a commit touched, under the names they have today; the log comes newest first."""
    for change in commit.changes if commit is not None else ():
        path = renamed.get(change.path, change.path)
        if change.before is not None:
            renamed[change.before] = path
        yield path, change.added + change.deleted


def _row(name: str, commit: Commit, known: Commit | None, window: Window) -> Row:
    committed = datetime.fromtimestamp(commit.committed or 0, UTC)
    authored = commit.authored if commit.authored is not None and commit.authored >= _EARLIEST else commit.committed
    changes = known.changes if known is not None else ()
    return {
        "repository": name,
        "sha": commit.sha,
        "author": shorten(commit.author, _LONGEST) or _NOBODY,
        "date": committed.astimezone(window.zone).date(),
        "committed_at": committed,
        # Nothing is written after it is committed; where the author's clock says so, it was wrong.
        "authored_at": datetime.fromtimestamp(min(authored or 0, commit.committed or 0), UTC),
        "is_merge": len(commit.parents) > 1,
        "files_changed": len(changes),
        "added_lines": sum(change.added for change in changes),
        "deleted_lines": sum(change.deleted for change in changes),
        "subject": shorten(commit.subject, _LONGEST) or None,
    }


def _files(name: str, alive: Mapping[str, int | None]) -> list[Row]:
    """A row for each file; two whose long names are one when cut are one row."""
    sizes = {shorten(path, 1000): size for path, size in alive.items()}
    return [{"repository": name, "path": path, "bytes": size} for path, size in sorted(sizes.items()) if path]


def _read_tags(history: History, git: GitFolder, name: str, window: Window) -> None:
    seen: set[str] = set()
    listing = git.read("for-each-ref", "--sort=refname", f"--format={_REF_FORMAT}", "refs/tags")
    for number, (ref, type, sha, peeled_type, peeled, made) in enumerate(parse_refs(listing, _REF_FIELDS), start=1):
        tag = shorten(ref, _LONGEST)
        if type == "commit" or peeled_type == "commit":
            at = int(made) if made.isdigit() else None
        else:
            history.bad_tags.append(reject(name, number, "tag", ref, "a tag of a commit"))
            continue
        if tag in seen:
            history.bad_tags.append(reject(name, number, "tag", ref, "a name that no other tag has"))
        elif at is None or at < _EARLIEST:
            history.bad_tags.append(_bad(name, number, "tagger date", at))
        elif at < int(window.end_instant.timestamp()):
            seen.add(tag)
            tagged = datetime.fromtimestamp(at, UTC)
            day = tagged.astimezone(window.zone).date()
            row = {"repository": name, "tag": tag, "sha": peeled or sha, "date": day, "tagged_at": tagged}
            history.tags.append(row)


def _bad(name: str, number: int, column: str, seconds: int | None) -> Reject:
    value = "" if seconds is None else str(seconds)
    return Reject(name, number, column, value, f"a {column} from 1990 on, in seconds since 1970")
