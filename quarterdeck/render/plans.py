"""The two sections that plan: what is worth a look first, and what is done on which of the next thirty days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from quarterdeck.render.clean import PROSE, clean
from quarterdeck.render.figures import MARKS, day, parse, role
from quarterdeck.render.records import AgendaRow, AttentionRow
from quarterdeck.words import Voice

Json = Mapping[str, Any]

ATTENTION_LINES = 10  # of everything but the archive's page
_CODE = 24
_REASONS = {
    "capacity": "its owner has no days left",
    "large": "another large one is under way",
    "days": "no days in a row are free",
}


def attention_lines(source: Json | None, voice: Voice) -> tuple[AttentionRow, ...]:
    return tuple(_line(line, voice) for line in source["lines"]) if source else ()


def healthy(source: Json | None) -> tuple[str, ...]:
    return tuple(clean(each["text"], PROSE) for each in source["healthy"]) if source else ()


def attention_note(source: Json | None) -> str:
    return clean(source["arithmetic"], PROSE) if source else ""


def _line(line: Json, voice: Voice) -> AttentionRow:
    stake = parse(line["stake"])
    amount = "" if stake is None else voice.fact(stake)
    score = parse(line["score"])
    return AttentionRow(
        mark=MARKS[line["severity"]],
        title=clean(line["title"], PROSE),
        what=clean(line["what"], PROSE),
        owner=role(line["owner"]),
        due=day(line["due"], voice),
        code=clean(line["code"], _CODE),
        sum=f"{'≈ ' if line['is_assumed'] else ''}{amount} × {line['urgency']} × {line['hands']}",
        score="" if score is None else voice.fact(score),
    )


def agenda_rows(source: Json | None, voice: Voice) -> tuple[AgendaRow, ...]:
    return tuple(_row(item, _days(item, voice), _late(item, voice), voice) for item in source["items"]) if source else ()


def unfit_rows(source: Json | None, voice: Voice) -> tuple[AgendaRow, ...]:
    """What has no place in the agenda, and why."""
    if source is None:
        return ()
    return tuple(_row(item, f"due {day(item['due'], voice)}", _REASONS[item["reason"]], voice) for item in source["unfit"])


def agenda_note(source: Json | None, voice: Voice) -> str:
    """What the agenda takes for granted: work, and the days that the owners have."""
    if source is None:
        return ""
    days = {owner["days"] for owner in source["capacity"]}
    most = f"{min(days)} to {max(days)}" if len(days) > 1 else f"{min(days)}"
    used = sum(owner["used"] for owner in source["capacity"])
    return (
        f"From {day(source['start'], voice)} by priority, an owner's actions one after the other: 1, 5 or 10 working days. "
        f"{voice.count(len(source['capacity']), 'owner has', 'owners have')} {most} working days; {used} are planned. "
        "Holidays are not known."
    )


def _row(item: Json, when: str, note: str, voice: Voice) -> AgendaRow:
    work = voice.count({"S": 1, "M": 5, "L": 10}[item["effort"]], "day", "days")
    return AgendaRow(
        priority=item["priority"],
        what=clean(item["what"], PROSE),
        when=when,
        owner=role(item["owner"]),
        code=clean(item["code"], _CODE),
        note=f"{work} · {note}" if note else work,
    )


def _days(item: Json, voice: Voice) -> str:
    first, last = (date.fromisoformat(item[name]) for name in ("starts", "ends"))
    return voice.day(first) if first == last else f"{voice.day(first)} – {voice.day(last)}"


def _late(item: Json, voice: Voice) -> str:
    return f"after its due date, {day(item['due'], voice)}" if item["is_late"] else ""
