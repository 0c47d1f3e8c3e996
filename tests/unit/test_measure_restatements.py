"""What has become of entries between two readings, over ledgers of any kind."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.measure.restatements import difference
from tests import any_books
from tests.any_books import numbered
from tests.tables import frame

ANY = st.lists(any_books.entries(), min_size=1, max_size=8)


@settings(max_examples=30, deadline=None)
@given(ANY, st.randoms(use_true_random=False))
def test_the_same_entries_in_another_order_differ_in_nothing(made: list[list[any_books.Leg]], random: Any) -> None:
    rows = frame("entries", numbered(made))
    assert difference(rows, rows).empty
    assert difference(rows, rows.sample(frac=1, random_state=random.randrange(2**32))).empty


@settings(max_examples=30, deadline=None)
@given(ANY, st.integers(0, 100), st.integers(1, 10**6))
def test_a_changed_amount_is_named_alone_with_its_effect(made: list[list[any_books.Leg]], place: int, more: int) -> None:
    legs = numbered(made)
    number = place % len(legs)
    after = [{**leg, "amount_minor": leg["amount_minor"] + more} if n == number else leg for n, leg in enumerate(legs)]
    old, new = frame("entries", legs), frame("entries", after)
    found = difference(old, new)
    assert int(found["effect"].sum()) == more == int(new["amount_minor"].sum() - old["amount_minor"].sum())
    # Of postings that say the same, any may be the one that is gone: then it is one added and one removed.
    assert sorted(found["kind"]) in (["changed"], ["added", "removed"])
    assert set(found["account"]) == {legs[number]["account"]}
    assert {day.date() for day in found["date"]} == {legs[number]["date"]}
