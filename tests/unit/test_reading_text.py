"""A file is UTF-8 text, or there is one error that says where it is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from quarterdeck.errors import SourceError
from quarterdeck.reading.text import read_text


def _refused(path: Path, **limits: int) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read_text(path, "books/bank.csv", **limits)
    assert caught.value.problem.where is not None
    assert caught.value.problem.where.file == "books/bank.csv"
    assert caught.value.problem.remedy
    assert caught.value.permanent
    return caught.value


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"a,b\r\n1,2\r\n", "a,b\n1,2\n"),
        (b"\xef\xbb\xbfa,b\n", "a,b\n"),
        ("Zürich · 東京".encode(), "Zürich · 東京"),
        (b"", ""),
    ],
    ids=["crlf", "byte order mark", "utf-8", "empty"],
)
def test_reads_utf8(tmp_path: Path, raw: bytes, text: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(raw)
    assert read_text(path) == text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le", "utf-32"])
def test_names_wide_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "file"
    path.write_bytes("date,amount\n".encode(encoding))
    error = _refused(path)
    assert "UTF-" in error.problem.what
    assert error.problem.remedy == "save the file as UTF-8"


def test_latin_1_has_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes("date\n2026-10-01\n12,Zürich\n".encode("latin-1"))
    error = _refused(path)
    assert str(error).startswith("books/bank.csv:3:5: byte 0xFC is not UTF-8")


def test_nul_has_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"ab\nc\0d\n")
    assert str(_refused(path)).startswith("books/bank.csv:2:2: the file holds a NUL byte")


def test_missing_folder_and_path_through_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert _refused(tmp_path / "gone").problem.what == "there is no such file"
    assert _refused(tmp_path).problem.what == "this is a folder, not a file"
    assert _refused(tmp_path / "file" / "below").problem.what == "a part of the path is no folder"
    assert _refused(tmp_path / "a\0b").problem.what == "the path holds a NUL character"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert _refused(tmp_path / "pipe").problem.what == "this is no regular file"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_the_right_to_read_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("x")
    path.chmod(0)
    assert _refused(path).problem.what == "the file may not be read"


def test_a_file_at_the_limit_is_read_and_one_beyond_it_is_not(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100)
    assert len(read_text(path, most_bytes=100)) == 100
    assert "larger than" in _refused(path, most_bytes=99).problem.what
