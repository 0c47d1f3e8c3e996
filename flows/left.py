"""What earlier runs left: make what is unmade, then send what is not sent. The order, whoever carries it out."""

from __future__ import annotations

import logging

from flows.past import MakePeriod
from flows.running import Engine, How, gather_pulls, start_pulls
from quarterdeck.steps.backfill import together
from quarterdeck.steps.retry import EVERYTHING, Asked, retry
from quarterdeck.steps.summary import RunSummary
from quarterdeck.steps.unfinished import kept_pulls, unfinished
from quarterdeck.wiring import Parts
from reports import roles

_LOG = logging.getLogger("quarterdeck.run")


def make_left(engine: Engine, parts: Parts, make: MakePeriod, asked: Asked = EVERYTHING) -> RunSummary:
    """Make the reports that failed, were held back, or whose run died, sent where that run was to send them; then send
    whatever else the trail has that waits to be sent.
    """
    summaries: list[RunSummary] = []
    for left in unfinished(parts, roles(), asked):
        how = How(deliver=left.deliver, as_of_then=left.as_of_then)
        _LOG.info("%s: %d reports are made again", left.plan.period, len(left.plan.reports))
        begun = start_pulls(engine, parts, left.plan, how, kept_pulls(parts, left.plan))
        summaries.append(make(left.plan, how, gather_pulls(parts, left.plan, begun)))
    return together([*summaries, retry(parts, asked)])
