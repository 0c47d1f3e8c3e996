"""The last step of a run: what was filed is noted in the trail, and goes out when that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from quarterdeck.steps.deliver import DeliveryCounts, Parcel, deliver
from quarterdeck.steps.parcels import post_of, record_reports
from quarterdeck.steps.report import Filed
from quarterdeck.steps.run import has_died, holder
from quarterdeck.wiring import Parts


def send_reports(parts: Parts, filed: Sequence[Filed], *, send: bool, revise: bool = False) -> DeliveryCounts:
    """Deliver filed reports, each once to each reader; without `send` nothing goes out and `planned` says what would.

    Readers who have an earlier revision of a report count as `already`, unless `revise` mails them the new one.
    """
    record_reports(parts, filed)
    post = post_of(parts, filed, revise=revise)
    if not send:
        return DeliveryCounts(planned=len(post.envelopes), already=post.has_earlier)
    parcels = [Parcel.of(envelope, parts.channel.kind) for envelope in post.envelopes]
    counts = deliver(parts.audit, parts.channel, parcels, owner=holder(), clock=parts.clock, is_gone=has_died)
    return replace(counts, already=counts.already + post.has_earlier)
