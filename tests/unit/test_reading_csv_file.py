"""CSV as text cells: a row is whole or a reject, a file with a broken frame is an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.errors import Reject, SourceError
from quarterdeck.reading import Record, read_csv
from tests.sourcing import write

KNOWN = ("day", "what", "amount")


def _read(root: Path, text: str | bytes, **options: object) -> list[Record | Reject]:
    write(root, "a.csv", text)
    settings: dict[str, object] = {"known": KNOWN, **options}
    return list(read_csv(root / "a.csv", "books/a.csv", **settings))  # type: ignore[arg-type]


def _refused(root: Path, text: str | bytes, **options: object) -> str:
    with pytest.raises(SourceError) as caught:
        _read(root, text, **options)
    assert caught.value.permanent
    return str(caught.value)


def _record(line: int, *cells: str) -> Record:
    return Record(line, dict(zip(KNOWN, cells, strict=True)))


def test_cells_stay_text(tmp_path: Path) -> None:
    text = 'day,what,amount\n2026-10-01,NA,007\n2026-10-02,"a ""b"", c",1e400\n2026-10-03,=1+1,\n'
    assert _read(tmp_path, text) == [
        _record(2, "2026-10-01", "NA", "007"),
        _record(3, "2026-10-02", 'a "b", c', "1e400"),
        _record(4, "2026-10-03", "=1+1", ""),
    ]


@pytest.mark.parametrize(
    "raw",
    [
        b"day,what,amount\n1,2,3\n",
        b"\xef\xbb\xbfday,what,amount\r\n1,2,3\r\n",
        b"day,what,amount\n1,2,3",
        b" day , what,amount \n1,2,3\n\n\n,,\n",
        b"day,what,amount\r1,2,3\r",
    ],
    ids=["plain", "mark and crlf", "no last line end", "blank lines", "old line ends"],
)
def test_forms_of_one_file_give_the_same_rows(tmp_path: Path, raw: bytes) -> None:
    assert _read(tmp_path, raw) == [_record(2, "1", "2", "3")]


def test_other_delimiters_are_declared(tmp_path: Path) -> None:
    assert _read(tmp_path, "day;what;amount\n1;2,5;3\n", delimiter=";") == [_record(2, "1", "2,5", "3")]
    said = _refused(tmp_path, "day;what;amount\n1;2;3\n")
    assert said.startswith("books/a.csv:1: the header is one cell, 'day;what;amount'")


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    found = _read(tmp_path, 'day,what,amount\n1,"two\nlines",3\n\n4,5,6\n')
    assert [record.line for record in found] == [2, 5]


def test_ragged_rows_are_rejects(tmp_path: Path) -> None:
    short, long = _read(tmp_path, "day,what,amount\n1,2\n1,2,3,4\n")
    assert short == Reject("books/a.csv", 2, "row", "1,2", "3 cells, as the header has; this row has 2")
    assert long == Reject("books/a.csv", 3, "row", "1,2,3,4", "3 cells, as the header has; this row has 4")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "books/a.csv: the file is empty, it has not even a header"),
        ("\n\n", "books/a.csv: the file is empty"),
        ("day,what,day\n", "books/a.csv:1: two columns are called 'day'"),
        ("day,,what\n", "books/a.csv:1: column 2 of the header has no name"),
        ("day,colour,what\n", "books/a.csv:1: unknown column 'colour' (known: day, what, amount)"),
        ("day,what\n", "books/a.csv:1: the column amount is missing (the file has day, what)"),
        (",".join(f"c{n}" for n in range(501)), "books/a.csv:1: the header has 501 columns, at most 500 are read"),
        ('day,what,amount\n1,2,3\n4,"5,6\n7,8,9\n', "books/a.csv:3: a quoted cell begins here and never ends"),
        ('day,what,amount\n1,"2"x,3\n', "books/a.csv:2: this is not CSV"),
        ("day,what,amount\n1," + "x" * 200_000 + ",3\n", "books/a.csv:2: a cell has more than 131,072 characters"),
    ],
)
def test_a_broken_frame_is_an_error(tmp_path: Path, text: str, said: str) -> None:
    assert _refused(tmp_path, text, required=("day", "amount")).startswith(said)


def test_encodings_and_nul_are_errors(tmp_path: Path) -> None:
    assert "UTF-16" in _refused(tmp_path, "day,what,amount\n1,2,3\n".encode("utf-16"))
    assert "books/a.csv:2:3: the file holds a NUL byte" in _refused(tmp_path, b"day,what,amount\n1,\0,3\n")


def test_header_only_and_empty(tmp_path: Path) -> None:
    assert _read(tmp_path, "day,what,amount\n") == []
    assert _read(tmp_path, "", may_be_empty=True) == []


@given(st.lists(st.lists(st.text(max_size=8), min_size=3, max_size=3), max_size=6))
def test_what_a_csv_writer_writes_is_read_back(tmp_path_factory: pytest.TempPathFactory, cells: list[list[str]]) -> None:
    import csv
    import io

    kept = [[cell.replace("\0", "").replace("\r", "").encode("utf-8", "ignore").decode() for cell in row] for row in cells]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([list(KNOWN), *kept])
    found = _read(tmp_path_factory.mktemp("csv"), text.getvalue())
    filled = [row for row in kept if any(cell.strip() for cell in row)]
    assert [list(record.cells.values()) for record in found if isinstance(record, Record)] == filled
