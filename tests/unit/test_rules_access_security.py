from __future__ import annotations

import pytest

from quarterdeck.model import Severity
from tests.asking import Case, ask, check
from tests.cloud_rows import ACCOUNT, assert_placed, before, rows

CASES = {
    "root_with_access_key": Case(
        seeded=lambda: rows("access_keys", {"user": "<root_account>", "is_root": True, "slot": 1}),
        clean=lambda: rows("access_keys", {"user": "deploy", "is_root": False, "slot": 1}),
        subject=f"{ACCOUNT}/global/root",
        title="The root of account 111122223333 has an access key",
        why="Such a key may do anything, close the account too, and no policy limits it.",
    ),
    "user_without_mfa": Case(
        seeded=lambda: rows("credentials", {"user": "ann", "has_password": True, "has_mfa": False}),
        clean=lambda: rows(
            "credentials",
            {"user": "ann", "has_password": True, "has_mfa": True},
            {"user": "deploy", "has_password": False, "has_mfa": False},
            {"user": "odd", "has_mfa": False},
            {"user": "<root_account>", "is_root": True, "has_mfa": True},
        ),
        subject=f"{ACCOUNT}/global/ann",
        title="ann of account 111122223333 signs in with a password alone",
        why="A password that is guessed, reused or phished is enough to get in.",
    ),
    "access_key_old": Case(
        seeded=lambda: rows("access_keys", {"user": "deploy", "slot": 2, "rotated_at": before(91)}),
        clean=lambda: rows("access_keys", {"user": "deploy", "slot": 1, "rotated_at": before(90)}, {"user": "b", "slot": 1}),
        subject=f"{ACCOUNT}/global/deploy/2",
        title="An access key of deploy in account 111122223333 is 91 days old",
        why="After 90 days nobody knows any more in which files and on which machines it lies.",
    ),
    "secret_unchanged": Case(
        seeded=lambda: rows("secrets", {"name": "mail", "changed_at": before(400), "created_at": before(800)}),
        clean=lambda: rows(
            "secrets",
            {"name": "mail", "changed_at": before(365)},
            {"name": "old", "is_rotated": True, "changed_at": before(400)},
        ),
        subject=f"{ACCOUNT}/us-west-2/mail",
        title="The secret mail has not changed for 400 days",
        why="It is not rotated by itself, and who has seen it in 365 days can be told by nobody.",
    ),
    "table_without_recovery": Case(
        seeded=lambda: rows("dynamo_tables", {"name": "events", "has_recovery": False}),
        clean=lambda: rows("dynamo_tables", {"name": "events", "has_recovery": True}),
        subject=f"{ACCOUNT}/us-west-2/events",
        title="The table events cannot be set back",
        why="Point-in-time recovery is off: what a bug or a mistake overwrites is gone.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


@pytest.mark.parametrize("id", CASES)
def test_every_finding_names_the_account_the_region_and_the_resource(id: str) -> None:
    for said in ask(id, **CASES[id].seeded()):
        assert_placed(said)


def test_the_root_without_a_second_factor_is_critical() -> None:
    (said,) = ask("user_without_mfa", **rows("credentials", {"user": "<root_account>", "is_root": True, "has_mfa": False}))
    assert said.hit.severity is Severity.CRITICAL
    assert said.title.startswith("The root of account")


def test_what_was_made_after_the_period_is_not_old() -> None:
    assert ask("access_key_old", **rows("access_keys", {"user": "a", "slot": 1, "rotated_at": before(-20)})) == []
    (said,) = ask("secret_unchanged", **rows("secrets", {"name": "never", "created_at": before(366)}))
    assert said.hit.facts["age"] == 366
