"""What is kept in memory is what was asked for last, and never more than there is room for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.storage.kept import Kept


def test_the_one_that_was_not_asked_for_the_longest_goes_first() -> None:
    kept: Kept[bytes] = Kept(10, len)
    for key in "abc":
        kept.keep(key, b"...")
    assert kept.get("a") == b"..."
    kept.keep("d", b"...")
    assert [kept.get(key) for key in "abcd"] == [b"...", None, b"...", b"..."]


def test_what_has_no_room_is_not_kept_and_takes_none_from_others() -> None:
    kept: Kept[bytes] = Kept(10, len)
    kept.keep("a", b"x" * 10)
    kept.keep("b", b"x" * 11)
    assert (kept.get("a"), kept.get("b")) == (b"x" * 10, None)


def test_what_is_forgotten_or_replaced_gives_its_room_back() -> None:
    kept: Kept[bytes] = Kept(10, len)
    kept.keep("a", b"x" * 10)
    kept.keep("a", b"y" * 4)
    kept.keep("b", b"z" * 6)
    assert (kept.get("a"), kept.get("b")) == (b"yyyy", b"zzzzzz")
    kept.forget("a")
    kept.forget("never there")
    kept.keep("c", b"." * 4)
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (None, b"zzzzzz", b"....")


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.binary(max_size=6)), max_size=30))
def test_what_comes_back_is_what_was_kept_last(steps: list[tuple[str, bytes]]) -> None:
    kept: Kept[bytes] = Kept(12, len)
    last: dict[str, bytes] = {}
    for key, data in steps:
        kept.keep(key, data)
        last[key] = data
        found = {each: got for each in "abcd" if (got := kept.get(each)) is not None}
        assert found.items() <= last.items()
        assert sum(map(len, found.values())) <= 12
    if steps:
        assert kept.get(steps[-1][0]) == steps[-1][1]
