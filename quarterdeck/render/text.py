"""A view as a plain text of 78 columns: a report of its own for readers without HTML, not HTML with its tags taken off."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from quarterdeck.render.columns import Field, block, table, width
from quarterdeck.render.plans import ATTENTION_LINES
from quarterdeck.render.records import HEADINGS, Part, Table, View
from quarterdeck.render.said import Mark, Note

CELLS = 78

_TEXT, _FIGURE = Field(), Field(right=True)


def render(view: View) -> str:
    """The whole report; every line has at most 78 cells, and the last ends in a line feed."""
    parts = [_head(view)]
    parts += [lines for name in HEADINGS if (lines := _SECTIONS[name](view))]
    return "\n\n".join("\n".join(line.rstrip(" ") for line in part) for part in parts) + "\n"


def _head(view: View) -> list[str]:
    head = view.head
    lines = block(head.tenant, CELLS)
    lines += block(" · ".join(part for part in (f"{head.role} report", head.period, head.portfolio) if part), CELLS)
    lines += block(" · ".join(head.scope), CELLS)
    lines += block(" · ".join(head.state), CELLS)
    lines.append("━" * CELLS)
    for notice in view.banner.rows:
        lines += ["", *block(f"{notice.kind.upper()}: {notice.text}", CELLS, first="! ")]
    return lines


def _heading(title: str, count: int = 0) -> list[str]:
    lines = block(f"{title.upper()} ({count})" if count else title.upper(), CELLS)
    return [*lines[:-1], f"{lines[-1]} {'─' * (CELLS - width(lines[-1]) - 1)}" if width(lines[-1]) < CELLS else lines[-1]]


def _rest(part: Part[object]) -> list[str]:
    return [f"({part.rest})"] if part.rest else []


def _marked(mark: Mark, text: str) -> list[str]:
    return block(text, CELLS, first=f"{mark.glyph} ")


def _under(parts: Iterable[str]) -> list[str]:
    return block(" · ".join(part for part in parts if part), CELLS, first="  ")


def _bottom_line(view: View) -> list[str]:
    lines = block(view.sentence, CELLS)
    if view.points:
        lines.append("")
    for point in view.points:
        lines += block(point, CELLS, first="– ")
    return lines


def _decisions(view: View) -> list[str]:
    lines = _heading(HEADINGS["decisions"]) if view.decisions else []
    for number, decision in enumerate(view.decisions, 1):
        lines += block(f"{decision.text} [{decision.code}]", CELLS, first=f"{number}. ")
    return lines


def _attention(view: View) -> list[str]:
    shown = view.attention.first(ATTENTION_LINES)
    if not shown.rows and not view.healthy.rows:
        return []
    lines = _heading(HEADINGS["attention"], shown.total) + block(view.attention_note, CELLS)
    for number, row in enumerate(shown.rows, 1):
        lines += ["", *block(row.title, CELLS, first=f"{number}. ")]
        lines += block(row.what, CELLS, first="   ")
        lines += block(f"{row.mark.word} · due {row.due} · {row.owner} · {row.code}", CELLS, first="   ")
        lines += block(f"{row.sum} = {row.score}", CELLS, first="   ")
    lines += [*_rest(shown), ""]
    for line in view.healthy.rows:
        lines += block(line, CELLS, first="● ")
    return lines


def _promises(view: View) -> list[str]:
    if not view.promises.rows:
        return []
    rows = [("", "Action", "Outcome", "Owner", "Due")]
    rows += [(p.mark.glyph, p.what, p.mark.word, p.owner, p.due) for p in view.promises.rows]
    under = ["; ".join(p.lines) for p in view.promises.rows]
    return [*_heading(HEADINGS["promises"]), *table([_TEXT] * 5, rows, CELLS, under=under), *_rest(view.promises)]


def _kpis(view: View) -> list[str]:
    if not view.kpis.rows:
        return []
    rows = [("", "KPI", "Trend", "Actual", "Δ previous", "Δ last year")]
    rows += [(kpi.mark.glyph, kpi.label, kpi.trend, kpi.value, kpi.change, kpi.last_year) for kpi in view.kpis.rows]
    under = [
        " · ".join(part for part in (kpi.mark.word, *kpi.notes, kpi.effect, *map(_remark, kpi.remarks)) if part)
        for kpi in view.kpis.rows
    ]
    fields = [_TEXT, _TEXT, _FIGURE, _FIGURE, _FIGURE, _FIGURE]
    return [*_heading(HEADINGS["kpis"]), *table(fields, rows, CELLS, under=under), *_rest(view.kpis)]


def _restatements(view: View) -> list[str]:
    lines = _heading(HEADINGS["restatements"], view.restatements.total) if view.restatements.rows else []
    for row in view.restatements.rows:
        lines += block(f"{row.label} of {row.period} was {row.old}, now {row.new}", CELLS, first="▲ ")
        lines += block(row.why, CELLS, first="  ")
        for line in row.entries:
            lines += block(line, CELLS, first="    ", rest="      ")
    return lines + _rest(view.restatements)


def _charts(view: View) -> list[str]:
    lines: list[str] = []
    for picture in view.charts:
        lines += ["", ""] if lines else []
        lines += _heading(picture.title) + block(picture.note, CELLS)
        fields = [_TEXT if column < picture.left else _FIGURE for column in range(len(picture.rows[0]))]
        lines += table(fields, picture.rows, CELLS)
    return lines


def _lacking(view: View) -> list[str]:
    lines = _heading(HEADINGS["lacking"], view.lacking.total) if view.lacking.rows else []
    for kpi in view.lacking.rows:
        lines += block(f"{kpi.label}: {kpi.reason}", CELLS, first="– ")
        lines += block(f"needs: {kpi.needs}", CELLS, first="  ") if kpi.needs else []
    return lines + _rest(view.lacking)


def _findings(view: View) -> list[str]:
    lines = _heading(HEADINGS["findings"], view.findings.total)
    if not view.findings.rows:
        return [*lines, "No rule of this report found anything."]
    for number, finding in enumerate(view.findings.rows):
        lines += [""] if number else []
        lines += _marked(finding.mark, finding.title)
        stake = f"{finding.at_stake} at stake" if finding.at_stake else ""
        lines += _under(
            (finding.mark.word, finding.state.upper() if finding.state == "new" else finding.state, finding.since, stake)
        )
        lines += block(finding.why, CELLS, first="  ")
        for line in finding.evidence.rows:
            lines += block(line, CELLS, first="    ", rest="      ")
        lines += _said(finding.remarks, indent="  ")
    return lines + _rest(view.findings)


def _actions(view: View) -> list[str]:
    if not view.actions.rows:
        return []
    lines = _heading(HEADINGS["actions"], view.actions.total)
    for number, action in enumerate(view.actions.rows):
        lines += [""] if number else []
        lines += block(action.what, CELLS, first=f"{action.priority} ")
        lines += block(action.why, CELLS, first="   ")
        details = (f"due {action.due}", action.owner, action.effort, action.code, action.link)
        lines += block(" · ".join(detail for detail in details if detail), CELLS, first="   ")
        for line in action.decided:
            lines += block(line, CELLS, first="   ")
    return lines + _rest(view.actions)


def _agenda(view: View) -> list[str]:
    if not view.agenda.rows and not view.unfit.rows:
        return []
    lines = _heading(HEADINGS["agenda"], view.agenda.total) + block(view.agenda_note, CELLS)
    for row in view.agenda.rows:
        lines += block(f"{row.when}: {row.what}", CELLS, first=f"{row.priority} ")
        lines += block(f"{row.owner} · {row.note} · {row.code}", CELLS, first="   ")
    lines += _rest(view.agenda)
    lines += ["", *_heading("Does not fit", view.unfit.total)] if view.unfit.rows else []
    for row in view.unfit.rows:
        lines += block(row.what, CELLS, first=f"{row.priority} ")
        lines += block(f"{row.when} · {row.owner} · {row.note} · {row.code}", CELLS, first="   ")
    return lines + _rest(view.unfit)


def _timeline(view: View) -> list[str]:
    if not view.timeline.rows:
        return []
    rows = [(moment.day, moment.text, moment.ref) for moment in view.timeline.rows]
    return [*_heading(HEADINGS["timeline"]), *table([_FIGURE, _TEXT, _TEXT], rows, CELLS, head=False), *_rest(view.timeline)]


def _tables(view: View) -> list[str]:
    lines: list[str] = []
    for source in view.tables:
        lines += ["", ""] if lines else []
        lines += _table(source)
    return lines


def _table(source: Table) -> list[str]:
    lines = _heading(source.title) + (block(source.note, CELLS) if source.note else [])
    rows = [tuple(column.label for column in source.columns), *(tuple(cell.text for cell in row) for row in source.body.rows)]
    rows += [tuple(cell.text for cell in source.total)] if source.total else []
    fields = [Field(column.kind == "figure") for column in source.columns]
    return [*lines, *table(fields, rows, CELLS, total=bool(source.total)), *_rest(source.body)]


def _milestones(view: View) -> list[str]:
    if not view.milestones.rows:
        return []
    rows = [("", "Milestone", "Actual", "Target", "Progress")]
    rows += [(m.mark.glyph, m.title, m.value, m.target, m.progress) for m in view.milestones.rows]
    under = [
        " · ".join(part for part in (m.mark.word, f"due {m.due}", m.owner, *m.decided) if part) for m in view.milestones.rows
    ]
    fields = [_TEXT, _TEXT, _FIGURE, _FIGURE, _FIGURE]
    return [*_heading(HEADINGS["milestones"]), *table(fields, rows, CELLS, under=under), *_rest(view.milestones)]


def _notes(view: View) -> list[str]:
    lines = _heading(HEADINGS["notes"]) if view.notes.rows else []
    return lines + _said(view.notes.rows) + _rest(view.notes)


def _remark(note: Note) -> str:
    return f"{note.author}, {note.day}: {' '.join(f'{block.mark} {block.plain}'.strip() for block in note.blocks)}"


def _said(notes: Iterable[Note], indent: str = "") -> list[str]:
    lines: list[str] = []
    for note in notes:
        for each in note.blocks:
            lines += block(each.plain, CELLS, first=f"{indent}{each.mark} " if each.mark else indent)
        about = f", about: {note.about}" if note.about else ""
        lines += block(f"{note.author}, {note.day}{about}", CELLS, first=f"{indent}  ")
    return lines


def _notices(view: View) -> list[str]:
    lines = _heading(HEADINGS["notices"]) if view.notices.rows else []
    for notice in view.notices.rows:
        lines += block(f"{notice.kind} ({notice.source}): {notice.text}", CELLS, first="– ")
        lines += block(notice.remedy, CELLS, first="  ") if notice.remedy else []
    return lines + _rest(view.notices)


def _method(view: View) -> list[str]:
    lines = _heading(HEADINGS["method"])
    for formula in view.method.rows:
        lines += block(f"{formula.label}: {formula.text}", CELLS, rest="  ")
    return [*lines, *_rest(view.method), *block(view.legend, CELLS)]


def _provenance(view: View) -> list[str]:
    lines = _heading(HEADINGS["provenance"])
    for line in view.provenance.rows:
        lines += block(line, CELLS, rest="  ")
    return [*lines, *_rest(view.provenance), *block(view.made_by, CELLS)]


_SECTIONS: dict[str, Callable[[View], list[str]]] = {
    "bottom_line": _bottom_line,
    "decisions": _decisions,
    "attention": _attention,
    "promises": _promises,
    "kpis": _kpis,
    "restatements": _restatements,
    "charts": _charts,
    "lacking": _lacking,
    "findings": _findings,
    "actions": _actions,
    "agenda": _agenda,
    "timeline": _timeline,
    "tables": _tables,
    "milestones": _milestones,
    "notes": _notes,
    "notices": _notices,
    "method": _method,
    "provenance": _provenance,
}
