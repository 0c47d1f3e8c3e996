"""The small part of markdown that people's notes may have: paragraphs, lists, emphasis, and links to https addresses.

All else stays the letters that were written, HTML among them: a renderer escapes every run, so nothing in a note is markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_ITEM = re.compile(r"(?:[-*+]|(?P<number>[0-9]{1,3})[.)]) +(?P<text>\S.*)", re.ASCII)
_LINK = r"\[(?P<label>[^\[\]]{1,200})\]\((?P<link>https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~%/?#&=+,;:!$'-]*)?)\)"
_INLINE = re.compile(
    rf"{_LINK}|\*\*(?P<strong>[^*\s](?:[^*]*[^*\s])?)\*\*|\*(?P<starred>[^*\s](?:[^*]*[^*\s])?)\*"
    r"|(?<![^\W_])_(?P<underlined>[^_\s](?:[^_]*[^_\s])?)_(?![^\W_])"
)


def blocks(text: str) -> list[dict[str, Any]]:
    """The paragraphs and items of a text; `mark` is what stands before an item: – or its number."""
    return [{"mark": mark, "runs": list(_runs(words))} for mark, words in _blocks(text)]


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    mark, words = "", ""
    for line in (*(each.strip() for each in text.splitlines()), ""):
        item = _ITEM.fullmatch(line)
        if (item or not line) and words:
            yield mark, words
            mark, words = "", ""
        if item:
            number = item["number"]
            mark, words = (f"{number}." if number else "–"), item["text"]
        elif line:
            words = f"{words} {line}" if words else line


def _runs(words: str) -> Iterator[dict[str, Any]]:
    end = 0
    for match in _INLINE.finditer(words):
        if match.start() > end:
            yield _run(words[end : match.start()])
        end = match.end()
        if match["link"]:
            yield _run(match["label"], link=match["link"])
        elif match["strong"]:
            yield _run(match["strong"], style="strong")
        else:
            yield _run(match["starred"] or match["underlined"], style="emphasis")
    if end < len(words):
        yield _run(words[end:])


def _run(text: str, *, style: str = "plain", link: str | None = None) -> dict[str, Any]:
    return {"text": text, "style": style, "link": link}
