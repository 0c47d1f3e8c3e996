"""The pages of docs/ as tests read them: sections, tables, and the examples with the file that each stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
_FENCE = re.compile(r"(?:^`(?P<file>[^`\n]+)`:\n\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`]+)`")
_BOLD = re.compile(r"\*\*`([^`]+)`\*\*")


@dataclass(frozen=True)
class Example:
    """A block of code; `file` is the name in the line before it, empty where there is none."""

    file: str
    language: str
    text: str


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def headings(text: str) -> list[str]:
    return _HEADING.findall(_FENCE.sub("", text))


def section(text: str, heading: str) -> str:
    """The text under a heading, up to the next heading of any level; KeyError where the page has no such heading."""
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines) if re.fullmatch(rf"#+ {re.escape(heading)}", line)]
    if len(starts) != 1:
        raise KeyError(f"{len(starts)} headings {heading!r}")
    found: list[str] = []
    is_code = False
    for line in lines[starts[0] + 1 :]:
        is_code ^= line.startswith("```")
        if line.startswith("#") and not is_code:
            break
        found.append(line)
    return "\n".join(found)


def rows(text: str, head: str) -> list[list[str]]:
    """The rows of all tables in a text whose first column is headed so."""
    found: list[list[str]] = []
    inside = False
    for line in text.split("\n"):
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
        if not cells:
            inside = False
        elif cells[0] == head:
            inside = True
        elif inside and not set(cells[0]) <= {"-", ":"}:
            found.append(cells)
    return found


def examples(text: str) -> list[Example]:
    return [Example(m["file"] or "", m["language"], m["text"]) for m in _FENCE.finditer(text)]


def code(text: str) -> list[str]:
    """What is set as code in a text, blocks left out."""
    return _CODE.findall(_FENCE.sub("", text))


def bold(text: str) -> list[str]:
    return _BOLD.findall(text)


def anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def links(text: str) -> list[str]:
    """The targets of all links and pictures that are no addresses on the web."""
    found = re.findall(r"\]\(([^)\s]+)\)", _FENCE.sub("", text))
    return [target for target in found if not re.match(r"[a-z]+:", target)]
