"""The way to a filed report: a stable address where the archive has one, else an address that S3 signs for a while.

A message's bytes repeat, and a signed address never does: mails and posts carry `stable_link` alone. Signed ones are made
when a person asks for them, on the command line, where they are shown with the moment at which they end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from quarterdeck.render.site import paths
from quarterdeck.wiring import Parts


@dataclass(frozen=True, slots=True)
class Link:
    """An address of a report's page. `expires` is when it ends, aware and in UTC; None where it is there to stay."""

    url: str
    expires: datetime | None = None


def stable_link(parts: Parts, tenant: str, role: str, period: str, revision: str) -> Link | None:
    """Where the report's page stands for good, under `delivery.archive_url`; None where that is not set."""
    base = parts.settings.delivery.archive_url
    return Link(f"{base.rstrip('/')}/{paths.report_page(tenant, role, period, revision)}") if base else None


def link_of(parts: Parts, tenant: str, role: str, period: str, revision: str) -> Link | None:
    """An address of a report that a person can open now: the stable one, else one that S3 signs; None for a local archive.

    Never for a message: see `stable_link`.
    """
    return stable_link(parts, tenant, role, period, revision)
