"""A general ledger as CSV: what becomes of it, whatever the form of its files, and what is named and refused."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from quarterdeck.errors import SourceError
from quarterdeck.sources import PulledTable
from quarterdeck.sources._ledger_options import LedgerOptions
from tests import general_ledgers
from tests.general_ledgers import COLUMNS, faults, legs, plain, read
from tests.sourcing import Row, pull, rows, window, write

CHARTER = ("1,2026-10-01,1000,10.00,", "1,2026-10-01,4000,,10.00")
RENT = ("2,2026-10-02,6000,5.00,", "2,2026-10-02,1000,,5.00")
NET = {"entry": "Journal", "date": "Date", "account": "Account", "amount": "Amount", "currency": "Currency"}
NET_HEADER = "Journal,Date,Account,Amount,Currency"


def net(root: Path, *lines: str, **more: object) -> PulledTable:
    return read(root, plain(*lines, header=NET_HEADER), columns=NET, **more)


def test_a_line_and_all_that_it_says(tmp_path: Path) -> None:
    line = "JE-7,2026-10-15,4000,,99.50,EUR,Ada Lind,INV-1,Charter,2026-11-02,2026-10-16 09:30,ann,beta"
    table = read(tmp_path, plain("JE-7,2026-10-15,Checking,99.50,,EUR", line))
    first, second = rows(table)
    assert (first["account"], first["amount_minor"], first["leg"]) == ("1000", 9950, 0)
    assert second == {
        "entry": "ledger:JE-7",
        "leg": 1,
        "date": date(2026, 10, 15),
        "account": "4000",
        "amount_minor": -9950,
        "currency": "EUR",
        "party": "Ada Lind",
        "document": "INV-1",
        "memo": "Charter",
        "service_date": date(2026, 11, 2),
        "created_at": datetime(2026, 10, 16, 9, 30, tzinfo=UTC),
        "created_by": "ann",
        "counterparty": "beta",
        "origin": "ledger",
        "source_file": "books/gl-0.csv",
        "source_line": 3,
    }
    assert table.covers == (date(2026, 10, 15), date(2026, 10, 16))
    assert table.watermark == datetime(2026, 10, 15, 7, tzinfo=UTC)  # midnight in Los Angeles


@pytest.mark.parametrize(
    ("cell", "account"),
    [
        ("1000", "1000"),
        ("Checking", "1000"),
        ("1000 Checking", "1000"),
        ("1000 · Checking", "1000"),
        ("1000 - Checking", "1000"),
        ("Checking (1000)", "1000"),
        ("Accounts Receivable (A/R)", "1200"),
        ("Accounts Receivable (A/R) (1200)", "1200"),
        ("Old bank", "1000"),
        ("1000 Charters", None),  # number and name disagree
        ("checking", None),
        ("4711", None),
    ],
)
def test_accounts_by_number_name_or_both(tmp_path: Path, cell: str, account: str | None) -> None:
    lines = (f"1,2026-10-01,{cell},10.00,", "1,2026-10-01,4000,,10.00")
    table = read(tmp_path, plain(*lines), accounts={"Old bank": "1000"})
    if account is None:
        assert faults(table) == [("books/gl-0.csv", 2, "Account")]
        assert table.rows.num_rows == 0
    else:
        assert rows(table)[0]["account"] == account


def test_unknown_accounts_go_to_suspense_where_there_is_one(tmp_path: Path) -> None:
    table = read(tmp_path, plain("1,2026-10-01,4711,10.00,,,,,Fuel", "1,2026-10-01,1000,,10.00"), suspense="9999")
    assert legs(table) == {"ledger:1": [("1000", -1000), ("9999", 1000)]}
    assert rows(table)[1]["memo"] == "(account 4711) Fuel"
    assert table.rejects == ()


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [
        ("2026-10-01,1000,10.00,XXA", "Currency", "the code of a currency, as USD"),
        ("2026-10-01,1000,10.00,usd", "Currency", "a currency code of three capital letters, as USD"),
        ("2026-10-01,1000,10.50,JPY", "Amount", "an amount in JPY as 1234"),
        ("2026-10-01,1000,10.000,USD", "Amount", "an amount in USD as 1234.56"),
        ("2026-10-01,1000,1.2345,KWD", "Amount", "an amount in KWD as 1234"),
        ('2026-10-01,1000,"1,250.00",USD', "Amount", "an amount in USD as 1234.56"),
        ("2026-10-01,1000,(10.00),USD", "Amount", "an amount in USD as 1234.56"),
        ("2026-10-01,1000,1e3,USD", "Amount", "an amount in USD as 1234.56"),
        ("2026-10-01,1000,,USD", "Amount", "an amount"),
        ("2026-10-01,1000,999999999999999,CLF", "Amount", "an amount"),
        ("2026-10-01,1000,500000000000000,CLF", "Amount", "an amount that can be held"),
        ("2026-02-30,1000,10.00,USD", "Date", "a day as 2026-01-31"),
        ("31/10/26,1000,10.00,USD", "Date", "a day as 2026-01-31"),
        (",1000,10.00,USD", "Date", "a value"),
        ("2026-10-01,,10.00,USD", "Account", "a value"),
    ],
)
def test_a_bad_cell_is_named_and_its_entry_refused(tmp_path: Path, line: str, column: str, expected: str) -> None:
    table = net(tmp_path, f"1,{line}", "1,2026-10-01,4000,-10.00", "2,2026-10-02,1000,5.00", "2,2026-10-02,4000,-5.00")
    (fault,) = table.rejects
    assert (fault.file, fault.line, fault.column) == ("books/gl-0.csv", 2, column)
    assert fault.expected.startswith(expected)
    assert set(legs(table)) == {"ledger:2"}


def test_minor_units_are_those_of_the_currency(tmp_path: Path) -> None:
    table = net(tmp_path, "1,2026-10-01,1000,10,JPY", "1,2026-10-01,4000,-10,JPY", "2,2026-10-01,1000,1.234,KWD",
                "2,2026-10-01,4000,-1.234,KWD", "3,2026-10-01,1000,1.5", "3,2026-10-01,4000,-1.50")  # fmt: skip
    assert [minor for found in legs(table).values() for _, minor in found] == [10, -10, 1234, -1234, 150, -150]


def test_entries_that_are_none(tmp_path: Path) -> None:
    table = net(
        tmp_path,
        "1,2026-10-01,1000,10.00",
        "1,2026-10-01,4000,-9.50",
        "2,2026-10-01,1000,1.00",
        "2,2026-10-02,4000,-1.00",
        "3,2026-10-01,1000,1.00,USD",
        "3,2026-10-01,4000,-1.00,EUR",
        "4,2026-10-03,1000,1.00",
        "4,2026-10-03,4000,-1.00",
        ",2026-10-03,4000,-1.00",
        "1,2,3,4,5,6",
    )
    assert set(legs(table)) == {"ledger:4"}
    assert [(fault.line, fault.column, fault.value) for fault in table.rejects] == [
        (11, "row", "1,2,3,4,5,6"),
        (10, "Journal", ""),
        (4, "Journal", "2"),
        (2, "Journal", "1"),
        (6, "Journal", "3"),
    ]
    said = [fault.expected for fault in table.rejects]
    assert said[2:] == [
        "one day for all lines of an entry",
        "legs that sum to zero; this entry is off by 0.50 USD",
        "legs that sum to zero; this entry is off by 1.00 USD, -1.00 EUR",
    ]


def test_sums_that_no_integer_holds_are_refused(tmp_path: Path) -> None:
    huge = "9" * 15 + ".99"
    lines = [f"1,2026-10-01,1000,{huge}"] * 93 + [f"1,2026-10-01,4000,-{huge}"] * 92
    (fault,) = net(tmp_path, *lines).rejects
    assert fault.expected.endswith(f"off by {huge} USD")


# Days in three ways of writing.


def days(root: Path, *written: str, **more: object) -> list[date]:
    lines = [f"{n},{day},{account},{amount}" for n, day in enumerate(written) for account, amount in ((1000, 1), (4000, -1))]
    table = net(root, *lines, period="2026-12", **more)
    assert table.rejects == ()
    return [row["date"] for row in rows(table)[::2]]  # type: ignore[misc]


@pytest.mark.parametrize(
    "written",
    [
        ("2026-02-01", "2026-10-31"),
        ("02/01/2026", "10/31/2026"),
        ("2/1/2026", "10/31/2026"),
        ("01/02/2026", "31/10/2026"),
        ("1.2.2026", "31.10.2026"),
        ("01-02-2026", "31-10-2026"),
        ("1 Feb 2026", "31 Oct 2026"),
    ],
)
def test_days_that_can_be_read_in_one_way(tmp_path: Path, written: tuple[str, ...]) -> None:
    assert days(tmp_path, *written) == [date(2026, 2, 1), date(2026, 10, 31)]


def test_a_stated_format_decides(tmp_path: Path) -> None:
    assert days(tmp_path, "1/2/2026", date_format="%d/%m/%Y") == [date(2026, 2, 1)]
    assert days(tmp_path, "1/2/2026", date_format="%m/%d/%Y") == [date(2026, 1, 2)]


@pytest.mark.parametrize(
    ("written", "line", "said"),
    [
        (("1/2/2026", "3/4/2026"), 2, "may have the month or the day first"),
        (("2026-10-01", "31/10/2026"), 4, "more than one way"),
        (("31/10/2026", "10/31/2026"), 4, "'31/10/2026' has the day first, '10/31/2026' the month"),
        (("1 Feb 2026", "2026-02-01"), 4, "more than one way"),
    ],
)
def test_days_that_could_be_read_in_two_ways_fail_the_source(
    tmp_path: Path, written: tuple[str, ...], line: int, said: str
) -> None:
    with pytest.raises(SourceError, match=said) as caught:
        days(tmp_path, *written)
    assert caught.value.problem.where is not None
    assert (caught.value.problem.where.file, caught.value.problem.where.line) == ("books/gl-0.csv", line)
    assert "date_format" in caught.value.problem.remedy


def test_one_file_tells_for_all(tmp_path: Path) -> None:
    texts = [plain("1,1/2/2026,1000,1.00,", "1,1/2/2026,4000,,1.00"), plain("2,1/31/2026,1000,1.00,", "2,1/31/2026,4000,,1.00")]
    assert [row["date"] for row in rows(read(tmp_path, *texts))[::2]] == [date(2026, 1, 2), date(2026, 1, 31)]


def test_a_ledger_in_another_notation(tmp_path: Path) -> None:
    text = "J;D;K;B\n1;31.10.2026;1000;1.250,50\n1;31.10.2026;4000;-1.250,50\n"
    columns = {"entry": "J", "date": "D", "account": "K", "amount": "B"}
    table = read(tmp_path, text, columns=columns, delimiter=";", decimal_mark=",", grouping=".", currency="EUR")
    assert legs(table) == {"ledger:1": [("1000", 125050), ("4000", -125050)]}
    assert {row["currency"] for row in rows(table)} == {"EUR"}


# More than one file.


def test_overlapping_exports_count_once_and_equal_lines_of_one_file_stay(tmp_path: Path) -> None:
    twice = ("3,2026-10-03,6000,1.00,", "3,2026-10-03,6000,1.00,", "3,2026-10-03,1000,,2.00")
    both = read(tmp_path, plain(*CHARTER, *twice), plain(*twice, *RENT))
    assert legs(both) == {
        "ledger:1": [("1000", 1000), ("4000", -1000)],
        "ledger:2": [("1000", -500), ("6000", 500)],
        "ledger:3": [("1000", -200), ("6000", 100), ("6000", 100)],
    }
    assert both.rejects == ()


def test_an_entry_that_was_changed_between_two_exports_is_refused(tmp_path: Path) -> None:
    changed = (CHARTER[0].replace("10.00", "12.00"), CHARTER[1].replace("10.00", "12.00"))
    table = read(tmp_path, plain(*RENT, *CHARTER), plain(*changed))
    (fault,) = table.rejects
    assert (fault.file, fault.line, fault.value) == ("books/gl-0.csv", 4, "1")
    assert fault.expected == "the same lines in books/gl-0.csv and books/gl-1.csv; export both anew"
    assert set(legs(table)) == {"ledger:2"}


def test_an_entry_whose_texts_alone_were_changed_is_told_by_the_file_named_last(tmp_path: Path) -> None:
    old, new = ([f"{line},,Ada,,{memo}" for line in CHARTER] for memo in ("tour", "half day"))
    table = read(tmp_path, plain(*old), plain(*new))
    assert table.rejects == ()
    assert legs(table) == {"ledger:1": [("1000", 1000), ("4000", -1000)]}
    assert {(row["memo"], row["source_file"]) for row in rows(table)} == {("half day", "books/gl-1.csv")}


_ACCOUNTS = st.sampled_from(["1000", "4000", "6000", "1200"])
_CENTS = st.integers(-999_999, 999_999).filter(bool)


@st.composite
def _entries(draw: st.DrawFn) -> list[list[str]]:
    """Balanced entries as lines; no part of one sums to zero, so that a file's end may fall anywhere."""
    found = []
    for number in range(draw(st.integers(0, 6))):
        first = draw(_CENTS)
        cents = [first, -first]
        if draw(st.booleans()):
            second = draw(_CENTS)
            cents = [first, second, -first - second] if first + second else cents
        day, currency = draw(st.dates(date(2026, 8, 1), date(2026, 11, 15))), draw(st.sampled_from(["", "EUR"]))
        memo = draw(st.sampled_from(["", "slip", "“fuel”"]))
        lines = [(draw(_ACCOUNTS), cent) for cent in cents]
        found.append([
            f"J{number},{day},{account},{_money(max(cent, 0))},{_money(max(-cent, 0))},{currency},,,{memo}"
            for account, cent in lines
        ])  # fmt: skip
    return found


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _books(*files: list[str]) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        table = read(Path(folder), *(plain(*lines) for lines in files))
    assert table.rejects == ()
    legs(table)
    return [{name: value for name, value in row.items() if not name.startswith("source_")} for row in rows(table)]


