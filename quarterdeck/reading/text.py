"""A file as UTF-8 text, or one clear error.

No encoding is guessed: a file that is read in the wrong one gives wrong names and wrong amounts without a word.
"""

from __future__ import annotations

import codecs
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from quarterdeck.errors import SourceError, Where

MOST_BYTES = 256 * 2**20
_UTF8_REMEDY = "save the file as UTF-8"
_OTHER_BOMS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


def read_text(path: Path, shown: str | None = None, *, most_bytes: int = MOST_BYTES) -> str:
    """The text of a file with LF line ends and without a byte order mark; SourceError where it cannot be had.

    `shown` is the file's name in errors: what the person wrote in the settings, the same on every machine.
    """
    file = shown or str(path)
    return decode(_bytes(path, file, most_bytes), file)


def decode(raw: bytes, file: str) -> str:
    """Bytes as text, with the line and column of the first byte that is not UTF-8 or is NUL."""
    for mark, name in _OTHER_BOMS:
        if raw.startswith(mark):
            raise SourceError(f"the file is {name}, not UTF-8", where=Where(file), remedy=_UTF8_REMEDY)
    try:
        text = raw.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8")
        raise SourceError(
            f"byte 0x{error.object[error.start]:02X} is not UTF-8; the file may be Latin-1 or Windows-1252",
            where=place_of(before, len(before), file),
            remedy=_UTF8_REMEDY,
        ) from error
    nul = text.find("\0")
    if nul >= 0:
        raise SourceError(
            "the file holds a NUL byte; it may be UTF-16, or no text at all",
            where=place_of(text, nul, file),
            remedy=_UTF8_REMEDY,
        )
    return text.replace("\r\n", "\n")


def place_of(text: str, index: int, file: str) -> Where:
    """Line and column of a character, both from 1."""
    line_start = text.rfind("\n", 0, index) + 1
    return Where(file, text.count("\n", 0, index) + 1, index - line_start + 1)


def require_readable(path: Path, shown: str) -> None:
    """Raise SourceError, as `read_text` would, where the file is not there or may not be read; its text is not looked at."""
    with _opened(path, shown):
        pass


def _bytes(path: Path, file: str, most_bytes: int) -> bytes:
    with _opened(path, file) as stream:
        raw = stream.read(most_bytes + 1)
    if len(raw) > most_bytes:
        raise SourceError(f"the file is larger than {most_bytes / 2**20:,.0f} MiB", where=Where(file), remedy="split it")
    return raw


@contextmanager
def _opened(path: Path, file: str) -> Iterator[BinaryIO]:
    where = Where(file)
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise SourceError("this is a folder, not a file", where=where, remedy="name the file in it")
        if not stat.S_ISREG(kind):  # opening a pipe would wait for ever
            raise SourceError("this is no regular file", where=where, remedy="name a file on disk")
        with path.open("rb") as stream:
            yield stream
    except FileNotFoundError as error:
        raise SourceError("there is no such file", where=where, remedy="mend the path, or put the file there") from error
    except NotADirectoryError as error:
        raise SourceError("a part of the path is no folder", where=where, remedy="mend the path") from error
    except PermissionError as error:
        raise SourceError("the file may not be read", where=where, remedy="give this user the right to read it") from error
    except ValueError as error:  # a NUL in the path
        raise SourceError("the path holds a NUL character", where=where, remedy="mend the path") from error
    except OSError as error:
        raise SourceError(
            f"the file cannot be read: {error.strerror}", where=where, remedy="see to the disk or the path", permanent=False
        ) from error
