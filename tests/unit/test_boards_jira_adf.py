"""Our part of a document of Jira's, and what stands around it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.boards import block
from quarterdeck.boards.jira_adf import comment, document, plain, rewritten

NAME = "qd:acme:0123456789abcdef"
OURS = block.wrapped(NAME, "a is broken")
LINES = st.text(st.sampled_from('a{}[]*\\"\n codenoformat—'), max_size=60).map(lambda text: block.lines(text).strip("\n"))


def code(text: str) -> dict[str, Any]:
    return {"type": "codeBlock", "attrs": {}, "content": [{"type": "text", "text": text}]}


def doc(*nodes: dict[str, Any]) -> dict[str, Any]:
    return {"version": 1, "type": "doc", "content": list(nodes)}


def words(text: str) -> dict[str, Any]:
    return {"type": "paragraph", "content": [{"type": "text", "text": text}]}


def test_our_part_is_one_block_of_code_and_the_rest_paragraphs() -> None:
    assert document(OURS) == doc(code(OURS))
    assert document(f"Mine.\n\n{OURS}\n\nAnd\nthis.") == doc(words("Mine."), code(OURS), words("And"), words("this."))
    assert document("") == doc()
    assert document("no marks") == doc(words("no marks"))


def test_only_our_node_is_changed() -> None:
    mine = doc(words("Mine."), {**code(OURS), "attrs": {"language": "text"}}, {"type": "rule"})
    after = rewritten(mine, block.replaced(plain(mine), NAME, "a is worse"))
    new = {**code(block.wrapped(NAME, "a is worse")), "attrs": {"language": "text"}}
    assert after == doc(words("Mine."), new, {"type": "rule"})
    assert mine["content"][1]["content"][0]["text"] == OURS


def test_without_our_node_it_is_put_last_and_without_anything_made() -> None:
    assert rewritten(doc(words("Mine.")), f"Mine.\n\n{OURS}") == doc(words("Mine."), code(OURS))
    for nothing in (None, {}, doc(), "text of an older version"):
        assert rewritten(nothing, OURS) == doc(code(OURS))


def test_what_a_document_says_in_words() -> None:
    item = {"type": "listItem", "content": [words("one")]}
    emoji = {"type": "emoji", "attrs": {"shortName": ":boat:"}}
    card = {"type": "inlineCard", "attrs": {"url": "https://example.com"}}
    line = {"type": "paragraph", "content": [{"type": "text", "text": "a"}, {"type": "hardBreak"}, emoji, card]}
    assert plain(doc({"type": "bulletList", "content": [item, item]}, line)) == "one\none\n\na\n:boat:https://example.com"
    assert plain(None) == ""


def test_marks_outside_of_a_block_of_code_are_none() -> None:
    assert block.parted(plain(doc(*(words(line) for line in OURS.split("\n"))))) is None
    assert block.inside(plain(doc(words(OURS.split("\n")[0]), code(OURS)))) == "a is broken"


def test_markup_of_old_does_not_end_the_block() -> None:
    text = block.wrapped(NAME, "{code} {noformat}{code:java}")
    (node,) = document(text)["content"]
    assert "{code" not in node["content"][0]["text"]
    assert "{noformat" not in node["content"][0]["text"]
    assert plain(document(text)) == text


def test_a_comment_ends_with_its_mark() -> None:
    assert comment("said", "qd 0123") == doc(code("said"), words("qd 0123"))


@given(LINES, LINES, LINES)
def test_our_part_comes_back_as_it_was_whatever_it_says(before: str, ours: str, now: str) -> None:
    text = f"{before}\n{block.wrapped(NAME, ours)}"
    first = document(text)
    assert block.inside(plain(first)) == block.inside(text)
    again = rewritten(first, block.replaced(plain(first), NAME, now))
    assert block.inside(plain(again)) == block.inside(block.wrapped(NAME, now))
    assert again["content"][:-1] == first["content"][:-1]
