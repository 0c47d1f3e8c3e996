"""A report as a post for a channel of Slack: what has changed and what is to be done, and the way to the rest.

Every text that is not this module's own stands in a `plain_text` object, which Slack shows as it is: nothing in a report
can make a link, mention anybody or set itself in bold. `&`, `<` and `>` are escaped on top, as Slack asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from quarterdeck import codec
from quarterdeck.render.clean import link as safe_link
from quarterdeck.render.records import ActionRow, KpiRow, View
from quarterdeck.render.said import Notice
from quarterdeck.render.view import prepare

Block = dict[str, Any]

MOST_BLOCKS = 50  # Slack's limits, of a message and of its texts
_HEADER, _FIELD, _SECTION = 150, 2000, 3000
_FIELDS = 10  # in one section
_ACTIONS, _FIGURES, _POINTS, _NOTICES = 5, 10, 5, 3  # how much of a report a post shows
_LINES, _LINE = 10, 180  # of the attention budget
_CLIP, _NAME = 400, 80  # characters of a text among others, and of the name of a figure
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_LOOKALIKES = str.maketrans("*~`", "\u2217\u223c\u02cb")
_ITALIC = re.compile(r"(?<![^\W_])_|_(?![^\W_])")  # an underscore within a word is none
_IN_A_LINK = {" ": "%20", '"': "%22", "<": "%3C", ">": "%3E", "|": "%7C", "`": "%60"}


def blocks(document: Mapping[str, Any], link: str | None) -> bytes:
    """The post of a report as canonical JSON, `{"blocks": [...], "text": ...}`; ReportError as for every rendering.

    `link` is where the whole report can be read, if there is such a place. The same document and link give the same bytes.
    """
    view = prepare(document)
    shown = [header(view.title), _context(view.head.state)]
    shown += _banner(view)
    shown += [section((view.sentence, *(f"– {_clip(point)}" for point in _first(view.points, _POINTS))))]
    shown += _attention(view)
    shown += _actions(view)
    shown += _figures(view)
    shown += _notices(view)
    shown += [_way(link)]
    return message(f"{view.title}: {view.sentence}", shown)


def message(text: str, shown: Iterable[Block], **more: Any) -> bytes:
    """A post as canonical JSON. `text` is what a notification shows, where Slack would read its own markup in any text."""
    fitting = _fit(_ITALIC.sub("\u02cd", text.translate(_LOOKALIKES)), _SECTION)
    return codec.canonical({"blocks": list(shown)[:MOST_BLOCKS], "text": fitting, **more}).encode()


def _banner(view: View) -> Iterator[Block]:
    """What is missing, before anything that stands on it."""
    told = _told(view.banner.rows)
    told += _rest(view.banner.total, _NOTICES, "data notice", "data notices")
    if told:
        yield section(told)


def _notices(view: View) -> Iterator[Block]:
    """The other notices about the data."""
    others = [notice for notice in view.notices.rows if notice not in view.banner.rows]
    if others:
        yield _title(view.headings["notices"])
        yield section((*_told(others), *_rest(len(others), _NOTICES, "data notice", "data notices")))


def _told(notices: Iterable[Notice]) -> list[str]:
    return [f"▲ {notice.kind}: {_clip(notice.text)}" for notice in _first(notices, _NOTICES)]


def _figures(view: View) -> Iterator[Block]:
    known = _first(view.kpis.rows, _FIGURES)
    if known:
        yield _title(view.headings["kpis"])
        yield {"type": "section", "fields": [_plain(_figure(kpi), _FIELD) for kpi in known]}
    told = _rest(view.kpis.total, _FIGURES, "key figure", "key figures")
    told += [f"not enough data for {view.lacking.total} more"] if view.lacking.total else []
    if told:
        yield _context(told)


def _figure(kpi: KpiRow) -> str:
    changed = f"Δ {kpi.change}" + (f", {kpi.effect}" if kpi.effect else "")
    known = kpi.change if any(letter.isdigit() for letter in kpi.change) else ""
    return _lines((_clip(kpi.label, _NAME), f"{kpi.mark.glyph} {kpi.value}  ({kpi.mark.word})", changed if known else ""))


def _attention(view: View) -> Iterator[Block]:
    """The first lines of a portfolio's attention budget, and whom there is nothing to say of."""
    listed = _first(view.attention.rows, _LINES)
    if not listed and not view.healthy.rows:
        return
    yield _title(view.headings["attention"])
    if listed:
        told = [f"{n}. {_clip(row.title, _LINE)} · due {row.due} · {row.owner}" for n, row in enumerate(listed, 1)]
        yield section((*told, *_rest(view.attention.total, _LINES, "finding", "findings")))
    if view.healthy.rows:
        yield _context([_clip(line, _LINE) for line in view.healthy.rows])


def _actions(view: View) -> Iterator[Block]:
    listed = _first(view.actions.rows, _ACTIONS)
    if listed:
        yield _title(view.headings["actions"])
    yield from (section(_action(action)) for action in listed)
    if told := _rest(view.actions.total, _ACTIONS, "action item", "action items"):
        yield _context(told)


def _action(action: ActionRow) -> tuple[str, str]:
    details = (f"due {action.due}", action.owner, action.effort, action.code)
    return f"{action.priority}  {_clip(action.what)}", " · ".join(detail for detail in details if detail)


def _way(link: str | None) -> Block:
    """The link, or where else the report is; an address that a reader could not safely follow is none."""
    address = "".join(_IN_A_LINK.get(letter, letter) for letter in safe_link(link))
    if not address or len(address) > _SECTION - 100:
        return _context(["The whole report is in the archive."])
    text = f"<{_escaped(address)}|Open the whole report>"
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def header(text: str) -> Block:
    return {"type": "header", "text": _plain(text, _HEADER)}


def _title(text: str) -> Block:
    """A heading within the post. It is set in bold, so it is never of the report's own words."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": f"*{text}*", "verbatim": True}}


def section(lines: Iterable[str]) -> Block:
    """Lines of any text, shown as they are; empty ones are left out."""
    return {"type": "section", "text": _plain(_lines(lines), _SECTION)}


def _context(parts: Iterable[str]) -> Block:
    return {"type": "context", "elements": [_plain(" · ".join(parts), _FIELD)]}


def _plain(text: str, most: int) -> Block:
    return {"type": "plain_text", "text": _fit(text, most), "emoji": False}


def _rest(total: int, shown: int, one: str, many: str) -> list[str]:
    more = total - shown
    return [f"and {more} more {one if more == 1 else many}"] if more > 0 else []


def _first(rows: Iterable[Any], most: int) -> list[Any]:
    return list(rows)[:most]


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(part for part in parts if part)


def _clip(text: str, most: int = _CLIP) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _fit(text: str, most: int) -> str:
    """Escaped text of at most so many characters, an escape never cut in two; never empty, which Slack refuses."""
    escaped = [_ESCAPES.get(letter, letter) for letter in text.strip() or "–"]
    if sum(map(_width, escaped)) <= most:
        return "".join(escaped)
    kept, used = [], 1  # of the ellipsis
    for part in escaped:
        used += _width(part)
        if used > most:
            break
        kept.append(part)
    return "".join(kept).rstrip() + "…"


def _width(text: str) -> int:
    """Characters as Slack may count them: one beyond the basic plane as two."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(letter, letter) for letter in text)
