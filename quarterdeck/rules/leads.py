"""Faults on the way from lead to customer: fewer of them buy, and nobody can tell where they come from."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pandas as pd

from quarterdeck.frames import between, ratio
from quarterdeck.intervals import LEAST, wilson
from quarterdeck.marketing import leads as prospects
from quarterdeck.marketing.leads import Flow
from quarterdeck.model import At, Effort, Fact, Severity
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import EVIDENCE_LIMIT

_READABLE = Decimal("0.8")
_ENOUGH_TAGS = 10  # leads; of fewer a single bad tag would be a fault


@rule(
    "conversion_fell",
    severity=Severity.HIGH,
    owner="cmo",
    effort=Effort.M,
    due_days=20,
    title="{share:percent} of {who} bought within {given:days}, after {before:percent}",
    why="{now:lead|leads} had their chance, {earlier:lead|leads} in the three months before; a share below {low:percent} is "
    "hardly chance alone.",
    remedy="Go through the lost leads of the last three months by stage, and mend the stage that most of them did not pass",
)
def conversion_fell(leads: pd.DataFrame, at: At) -> Iterable[Hit]:
    """The share of leads who buy is below the 95 % interval of the three months before; at least 30 leads in both."""
    now, before = prospects.cohort(leads, at.end), prospects.cohort_before(leads, at.end)
    everybody = _fallen(prospects.flow(now), prospects.flow(before))
    if everybody is not None:
        yield everybody
        return
    earlier = {(flow.tenant, flow.channel): flow for flow in prospects.flows(before)}
    for flow in prospects.flows(now):
        then = earlier.get((flow.tenant, flow.channel))
        hit = None if then is None else _fallen(flow, then)
        if hit is not None:
            yield hit


def _fallen(now: Flow, before: Flow) -> Hit | None:
    if min(now.entered, before.entered) < LEAST:
        return None
    share, low = ratio(now.won, now.entered), wilson(before.won, before.entered)[0]
    if share >= low:
        return None
    facts: dict[str, Fact] = {
        "share": share,
        "who": f"the leads by {now.channel}" if now.channel else "all leads",
        "given": prospects.GIVEN.days,
        "before": ratio(before.won, before.entered),
        "earlier": before.entered,
        "now": now.entered,
        "low": low,
    }
    rows: tuple[dict[str, Fact], ...] = tuple(
        {"stage": stage, "leads": now.reached[n], "of": now.entered, "before": before.reached[n], "of_before": before.entered}
        for n, stage in enumerate(prospects.STAGES)
    )
    return Hit(now.channel or "all leads", facts, rows)


@rule(
    "utm_hygiene_low",
    severity=Severity.MEDIUM,
    owner="cmo",
    effort=Effort.S,
    due_days=15,
    title="The tags of {unread} in {leads:lead|leads} cannot be read",
    why="Only {share:percent} have a source, medium and campaign that can be read; under {limit:percent} the "
    "figures by channel mislead.",
    remedy="Make links from one list of tags, in lower case, and mend the links with the values below",
)
def utm_hygiene_low(leads: pd.DataFrame, at: At) -> Iterable[Hit]:
    """Under eighty percent of the period's leads have tags that can be read, of ten leads or more."""
    rows = between(leads, at.start, at.end)
    if len(rows) < _ENOUGH_TAGS:
        return
    readable = int(prospects.is_tagged(rows).sum())
    share = ratio(readable, len(rows))
    if share < _READABLE:
        facts: dict[str, Fact] = {"unread": len(rows) - readable, "leads": len(rows), "share": share, "limit": _READABLE}
        yield Hit("utm", facts, _listed(rows))


def _listed(rows: pd.DataFrame) -> tuple[dict[str, Fact], ...]:
    made: list[dict[str, Fact]] = []
    for stray in prospects.strays(rows)[:EVIDENCE_LIMIT]:
        row: dict[str, Fact] = {"tag": stray.tag, "value": stray.value or "(missing)", "leads": stray.leads}
        made.append(row if stray.meant is None else {**row, "meant": stray.meant})
    return tuple(made)
