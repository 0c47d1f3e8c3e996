"""Records of what is said to readers and by people; `records` has those of figures and sections."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """A state as word, shape and tone."""

    word: str
    glyph: str
    tone: str


@dataclass(frozen=True, slots=True)
class Promise:
    """`lines` tell more of it: when it was due first, who moved it, what it has led to, who hears of it."""

    mark: Mark
    what: str
    code: str
    owner: str
    due: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one style: plain, strong or emphasis. `link` is an https address, or empty."""

    text: str
    style: str
    link: str


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or an item of a list with the mark before it."""

    mark: str
    runs: tuple[Run, ...]

    @property
    def plain(self) -> str:
        """The block as plain text, each link with its address."""
        return "".join(f"{run.text} <{run.link}>" if run.link else run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote, signed and dated; `about` names its subject where that is shown elsewhere, or nowhere."""

    blocks: tuple[Block, ...]
    author: str
    day: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    kind: str
    text: str
    source: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Decision:
    text: str
    code: str
