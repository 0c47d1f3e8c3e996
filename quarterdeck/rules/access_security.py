"""Who gets into AWS, by what, and whether what is lost could be had back: users, keys, secrets, tables."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from quarterdeck.model import At, Effort, Severity
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._cloud import days_since, each, found

_KEY_DAYS = 90
_SECRET_DAYS = 365


@rule(
    "root_with_access_key",
    severity=Severity.CRITICAL,
    owner="cto",
    effort=Effort.S,
    due_days=3,
    title="The root of account {account} has an access key",
    why="Such a key may do anything, close the account too, and no policy limits it.",
    remedy="Delete the access key of the root of {account}; what uses it gets a role of its own",
    checks=("iam_no_root_access_key",),
)
def root_with_access_key(access_keys: pd.DataFrame, at: At) -> Iterable[Hit]:  # noqa: ARG001 - asked for a period like all
    """The root of an account has an active access key."""
    for row in each(access_keys[access_keys["is_root"]].drop_duplicates(["account"]), "slot"):
        yield found(row, "root", ("user", "slot", "rotated_at", "used_at"))


@rule(
    "user_without_mfa",
    severity=Severity.HIGH,
    owner="cto",
    effort=Effort.S,
    due_days=7,
    title="{user} of account {account} signs in with a password alone",
    why="A password that is guessed, reused or phished is enough to get in.",
    remedy="Give {user} a second factor, or take the password away and sign in over IAM Identity Center",
    checks=("iam_user_mfa_enabled_console_access", "iam_root_mfa_enabled"),
)
def user_without_mfa(credentials: pd.DataFrame, at: At) -> Iterable[Hit]:  # noqa: ARG001 - asked for a period like all
    """A user with a password, or the root of an account, without a second factor; of the root it is critical."""
    has_password = credentials["is_root"] | (credentials["has_password"] == True)  # noqa: E712 - it may be empty
    for row in each(credentials[has_password & ~credentials["has_mfa"]], "user"):
        user = "the root" if row["is_root"] else row["user"]
        severity = Severity.CRITICAL if row["is_root"] else None
        yield found(row, row["user"], ("user", "has_mfa", "password_used_at", "created_at"), severity, user=_capital(user))


def _capital(text: str) -> str:
    return text if text[:4] != "the " else f"T{text[1:]}"


@rule(
    "access_key_old",
    severity=Severity.MEDIUM,
    owner="cto",
    effort=Effort.S,
    due_days=30,
    title="An access key of {user} in account {account} is {age:days} old",
    why="After {limit:days} nobody knows any more in which files and on which machines it lies.",
    remedy="Replace the key of {user} by a role, or make a new one and delete the old",
    checks=("iam_rotate_access_key_90_days",),
)
def access_key_old(access_keys: pd.DataFrame, at: At) -> Iterable[Hit]:
    """An active access key of a user that was made more than ninety days before the period's end."""
    for row in each(access_keys[~access_keys["is_root"]], "user", "slot"):
        age = days_since(row["rotated_at"], at)
        if age is not None and age > _KEY_DAYS:
            shown = ("user", "slot", "rotated_at", "used_at")
            yield found(row, f"{row['user']}/{row['slot']}", shown, user=row["user"], age=age, limit=_KEY_DAYS)


@rule(
    "secret_unchanged",
    severity=Severity.LOW,
    owner="cto",
    effort=Effort.M,
    due_days=60,
    title="The secret {name} has not changed for {age:days}",
    why="It is not rotated by itself, and who has seen it in {limit:days} can be told by nobody.",
    remedy="Let Secrets Manager rotate {name}, or replace it by hand",
    checks=("secretsmanager_automatic_rotation_enabled", "secretsmanager_secret_rotated_periodically"),
)
def secret_unchanged(secrets: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A secret without rotation that was changed last, or made, more than a year before the period's end."""
    for row in each(secrets[~secrets["is_rotated"]], "name", "arn"):
        changed = days_since(row["changed_at"], at)
        age = days_since(row["created_at"], at) if changed is None else changed
        if age is not None and age > _SECRET_DAYS:
            shown = ("name", "changed_at", "used_at", "created_at")
            yield found(row, row["name"], shown, name=row["name"], age=age, limit=_SECRET_DAYS)


@rule(
    "table_without_recovery",
    severity=Severity.LOW,
    owner="cto",
    effort=Effort.S,
    due_days=30,
    title="The table {resource} cannot be set back",
    why="Point-in-time recovery is off: what a bug or a mistake overwrites is gone.",
    remedy="Switch point-in-time recovery on for {resource}",
    checks=("dynamodb_tables_pitr_enabled",),
)
def table_without_recovery(dynamo_tables: pd.DataFrame, at: At) -> Iterable[Hit]:  # noqa: ARG001 - asked for a period like all
    """A DynamoDB table without point-in-time recovery."""
    for row in each(dynamo_tables[~dynamo_tables["has_recovery"]], "name"):
        yield found(row, row["name"], ("name", "billing", "items", "bytes", "created_at"))
