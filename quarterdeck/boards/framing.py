"""Our part of a description within a frame of the board's markup, in which nothing is markup; people's words stay outside.

A frame is, say, `<pre>` and `</pre>`: what is between them is shown as it is. What would end the frame is broken by a word
joiner, which nobody sees, and mended on the way back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from quarterdeck import codec
from quarterdeck.boards import block

_JOINER = "\u2060"


@dataclass(frozen=True, slots=True)
class Frame:
    """How a board is told that text is text: what opens and closes it, and what must not stand inside."""

    opening: str
    closing: str
    ends: str

    def framed(self, text: str) -> str:
        """A description with our part in the frame."""
        parts = block.parted(text)
        if parts is None:
            return text
        before, ours, after = parts
        return f"{before}{self.opening}\n{self.broken(ours)}\n{self.closing}{after}"

    def unframed(self, text: str) -> str:
        """The description as it was before it was framed; what people wrote around it stands."""
        text = block.lines(text)
        found = re.search(f"{re.escape(self.opening)}\\s*\n({block.PATTERN})\\s*\n{re.escape(self.closing)}", text, re.DOTALL)
        if found is None:
            return text
        return f"{text[: found.start()]}{self._mended(found[1])}{text[found.end() :]}"

    def around(self, text: str) -> str:
        """A text of its own, in the frame."""
        return f"{self.opening}\n{self.broken(text)}\n{self.closing}"

    def broken(self, text: str) -> str:
        """Text that does not end the frame."""
        return text.replace(self.ends, self.ends[0] + _JOINER + self.ends[1:])

    def _mended(self, text: str) -> str:
        return text.replace(self.ends[0] + _JOINER + self.ends[1:], self.ends)


def comment_mark(key: str) -> str:
    """What a comment ends with, so that it is known again and said once."""
    return f"qd {codec.digest(['comment', key])[:12]}"
