"""Pictures that a person hands in, as a logo: taken only where they are what they say, small, and of a kind that holds no code.

That kind is PNG, which every mail client shows. SVG is not taken: it can carry scripts and addresses, and no check of it is
as sure as leaving it out.
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

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}  # bits of a sample, by colour type
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # of a pixel, by colour type
_REMEDY = f"a PNG of at most {MOST_WIDTH} x {MOST_HEIGHT} pixels and {MOST_BYTES // 1024} KB"


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG in its file's own bytes."""

    width: int
    height: int
    data: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


class _NoPicture(Exception):  # noqa: N818 - it only says why, to be told with the name of the file
    pass


@dataclass(frozen=True, slots=True)
class _Head:
    width: int
    height: int
    depth: int
    colour: int
    is_interlaced: bool


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
        if not data.startswith(_SIGNATURE):
            raise _NoPicture("is no PNG")
        chunks = list(_chunks(data))
        head = _head(chunks)
        if head.width > MOST_WIDTH or head.height > MOST_HEIGHT:
            raise _NoPicture(f"has {head.width} x {head.height} pixels")
        _check_pixels(head, b"".join(body for name, body in chunks if name == b"IDAT"))
    except struct.error:
        raise ConfigError(f"{name} ends in the middle of the picture", remedy=_REMEDY) from None
    except _NoPicture as reason:
        raise ConfigError(f"{name} {reason}", remedy=_REMEDY) from None
    return Picture(head.width, head.height, data)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at < len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + length]
        (check,) = struct.unpack_from(">I", data, at + 8 + length)
        if zlib.crc32(name + body) != check:
            raise _NoPicture("is a damaged PNG: a part of it is not what its check says")
        yield name, body
        at += length + 12


def _head(chunks: list[tuple[bytes, bytes]]) -> _Head:
    """What a PNG says of itself, after seeing that its head comes first, then data, its end last and nothing behind."""
    names = [name for name, _ in chunks]
    if names[:1] != [b"IHDR"] or names[-1] != b"IEND" or b"IDAT" not in names or names.count(b"IHDR") != 1:
        raise _NoPicture("is a damaged PNG: its parts are not in order")
    width, height, depth, colour, compression, filtering, interlace = struct.unpack(">IIBBBBB", chunks[0][1])
    is_sound = width and height and depth in _DEPTHS.get(colour, ()) and (compression, filtering) == (0, 0)
    if not is_sound or interlace not in (0, 1):
        raise _NoPicture("is a damaged PNG: its head says what no PNG can be")
    return _Head(width, height, depth, colour, bool(interlace))


def _check_pixels(head: _Head, packed: bytes) -> None:
    """The data must unpack to as many bytes as its size asks for; the size is bounded by then, and so is the unpacking."""
    row = (head.width * head.depth * _SAMPLES[head.colour] + 7) // 8
    # Interlaced, a picture comes in seven passes with rows of their own: at least its pixels, and less than twice of all.
    least, most = head.height * (row + 1), head.height * (row + 1)
    if head.is_interlaced:
        least, most = head.height * row, 2 * most + 64
    try:
        found = len(zlib.decompressobj().decompress(packed, most + 1))
    except zlib.error:
        raise _NoPicture("is a damaged PNG: its pixels cannot be unpacked") from None
    if not least <= found <= most:
        raise _NoPicture("is a damaged PNG: it holds more or fewer pixels than it says")
