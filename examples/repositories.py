"""Bare git repositories out of made-up histories, by one `git fast-import` each: the same history gives the same shas."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

from examples.histories import History, Tag, changes


def write_repository(path: Path, history: History) -> None:
    """Make a bare repository at `path`. RuntimeError where there is no git, or where it refuses."""
    path.mkdir(parents=True)
    _git(path, "init", "--quiet", "--bare", "--template=", "--initial-branch=main", ".")
    _git(path, "fast-import", "--quiet", "--date-format=raw", stream=_stream(history))


def _stream(history: History) -> bytes:
    parts: list[bytes] = []
    for commit, changed in changes(history):
        parts.append(f"commit refs/heads/main\nmark :{commit.mark}\n".encode())
        parts.append(_person("author", commit.author, commit.when) + _person("committer", commit.author, commit.when))
        parts.append(_data(commit.subject + "\n"))
        for word, parent in zip(("from", *["merge"] * 9), commit.parents, strict=False):
            parts.append(f"{word} :{parent}\n".encode())
        for file, text in changed:
            parts.append(f"M 100644 inline {file}\n".encode() + _data(text))
        parts.append(b"\n")
    parts += [f"reset refs/heads/{name}\nfrom :{mark}\n\n".encode() for name, mark in history.branches.items()]
    parts.append(f"reset refs/heads/main\nfrom :{history.main}\n\n".encode())
    parts += [_tag(tag) for tag in history.tags]
    parts.append(b"done\n")
    return b"feature done\n" + b"".join(parts)


def _tag(tag: Tag) -> bytes:
    return f"tag {tag.name}\nfrom :{tag.mark}\n".encode() + _person("tagger", tag.author, tag.when) + _data(f"{tag.name}\n")


def _person(what: str, name: str, when: datetime) -> bytes:
    address = name.lower().replace(" ", ".") + "@example.com"
    return f"{what} {name} <{address}> {int(when.timestamp())} {when:%z}\n".encode()


def _data(text: str) -> bytes:
    raw = text.encode()
    return b"data %d\n%s\n" % (len(raw), raw)


def _git(folder: Path, *arguments: str, stream: bytes = b"") -> None:
    # Nothing of the caller's environment: inside a git hook, GIT_DIR and its like would turn the work elsewhere.
    program = shutil.which("git")
    if program is None:
        raise RuntimeError("the example's repositories are made by git, and there is no git here: install it")
    environment = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "HOME": str(folder), "GIT_DIR": str(folder)}
    done = subprocess.run(  # noqa: S603 - fixed arguments, nothing of a user's
        [program, *arguments], cwd=folder, env=environment, input=stream, capture_output=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"git {arguments[0]} failed in {folder}: {done.stderr.decode(errors='replace').strip()}")
