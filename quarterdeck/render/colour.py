"""Colours that can be read: contrast after WCAG 2.2, and the accent of a brand held against it."""

from __future__ import annotations

import re

DEFAULT_ACCENT = "#1f4e79"
PAPER = "#fdfdfc"  # of the page, where text in the brand's colour stands
LEAST_CONTRAST = 4.5  # AA for text of any size
LEAST_OF_A_SHAPE = 3.0  # AA for what is no text

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


def second(wanted: str | None, first: str) -> str:
    """The brand's second colour where a bar in it can be seen on paper, else the first one."""
    return wanted.lower() if wanted and _HEX.fullmatch(wanted) and contrast(wanted, PAPER) >= LEAST_OF_A_SHAPE else first


def remarks(accent_wanted: str | None, second_wanted: str | None) -> tuple[str, ...]:
    """What a person who chose the colours should know: which of them is too pale, and what stands in its place."""
    found = []
    if accent_wanted and accent(accent_wanted) != accent_wanted.lower():
        found.append(f"accent {_pale(accent_wanted, LEAST_CONTRAST)}; {DEFAULT_ACCENT} is used")
    if second_wanted and not second(second_wanted, ""):
        found.append(f"accent2 {_pale(second_wanted, LEAST_OF_A_SHAPE)}; accent is used")
    return tuple(found)


def _pale(colour: str, least: float) -> str:
    return f"{colour} has a contrast of {contrast(colour, PAPER):.1f} on the page, under {least:g}"


def _luminance(colour: str) -> float:
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
