"""The periods of a backfill in turn: skip what is made, pull some periods ahead, make the period, remember it.

Periods come one after the other because each looks back on those before it; their sources hang on nothing but themselves,
so those of the coming periods are pulled meanwhile.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from flows.running import Begun, Engine, How, Pulled, gather_pulls, start_pulls
from quarterdeck.steps.backfill import Restated, made_before, remember, restated, together
from quarterdeck.steps.estimate import Expected, charged, expected_of
from quarterdeck.steps.plan import Plan
from quarterdeck.steps.summary import RunSummary
from quarterdeck.wiring import Parts

_LOG = logging.getLogger("quarterdeck.run")
MakePeriod = Callable[[Plan, How, Pulled], RunSummary]


def make_past(
    engine: Engine, parts: Parts, plans: tuple[Plan, ...], make: MakePeriod, *, deliver: bool, again: bool, ahead: int
) -> RunSummary:
    """Every plan in turn, by `make`. One that fails stops no other: the next periods are made, and tell what they lack.

    What the sources will charge for that is told before any is asked.
    """
    expected = expect(parts, plans, deliver=deliver, again=again)
    if expected is not None:
        engine.expect(expected)
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
    return replace(together(summaries), estimate=None if expected is None else expected.as_dict())


def expect(parts: Parts, plans: tuple[Plan, ...], *, deliver: bool, again: bool) -> Expected | None:
    """What the pulls of the plans that are yet to be made will cost, logged; None where nobody charges for them."""
    if not any(charged(parts, todo.tenants) for todo in plans):
        return None
    to_make = [todo for todo in plans if again or made_before(parts, todo, deliver=deliver) is None]
    expected = expected_of(parts, to_make)
    for line in (expected, *expected.sources) if expected else ():
        _LOG.info("%s", line)
    return expected


def restatements(parts: Parts, summary: RunSummary) -> list[Restated]:
    """Where a past report is another one now than the one that its readers have, logged; it is not sent again on its own."""
    found = list(restated(parts, summary.reports))
    for each in found:
        _LOG.warning("%s", each)
    return found
