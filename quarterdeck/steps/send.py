"""The last step of a run: what was filed is noted in the trail, goes out when that is asked for, and gets its pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from quarterdeck.audit.states import OUT
from quarterdeck.delivery import Envelope
from quarterdeck.errors import Problem
from quarterdeck.steps.deliver import DeliveryCounts, Parcel, deliver
from quarterdeck.steps.parcels import post_of
from quarterdeck.steps.report import Filed
from quarterdeck.steps.run import has_died, holder
from quarterdeck.steps.site import write_site
from quarterdeck.steps.summary import problem_of
from quarterdeck.wiring import Parts


def send_reports(parts: Parts, filed: Sequence[Filed], *, send: bool, revise: bool = False) -> DeliveryCounts:
    """Deliver filed reports, each once to each reader; without `send` nothing goes out, and the counts say what would.

    Readers who have an earlier revision of a report count as `already`, unless `revise` mails them the new one. The
    archive's pages are written last, for they tell what became of the deliveries.
    """
    post = post_of(parts, filed, revise=revise)
    if send:
        parcels = [Parcel.of(envelope, parts.channel.kind) for envelope in post.envelopes]
        counts = deliver(parts.audit, parts.channel, parcels, owner=holder(), clock=parts.clock, is_gone=has_died)
    else:
        counts = DeliveryCounts(
            planned=len(post.envelopes), already=sum(_is_out(parts, envelope) for envelope in post.envelopes)
        )
    return replace(
        counts,
        planned=counts.planned + post.has_earlier + post.failed,
        already=counts.already + post.has_earlier,
        outdated=post.has_earlier,
        failed=counts.failed + post.failed,
        problems=(*post.problems, *counts.problems, *_publish(parts, filed)),
    )


def _is_out(parts: Parts, envelope: Envelope) -> bool:
    row = parts.audit.get(envelope.label.key)
    return row is not None and row.state in OUT


def _publish(parts: Parts, filed: Sequence[Filed]) -> tuple[Problem, ...]:
    """Whatever is wrong with the pages is a problem among others: the mails are out, and the run's account of them stands."""
    try:
        return write_site(parts, filed).problems
    except Exception as error:  # noqa: BLE001 - see above
        return (problem_of(error, "the archive's pages"),)
