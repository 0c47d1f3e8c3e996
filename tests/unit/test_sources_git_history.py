"""History as of the period's end: the same rows whenever it is read, from whatever form of repository."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from quarterdeck.errors import SourceError
from quarterdeck.sources import PulledTable
from quarterdeck.sources.git_history import GitOptions
from tests.repositories import Made, repository
from tests.sourcing import Row, pull, rows, window, write


def _pull(root: Path, *repositories: Row, period: str = "2026-10", limit: float = 0.01) -> dict[str, PulledTable]:
    listed = list(repositories) or [{"path": "code"}]
    return pull("git_history", {"repositories": listed, "max_rejected": limit}, window(root, period))


def _site(root: Path) -> Made:
    """Five commits: two in September (one by Ben, who renames a file), a side branch merged in October, one in November."""
    made = repository(root / "code")
    made.commit({"app.py": "a\nb\nc\n", "old.txt": "1\n2\n3\n4\n5\n"}, "2026-09-01T12:00:00Z", subject="Start")
    made.tag("v1", "2026-09-02T12:00:00Z")
    made.commit({"old.txt": None, "new.txt": "1\n2\n3\n4\n5\n6\n"}, "2026-09-20T12:00:00Z", author="Ben", subject="Rename")
    made.git("checkout", "-q", "-b", "side")
    made.commit({"app.py": "a\nB\nc\nd\n"}, "2026-10-05T12:00:00Z", written="2026-10-02T08:00:00+02:00")
    made.git("checkout", "-q", "main")
    made.merge("side", "2026-10-06T12:00:00Z")
    made.tag("v2", "2026-10-07T12:00:00Z")
    made.tag("light")
    made.commit({"app.py": "x\n"}, "2026-11-02T12:00:00Z", subject="Later")
    made.tag("v3", "2026-11-03T12:00:00Z")
    return made


def test_commits_of_the_whole_history_before_the_end(tmp_path: Path) -> None:
    _site(tmp_path)
    table = _pull(tmp_path)["commits"]
    names = ("subject", "author", "date", "is_merge", "files_changed", "added_lines", "deleted_lines")
    found = [tuple(row[name] for name in names) for row in rows(table)]
    assert found == [
        ("Merge side", "Ada", date(2026, 10, 6), True, 0, 0, 0),
        ("Change", "Ada", date(2026, 10, 5), False, 1, 2, 1),
        ("Rename", "Ben", date(2026, 9, 20), False, 1, 1, 0),
        ("Start", "Ada", date(2026, 9, 1), False, 2, 8, 0),
    ]
    assert table.covers == (date(2026, 9, 1), date(2026, 11, 1))
    assert table.watermark == datetime(2026, 10, 6, 12, tzinfo=UTC)
    change = rows(table)[1]
    assert change["authored_at"] == datetime(2026, 10, 2, 6, tzinfo=UTC)
    assert change["committed_at"] == datetime(2026, 10, 5, 12, tzinfo=UTC)


def test_a_history_speaks_of_no_day_to_come(tmp_path: Path) -> None:
    _site(tmp_path)
    asked = replace(window(tmp_path, "2026-10"), today=date(2026, 10, 8))
    table = pull("git_history", {"repositories": [{"path": "code"}]}, asked)["commits"]
    assert table.covers == (date(2026, 9, 1), date(2026, 10, 8))
    later = replace(asked, today=date(2026, 11, 20))
    assert pull("git_history", {"repositories": [{"path": "code"}]}, later)["commits"].covers == (
        date(2026, 9, 1),
        date(2026, 11, 1),
    )


def test_tags_before_the_end_have_the_commit_they_stand_for(tmp_path: Path) -> None:
    made = _site(tmp_path)
    tables = _pull(tmp_path)
    assert {(row["tag"], row["date"], row["sha"]) for row in rows(tables["tags"])} == {
        ("v1", date(2026, 9, 2), made.git("rev-parse", "v1^{commit}")),
        ("v2", date(2026, 10, 7), made.git("rev-parse", "v2^{commit}")),
        ("light", date(2026, 10, 6), made.git("rev-parse", "light")),
    }


def test_the_repository_as_it_stood(tmp_path: Path) -> None:
    made = _site(tmp_path)
    (row,) = rows(_pull(tmp_path)["repositories"])
    assert row == {
        "repository": "code",
        "default_branch": "main",
        "head": made.git("rev-parse", "v2^{commit}"),
        "commits": 4,
        "files": 2,
        "first_commit": date(2026, 9, 1),
        "last_commit": date(2026, 10, 6),
        "is_shallow": False,
    }


def test_authors_follow_a_file_through_its_renames(tmp_path: Path) -> None:
    _site(tmp_path)
    found = {
        (row["path"], row["author"]): (row["changes"], row["changed_lines"], row["last_changed"])
        for row in rows(_pull(tmp_path)["file_authors"])
    }
    assert found == {
        ("app.py", "Ada"): (2, 3 + 3, date(2026, 10, 5)),
        ("new.txt", "Ada"): (1, 5, date(2026, 9, 1)),
        ("new.txt", "Ben"): (1, 1, date(2026, 9, 20)),
    }


def test_authors_are_those_of_two_years_and_of_living_files(tmp_path: Path) -> None:
    made = repository(tmp_path / "code")
    made.commit({"a": "1\n", "gone": "1\n"}, "2024-10-31T12:00:00Z", author="Old")
    made.commit({"a": "2\n", "gone": "2\n"}, "2024-11-01T12:00:00Z", author="New")
    made.commit({"gone": None}, "2026-01-01T12:00:00Z", author="New")
    found = rows(_pull(tmp_path)["file_authors"])
    assert [(row["path"], row["author"], row["changes"]) for row in found] == [("a", "New", 1)]


def test_an_older_period_read_later_gives_the_same_rows(tmp_path: Path) -> None:
    made = _site(tmp_path)
    before = _pull(tmp_path)
    made.git("checkout", "-q", "-b", "late", "v1")
    made.commit({"late.py": "x\n"}, "2026-10-10T12:00:00Z", subject="On a branch, merged in December")
    made.git("checkout", "-q", "main")
    made.merge("late", "2026-12-01T12:00:00Z")
    made.commit({".mailmap": "Benjamin <b@example.com> Ben <a@example.com>\n"}, "2026-12-02T12:00:00Z")
    after = _pull(tmp_path)
    for name, table in before.items():
        if name == "branches":  # git keeps no past of them: what was made since is seen
            assert [row for row in rows(after[name]) if row["branch"] != "late"] == rows(table)
            continue
        assert table.rows.equals(after[name].rows), name
        assert (table.covers, table.watermark) == (after[name].covers, after[name].watermark)
    assert "Benjamin" in {row["author"] for row in rows(_pull(tmp_path, period="2026-12")["commits"])}


def test_days_are_those_of_the_tenant(tmp_path: Path) -> None:
    made = repository(tmp_path / "code")
    made.commit({"a": "1"}, "2026-11-01T06:59:59Z", subject="31 October in California, which is still on summer time")
    made.commit({"a": "2"}, "2026-11-01T07:00:00Z", subject="1 November")
    assert [row["date"] for row in rows(_pull(tmp_path)["commits"])] == [date(2026, 10, 31)]
    tables = pull("git_history", {"repositories": [{"path": "code"}]}, window(tmp_path, zone="UTC"))
    assert tables["commits"].rows.num_rows == 0


def test_bare_clone_checkout_and_linked_worktree_give_the_same_rows(tmp_path: Path) -> None:
    made = _site(tmp_path)
    made.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    made.git("worktree", "add", "-q", "--detach", str(tmp_path / "linked"), "main")
    checkout, bare, linked = (_pull(tmp_path, {"path": path, "name": "site"}) for path in ("code", "bare.git", "linked"))
    for other in (bare, linked):
        for name in ("commits", "tags", "file_authors"):
            assert checkout[name].rows.equals(other[name].rows)
    assert rows(linked["repositories"])[0]["default_branch"] is None
    assert rows(_pull(tmp_path, {"path": "bare.git"})["repositories"])[0]["repository"] == "bare"


def test_what_lies_in_the_checkout_does_not_matter(tmp_path: Path) -> None:
    made = _site(tmp_path)
    before = _pull(tmp_path)
    write(made.path, ".mailmap", "Somebody <s@example.com> Ada <a@example.com>\n")
    write(made.path, "app.py", "not committed\n")
    write(made.path, ".gitattributes", "*.py binary\n")
    after = _pull(tmp_path)
    assert all(table.rows.equals(after[name].rows) for name, table in before.items())


def test_a_shallow_clone_says_so_and_counts_no_lines_it_cannot_know(tmp_path: Path) -> None:
    made = _site(tmp_path)
    made.git("clone", "-q", "--depth", "2", f"file://{made.path}", str(tmp_path / "shallow"))
    tables = _pull(tmp_path, {"path": "shallow"}, period="2026-11")
    assert rows(tables["repositories"])[0]["is_shallow"] is True
    by_subject = {row["subject"]: (row["files_changed"], row["added_lines"]) for row in rows(tables["commits"])}
    assert by_subject == {"Later": (1, 1), "Merge side": (0, 0)}
    assert [row["path"] for row in rows(tables["file_authors"])] == ["app.py"]


@pytest.mark.parametrize("is_bare", [False, True])
def test_an_empty_repository_is_a_row_and_nothing_else(tmp_path: Path, is_bare: bool) -> None:
    made = repository(tmp_path / "code", branch="trunk")
    if is_bare:
        made.git("clone", "-q", "--bare", ".", str(tmp_path / "bare"))
        made = Made(tmp_path / "bare")
    tables = _pull(tmp_path, {"path": "bare" if is_bare else "code", "name": "new"})
    assert rows(tables["repositories"]) == [
        {
            "repository": "new", "default_branch": "trunk", "head": None, "commits": 0, "files": 0,
            "first_commit": None, "last_commit": None, "is_shallow": False,
        }
    ]  # fmt: skip
    assert [tables[name].rows.num_rows for name in ("commits", "tags", "file_authors")] == [0, 0, 0]
    assert tables["commits"].covers is None
    assert tables["commits"].watermark is None


def test_a_repository_of_later_was_not_there_yet(tmp_path: Path) -> None:
    repository(tmp_path / "code").commit({"a": "1"}, "2026-12-01T12:00:00Z")
    tables = _pull(tmp_path)
    assert [table.rows.num_rows for table in tables.values()] == [0] * 6
    assert tables["commits"].covers is None


def test_absurd_dates_are_rejected_and_late_ones_are_outside(tmp_path: Path) -> None:
    made = repository(tmp_path / "code")
    made.commit({"a": "1"}, "@0 +0000", subject="1970")
    made.commit({"a": "2"}, "2026-10-01T12:00:00Z", written="@5 +0000", subject="Written in 1970")
    made.commit({"a": "3"}, "2026-10-02T12:00:00Z", written="2099-01-01T00:00:00Z", subject="Written in 2099")
    made.commit({"a": "4"}, "2099-01-01T00:00:00Z", subject="2099")
    made.commit({"a": "5"}, "2026-10-03T12:00:00Z", subject="After it")
    table = _pull(tmp_path, limit=0.5)["commits"]
    assert [(row["subject"], row["authored_at"]) for row in rows(table)] == [
        ("After it", datetime(2026, 10, 3, 12, tzinfo=UTC)),
        ("Written in 2099", datetime(2026, 10, 2, 12, tzinfo=UTC)),
        ("Written in 1970", datetime(2026, 10, 1, 12, tzinfo=UTC)),
    ]
    (fault,) = table.rejects
    assert (fault.file, fault.column, fault.value) == ("code", "committer date", "0")
    with pytest.raises(SourceError, match="1 of 4 rows of commits cannot be read"):
        _pull(tmp_path)


def test_names_and_texts_are_cleaned(tmp_path: Path) -> None:
    made = repository(tmp_path / "code")
    made.commit({"a": "1"}, "2026-10-01T12:00:00Z", author="E\x1b[31mve\x1b[0m\u202e", subject="\x1b]0;title\x07Hello\tworld")
    made.record("2026-10-02T12:00:00Z", subject="")
    newest, first = rows(_pull(tmp_path)["commits"])
    assert (first["author"], first["subject"]) == ("Eve", "Hello world")
    assert newest["subject"] is None


def test_strange_file_names_stay_apart(tmp_path: Path) -> None:
    made = repository(tmp_path / "code")
    made.commit({"a\nb": "1\n", 'q"uote': "1\n", "tab\tbed": "1\n", "zürich": "1\n"}, "2026-10-01T12:00:00Z")
    for raw in (b"caf\xe9", b"caf\xe8"):
        (made.path / raw.decode("utf-8", "surrogateescape")).write_text("1\n")
    made.commit({}, "2026-10-02T12:00:00Z", author="Ben")
    tables = _pull(tmp_path)
    assert {row["path"] for row in rows(tables["file_authors"])} == {
        "a b", 'q"uote', "tab bed", "zürich", "caf\\xe9", "caf\\xe8",
    }  # fmt: skip
    assert rows(tables["repositories"])[0]["files"] == 6


def test_binary_files_and_submodules(tmp_path: Path) -> None:
    made = repository(tmp_path / "code")
    (made.path / "logo.png").write_bytes(b"\x89PNG\0\0\1")
    made.git("add", "-A")
    made.git("update-index", "--add", "--cacheinfo", "160000", "1" * 40, "vendor")
    made.record("2026-10-01T12:00:00Z")
    tables = _pull(tmp_path)
    assert rows(tables["repositories"])[0]["files"] == 1
    assert [(row["path"], row["changed_lines"]) for row in rows(tables["file_authors"])] == [("logo.png", 0)]


def test_a_branch_can_be_named(tmp_path: Path) -> None:
    made = _site(tmp_path)
    (row,) = rows(_pull(tmp_path, {"path": "code", "branch": "side"})["repositories"])
    assert (row["default_branch"], row["commits"]) == ("side", 3)
    made.git("checkout", "-q", "side")
    assert rows(_pull(tmp_path, {"path": "code"})["repositories"])[0]["default_branch"] == "side"
    with pytest.raises(SourceError, match="there is no branch 'gone'"):
        _pull(tmp_path, {"path": "code", "branch": "gone"})


def test_head_on_a_branch_that_is_not_there_falls_back_to_main(tmp_path: Path) -> None:
    _site(tmp_path).git("symbolic-ref", "HEAD", "refs/heads/unborn")
    (row,) = rows(_pull(tmp_path)["repositories"])
    assert (row["default_branch"], row["commits"]) == ("main", 4)


def test_a_tag_of_no_commit_is_a_reject(tmp_path: Path) -> None:
    made = _site(tmp_path)
    made.git("tag", "blob", made.git("rev-parse", "HEAD:app.py"))
    table = _pull(tmp_path, limit=0.5)["tags"]
    assert table.rows.num_rows == 3
    assert [(fault.column, fault.value, fault.expected) for fault in table.rejects] == [("tag", "blob", "a tag of a commit")]


def test_every_repository_in_a_folder(tmp_path: Path) -> None:
    for name in ("b.git", "a"):
        repository(tmp_path / "clones" / name).commit({name: "1"}, "2026-10-01T12:00:00Z")
    write(tmp_path, "clones/notes/readme", "no repository")
    write(tmp_path, "clones/file", "no folder")
    tables = _pull(tmp_path, {"path": "clones/*"})
    assert [row["repository"] for row in rows(tables["repositories"])] == ["a", "b"]
    (tmp_path / "none").mkdir()
    with pytest.raises(SourceError, match="no folder there is a git repository"):
        _pull(tmp_path, {"path": "none/*"})


def test_two_of_one_name_want_names_of_their_own(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        repository(tmp_path / folder / "code").commit({"a": folder}, "2026-10-01T12:00:00Z")
    with pytest.raises(SourceError, match="one/code and two/code are both called 'code'"):
        _pull(tmp_path, {"path": "one/code"}, {"path": "two/code"})
    tables = _pull(tmp_path, {"path": "one/code"}, {"path": "two/code", "name": "other"})
    assert [row["repository"] for row in rows(tables["commits"])] == ["code", "other"]


def test_a_folder_in_a_checkout_is_not_that_checkout(tmp_path: Path) -> None:
    made = _site(tmp_path)
    (made.path / "inner").mkdir()
    for path, said in (("code/inner", "this is no git repository"), ("gone", "there is no such folder")):
        with pytest.raises(SourceError, match=said) as caught:
            _pull(tmp_path, {"path": path})
        assert caught.value.permanent
        assert str(caught.value).startswith(f"{path}: ")


@pytest.mark.parametrize(
    "path",
    [
        "https://example.com/a.git", "ssh://example.com/a", "git@example.com:a.git", "ext::sh -c id", "file:///tmp/a",
        "*/code", "a*", "",
    ],
)  # fmt: skip
def test_only_local_paths(path: str) -> None:
    with pytest.raises(ValidationError):
        GitOptions.model_validate({"repositories": [{"path": path}]})


@pytest.mark.parametrize("branch", ["--output=x", "-x", "a b", "a~1", "a^{tree}", "a:b", "", "a*", "@{-1}\\"])
def test_branches_that_are_no_names(branch: str) -> None:
    with pytest.raises(ValidationError):
        GitOptions.model_validate({"repositories": [{"path": "code", "branch": branch}]})


def test_branches_as_they_stood_and_how_far_they_are_from_the_default(tmp_path: Path) -> None:
    made = _site(tmp_path)
    made.git("checkout", "-q", "-b", "open", "main~1")
    made.commit({"open.py": "1\n"}, "2026-10-08T12:00:00Z", author="Ben")
    made.commit({"open.py": "2\n"}, "2026-10-09T12:00:00Z", author="Ben")
    made.commit({"open.py": "3\n"}, "2026-11-09T12:00:00Z")  # after the end: the branch stood one commit before
    made.git("checkout", "-q", "-b", "later", "main")
    made.commit({"x": "1"}, "2026-11-20T12:00:00Z")
    made.git("update-ref", "refs/remotes/origin/gone", made.git("rev-parse", "v1^{commit}"))
    found = {row["branch"]: row for row in rows(_pull(tmp_path, {"path": "code", "branch": "main"})["branches"])}
    told = {name: (row["author"], row["last_commit"], row["ahead"], row["is_default"]) for name, row in found.items()}
    assert told == {
        "main": ("Ada", date(2026, 10, 6), 0, True),
        "side": ("Ada", date(2026, 10, 5), 0, False),  # merged
        "open": ("Ben", date(2026, 10, 9), 2, False),
        "later": ("Ada", date(2026, 10, 6), 0, False),
        "gone": ("Ada", date(2026, 9, 1), 0, False),
    }
    heads = {name: str(found[name]["head"]) for name in found}
    for name, row in found.items():  # git itself is the oracle
        for key, span in (("ahead", f"{heads['main']}..{heads[name]}"), ("behind", f"{heads[name]}..{heads['main']}")):
            assert row[key] == int(made.git("rev-list", "--count", span)), (name, key)


def test_files_that_live_and_their_size(tmp_path: Path) -> None:
    made = repository(tmp_path / "code")
    made.commit({"a b.txt": "12345", "gone": "1", "e/mpty": ""}, "2026-10-01T12:00:00Z")
    made.commit({"gone": None}, "2026-10-02T12:00:00Z")
    found = {row["path"]: row["bytes"] for row in rows(_pull(tmp_path)["code_files"])}
    assert found == {"a b.txt": 5, "e/mpty": 0}
