"""Everything one report is made of, as it comes out of the snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from quarterdeck.exhibits import EXHIBITS
from quarterdeck.frames import Tables
from quarterdeck.measure.faults import Fault
from quarterdeck.measure.inputs import base_tables
from quarterdeck.model import At, Exhibit, Figure, Finding, KpiValue, Role, TenantKind
from quarterdeck.rules import RULES
from quarterdeck.words import Voice


@dataclass(frozen=True, slots=True)
class Logo:
    """A tenant's logo as the report names it: the sha256 of the PNG that goes along, and its size in pixels."""

    digest: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class TenantFacts:
    """How the tenant is set up, as far as a reader sees it. `names` are the names of all tenants of the report."""

    id: str
    name: str
    kind: TenantKind
    timezone: str
    locale: str
    accent: str | None
    portfolio: str
    names: Mapping[str, str]
    accent2: str | None = None
    logo: Logo | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot that the report stands on."""

    tenant: str
    table: str
    source: str
    digest: str
    rows: int


@dataclass(frozen=True, slots=True)
class Material:
    """A role's report in the raw: the tenant's KPI values and findings of a period, its tables, and where they came from.

    `findings` are all of the tenant's (for the portfolio: all of its tenants'); the role picks. `tables` serve the
    notices and milestones, `exhibits` are the role's, ready made. `faults` are the KPIs and rules whose code failed.
    `charted` are the exhibits that its charts show, `year_before` the trends of a year before by KPI. `restatements` are the
    rows of the table of that name, of all roles. `ledger` says how many postings the workbook has, and their sha256.
    `members` are the KPI values of a portfolio's tenants, by tenant, as their own reports have them.
    """

    tenant: TenantFacts
    role: Role
    at: At
    kpis: tuple[KpiValue, ...]
    findings: tuple[Finding, ...]
    tables: Tables
    exhibits: tuple[Exhibit, ...]
    snapshots: tuple[Snapshot, ...]
    code_version: str
    faults: tuple[Fault, ...] = ()
    charted: tuple[Exhibit, ...] = ()
    year_before: Mapping[str, tuple[Figure | None, ...]] = field(default_factory=dict)
    restatements: tuple[Mapping[str, Any], ...] = ()
    ledger: Mapping[str, Any] | None = None
    members: Mapping[str, tuple[KpiValue, ...]] = field(default_factory=dict)

    @property
    def voice(self) -> Voice:
        return Voice(self.tenant.locale)

    @property
    def cards(self) -> Mapping[str, Mapping[str, str]]:
        """By fingerprint, the card of a finding: `url` and `column`."""
        if "cards" not in self.tables:
            return {}
        rows = self.tables["cards"][["fingerprint", "url", "column"]]
        return {str(mark): {"url": str(url), "column": str(column)} for mark, url, column in rows.itertuples(index=False)}

    def role_kpis(self) -> tuple[KpiValue, ...]:
        """The role's KPIs in its reading order."""
        known = {value.id: value for value in self.kpis}
        return tuple(known[id] for id in self.role.kpis if id in known)

    def role_tables(self) -> frozenset[str]:
        """The tables that the role's KPIs, rules and exhibits are made of; what it does not read says nothing to it."""
        rules = (RULES.get(id).tables for id in self.role.rules if id in RULES)
        exhibits = (EXHIBITS.get(id).tables for id in (*self.role.exhibits, *self.role.charts) if id in EXHIBITS)
        named = chain(*(value.tables for value in self.role_kpis()), *rules, *exhibits)
        return frozenset(base_tables(named))

    def role_findings(self) -> tuple[Finding, ...]:
        """The findings whose rules the role reads, fixed ones among them."""
        return tuple(finding for finding in self.findings if finding.rule in self.role.rules)
