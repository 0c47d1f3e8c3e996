"""The small part of markdown that notes may have: all else stays the letters that were written."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.compose.prose import blocks


def shown(text: str) -> list[str]:
    """Blocks in a short form: *emphasis*, **strong**, label<link>."""
    forms = {"plain": "{}", "strong": "**{}**", "emphasis": "*{}*"}
    return [
        f"{block['mark']} ".lstrip()
        + "".join(
            f"{run['text']}<{run['link']}>" if run["link"] else forms[run["style"]].format(run["text"]) for run in block["runs"]
        )
        for block in blocks(text)
    ]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Two lines\nof one paragraph\n\nand another", ["Two lines of one paragraph", "and another"]),
        ("First\n- one\n- two\n  goes on\n\nLast", ["First", "– one", "– two goes on", "Last"]),
        ("1. one\n2) two", ["1. one", "2. two"]),
        ("**paid** in *advance* and _late_", ["**paid** in *advance* and *late*"]),
        ("[the plan](https://example.com/a?b=1#c) holds", ["the plan<https://example.com/a?b=1#c> holds"]),
        ("[x](http://example.com) stays", ["[x](http://example.com) stays"]),
        ("[x](javascript:alert(1))", ["[x](javascript:alert(1))"]),
        ("[x](https://bank.example@evil.example/)", ["[x](https://bank.example@evil.example/)"]),
        ('[x](https://a.example/"onmouseover=alert(1))', ['[x](https://a.example/"onmouseover=alert(1))']),
        ("<script>alert(1)</script> <b>no</b>", ["<script>alert(1)</script> <b>no</b>"]),
        ("snake_case_name and 2 * 3 * 4", ["snake_case_name and 2 * 3 * 4"]),
        ("****", ["****"]),
        ("\n \n", []),
    ],
)
def test_a_text_as_blocks(text: str, form: list[str]) -> None:
    assert shown(text) == form


LETTERS = st.text(st.sampled_from("ab *_[]()<>-1.\n&\"'/:"), max_size=60)


@given(LETTERS)
def test_nothing_that_was_written_is_lost_but_marks_and_blanks(text: str) -> None:
    kept = "".join(block["mark"] + "".join(run["text"] for run in block["runs"]) for block in blocks(text))
    for letter in "ab<>[]()&\"'":
        assert kept.count(letter) == text.count(letter) or "https" in text


@given(
    st.lists(
        st.sampled_from(["**", "*", "_", "[", "](", ")", "https://a.example/x", "javascript:", " ", "a", "\n"]), max_size=40
    )
)
def test_every_link_is_an_https_address_of_plain_letters(parts: list[str]) -> None:
    for block in blocks("".join(parts)):
        for run in block["runs"]:
            assert run["link"] is None or re.fullmatch(r"https://[A-Za-z0-9.-]+(:\d+)?(/[^\s\"<>@]*)?", run["link"])
