"""All boards of a portfolio, synced one after the other, then shown as pages where they are embedded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from quarterdeck.config import PORTFOLIO, TenantSettings
from quarterdeck.config.boards import BoardSettings
from quarterdeck.errors import Problem
from quarterdeck.period import Period, PeriodKind
from quarterdeck.steps.board import Synced, sync_tenant
from quarterdeck.steps.board_pages import write_pages
from quarterdeck.steps.plan import period_of
from quarterdeck.steps.report import Filed
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


def sync_after(parts: Parts, filed: Iterable[Filed]) -> tuple[Problem, ...]:
    """Sync the boards of the tenants whose reports were filed, and of the portfolio's members with it; the problems on the way.

    The figures of a period are there by then. What stands in the way of a board does not touch what was delivered.
    """
    listed = list(filed)
    problems: list[Problem] = []
    for text in dict.fromkeys(each.period for each in listed):
        tenants = {each.tenant for each in listed if each.period == text}
        ids = [tenant.id for tenant in parts.settings.tenants if tenant.id in tenants or PORTFOLIO in tenants]
        made = [sync_tenant(parts, parts.settings.tenant(id), parts.period(id, text)) for id in ids]
        problems += [problem for each in made for problem in each.problems]
    if listed:
        write_pages(parts)
    return tuple(dict.fromkeys(problems))  # a file that tenants share is read for each of them