def _sums(lines: list[str]) -> dict[tuple[str, str], int]:
    """What a ledger comes to by account and currency, from its text alone; the oracle knows nothing of entries."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for line in lines:
        _, day, account, debit, credit, currency = line.split(",")[:6]
        if day < "2026-11-01":
            found[account, currency or "USD"] += int(debit.replace(".", "")) - int(credit.replace(".", ""))
    return {key: minor for key, minor in found.items() if minor}


@settings(max_examples=70, deadline=None)
@given(_entries(), st.randoms(use_true_random=False), st.data())
def test_the_form_of_the_files_changes_nothing(entries: list[list[str]], random: Random, data: st.DataObject) -> None:
    lines = [line for entry in entries for line in entry]
    whole = _books(lines)
    found: dict[tuple[str, str], int] = defaultdict(int)
    for row in whole:
        found[str(row["account"]), str(row["currency"])] += int(str(row["amount_minor"]))
    assert {key: minor for key, minor in found.items() if minor} == _sums(lines)
    shuffled = lines.copy()
    random.shuffle(shuffled)
    assert _books(shuffled) == whole
    parts: list[list[str]] = [[], [], []]
    for line in shuffled:
        parts[data.draw(st.integers(0, 2))].append(line)
    assert _books(*parts) == whole
    overlapping = [[line for entry in entries[:4] for line in entry], [line for entry in entries[2:] for line in entry]]
    assert _books(*overlapping) == whole


# What the books begin and end with.


def test_opening_balances_and_days(tmp_path: Path) -> None:
    opening = [{"account": "1000", "amount": "100.00", "date": "2026-09-30"}]
    table = read(
        tmp_path, plain(*CHARTER), opening=opening, opening_equity="3000", complete_through="2026-10-20", period="2026-10"
    )
    assert legs(table) == {
        "opening:1000:2026-09-30": [("1000", 10000), ("3000", -10000)],
        "ledger:1": [("1000", 1000), ("4000", -1000)],
    }
    assert {row["origin"] for row in rows(table)} == {"ledger"}
    assert table.covers == (date(2026, 9, 30), date(2026, 10, 21))


def test_what_comes_after_the_period_is_not_there_yet_but_shows_that_the_books_go_on(tmp_path: Path) -> None:
    later = ("3,2026-11-05,1000,1.00,", "3,2026-11-05,4000,,1.00")
    table = read(tmp_path, plain(*CHARTER, *later))
    assert set(legs(table)) == {"ledger:1"}
    assert table.covers == (date(2026, 10, 1), date(2026, 11, 1))


@pytest.mark.parametrize(
    "change",
    [
        {"files": []},
        {"files": ["a.csv", "a.csv"]},
        {"format": "sage"},
        {"columns": None},
        {"columns": {**COLUMNS, "amount": "Amount"}},
        {"columns": {"entry": "J", "date": "D", "account": "A", "debit": "B"}},
        {"grouping": ",", "decimal_mark": ","},
        {"date_format": "%m/%d"},
        {"currency": "usd"},
        {"rounding": "6999"},
        {"plugins": ["beancount.plugins.auto"]},
        {"program": "bean-query"},
        {"opening": [{"account": "1000", "amount": "1", "date": "2026-01-01"}]},
        {"format": "beancount", "columns": None, "plugins": ["a b"]},
        {"format": "quickbooks"},
    ],
)
def test_settings_that_make_no_sense(change: Row) -> None:
    good: Row = {"format": "csv", "files": ["gl.csv"], "chart": "chart.csv", "columns": COLUMNS}
    LedgerOptions.model_validate(good)
    with pytest.raises(ValidationError):
        LedgerOptions.model_validate({**good, **change})


@pytest.mark.parametrize("change", [{"suspense": "4711"}, {"accounts": {"Bank": "4711"}}, {"opening_equity": "4711"}])
def test_accounts_that_the_chart_lacks(tmp_path: Path, change: Row) -> None:
    with pytest.raises(SourceError, match=r"'4711'.* is not in the chart"):
        read(tmp_path, plain(*CHARTER), **change)


def test_a_suspense_account_is_on_its_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="statement line 'cash'"):
        read(tmp_path, plain(*CHARTER), suspense="1000")


def test_an_empty_ledger_covers_nothing(tmp_path: Path) -> None:
    table = read(tmp_path, plain())
    assert (table.rows.num_rows, table.covers, table.watermark, table.rejects) == (0, None, None, ())


def test_the_chart_comes_with_the_books(tmp_path: Path) -> None:
    tables = pull("ledger", general_ledgers.settings(tmp_path, plain(*CHARTER)), window(tmp_path))
    assert {row["account"] for row in rows(tables["accounts"])} >= {"1000", "4000"}


def test_text_that_would_hide_is_cleaned(tmp_path: Path) -> None:
    table = read(tmp_path, plain("1,2026-10-01,1000,10.00,,,A\u202eda\x1b[1m", "1,2026-10-01,4000,,10.00"))
    assert rows(table)[0]["party"] == "Ada"


def test_a_column_that_is_missing(tmp_path: Path) -> None:
    name = write(tmp_path, "gl.csv", "Journal,Date\n1,2\n")
    given = {**general_ledgers.settings(tmp_path), "files": [name]}
    with pytest.raises(SourceError, match=r"the column Account.* is missing"):
        pull("ledger", given, window(tmp_path))
