"""Our part of a card's description: a marked block, with people's own words before and after it left alone.

The marks are plain words, since comments in HTML do not survive every board.
"""

from __future__ import annotations

import re

_END = "— end of what Quarterdeck keeps —"
_START = re.compile(r"^— Quarterdeck keeps this part up to date: (qd:\S+) —$", re.MULTILINE)
PATTERN = r"— Quarterdeck keeps this part up to date: qd:\S+ —\n.*?\n" + re.escape(_END)  # of our part with its marks


def start_mark(reference: str) -> str:
    return f"— Quarterdeck keeps this part up to date: {reference} —"


def wrapped(reference: str, text: str) -> str:
    """Our part with its marks."""
    return f"{start_mark(reference)}\n{text}\n{_END}"


def reference_in(text: str) -> str:
    """The reference that a description names in its marks, empty where there is none."""
    found = _START.search(lines(text))
    return found[1] if found else ""


def inside(text: str) -> str | None:
    """Our part of a description, without its marks; None where a person took the marks away."""
    return (_parts(text) or (None, None, None))[1]


def replaced(text: str, reference: str, ours: str) -> str:
    """The description with our part anew; where the marks are gone, it is put after what people wrote."""
    parts = _parts(text)
    if parts is None:
        before, after = lines(text).rstrip("\n"), ""
        return f"{before}\n\n{wrapped(reference, ours)}" if before else wrapped(reference, ours)
    before, _, after = parts
    return f"{before}{wrapped(reference, ours)}{after}"


def parted(text: str) -> tuple[str, str, str] | None:
    """What stands before our part, our part with its marks, and what stands after it; None where there are no marks."""
    text = lines(text)
    found = re.search(f"^{PATTERN}", text, re.DOTALL | re.MULTILINE)
    return None if found is None else (text[: found.start()], found[0], text[found.end() :])


def _parts(text: str) -> tuple[str, str, str] | None:
    text = lines(text)
    start = _START.search(text)
    if start is None:
        return None
    end = text.find(_END, start.end())
    if end < 0:
        return None
    return text[: start.start()], text[start.end() : end].strip("\n"), text[end + len(_END) :]


def lines(text: str) -> str:
    """Boards change the ends of lines and take blanks off them; neither is a change that a person made."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
