"""Bank reconciliation: hand-worked months, what must hold whatever the rows, and two oracles: every choice, and SQL."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.frames import empty
from quarterdeck.reconciliation import WINDOW_DAYS, Reconciled, breaks, matched, open_items, reconciled
from quarterdeck.subsets import CANDIDATES, subset
from tests.tables import CASH, RENT, frame, together

NOV = date(2026, 11, 1)


def line(day: date, minor: int, **more: object) -> dict[str, object]:
    return {"account": CASH, "date": day, "amount_minor": minor, "document": None, **more}


def lines(*rows: dict[str, object], tenant: str = "a") -> pd.DataFrame:
    return frame("bank_lines", rows, tenant)


def book(*rows: tuple[date, int] | tuple[date, int, str], tenant: str = "a") -> pd.DataFrame:
    """Postings on the bank's account, each with its other leg."""
    legs: list[dict[str, Any]] = []
    for number, (day, minor, *document) in enumerate(rows):
        both = {"entry": f"e{number:04}", "date": day, "document": document[0] if document else None, "origin": "ledger"}
        legs += [
            {**both, "leg": 0, "account": CASH, "amount_minor": minor},
            {**both, "leg": 1, "account": RENT, "amount_minor": -minor},
        ]
    return frame("entries", legs, tenant)


