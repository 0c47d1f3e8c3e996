"""The tenant's own settings as tables, so that a report can be made again from snapshots alone.

A changed target changes the report; with the settings among the snapshots, provenance says so.
"""

from __future__ import annotations

from base64 import b64encode
from decimal import Decimal

import pyarrow as pa

from quarterdeck.config import SourceSettings, TenantSettings
from quarterdeck.images import Picture
from quarterdeck.kpis import KPIS
from quarterdeck.model import Unit
from quarterdeck.money import parse_amount
from quarterdeck.schemas import build
from quarterdeck.wiring import provides

SOURCE = "settings"


def own_tables(tenant: TenantSettings, logo: Picture | None = None) -> dict[str, pa.Table]:
    """The tables `tenant`, `sources`, `targets`, `milestones` of one tenant; those of what it has not set are left out."""
    return {
        "tenant": build("tenant", [_tenant(tenant)]),
        "sources": build("sources", [_source(entry) for entry in tenant.sources]),
        "targets": build("targets", _targets(tenant)),
        "milestones": build("milestones", _milestones(tenant)),
        **({"capacities": build("capacities", days)} if (days := _capacities(tenant)) else {}),
        **({"accepted_findings": build("accepted_findings", _accepted(tenant))} if tenant.accepted else {}),
        **({"logo": build("logo", [_logo(logo)])} if logo else {}),
    }


def _tenant(tenant: TenantSettings) -> dict[str, object]:
    return {
        "id": tenant.id,
        "name": tenant.name,
        "kind": tenant.kind,
        "timezone": tenant.timezone,
        "currency": tenant.currency,
        "locale": tenant.locale,
        "fiscal_start": tenant.fiscal_year_start,
        "accent": tenant.branding.accent,
        "accent2": tenant.branding.accent2,
    }


def _logo(logo: Picture) -> dict[str, object]:
    return {"digest": logo.digest, "width": logo.width, "height": logo.height, "png": b64encode(logo.data).decode("ascii")}


def _source(entry: SourceSettings) -> dict[str, object]:
    return {"source": entry.id, "kind": entry.kind, "is_required": entry.required, "provides": ",".join(provides(entry))}


def _capacities(tenant: TenantSettings) -> list[dict[str, object]]:
    return [{"role": role, "days": entry.days} for role, entry in tenant.roles.items() if entry.days is not None]


def _targets(tenant: TenantSettings) -> list[dict[str, object]]:
    return [
        {
            "kpi": id,
            "target": _amount(tenant, id, target.value),
            "currency": tenant.currency if KPIS.get(id).unit is Unit.MONEY else None,
            "owner": target.owner,
            "tolerance_ratio": target.tolerance,
        }
        for id, target in tenant.targets.items()
    ]


def _milestones(tenant: TenantSettings) -> list[dict[str, object]]:
    return [
        {
            "milestone": milestone.id,
            "title": milestone.title,
            "kpi": milestone.kpi,
            "target": None if milestone.target is None else _amount(tenant, milestone.kpi, milestone.target),
            "currency": tenant.currency if milestone.kpi and KPIS.get(milestone.kpi).unit is Unit.MONEY else None,
            "due_on": milestone.due,
            "owner": milestone.owner,
        }
        for milestone in tenant.milestones
    ]


def _accepted(tenant: TenantSettings) -> list[dict[str, object]]:
    return [entry.model_dump() for entry in tenant.accepted]


def _amount(tenant: TenantSettings, kpi: str | None, value: Decimal) -> Decimal:
    """Money in minor units, everything else as it is written."""
    if kpi is None or KPIS.get(kpi).unit is not Unit.MONEY:
        return value
    return Decimal(parse_amount(f"{value:f}", str(tenant.currency)))
