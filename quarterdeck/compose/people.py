"""What people say about a period: their notes, and decisions that are about nothing there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from quarterdeck.compose import prose
from quarterdeck.compose.material import Material
from quarterdeck.compose.problems import title
from quarterdeck.frames import day
from quarterdeck.kpis import KPIS
from quarterdeck.measure.decisions import decisions
from quarterdeck.measure.findings import codes, is_named
from quarterdeck.model import Finding
from quarterdeck.people import Decision

Section = list[dict[str, Any]]
Row = dict[Any, Any]


def notes(material: Material) -> Section:
    """The tenant's notes for this role, the oldest first: signed, dated, and with what each is about."""
    if "notes" not in material.tables:
        return []
    rows = material.tables["notes"]
    own = rows[rows["tenant"] == material.tenant.id].sort_values(["date", "author", "note"]).to_dict("records")
    return [_note(row, material) for row in own if _is_for(row, material)]


def _is_for(row: Row, material: Material) -> bool:
    """Whether a note is for this role: because it says so, or without that because the role reads what it is about."""
    if not pd.isna(row["roles"]):
        return material.role.id in str(row["roles"]).split(",")
    if not pd.isna(row["kpi"]):
        return row["kpi"] in material.role.kpis
    if pd.isna(row["finding"]):
        return True
    found = _finding(row, material.findings)
    return found is None or found in material.role_findings()


def _note(row: Row, material: Material) -> dict[str, Any]:
    return {
        "text": row["text"],
        "author": row["author"],
        "date": day(row["date"]).isoformat(),
        "about": _about(row, material),
        "blocks": prose.blocks(row["text"]),
    }


def _about(row: Row, material: Material) -> dict[str, str] | None:
    """The KPI by its id, or the finding by its fingerprint; what nothing is called keeps the name that was written."""
    if not pd.isna(row["kpi"]):
        return {"kind": "kpi", "ref": row["kpi"], "label": KPIS.get(row["kpi"]).label}
    if pd.isna(row["finding"]):
        return None
    found = _finding(row, material.findings)
    if found is None:
        return {"kind": "finding", "ref": row["finding"], "label": f"{row['finding']}, which nothing in this period is called"}
    return {"kind": "finding", "ref": found.fingerprint, "label": title(found, material)}


def _finding(row: Row, findings: tuple[Finding, ...]) -> Finding | None:
    return next((finding for finding in findings if is_named(finding, str(row["finding"]))), None)


def unheard(material: Material) -> Iterator[tuple[str, Decision]]:
    """Decisions that this period is the first to heed, about an action or a milestone that it does not have."""
    fresh = _fresh(material)
    known = {str(id) for id in material.tables["milestones"]["milestone"]} if "milestones" in material.tables else set()
    mine = codes(material.findings).values()
    for subject, word in decisions(material.tables, material.at, "milestone"):
        if (subject, word.on) in fresh and subject not in known:
            yield subject, word
    for subject, word in decisions(material.tables, material.at, "action"):
        is_known = any(is_named(finding, subject) for finding in material.findings)
        if (subject, word.on) in fresh and not is_known and _is_mine(subject, material, mine):
            yield subject, word


def _fresh(material: Material) -> set[tuple[str, Any]]:
    if "overrides" not in material.tables:
        return set()
    rows = material.tables["overrides"].to_dict("records")
    return {(str(row["subject"]), day(row["date"])) for row in rows if day(row["counts_from"]) >= material.at.period.start}


def _is_mine(subject: str, material: Material, known: Any) -> bool:
    """Whether this role is to be told: by the prefix of the code; of what is no code of anybody's, every role."""
    prefixes = {code.partition("-")[0] for code in known}
    prefix = subject.upper().partition("-")[0]
    return prefix not in prefixes or prefix == "".join(filter(str.isalpha, material.role.id.upper()))
