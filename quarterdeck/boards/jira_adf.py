"""Jira's documents (Atlassian Document Format): our part is one block of code, people's nodes around it stay as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from quarterdeck.boards import block

_JOINER = "\u2060"
_ENDS = ("{code", "{noformat")  # Jira may keep a block of code in its older markup, in which these end it
_INLINE = frozenset(
    {"text", "hardBreak", "mention", "emoji", "inlineCard", "date", "status", "placeholder", "inlineExtension", "mediaInline"}
)
_MARK = "— Quarterdeck"


def document(text: str) -> dict[str, Any]:
    """A document that says a text: our part as a block of code, what stands around it as paragraphs."""
    before, ours, after = block.parted(text) or (text, "", "")
    nodes = [*_paragraphs(before), *([_code(ours)] if ours else []), *_paragraphs(after)]
    return {"version": 1, "type": "doc", "content": nodes}


def rewritten(known: Any, text: str) -> dict[str, Any]:
    """A document with our part as it stands in a text. Where it has none, ours is put after what people wrote."""
    parts = block.parted(text)
    if parts is None or not isinstance(known, dict) or not known.get("content"):
        return document(text)
    made = deepcopy(known)
    ours = _ours(made)
    if ours is None:
        made["content"].append(_code(parts[1]))
    else:
        ours["content"] = _code(parts[1])["content"]
    return made


def plain(known: Any) -> str:
    """What a document says. Marks that do not stand in a block of code are none: somebody took our part out of it."""
    if not isinstance(known, dict):
        return ""
    ours = _ours(known)
    return "\n\n".join(_words(node, ours) for node in known.get("content") or ())


def comment(text: str, mark: str) -> dict[str, Any]:
    """A comment's document, with the mark by which it is known again."""
    return {"version": 1, "type": "doc", "content": [_code(text), *_paragraphs(mark)]}


def _code(text: str) -> dict[str, Any]:
    for end in _ENDS:
        text = text.replace(end, f"{{{_JOINER}{end[1:]}")
    return {"type": "codeBlock", "attrs": {}, "content": [{"type": "text", "text": text}]}


def _paragraphs(text: str) -> list[dict[str, Any]]:
    return [{"type": "paragraph", "content": [{"type": "text", "text": line}]} for line in text.split("\n") if line.strip()]


def _ours(node: dict[str, Any]) -> dict[str, Any] | None:
    """Our block, wherever people have put it."""
    return next((each for each in _nodes(node) if each.get("type") == "codeBlock" and block.reference_in(_text(each))), None)


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("content") or ():
        yield from _nodes(child)


def _text(code: Mapping[str, Any]) -> str:
    return "".join(str(each.get("text") or "") for each in code.get("content") or ())


def _words(node: Mapping[str, Any], ours: Mapping[str, Any] | None) -> str:
    """What a node says, as plain text."""
    if node is ours:
        text = _text(node)
        for end in _ENDS:
            text = text.replace(f"{{{_JOINER}{end[1:]}", end)
        return text
    if node.get("type") == "text":
        return str(node.get("text") or "").replace(_MARK, _MARK.replace(" ", f" {_JOINER}"))
    if node.get("type") == "hardBreak":
        return "\n"
    children = node.get("content")
    if not children:
        attrs = node.get("attrs") or {}
        return str(attrs.get("text") or attrs.get("shortName") or attrs.get("url") or "")
    between = "" if all(child.get("type") in _INLINE for child in children) else "\n"
    return between.join(_words(child, ours) for child in children)
