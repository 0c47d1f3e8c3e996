"""A repository's own settings are read by git and run by nobody.

Each payload is first seen to run under a plain git command, so that the silence afterwards means something.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from quarterdeck.errors import SourceError
from quarterdeck.sources import PulledTable
from quarterdeck.sources._git import GitFolder, find_git_folder
from tests.repositories import Made, repository
from tests.sourcing import pull, rows, window, write

WHEN = "2026-10-01T12:00:00Z"


@dataclass(frozen=True, slots=True)
class Trap:
    """A repository whose settings name a program that leaves a mark where it runs."""

    made: Made
    mark: Path
    program: str

    def springs(self, *arguments: str) -> bool:
        """Whether a plain git command runs the program; the mark is taken away again."""
        plain = {"PATH": os.environ["PATH"], "HOME": "/dev/null"}
        subprocess.run(["git", *arguments], cwd=self.made.path, env=plain, capture_output=True, check=False)
        sprung = self.mark.exists()
        self.mark.unlink(missing_ok=True)
        return sprung


@pytest.fixture
def trap(tmp_path: Path) -> Trap:
    made = repository(tmp_path / "code")
    made.commit({"a.txt": "1\n", "old.txt": "1\n2\n3\n", ".gitattributes": "*.txt diff=evil\n"}, WHEN)
    made.git("checkout", "-q", "-b", "side")
    made.commit({"old.txt": None, "new.txt": "1\n2\n3\n"}, WHEN)
    made.git("checkout", "-q", "main")
    made.merge("side", WHEN)
    made.commit({"a.txt": "2\n"}, WHEN)
    write(made.path, ".git/info/attributes", "*.txt diff=evil\n")
    mark = tmp_path / "mark"
    script = tmp_path / "payload"
    script.write_text(f"#!/bin/sh\ntouch {mark}\ncat /dev/null\n")
    script.chmod(0o755)
    return Trap(made, mark, str(script))


def _pull(trap: Trap) -> dict[str, PulledTable]:
    root = trap.made.path.parent
    return pull("git_history", {"repositories": [{"path": "code"}]}, window(root))


def _fsmonitor(trap: Trap) -> tuple[str, ...]:
    trap.made.git("config", "core.fsmonitor", trap.program)
    return ("status",)


def _textconv(trap: Trap) -> tuple[str, ...]:
    trap.made.git("config", "diff.evil.textconv", trap.program)
    return ("log", "-p")


def _external_diff(trap: Trap) -> tuple[str, ...]:
    trap.made.git("config", "diff.external", trap.program)
    return ("log", "-p", "--ext-diff")


def _diff_command(trap: Trap) -> tuple[str, ...]:
    trap.made.git("config", "diff.evil.command", trap.program)
    return ("log", "-p", "--ext-diff")


def _signature(trap: Trap) -> tuple[str, ...]:
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n aaaa\n -----END PGP SIGNATURE-----"
    head, _, message = trap.made.git("cat-file", "commit", "HEAD").partition("\n\n")
    signed = trap.made.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=f"{head}\n{signature}\n\n{message}\n")
    trap.made.git("reset", "-q", "--hard", signed)
    trap.made.git("config", "log.showSignature", "true")
    trap.made.git("config", "gpg.program", trap.program)
    return ("log",)


def _included(trap: Trap) -> tuple[str, ...]:
    path = write(trap.made.path.parent, "more.config", f'[diff "evil"]\n\ttextconv = {trap.program}\n')
    trap.made.git("config", "include.path", str(trap.made.path.parent / path))
    return ("log", "-p")


def _missing_object(trap: Trap) -> tuple[str, ...]:
    """A partial clone fetches what it lacks from its remote, by the program that its settings name."""
    blob = trap.made.git("rev-parse", "HEAD:a.txt")
    (trap.made.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    for name, value in (
        ("core.repositoryFormatVersion", "1"), ("extensions.partialClone", "origin"), ("remote.origin.promisor", "true"),
        ("remote.origin.url", str(trap.made.path.parent)), ("remote.origin.uploadpack", trap.program),
    ):  # fmt: skip
        trap.made.git("config", name, value)
    return ("log", "-p")


def _missing_object_over_ssh(trap: Trap) -> tuple[str, ...]:
    command = _missing_object(trap)
    trap.made.git("config", "remote.origin.url", "ssh://example.com/x")
    trap.made.git("config", "core.sshCommand", trap.program)
    return command


@pytest.mark.parametrize("set_up", [_fsmonitor, _textconv, _external_diff, _diff_command, _signature, _included])
def test_programs_named_in_settings_do_not_run(trap: Trap, set_up: Callable[[Trap], tuple[str, ...]]) -> None:
    assert trap.springs(*set_up(trap))
    tables = _pull(trap)
    assert not trap.mark.exists()
    newest = rows(tables["commits"])[0]
    assert (newest["files_changed"], newest["added_lines"], newest["deleted_lines"]) == (1, 1, 1)


@pytest.mark.parametrize("set_up", [_missing_object, _missing_object_over_ssh])
def test_missing_objects_are_not_fetched(trap: Trap, set_up: Callable[[Trap], tuple[str, ...]]) -> None:
    assert trap.springs(*set_up(trap))
    with pytest.raises(SourceError, match="code: git log cannot read the repository"):
        _pull(trap)
    assert not trap.mark.exists()


def test_hooks_pagers_and_aliases_do_not_run(trap: Trap) -> None:
    for name in ("core.pager", "pager.log", "core.editor", "alias.log", "core.askPass"):
        trap.made.git("config", name, f"!{trap.program}" if name.startswith("alias") else trap.program)
    for hook in ("post-index-change", "reference-transaction", "post-checkout"):
        path = trap.made.path / ".git/hooks" / hook
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\ntouch {trap.mark}\n")
        path.chmod(0o755)
    _pull(trap)
    assert not trap.mark.exists()


def test_settings_that_would_change_the_figures_do_not(trap: Trap) -> None:
    before = _pull(trap)
    for name, value in (
        ("log.showRoot", "false"), ("diff.renames", "false"), ("diff.orderFile", "/nowhere"), ("log.date", "relative"),
        ("diff.noprefix", "true"), ("core.quotePath", "true"), ("log.mailmap", "false"), ("log.diffMerges", "first-parent"),
        ("diff.relative", "true"), ("i18n.logOutputEncoding", "UTF-16"), ("format.pretty", "email"), ("color.ui", "always"),
        ("core.attributesFile", str(trap.made.path.parent / "attributes")),
        ("mailmap.file", str(trap.made.path.parent / "map")),
        ("diff.algorithm", "patience"), ("notes.displayRef", "*"), ("core.abbrev", "4"), ("diff.renameLimit", "1"),
    ):  # fmt: skip
        trap.made.git("config", name, value)
    write(trap.made.path.parent, "attributes", "* -diff\n")
    write(trap.made.path.parent, "map", "Mallory <m@example.com> Ada <a@example.com>\n")
    trap.made.git("replace", "HEAD", "HEAD~1")
    after = _pull(trap)
    for name, table in before.items():
        assert rows(table) == rows(after[name]), name


def test_variables_of_a_calling_git_do_not_lead_elsewhere(trap: Trap, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = _pull(trap)
    other = repository(tmp_path / "other")
    other.commit({"x": "1"}, WHEN, subject="Elsewhere")
    for name, value in (
        ("GIT_DIR", str(other.path / ".git")), ("GIT_WORK_TREE", str(other.path)), ("GIT_INDEX_FILE", "/nowhere"),
        ("GIT_OBJECT_DIRECTORY", str(other.path / ".git/objects")), ("GIT_COMMON_DIR", str(other.path / ".git")),
        ("GIT_EXTERNAL_DIFF", trap.program), ("GIT_NAMESPACE", "x"), ("GIT_CONFIG_PARAMETERS", "'core.bare'='x'"),
        ("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "diff.evil.binary"), ("GIT_CONFIG_VALUE_0", "true"),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    after = _pull(trap)
    assert not trap.mark.exists()
    for name, table in before.items():
        assert rows(table) == rows(after[name]), name


def test_a_name_is_never_an_option(trap: Trap, tmp_path: Path) -> None:
    folder = find_git_folder(trap.made.path)
    assert folder is not None
    git = GitFolder(folder, "code")
    target = tmp_path / "written"
    for name in (f"--output={target}", "--help", "-h", "../../etc/passwd", "HEAD..HEAD~1", "refs/heads/*", "a\nb"):
        with contextlib.suppress(SourceError):
            assert git.commit(name) is None, name
    assert not target.exists()
    assert git.commit("HEAD") == trap.made.git("rev-parse", "HEAD")


@pytest.mark.parametrize(
    "damage",
    [
        lambda git: (git / "HEAD").write_text("nonsense\n"),
        lambda git: (git / "refs/heads/main").write_text("0" * 39 + "\n"),
        lambda git: (git / "refs/heads/main").write_text("1" * 40 + "\n"),
        lambda git: (git / "config").write_text("[core\n"),
        lambda git: [path.write_bytes(b"x") for path in (git / "objects").glob("??/*") if path.chmod(0o644) is None],
        lambda git: [path.unlink() for path in (git / "objects").glob("??/*")],
    ],
    ids=["HEAD", "short hash", "unknown hash", "config", "objects overwritten", "objects gone"],
)
def test_a_damaged_repository_is_one_clear_error(trap: Trap, damage: Callable[[Path], object]) -> None:
    damage(trap.made.path / ".git")
    with pytest.raises(SourceError) as caught:
        _pull(trap)
    assert caught.value.permanent
    assert str(caught.value).startswith("code: ")
    assert caught.value.problem.remedy


def test_finds_git_folders_by_their_looks(tmp_path: Path) -> None:
    made = repository(tmp_path / "code")
    assert find_git_folder(made.path) == made.path / ".git"
    assert find_git_folder(made.path / ".git") == made.path / ".git"
    (tmp_path / "plain").mkdir()
    assert find_git_folder(tmp_path / "plain") is None
    for text in ("gitdir: /nowhere\n", "nonsense\n", ""):
        write(tmp_path, "linked/.git", text)
        assert find_git_folder(tmp_path / "linked") is None
    write(tmp_path, "linked/.git", "gitdir: ../code/.git\n")
    assert find_git_folder(tmp_path / "linked") == made.path / ".git"


def test_without_git_there_is_one_clear_error(trap: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "git", None)
    with pytest.raises(SourceError, match="there is no git program"):
        _pull(trap)
