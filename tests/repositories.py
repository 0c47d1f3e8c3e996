"""Small git repositories for tests, made by git itself with every date and name given."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Made:
    """A checkout that a test builds up; `git` runs any command in it."""

    path: Path

    def git(self, *arguments: str, stdin: str | bytes = b"", **environment: str) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.path,
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            env={"PATH": os.environ["PATH"], "HOME": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", **environment},
            capture_output=True,
            check=True,
        )
        return done.stdout.decode("utf-8", "replace").strip()

    def commit(
        self, files: dict[str, str | None], when: str, author: str = "Ada", subject: str = "Change", written: str = ""
    ) -> str:
        """Commit files (None removes one) at an instant such as 2026-10-01T12:00:00Z; the hash."""
        for name, text in files.items():
            path = self.path / name
            if text is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        self.git("add", "-A")
        self.record(when, author, subject, written)
        return self.git("rev-parse", "HEAD")

    def record(self, when: str, author: str = "Ada", subject: str = "Change", written: str = "", *more: str) -> None:
        self.git(
            "commit", "-q", "--allow-empty", "--allow-empty-message", "-m", subject, *more,
            GIT_AUTHOR_NAME=author, GIT_AUTHOR_EMAIL="a@example.com", GIT_AUTHOR_DATE=written or when,
            GIT_COMMITTER_NAME=author, GIT_COMMITTER_EMAIL="a@example.com", GIT_COMMITTER_DATE=when,
        )  # fmt: skip

    def merge(self, branch: str, when: str, author: str = "Ada") -> None:
        self.git(
            "merge", "-q", "--no-ff", "-m", f"Merge {branch}", branch,
            GIT_AUTHOR_NAME=author, GIT_AUTHOR_EMAIL="a@example.com", GIT_AUTHOR_DATE=when,
            GIT_COMMITTER_NAME=author, GIT_COMMITTER_EMAIL="a@example.com", GIT_COMMITTER_DATE=when,
        )  # fmt: skip

    def tag(self, name: str, when: str = "", at: str = "HEAD") -> None:
        """An annotated tag where `when` is given, else a lightweight one."""
        who = {"GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "a@example.com", "GIT_COMMITTER_DATE": when}
        if when:
            self.git("tag", "-a", "-m", name, name, at, **who)
        else:
            self.git("tag", name, at)


def repository(path: Path, branch: str = "main") -> Made:
    """An empty repository whose HEAD is a branch that is not born yet."""
    path.mkdir(parents=True)
    made = Made(path)
    made.git("init", "-q", "-b", branch, ".")
    return made
