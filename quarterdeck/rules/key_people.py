"""Faults of depending on one person, as far as accounts tell."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from quarterdeck.key_people import sole_logins
from quarterdeck.model import At, Effort, Severity
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import evidence


@rule(
    "login_of_one",
    severity=Severity.MEDIUM,
    owner="ceo",
    effort=Effort.S,
    due_days=20,
    title="Only {user} can log in to the AWS account {account}",
    why="Beside the root, nobody else has a password there: while {user} is away, nobody can act.",
    remedy="Give a second person a login of their own to {account}, with a second factor",
)
def login_of_one(credentials: pd.DataFrame, at: At) -> Iterable[Hit]:
    """An AWS account into which exactly one person can log in."""
    for _, account, user in sole_logins(credentials):
        rows = credentials[(credentials["account"] == account) & (credentials["user"] == user)]
        yield Hit(subject=account, facts={"account": account, "user": user}, evidence=evidence(rows, at, "user", "has_mfa"))
