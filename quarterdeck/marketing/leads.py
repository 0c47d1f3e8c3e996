"""Leads as of a day: the channel each came by, the stages it had reached, and whether its tags can be read.

Shares of a cohort are only fair where all of it had the same time: a cohort is the leads first seen in the three months that
ended thirty days before the period did, and of each counts what it did within thirty days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from quarterdeck.frames import before, between
from quarterdeck.period import add_months

STAGES = ("enquiry", "qualified", "quoted", "won")
GIVEN = timedelta(days=30)
COHORT_MONTHS = 3
NO_CHANNEL = "unattributed"
# Media that Google Analytics sorts into channel groups, and the words that people use for the same.
KNOWN_MEDIA = frozenset(
    "cpc ppc paid cpm display banner email e-mail newsletter organic referral social paid_social affiliate sms video audio "
    "push print qr partner ota none (none)".split()
)
_WITHOUT_CAMPAIGN = frozenset(("organic", "referral", "none", "(none)"))
_TAG = re.compile(r"[a-z0-9][a-z0-9._~+-]*|\(direct\)|\(none\)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Flow:
    """Leads of one channel (all of them where it is empty): `reached[n]` of `entered` came to stage n of STAGES or beyond."""

    tenant: str
    channel: str
    entered: int
    reached: tuple[int, ...]

    @property
    def won(self) -> int:
        return self.reached[-1]


def channel(rows: pd.DataFrame) -> pd.Series:
    """The channel of leads or touches; the source where none is named, NO_CHANNEL where neither is."""
    named = rows["channel"].map(_filled)
    return named.where(named.notna(), rows["source"].map(_filled)).fillna(NO_CHANNEL).astype(object)


def _filled(value: object) -> str | None:
    return value.strip() if isinstance(value, str) and value.strip() else None


def seen(leads: pd.DataFrame, start: date, end: date) -> pd.DataFrame:
    """The leads first seen in `[start, end)`, with their channel under `via`."""
    rows = between(leads, start, end)
    return rows.assign(via=channel(rows))


def cohort(leads: pd.DataFrame, end: date) -> pd.DataFrame:
    """The cohort of which everything can be known on the eve of a day; `step` counts the stages that each reached in time."""
    last = end - GIVEN
    rows = seen(leads, add_months(last, -COHORT_MONTHS), last)
    step = np.zeros(len(rows), dtype="int64")
    for number, stage in enumerate(STAGES, start=1):
        in_time = (rows[f"{stage}_on"] - rows["date"]) <= GIVEN  # never true of a day that is not there
        step[in_time.to_numpy()] = number  # who is won has been through all before, written down or not
    return rows.assign(step=step)


def cohort_before(leads: pd.DataFrame, end: date) -> pd.DataFrame:
    """The three months before those of `cohort`, with as much time."""
    return cohort(leads, add_months(end - GIVEN, -COHORT_MONTHS) + GIVEN)


def flow(rows: pd.DataFrame, tenant: str = "", via: str = "") -> Flow:
    """How far the leads of a cohort came."""
    steps = rows["step"].to_numpy()
    return Flow(tenant, via, len(rows), tuple(int((steps >= number).sum()) for number in range(1, len(STAGES) + 1)))


def flows(rows: pd.DataFrame) -> Iterator[Flow]:
    """How far they came by tenant and channel, in this order."""
    for (tenant, via), own in rows.groupby(["tenant", "via"], sort=True):
        yield flow(own, str(tenant), str(via))


def known(leads: pd.DataFrame, end: date) -> pd.DataFrame:
    """All leads first seen before a day."""
    return before(leads, end)


def is_tagged(rows: pd.DataFrame) -> pd.Series:
    """Where source, medium and campaign can be read; visits that nobody paid or wrote for need no campaign."""
    medium = rows["medium"]
    source_ok, campaign_ok = (rows[name].map(is_tag).astype(bool) for name in ("source", "campaign"))
    return source_ok & medium.isin(KNOWN_MEDIA) & (campaign_ok | medium.isin(_WITHOUT_CAMPAIGN))


def is_tag(value: object) -> bool:
    """Whether a value is written as tags are: lower case, no spaces."""
    return isinstance(value, str) and bool(_TAG.fullmatch(value))


@dataclass(frozen=True, slots=True)
class Stray:
    """A value of a tag that cannot be read, in how many leads, and the value it is likely meant to be, if any."""

    tenant: str
    tag: str
    value: str
    leads: int
    meant: str | None


def strays(rows: pd.DataFrame) -> tuple[Stray, ...]:
    """Values of source, medium and campaign that are no tags, the most frequent first; missing ones are counted together."""
    found: list[Stray] = []
    for tenant, own in rows.groupby("tenant", sort=True):
        tagged = ~own["medium"].isin(_WITHOUT_CAMPAIGN)
        for tag, part in (("source", own), ("medium", own), ("campaign", own[tagged])):
            found += _strays(str(tenant), tag, part[tag])
    return tuple(sorted(found, key=lambda stray: (-stray.leads, stray.tenant, stray.tag, stray.value)))


def _strays(tenant: str, tag: str, values: pd.Series) -> Iterator[Stray]:
    counted = values.fillna("").str.strip().value_counts()
    good = {value for value in counted.index if _is_good(tag, value)}
    by_letters = {_letters(value): value for value in sorted(good)}
    for value, leads in counted.items():
        if value not in good:
            yield Stray(tenant, tag, str(value), int(leads), by_letters.get(_letters(str(value))) if value else None)


def _is_good(tag: str, value: str) -> bool:
    return value in KNOWN_MEDIA if tag == "medium" else is_tag(value)


def _letters(value: str) -> str:
    return re.sub(r"[^a-z0-9]", "", value.lower())
