"""The attention budget: everything that any report found, of all tenants and roles, in the order in which it is worth a look.

    score = money at stake x urgency x hands

Money is in whole units of the portfolio's currency; where a finding states none, its severity stands for a sum (ASSUMED), and
the line says so. Urgency is the severity's weight times that of the day it is due. Hands say how readily its owner can act:
by how little work it is. All factors stand in the line, so that a reader can work out the order again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from quarterdeck import codec
from quarterdeck.compose.material import Material
from quarterdeck.compose.problems import title
from quarterdeck.exchange import NoRate, Rates
from quarterdeck.measure.findings import codes, due
from quarterdeck.model import Effort, Finding, FindingState, Severity, TenantKind
from quarterdeck.money import Money, exponent, round_half_even

PART = "attention"
LINES = 10  # of a mail
ASSUMED: Mapping[Severity, int] = {
    Severity.CRITICAL: 10_000,
    Severity.HIGH: 3_000,
    Severity.MEDIUM: 500,
    Severity.LOW: 100,
}
_WEIGHT = {Severity.CRITICAL: 8, Severity.HIGH: 4, Severity.MEDIUM: 2, Severity.LOW: 1}
_OVERDUE, _SOON, _LATER = 3, 2, 1
_SOON_DAYS = 30
_HANDS = {Effort.S: 3, Effort.M: 2, Effort.L: 1}
_ALARMING = (Severity.CRITICAL, Severity.HIGH)
_OPEN = (FindingState.NEW, FindingState.PERSISTING)
_FIGURES = "figures"  # source of a member's own findings in the pulls
_ARITHMETIC = (
    "Money at stake × urgency × hands. Urgency: severity (critical 8, high 4, medium 2, low 1) times 3 where overdue, 2 where "
    "due within 30 days, else 1. Hands: 3 for work of a day, 2 of a week, 1 of more. Where no money is stated, it counts as "
    "{critical}, {high}, {medium} or {low} by severity, marked ≈."
)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A finding with the factors of its score. `is_assumed` where the sum stands for its severity."""

    finding: Finding
    due: date
    stake: Money
    is_assumed: bool
    urgency: int
    hands: int

    @property
    def score(self) -> int:
        """In whole units of the currency, rounded once."""
        minor = self.stake.minor * self.urgency * self.hands
        return round_half_even(Fraction(minor, 10 ** exponent(self.stake.currency)))


def attention(material: Material) -> dict[str, Any] | None:
    """The section of a portfolio's report whose role has it: every open finding, the most urgent money first."""
    if PART not in material.role.parts or material.tenant.kind is not TenantKind.PORTFOLIO:
        return None
    ranked = weighed(material)
    code_of = codes(material.findings)
    return {
        "arithmetic": material.voice.say(_ARITHMETIC, {s.value: _assumed(s, material) for s in Severity}),
        "lines": [_line(each, code_of[each.finding.fingerprint], material) for each in ranked],
        "healthy": _healthy(ranked, material),
    }


def weighed(material: Material) -> list[Weighed]:
    """All open findings by their score; those of one score by severity, due date, and what they are called."""
    rates = Rates([material.tables["rates"]] if "rates" in material.tables else [], material.at.currency, material.at.end)
    found = (_weigh(finding, rates, material) for finding in material.findings if finding.state in _OPEN)
    return sorted(found, key=lambda w: (-w.score, w.finding.severity.rank, w.due, w.finding.tenant, w.finding.fingerprint))


def _weigh(finding: Finding, rates: Rates, material: Material) -> Weighed:
    stake = _stake(finding, rates)
    until = due(finding, material.at)
    return Weighed(
        finding=finding,
        due=until,
        stake=stake or _assumed(finding.severity, material),
        is_assumed=stake is None,
        urgency=_WEIGHT[finding.severity] * _time(until, material.at.end),
        hands=_HANDS[finding.remedy.effort],
    )


def _stake(finding: Finding, rates: Rates) -> Money | None:
    """The money at stake in the portfolio's currency; None where none is stated, or no rate is known for it."""
    stated = finding.money_at_stake
    if stated is None or stated.minor == 0:
        return None
    try:
        factor = rates.factor(stated.currency, rates.on(stated.currency, rates.last))
    except NoRate:
        return None
    return Money(abs(round_half_even(stated.minor * factor)), rates.currency)


def _assumed(severity: Severity, material: Material) -> Money:
    return Money(ASSUMED[severity] * 10 ** exponent(material.at.currency), material.at.currency)


def _time(until: date, end: date) -> int:
    if until < end:
        return _OVERDUE
    return _SOON if until < end + timedelta(days=_SOON_DAYS) else _LATER


def _line(weighed: Weighed, code: str, material: Material) -> dict[str, Any]:
    finding = weighed.finding
    return {
        "code": code,
        "finding": finding.fingerprint,
        "tenant": finding.tenant,
        "severity": finding.severity.value,
        "title": title(finding, material),
        "what": material.voice.say(finding.remedy.what, finding.facts),
        "owner": finding.remedy.owner,
        "due": weighed.due.isoformat(),
        "stake": codec.plain(weighed.stake),
        "is_assumed": weighed.is_assumed,
        "urgency": weighed.urgency,
        "hands": weighed.hands,
        "score": codec.number(weighed.score),
    }


def _healthy(ranked: list[Weighed], material: Material) -> list[dict[str, str]]:
    """One line for every tenant of whom nothing alarming is open; none for one whom nobody could look at."""
    counts: dict[str, int] = {}
    alarming = set()
    for each in ranked:
        counts[each.finding.tenant] = counts.get(each.finding.tenant, 0) + 1
        if each.finding.severity in _ALARMING:
            alarming.add(each.finding.tenant)
    calm = sorted(_looked_at(material) - alarming, key=lambda tenant: (material.tenant.names.get(tenant, tenant), tenant))
    return [{"tenant": tenant, "text": _calm(tenant, counts.get(tenant, 0), material)} for tenant in calm]


def _looked_at(material: Material) -> set[str]:
    """The tenants whose own findings were worked out, and none of whose sources failed."""
    pulls = material.tables["pulls"]
    judged = pulls[(pulls["source"] == _FIGURES) & (pulls["table"] == "findings")]
    failed = pulls[pulls["status"] == "failed"]
    return {*judged["tenant"]} - {*failed["tenant"]} - {material.tenant.id}


def _calm(tenant: str, count: int, material: Material) -> str:
    name = material.tenant.names.get(tenant, tenant)
    if not count:
        return f"{name}: no finding is open."
    return f"{name}: {material.voice.count(count, 'finding is open', 'findings are open')}, none of them high or critical."
