"""All reports of the example portfolio for one month, made as a run makes them: what walks over every report looks at.

Golden files of all roles are written anew by `UPDATE_GOLDEN=1 python -m pytest tests/flows/test_every_report.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from examples.portfolio import generate
from quarterdeck.errors import QuarterdeckError
from quarterdeck.model import TenantKind
from quarterdeck.render import prepare
from quarterdeck.render.text import render
from quarterdeck.steps.measure import measure_tenant
from quarterdeck.steps.pull import pull
from quarterdeck.steps.report import document_of
from quarterdeck.steps.tables import Basis
from quarterdeck.wiring import Parts
from reports import roles, roles_for
from tests.reporting import parts_of

MONTH = "2026-10"
PORTFOLIO = "portfolio"


@dataclass(frozen=True)
class Walked:
    """Every report by tenant and role."""

    documents: dict[tuple[str, str], dict[str, Any]]

    def text(self, tenant: str, role: str) -> str:
        return render(prepare(self.documents[tenant, role]))


def bases_of(parts: Parts, month: str = MONTH) -> dict[str, Basis]:
    """The figures of every member, and then of the portfolio; a source that fails leaves its tables out."""
    bases: dict[str, Basis] = {}
    for tenant in (*(member.id for member in parts.settings.members), PORTFOLIO):
        when = parts.period(tenant, month)
        pulled = []
        for entry in parts.settings.tenant(tenant).sources:
            try:
                pulled.append(pull(parts, tenant, entry.id, when))
            except QuarterdeckError as error:
                raise AssertionError(f"{tenant}: {entry.id}: {error}") from error
        bases[tenant] = measure_tenant(parts, tenant, when, pulled, list(bases.items()) if tenant == PORTFOLIO else ())
    return bases


def walk(folder: Path) -> Walked:
    """The example in a folder, and all its reports."""
    parts = parts_of(generate(folder))
    documents = {}
    for tenant, basis in bases_of(parts).items():
        settings = parts.settings.tenant(tenant)
        for role in roles().values():
            if role in roles_for(TenantKind(settings.kind)) or role.id in settings.roles:
                documents[tenant, role.id] = document_of(parts, role, tenant, parts.period(tenant, MONTH), basis)
    return Walked(documents)
