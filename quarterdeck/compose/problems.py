"""The sections that ask for something: findings, action items, decisions, timeline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from quarterdeck import codec
from quarterdeck.compose.decided import changed
from quarterdeck.compose.material import Material
from quarterdeck.frames import day
from quarterdeck.measure.findings import codes, due, first_due, owner, priority
from quarterdeck.model import Finding, FindingState
from quarterdeck.rules._renamed import current_id

Section = list[dict[str, Any]]
DECISIONS = 3
_OPEN = (FindingState.NEW, FindingState.PERSISTING)
_SETTLED = (FindingState.ACCEPTED, FindingState.FIXED)


def open_findings(material: Material) -> list[Finding]:
    """The role's open findings: the most severe first, new before old, by the money at stake, then as the role reads them."""
    return sorted((f for f in material.role_findings() if f.state in _OPEN), key=rank_of(material))


def rank_of(material: Material) -> Callable[[Finding], tuple[Any, ...]]:
    """What findings are ordered by."""
    order = {rule: number for number, rule in enumerate(material.role.rules)}

    def rank(finding: Finding) -> tuple[Any, ...]:
        stake = finding.money_at_stake.minor if finding.money_at_stake else 0
        place = (order.get(finding.rule, len(order)), finding.rule, finding.tenant, finding.subject)
        return (finding.severity.rank, finding.state is not FindingState.NEW, -stake, *place)

    return rank


def findings(material: Material) -> Section:
    """Open findings in order, then the accepted and the fixed ones; those that nobody could look for stay out."""
    others = sorted((f for f in material.role_findings() if f.state in _SETTLED), key=rank_of(material))
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
        "acceptance_ended": _ended(finding, material),
        "checks": list(finding.checks),
    }


def _acceptance(finding: Finding) -> dict[str, str] | None:
    word = finding.accepted
    return None if word is None else {"until": word.until.isoformat(), "by": word.by, "reason": word.reason}


def _ended(finding: Finding, material: Material) -> dict[str, str] | None:
    """The word that let a finding stand until a day that has passed, where it is open again."""
    if finding.state not in _OPEN or finding.tenant != material.tenant.id or "accepted_findings" not in material.tables:
        return None
    rows = material.tables["accepted_findings"].to_dict("records")
    of = (current_id(finding.rule), finding.subject)
    row = next((row for row in rows if (current_id(row["rule"]), row["subject"]) == of), None)
    if row is None:
        return None
    return {"until": day(row["until"]).isoformat(), "by": row["by"], "reason": row["reason"]}


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
        "what": what_to_do(finding, material),
        "why": title(finding, material),
        "owner": owner(finding),
        "priority": priority(finding).value,
        "effort": finding.remedy.effort.value,
        "due": due(finding, material.at).isoformat(),
        "overrides": overrides(finding, material),
        "card": material.cards.get(finding.fingerprint, {}).get("url"),
    }


def what_to_do(finding: Finding, material: Material) -> str:
    return material.voice.say(finding.remedy.what, finding.facts)


def overrides(finding: Finding, material: Material) -> Section:
    """What people changed of an action and holds now: one entry for each of owner, due day and priority.

    Where somebody else had decided the same before, who that was and when is told too.
    """
    remedy = replace(finding, decisions=())
    planned = {"owner": owner(remedy), "due": first_due(finding, material.at).isoformat(), "priority": priority(remedy).value}
    return changed(planned, finding.decisions)


def decisions(listed: Section) -> Section:
    """The first P1 actions: what this report asks its reader to decide."""
    urgent = [action for action in listed if action["priority"] == "P1"][:DECISIONS]
    return [{"text": action["what"], "action": action["code"], "finding": action["finding"]} for action in urgent]


def timeline(listed: Section, milestones: Section) -> Section:
    """Dates ahead: what is due when, actions and milestones together."""
    dated = [{"date": a["due"], "kind": "action", "ref": a["code"], "text": a["what"]} for a in listed]
    dated += [
        {"date": m["due"], "kind": "milestone", "ref": m["id"], "text": m["title"]}
        for m in milestones
        if m["state"] != "reached"
    ]
    return sorted(dated, key=lambda step: (step["date"], step["kind"], step["ref"]))
