"""The example portfolio's way onto disk: all files of all tenants, and the portfolio.yaml that names them.

generate(Path("demo"))                       the portfolio of the documentation
generate(Path("demo"), date(2027, 3, 9))     the same companies, their 24 months ending in February 2027
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from random import Random

from examples.brand import branding
from examples.cloud import accounts
from examples.cloud.listing import sources as cloud_sources
from examples.common import recipients
from examples.files import write_yaml
from examples.shapes import Tenant
from examples.sources import Place, Source, write_sources
from examples.span import Span
from examples.tenants import TENANTS

FILE = "portfolio.yaml"
_COMMENT = """An invented portfolio: nobody in it is a real person, no address can be reached.
examples/README.md in Quarterdeck's folder says what is where and what to change to see a report change."""


def generate(directory: Path, today: date = date(2026, 11, 1), seed: int = 7, *, aws: str | None = None) -> Path:
    """Write the example portfolio into a folder; the path of its portfolio.yaml.

    The same `today` and `seed` give the same bytes and the same commits. What an earlier call made is written anew,
    with whatever was changed in it by hand; other files are left alone. `aws` is the address of an emulator that has
    the AWS accounts of the example (`examples.cloud.seed`); without one, they are left out.
    """
    directory = directory.resolve()  # git is started in other folders
    span = Span(today)
    tenants = [make(span, Random(f"{seed}:{make.__module__}:lists")) for make in TENANTS]
    cloud = {account.tenant: cloud_sources(account) for account in accounts(today)} if aws else {}
    listed = [
        _tenant(
            tenant,
            write_sources(tenant, Place(directory, tenant.id), span, seed) + cloud.get(tenant.id, []),
            branding(directory, tenant.id, tenant.id, tenant.accent),
        )
        for tenant in tenants
    ]
    document: dict[str, object] = {
        "version": 1,
        "portfolio": _portfolio(span, branding(directory, "", "portfolio", "#1f4e5f")),
        "delivery": {"channel": "outbox", "sender": "Quarterdeck <reports@example.com>"},
        **({"aws": {"endpoint": aws}} if aws else {}),
        "tenants": listed,
    }
    write_yaml(directory / FILE, document, _COMMENT)
    return directory / FILE


def _tenant(tenant: Tenant, sources: list[Source], brand: Mapping[str, str]) -> Mapping[str, object]:
    entry: dict[str, object] = {
        "id": tenant.id,
        "name": tenant.name,
        "kind": tenant.kind,
        "timezone": tenant.timezone,
        "currency": "USD",
        "branding": brand,
        "sources": sources,
    }
    more = {"roles": tenant.roles, "targets": tenant.targets, "milestones": list(tenant.milestones)}
    return entry | {name: value for name, value in more.items() if value}


def _portfolio(span: Span, brand: Mapping[str, str]) -> Mapping[str, object]:
    return {
        "name": "Harbor Group",
        "currency": "USD",
        "timezone": "America/Los_Angeles",
        "locale": "en_US",
        "fiscal_year_start": 1,
        "branding": brand,
        "roles": recipients("reports", ceo="owner", cto="tech", cfo="finance", cmo="marketing", accounting="books"),
        "targets": {},
        "milestones": [
            _milestone("first-ota", "First online travel agency live", "live_otas", 1, span.ahead(45), "cmo"),
            _milestone("burn-under-seven", "Burn under 7,000 a month", "net_burn", 7000.00, span.quarter_end(0), "cfo"),
            _milestone("burn-halved", "Burn halved to 4,000 a month", "net_burn", 4000.00, span.ahead(120), "cfo"),
            _milestone("profitable", "No operating loss", "ebitda", 0.00, span.quarter_end(1), "cfo"),
        ],
    }


def _milestone(id: str, title: str, kpi: str, target: float, due: date, owner: str) -> Mapping[str, object]:
    return {"id": id, "title": title, "kpi": kpi, "target": target, "due": due, "owner": owner}
