"""What the settings say of delivery, held against itself: channels, rooms, the domains that readers may have, the hours.

A domain is allowed as it is written, in the form in which it goes over the wire (IDNA): not its sub-domains, which others
may run, and nothing that only looks like it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pydantic import ValidationError

from quarterdeck.addresses import Address, parse_address
from quarterdeck.config import Settings
from quarterdeck.config.load import problems_of
from quarterdeck.config.models import DeliverySettings
from quarterdeck.delivery import CHANNELS
from quarterdeck.delivery.send_time import Hours
from quarterdeck.errors import ConfigError, Problem

ROOMS = "slack"  # the channel that rooms are reached over
HOOKS = "webhook"  # and the one that tells programs
_MEND = "mend the address, or add its domain to `delivery.allowed_domains`"
Path = tuple[str | int, ...]


def is_allowed(reader: Address, delivery: DeliverySettings) -> bool:
    """Whether somebody under this address may be sent anything."""
    return not delivery.allowed_domains or reader.domain in delivery.allowed_domains


def require_allowed(reader: Address, delivery: DeliverySettings) -> None:
    """Raise ConfigError for an address, given by hand, whose domain is not allowed."""
    if not is_allowed(reader, delivery):
        raise ConfigError(f"{reader.domain} is not among the allowed domains", remedy=_MEND)


def delivery_problems(settings: Settings) -> Iterator[Problem]:
    """Everything about delivery that the settings cannot mean, each with its place."""
    yield from _channels(settings)
    yield from _hours(settings)
    yield from _rooms(settings)
    yield from _endpoints(settings)
    yield from _readers(settings)


def _channels(settings: Settings) -> Iterator[Problem]:
    """A channel that is not there, its options, or one that mails cannot go over."""
    known, at = f"known: {', '.join(CHANNELS)}", ("delivery", "channel")
    if settings.delivery.channel not in CHANNELS:
        yield Problem(f"there is no channel {settings.delivery.channel!r}", settings.place(*at), known)
    elif CHANNELS.get(settings.delivery.channel).carries != "mail":
        yield Problem(
            f"{settings.delivery.channel} carries no mail", settings.place(*at), "rooms and endpoints are named under `roles`"
        )
    for kind, options in {settings.delivery.channel: {}, **settings.delivery.channels}.items():
        place = ("delivery", "channels", kind)
        if kind not in CHANNELS:
            if kind in settings.delivery.channels:
                yield Problem(f"there is no channel {kind!r}", settings.place(*place), known)
            continue
        try:
            CHANNELS.get(kind).Options.model_validate(options)
        except ValidationError as error:
            yield from problems_of(error, settings.document, place)


def _hours(settings: Settings) -> Iterator[Problem]:
    """Hours that leave no minute of a day to send at."""
    if Hours.of(settings.delivery).is_empty:
        what = "send_at and quiet_hours leave no time of day to send at"
        yield Problem(what, settings.place("delivery", "quiet_hours"), "shorten the quiet hours, or send earlier")


def _rooms(settings: Settings) -> Iterator[Problem]:
    """Rooms need the channel that reaches them, whatever mails go over."""
    if ROOMS in settings.delivery.channels:
        return
    named: list[tuple[str, Path]] = []
    for tenant in settings.tenants:
        at = (*settings.path_of(tenant), "roles")
        named += [(f"{role} of {tenant.id}", (*at, role, "slack")) for role, own in tenant.roles.items() if own.slack]
    if settings.delivery.operators.slack:
        named.append(("operators", ("delivery", "operators", "slack")))
    for who, place in named:
        what = f"{who}: rooms are named, and {ROOMS} is not set up"
        yield Problem(what, settings.place(*place), f"add `{ROOMS}` under `channels` of `delivery`")


def _endpoints(settings: Settings) -> Iterator[Problem]:
    """Endpoints that are named under roles and nowhere set up."""
    options = settings.delivery.channels.get(HOOKS, {}).get("endpoints")
    known = set(options) if isinstance(options, dict) else set()
    for tenant in settings.tenants:
        for role, own in tenant.roles.items():
            for number, name in enumerate(own.webhooks):
                if name not in known:
                    what = f"{role} of {tenant.id}: there is no endpoint {name!r}"
                    where = settings.place(*settings.path_of(tenant), "roles", role, "webhooks", number)
                    yield Problem(what, where, f"add it under `channels.{HOOKS}.endpoints` of `delivery`")


def _readers(settings: Settings) -> Iterator[Problem]:
    """Everybody who would be written to and must not be."""
    for tenant in settings.tenants:
        for role, named in tenant.roles.items():
            at = (*settings.path_of(tenant), "roles", role)
            for kind in ("to", "cc", "bcc"):
                yield from _domains(settings, getattr(named, kind), (*at, kind))
    yield from _domains(settings, settings.delivery.operators.to, ("delivery", "operators", "to"))
    environment = settings.environment
    for name, addresses in (("RECIPIENT_EMAIL", environment.recipients), ("BCC_RECIPIENTS", environment.bcc)):
        for domain in _not_allowed(settings, addresses):
            yield Problem(f"{name}: {domain} is not among the allowed domains", remedy=_MEND)


def _domains(settings: Settings, addresses: Sequence[str], at: Path) -> Iterator[Problem]:
    for number, text in enumerate(addresses):
        for domain in _not_allowed(settings, (text,)):
            yield Problem(f"{domain} is not among the allowed domains", settings.place(*at, number), _MEND)


def _not_allowed(settings: Settings, addresses: Iterable[str]) -> Iterator[str]:
    readers = map(parse_address, addresses)
    return (reader.domain for reader in readers if not is_allowed(reader, settings.delivery))
