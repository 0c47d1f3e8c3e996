"""Pictures that a person hands in, as a logo: taken only where they are what they say, small, and of a kind that holds no code.

PNG and JPEG are taken. SVG is not: it can carry scripts and addresses, and no check of it is as sure as leaving it out.
What a file says of itself is held against its structure, part by part.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from quarterdeck.errors import ConfigError

MOST_BYTES = 512 * 1024
MOST_WIDTH, MOST_HEIGHT = 1200, 600

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_COLOURS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}  # bit depths by colour type
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # of a pixel, by colour type
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # markers that open a frame and give its size
_BARE = frozenset(range(0xD0, 0xD8)) | {0x01}  # markers without a length
_SCAN, _END = 0xDA, 0xD9
_REMEDY = f"a PNG or JPEG of at most {MOST_WIDTH} x {MOST_HEIGHT} pixels and {MOST_BYTES // 1024} KB"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in its file's own bytes. `kind` is png or jpeg."""

    kind: str
    width: int
    height: int
    data: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


class _NoPicture(Exception):  # noqa: N818 - it only says why, to be told with the name of the file
    pass


def read_picture(path: Path) -> Picture:
    """The picture in a file; ConfigError where there is none, or one that is too large or damaged."""
    try:
        if not path.is_file():
            raise ConfigError(f"there is no file {path}", remedy=_REMEDY)
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)  # never more, however large the file
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}", remedy="see who may read it") from error
    return picture_of(data, str(path))


def picture_of(data: bytes, name: str) -> Picture:
    """The picture that bytes are; ConfigError that names it where they are none."""
    try:
        if len(data) > MOST_BYTES:
            raise _NoPicture(f"has more than {MOST_BYTES // 1024} KB")
        kind, (width, height) = _look(data)
        if width > MOST_WIDTH or height > MOST_HEIGHT:
            raise _NoPicture(f"has {width} x {height} pixels")
        if kind == "png":
            _check_pixels(data, width, height)
    except _NoPicture as reason:
        raise ConfigError(f"{name} {reason}", remedy=_REMEDY) from None
    return Picture(kind, width, height, data)


def _look(data: bytes) -> tuple[str, tuple[int, int]]:
    try:
        if data.startswith(_PNG):
            return "png", _png_size(data)
        if data.startswith(_JPEG):
            return "jpeg", _jpeg_size(data)
    except (struct.error, IndexError):
        raise _NoPicture("ends in the middle of the picture") from None
    raise _NoPicture("is neither a PNG nor a JPEG")


def _png_size(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG whose chunks are all whole: head first, data in it, end last and nothing behind."""
    chunks = list(_chunks(data))
    names = [name for name, _ in chunks]
    if names[0] != b"IHDR" or names[-1] != b"IEND" or b"IDAT" not in names or names.count(b"IHDR") != 1:
        raise _NoPicture("is a damaged PNG: its parts are not in order")
    width, height, depth, colour, compression, filtering, interlace = struct.unpack(">IIBBBBB", chunks[0][1])
    if not (
        width and height and depth in _COLOURS.get(colour, ()) and (compression, filtering) == (0, 0) and interlace in (0, 1)
    ):
        raise _NoPicture("is a damaged PNG: its head says what no PNG can be")
    return width, height


def _check_pixels(data: bytes, width: int, height: int) -> None:
    """A PNG's data must unpack to as many bytes as its size asks for; the size is bounded by then, and so is the unpacking."""
    parts = list(_chunks(data))
    depth, colour, interlace = parts[0][1][8], parts[0][1][9], parts[0][1][12]
    wanted = height * (1 + (width * depth * _SAMPLES[colour] + 7) // 8)
    most = wanted if not interlace else 2 * wanted + 64  # seven passes, each with rows of its own
    try:
        found = len(zlib.decompressobj().decompress(b"".join(body for name, body in parts if name == b"IDAT"), most + 1))
    except zlib.error:
        raise _NoPicture("is a damaged PNG: its pixels cannot be unpacked") from None
    if found > most or found < (wanted if not interlace else wanted - height):
        raise _NoPicture("is a damaged PNG: it holds more or fewer pixels than it says")


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    while at < len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + length]
        (check,) = struct.unpack_from(">I", data, at + 8 + length)
        if zlib.crc32(name + body) != check:
            raise _NoPicture("is a damaged PNG: a part of it is not what its check says")
        yield name, body
        at += length + 12


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height of a JPEG, from its frame; its segments follow each other up to the scan, and it ends as one."""
    if data[-2:] != bytes((0xFF, _END)):
        raise _NoPicture("is a damaged JPEG: it has no end")
    at, size = 2, None
    while True:
        if data[at] != 0xFF:
            raise _NoPicture("is a damaged JPEG: its parts do not follow each other")
        marker = data[at + 1]
        if marker in _BARE or marker == 0xFF:
            at += 1 if marker == 0xFF else 2
            continue
        if marker in {_SCAN, _END}:
            break
        (length,) = struct.unpack_from(">H", data, at + 2)
        if marker in _FRAMES:
            _, height, width = struct.unpack_from(">BHH", data, at + 4)
            size = (width, height)
        at += 2 + max(length, 2)
    if size is None or not all(size) or marker == _END:
        raise _NoPicture("is a damaged JPEG: it says no size or holds no picture")
    return size
