"""What the tables of security share: findings as a report shows them, in its locale, and where each one is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from quarterdeck import codec
from quarterdeck.model import Fact, Severity
from quarterdeck.words import Voice

OPEN = ("new", "persisting")
_ORDER = {"new": 0, "persisting": 0, "accepted": 1, "fixed": 2}

Finding = Mapping[str, Any]


def security(findings: pd.DataFrame) -> list[Finding]:
    """Findings of the rules of security that a report shows: open ones by severity, then accepted, then fixed ones."""
    is_security = findings["field"].str.endswith("security") & findings["state"].isin(list(_ORDER))
    rows: list[Any] = findings[is_security].to_dict("records")
    return sorted(rows, key=_rank)


def _rank(row: Finding) -> tuple[object, ...]:
    return (_ORDER[row["state"]], Severity(row["severity"]).rank, row["tenant"], row["rule"], row["subject"])


def facts(row: Finding) -> Mapping[str, Fact]:
    known: Mapping[str, Fact] = codec.untyped_row(json.loads(row["facts"]))
    return known


def voice_of(tenant: pd.DataFrame) -> Voice:
    """The voice of whoever the report is about: of a portfolio's tables, the portfolio's own."""
    own = tenant[tenant["kind"] == "portfolio"]
    return Voice(next(iter((own if len(own) else tenant)["locale"]), "en_US"))


def said(row: Finding, template: str, voice: Voice) -> str:
    return voice.say(template, facts(row))


def title(row: Finding, voice: Voice) -> str:
    return said(row, row["title"], voice)


def remedy(row: Finding, voice: Voice) -> str:
    return said(row, json.loads(row["remedy"])["what"], voice)


def resource(row: Finding) -> str:
    """What a finding is about, as its facts name it, else by its subject."""
    known = facts(row)
    return next((str(known[name]) for name in ("resource", "repository") if name in known), str(row["subject"]))


def place(row: Finding) -> str | None:
    """Account and region; None for what is not in AWS."""
    known = facts(row)
    return f"{known['account']} {known['region']}" if {"account", "region"} <= set(known) else None


def seen(row: Finding) -> str:
    """The periods in which it was seen first and last; one period alone is written once."""
    first, last = str(row["first_seen"]), str(row["last_seen"])
    return first if first == last else f"{first} to {last}"


def state(row: Finding, voice: Voice) -> str:
    """Its state in words; of one that is accepted until when and by whom."""
    if row["state"] != "accepted" or pd.isna(row["accepted_until"]):
        return str(row["state"])
    until = row["accepted_until"]
    return f"accepted until {voice.day(until.date())} by {row['accepted_by']}"
