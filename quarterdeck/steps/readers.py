"""Who reads a report by the settings as they stand, and what speaks against a delivery when it is about to leave."""

from __future__ import annotations

from datetime import datetime

from quarterdeck.addresses import Address, parse_address
from quarterdeck.audit.states import Delivery
from quarterdeck.delivery.checks import HOOKS, ROOMS, is_allowed
from quarterdeck.delivery.readers import Reader, Room, readers
from quarterdeck.delivery.send_time import Hours, send_time
from quarterdeck.errors import ConfigError
from quarterdeck.steps.approved import Approved
from quarterdeck.wiring import Parts

# Nobody has been named as the sender: fine for a folder of messages, and `.invalid` can never be somebody's address.
_NOBODY = Address("quarterdeck@quarterdeck.invalid", "Quarterdeck")


def readers_of(parts: Parts, tenant: str, role: str) -> tuple[Reader, ...]:
    """Who gets a role's report of a tenant by mail."""
    named = parts.settings.readers(parts.settings.tenant(tenant), role)
    to, cc, bcc = (tuple(parse_address(text) for text in texts) for texts in (named.to, named.cc, named.bcc))
    return readers(to, cc, bcc)


def rooms_of(parts: Parts, tenant: str, role: str) -> tuple[Room, ...]:
    """Where a role's report of a tenant is posted, each room once."""
    named = parts.settings.readers(parts.settings.tenant(tenant), role).slack
    rooms: dict[str, Room] = {}
    for name in named:
        rooms.setdefault(name.lstrip("#").lower(), Room(name))
    return tuple(rooms.values())


def endpoints_of(parts: Parts, tenant: str, role: str) -> tuple[Room, ...]:
    """The endpoints that are told of a role's report of a tenant, each once."""
    named = parts.settings.readers(parts.settings.tenant(tenant), role).webhooks
    return tuple(Room(name) for name in dict.fromkeys(named))


def needs_approval(parts: Parts, tenant: str, role: str) -> bool:
    """Whether a role's reports of a tenant wait for somebody to let them go."""
    return parts.settings.readers(parts.settings.tenant(tenant), role).approval == "required"


def sender_of(parts: Parts, tenant: str) -> Address:
    """Who the messages come from: the settings' sender or the environment's, under the tenant's own name if it has one."""
    written = parts.settings.delivery.sender or parts.settings.environment.sender
    address = parse_address(written) if written else _NOBODY
    name = parts.settings.tenant(tenant).branding.from_name
    return Address(address.spec, name) if name else address


def not_before(parts: Parts, tenant: str) -> datetime | None:
    """The moment that messages of a tenant have to wait for, in UTC; None where they may go out now."""
    return send_time(parts.clock(), parts.settings.tenant(tenant).zone, Hours.of(parts.settings.delivery))


def unapproved(parts: Parts, row: Delivery) -> str:
    """Why a delivery must not go out yet; nothing where its role asks for no approval, or a person has let it go."""
    is_free = not needs_approval(parts, row.tenant, row.role) or row.key in Approved(parts.audit, row.report_id).keys
    return "" if is_free else "nobody has approved it"


def objection(parts: Parts, row: Delivery) -> str:
    """Why a delivery must not go out, in words that name nobody; nothing where it may.

    Its report must be of its tenant, and the settings must name its reader for this tenant and this role.
    """
    if row.report_id != f"{row.tenant}_{row.role}_{row.period}":
        return "its report is not of its tenant"
    try:
        read = {ROOMS: rooms_of, HOOKS: endpoints_of}.get(row.channel, readers_of)
        known = {reader.spec.lower() for reader in read(parts, row.tenant, row.role)}
    except ConfigError:
        return f"there is no tenant {row.tenant} any more"
    if row.reader.lower() not in known:
        return "its reader reads this report no more"
    if row.channel not in (ROOMS, HOOKS) and not is_allowed(parse_address(row.reader), parts.settings.delivery):
        return "its reader's domain is not among the allowed ones"
    return ""
