"""A filed revision in brief: what lists, histories and grids say of a report, so that nobody reads all of it again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from quarterdeck.render.clean import PROSE, clean
from quarterdeck.render.site import paths

Json = Mapping[str, Any]
OPEN = frozenset({"new", "persisting"})
SEVERITIES = ("critical", "high", "medium", "low")
_LINE = 60  # characters of a figure, a label of a period, a time zone


@dataclass(frozen=True, slots=True)
class Reading:
    """One KPI as a report showed it; `value` is as in report.json, None where it could not be worked out."""

    id: str
    display: str
    value: Any
    state: str
    grade: str


@dataclass(frozen=True, slots=True)
class Brief:
    """One filed revision. Texts are clean, `start` and `end` ISO days, `filed_at` an ISO instant or empty if not known."""

    tenant: str
    role: str
    period: str
    revision: str
    name: str
    title: str
    label: str
    kind: str
    portfolio: str
    start: str
    end: str
    locale: str
    timezone: str
    accent: str | None
    grade: str
    sentence: str
    states: Mapping[str, int]
    open: Mapping[str, int]
    kpis: tuple[Reading, ...]
    filed_at: str = ""

    @property
    def key(self) -> str:
        return paths.report_page(self.tenant, self.role, self.period, self.revision)

    @property
    def report_id(self) -> str:
        return f"{self.tenant}_{self.role}_{self.period}"

    @property
    def open_total(self) -> int:
        return sum(self.open.values())

    @property
    def worst(self) -> str:
        """The severity of its worst open finding; empty where nothing is open."""
        return next((severity for severity in SEVERITIES if self.open.get(severity)), "")

    def reading(self, kpi: str) -> Reading | None:
        return next((reading for reading in self.kpis if reading.id == kpi), None)


def brief(document: Json, filed_at: str = "") -> Brief:
    """The brief of a report; KPIs whose ids are none are left out, for they can have no page."""
    heading = document["heading"]
    open_findings = Counter(finding["severity"] for finding in document["findings"] if finding["state"] in OPEN)
    return Brief(
        tenant=document["tenant"],
        role=document["role"],
        period=document["period"],
        revision=document["revision"],
        name=clean(heading["tenant"]),
        title=clean(heading["role"]),
        label=clean(heading["period"], _LINE),
        kind=heading["kind"],
        portfolio=clean(heading["portfolio"]),
        start=heading["start"],
        end=heading["end"],
        locale=document["locale"],
        timezone=clean(document["timezone"], _LINE),
        accent=heading["accent"],
        grade=document["grade"],
        sentence=clean(document["bottom_line"]["sentence"]["text"], PROSE),
        states=dict(sorted(Counter(kpi["state"] for kpi in document["kpis"]).items())),
        open=dict(sorted(open_findings.items())),
        kpis=tuple(_reading(kpi) for kpi in document["kpis"] if paths.is_id(kpi["id"])),
        filed_at=filed_at,
    )


def _reading(kpi: Json) -> Reading:
    return Reading(
        id=kpi["id"],
        display=clean(kpi["display"], _LINE),
        value=kpi["value"],
        state=kpi["state"],
        grade=kpi["grade"],
    )


def from_json(row: Json) -> Brief:
    """The brief of its own `asdict`, as JSON gives it back; KeyError or TypeError where it is none."""
    kpis = tuple(Reading(**reading) for reading in row["kpis"])
    return Brief(**{field.name: row[field.name] for field in fields(Brief) if field.name != "kpis"}, kpis=kpis)


def rank(brief: Brief) -> tuple[bool, str]:
    """The order of roles on a page: the chief executive's report first, then by name."""
    return (brief.role != "ceo", brief.role)


def latest(briefs: Mapping[tuple[str, str], Brief]) -> tuple[Brief, ...]:
    """The report of the latest period of each role, in the order of roles; `briefs` are the current ones by role and period."""
    newest: dict[str, Brief] = {}
    for found in sorted(briefs.values(), key=lambda b: (b.end, b.start)):
        newest[found.role] = found
    return tuple(sorted(newest.values(), key=rank))
