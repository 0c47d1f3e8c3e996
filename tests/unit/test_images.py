"""Logos: what is no picture, too large, damaged or could carry code is refused with a reason."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.errors import ConfigError
from quarterdeck.images import MOST_BYTES, picture_of, read_picture

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(
    width: int = 3,
    height: int = 2,
    depth: int = 8,
    colour: int = 2,
    interlace: int = 0,
    extra: bytes = b"",
    rows: bytes | None = None,
) -> bytes:
    """A grey-blue PNG, as any program would write it."""
    if rows is None:
        rows = (b"\0" + b"\x40\x60\x80" * min(width, 2000)) * min(height, 2000)
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    return SIGNATURE + chunk(b"IHDR", head) + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def test_a_picture_says_its_size() -> None:
    picture = picture_of(png(1200, 600), "logo")
    assert (picture.width, picture.height, picture.data) == (1200, 600, png(1200, 600))
    assert picture.digest == hashlib.sha256(picture.data).hexdigest()


@pytest.mark.parametrize("size", [(1, 1), (8, 8), (9, 5), (64, 40)])
def test_a_picture_in_passes_is_one_too(size: tuple[int, int]) -> None:
    width, height = size
    starts = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    rows = b"".join(
        (b"\0" + bytes(3 * len(range(left, width, across)))) * len(range(top, height, down))
        for left, top, across, down in starts
        if left < width
    )
    assert picture_of(png(width, height, interlace=1, rows=rows), "logo").width == width
    with pytest.raises(ConfigError, match="more or fewer"):
        picture_of(png(width, height, interlace=1, rows=rows * 3 + bytes(64)), "logo")


def test_other_parts_of_a_png_are_let_stand() -> None:
    assert picture_of(png(extra=chunk(b"tEXt", b"Author\0nobody")), "logo").width == 3


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is no PNG"),
        (b"not a picture at all", "is no PNG"),
        (SVG, "is no PNG"),
        (b"\xff\xd8\xff\xe0" + bytes(20), "is no PNG"),
        (b"GIF89a" + bytes(20), "is no PNG"),
        (SIGNATURE, "damaged|middle"),
        (SIGNATURE + SVG, "middle|check"),
        (png()[:-1], "middle"),
        (png()[:-12], "not in order"),
        (png() + b"<script>", "middle|check"),
        (png() + chunk(b"tEXt", b"late"), "not in order"),
        (png().replace(b"IDAT", b"IDAT"[::-1]), "check"),
        (png(rows=b"\0" * 19), "fewer pixels"),
        (png(rows=b"\0" * 21), "more or fewer"),
        (png(rows=bytes(50_000_000)), "more or fewer"),
        (png().replace(zlib.compress((b"\0" + b"\x40\x60\x80" * 3) * 2), b"junk"), "check|middle"),
        (SIGNATURE + chunk(b"IHDR", png()[16:29]) + chunk(b"IDAT", b"junk") + chunk(b"IEND", b""), "unpacked"),
        (png(0, 5), "no PNG can be"),
        (png(depth=3), "no PNG can be"),
        (png(colour=5), "no PNG can be"),
        (png(1201, 2), "1201 x 2 pixels"),
        (png(2, 601), "2 x 601 pixels"),
        (png(2**31, 2**31), "2147483648 x 2147483648 pixels"),
        (SIGNATURE + chunk(b"IHDR", b"\0\0\0\1") + chunk(b"IDAT", b"") + chunk(b"IEND", b""), "middle"),
        (SIGNATURE + chunk(b"IEND", b""), "not in order"),
        (png(extra=chunk(b"tEXt", bytes(MOST_BYTES))), "more than 512 KB"),
    ],
)
def test_what_is_no_picture_is_refused_with_its_name_and_reason(data: bytes, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        picture_of(data, "brand/logo.png")
    assert str(caught.value).startswith("brand/logo.png ")
    assert "a PNG of at most 1200 x 600 pixels and 512 KB" in str(caught.value)


@given(st.binary(max_size=300), st.sampled_from([b"", SIGNATURE, png()]), st.integers(0, 60))
def test_no_bytes_bring_the_check_down(noise: bytes, start: bytes, keep: int) -> None:
    for data in (start + noise, start[:keep] + noise + start[keep:], noise + start):
        try:
            picture = picture_of(data, "logo")
        except ConfigError:
            continue
        assert 0 < picture.width <= 1200
        assert 0 < picture.height <= 600


def test_a_file_is_read_no_further_than_it_may_be(tmp_path: Path) -> None:
    path = tmp_path / "logo.png"
    with path.open("wb") as file:
        file.truncate(20 * 1024 * 1024)
    with pytest.raises(ConfigError, match="more than 512 KB"):
        read_picture(path)
    path.write_bytes(png())
    assert read_picture(path).width == 3


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to(path), lambda path: None])
def test_what_is_no_file_is_refused(tmp_path: Path, make: Callable[[Path], object]) -> None:
    path = tmp_path / "logo.png"
    make(path)
    with pytest.raises(ConfigError, match=r"logo\.png"):
        read_picture(path)
