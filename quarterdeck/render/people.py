"""What people said and promised, in ready strings: notes, decisions, promises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from quarterdeck import codec
from quarterdeck.model import Unit
from quarterdeck.render.clean import NAME, PROSE, clean, link
from quarterdeck.render.figures import MARKS, Json, day, parse, role
from quarterdeck.render.said import Block, Note, Promise, Run
from quarterdeck.words import Voice

_CODE = 24


def notes(listed: Sequence[Json], voice: Voice) -> tuple[Note, ...]:
    """Notes as they are shown; those of before have neither blocks nor anything that they are about."""
    return tuple(_note(each, voice) for each in listed)


def _note(note: Json, voice: Voice) -> Note:
    written = note.get("blocks") or [{"mark": "", "runs": [{"text": note["text"], "style": "plain", "link": None}]}]
    about = note.get("about")
    return Note(
        blocks=tuple(Block(clean(block["mark"], 8), tuple(_runs(block["runs"]))) for block in written),
        author=clean(note["author"]),
        day=day(note["date"], voice),
        about=clean(about["label"], NAME) if about else "",
    )


def _runs(runs: Iterable[Json]) -> Iterable[Run]:
    for run in runs:
        address = link(run["link"])
        lead, tail = (" " if run["text"].startswith(" ") else ""), (" " if run["text"].endswith(" ") else "")
        text = clean(run["text"], PROSE)
        yield Run(f"{lead}{text}{tail}" if text else " ", run["style"], address if address.startswith("https://") else "")


def about(listed: Sequence[Json], kind: str, ref: str, voice: Voice) -> tuple[Note, ...]:
    """The notes that stand beside a KPI or a finding."""
    return tuple(replace(_note(each, voice), about="") for each in listed if _subject(each) == (kind, ref))


def apart(document: Json) -> list[Json]:
    """The notes that stand in a section of their own: about the period, or about what has no row in this report."""
    shown = {("kpi", kpi["id"]) for kpi in document["kpis"] if kpi["value"] is not None}
    shown |= {("finding", finding["fingerprint"]) for finding in document["findings"]}
    return [note for note in document["notes"] if _subject(note) not in shown]


def _subject(note: Json) -> tuple[str, str]:
    found = note.get("about")
    return (found["kind"], found["ref"]) if found else ("", "")


def decided(overrides: Iterable[Json], voice: Voice) -> tuple[str, ...]:
    """What people changed of an action or a milestone, a line for each decision; what nobody changed before has none."""
    of: dict[str, tuple[Json, list[str]]] = {}
    for word in overrides:
        same = codec.canonical([word[name] for name in ("by", "date", "reason", "until", "instead_of")])
        of.setdefault(same, (word, []))[1].append(_change(word, voice))
    return tuple(_decided(word, ", ".join(changes), voice) for word, changes in of.values())


def _change(word: Json, voice: Voice) -> str:
    was, now = (_value(word["field"], word[name], voice) for name in ("was", "now"))
    how = {"due": f"moved from {was} to {now}", "owner": f"given to {now} instead of {was}"}
    return how.get(word["field"], f"made {now} instead of {was}")


def _decided(word: Json, changes: str, voice: Voice) -> str:
    text = f"{changes} by {clean(word['by'])} on {day(word['date'], voice)}: {clean(word['reason'], PROSE)}"
    if word["until"]:
        text += f" (until {day(word['until'], voice)})"
    earlier = word["instead_of"]
    return text + (f"; before that {clean(earlier['by'])} had decided on {day(earlier['date'], voice)}" if earlier else "")


def _value(field: str, value: str, voice: Voice) -> str:
    if field == "due":
        return day(value, voice)
    return role(value) if field == "owner" else clean(value, _CODE)


def promise(told: Json, voice: Voice) -> Promise:
    """A promise, and under it when it was due first, what it has led to, and who hears of it; of before, less was known."""
    return Promise(
        mark=MARKS[told["outcome"]],
        what=clean(told["what"], PROSE),
        code=clean(told["code"], _CODE),
        owner=role(told["owner"]),
        due=day(told["due"], voice),
        lines=tuple(_lines(told, voice)),
    )


def _lines(told: Json, voice: Voice) -> Iterable[str]:
    words = decided(told.get("overrides", ()), voice)
    if told.get("first_due", told["due"]) != told["due"] and not any("moved from" in line for line in words):
        yield f"first due {day(told['first_due'], voice)}"
    yield from words
    misses, up = told.get("misses", 0), told.get("escalation")
    if up:
        whom = f"brought here from {role(up['from'])}" if up["is_here"] else f"told to {role(up['to'])}"
        yield f"late in {misses} reports in a row: {whom}"
    elif misses > 1:
        yield f"late in {misses} reports in a row"
    if effect := told.get("effect"):
        unit = Unit(effect["unit"])
        before, after = (voice.figure(parse(effect[name]), unit) for name in ("before", "after"))
        yield f"{clean(effect['label'])} since then: {before} → {after}, {effect['verdict']}"


def ended(word: Json | None, voice: Voice) -> str:
    """That somebody's acceptance of a finding has ended."""
    if not word:
        return ""
    return f"accepted by {clean(word['by'])} until {day(word['until'], voice)}, which has ended"
