"""The periods of a backfill in turn: skip what is made, pull some periods ahead, make the period, remember it.

Periods come one after the other because each looks back on those before it; their sources hang on nothing but themselves,
so those of the coming periods are pulled meanwhile.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from flows.running import Begun, Engine, How, Pulled, gather_pulls, start_pulls
from quarterdeck.steps.backfill import Restated, made_before, remember, restated, together
from quarterdeck.steps.plan import Plan
from quarterdeck.steps.summary import RunSummary
from quarterdeck.wiring import Parts

_LOG = logging.getLogger("quarterdeck.run")
MakePeriod = Callable[[Plan, How, Pulled], RunSummary]


def make_past(
    engine: Engine, parts: Parts, plans: tuple[Plan, ...], make: MakePeriod, *, deliver: bool, again: bool, ahead: int
) -> RunSummary:
    """Every plan in turn, by `make`. One that fails stops no other: the next periods are made, and tell what they lack."""
    how = How(deliver=deliver, as_of_then=True)
    progress = engine.progress("backfill", f"{len(plans)} periods")
    under_way: dict[str, Begun] = {}
    summaries: list[RunSummary] = []
    for number, todo in enumerate(plans, start=1):
        summary = None if again else made_before(parts, todo, deliver=deliver)
        said = "is made already"
        if summary is None:
            for coming in plans[number - 1 : number + max(ahead, 0)]:
                if coming.period in under_way:
                    continue
                if coming is todo or again or made_before(parts, coming, deliver=deliver) is None:
                    under_way[coming.period] = start_pulls(engine, parts, coming, how)
            summary = make(todo, how, gather_pulls(parts, todo, under_way.pop(todo.period)))
            remember(parts, todo, summary, deliver=deliver)
            said = "made"
        summaries.append(summary)
        progress(number / len(plans))
        _LOG.info("%s %s, %d of %d", todo.period, said, number, len(plans), extra={"done": number})
    return together(summaries)


def restatements(parts: Parts, summary: RunSummary) -> list[Restated]:
    """Where a past report is another one now than the one that its readers have, logged; it is not sent again on its own."""
    found = list(restated(parts, summary.reports))
    for each in found:
        _LOG.warning("%s", each)
    return found
