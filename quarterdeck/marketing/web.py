"""Visits and searches of a period. A row may sum a stretch of days; it counts where the whole stretch lies in the period."""

from __future__ import annotations

from datetime import date

import pandas as pd


def within(rows: pd.DataFrame, start: date, end: date) -> pd.DataFrame:
    """The rows whose stretch of days lies in `[start, end)`."""
    last = rows["date"] + pd.to_timedelta(rows["days"], unit="D")
    inside: pd.DataFrame = rows[(rows["date"] >= pd.Timestamp(start)) & (last <= pd.Timestamp(end))]
    return inside


def straddles(rows: pd.DataFrame, start: date, end: date) -> bool:
    """Whether a row sums days of the period together with others, so that nobody can tell them apart."""
    last = rows["date"] + pd.to_timedelta(rows["days"], unit="D")
    touching = (rows["date"] < pd.Timestamp(end)) & (last > pd.Timestamp(start))
    inside = (rows["date"] >= pd.Timestamp(start)) & (last <= pd.Timestamp(end))
    return bool((touching & ~inside).any())


def whole(searches: pd.DataFrame) -> pd.DataFrame:
    """The rows that are all of their days, and not one query's or page's."""
    rows: pd.DataFrame = searches[searches["kind"] == "whole"]
    return rows


def by_query(searches: pd.DataFrame) -> pd.DataFrame:
    rows: pd.DataFrame = searches[searches["kind"] == "query"]
    return rows
