"""The git command over repositories that nobody vouches for: read only, offline, and deaf to their settings.

A repository's own configuration can name programs (fsmonitor, textconv, external diffs, signature checks, transports of
missing objects). Every call here switches these off, reads neither the user's nor the machine's settings, and takes
commits by their full hash only, so that no name can be taken for an option.
"""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from quarterdeck.errors import SourceError, Where
from quarterdeck.reading import clean

_LONGEST = 1800  # seconds that one call may take
_DAMAGED = "try 'git fsck' in the repository; clone it anew where it is damaged"
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SETTINGS = (
    "safe.directory=*",
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.attributesFile=/dev/null",
    "diff.external=",
    "diff.orderFile=/dev/null",
    "log.showSignature=false",
    "log.showRoot=true",
    "mailmap.file=/dev/null",
    "protocol.allow=never",
    "gc.auto=0",
)
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_COUNT": "0",
    "GIT_CONFIG_PARAMETERS": "",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_ALLOW_PROTOCOL": "none",  # an object that is missing is not fetched, by whatever way the repository names
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_ALTERNATE_OBJECT_DIRECTORIES": "",
    "GIT_NAMESPACE": "",
}


Talk = subprocess.Popen[bytes]


def find_git_folder(path: Path) -> Path | None:
    """The git folder of a checkout or a bare repository, by its looks; None where there is none.

    Folders above are not looked at: a folder inside a checkout is not that checkout.
    """
    inner = path / ".git"
    if inner.is_file():
        match = re.fullmatch(r"gitdir: (.+?)\s*", inner.read_text(encoding="utf-8", errors="replace")[:4096])
        found = path / match[1] if match else None
        return found.resolve() if found is not None and found.is_dir() else None
    for folder in (inner, path):
        if (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir():
            return folder.resolve()
    return None


class GitFolder:
    """Read access to one git folder. Every fault of git is a SourceError that names the repository as `shown`."""

    def __init__(self, folder: Path, shown: str) -> None:
        self.folder = folder
        self.shown = shown
        self._common = _common_folder(folder)

    def read(self, *arguments: str, setting: str | None = None) -> bytes:
        """What a git command writes; `setting` is one more for this call, as name=value."""
        status, output, fault = self._run(*arguments, setting=setting)
        if status:
            raise SourceError(
                f"git {arguments[0]} cannot read the repository: {fault or f'it ended with {status}'}",
                where=Where(self.shown),
                remedy=_DAMAGED,
            )
        return output

    def commit(self, name: str) -> str | None:
        """The full hash of the commit that a ref names, None where there is no such ref (or no commit yet)."""
        status, output, fault = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", name)
        if status and fault:
            raise SourceError(f"git cannot read {name}: {fault}", where=Where(self.shown), remedy=_DAMAGED)
        if status:
            return None
        named = self._sha(output, name)
        return self._sha(self.read("rev-parse", "--verify", "--end-of-options", f"{named}^{{commit}}"), name)

    def branch(self) -> str | None:
        """The branch that HEAD names, born or not; None where HEAD is detached."""
        status, output, _ = self._run("symbolic-ref", "--quiet", "--short", "HEAD")
        return None if status else clean(output.decode("utf-8", "backslashreplace")) or None

    def _sha(self, output: bytes, name: str) -> str:
        sha = output.decode("ascii", "replace").strip()
        if not _SHA.fullmatch(sha):
            raise SourceError(f"{name} is not the name of one commit", where=Where(self.shown), remedy="name a branch")
        return sha

    @contextmanager
    def contents(self, seconds: float = _LONGEST) -> Iterator[Contents]:
        """The contents of files by their hash, one after the other, as long as the block lasts, and for so many seconds."""
        absent = self._absent()
        with self._talking("--batch-check", seconds) as sizes, self._talking("--batch", seconds) as bodies:
            yield Contents(sizes, bodies, self.shown, absent)

    def _absent(self) -> frozenset[str]:
        """What a clone that was made in part does not have: git ends when it is asked for it, since nothing is fetched."""
        if not any((self._common / "objects/pack").glob("*.promisor")):
            return frozenset()
        listed = self.read("rev-list", "--objects", "--all", "--missing=print").decode("utf-8", "replace")
        return frozenset(line[1:] for line in listed.splitlines() if line.startswith("?"))

    @contextmanager
    def _talking(self, mode: str, seconds: float) -> Iterator[Talk]:
        git, command, environment = self._command("cat-file", mode)
        # Whoever lets go of what this returns ends the process.
        running = git.execute(command, istream=subprocess.PIPE, as_process=True, with_exceptions=False, env=environment)
        process: Talk = running.proc
        end = threading.Timer(seconds, process.kill)
        end.start()
        try:
            yield process
        finally:
            end.cancel()
            process.kill()
            process.communicate()

    def _run(self, *arguments: str, setting: str | None = None) -> tuple[int, bytes, str]:
        git, command, environment = self._command(*arguments, setting=setting)
        status, output, fault = git.execute(
            command,
            with_extended_output=True,
            with_exceptions=False,
            stdout_as_string=False,
            strip_newline_in_stdout=False,
            kill_after_timeout=_LONGEST,
            env=environment,
        )
        return int(status), output, self._fault(fault if isinstance(fault, str) else fault.decode("utf-8", "replace"))

    def _command(self, *arguments: str, setting: str | None = None) -> tuple[Any, list[str], dict[str, str]]:
        """GitPython's command object, the whole command, and the environment it runs in."""
        try:
            import git  # importing it looks for the git program, so not before it is needed
        except ImportError as error:
            raise SourceError("there is no git program", where=Where(self.shown), remedy="install git") from error
        settings = [part for value in (*_SETTINGS, setting) if value for part in ("-c", value)]
        options = ["--no-pager", "--no-replace-objects", "--bare", f"--git-dir={self.folder}", *settings]
        environment = {
            **_ENVIRONMENT,
            # Inside a hook, git's own variables would lead elsewhere.
            "GIT_DIR": str(self.folder),
            "GIT_COMMON_DIR": str(self._common),
            "GIT_OBJECT_DIRECTORY": str(self._common / "objects"),
        }
        return git.Git(str(self.folder)), [str(git.Git.GIT_PYTHON_GIT_EXECUTABLE), *options, *arguments], environment

    def _fault(self, text: str) -> str:
        """What git says is wrong, with the repository as the settings name it: reports are the same on every machine."""
        named = f"{self.shown}/.git" if self.folder.name == ".git" else self.shown
        return clean(text.replace(str(self.folder), named))[:300]


class Contents:
    """Contents of files, asked for by hash."""

    def __init__(self, sizes: Talk, bodies: Talk, shown: str, absent: frozenset[str]) -> None:
        self._sizes = sizes
        self._bodies = bodies
        self._shown = shown
        self._absent = absent

    def size(self, sha: str) -> int | None:
        """How many bytes a file has; None where the repository was cloned in part, without it."""
        return self._ask(self._sizes, sha)

    def read(self, sha: str) -> bytes | None:
        """The bytes of a file; None where the repository was cloned in part, without it."""
        size = self._ask(self._bodies, sha)
        if size is None:
            return None
        body = self._stream(self._bodies.stdout).read(size + 1)
        if len(body) <= size:
            raise self._broken()
        return body[:-1]

    def _ask(self, talk: Talk, sha: str) -> int | None:
        if not _SHA.fullmatch(sha):
            raise ValueError(f"{sha!r} is no hash")
        if sha in self._absent:
            return None
        try:
            self._stream(talk.stdin).write(sha.encode() + b"\n")
            self._stream(talk.stdin).flush()
            words = self._stream(talk.stdout).readline().split()
        except OSError:
            raise self._broken() from None
        if len(words) != 3 or words[1] != b"blob":
            raise self._broken()
        return int(words[2])

    def _stream(self, stream: IO[bytes] | None) -> IO[bytes]:
        if stream is None:
            raise self._broken()
        return stream

    def _broken(self) -> SourceError:
        return SourceError("git cat-file cannot read the repository", where=Where(self._shown), remedy=_DAMAGED)


def _common_folder(folder: Path) -> Path:
    """The folder that a linked worktree shares with its repository; else the git folder itself."""
    link = folder / "commondir"
    if link.is_file():
        return (folder / link.read_text(encoding="utf-8", errors="replace")[:4096].strip()).resolve()
    return folder
