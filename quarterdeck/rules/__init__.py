"""What is wrong: one decorated function per finding, with its remedy.

A rule takes the tables it names, `kpis` (KPI values by id) and `at`, and yields a `Hit` for every subject in which it
finds the fault. What it says are templates with named slots; the slots are filled from the hit's facts when the report is
written, in the tenant's locale, so that no rule formats a figure:

    @rule(
        "runway_short", severity=Severity.HIGH, owner="cfo", effort=Effort.M, due_days=30,
        title="Cash lasts {months} at the burn of the last three months",
        why="Below {floor} one late payment cannot be absorbed.",
        remedy="Bring net burn under {allowed} a month",
    )
    def runway_short(kpis, at): ...

Tables in `absent_ok` arrive as empty frames when **no source is configured** to give them (absence that was measured); a
table whose source failed always makes the rule unavailable, since a missing file proves nothing.
To add a rule: one function in the file of its field, and its id in the role files that show it. To rename one: `_renamed.py`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from quarterdeck.model import Effort, Fact, Severity
from quarterdeck.money import Money
from quarterdeck.registry import Registry


@dataclass(frozen=True, slots=True)
class Hit:
    """One subject in which a rule found its fault. `subject` is stable over periods: a name, never a number or a date."""

    subject: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    evidence: tuple[Mapping[str, Fact], ...] = ()
    money_at_stake: Money | None = None
    severity: Severity | None = None  # where this hit is worse or milder than the rule's usual


class Scope(StrEnum):
    """Whose tables a rule is asked about: a company's or unit's own, the portfolio's put together, or everybody's.

    EVERY is for rules about what a tenant has set for itself, as milestones and targets: the portfolio has its own.
    """

    TENANT = "tenant"
    PORTFOLIO = "portfolio"
    EVERY = "every"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as declared; see the package for the meaning of its templates."""

    id: str
    severity: Severity
    owner: str
    effort: Effort
    due_days: int
    title: str
    why: str
    remedy: str
    scope: Scope
    parameters: frozenset[str]
    tables: tuple[str, ...]
    absent_ok: frozenset[str]
    kpis: tuple[str, ...]
    definition: str
    find: Callable[..., Iterable[Hit]]
    checks: tuple[str, ...] = ()
    close_after: int = 1

    @property
    def field(self) -> str:
        """The file that it stands in: cloud_security, finance ..."""
        return self.find.__module__.rpartition(".")[2]


RULES: Registry[Rule] = Registry("rules", "quarterdeck.rules")


def owners() -> frozenset[str]:
    """The roles that some rule asks to do something."""
    return frozenset(rule.owner for rule in RULES.all().values())


def rule(
    id: str,
    *,
    severity: Severity,
    owner: str,
    effort: Effort,
    due_days: int,
    title: str,
    why: str,
    remedy: str,
    scope: Scope = Scope.TENANT,
    absent_ok: tuple[str, ...] = (),
    kpis: tuple[str, ...] = (),
    checks: tuple[str, ...] = (),
    close_after: int = 1,
) -> Callable[[Callable[..., Iterable[Hit]]], Callable[..., Iterable[Hit]]]:
    """Make a function known as a rule. `kpis` names the KPI ids it reads; an unavailable one makes the rule silent.

    `owner` is the role that acts, `due_days` counts from the end of the period. `checks` are the ids of the checks of
    Prowler that look for the same, where there are any. `close_after` is for how many periods in a row a finding must be gone
    before its card is closed: more than one where what it reads goes up and down around a threshold.
    """

    def known(find: Callable[..., Iterable[Hit]]) -> Callable[..., Iterable[Hit]]:
        parameters = tuple(inspect.signature(find).parameters)
        tables = tuple(name for name in parameters if name not in ("at", "kpis"))
        definition = (inspect.getdoc(find) or "").partition("\n")[0]
        declared = Rule(
            id, severity, owner, effort, due_days, title, why, remedy, scope,
            frozenset(parameters), tables, frozenset(absent_ok), kpis, definition, find, checks, close_after,
        )  # fmt: skip
        RULES.add(id, declared)
        return find

    return known
