"""From the report as data to ready strings: the one place where a report is put into form for all its renderings.

Nothing is ranked, left out or added here. The document's order is kept, for composing is what decides it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError

from quarterdeck.errors import ReportError
from quarterdeck.model import State
from quarterdeck.render import colour, figures, people, plans
from quarterdeck.render.charts import pictures_of
from quarterdeck.render.clean import PROSE, clean, link
from quarterdeck.render.figures import MARKS, day, role
from quarterdeck.render.records import (
    HEADINGS,
    LEGEND,
    ActionRow,
    FindingRow,
    Head,
    KpiRow,
    MilestoneRow,
    Part,
    TimelineRow,
    View,
)
from quarterdeck.render.restated import restatements
from quarterdeck.render.said import Decision, Mark, Notice
from quarterdeck.words import Voice

Document = Mapping[str, Any]

_NOTICES = {
    "missing": "Missing",
    "rejected": "Rejected",
    "stale": "Out of date",
    "derived": "Derived",
    "left_out": "Left out",
    "undelivered": "Not delivered",
    "tie_out": "Does not tie out",
    "unheard": "About nothing",
}
_URGENT = frozenset({"missing", "stale", "tie_out"})  # the kinds that stand in the banner at the top as well
_EFFORTS = {"S": "within a day", "M": "within a week", "L": "over a week"}
_IN_THE_SUBJECT = 120  # characters of a name; mail servers refuse very long headers
_PREHEADER = 140
_LETTER = frozenset("US CA MX PH PR CL CO CR GT NI PA SV VE DO".split())  # where offices print on Letter, not on A4
_CODE = 24
_SHORT = 12  # characters of a digest that people compare


def subject(document: Document) -> str:
    """`JADA · CFO · October 2026`: unique per tenant, role and period."""
    heading = document["heading"]
    return " · ".join(clean(heading[name], _IN_THE_SUBJECT) for name in ("tenant", "role", "period"))


def prepare(document: Document) -> View:
    """The document in ready strings; ReportError where a field is missing or is not what the schema says."""
    try:
        return _view(document, Voice(document["locale"]))
    except (KeyError, TypeError, ValueError, AttributeError, UnknownLocaleError) as error:
        raise ReportError(
            f"the report does not follow its schema: {type(error).__name__} {error}",
            remedy="check it against docs/schemas/report.schema.json",
        ) from error


def _view(document: Document, voice: Voice) -> View:
    notices = tuple(_notice(notice) for notice in document["data_notice"])
    urgent = tuple(shown for shown, notice in zip(notices, document["data_notice"], strict=True) if notice["kind"] in _URGENT)
    accent = colour.accent(document["heading"]["accent"])
    sentence = clean(document["bottom_line"]["sentence"]["text"], PROSE)
    return View(
        language=document["locale"].replace("_", "-") if document["locale"].startswith("en") else "en",
        paper="us-letter" if Locale.parse(document["locale"]).territory in _LETTER else "a4",
        dated=_dated(document),
        title=subject(document),
        preheader=clean(sentence, _PREHEADER),
        accent=accent,
        accent2=colour.second(document["heading"]["accent2"], accent),
        logo=None,  # until its picture is at hand: `logo.shown`
        headings=HEADINGS,
        legend=LEGEND,
        head=_head(document, voice),
        banner=Part.of(urgent),
        sentence=sentence,
        points=tuple(clean(point["text"], PROSE) for point in document["bottom_line"]["points"]),
        decisions=tuple(Decision(clean(d["text"], PROSE), clean(d["action"], _CODE)) for d in document["decisions"]),
        attention=Part.of(plans.attention_lines(document.get("attention"), voice)),  # reports of before have neither
        attention_note=plans.attention_note(document.get("attention")),
        healthy=Part.of(plans.healthy(document.get("attention"))),
        promises=Part.of(tuple(people.promise(promise, voice) for promise in document["promises"])),
        kpis=Part.of(_kpis(document, voice)),
        restatements=Part.of(restatements(document.get("restatements", ()), voice)),  # reports of before have none
        charts=pictures_of(document, voice),
        lacking=Part.of(figures.lacking(document["kpis"])),
        findings=Part.of(tuple(_finding(finding, document["notes"], voice) for finding in document["findings"])),
        actions=Part.of(tuple(_action(action, voice) for action in document["actions"])),
        agenda=Part.of(plans.agenda_rows(document.get("agenda"), voice)),
        agenda_note=plans.agenda_note(document.get("agenda"), voice),
        unfit=Part.of(plans.unfit_rows(document.get("agenda"), voice)),
        timeline=Part.of(tuple(_moment(moment, voice) for moment in document["timeline"])),
        tables=tuple(figures.table(table, voice) for table in document["tables"]),
        milestones=Part.of(_milestones(document["milestones"], voice)),
        notes=Part.of(people.notes(people.apart(document), voice)),
        notices=Part.of(notices),
        method=Part.of(figures.formulas(document["kpis"])),
        provenance=Part.of(tuple(_snapshot(snapshot, voice) for snapshot in document["provenance"]["snapshots"])),
        made_by=f"Made by version {clean(document['provenance']['code_version'], 60)}",
    )


def _head(document: Document, voice: Voice) -> Head:
    heading = document["heading"]
    first, last = date.fromisoformat(heading["start"]), date.fromisoformat(heading["end"]) - timedelta(days=1)
    as_of = _instant(document["as_of"], document["timezone"], voice)
    return Head(
        tenant=clean(heading["tenant"]),
        role=clean(heading["role"]),
        period=clean(heading["period"]),
        portfolio=clean(heading["portfolio"]) if heading["kind"] != "portfolio" else "",
        scope=(
            f"{voice.day(first)} – {voice.day(last)}",
            clean(document["timezone"], 60),
            f"amounts in {document['currency']}",
        ),
        state=(
            _as_of(as_of, document["grade"]),
            f"confidence {document['grade']}",
            f"revision {document['revision'][:_SHORT]}",
        ),
    )


def _as_of(as_of: str, grade: str) -> str:
    """How fresh the data is. Lists of what there is name no instant, and are data all the same."""
    if as_of:
        return f"Data as of {as_of}"
    return "No data" if grade == "D" else "Data without dates"


def _instant(text: str | None, zone: str, voice: Voice) -> str:
    """An instant in the tenant's time zone, to the minute; a day where it is the day's first instant."""
    if text is None:
        return ""
    try:
        local = _in_utc(text).astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ReportError(f"{clean(text, 40)!r} in {clean(zone, 40)!r} is not an instant") from error
    # Most data names days, not minutes: a midnight would only claim to know more.
    return voice.day(local.date()) + ("" if local.time() == time.min else f", {local:%H:%M}")


def _dated(document: Document) -> int:
    """The instant of a report's data; its period's end where the data names none."""
    return max(int(_in_utc(document["as_of"] or document["heading"]["end"]).timestamp()), 0)


def _in_utc(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _notice(notice: Document) -> Notice:
    return Notice(
        _NOTICES[notice["kind"]], clean(notice["text"], PROSE), clean(notice["source"]), clean(notice["remedy"], PROSE)
    )


def _kpis(document: Document, voice: Voice) -> tuple[KpiRow, ...]:
    """The key figures with what people say about each."""
    known = [kpi["id"] for kpi in document["kpis"] if kpi["state"] != State.UNAVAILABLE]
    rows = figures.kpi_rows(document["kpis"], voice)
    return tuple(
        replace(row, remarks=people.about(document["notes"], "kpi", id, voice)) for id, row in zip(known, rows, strict=True)
    )


def _milestones(sources: Sequence[Document], voice: Voice) -> tuple[MilestoneRow, ...]:
    """Milestones with what people changed of them."""
    told = [people.decided(source.get("overrides", ()), voice) for source in sources]
    return tuple(replace(row, decided=words) for row, words in zip(figures.milestones(sources, voice), told, strict=True))


def _finding(finding: Document, notes: Sequence[Document], voice: Voice) -> FindingRow:
    stake = figures.parse(finding["money_at_stake"])
    return FindingRow(
        mark=_settled(MARKS[finding["severity"]], finding["state"]),
        title=clean(finding["title"], PROSE),
        why=clean(finding["why"], PROSE),
        state=finding["state"],
        since=_since(finding, voice),
        at_stake=voice.fact(stake) if stake is not None else "",
        evidence=figures.evidence(finding["evidence"], voice),
        remarks=people.about(notes, "finding", finding["fingerprint"], voice),
    )


def _since(finding: Document, voice: Voice) -> str:
    """Since when a finding is there, and of one that is accepted until when, by whom and why."""
    ended = people.ended(finding.get("acceptance_ended"), voice)
    if finding["state"] == "new":
        return ended
    since, word = f"since {clean(finding['first_seen'], _CODE)}", finding.get("accepted")  # reports of before have none
    if word is None:
        return f"{since} · {ended}" if ended else since
    return f"{since} · until {day(word['until'], voice)} by {clean(word['by'], _CODE)}: {clean(word['reason'], PROSE)}"


def _settled(severity: Mark, state: str) -> Mark:
    """A finding that is fixed or accepted keeps the word of its severity but no longer alarms."""
    return replace(MARKS[state], word=severity.word) if state in {"fixed", "accepted"} else severity


def _action(action: Document, voice: Voice) -> ActionRow:
    return ActionRow(
        code=clean(action["code"], _CODE),
        priority=action["priority"],
        what=clean(action["what"], PROSE),
        why=clean(action["why"], PROSE),
        owner=role(action["owner"]),
        due=day(action["due"], voice),
        effort=_EFFORTS[action["effort"]],
        link=link(action["card"]),
        decided=people.decided(action.get("overrides", ()), voice),
    )


def _moment(moment: Document, voice: Voice) -> TimelineRow:
    kind = moment["kind"]
    return TimelineRow(day(moment["date"], voice), clean(moment["text"], PROSE), clean(moment["ref"], _CODE), kind)


def _snapshot(snapshot: Document, voice: Voice) -> str:
    rows = voice.count(snapshot["rows"], "row", "rows")
    names = (snapshot["tenant"], snapshot["table"], snapshot["source"])
    return " · ".join((*(clean(name, 60) for name in names), snapshot["digest"][:_SHORT], rows))
