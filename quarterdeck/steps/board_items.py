"""Findings to cards: what a tenant's figures of a period ask for, as a board's plan takes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from quarterdeck.boards.entries import Entry
from quarterdeck.boards.plans import Item
from quarterdeck.boards.records import Content
from quarterdeck.config import TenantSettings
from quarterdeck.measure.findings import codes, due, owner, priority
from quarterdeck.measure.rows import read_findings
from quarterdeck.model import At, Fact, Finding, FindingState
from quarterdeck.period import Period
from quarterdeck.render.clean import clean
from quarterdeck.steps.tables import FIGURES
from quarterdeck.wiring import Parts
from quarterdeck.words import Voice

LABEL = "qd"
_OPEN = (FindingState.NEW, FindingState.PERSISTING)
_EVIDENCE = 5  # rows on a card; the report has more
_LONGEST = 300  # characters of one line


@dataclass(frozen=True, slots=True)
class Asked:
    """What a period asks for of a board: the open findings in order of priority, those that are gone, those accepted.

    Of an accepted one, by whom, until when and why in a few words, and the last day.
    """

    items: tuple[Item, ...]
    gone: frozenset[str]
    accepted: Mapping[str, tuple[str, date | None]] = field(default_factory=dict)


def asked_for(parts: Parts, tenant: TenantSettings, period: Period, entries: Iterable[Entry]) -> Asked | None:
    """What a tenant's figures of a period ask for; None where there are none.

    A finding is gone where the figures of this period or of one since its card was last spoken of say that it was looked for
    and not found, and none says otherwise after that.
    """
    listed = list(entries)
    oldest = min((entry.last_end for entry in listed), default=period.end)
    states: dict[str, Finding] = {}
    now: tuple[Finding, ...] | None = None
    for past in _since(period, oldest):
        now = _findings(parts, tenant, past)
        states |= {finding.fingerprint: finding for finding in now or ()}
    if now is None:
        return None
    at = At(period, str(tenant.currency), tenant.fiscal_year_start or 1)
    open_now = sorted((finding for finding in now if finding.state in _OPEN), key=_rank)
    code_of = codes(now)
    voice = Voice(str(tenant.locale or "en_US"))
    return Asked(
        tuple(_item(finding, code_of[finding.fingerprint], at, voice, parts, tenant) for finding in open_now),
        frozenset(mark for mark, finding in states.items() if finding.state is FindingState.FIXED),
        {finding.fingerprint: _accepted(finding) for finding in now if finding.state is FindingState.ACCEPTED},
    )


def _since(period: Period, oldest: date) -> list[Period]:
    """The periods from the one that ended on a day up to a period, the oldest first; two years of months at most."""
    return [past for past in period.trailing(25) if past.end >= oldest] or [period]


def _findings(parts: Parts, tenant: TenantSettings, period: Period) -> tuple[Finding, ...] | None:
    """The tenant's own findings of a period: the portfolio repeats its members', whose cards are on their boards."""
    manifest = parts.snapshots.current(tenant.id, period.text, FIGURES)
    entry = manifest.find("findings") if manifest else None
    if entry is None:
        return None
    rows = parts.snapshots.read(tenant.id, "findings", entry.digest)
    return tuple(finding for finding in read_findings(rows) if finding.tenant == tenant.id)


def _rank(finding: Finding) -> tuple[object, ...]:
    stake = finding.money_at_stake.minor if finding.money_at_stake else 0
    return (priority(finding).value, finding.severity.rank, -stake, finding.rule, finding.subject)


def _item(finding: Finding, code: str, at: At, voice: Voice, parts: Parts, tenant: TenantSettings) -> Item:
    facts = finding.facts
    title = _line(voice.say(finding.remedy.what, facts))
    lines = [
        _line(voice.say(finding.title, facts)),
        "",
        _line(voice.say(finding.why, facts)),
        *_evidence(finding.evidence, voice),
        "",
        f"Action {code} · {finding.severity.value} · {_line(owner(finding))} · first seen {finding.first_seen}",
        f"Report {tenant.id}_{finding.remedy.owner}_{at.period.text}",
    ]
    if parts.settings.delivery.archive_url:
        lines.append(f"{parts.settings.delivery.archive_url.rstrip('/')}/{tenant.id}/index.html")
    labels = frozenset({LABEL, finding.remedy.owner})
    content = Content(title, "\n".join(lines), priority(finding).value, due(finding, at), labels)
    return Item(finding.fingerprint, finding.rule, finding.severity.value, finding.severity.rank, content)


def _accepted(finding: Finding) -> tuple[str, date | None]:
    word = finding.accepted
    if word is None:
        return "accepted in the settings", None
    return _line(f"accepted by {word.by} until {word.until.isoformat()}: {word.reason}"), word.until


def _evidence(rows: Iterable[Mapping[str, Fact]], voice: Voice) -> list[str]:
    listed = list(rows)
    if not listed:
        return []
    shown = [
        _line("- " + " · ".join(f"{name.replace('_', ' ')} {voice.fact(value)}" for name, value in row.items()))
        for row in listed[:_EVIDENCE]
    ]
    more = [f"- and {len(listed) - _EVIDENCE} more"] if len(listed) > _EVIDENCE else []
    return ["", *shown, *more]


def _line(text: str) -> str:
    """Data as one line that is text on any board: no mention of anybody, nothing that turns the direction of writing."""
    return clean(text, _LONGEST).replace("@", "@\u2060")
