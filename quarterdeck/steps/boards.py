"""All boards of a portfolio, synced one after the other, then shown as pages where they are embedded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from quarterdeck.config import TenantSettings
from quarterdeck.config.boards import BoardSettings
from quarterdeck.errors import Problem
from quarterdeck.period import Period, PeriodKind
from quarterdeck.steps.board import Synced, sync_tenant
from quarterdeck.steps.board_pages import write_pages
from quarterdeck.steps.plan import period_of
from quarterdeck.wiring import Parts

_KINDS = {"month": PeriodKind.MONTH, "week": PeriodKind.WEEK, "quarter": PeriodKind.QUARTER}


def sync_boards(
    parts: Parts, tenants: Sequence[str], period: str | None = None, *, dry_run: bool = False, close_all: bool = False
) -> list[Synced]:
    """Sync the boards of some tenants, or of all, with the figures of a period; ConfigError for a tenant that is none."""
    chosen = [parts.settings.tenant(id) for id in dict.fromkeys(tenants)] or list(parts.settings.tenants)
    made = [
        sync_tenant(parts, tenant, _period(parts, tenant, period), dry_run=dry_run, close_all=close_all) for tenant in chosen
    ]
    if not dry_run:
        write_pages(parts)
    return made


def _period(parts: Parts, tenant: TenantSettings, text: str | None) -> Period:
    """The period that is asked for, or the last complete one of the kind that the tenant's board follows."""
    if text is None or text == "last-complete":
        today = parts.clock().astimezone(parts.settings.portfolio.zone).date()
        return Period.last_complete(today, _KINDS[(tenant.board or BoardSettings()).period])
    return period_of(text, parts.settings, parts.clock(), [tenant])


def problems_of(synced: Iterable[Synced]) -> tuple[Problem, ...]:
    return tuple(problem for each in synced for problem in each.problems)
