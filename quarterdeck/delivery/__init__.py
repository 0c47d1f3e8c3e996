"""To the reader: one file per channel, each taking a finished message to one reader.

A channel **raises DeliveryError when the message certainly did not go out, DeliveryUnknown when it may have, and returns a
Receipt otherwise**. It calls `last_check` right before the step that cannot be taken back. Retrying, and never sending
twice, is not a channel's business: the audit trail's states see to that. A channel never tries a send again by itself.

To add one: a file in this folder with a class under `@channel`; the contract suite in tests/contracts finds it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel, ConfigDict

from quarterdeck.addresses import Address
from quarterdeck.aws import Aws
from quarterdeck.delivery.readers import Reader, Room
from quarterdeck.registry import Registry
from quarterdeck.secrets import Secrets


@dataclass(frozen=True, slots=True)
class Label:
    """Which delivery a message is: enough to find it again in its channel. `content_sha256` is that of the message."""

    key: str
    report_id: str
    revision: str
    tenant: str
    role: str
    period: str
    reader: str
    content_sha256: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message to one reader. The bytes are final; whom it goes to stands here and not in them."""

    label: Label
    sender: Address
    reader: Reader | Room
    message: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """The channel's own name for a message it has taken."""

    message_id: str


class Unsettled(Enum):
    """What a channel may say instead of a receipt when asked for the message of an earlier attempt."""

    ABSENT = "absent"  # it may be sent again: it is not out, or its receiver would take it for the one that it has
    UNSURE = "unsure"  # the channel cannot tell


class Options(BaseModel):
    """What the settings may say of a channel, under `delivery.channels`. Its errors repeat nothing: it may be a secret."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


@dataclass(frozen=True, slots=True)
class Means:
    """What a channel works with: the home folder of the embedded parts, AWS, and what reads a secret by its reference.

    `root` is the folder of portfolio.yaml, which the paths in a channel's options start from; `clock` tells the time.
    """

    home: Path
    aws: Aws
    secret: Secrets
    clock: Callable[[], datetime]
    root: Path = Path()


class Channel(Protocol):
    """A way to readers, as delivery uses it."""

    kind: ClassVar[str]

    def send(self, envelope: Envelope, attempt: str, last_check: Callable[[], None]) -> Receipt:
        """Take a message to its reader. `attempt` goes along where the channel reports back, never into the message."""
        ...

    def settle(self, label: Label, attempts: tuple[str, ...]) -> Receipt | Unsettled:
        """What became of a message whose answer was lost; `attempts` are the ids of all its tries, oldest first."""
        ...


class KnownChannel(Channel, Protocol):
    """A channel as it is set up. `carries` says what it takes: mails (`mail`), short posts to rooms (`post`), or
    events to programs (`event`).

    Making one does nothing yet: it reaches out when it sends, so that settings can be read without a network.
    """

    carries: ClassVar[str]
    Options: ClassVar[type[Options]]

    def __init__(self, means: Means, options: Any) -> None: ...


@runtime_checkable
class Reachable(Protocol):
    """A channel that can be asked whether it would take a message, which `quarterdeck check` does; one may do without."""

    def check(self, sender: Address) -> str:
        """What was found, in a few words; DeliveryError where a message would be refused. Nothing is sent."""
        ...


CHANNELS: Registry[type[KnownChannel]] = Registry("channels", "quarterdeck.delivery")

C = TypeVar("C", bound=type[KnownChannel])


def channel(cls: C) -> C:
    """Class decorator: make a channel known under its `kind`."""
    CHANNELS.add(cls.kind, cls)
    return cls


__all__ = [
    "CHANNELS",
    "Channel",
    "Envelope",
    "KnownChannel",
    "Label",
    "Means",
    "Options",
    "Reachable",
    "Reader",
    "Receipt",
    "Room",
    "Unsettled",
    "channel",
]
