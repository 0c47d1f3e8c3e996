"""One message with the row that the trail keeps of it, and the last look at whether the two speak of the same."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from quarterdeck.audit.states import Delivery, State, delivery_key
from quarterdeck.delivery import Envelope
from quarterdeck.errors import DeliveryError


@dataclass(frozen=True, slots=True)
class Parcel:
    """One envelope with the row that the trail keeps of it."""

    delivery: Delivery
    envelope: Envelope

    @classmethod
    def of(
        cls, envelope: Envelope, channel: str, *, not_before: datetime | None = None, needs_approval: bool = False
    ) -> Parcel:
        """An envelope to go out over a channel, at once or from a moment on, or when somebody has approved it."""
        label = envelope.label
        row = Delivery(
            key=label.key,
            report_id=label.report_id,
            revision=label.revision,
            tenant=label.tenant,
            role=label.role,
            period=label.period,
            channel=channel,
            reader=label.reader,
            content_sha256=label.content_sha256,
            state=State.AWAITING_APPROVAL if needs_approval else State.PLANNED,
            not_before=not_before,
        )
        return cls(row, envelope)

    @property
    def key(self) -> str:
        return self.delivery.key

    @property
    def needs_approval(self) -> bool:
        return self.delivery.state is State.AWAITING_APPROVAL


def refuse_mismatch(wanted: Parcel, channel: str) -> None:
    """Raise DeliveryError unless row, label, reader and bytes speak of one report of one tenant over this channel."""
    label = wanted.envelope.label
    fits = (
        Parcel.of(wanted.envelope, channel).delivery == replace(wanted.delivery, state=State.PLANNED, not_before=None)
        and label.key == delivery_key(label.report_id, label.revision, channel, label.reader)
        and label.report_id == f"{label.tenant}_{label.role}_{label.period}"
        and label.reader == wanted.envelope.reader.spec
        and label.content_sha256 == hashlib.sha256(wanted.envelope.message).hexdigest()
    )
    if not fits:
        raise DeliveryError(f"a parcel of {label.report_id} does not fit its label", remedy="nothing was sent; make it again")
