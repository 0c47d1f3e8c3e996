"""Colours that can be read: contrast after WCAG 2.2, and the accent of a brand held against it."""

from __future__ import annotations

import re

DEFAULT_ACCENT = "#1f4e79"
PAPER = "#ffffff"
LEAST_CONTRAST = 4.5  # AA for text of any size

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours `#rrggbb`, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def accent(wanted: str | None) -> str:
    """The brand's colour where text in it can be read on paper, else the default one."""
    if wanted and _HEX.fullmatch(wanted) and contrast(wanted, PAPER) >= LEAST_CONTRAST:
        return wanted.lower()
    return DEFAULT_ACCENT


def _luminance(colour: str) -> float:
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
