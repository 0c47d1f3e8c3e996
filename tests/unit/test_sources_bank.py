"""Bank statements as balanced entries: every bank has its columns, and what no rule knows is seen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from quarterdeck.sources._bank import BankFile
from tests.ledgers import Options, bank, books, entries, faults
from tests.sourcing import rows

NO_IDS: Options = {"columns": {"date": "Date", "amount": "Amount", "party": "Party"}}
SPLIT: Options = {"columns": {"date": "Date", "debit": "Out", "credit": "In", "party": "Party"}}


def test_a_line_and_its_rule(tmp_path: Path) -> None:
    table = books(tmp_path, bank=[bank(tmp_path, "2026-10-01,-1265.00,Harbor MARINA,Slip,,77")])["entries"]
    first, second = rows(table)
    assert first == {
        "entry": "bank:1000:77",
        "leg": 0,
        "date": date(2026, 10, 1),
        "account": "1000",
        "amount_minor": -126500,
        "currency": "USD",
        "party": "Harbor MARINA",
        "document": "contract B-14",
        "memo": "Slip",
        "service_date": None,
        "created_at": None,
        "created_by": None,
        "counterparty": None,
        "origin": "bank",
        "source_file": "books/bank.csv",
        "source_line": 2,
    }
    assert (second["account"], second["amount_minor"], second["leg"]) == ("6000", 126500, 1)
    assert table.watermark == datetime(2026, 10, 1, 7, tzinfo=UTC)  # midnight in Los Angeles


@pytest.mark.parametrize(
    ("line", "account", "document"),
    [
        ("2026-10-01,-10.00,Harbor Marina,,R-1,1", "6000", "R-1"),
        ("2026-10-01,10.00,Harbor Marina,,,1", "9999", None),
        ("2026-10-01,10.00,Ada,Half-day Charter,,1", "4000", None),
        ("2026-10-01,-10.00,Ada,Half-day Charter,,1", "9999", None),
        ("2026-10-01,10.00,STRIPE,charter,,1", "1050", None),
        ("2026-10-01,-10.00,,,,1", "9999", None),
    ],
)
def test_the_first_rule_that_matches_decides(tmp_path: Path, line: str, account: str, document: str | None) -> None:
    _, other = rows(books(tmp_path, bank=[bank(tmp_path, line)])["entries"])
    assert (other["account"], other["document"]) == (account, document)


def test_lines_without_an_id_are_named_by_what_they_say(tmp_path: Path) -> None:
    lines = ("2026-10-01,-10.00,Ada", "2026-10-01,-10.00,Ada", "2026-10-01,-10.00,Ben")
    table = books(tmp_path, bank=[bank(tmp_path, *lines, header="Date,Amount,Party", **NO_IDS)])["entries"]
    names = sorted(entries(table))
    assert len(names) == 3
    assert sum(name.endswith("-2") for name in names) == 1  # two equal lines are two payments
    assert all(name.startswith("bank:1000:") for name in names)
    assert table.rejects == ()


def test_debit_and_credit_columns(tmp_path: Path) -> None:
    lines = (
        "2026-10-01,12.50,,Ada",
        "2026-10-02,,7.25,Ada",
        "2026-10-03,0.00,3.00,Ada",
        "2026-10-04,1.00,2.00,Ada",
        "2026-10-05,,,Ada",
        "2026-10-06,-5.00,,Ada",
        "2026-10-07,x,,Ada",
    )
    table = books(tmp_path, bank=[bank(tmp_path, *lines, header="Date,Out,In,Party", **SPLIT)])["entries"]
    assert [row["amount_minor"] for row in rows(table) if row["account"] == "1000"] == [-1250, 725, 300]
    assert [(fault.line, fault.column) for fault in table.rejects] == [(5, "Out"), (6, "Out"), (7, "Out"), (8, "Out")]


def test_a_statement_in_another_notation(tmp_path: Path) -> None:
    settings: Options = {**NO_IDS, "delimiter": ";", "date_format": "%d.%m.%Y", "decimal_mark": ",", "currency": "EUR"}
    lines = ("31.10.2026;-1234,56;Ada", "31.10.2026;-1.234,56;Ben", "31.10.2026;-12.34;Eve", "2026-10-31;1,00;Eve")
    table = books(tmp_path, bank=[bank(tmp_path, *lines, header="Date;Amount;Party", **settings)])["entries"]
    assert [(row["amount_minor"], row["currency"], row["date"]) for row in rows(table)] == [
        (-123456, "EUR", date(2026, 10, 31)),
        (123456, "EUR", date(2026, 10, 31)),
    ]
    assert [(fault.line, fault.column) for fault in table.rejects] == [(3, "Amount"), (4, "Amount"), (5, "Date")]


def test_two_currencies_in_one_file(tmp_path: Path) -> None:
    columns = {"date": "Date", "amount": "Amount", "party": "Party", "currency": "Cur"}
    lines = ("2026-10-01,-10.00,Ada,USD", "2026-10-02,-10.00,Ada,EUR", "2026-10-03,-10.00,Ada,")
    table = books(tmp_path, bank=[bank(tmp_path, *lines, header="Date,Amount,Party,Cur", columns=columns)])["entries"]
    assert len(entries(table)) == 2
    (fault,) = table.rejects
    assert (fault.line, fault.column, fault.value) == (3, "Cur", "EUR")
    assert fault.expected == "USD, the currency of account 1000"


def test_bad_lines_are_rejected_whole_and_lines_of_later_are_outside(tmp_path: Path) -> None:
    lines = (
        "2026-10-01,1.00,Ada,,,1",
        "2026-10-01,2.00,Ada,,,1",
        "2026-02-30,NaN,Ada,,,2",
        "2026-11-01,3.00,Ada,,,3",
        "2026-10-02,0.00,Ada,,,4",
        "2026-10-03,1.00",
    )
    table = books(tmp_path, bank=[bank(tmp_path, *lines)])["entries"]
    assert set(entries(table)) == {"bank:1000:1"}
    assert faults(table) == [
        ("books/bank.csv", 3, "Ref"),
        ("books/bank.csv", 4, "Date"),
        ("books/bank.csv", 4, "Amount"),
        ("books/bank.csv", 7, "row"),
    ]
    assert table.covers == (date(2026, 10, 1), date(2026, 11, 1))


def test_texts_are_cleaned(tmp_path: Path) -> None:
    table = books(tmp_path, bank=[bank(tmp_path, '2026-10-01,1.00,"A\u202eda\x1b[1m",two\u200b  parts,,1')])["entries"]
    assert [(row["party"], row["memo"]) for row in rows(table)] == [("Ada", "two  parts")] * 2


@pytest.mark.parametrize(
    "change",
    [
        {"columns": {"date": "Date", "party": "Party"}},
        {"columns": {"date": "Date", "party": "Party", "debit": "Out"}},
        {"columns": {"date": "Date", "party": "Party", "amount": "A", "credit": "In"}},
        {"columns": {"date": "Date", "party": "Party", "amount": "A", "colour": "C"}},
        {"delimiter": ",,"},
        {"delimiter": "x"},
        {"date_format": "%m/%d"},
        {"date_format": "day"},
        {"date_format": "%q"},
        {"decimal_mark": "'"},
        {"currency": "usd"},
        {"complete_through": "soon"},
        {"complete_through": 20261031},
        {"colour": "red"},
    ],
)
def test_settings_that_make_no_sense(change: Options) -> None:
    good: Options = {"path": "b.csv", "account": "1000", "columns": {"date": "D", "amount": "A", "party": "P"}}
    assert BankFile.model_validate(good).account == "1000"
    with pytest.raises(ValidationError):
        BankFile.model_validate({**good, **change})
