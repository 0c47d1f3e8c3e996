"""Statements that do not go on from each other, and those that do however a bank writes them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.sources import PulledTable
from quarterdeck.sources._bank import BankFile, BankLine, read_bank
from quarterdeck.sources._bank_chain import closing_balances
from quarterdeck.sources._posting import Ids
from tests.ledgers import Options, bank, books, entries, faults
from tests.sourcing import window

HEADER = "Date,Amount,Party,Balance"
COLUMNS: Options = {"columns": {"date": "Date", "amount": "Amount", "party": "Party", "balance": "Balance"}}
PLAIN: Options = {"columns": {"date": "Date", "amount": "Amount", "party": "Party"}}
SEPTEMBER = ("2026-09-01,100.00,Ada,100.00", "2026-09-20,-30.00,Marina,70.00")
OCTOBER = ("2026-10-15,5.00,Ada,75.00", "2026-10-15,-10.00,Marina,65.00", "2026-10-16,1.00,Ada,66.00")


def read(root: Path, *files: Sequence[str], stated: Sequence[Options] = (), columns: Options = COLUMNS) -> PulledTable:
    more = [*stated, *({} for _ in files)]
    named = [
        bank(root, *lines, name=f"books/{n}.csv", header=HEADER, **{**columns, **more[n]}) for n, lines in enumerate(files)
    ]
    return books(root, bank=named)["entries"]


def test_balances_that_go_on_over_a_quiet_month_are_no_gap(tmp_path: Path) -> None:
    assert read(tmp_path, SEPTEMBER, OCTOBER).rejects == ()
    assert read(tmp_path, OCTOBER, SEPTEMBER).rejects == ()


def test_a_line_that_is_missing_is_named_where_the_balance_no_longer_follows(tmp_path: Path) -> None:
    table = read(tmp_path, SEPTEMBER[:1], OCTOBER)
    assert faults(table) == [("books/1.csv", 2, "Balance"), ("books/1.csv", 2, "date")]
    assert table.rejects[0].value == "75.00"
    assert table.rejects[0].expected.startswith("a balance that goes on from 100.00, which stood at the end of 2026-09-01")
    assert "books/0.csv ends: no file speaks of 43 days" in table.rejects[1].expected
    assert len(entries(table)) == 4  # the lines that are there are kept


def test_a_line_that_was_changed_within_a_file(tmp_path: Path) -> None:
    changed = (OCTOBER[0].replace(",5.00", ",6.00"), *OCTOBER[1:])
    assert faults(read(tmp_path, [*SEPTEMBER, *changed])) == [("books/0.csv", 4, "Balance")]


def test_files_without_balances_may_be_quiet_for_a_week(tmp_path: Path) -> None:
    first, near, far = ("2026-10-01,1.00,Ada,",), ("2026-10-09,1.00,Ada,",), ("2026-10-10,1.00,Ada,",)
    assert read(tmp_path, first, near, columns=PLAIN).rejects == ()
    (fault,) = read(tmp_path, first, far, columns=PLAIN).rejects
    assert (fault.file, fault.line, fault.value) == ("books/1.csv", 2, "2026-10-10")
    assert fault.expected.startswith("no gap after 2026-10-01, where books/0.csv ends: no file speaks of 8 days")


@pytest.mark.parametrize(("through", "begins", "is_gap"), [
    ("2026-10-08", "2026-10-10", True),
    ("2026-10-09", "2026-10-10", False),
    ("2026-10-03", "2026-10-10", True),
])  # fmt: skip
def test_files_that_state_their_days_are_taken_at_their_word(tmp_path: Path, through: str, begins: str, is_gap: bool) -> None:
    stated = ({"complete_through": through}, {"complete_from": begins})
    table = read(tmp_path, ("2026-10-01,1.00,Ada,",), ("2026-10-20,1.00,Ada,",), stated=stated, columns=PLAIN)
    assert bool(table.rejects) == is_gap


def test_the_files_of_one_account_cover_what_they_cover_together(tmp_path: Path) -> None:
    assert read(tmp_path, SEPTEMBER, OCTOBER).covers == (date(2026, 9, 1), date(2026, 10, 17))


def test_gaps_do_not_count_as_bad_rows(tmp_path: Path) -> None:
    named = [
        bank(tmp_path, *lines, name=f"books/{n}.csv", header=HEADER, **COLUMNS)
        for n, lines in enumerate((SEPTEMBER[:1], OCTOBER))
    ]
    assert len(books(tmp_path, bank=named, max_rejected=0)["entries"].rejects) == 2


def test_lines_that_two_files_have_count_once_and_equal_lines_of_one_are_two(tmp_path: Path) -> None:
    twice = ["2026-10-01,1.00,Ada,"] * 2
    table = read(tmp_path, [*twice, "2026-10-02,2.00,Ben,"], [*twice, "2026-10-03,3.00,Cy,"], columns=PLAIN)
    assert sorted(minor for (_, minor), _ in entries(table).values()) == [100, 100, 200, 300]
    assert table.rejects == ()


def test_a_line_with_an_id_that_says_something_else_in_a_second_file_is_refused(tmp_path: Path) -> None:
    first = bank(tmp_path, "2026-10-01,1.00,Ada,,,7", "2026-10-01,2.00,Ada,,,8")
    second = bank(tmp_path, "2026-10-01,1.00,ADA LIND,,,7", "2026-10-01,2.50,Ada,,,8", name="books/b.csv")
    table = books(tmp_path, bank=[first, second])["entries"]
    assert len(entries(table)) == 2
    assert faults(table) == [("books/b.csv", 3, "Ref")]
    assert table.rejects[0].expected == "an id that occurs once, or a line that says the same as books/bank.csv:3"


_LINES = st.lists(st.tuples(st.integers(1, 20), st.integers(-500, 500)), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(_LINES, st.integers(-1000, 1000), st.randoms(use_true_random=False), st.data())
def test_balances_follow_whatever_the_order_of_lines_until_one_is_lost(
    drawn: list[tuple[int, int]], start: int, random: Random, data: st.DataObject
) -> None:
    stood = start
    lines: list[str] = []
    closings: dict[date, int] = {}
    for day, minor in sorted(drawn, key=lambda line: line[0]):
        stood += minor
        closings[date(2026, 10, day)] = stood
        lines.append(f"2026-10-{day:02d},{_money(minor)},Ada,{_money(stood)}")
    shuffled = lines.copy()
    random.shuffle(shuffled)
    end = f"2026-10-{data.draw(st.integers(0, 21)):02d}"
    files = [[line for line in shuffled if line[:10] <= end], [line for line in shuffled if line[:10] > end]]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        assert [fault for fault in read(root, *files).rejects if fault.column == "Balance"] == []
        assert read(root, shuffled).rejects == ()
        found = closing_balances(_lines(root, shuffled))
        assert {day: minor for day, minor in closings.items() if day in found} == found
        moved = {date(2026, 10, day) for day in dict(drawn) if sum(minor for other, minor in drawn if other == day)}
        assert moved <= found.keys()
        lost = data.draw(st.integers(0, len(lines) - 1))
        # What a first or last day has lost may as well have come before or after it.
        is_inside = lines[0][:10] < lines[lost][:10] < lines[-1][:10] and date.fromisoformat(lines[0][:10]) in moved
        if is_inside and sorted(drawn, key=lambda line: line[0])[lost][1]:
            rest = lines[:lost] + lines[lost + 1 :]
            assert [fault for fault in read(root, rest).rejects if fault.column == "Balance"]


def _lines(root: Path, lines: Sequence[str]) -> list[BankLine]:
    settings = BankFile.model_validate(bank(root, *lines, header=HEADER, **COLUMNS))
    return read_bank(settings, (), "9999", window(root), Ids()).lines


def _money(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"
