"""The words of the domain, as frozen records that travel between modules.

Nothing in here reads, writes, formats or decides. The words are those of the design: portfolio, tenant, role,
period, snapshot, KPI, finding, action item, milestone, report, delivery, card.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from quarterdeck.money import Money
from quarterdeck.people import Acceptance, Decision
from quarterdeck.period import Period, PeriodKind, add_months


class TenantKind(StrEnum):
    """What a tenant is; the portfolio is itself a tenant."""

    COMPANY = "company"
    UNIT = "unit"
    PORTFOLIO = "portfolio"


class Unit(StrEnum):
    """What a figure counts. A ratio of 0.0812 is shown as 8.1 %, times of 1.8 as 1.8x; the others with their word."""

    MONEY = "money"
    COUNT = "count"
    RATIO = "ratio"
    TIMES = "times"
    DAYS = "days"
    MONTHS = "months"
    HOURS = "hours"


class Direction(StrEnum):
    """Which way is good. It, and never the sign of a change, decides between favourable and unfavourable."""

    UP = "up"
    DOWN = "down"
    NEUTRAL = "neutral"


class State(StrEnum):
    """The state of a KPI against its target."""

    GOOD = "good"
    WATCH = "watch"
    BAD = "bad"
    NO_TARGET = "no_target"
    UNAVAILABLE = "unavailable"


class Grade(StrEnum):
    """Confidence in a figure, A to D; see `measure.values.grade_of` for what earns which."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Severity(StrEnum):
    """How bad a finding is; `rank` is 0 for the worst."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


class Priority(StrEnum):
    """P1 is done first."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"


class Effort(StrEnum):
    """Small: within a day. Medium: within a week. Large: longer."""

    S = "S"
    M = "M"
    L = "L"


class FindingState(StrEnum):
    """What became of a finding since the period before.

    `unchecked` is remembered and shown in no report: its rule could not be asked, so nobody knows whether it is still there.
    """

    NEW = "new"
    PERSISTING = "persisting"
    FIXED = "fixed"
    ACCEPTED = "accepted"
    UNCHECKED = "unchecked"


Figure = Money | Decimal | int
Fact = Money | Decimal | int | date | str


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A KPI that cannot be worked out, why, and what data it would take. Never a zero in its place."""

    reason: str
    needs: str = ""


@dataclass(frozen=True, slots=True)
class At:
    """The moment a figure is worked out for: a period, in the currency of the tenant.

    `start` and `end` are the civil days `[start, end)` that the `date` columns of the tables are compared with. `until` is
    set where the tables stop well before the period's end: then that is the end.
    """

    period: Period
    currency: str
    fiscal_start: int = 1
    until: date | None = None

    @property
    def start(self) -> date:
        return self.period.start

    @property
    def end(self) -> date:
        return self.until or self.period.end

    def months_back(self, months: int) -> date:
        """The first day of the window of so many months that ends where the period ends."""
        return add_months(self.end, -months)

    @property
    def window_before(self) -> tuple[date, date]:
        """The same window of the period before: all of it, or its first days where this one is known in part only."""
        earlier = self.period.previous()
        if self.end >= self.period.end:
            return earlier.start, earlier.end
        return earlier.start, min(earlier.start + (self.end - self.start), earlier.end)

    @property
    def months(self) -> Decimal:
        """The length in months, to state a flow as a rate per month: 1, 3, 12, or days/30.4375 for a week or a part."""
        whole = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}
        if self.period.kind in whole and self.until is None:
            return Decimal(whole[self.period.kind])
        return Decimal((self.end - self.start).days) / Decimal("30.4375")

    def of(self, period: Period) -> At:
        """The same reader's point of view on another period."""
        return At(period, self.currency, self.fiscal_start)


@dataclass(frozen=True, slots=True)
class KpiValue:
    """One KPI of one tenant for one period, with what it is compared to.

    `value` is None exactly when `state` is `unavailable`, and then `unavailable_reason` says why. `series` holds
    the trailing twelve periods, oldest first, the period itself last, None where there was no data.
    """

    id: str
    label: str
    unit: Unit
    direction: Direction
    formula: str
    version: int
    tables: tuple[str, ...]
    value: Figure | None
    previous: Figure | None = None
    last_year: Figure | None = None
    target: Figure | None = None
    state: State = State.NO_TARGET
    grade: Grade = Grade.A
    unavailable_reason: str = ""
    needs: str = ""
    series: tuple[Figure | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do about a finding, by which role, how much work, and within how many days of the period's end."""

    what: str
    owner: str
    effort: Effort
    due_days: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong, found by a rule, with its evidence.

    `title`, `why` and `remedy.what` are sentences with named slots that `facts` fill ("{live} of {wanted} channels");
    the words are put in later, in the tenant's locale. The fingerprint is made of the origin tenant, the rule and the
    subject alone, so that it is the same next month and in the portfolio's report. `field` is the file of its rule, `checks`
    are those of Prowler that look for the same. `first_seen` and `last_seen` are periods. `decisions` are what people decided
    about its action, the oldest first: of each thing that they change, the newest holds.
    """

    tenant: str
    rule: str
    subject: str
    severity: Severity
    title: str
    why: str
    remedy: Remedy
    facts: Mapping[str, Fact] = field(default_factory=dict)
    evidence: tuple[Mapping[str, Fact], ...] = ()
    money_at_stake: Money | None = None
    state: FindingState = FindingState.NEW
    first_seen: str = ""
    fingerprint: str = ""
    last_seen: str = ""
    field: str = ""
    checks: tuple[str, ...] = ()
    accepted: Acceptance | None = None
    decisions: tuple[Decision, ...] = ()


class ColumnKind(StrEnum):
    """How a column of a report's table is set: text to the left, figures to the right."""

    TEXT = "text"
    MONEY = "money"
    COUNT = "count"
    RATIO = "ratio"
    DATE = "date"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class ExhibitColumn:
    """One column of an exhibit; the currency of a money column stands in its cells."""

    id: str
    label: str
    kind: ColumnKind = ColumnKind.TEXT


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A table of a report. A row holds one fact per column, None where there is no data."""

    id: str
    title: str
    columns: tuple[ExhibitColumn, ...]
    rows: tuple[tuple[Fact | None, ...], ...]
    note: str = ""
    total_row: bool = False


@dataclass(frozen=True, slots=True)
class Role:
    """What one role reads, in this order. Policy of a role file in reports/: what to show, nothing about how.

    `kpis`, `rules` and `exhibits` are ids; a test holds them against the registries. `headline` names the KPIs that
    the bottom line speaks of, the most important first. `charts` are exhibits that `compose.charts` can draw, and KPIs as
    `trend_cash` or `columns_deployments`. `kinds` are the kinds of tenants that have the role by default; a role without any
    is made for those whose settings name it. With `ledger` its workbook has every posting of the period. `parts` are sections
    that only some roles have: agenda, and of a portfolio attention, siblings, movers.
    """

    id: str
    title: str
    kpis: tuple[str, ...]
    rules: tuple[str, ...]
    exhibits: tuple[str, ...] = ()
    headline: tuple[str, ...] = ()
    charts: tuple[str, ...] = ()
    kinds: tuple[TenantKind, ...] = (TenantKind.COMPANY, TenantKind.PORTFOLIO)
    ledger: bool = False
    parts: tuple[str, ...] = ()
