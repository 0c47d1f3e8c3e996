"""The way to a filed report: a stable address where the archive has one, else an address that S3 signs for a while.

A message's bytes repeat, and a signed address never does: mails and posts carry `stable_link` alone. Signed ones are made
when a person asks for them, on the command line, where they are shown with the moment at which they end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from quarterdeck.render import PAGE
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

    Whoever has a signed address can read the report until it ends. Never for a message: see `stable_link`.
    """
    stable = stable_link(parts, tenant, role, period, revision)
    if stable is not None:
        return stable
    lifetime = timedelta(hours=parts.settings.storage.link_hours)
    url = parts.archive.signed(tenant, role, period, revision, PAGE, lifetime)
    if url is None:
        return None
    ends = (parts.clock() + lifetime, parts.aws.credentials_end())  # what credentials have signed ends with them
    return Link(url, min(end for end in ends if end is not None))


def shown_at(parts: Parts, tenant: str, role: str, period: str, revision: str) -> Link:
    """Where a person at the command line finds a report: its link, or the path of its page in a local archive."""
    link = link_of(parts, tenant, role, period, revision)
    return link or Link(parts.archive.path(tenant, role, period, revision, PAGE))
