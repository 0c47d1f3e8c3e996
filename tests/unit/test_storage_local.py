"""A key is written once, whole or not at all, whatever the key, the disk and the other process do."""

from __future__ import annotations

import os
import resource
import signal
import stat
from pathlib import Path
from typing import NoReturn

import pytest

from quarterdeck.errors import StorageError
from quarterdeck.storage import LocalStore
from tests.forks import die, in_child


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store")


def test_files_are_for_their_owner_only(store: LocalStore) -> None:
    store.put_new("a/b", b"x")
    assert store.path("a/b").stat().st_mode & 0o077 == 0
    assert store.path("a/b").parent.stat().st_mode & 0o077 == 0


def test_a_write_that_fails_midway_leaves_no_key_and_no_litter(store: LocalStore) -> None:
    store.put_new("a/small", b"x")

    def write_with_a_full_disk() -> int:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))  # the kernel cuts the write, as a full disk does
        try:
            store.put_new("a/big", b"x" * 5000)
        except StorageError as error:
            return 3 if error.permanent else 0
        return 4

    assert in_child(write_with_a_full_disk) == 0
    assert store.list() == ("a/small",)
    assert [path.name for path in store.path("a/small").parent.iterdir()] == ["small"]
    assert store.put_new("a/big", b"x" * 5000)


@pytest.mark.parametrize("call", ["open", "fsync", "link", "unlink"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_at_any_step_leaves_all_bytes_or_no_key(store: LocalStore, call: str, moment: str) -> None:
    data = b"x" * 100_000
    real = getattr(os, call)

    def dying(*args: object, **kwargs: object) -> NoReturn:
        if moment == "after":
            real(*args, **kwargs)
        die()

    def put() -> None:
        setattr(os, call, dying)
        store.put_new("a/b", data)

    store.put_new("a/other", b"")
    assert in_child(put) == -signal.SIGKILL
    assert store.list("a/b") in {(), ("a/b",)}
    if store.exists("a/b"):
        assert store.get("a/b") == data
    store.put_new("a/b", data)
    assert store.get("a/b") == data
    assert store.list() == ("a/b", "a/other")


def noted(monkeypatch: pytest.MonkeyPatch, *names: str) -> list[str]:
    """The calls of functions of `os` from now on, in order, with a word where they are about a folder."""
    done: list[str] = []

    def watch(name: str) -> None:
        real = getattr(os, name)

        def call(*args: object) -> object:
            is_folder = isinstance(args[0], int) and stat.S_ISDIR(os.fstat(args[0]).st_mode)
            done.append(f"{name} folder" if is_folder else name)
            return real(*args)

        monkeypatch.setattr(os, name, call)

    for name in names:
        watch(name)
    return done


def test_the_bytes_are_on_the_disk_before_their_name_and_the_name_before_the_answer(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put_new("a/other", b"")
    done = noted(monkeypatch, "fsync", "link")
    store.put_new("a/b", b"x")
    assert done == ["fsync", "link", "fsync folder"]
    done.clear()
    store.put_new("c/d/e", b"x")
    assert done == ["fsync folder", "fsync folder", "fsync", "link", "fsync folder"]  # each new folder in the one above
    done.clear()
    store.put_new("a/b", b"y")
    assert done == ["fsync folder"]  # whoever was first may not have got so far


def test_what_may_be_replaced_is_replaced(store: LocalStore) -> None:
    store.put("a/b.html", b"first")
    store.put("a/b.html", b"second")
    assert store.get("a/b.html") == b"second"
    assert store.list() == ("a/b.html",)
    assert store.path("a/b.html").stat().st_mode & 0o077 == 0
    assert not store.put_new("a/b.html", b"third")


def test_a_folder_is_not_replaced(store: LocalStore) -> None:
    store.put("a/b/c", b"x")
    for key in ("a/b", "a/b/c/d"):
        with pytest.raises(StorageError):
            store.put(key, b"y")
    assert store.list() == ("a/b/c",)
    assert [path.name for path in store.path("a/b/c").parent.parent.iterdir()] == ["b"]


def test_replacing_with_a_full_disk_keeps_the_old_bytes_and_no_litter(store: LocalStore) -> None:
    store.put("a/b", b"old")

    def replace_with_a_full_disk() -> int:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            store.put("a/b", b"x" * 5000)
        except StorageError as error:
            return 3 if error.permanent else 0
        return 4

    assert in_child(replace_with_a_full_disk) == 0
    assert store.get("a/b") == b"old"
    assert [path.name for path in store.path("a/b").parent.iterdir()] == ["b"]


@pytest.mark.parametrize("call", ["open", "fsync", "replace"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_at_any_step_of_replacing_leaves_old_or_new_bytes(store: LocalStore, call: str, moment: str) -> None:
    old, new = b"o" * 100_000, b"n" * 100_000
    store.put("a/b", old)
    real = getattr(os, call)

    def dying(*args: object, **kwargs: object) -> NoReturn:
        if moment == "after":
            real(*args, **kwargs)
        die()

    def put() -> None:
        setattr(os, call, dying)
        store.put("a/b", new)

    assert in_child(put) == -signal.SIGKILL
    assert store.get("a/b") == (new if (call, moment) == ("replace", "after") else old)
    assert store.list() == ("a/b",)


def test_new_bytes_are_on_the_disk_before_they_replace_and_the_name_before_the_answer(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put("a/b", b"x")
    done = noted(monkeypatch, "fsync", "replace")
    store.put("a/b", b"y")
    assert done == ["fsync", "replace", "fsync folder"]
    done.clear()
    store.put_all({"a/b": b"1", "a/c": b"2", "a/d": b"3"})
    assert done == ["fsync"] * 3 + ["replace"] * 3 + ["fsync folder"]


def test_a_kill_among_many_leaves_each_key_whole_or_as_it_was(store: LocalStore) -> None:
    old = {f"a/{number}": b"o" * 50_000 for number in range(5)}
    new = dict.fromkeys(old, b"n" * 50_000)
    store.put_all(old)
    real, calls = os.replace, 0

    def dying(*args: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            die()
        real(*args)  # type: ignore[arg-type]

    def put() -> None:
        os.replace = dying  # type: ignore[assignment]
        store.put_all(new)

    assert in_child(put) == -signal.SIGKILL
    assert [store.get(key) == new[key] for key in sorted(old)] == [True, True, False, False, False]
    assert all(store.get(key) in {old[key], new[key]} for key in old)
    assert store.list() == tuple(sorted(old))


def test_many_with_a_full_disk_keep_what_was_there_and_leave_no_litter(store: LocalStore) -> None:
    store.put_all({"a/small": b"old", "a/big": b"old"})

    def replace_with_a_full_disk() -> int:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            store.put_all({"a/small": b"x", "a/big": b"x" * 5000})
        except StorageError as error:
            return 3 if error.permanent else 0
        return 4

    assert in_child(replace_with_a_full_disk) == 0
    assert (store.get("a/small"), store.get("a/big")) == (b"old", b"old")
    assert sorted(path.name for path in store.path("a/big").parent.iterdir()) == ["big", "small"]
