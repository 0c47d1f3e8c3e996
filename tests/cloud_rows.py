"""Rows of AWS tables for tests of rules, in one account; ages count from noon of the day after October 2026."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.asking import Given, Said
from tests.tables import Row, frame

ACCOUNT = "111122223333"
HERE: Row = {"account": ACCOUNT, "region": "us-west-2"}
EVERYWHERE: Row = {"account": ACCOUNT, "region": "global"}


def rows(table: str, *given: Row) -> Given:
    place = EVERYWHERE if table in ("distributions", "dns_records", "credentials", "access_keys") else HERE
    return {table: frame(table, [{**place, **row} for row in given])}


def before(days: int) -> datetime:
    return datetime(2026, 11, 1, 12, tzinfo=UTC) - timedelta(days=days)


def assert_placed(said: Said) -> None:
    """A finding about AWS says which resource it is about, in which account and region, and is known by that."""
    facts = said.hit.facts
    assert said.subject == f"{facts['account']}/{facts['region']}/{facts['resource']}"
    assert said.remedy
