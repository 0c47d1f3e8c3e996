"""Every store keeps bytes by key in the same way, whatever it keeps them in."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quarterdeck.errors import MissingKeyError, StorageError
from quarterdeck.storage import LocalStore, S3Store, Store
from tests.forks import together
from tests.stores import BUCKET, PREFIX, Opening

NO_KEYS = ("", "/", "/etc/passwd", "a//b", "a/", "../x", "a/../b", "a/..", ".", ".hidden", "a/.tmp-1", "a\\b", "a\x00b", "ä")
NOR_THESE = ("a b", "a\n", "a.", "x" * 129, "a/" + "x" * 129, "a:b", "~", "a/%2e%2e")


def test_stores_once_and_gives_back(store: Store) -> None:
    assert store.put_new("a/b/c.json", b"first")
    assert not store.put_new("a/b/c.json", b"second")
    assert not store.put_new("a/b/c.json", b"first")  # the same bytes were stored by another call
    assert store.get("a/b/c.json") == b"first"
    assert store.exists("a/b/c.json")
    assert not store.exists("a/b")
    assert not store.exists("a/b/c")


@pytest.mark.parametrize("data", [b"", b"\0\xff" * 500_000], ids=["nothing", "a megabyte"])
def test_any_bytes_come_back(store: Store, data: bytes) -> None:
    assert store.put_new("a/b", data)
    assert store.get("a/b") == data
    store.put("a/c", data)
    assert store.get("a/c") == data


def test_what_one_process_stores_another_finds(opening: Opening) -> None:
    assert opening().put_new("a/b", b"x")
    assert opening().get("a/b") == b"x"
    assert not opening().put_new("a/b", b"y")


def test_lists_keys_by_prefix_in_order(store: Store) -> None:
    assert store.list() == ()
    for key in ("b/2", "a/10", "a/9", "ab/1", "a/x/y"):
        store.put_new(key, b"")
    assert store.list() == ("a/10", "a/9", "a/x/y", "ab/1", "b/2")
    assert store.list("a/") == ("a/10", "a/9", "a/x/y")
    assert store.list("a") == ("a/10", "a/9", "a/x/y", "ab/1")
    assert store.list("a/1") == ("a/10",)
    assert store.list("none/") == ()


def test_missing_key_is_an_error(store: Store) -> None:
    store.put_new("a/b", b"x")
    for key in ("a/c", "a/b/c", "a"):
        assert not store.exists(key)
        with pytest.raises(StorageError):
            store.get(key)
    with pytest.raises(MissingKeyError, match="nothing under a/c"):
        store.get("a/c")


def test_refuses_what_is_no_key(store: Store) -> None:
    for use in (
        store.get,
        store.exists,
        store.locate,
        lambda key: store.put_new(key, b"x"),
        lambda key: store.put(key, b"x"),
        lambda key: store.put_all({"a/b": b"x", key: b"x"}),
        lambda key: store.signed(key, timedelta(hours=1)),
    ):
        for key in (*NO_KEYS, *NOR_THESE):
            with pytest.raises(StorageError, match="is not a key"):
                use(key)
    assert store.list() == ()


def test_refuses_a_prefix_out_of_the_store(store: Store) -> None:
    for prefix in ("../", "/", "a/../"):
        with pytest.raises(StorageError, match="is not a key"):
            store.list(prefix)


def test_of_many_writers_of_one_key_one_wins(opening: Opening) -> None:

    def put(number: int) -> int:
        return 10 + number if opening().put_new("a/b", str(number).encode() * 10_000) else 0

    codes = together([partial(put, number) for number in range(8)])
    winners = [code - 10 for code in codes if code]
    assert len(winners) == 1
    assert opening().get("a/b") == str(winners[0]).encode() * 10_000


def test_what_may_be_replaced_is_replaced(store: Store) -> None:
    store.put("a/b.html", b"first")
    store.put("a/b.html", b"second")
    assert store.get("a/b.html") == b"second"
    assert store.list() == ("a/b.html",)
    assert not store.put_new("a/b.html", b"third")
    assert store.get("a/b.html") == b"second"


def test_readers_of_a_key_that_is_replaced_see_whole_bytes_only(opening: Opening) -> None:
    values = [str(number).encode() * 20_000 for number in range(4)]
    opening().put("a/b", values[0])

    def write(value: bytes) -> None:
        store = opening()
        for _ in range(20):
            store.put("a/b", value)

    def read() -> int:
        store = opening()
        return sum(store.get("a/b") not in values for _ in range(50))

    assert together([*(partial(write, value) for value in values), read, read]) == [0] * 6


def test_many_keys_are_stored_in_one_go(store: Store) -> None:
    store.put("a/b", b"old")
    store.put_all({"a/b": b"new", "a/c": b"c", "d/e/f": b"f"})
    assert {key: store.get(key) for key in store.list()} == {"a/b": b"new", "a/c": b"c", "d/e/f": b"f"}
    store.put_all({})
    store.put_new_all({"a/c": b"taken", "a/e": b"e"})
    assert (store.get("a/c"), store.get("a/e")) == (b"c", b"e")
    with pytest.raises(StorageError):
        store.put_all({"a/b": b"newer", "../x": b"x"})
    with pytest.raises(StorageError):
        store.put_new_all({"a/f": b"f", "../x": b"x"})
    assert not store.exists("a/f")
    assert store.get("a/b") == b"new"  # a key that is none is seen before anything is written
    many = {f"m/{number}": str(number).encode() for number in range(50)}
    store.put_all(many)
    assert {key: store.get(key) for key in store.list("m/")} == many


def test_says_where_a_person_finds_a_key(store: Store) -> None:
    if isinstance(store, LocalStore):
        store.put_new("a/b/c.json", b"x")
        assert Path(store.locate("a/b/c.json")).read_bytes() == b"x"
    else:
        assert store.locate("a/b/c.json") == f"s3://{BUCKET}/{PREFIX}/a/b/c.json"


def test_a_signed_address_gives_the_bytes_or_there_is_none(store: Store) -> None:
    store.put_new("a/b.html", b"<p>")
    url = store.signed("a/b.html", timedelta(hours=1))
    if isinstance(store, LocalStore):
        assert url is None
    else:
        assert url is not None
        with urllib.request.urlopen(url, timeout=60) as answer:
            assert answer.read() == b"<p>"
            assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


_PARTS = st.sampled_from(["a", "b", "ab", "A=1", "x.json"])
_KEYS = st.lists(_PARTS, min_size=1, max_size=2).map("/".join)
_STEPS = st.lists(
    st.tuples(st.sampled_from(["put_new", "put", "get", "exists", "list"]), _KEYS, st.binary(max_size=3)), max_size=12
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_a_store_is_a_mapping_that_forgets_nothing(spare: Iterator[Store], steps: list[tuple[str, str, bytes]]) -> None:
    """Any sequence of calls gives what a dictionary would; where a key is a folder of others, a store may refuse it."""
    _follow(next(spare), steps)


@pytest.fixture
def spare(opening: Opening, tmp_path: Path) -> Iterator[Store]:
    """Empty stores, as many as are asked for."""
    base = opening.here()
    if isinstance(base, S3Store):
        return (S3Store(base.aws, base.bucket, f"spare/{number}") for number in count())
    return (LocalStore(tmp_path / f"spare-{number}") for number in count())


def _follow(store: Store, steps: list[tuple[str, str, bytes]]) -> None:
    model: dict[str, bytes] = {}
    for step, key, data in steps:
        if step.startswith("put") and any(_is_folder(key, other) or _is_folder(other, key) for other in model):
            continue
        if step == "put_new":
            assert store.put_new(key, data) == (key not in model)
            model.setdefault(key, data)
        elif step == "put":
            store.put(key, data)
            model[key] = data
        elif step == "exists":
            assert store.exists(key) == (key in model)
        elif step == "list":
            assert store.list(key) == tuple(sorted(other for other in model if other.startswith(key)))
        elif key in model:
            assert store.get(key) == model[key]
        else:
            with pytest.raises(StorageError):
                store.get(key)
    assert {key: store.get(key) for key in store.list()} == model


def _is_folder(key: str, other: str) -> bool:
    return other.startswith(f"{key}/")
