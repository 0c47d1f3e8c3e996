"""Events about reports to programs that asked for them ("webhooks"), each endpoint known by its name in the settings.

An event's id is made of its delivery's key, so a delivery has one id however often it is sent, and a receiver that keeps to
the standard takes it once. That is why a lost answer is no dead end here: what the endpoint was not seen to take may be sent
again by the usual way, with all that is asked before a message leaves (docs/decisions/0021). A receiver that does not look
at ids is named so in the settings, and what was lost stays unknown there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Annotated, ClassVar

from pydantic import StringConstraints

from quarterdeck import delivery
from quarterdeck.addresses import Address
from quarterdeck.delivery import Envelope, Label, Means, Receipt, Room, Unsettled, channel
from quarterdeck.errors import ConfigError, DeliveryError, DeliveryUnknown, StorageError
from quarterdeck.storage import LocalStore
from quarterdeck.webhooks import FOLDER, Endpoint, EndpointOptions, Outcome
from quarterdeck.webhooks.signing import MAX_BYTES, event_id

_PASSING = frozenset({Outcome.LATER})
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]


class HookOptions(EndpointOptions):
    """An endpoint; `deduplicates` is whether its receiver takes each `webhook-id` once."""

    deduplicates: bool = True


class WebhookOptions(delivery.Options):
    """The endpoints by name, as `webhooks` under `roles` names them."""

    endpoints: dict[_Name, HookOptions]


@channel
class Webhook:
    """Events to endpoints; what they took is noted in the home folder."""

    kind: ClassVar[str] = "webhook"
    carries: ClassVar[str] = "event"
    Options: ClassVar[type[delivery.Options]] = WebhookOptions

    def __init__(self, means: Means, options: WebhookOptions) -> None:
        self._options = options
        self._endpoints = {
            name: Endpoint(each, means.secret, means.home, means.clock, means.root) for name, each in options.endpoints.items()
        }
        self._store = LocalStore(means.home / FOLDER)

    def send(self, envelope: Envelope, attempt: str, last_check: Callable[[], None]) -> Receipt:  # noqa: ARG002 - nobody reports back
        endpoint = self._endpoint(envelope)
        _refuse_other_than_events(envelope.message)
        id = _id(envelope.label)
        verdict = endpoint.post(id, envelope.message, last_check)
        if verdict.outcome is Outcome.TAKEN:
            with suppress(StorageError):  # then the trail alone knows
                self._store.put_new(_noted(envelope.label), id.encode())
            return Receipt(id)
        if verdict.outcome is Outcome.UNKNOWN:
            raise DeliveryUnknown(verdict.what, remedy=verdict.remedy)
        permanent = verdict.outcome not in _PASSING
        raise DeliveryError(verdict.what, remedy=verdict.remedy, permanent=permanent, retry_after=verdict.wait)

    def check(self, sender: Address) -> str:  # noqa: ARG002 - an event is signed, and from nobody
        """Look at every endpoint's address and secrets; none is called."""
        try:
            told = [f"{name}: {endpoint.check()}" for name, endpoint in self._endpoints.items()]
        except ConfigError as error:
            raise DeliveryError(error.problem.what, remedy=error.problem.remedy, permanent=error.permanent) from None
        return "; ".join(told) or "no endpoints"

    def settle(self, label: Label, attempts: tuple[str, ...]) -> Receipt | Unsettled:  # noqa: ARG002 - one id for all tries
        with suppress(StorageError):
            if self._store.exists(_noted(label)):
                return Receipt(_id(label))
        endpoint = self._options.endpoints.get(label.reader)
        return Unsettled.ABSENT if endpoint is not None and endpoint.deduplicates else Unsettled.UNSURE

    def _endpoint(self, envelope: Envelope) -> Endpoint:
        if not isinstance(envelope.reader, Room):
            raise DeliveryError(
                "a webhook carries events, and a reader by mail gets none", remedy="name endpoints under `webhooks`"
            )
        found = self._endpoints.get(envelope.reader.spec)
        if found is None:
            raise DeliveryError("there is no endpoint of this name any more", remedy="name it under `channels.webhook`")
        return found


def _id(label: Label) -> str:
    return event_id("delivery", label.key)


def _noted(label: Label) -> str:
    return f"taken/{_id(label)}"


def _refuse_other_than_events(message: bytes) -> None:
    try:
        read = json.loads(message)
    except ValueError:
        read = None
    if not isinstance(read, Mapping) or set(read) != {"type", "timestamp", "data"} or len(message) >= MAX_BYTES:
        raise DeliveryError("the message is no event for a webhook", remedy="make it again")
