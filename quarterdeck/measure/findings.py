"""Findings of a period: every rule asked once, with fingerprints, action codes, and what was there before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from quarterdeck import codec
from quarterdeck.frames import Tables, day
from quarterdeck.kpis import KPIS
from quarterdeck.measure.decisions import decisions
from quarterdeck.measure.faults import Fault, reason_of
from quarterdeck.measure.inputs import Inputs
from quarterdeck.model import At, Finding, FindingState, KpiValue, Priority, Remedy, Severity, Unavailable
from quarterdeck.people import Acceptance
from quarterdeck.period import Period
from quarterdeck.rules import RULES, Hit, Rule, Scope
from quarterdeck.rules._renamed import current_id, first_id

_FINGERPRINT_VERSION = 1
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U to misread or to mean something
_CODE_LENGTH = 4
_WHOLE = 52  # letters of a whole fingerprint
_PRIORITY = {
    Severity.CRITICAL: Priority.P1,
    Severity.HIGH: Priority.P1,
    Severity.MEDIUM: Priority.P2,
    Severity.LOW: Priority.P3,
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules said: findings, the rules that could not be asked, with the reason, and those whose code failed."""

    findings: tuple[Finding, ...]
    silent: Mapping[str, str]
    faults: tuple[Fault, ...] = ()


def judge(
    tenant: str,
    inputs: Inputs,
    kpis: Sequence[KpiValue],
    at: At,
    earlier: Sequence[Finding],
    scope: Scope = Scope.TENANT,
    broken: Collection[str] = (),
) -> Judged:
    """Ask every rule of a scope, those whose code fails among the silent ones.

    `earlier` are the findings of the period before, fixed ones and other tenants' among them; `broken` are the KPIs whose
    code failed.
    """
    values = {value.id: value for value in kpis}
    found: dict[str, Finding] = {}
    silent: dict[str, str] = {}
    faults: list[Fault] = []
    for rule in RULES.all().values():
        if rule.scope not in (scope, Scope.EVERY):
            continue
        gap = _gap(rule, inputs, at, broken)
        if gap is not None:
            silent[rule.id] = gap.reason
            continue
        try:
            said = _ask(rule, tenant, inputs, values, at)
        except Exception as error:  # noqa: BLE001 - one rule that fails must not take the tenant's figures with it
            silent[rule.id] = reason_of(error)
            faults.append(Fault("rule", rule.id, silent[rule.id]))
            continue
        for finding in said:
            found.setdefault(finding.fingerprint, finding)
    accepted = _accepted(tenant, inputs, at)
    own = (f for f in earlier if f.tenant == tenant and f.state is not FindingState.FIXED)
    known = {f.fingerprint: replace(f, rule=current_id(f.rule)) for f in own}
    unseen = [f for mark, f in known.items() if mark not in found and f.rule in RULES]
    past = [_without(finding, silent, inputs, at, broken, accepted) for finding in unseen]
    present = [_with_past(f, known.get(mark), accepted) for mark, f in found.items()]
    return Judged(decided((*present, *past), inputs.tables, at), silent, tuple(faults))


def fingerprint(tenant: str, rule: str, subject: str) -> str:
    """The identity of a finding over periods: no number, severity, title, source or period is part of it.

    Of a rule that was renamed, the first name is.
    """
    return codec.digest([_FINGERPRINT_VERSION, tenant, first_id(rule), subject])


def codes(findings: Iterable[Finding]) -> dict[str, str]:
    """An action code per fingerprint, as CTO-7K3F: the owner's role and the start of the fingerprint.

    Those that would read alike get longer codes, so that a code names one action of a report set; the others keep theirs.
    """
    waiting = {finding.fingerprint: _prefix(finding.remedy.owner) for finding in findings}
    made: dict[str, str] = {}
    length = _CODE_LENGTH
    while waiting:
        drafts = {mark: f"{prefix}-{_letters(mark, length)}" for mark, prefix in waiting.items()}
        times = Counter(drafts.values())
        made |= {mark: code for mark, code in drafts.items() if times[code] == 1}
        waiting = {mark: prefix for mark, prefix in waiting.items() if mark not in made}
        length += 1
    return made


def owner(finding: Finding) -> str:
    """Whose action it is: a role, or the name of a person to whom it was given."""
    return next((word.owner for word in reversed(finding.decisions) if word.owner), finding.remedy.owner)


def priority(finding: Finding) -> Priority:
    said = next((word.priority for word in reversed(finding.decisions) if word.priority), None)
    return Priority(said) if said else _PRIORITY[finding.severity]


def due(finding: Finding, at: At) -> date:
    """The day the action is due: as it was promised first, or as people have moved it."""
    return next((word.due_on for word in reversed(finding.decisions) if word.due_on), None) or first_due(finding, at)


def first_due(finding: Finding, at: At) -> date:
    """The day an action was due at first: counted from the end of the period that saw the finding, so that it never moves."""
    first = Period.parse(finding.first_seen, fiscal_start=at.fiscal_start)
    return first.end + timedelta(days=finding.remedy.due_days - 1)


