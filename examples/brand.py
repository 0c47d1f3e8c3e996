"""Logos of the example's companies: a tile of the brand's colour with a white figure, drawn, so that no file need be kept."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

Polygon = Sequence[tuple[float, float]]

_SIDE = 120  # px; three times what a mail shows
_LINES = 4  # that a row of pixels is drawn from

# Corners within a square of one by one, from its upper left.
FIGURES: Mapping[str, Sequence[Polygon]] = {
    "portfolio": (
        ((0.24, 0.20), (0.38, 0.20), (0.38, 0.80), (0.24, 0.80)),
        ((0.62, 0.20), (0.76, 0.20), (0.76, 0.80), (0.62, 0.80)),
        ((0.38, 0.43), (0.62, 0.43), (0.62, 0.57), (0.38, 0.57)),
    ),
    "jada": (
        ((0.54, 0.13), (0.54, 0.70), (0.20, 0.70)),
        ((0.60, 0.27), (0.82, 0.70), (0.60, 0.70)),
        ((0.15, 0.76), (0.87, 0.76), (0.75, 0.88), (0.28, 0.88)),
    ),
    "queenofsandiego": (
        ((0.18, 0.70), (0.18, 0.32), (0.35, 0.50), (0.50, 0.22), (0.65, 0.50), (0.82, 0.32), (0.82, 0.70)),
        ((0.18, 0.75), (0.82, 0.75), (0.82, 0.82), (0.18, 0.82)),
    ),
    "quickdumpnow": (
        ((0.16, 0.44), (0.66, 0.18), (0.78, 0.40), (0.28, 0.66)),
        ((0.16, 0.74), (0.84, 0.74), (0.84, 0.82), (0.16, 0.82)),
    ),
    "dangerouscentaur": (((0.24, 0.20), (0.48, 0.20), (0.80, 0.50), (0.48, 0.80), (0.24, 0.80), (0.54, 0.50)),),
}


SECOND: Mapping[str, str] = {"portfolio": "#b07a00", "jada": "#2f8f83"}
"""The second colour of those that have one."""


def branding(directory: Path, folder: str, tenant: str, colour: str) -> Mapping[str, str]:
    """A company's entry in the portfolio file, after writing its logo below `directory`, where it has one."""
    entry = {"accent": colour}
    if tenant in SECOND:
        entry["accent2"] = SECOND[tenant]
    if tenant in FIGURES:
        path = Path(folder, "brand", "logo.png")
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_bytes(logo(tenant, colour))
        entry["logo"] = path.as_posix()
    return entry


def logo(tenant: str, colour: str) -> bytes:
    """The PNG of a company's logo; KeyError where there is none."""
    paper = tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5))
    rows = (_row(FIGURES[tenant], row, paper) for row in range(_SIDE))
    head = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    data = zlib.compress(b"".join(rows), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _row(figure: Sequence[Polygon], row: int, paper: Sequence[int]) -> bytes:
    cover = [0.0] * _SIDE
    for line in range(_LINES):
        for polygon in figure:
            crossings = sorted(_crossings(polygon, (row + (line + 0.5) / _LINES) / _SIDE))
            for left, right in zip(crossings[::2], crossings[1::2], strict=True):
                for column in range(int(left), min(int(right) + 1, _SIDE)):
                    cover[column] += max(0.0, min(right, column + 1) - max(left, column)) / _LINES
    pixels = (round(part + (255 - part) * min(share, 1.0)) for share in cover for part in paper)
    return b"\0" + bytes(pixels)


def _crossings(polygon: Polygon, y: float) -> list[float]:
    """Where a line at height `y` meets the polygon's sides, in px."""
    sides = zip(polygon, (*polygon[1:], polygon[0]), strict=True)
    return [(x0 + (y - y0) / (y1 - y0) * (x1 - x0)) * _SIDE for (x0, y0), (x1, y1) in sides if (y0 <= y < y1) or (y1 <= y < y0)]


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
