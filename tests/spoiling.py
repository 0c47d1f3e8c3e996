"""Ways to spoil a file or a repository, for tests of what is said about it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

Content = str | bytes | Callable[[Path], object]


def put(path: Path, content: Content) -> None:
    """Put text or bytes there, or let an act do what it does to the path."""
    if callable(content):
        content(path)
    else:
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def be_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def be_pipe(path: Path) -> None:
    """A pipe that nobody writes to: whoever opens it waits for ever."""
    path.unlink()
    os.mkfifo(path)


def link_to_itself(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


def lead_out(path: Path) -> None:
    """A link to a file of the machine."""
    path.unlink()
    path.symlink_to("/etc/hostname")


def be_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("x")


def lose_git(folder: Path) -> None:
    shutil.rmtree(folder / ".git")


def confuse_git(folder: Path) -> None:
    """Settings that git itself cannot read."""
    (folder / ".git" / "config").write_text("[core")


def corrupt_git(folder: Path) -> None:
    """Every object of a repository is garbage."""
    for path in (folder / ".git" / "objects").rglob("*"):
        if path.is_file():
            path.chmod(0o644)
            path.write_bytes(b"garbage")
