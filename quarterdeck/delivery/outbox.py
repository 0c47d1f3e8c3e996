"""The outbox: a folder of messages, for a start, for trying out, and for whoever sends them on himself.

Each message is an .eml file, byte for byte as any channel would be handed it; a .json beside it says to whom it goes.
The name is made of the delivery's key, and a name is taken once: nothing here can come twice.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any, ClassVar

from quarterdeck import codec
from quarterdeck.addresses import Address
from quarterdeck.delivery import Envelope, Label, Means, Options, Reader, Receipt, Unsettled, channel
from quarterdeck.errors import DeliveryError, DeliveryUnknown, StorageError
from quarterdeck.storage import LocalStore


@channel
class Outbox:
    """Messages in `<home>/outbox`."""

    kind: ClassVar[str] = "outbox"
    carries: ClassVar[str] = "mail"
    Options: ClassVar[type[Options]] = Options

    def __init__(self, means: Means, options: Any = None) -> None:  # noqa: ARG002 - it has no options
        self.store = LocalStore(means.home / "outbox")

    def send(self, envelope: Envelope, attempt: str, last_check: Callable[[], None]) -> Receipt:  # noqa: ARG002 - nobody reports back
        name = file_name(envelope.label)
        try:
            self.store.put_new(f"{name}.json", _about(envelope))
        except StorageError as error:
            raise DeliveryError(error.problem.what, remedy=error.problem.remedy, permanent=error.permanent) from error
        last_check()
        try:
            is_there = self.store.put_new(f"{name}.eml", envelope.message) or self.store.get(f"{name}.eml") == envelope.message
        except StorageError as error:
            # The name may have appeared before the disk refused to make it durable.
            raise DeliveryUnknown(error.problem.what, remedy=error.problem.remedy) from error
        if not is_there:
            raise DeliveryUnknown(f"another message lies under {name}.eml", remedy="compare it with the archive")
        return Receipt(f"{name}.eml")

    def check(self, sender: Address) -> str:  # noqa: ARG002 - a folder takes anybody's messages
        try:
            return f"the folder {self.store.reach()}"
        except StorageError as error:
            raise DeliveryError(error.problem.what, remedy=error.problem.remedy, permanent=error.permanent) from error

    def settle(self, label: Label, attempts: tuple[str, ...]) -> Receipt | Unsettled:  # noqa: ARG002 - one name for all tries
        try:
            name = f"{file_name(label)}.eml"
            if not self.store.exists(name):
                return Unsettled.ABSENT
            found = hashlib.sha256(self.store.get(name)).hexdigest()
        except (StorageError, DeliveryError):
            return Unsettled.UNSURE
        return Receipt(name) if found == label.content_sha256 else Unsettled.UNSURE


def file_name(label: Label) -> str:
    """A name that sorts by period and tells a person what it is: 2026-10_alpha_ceo_ana-example-com_0123456789ab."""
    reader = re.sub(r"[^a-z0-9]+", "-", label.reader.lower()).strip("-")[:40]
    name = f"{label.period}_{label.tenant}_{label.role}_{reader}_{label.key[:12]}"
    if "/" in name:
        raise DeliveryError(f"{name!r} is not the name of a file")
    return name


def _about(envelope: Envelope) -> bytes:
    label, reader = envelope.label, envelope.reader
    return (
        codec.canonical(
            {
                "key": label.key,
                "report_id": label.report_id,
                "revision": label.revision,
                "sender": str(envelope.sender),
                "reader": str(reader.address) if isinstance(reader, Reader) else reader.spec,
                "kind": reader.kind.value if isinstance(reader, Reader) else "room",
                "sha256": label.content_sha256,
            }
        )
        + "\n"
    ).encode()
