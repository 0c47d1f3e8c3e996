"""Delivery jobs as of a day: quotes that nobody has decided on, and the crew days that were to be had."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pandas as pd


def undecided(jobs: pd.DataFrame, end: date) -> pd.DataFrame:
    """Those of some jobs that were still a quote on the eve of a day, whatever became of them later."""
    asked = jobs["quoted_on"] < pd.Timestamp(end)
    later = jobs["decided_on"] >= pd.Timestamp(end)
    waiting: pd.DataFrame = jobs[asked & (((jobs["status"] == "quoted") & jobs["decided_on"].isna()) | later)]
    return waiting


def crew_days(crews: pd.DataFrame, start: date, end: date, months: int) -> Fraction:
    """Crew days of `[start, end)`, which is so many months; a crew that was there for some of the days counts for those."""
    length = (end - start).days
    found = Fraction(0)
    for row in crews.to_dict("records"):
        first = start if pd.isna(row["since"]) else max(start, row["since"].date())
        last = end if pd.isna(row["until"]) else min(end, row["until"].date())
        found += Fraction(row["days_a_month"]) * months * Fraction(max((last - first).days, 0), length)
    return found
