"""A store that is read and never written."""

from __future__ import annotations

from pathlib import Path

import pytest

from quarterdeck.errors import MissingKeyError, StorageError
from quarterdeck.storage import Aside, LocalStore


def test_what_is_put_goes_aside_and_the_store_stays_as_it_was(tmp_path: Path) -> None:
    below = LocalStore(tmp_path / "store")
    below.put_new("a/1", b"one")
    store = Aside(below)
    assert not store.put_new("a/1", b"other")
    assert store.put_new("a/2", b"two")
    store.put_new_all({"a/2": b"x", "b/3": b"three"})
    store.put_all({"a/1": b"changed"})
    assert {key: store.get(key) for key in store.list()} == {"a/1": b"changed", "a/2": b"two", "b/3": b"three"}
    assert store.list("a/") == ("a/1", "a/2")
    assert store.exists("b/3")
    assert (below.list(), below.get("a/1")) == (("a/1",), b"one")
    assert store.locate("a/1") == below.locate("a/1")


def test_what_there_is_not_and_what_is_no_key(tmp_path: Path) -> None:
    store = Aside(LocalStore(tmp_path))
    with pytest.raises(MissingKeyError):
        store.get("a/1")
    for put in (store.put_new, store.put):
        with pytest.raises(StorageError):
            put("../a", b"x")
