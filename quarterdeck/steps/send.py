"""The last step of a run: what was filed is noted in the trail, goes out when that is asked for, and gets its pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from quarterdeck.audit.states import OUT
from quarterdeck.errors import AuditError, Problem, QuarterdeckError
from quarterdeck.steps.counts import DeliveryCounts
from quarterdeck.steps.deliver import Policy, Rules, deliver
from quarterdeck.steps.parcel import Parcel
from quarterdeck.steps.parcels import post_of
from quarterdeck.steps.readers import not_before, objection, unapproved
from quarterdeck.steps.report import Filed
from quarterdeck.steps.run import has_died, holder
from quarterdeck.steps.site import write_site
from quarterdeck.steps.summary import problem_of
from quarterdeck.steps.suppression import suppressed
from quarterdeck.steps.turn import Turn
from quarterdeck.wiring import Parts


def send_reports(parts: Parts, filed: Sequence[Filed], *, send: bool, revise: bool = False) -> DeliveryCounts:
    """Deliver filed reports, each once to each reader; without `send` nothing goes out, and the counts say what would.

    Readers who have an earlier revision of a report count as `already`, unless `revise` mails them the new one. The
    archive's pages are written last, for they tell what became of the deliveries.
    """
    post = post_of(parts, filed, revise=revise)
    counts = send_parcels(parts, post.parcels) if send else _would_send(parts, post.parcels)
    return replace(
        counts,
        planned=counts.planned + post.has_earlier + post.failed,
        already=counts.already + post.has_earlier,
        outdated=post.has_earlier,
        failed=counts.failed + post.failed,
        problems=(*post.problems, *counts.problems, *publish(parts, filed)),
    )


def send_parcels(parts: Parts, parcels: Sequence[Parcel]) -> DeliveryCounts:
    """Take parcels to their readers, channel by channel; one that cannot be used at all keeps no other from its readers."""
    rules = Rules(
        suppressed(parts), partial(objection, parts), partial(unapproved, parts), lambda row: not_before(parts, row.tenant)
    )
    counts = DeliveryCounts()
    for kind in dict.fromkeys(parcel.delivery.channel for parcel in parcels):
        own = [parcel for parcel in parcels if parcel.delivery.channel == kind]
        try:
            counts += _over(parts, kind, own, rules)
        except AuditError:
            raise
        except QuarterdeckError as error:
            problem = problem_of(error, f"nothing goes out over {kind}")
            counts += DeliveryCounts(planned=len(own), failed=len(own), problems=(problem,))
    return counts


def publish(parts: Parts, filed: Sequence[Filed] = ()) -> tuple[Problem, ...]:
    """Bring the archive's pages up to date. What is wrong with them is a problem among others: the mails are out."""
    try:
        return write_site(parts, filed).problems
    except Exception as error:  # noqa: BLE001 - see above
        return (problem_of(error, "the archive's pages"),)


def turn_of(parts: Parts, kind: str) -> Turn:
    """A turn of this process to send over a channel."""
    return Turn(parts.audit, kind, holder(), clock=parts.clock, sleep=parts.sleep, is_gone=has_died)


def _over(parts: Parts, kind: str, parcels: Sequence[Parcel], rules: Rules) -> DeliveryCounts:
    return deliver(
        parts.audit,
        parts.channel_of(kind),
        parcels,
        owner=holder(),
        clock=parts.clock,
        policy=_policy(parts),
        is_gone=has_died,
        rules=rules,
        turn=turn_of(parts, kind),
        sleep=parts.sleep,
    )


def _policy(parts: Parts) -> Policy:
    """How long a delivery stays unknown is up to those who hear from the mail service."""
    feedback = parts.settings.delivery.feedback
    return Policy(hold_after=timedelta(minutes=feedback.hold_minutes)) if feedback else Policy()


def _would_send(parts: Parts, parcels: Iterable[Parcel]) -> DeliveryCounts:
    rows = [parts.audit.get(parcel.key) for parcel in parcels]
    return DeliveryCounts(planned=len(rows), already=sum(row is not None and row.state in OUT for row in rows))
