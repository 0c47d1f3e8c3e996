"""Charts as PNG: twice the size, opaque, the same bytes, and only letters of the shipped font."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from quarterdeck.errors import ReportError
from quarterdeck.render.charts.draw import draw
from quarterdeck.render.charts.lettering import drawn
from quarterdeck.render.charts.png import png
from quarterdeck.render.charts.records import Kind
from quarterdeck.render.charts.svg import Drawing, document, rect
from tests.charting import chart, usd

TEMPLATES = Path(__file__).parents[2] / "templates"
FONTS = sorted((TEMPLATES / "fonts").glob("*.ttf"))
PAPER = (0xFD, 0xFD, 0xFC)


def drawing(kind: Kind) -> Drawing:
    labels = None if kind in {Kind.COLUMNS, Kind.TREND} else ["One", "Two", "Three"]
    return draw(chart(kind, [usd(3), usd(-1), usd(2)], labels=labels))


def pixels(data: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and the rows of a PNG of 8 bits a channel."""
    wide, high, depth, colour = struct.unpack(">IIBB", data[16:26])
    channels = {2: 3, 6: 4}[colour]
    assert depth == 8
    packed, place = b"", 8
    while place < len(data):
        size, name = struct.unpack(">I4s", data[place : place + 8])
        packed += data[place + 8 : place + 8 + size] if name == b"IDAT" else b""
        place += 12 + size
    raw, rows, before = zlib.decompress(packed), [], bytes(wide * channels)
    for row in range(high):
        start = row * (wide * channels + 1)
        before = _unfiltered(raw[start], raw[start + 1 : start + 1 + wide * channels], before, channels)
        rows.append(before)
    return wide, high, rows


def _unfiltered(kind: int, line: bytes, above: bytes, step: int) -> bytes:
    made = bytearray(line)
    for place in range(len(made)):
        left = made[place - step] if place >= step else 0
        up, corner = above[place], above[place - step] if place >= step else 0
        guess = left + up - corner
        nearest = min((abs(guess - value), order, value) for order, value in enumerate((left, up, corner)))[2]
        made[place] = (made[place] + (0, left, up, (left + up) // 2, nearest)[kind]) & 0xFF
    return bytes(made)


def test_a_picture_is_opaque_and_twice_as_large_as_its_place_in_a_mail() -> None:
    (made,) = png([document(20, [rect(10, 5, 20, 10, "", fill="#102030")], width=40)], TEMPLATES)
    wide, high, rows = pixels(made)
    assert (wide, high) == (80, 40)
    channels = len(rows[0]) // wide
    assert tuple(rows[0][:3]) == PAPER
    assert tuple(rows[20][40 * channels : 40 * channels + 3]) == (0x10, 0x20, 0x30)
    if channels == 4:
        assert {row[place] for row in rows for place in range(3, len(row), 4)} == {255}


@pytest.mark.parametrize("kind", list(Kind))
def test_the_same_chart_has_the_same_bytes(kind: Kind) -> None:
    first, second = png([drawing(kind)], TEMPLATES)[0], png([drawing(kind)], TEMPLATES)[0]
    assert first == second
    assert len(first) < 60_000


def test_many_come_in_their_order_and_none_is_none() -> None:
    made = png([drawing(kind) for kind in Kind], TEMPLATES)
    assert [png([drawing(kind)], TEMPLATES)[0] for kind in Kind] == list(made)
    assert png([], TEMPLATES) == ()


def test_what_cannot_be_drawn_is_said() -> None:
    with pytest.raises(ReportError, match="could not be drawn"):
        png([Drawing("<svg", 10, 10)], TEMPLATES)


def letters(font: Path) -> set[int]:
    """The characters of a TrueType font, by its segment table (cmap, format 4)."""
    data = font.read_bytes()
    tables = {
        data[at : at + 4]: struct.unpack(">II", data[at + 8 : at + 16])
        for at in range(12, 12 + 16 * struct.unpack(">H", data[4:6])[0], 16)
    }
    start = tables[b"cmap"][0]
    offsets = [
        struct.unpack(">I", data[start + 8 + 8 * n : start + 12 + 8 * n])[0]
        for n in range(struct.unpack(">H", data[start + 2 : start + 4])[0])
    ]
    at = next(start + offset for offset in offsets if data[start + offset : start + offset + 2] == b"\0\4")
    count = struct.unpack(">H", data[at + 6 : at + 8])[0] // 2
    ends = struct.unpack(f">{count}H", data[at + 14 : at + 14 + 2 * count])
    starts = struct.unpack(f">{count}H", data[at + 16 + 2 * count : at + 16 + 4 * count])
    return {code for first, last in zip(starts, ends, strict=True) for code in range(first, last + 1)}


@pytest.mark.parametrize("font", FONTS, ids=lambda font: font.stem)
def test_the_font_has_every_letter_that_is_said_to_be_drawn(font: Path) -> None:
    said = {code for code in range(0x20, 0x3000) if drawn(chr(code), "") == chr(code)}
    assert len(said) > 400
    assert sorted(said - letters(font)) == []


def test_the_fonts_are_small_and_have_their_licence() -> None:
    assert len(FONTS) == 2
    assert sum(font.stat().st_size for font in FONTS) < 150_000
    assert "SIL OPEN FONT LICENSE" in (TEMPLATES / "fonts" / "OFL.txt").read_text("utf-8").upper()
