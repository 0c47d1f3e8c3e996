"""Two revisions of one report, held against each other: what changed, KPI by KPI and finding by finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from quarterdeck.model import Unit
from quarterdeck.render.clean import PROSE, clean
from quarterdeck.render.figures import MARKS, parse
from quarterdeck.render.records import HEADINGS
from quarterdeck.render.site.brief import Json
from quarterdeck.words import NO_DATA, Voice

_GRADE = "confidence"
_APART = frozenset({"kpis", "findings", "provenance", "revision", "schema_version"})  # shown by themselves, or seen by nobody
_SECTIONS = {"data_notice": "notices", "tables": "tables"}  # fields of the document that go by another name on paper


@dataclass(frozen=True, slots=True)
class KpiChange:
    """One KPI that is not as it was. `what` says in words what else than the value changed."""

    id: str
    label: str
    before: str
    after: str
    moved: str
    what: str


@dataclass(frozen=True, slots=True)
class FindingChange:
    """One finding that came, went or changed."""

    title: str
    what: str
    fingerprint: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a revision changed. `others` names the sections besides in which something is different."""

    kpis: tuple[KpiChange, ...]
    findings: tuple[FindingChange, ...]
    others: tuple[str, ...]


def compare(before: Json, after: Json) -> Comparison:
    """What is different in `after`, in its own order; what it no longer has comes last."""
    return Comparison(tuple(_kpis(before, after)), tuple(_findings(before, after)), tuple(_others(before, after)))


def _kpis(before: Json, after: Json) -> Iterator[KpiChange]:
    voice = Voice(after["locale"])
    then, now = ({kpi["id"]: kpi for kpi in document["kpis"]} for document in (before, after))
    for id, kpi in now.items():
        old = then.get(id)
        if old is None:
            yield KpiChange(id, clean(kpi["label"]), "", clean(kpi["display"], 40), "", "added")
            continue
        what = _what(old, kpi, voice)
        if kpi["value"] != old["value"] or what:
            yield KpiChange(
                id, clean(kpi["label"]), clean(old["display"], 40), clean(kpi["display"], 40), _moved(old, kpi, voice), what
            )
    for id, kpi in then.items():
        if id not in now:
            yield KpiChange(id, clean(kpi["label"]), clean(kpi["display"], 40), "", "", "no longer shown")


def _moved(old: Json, new: Json, voice: Voice) -> str:
    """The change of the value with its sign; nothing where there is none to speak of."""
    then, now = parse(old["value"]), parse(new["value"])
    if then == now or type(then) is not type(now) or old["unit"] != new["unit"] or _currency(old) != _currency(new):
        return ""
    return voice.change(now, then, Unit(new["unit"])).replace(NO_DATA, "")


def _currency(kpi: Json) -> str:
    return kpi["value"]["currency"] if isinstance(kpi["value"], Mapping) else ""


def _what(old: Json, new: Json, voice: Voice) -> str:
    changes = []
    if old["state"] != new["state"]:
        changes.append(f"{MARKS[old['state']].word} → {MARKS[new['state']].word}")
    if old["target"] != new["target"]:
        changes.append(f"target {_figure(old, voice)} → {_figure(new, voice)}")
    if old["grade"] != new["grade"]:
        changes.append(f"{_GRADE} {old['grade']} → {new['grade']}")
    if old["formula"] != new["formula"]:
        changes.append("formula")
    if old["series"][:-1] != new["series"][:-1] or any(old[name] != new[name] for name in ("previous", "last_year")):
        changes.append("earlier periods")
    return ", ".join(changes)


def _figure(kpi: Json, voice: Voice) -> str:
    target = parse(kpi["target"])
    return "none" if target is None else voice.figure(target, Unit(kpi["unit"]))


def _findings(before: Json, after: Json) -> Iterator[FindingChange]:
    then, now = ({finding["fingerprint"]: finding for finding in document["findings"]} for document in (before, after))
    for fingerprint, finding in now.items():
        old = then.get(fingerprint)
        what = "came" if old is None else _how(old, finding)
        if what:
            yield FindingChange(clean(finding["title"], PROSE), what, fingerprint, is_here=True)
    for fingerprint, finding in then.items():
        if fingerprint not in now:
            yield FindingChange(clean(finding["title"], PROSE), "went", fingerprint, is_here=False)


def _how(old: Json, new: Json) -> str:
    changes = [f"{old[name]} → {new[name]}" for name in ("severity", "state") if old[name] != new[name]]
    named = {"title": "wording", "why": "reason", "evidence": "evidence", "money_at_stake": "money at stake"}
    changes += [word for name, word in named.items() if old[name] != new[name]]
    return ", ".join(changes)


def _others(before: Json, after: Json) -> Iterator[str]:
    for name in sorted((before.keys() | after.keys()) - _APART):
        if before.get(name) != after.get(name):
            yield HEADINGS.get(_SECTIONS.get(name, name), name.replace("_", " ").capitalize())