def groups(matches: pd.DataFrame) -> list[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    """Kind, amounts of the books, amounts of the bank, of every group."""
    found = []
    for _, rows in matches[matches["group"] >= 0].groupby("group"):
        sides = (tuple(sorted(rows.loc[rows["side"] == side, "amount_minor"])) for side in ("book", "bank"))
        found.append((str(rows["kind"].iloc[0]), *sides))
    return sorted(found)  # type: ignore[arg-type]


def oct_(day: int) -> date:
    return date(2026, 10, day)


# --- hand-worked ------------------------------------------------------------------------------------------------------


def test_a_month_end_led_over_to_the_books() -> None:
    # Bank: 1000.00 at the start, in 500, out 200, fee 15 that is not booked: 1285.00 at the end.
    # Books: 1000 + 500 - 200 + 80 (deposit of the 31st) - 30 (payment of the 30th) = 1350.00.
    entries = book(
        (oct_(1), 100_000),
        (oct_(5), 50_000),
        (oct_(9), -20_000),
        (oct_(30), -3_000),
        (oct_(31), 8_000),
        (date(2026, 11, 2), -700),
    )
    statement = lines(line(oct_(5), 50_000), line(oct_(10), -20_000), line(oct_(31), -1_500), line(date(2026, 11, 2), 8_000))
    matches = matched(entries, statement)
    stated = frame("bank_balances", [{"account": CASH, "date": oct_(31), "balance_minor": 128_500}])
    assert groups(matches) == [
        ("one_to_one", (-20_000,), (-20_000,)),
        ("one_to_one", (8_000,), (8_000,)),
        ("one_to_one", (50_000,), (50_000,)),
    ]
    (account,) = reconciled(matches, entries, statement, stated, NOV)
    assert account == Reconciled("a", CASH, 128_500, True, 8_000, -3_000, -1_500, 135_000)
    assert account.difference_minor == 128_500 + 8_000 - 3_000 - 135_000 == -1_500
    assert account.unexplained_minor == 0
    waiting = open_items(matches, NOV)
    assert list(zip(waiting["side"], waiting["amount_minor"], waiting["age_days"], strict=True)) == [
        ("book", -3_000, 1),
        ("bank", -1_500, 0),
        ("book", 8_000, 0),
    ]
    later = open_items(matches, date(2026, 11, 3))
    assert 8_000 not in set(later["amount_minor"])  # the bank has it since


def test_without_a_stated_balance_the_books_say_what_was_there_before_the_first_line() -> None:
    entries = book((oct_(1), 100_000), (oct_(4), -4_000), (oct_(6), 500))
    statement = lines(line(oct_(5), -4_000), line(oct_(6), 500), line(oct_(7), -99))
    (account,) = reconciled(matched(entries, statement), entries, statement, empty("bank_balances"), NOV)
    assert account == Reconciled("a", CASH, 100_000 - 4_000 + 500 - 99, False, 0, 0, -99, 96_500)
    assert account.unexplained_minor == 0


def test_one_document_brings_together_what_lies_weeks_apart() -> None:
    entries = book((oct_(1), -700, "INV-7"), (oct_(3), -700, "INV-8"))
    matches = matched(entries, lines(line(oct_(3), -700, document="INV-7"), line(oct_(28), -700, document="INV-8")))
    pairs = matches.groupby("group")["document"].agg(set)
    assert pairs.tolist() == [{"INV-7"}, {"INV-8"}]
    assert set(matches["kind"]) == {"reference"}


def test_a_line_and_the_posting_made_from_it_are_one_whatever_their_days() -> None:
    entries = book((oct_(1), -700))
    matches = matched(entries, lines(line(oct_(9), -700), line(oct_(1), -700, line="e0000")))
    assert groups(matches) == [("reference", (-700,), (-700,))]


def test_the_nearest_day_wins() -> None:
    matches = matched(book((oct_(10), 100), (oct_(14), 100)), lines(line(oct_(13), 100), line(oct_(17), 100)))
    assert sorted(matches[matches["group"] >= 0].groupby("group")["date"].agg(lambda days: (days.max() - days.min()).days)) == [
        1,
        7,
    ]


def test_an_amount_is_nobodys_beyond_the_window_unless_there_is_one_of_it() -> None:
    begun = line(oct_(1), 5)
    once = matched(book((oct_(2), -400)), lines(begun, line(oct_(30), -400)))
    assert groups(once) == [("carried", (-400,), (-400,))]
    twice = matched(book((oct_(2), -400), (oct_(3), -400)), lines(begun, line(oct_(30), -400)))
    assert groups(twice) == []
    before = matched(book((oct_(30), -400)), lines(begun, line(oct_(2), -400)))
    assert groups(before) == []  # the bank does not pay what is booked weeks later


@pytest.mark.parametrize("one_side", ["bank", "book"])
def test_several_for_one(one_side: str) -> None:
    parts, whole = [(oct_(6), 1_200), (oct_(7), 3_400), (oct_(7), 560)], (oct_(8), 5_160)
    begun = line(oct_(1), 5)
    if one_side == "bank":
        found = groups(matched(book(*parts), lines(begun, line(*whole))))
        assert found == [("one_to_many", (560, 1_200, 3_400), (5_160,))]
    else:
        found = groups(matched(book(whole), lines(begun, *(line(*part) for part in parts))))
        assert found == [("many_to_one", (5_160,), (560, 1_200, 3_400))]


def test_accounts_and_tenants_stay_apart() -> None:
    entries = together("entries", book((oct_(5), 100)), book((oct_(5), 100), tenant="b"))
    elsewhere = line(oct_(5), 100, account="1010")
    matches = matched(entries, together("bank_lines", lines(elsewhere), lines(line(oct_(5), 100), tenant="b")))
    assert groups(matches) == [("one_to_one", (100,), (100,))]
    assert set(matches.loc[matches["group"] >= 0, "tenant"]) == {"b"}


def test_balances_that_the_lines_do_not_lead_over() -> None:
    statement = lines(line(oct_(5), 100), line(oct_(20), -30))
    stated = [(oct_(4), 1_000), (oct_(10), 1_100), (oct_(25), 1_050)]
    found = breaks(
        statement, frame("bank_balances", [{"account": CASH, "date": d, "balance_minor": m} for d, m in stated]), NOV
    )
    assert found[["tenant", "account", "missing_minor"]].values.tolist() == [["a", CASH, -20]]
    assert (found["after"].iloc[0].date(), found["through"].iloc[0].date()) == (oct_(10), oct_(25))


def test_amounts_that_no_sum_of_machine_integers_holds() -> None:
    large = 2**62
    assert subset([large, large, large], 3 * large, [0, 0, 0]) == (0, 1, 2)
    assert subset([large, large, large, 1], -(2**62) + 1, [0, 0, 0, 0]) == ()


# --- whatever the rows ------------------------------------------------------------------------------------------------

AMOUNTS = st.sampled_from([100, 200, 300, 500, -100, -200, -300, 1_100, 1_234])
ITEMS = st.lists(st.tuples(st.integers(0, 40), AMOUNTS), max_size=14)


def _two_sides(booked: list[tuple[int, int]], banked: list[tuple[int, int]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    entries = book(*((oct_(1) + timedelta(days=day), minor) for day, minor in booked))
    return entries, lines(
        *(line(oct_(1) + timedelta(days=day), minor, line=f"l{n:03}") for n, (day, minor) in enumerate(banked))
    )


@settings(max_examples=40, deadline=None)
@given(booked=ITEMS, banked=ITEMS, seed=st.integers(0, 99))
def test_groups_hold_and_the_order_of_rows_means_nothing(booked: list[Any], banked: list[Any], seed: int) -> None:
    entries, statement = _two_sides(booked, banked)
    matches = matched(entries, statement)
    assert not matches.duplicated(["tenant", "account", "side", "reference"]).any()  # in at most one group
    for kind, ours, theirs in groups(matches):
        assert sum(ours) == sum(theirs)
        assert (len(theirs) > 1, len(ours) > 1) == (kind == "many_to_one", kind == "one_to_many")
    again = matched(entries.sample(frac=1, random_state=seed), statement.sample(frac=1, random_state=seed + 1))
    pd.testing.assert_frame_equal(matches, again)


@settings(max_examples=40, deadline=None)
@given(booked=ITEMS, banked=ITEMS, end=st.integers(0, 45))
def test_the_bank_is_led_over_to_the_books_as_sql_does_it(booked: list[Any], banked: list[Any], end: int) -> None:
    entries, statement = _two_sides(booked, banked)
    day = oct_(1) + timedelta(days=end)
    matches = matched(entries, statement)
    made = reconciled(matches, entries, statement, empty("bank_balances"), day)
    with duckdb.connect() as db:
        db.register("matches", matches)
        db.register("entries", entries)
        db.register("statement", statement)
        open_ = f"""SELECT * FROM matches m WHERE date < DATE '{day}' AND NOT (m."group" >= 0 AND
                    (SELECT max(o.date) FROM matches o WHERE o."group" = m."group") < DATE '{day}')"""
        begun, transit, outstanding, unbooked, booked_minor = db.execute(f"""SELECT
            (SELECT count(*) FROM statement WHERE date < DATE '{day}'),
            (SELECT coalesce(sum(amount_minor), 0) FROM ({open_}) WHERE side = 'book' AND amount_minor > 0),
            (SELECT coalesce(sum(amount_minor), 0) FROM ({open_}) WHERE side = 'book' AND amount_minor < 0),
            (SELECT coalesce(sum(amount_minor), 0) FROM ({open_}) WHERE side = 'bank'),
            (SELECT coalesce(sum(amount_minor), 0) FROM entries WHERE account = '{CASH}' AND date < DATE '{day}')
        """).fetchall()[0]  # fmt: skip
    assert len(made) == (1 if begun else 0)
    if made:
        account = made[0]
        assert (account.in_transit_minor, account.outstanding_minor) == (transit, outstanding)
        assert (account.unbooked_minor, account.book_minor) == (unbooked, booked_minor)
        assert account.unexplained_minor == 0  # nothing is stated, so that only lines can be missing


@settings(max_examples=40, deadline=None)
@given(
    parts=st.lists(st.tuples(st.integers(0, 2 * WINDOW_DAYS), st.integers(1, 10**6)), min_size=2, max_size=6),
    noise=st.lists(st.tuples(st.integers(30, 60), st.integers(1, 10**6)), max_size=5),
)
def test_a_sum_that_was_planted_is_found(parts: list[tuple[int, int]], noise: list[tuple[int, int]]) -> None:
    whole = (WINDOW_DAYS, sum(minor for _, minor in parts))
    entries, statement = _two_sides([*parts, *noise], [(0, -1), whole])
    found = groups(matched(entries, statement))
    assert len(found) == 1
    assert (found[0][0], sum(found[0][1]), found[0][2]) == ("one_to_many", whole[1], (whole[1],))


@settings(max_examples=80, deadline=None)
@given(
    parts=st.lists(st.tuples(st.integers(1, 20), st.integers(0, WINDOW_DAYS)), min_size=1, max_size=9),
    whole=st.integers(1, 60),
)
def test_the_choice_is_that_of_trying_them_all(parts: list[tuple[int, int]], whole: int) -> None:
    minors, apart = [minor for minor, _ in parts], [days for _, days in parts]
    assert subset(minors, whole, apart) == _by_trying(minors, whole, apart)
    assert subset([-minor for minor in minors], -whole, apart) == _by_trying(minors, whole, apart)


def _by_trying(minors: list[int], whole: int, apart: list[int]) -> tuple[int, ...]:
    choices: Iterable[tuple[int, ...]] = (
        c for size in range(2, len(minors) + 1) for c in combinations(range(len(minors)), size)
    )
    right = [choice for choice in choices if sum(minors[i] for i in choice) == whole]
    return min(right, key=lambda c: (len(c), sum(apart[i] for i in c), c), default=())


def test_of_too_many_candidates_the_nearest_are_tried() -> None:
    far = [(1, 10**5 + n) for n in range(3)]
    near = [(7, 2 * 10**5 + n * n) for n in range(CANDIDATES)]
    entries, statement = _two_sides([*far, *near], [(0, -1), (8, sum(minor for _, minor in far))])
    assert groups(matched(entries, statement)) == []
    entries, statement = _two_sides([*far, *near[:-3]], [(0, -1), (8, sum(minor for _, minor in far))])
    assert [kind for kind, *_ in groups(matched(entries, statement))] == ["one_to_many"]
