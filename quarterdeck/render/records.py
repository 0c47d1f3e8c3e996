"""What a renderer is given: ready strings in reading order, already formatted, cleaned and worded.

HTML, text and PDF differ in layout only. `tone` is the meaning of a colour: good, watch, bad or plain; it never
stands alone, a word or a shape always says the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from quarterdeck.render.said import Decision, Mark, Note, Notice, Promise

T_co = TypeVar("T_co", covariant=True)

HEADINGS: Mapping[str, str] = {
    "bottom_line": "Bottom line",
    "decisions": "Decisions wanted",
    "attention": "Attention budget",
    "promises": "Promises of the last report",
    "kpis": "Key figures",
    "restatements": "Restatements",
    "charts": "Charts",
    "lacking": "Cannot be worked out yet",
    "findings": "Findings",
    "actions": "Action items",
    "agenda": "The next 30 days",
    "timeline": "Timeline",
    "tables": "Tables",
    "milestones": "Milestones",
    "notes": "Notes",
    "notices": "Data notice",
    "method": "How the figures are worked out",
    "provenance": "Provenance",
}
"""The sections of every report in their fixed order, by name, with the heading that readers see."""

LEGEND = (
    "State: ● good, ▲ watch, ■ bad, ○ no target, – not enough data. Δ is the change against the period before and the same "
    "period of last year: relative for amounts, in percentage points (pp) for shares. Favourable and unfavourable follow the "
    "direction that is good for the figure. A trend runs from its own lowest to its own highest figure."
)


@dataclass(frozen=True, slots=True)
class Part(Generic[T_co]):
    """The rows of a section that are shown, of `total`."""

    rows: tuple[T_co, ...]
    total: int

    @classmethod
    def of(cls, rows: tuple[T_co, ...]) -> Part[T_co]:
        return cls(rows, len(rows))

    def first(self, most: int) -> Part[T_co]:
        return Part(self.rows[:most], self.total)

    @property
    def rest(self) -> str:
        """`12 of 40, the rest in the archive`, or nothing where all is shown."""
        return f"{len(self.rows)} of {self.total}, the rest in the archive" if len(self.rows) < self.total else ""


@dataclass(frozen=True, slots=True)
class Head:
    """Who reads what of when. `scope` says what the figures cover, `state` how good and how new they are."""

    tenant: str
    role: str
    period: str
    portfolio: str
    scope: tuple[str, ...]
    state: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Logo:
    """A tenant's logo: `cid` names it in a mail, `uri` holds it whole; `width` and `height` are those it is shown at, in px."""

    cid: str
    uri: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class KpiRow:
    """One key figure. `effect` says whether the change is favourable; `trend` is of block characters, `heights` the same
    as numbers from 0 to 1, `trend_words` what both say.
    """

    mark: Mark
    label: str
    value: str
    notes: tuple[str, ...]
    change: str
    effect: str
    effect_tone: str
    last_year: str
    trend: str
    trend_words: str
    heights: tuple[float | None, ...]
    remarks: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart, drawn: `note` is the line under its title, `alt` says the same as `svg`, with its numbers.

    `rows` are the chart as a table of texts, a head first, whose first `left` columns are set to the left. `cid` names it
    in a mail; `width` and `height` are in px of the page.
    """

    cid: str
    title: str
    note: str
    alt: str
    rows: tuple[tuple[str, ...], ...]
    left: int
    width: int
    height: int
    svg: str


@dataclass(frozen=True, slots=True)
class Lacking:
    """A key figure that cannot be worked out, why, and what data it would take."""

    label: str
    reason: str
    needs: str


@dataclass(frozen=True, slots=True)
class Restatement:
    """A figure of an earlier period that is another now: what it was and is, why, and the postings behind it."""

    label: str
    period: str
    old: str
    new: str
    why: str
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FindingRow:
    mark: Mark
    title: str
    why: str
    state: str
    since: str
    at_stake: str
    evidence: Part[str]
    remarks: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionRow:
    code: str
    priority: str
    what: str
    why: str
    owner: str
    due: str
    effort: str
    link: str
    decided: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AttentionRow:
    """One line of the attention budget. `sum` are its factors, `score` what they make."""

    mark: Mark
    title: str
    what: str
    owner: str
    due: str
    code: str
    sum: str
    score: str


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """An action with the days it is done on, or why it has none."""

    priority: str
    what: str
    when: str
    owner: str
    code: str
    note: str


@dataclass(frozen=True, slots=True)
class TimelineRow:
    day: str
    text: str
    ref: str
    kind: str


@dataclass(frozen=True, slots=True)
class Column:
    """`kind` is figure (to the right), short (a date or a state, on one line) or text (of any length)."""

    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of formatted cells; `total` is its last row where that is a sum, else empty."""

    title: str
    note: str
    columns: tuple[Column, ...]
    body: Part[tuple[Cell, ...]]
    total: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """`percent` is the progress as a whole number from 0 to 100 for a bar, or None where it is not known."""

    mark: Mark
    title: str
    owner: str
    due: str
    value: str
    target: str
    progress: str
    percent: int | None
    decided: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Formula:
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class View:
    """A whole report, ready to be set. `dated` is the instant of its data in seconds since 1970, in UTC.

    `tables_rest` says how many tables a mail has no room for, where there are any.
    """

    language: str
    paper: str
    dated: int
    title: str
    preheader: str
    accent: str
    accent2: str
    logo: Logo | None
    headings: Mapping[str, str]
    legend: str
    head: Head
    banner: Part[Notice]
    sentence: str
    points: tuple[str, ...]
    decisions: tuple[Decision, ...]
    attention: Part[AttentionRow]
    attention_note: str
    healthy: Part[str]
    promises: Part[Promise]
    kpis: Part[KpiRow]
    restatements: Part[Restatement]
    charts: tuple[Picture, ...]
    lacking: Part[Lacking]
    findings: Part[FindingRow]
    actions: Part[ActionRow]
    agenda: Part[AgendaRow]
    agenda_note: str
    unfit: Part[AgendaRow]
    timeline: Part[TimelineRow]
    tables: tuple[Table, ...]
    milestones: Part[MilestoneRow]
    notes: Part[Note]
    notices: Part[Notice]
    method: Part[Formula]
    provenance: Part[str]
    made_by: str
    tables_rest: str = ""
