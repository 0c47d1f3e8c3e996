from __future__ import annotations

import pandas as pd
import pytest

from quarterdeck.key_people import sole_logins
from tests.asking import Case, ask, check
from tests.tables import Row, frame, together


def credentials(*people: Row, tenant: str = "a") -> pd.DataFrame:
    rows = [{"account": "111122223333", "is_root": False, "has_password": True, **each} for each in people]
    return frame("credentials", rows, tenant)


ROBOT: Row = {"user": "robot", "has_password": False}
ROOT: Row = {"user": "root", "is_root": True}

CASES = {
    "login_of_one": Case(
        seeded=lambda: {"credentials": credentials({"user": "ana"}, ROBOT, ROOT)},
        clean=lambda: {"credentials": credentials({"user": "ana"}, {"user": "theo"})},
        subject="111122223333",
        title="Only ana can log in to the AWS account 111122223333",
        why="Beside the root, nobody else has a password there: while ana is away, nobody can act.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


def test_who_can_log_in_is_the_evidence() -> None:
    (found,) = ask("login_of_one", credentials=credentials({"user": "ana", "has_mfa": True}, ROBOT))
    assert found.hit.evidence == ({"user": "ana", "has_mfa": "yes"},)


def test_an_account_that_nobody_but_robots_uses_is_none() -> None:
    assert sole_logins(credentials(ROBOT, ROOT)) == []


def test_two_tenants_may_share_an_account_number() -> None:
    apart = together("credentials", credentials({"user": "ana"}), credentials({"user": "theo"}, tenant="b"))
    assert [(tenant, user) for tenant, _, user in sole_logins(apart)] == [("a", "ana"), ("b", "theo")]
