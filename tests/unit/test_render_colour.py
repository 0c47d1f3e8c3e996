from __future__ import annotations

import re
from pathlib import Path

import pytest

from quarterdeck.render.colour import DEFAULT_ACCENT, accent, contrast, remarks, second

TEMPLATES = Path(__file__).parents[2] / "templates"


def test_contrast_after_the_definition() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#ffffff") == pytest.approx(1)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)  # the lightest grey that WCAG's AA allows
    assert contrast("#ffffff", "#767676") == contrast("#767676", "#ffffff")


@pytest.mark.parametrize("wanted", ["#0B5C6B", "#757575", "#000000"])
def test_a_brand_colour_that_can_be_read_is_taken(wanted: str) -> None:
    assert accent(wanted) == wanted.lower()


@pytest.mark.parametrize("wanted", [None, "", "#767676", "#ffdd00", "#fff", "red", "red;}", "#0b5c6b;x", "#0b5c6g"])
def test_any_other_gives_way_to_the_default(wanted: str | None) -> None:
    assert accent(wanted) == DEFAULT_ACCENT


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [("#8A939C", "#8a939c"), ("#0b5c6b", "#0b5c6b"), ("#ffdd00", "#1f4e5f"), ("red", "#1f4e5f"), (None, "#1f4e5f")],
)
def test_a_second_colour_must_be_seen_as_a_bar(wanted: str | None, taken: str) -> None:
    assert second(wanted, "#1f4e5f") == taken


def test_who_chose_a_pale_colour_is_told() -> None:
    assert remarks("#0b5c6b", "#8a939c") == ()
    assert remarks(None, None) == ()
    first, other = remarks("#8a939c", "#ffdd00")
    assert first == "accent #8a939c has a contrast of 3.1 on the page, under 4.5; #1f4e79 is used"
    assert other == "accent2 #ffdd00 has a contrast of 1.3 on the page, under 3; accent is used"


def _colours_of_text(css: str) -> set[str]:
    return set(re.findall(r"(?<![-a-z])color: (#[0-9a-f]{6})", css))


def test_every_text_colour_can_be_read_on_its_paper() -> None:
    light = (TEMPLATES / "report.css").read_text("utf-8")
    for colour in _colours_of_text(light) - {"#fdfdfc"}:  # the hidden first line
        paper = "#fbf1d9" if colour == "#574000" else "#fdfdfc"
        assert contrast(colour, paper) >= 4.5, colour


def test_every_text_colour_can_be_read_in_the_dark() -> None:
    dark = (TEMPLATES / "enhanced.css").read_text("utf-8").partition("prefers-color-scheme")[2]
    assert len(_colours_of_text(dark)) >= 7
    for colour in _colours_of_text(dark):
        paper = "#33290f" if colour == "#f0dfae" else "#17191c"
        assert contrast(colour, paper) >= 4.5, colour
