"""The sections that ask for something: findings, action items, decisions, promises, timeline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from quarterdeck import codec
from quarterdeck.compose.material import Material
from quarterdeck.measure.findings import codes, due, priority
from quarterdeck.model import Finding, FindingState

Section = list[dict[str, Any]]
DECISIONS = 3
_OPEN = (FindingState.NEW, FindingState.PERSISTING)
_SETTLED = (FindingState.ACCEPTED, FindingState.FIXED)
_SAID = {"done": "said_done", "accepted": "accepted"}
_PROMISED = (FindingState.FIXED, FindingState.PERSISTING, FindingState.UNCHECKED)


def open_findings(material: Material) -> list[Finding]:
    """The role's open findings: the most severe first, new before old, by the money at stake, then as the role reads them."""
    return sorted((f for f in material.role_findings() if f.state in _OPEN), key=_ranks(material))


def _ranks(material: Material) -> Callable[[Finding], tuple[Any, ...]]:
    order = {rule: number for number, rule in enumerate(material.role.rules)}

    def rank(finding: Finding) -> tuple[Any, ...]:
        stake = finding.money_at_stake.minor if finding.money_at_stake else 0
        place = (order.get(finding.rule, len(order)), finding.rule, finding.tenant, finding.subject)
        return (finding.severity.rank, finding.state is not FindingState.NEW, -stake, *place)

    return rank


def findings(material: Material) -> Section:
    """Open findings in order, then the accepted and the fixed ones; those that nobody could look for stay out."""
    others = sorted((f for f in material.role_findings() if f.state in _SETTLED), key=_ranks(material))
    return [_finding(finding, material) for finding in (*open_findings(material), *others)]


def _finding(finding: Finding, material: Material) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "fingerprint": finding.fingerprint,
        "tenant": finding.tenant,
        "severity": finding.severity.value,
        "title": title(finding, material),
        "why": material.voice.say(finding.why, finding.facts),
        "subject": finding.subject,
        "evidence": [{name: codec.plain(fact) for name, fact in row.items()} for row in finding.evidence],
        "money_at_stake": codec.plain(finding.money_at_stake),
        "first_seen": finding.first_seen,
        "last_seen": finding.last_seen,
        "state": finding.state.value,
        "accepted": _acceptance(finding),
        "checks": list(finding.checks),
    }


def _acceptance(finding: Finding) -> dict[str, str] | None:
    word = finding.accepted
    return None if word is None else {"until": word.until.isoformat(), "by": word.by, "reason": word.reason}


def title(finding: Finding, material: Material) -> str:
    """The finding in one line; the tenant's name goes first in somebody else's report."""
    text = material.voice.say(finding.title, finding.facts)
    return text if finding.tenant == material.tenant.id else f"{_name(finding, material)}: {text}"


def _name(finding: Finding, material: Material) -> str:
    return material.tenant.names.get(finding.tenant, finding.tenant)


def actions(material: Material) -> Section:
    """One action item per open finding: P1 first, then by due date."""
    code_of = codes(material.findings)
    made = [_action(finding, code_of[finding.fingerprint], material) for finding in open_findings(material)]
    return sorted(made, key=lambda action: (action["priority"], action["due"]))  # sorting is stable: severity stays


def _action(finding: Finding, code: str, material: Material) -> dict[str, Any]:
    return {
        "code": code,
        "finding": finding.fingerprint,
        "tenant": finding.tenant,
        "what": _what(finding, material),
        "why": title(finding, material),
        "owner": finding.remedy.owner,
        "priority": priority(finding).value,
        "effort": finding.remedy.effort.value,
        "due": due(finding, material.at).isoformat(),
        "card": material.cards.get(finding.fingerprint, {}).get("url"),
    }


def _what(finding: Finding, material: Material) -> str:
    return material.voice.say(finding.remedy.what, finding.facts)


def decisions(listed: Section) -> Section:
    """The first P1 actions: what this report asks its reader to decide."""
    urgent = [action for action in listed if action["priority"] == "P1"][:DECISIONS]
    return [{"text": action["what"], "action": action["code"], "finding": action["finding"]} for action in urgent]


def promises(material: Material) -> Section:
    """What earlier reports asked for, and what became of it: what is done first."""
    code_of, rank = codes(material.findings), _ranks(material)
    asked = (f for f in material.role_findings() if f.state in _PROMISED)
    ordered = sorted(asked, key=lambda f: (f.state is not FindingState.FIXED, *rank(f)))
    return [_promise(finding, code_of[finding.fingerprint], material) for finding in ordered]


def _promise(finding: Finding, code: str, material: Material) -> dict[str, Any]:
    until = due(finding, material.at)
    return {
        "code": code,
        "what": _what(finding, material),
        "owner": finding.remedy.owner,
        "due": until.isoformat(),
        "outcome": _outcome(finding, until, material),
    }


def _outcome(finding: Finding, until: date, material: Material) -> str:
    """What became of a promise: the figures say that it is done, else people do, by what they did with its card."""
    if finding.state is FindingState.FIXED:
        return "done"
    column = material.cards.get(finding.fingerprint, {}).get("column")
    if column in _SAID:
        return _SAID[column]
    if until < material.at.end:
        return "late"
    return "doing" if column == "doing" else "open"


def timeline(listed: Section, milestones: Section) -> Section:
    """Dates ahead: what is due when, actions and milestones together."""
    dated = [{"date": a["due"], "kind": "action", "ref": a["code"], "text": a["what"]} for a in listed]
    dated += [
        {"date": m["due"], "kind": "milestone", "ref": m["id"], "text": m["title"]}
        for m in milestones
        if m["state"] != "reached"
    ]
    return sorted(dated, key=lambda step: (step["date"], step["kind"], step["ref"]))
