"""What a run is asked to do, checked before anything is read or written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from quarterdeck.config import Settings, TenantSettings
from quarterdeck.errors import ConfigError, Where
from quarterdeck.model import Role, TenantKind
from quarterdeck.period import Period, PeriodKind

_NAMED = {"last-complete": PeriodKind.MONTH, "last-month": PeriodKind.MONTH, "last-week": PeriodKind.WEEK}
_NAMED |= {"last-quarter": PeriodKind.QUARTER, "last-year": PeriodKind.YEAR}
_FIRST_YEAR = 1970  # what lies before is a slip of the pen


@dataclass(frozen=True, slots=True)
class Plan:
    """One run: the period, whose sources are pulled and figures worked out, and which reports are made.

    `tenants` are measured, the portfolio last. They are more than the tenants of `reports` when the portfolio is asked
    for, since its figures are made of everybody's.
    """

    period: str
    tenants: tuple[str, ...]
    reports: tuple[tuple[str, str], ...]  # (tenant, role)


def plan(
    settings: Settings,
    roles: Mapping[str, Role],
    *,
    now: datetime,
    period: str | None = None,
    tenants: Sequence[str] = (),
    wanted_roles: Sequence[str] = (),
    deliver: bool = False,
) -> Plan:
    """The plan of a run, or ConfigError: unknown tenant or role, no such period, nobody to deliver to."""
    for role in wanted_roles:
        if role not in roles:
            raise ConfigError(f"there is no role {role!r}", remedy=f"known: {', '.join(roles)}")
    chosen = [settings.tenant(id) for id in dict.fromkeys(tenants)] or list(settings.tenants)
    reports = tuple(
        (tenant.id, role.id)
        for tenant in chosen
        for role in _roles_of(tenant, roles, settings)
        if not wanted_roles or role.id in wanted_roles
    )
    if not reports:
        raise ConfigError("there is no report to make for these tenants and roles", remedy="name others, or set up roles")
    if deliver:
        _require_readers(settings, reports)
    measured = settings.tenants if settings.portfolio in chosen else tuple(t for t in settings.members if t in chosen)
    text = period_of(period, settings, now, measured).text
    return Plan(text, tuple(tenant.id for tenant in measured), reports)


def period_of(text: str | None, settings: Settings, now: datetime, tenants: Sequence[TenantSettings]) -> Period:
    """The period of a text, or the last complete one, for some tenants; `now` is seen from the portfolio's time zone.

    ConfigError where it is none, has not begun, or is not the same days for the portfolio and its members.
    """
    today = now.astimezone(settings.portfolio.zone).date()
    name = "last-complete" if text is None else text
    if name in _NAMED:
        return Period.last_complete(today, _NAMED[name])
    period = Period.parse(name, fiscal_start=settings.portfolio.fiscal_year_start or 1)
    if period.start.year < _FIRST_YEAR:
        raise ConfigError(f"{name} lies before {_FIRST_YEAR}, where no report begins", remedy="mend the year")
    for tenant in tenants:
        its_own = Period.parse(name, fiscal_start=tenant.fiscal_year_start or 1)
        if its_own.start > today:
            whose = f" for {tenant.id}" if its_own != period else ""
            complete = Period.last_complete(today)
            raise ConfigError(f"{name} has not begun yet{whose}", remedy=f"the last complete month is {complete}")
        if settings.portfolio in tenants and its_own != period:
            raise ConfigError(
                f"{name} is {_days(period)} for the portfolio and {_days(its_own)} for {tenant.id}",
                where=settings.place(*settings.path_of(tenant), "fiscal_year_start"),
                remedy="name the tenants of one fiscal year with --tenant, or write the period in its calendar form",
            )
    return period


def _days(period: Period) -> str:
    return f"{period.start} to {period.end - timedelta(days=1)}"


def _roles_of(tenant: TenantSettings, roles: Mapping[str, Role], settings: Settings) -> Iterable[Role]:
    """The roles of a tenant's kind, and any other that its settings name; ConfigError where they name one that is none."""
    named = [("roles", id, id) for id in tenant.roles]
    named += [("escalation", role, id) for role, to in tenant.escalation.items() for id in (role, to)]
    for key, role, id in named:
        if id not in roles:
            where = settings.place(*settings.path_of(tenant), key, role)
            raise ConfigError(f"there is no role {id!r}", where=where, remedy=f"known: {', '.join(roles)}")
    return (role for role in roles.values() if TenantKind(tenant.kind) in role.kinds or role.id in tenant.roles)


def _require_readers(settings: Settings, reports: Iterable[tuple[str, str]]) -> None:
    """Delivery needs somebody to deliver to: a role that is set up must have a reader, and one report at least."""
    readers = 0
    for id, role in reports:
        tenant = settings.tenant(id)
        has_readers = settings.readers(tenant, role).has_readers
        readers += has_readers
        if role in tenant.roles and not has_readers:
            where = settings.place(*settings.path_of(tenant), "roles", role)
            raise ConfigError(f"nobody reads {role} of {id}", where=where, remedy="add an address under `to`")
    if not readers:
        raise ConfigError(
            "no report has a reader, so nothing can be delivered",
            where=Where(str(settings.file)),
            remedy="add `roles: {ceo: {to: [name@example.com]}}` to a tenant, or set RECIPIENT_EMAIL",
        )