def decided(findings: Sequence[Finding], tables: Tables, at: At) -> tuple[Finding, ...]:
    """Findings with what people have decided about their actions, as far as it counts in a period."""
    words = decisions(tables, at, "action")
    return tuple(
        replace(finding, decisions=tuple(word for subject, word in words if is_named(finding, subject))) for finding in findings
    )


def is_named(finding: Finding, subject: str) -> bool:
    """Whether a subject means a finding: its fingerprint, or the code of its action however long the code is printed."""
    prefix, _, letters = subject.upper().partition("-")
    is_code = prefix == _prefix(finding.remedy.owner) and _CODE_LENGTH <= len(letters) <= _WHOLE
    return subject == finding.fingerprint or (is_code and _letters(finding.fingerprint, len(letters)) == letters)


def _gap(rule: Rule, inputs: Inputs, at: At, broken: Collection[str]) -> Unavailable | None:
    """Why a rule cannot be asked: a table of its own, or of a KPI that it reads, cannot be had or does not reach the period.

    A KPI that had its tables and still has no figure is no gap: that there is nothing to work out was measured. One whose
    code failed is.
    """
    for id in rule.kpis:
        if id in broken:
            return Unavailable(f"the KPI {id} failed")
    gaps = (inputs.gap(kpi.tables, at, absent_ok=kpi.absent_ok) for kpi in map(KPIS.get, rule.kpis))
    return inputs.gap(rule.tables, at, absent_ok=rule.absent_ok) or next(filter(None, gaps), None)


def _ask(rule: Rule, tenant: str, inputs: Inputs, values: Mapping[str, KpiValue], at: At) -> list[Finding]:
    frames = inputs.frames(rule.tables, absent_ok=rule.absent_ok)
    if isinstance(frames, Unavailable):
        return []
    arguments = {**frames, "at": inputs.view(_read(rule), at), "kpis": values}
    hits = rule.find(**{name: arguments[name] for name in rule.parameters})
    return [_finding(rule, tenant, hit, at) for hit in hits]


def _read(rule: Rule) -> tuple[str, ...]:
    """The tables that a rule's answer hangs on: its own and those of the KPIs it names."""
    own = (name for name in rule.tables if name not in rule.absent_ok)
    return (*own, *(name for id in rule.kpis for name in KPIS.get(id).tables))


def _finding(rule: Rule, tenant: str, hit: Hit, at: At) -> Finding:
    for row in (hit.facts, *hit.evidence):
        codec.typed_row(row)  # what cannot be stored is a fault of this rule, not of the table of all findings
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
        last_seen=at.period.text,
        field=rule.field,
        checks=rule.checks,
    )


Accepted = Mapping[tuple[str, str], Acceptance]


def _accepted(tenant: str, inputs: Inputs, at: At) -> Accepted:
    """By rule and subject, what the tenant has accepted until the period's last day or longer."""
    if "accepted_findings" not in inputs.tables:
        return {}
    rows = inputs.tables["accepted_findings"]
    own = [
        row
        for row in rows.to_dict("records")
        if row["tenant"] == tenant and day(row["until"]) >= at.period.end - timedelta(days=1)
    ]
    return {(current_id(row["rule"]), row["subject"]): Acceptance(day(row["until"]), row["by"], row["reason"]) for row in own}


def _with_past(finding: Finding, earlier: Finding | None, accepted: Accepted) -> Finding:
    """A finding with its past, and with who has accepted it. When that ends, it is one among those that persist."""
    word = accepted.get((finding.rule, finding.subject))
    state = FindingState.PERSISTING if earlier else FindingState.NEW
    first_seen = earlier.first_seen if earlier else finding.first_seen
    return replace(finding, state=FindingState.ACCEPTED if word else state, first_seen=first_seen, accepted=word)


def _without(
    finding: Finding, silent: Mapping[str, str], inputs: Inputs, at: At, broken: Collection[str], accepted: Accepted
) -> Finding:
    """A finding that was not found again: fixed, unless nobody could look; what is accepted then stays accepted."""
    # A rule over all KPIs (it names none) has a KPI as its subject; where that one lacks data, nobody looked at it.
    rule = RULES.get(finding.rule)
    subject = None if rule.kpis or finding.subject not in KPIS else KPIS.get(finding.subject)
    about, dispensable = (subject.tables, subject.absent_ok) if subject else ((), frozenset[str]())
    is_blind = inputs.gap(about, at, absent_ok=dispensable) is not None or (bool(about) and finding.subject in broken)
    is_part = inputs.view((*_read(rule), *about), at).until is not None  # what is missing may hold it still
    if not (rule.id in silent or is_blind or is_part):
        return replace(finding, state=FindingState.FIXED, accepted=None)
    word = accepted.get((finding.rule, finding.subject))
    return replace(finding, state=FindingState.ACCEPTED if word else FindingState.UNCHECKED, accepted=word)


def _prefix(owner: str) -> str:
    return "".join(letter for letter in owner.upper() if letter.isalpha())


def _letters(mark: str, length: int) -> str:
    bits = int(mark, 16) << 5  # so that the last letter of 256 bits is whole
    return "".join(_ALPHABET[bits >> (4 * len(mark) - 5 * i) & 31] for i in range(length))
