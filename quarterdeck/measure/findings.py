"""Findings of a period: every rule asked once, with fingerprints, action codes, and what was there before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from quarterdeck import codec
from quarterdeck.measure.inputs import Inputs
from quarterdeck.model import At, Finding, FindingState, KpiValue, Priority, Remedy, Severity, Unavailable
from quarterdeck.period import Period
from quarterdeck.rules import RULES, Hit, Rule, Scope

_FINGERPRINT_VERSION = 1
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U to misread or to mean something
_CODE_LENGTH = 4
_PRIORITY = {
    Severity.CRITICAL: Priority.P1,
    Severity.HIGH: Priority.P1,
    Severity.MEDIUM: Priority.P2,
    Severity.LOW: Priority.P3,
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules said: findings, and the rules that could not be asked, with the reason."""

    findings: tuple[Finding, ...]
    silent: Mapping[str, str]


def judge(
    tenant: str, inputs: Inputs, kpis: Sequence[KpiValue], at: At, earlier: Sequence[Finding], scope: Scope = Scope.TENANT
) -> Judged:
    """Ask every rule of a scope. `earlier` are the findings of the period before, fixed ones among them."""
    values = {value.id: value for value in kpis}
    found: dict[str, Finding] = {}
    silent: dict[str, str] = {}
    for rule in RULES.all().values():
        if rule.scope is not scope:
            continue
        frames = inputs.frames(rule.tables, absent_ok=rule.absent_ok)
        if isinstance(frames, Unavailable):
            silent[rule.id] = frames.reason
            continue
        for finding in _ask(rule, tenant, frames, values, at):
            found.setdefault(finding.fingerprint, finding)
    return Judged(tuple(_with_past(found, earlier, silent)), silent)


def fingerprint(tenant: str, rule: str, subject: str) -> str:
    """The identity of a finding over periods: no number, severity, title, source or period is part of it."""
    return codec.digest([_FINGERPRINT_VERSION, tenant, rule, subject])


def codes(findings: Iterable[Finding]) -> dict[str, str]:
    """An action code per fingerprint, as CTO-7K3F: the owner's role and the start of the fingerprint.

    Two that would read alike get a longer code, so that a code names one action of a report set.
    """
    listed = list(findings)
    length = _CODE_LENGTH
    while True:
        made = {f.fingerprint: f"{_prefix(f.remedy.owner)}-{_letters(f.fingerprint, length)}" for f in listed}
        if len(set(made.values())) == len(made):
            return made
        length += 1


def priority(finding: Finding) -> Priority:
    return _PRIORITY[finding.severity]


def due(finding: Finding, at: At) -> date:
    """The day the action is due: counted from the end of the period that saw the finding first, so that it never moves."""
    first = Period.parse(finding.first_seen, fiscal_start=at.fiscal_start)
    return first.end + timedelta(days=finding.remedy.due_days - 1)


def _ask(rule: Rule, tenant: str, frames: Mapping[str, object], values: Mapping[str, KpiValue], at: At) -> Iterable[Finding]:
    arguments = {**frames, "at": at, "kpis": values}
    for hit in rule.find(**{name: arguments[name] for name in rule.parameters}):
        yield _finding(rule, tenant, hit, at)


def _finding(rule: Rule, tenant: str, hit: Hit, at: At) -> Finding:
    return Finding(
        tenant=tenant,
        rule=rule.id,
        subject=hit.subject,
        severity=hit.severity or rule.severity,
        title=rule.title,
        why=rule.why,
        remedy=Remedy(rule.remedy, rule.owner, rule.effort, rule.due_days),
        facts=dict(hit.facts),
        evidence=tuple(hit.evidence),
        money_at_stake=hit.money_at_stake,
        state=FindingState.NEW,
        first_seen=at.period.text,
        fingerprint=fingerprint(tenant, rule.id, hit.subject),
    )


def _with_past(found: Mapping[str, Finding], earlier: Sequence[Finding], silent: Mapping[str, str]) -> Iterable[Finding]:
    known = {finding.fingerprint: finding for finding in earlier if finding.state is not FindingState.FIXED}
    for mark, finding in found.items():
        if mark in known:
            yield replace(finding, state=FindingState.PERSISTING, first_seen=known[mark].first_seen)
        else:
            yield finding
    # A rule that could not be asked proves nothing: only what a rule looked for and did not find is fixed.
    for mark, finding in known.items():
        if mark not in found and finding.rule not in silent and finding.rule in RULES:
            yield replace(finding, state=FindingState.FIXED)


def _prefix(owner: str) -> str:
    return "".join(letter for letter in owner.upper() if letter.isalpha())


def _letters(mark: str, length: int) -> str:
    number = int(mark[:16], 16)
    return "".join(_ALPHABET[number >> (64 - 5 * (i + 1)) & 31] for i in range(length))
