from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.render.clean import clean, link


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("plain text", "plain text"),
        ("  two\t lines\r\nof\u2028text\u0085 ", "two lines of text"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("zero\u200bwidth\u200d\ufeff\u00ad", "zerowidth"),
        ("bell\x07 and \x1b[31mred", "bell and [31mred"),
        ("lone \ud800 and \ufffe", "lone � and �"),
        ("€\u00a041.237", "€\u00a041.237"),
        ("株式会社 שלום ⛵", "株式会社 שלום ⛵"),
        ("<b>&amp;{{7*7}}", "<b>&amp;{{7*7}}"),
        ("", ""),
    ],
)
def test_only_visible_characters_stay(given_text: str, shown: str) -> None:
    assert clean(given_text) == shown


def test_a_character_is_seen_or_not_whatever_stands_beside_it() -> None:
    for point in range(0x10000):
        character = chr(point)
        alone, beside = clean(f"a{character}b"), clean(f"a{character}b漢")
        assert beside == alone + "漢", hex(point)
        unseen = unicodedata.category(character) in {"Cc", "Cf"} and not character.isspace()
        assert (alone == "ab") == unseen, hex(point)


def test_a_letter_keeps_three_combining_marks_at_most() -> None:
    assert clean("e\u0301") == "e\u0301"
    assert clean("Z" + "\u0335" * 40 + "a") == "Z" + "\u0335" * 3 + "a"


def test_a_long_text_ends_in_an_ellipsis() -> None:
    assert clean("a" * 240) == "a" * 240
    assert clean("a" * 241) == "a" * 239 + "…"
    assert clean("word " * 10, 12) == "word word w…"
    assert clean("word " * 10, 11) == "word word…"


@given(st.text(), st.integers(min_value=1, max_value=40))
def test_whatever_comes_can_be_written_on_one_line(text: str, limit: int) -> None:
    shown = clean(text, limit)
    shown.encode("utf-8")
    assert len(shown) <= limit
    assert clean(shown, limit) == shown
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize("address", ["https://boards.example.com/c/1?x=1#y", "http://example.com", "mailto:ann@example.com"])
def test_web_and_mail_addresses_may_be_followed(address: str) -> None:
    assert link(address) == address


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//example.com",
        "/relative",
        "https:",
        "java\nscript:alert(1)",
        " https://example.com",
        "https://example.com/\u202e",
        "https://[broken",
        "https://example.com/" + "a" * 2000,
    ],
)
def test_anything_else_is_no_link(address: str | None) -> None:
    assert link(address) == ""
