"""How releases went, told from git: what was deployed, how long changes waited for it, and which deployments went wrong.

A tag is a deployment. It counts as failed where, within two days after it, the same repository takes something back: a tag
or a commit that calls itself a hotfix, a rollback or a revert. That is a proxy. A failure that was mended without saying so is
not seen, and one that was mended later is not counted.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from statistics import median

import pandas as pd

from quarterdeck.frames import between
from quarterdeck.model import At

WITHIN = timedelta(hours=48)
_KEYS = ["tenant", "repository"]
_TAG = r"(?i)(?:^|[^a-z])(?:hotfix|hot-fix|rollback|roll-back|revert)"
_SUBJECT = r"(?i)^(?:merge .{1,100})?(?:revert\b|(?:\w{1,20}[(:/\s]\s*)?['\"]?(?:hotfix|hot-fix|rollback|roll back)\b)"
_HOUR = timedelta(hours=1) // timedelta(microseconds=1)


def deployments(commits: pd.DataFrame, tags: pd.DataFrame, at: At) -> pd.DataFrame:
    """The tags of the period, with `has_failed` for each."""
    repairs = pd.concat(
        [
            _moments(tags[tags["tag"].str.contains(_TAG, regex=True)], "tagged_at"),
            _moments(commits[commits["subject"].fillna("").str.contains(_SUBJECT, regex=True)], "committed_at"),
        ],
        ignore_index=True,
    )
    made = between(tags, at.start, at.end)
    if not len(repairs) or not len(tags):
        return made.assign(has_failed=False)
    struck = pd.merge_asof(
        repairs.sort_values("moment"),
        tags[[*_KEYS, "tag", "tagged_at"]].sort_values("tagged_at"),
        left_on="moment",
        right_on="tagged_at",
        by=_KEYS,
        tolerance=WITHIN,
        allow_exact_matches=False,
    ).dropna(subset="tag")
    failed = pd.MultiIndex.from_frame(struck[[*_KEYS, "tag"]])
    return made.assign(has_failed=pd.MultiIndex.from_frame(made[[*_KEYS, "tag"]]).isin(failed))


def _moments(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    return rows[[*_KEYS, column]].rename(columns={column: "moment"})


def shipped(commits: pd.DataFrame, tags: pd.DataFrame, at: At) -> pd.DataFrame:
    """The changes that a tag of the period was the first to hold, with `authored_at` and `tagged_at`; merges are none."""
    written = commits.loc[~commits["is_merge"], [*_KEYS, "committed_at", "authored_at"]].sort_values("committed_at")
    released = tags[[*_KEYS, "tagged_at", "date"]].sort_values("tagged_at")
    first = pd.merge_asof(written, released, left_on="committed_at", right_on="tagged_at", by=_KEYS, direction="forward")
    return between(first, at.start, at.end)


def wait(changes: pd.DataFrame) -> Decimal | None:
    """The median of hours between writing and release, to a tenth; None of no change.

    A clock set wrong can date a commit after its tag: that is no wait at all.
    """
    if not len(changes):
        return None
    waits = (changes["tagged_at"] - changes["authored_at"]).dt.as_unit("us").astype("int64")
    return tenth(median(Decimal(max(int(wait), 0)) for wait in waits) / _HOUR)


def tenth(hours: Decimal) -> Decimal:
    return hours.quantize(Decimal("0.1"))
