from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.asking import Case, Given, ask, check
from tests.tables import Row, frame, usd


def holder(share: str = "0.45", **columns: object) -> Given:
    row = {"holder": "Theo", "share_ratio": Decimal(share), "relation": "founder", "has_agreement": True, "has_vesting": True}
    return {"ownership": frame("ownership", [{**row, **columns}])}


def duty(stand_in: str | None, *, critical: bool = True) -> Given:
    return {"duties": frame("duties", [{"duty": "Pay wages", "holder": "Ana", "stand_in": stand_in, "is_critical": critical}])}


def asset(**columns: object) -> Given:
    row = {"asset": "slip", "name": "Slip B-14", "status": "active", "owner": "Ana", **columns}
    return {"assets": frame("assets", [row])}


CASES = {
    "key_person_equity": Case(
        seeded=lambda: holder("0.25", has_vesting=False),
        clean=lambda: holder("0.2499", has_vesting=False),
        subject="Theo",
        title="The 25.0% that Theo holds is not fully covered by agreement and vesting",
        why="If Theo leaves, the share leaves too, on terms that are not all in writing. From 25.0% on, a share weighs in "
        "every decision.",
    ),
    "duty_without_stand_in": Case(
        seeded=lambda: duty(None),
        clean=lambda: duty("Bo"),
        subject="Pay wages",
        title="Only Ana can do this: Pay wages",
        why="It is marked as critical, and nobody else is named who could stand in.",
    ),
    "renewal_due": Case(
        seeded=lambda: asset(renews_on=date(2026, 11, 30)),
        clean=lambda: asset(renews_on=date(2026, 12, 1)),
        subject="slip",
        title="Slip B-14 renews on Nov 30, 2026",
        why="That is within 30 days of the period's end.",
    ),
    "renewal_overdue": Case(
        seeded=lambda: asset(renews_on=date(2026, 10, 31)),
        clean=lambda: asset(renews_on=date(2026, 11, 1)),
        subject="slip",
        title="Slip B-14 was to be renewed on Oct 31, 2026",
        why="That was 1 day before the period's end, and the inventory names no later date.",
    ),
    "asset_owner_missing": Case(
        seeded=lambda: asset(owner=None),
        clean=lambda: asset(owner="Ana"),
        subject="assets",
        title="1 of 1 asset has no owner",
        why="Nobody is named who keeps them, renews them or holds the keys.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


@pytest.mark.parametrize(
    ("relation", "agreement", "vesting", "is_found"),
    [
        ("founder", True, True, False),
        ("founder", False, True, True),
        ("employee", True, False, True),
        ("investor", True, False, False),  # money that is in does not vest
        ("company", True, False, False),
        ("investor", False, True, True),
    ],
)
def test_vesting_is_asked_of_people_who_work_and_an_agreement_of_all(
    relation: str, agreement: bool, vesting: bool, is_found: bool
) -> None:
    found = ask("key_person_equity", **holder(relation=relation, has_agreement=agreement, has_vesting=vesting))
    assert bool(found) is is_found


def test_what_is_missing_stands_in_the_evidence() -> None:
    (found,) = ask("key_person_equity", **holder(has_agreement=False))
    assert (found.hit.evidence[0]["has_agreement"], found.hit.evidence[0]["has_vesting"]) == ("no", "yes")


def test_who_stands_in_for_himself_is_no_stand_in() -> None:
    assert len(ask("duty_without_stand_in", **duty("Ana"))) == 1
    assert len(ask("duty_without_stand_in", **duty("  "))) == 1
    assert ask("duty_without_stand_in", **duty(None, critical=False)) == []


@pytest.mark.parametrize("id", ["renewal_due", "renewal_overdue", "asset_owner_missing"])
def test_what_is_retired_is_left_in_peace(id: str) -> None:
    for day in (date(2026, 10, 1), date(2026, 11, 10), None):
        assert ask(id, **asset(status="retired", owner=None, renews_on=day)) == []


def test_a_renewal_comes_with_the_value_that_hangs_on_it() -> None:
    (found,) = ask("renewal_due", **asset(renews_on=date(2026, 11, 1), value_minor=250_000))
    assert found.hit.money_at_stake == usd(250_000)
    assert found.hit.evidence == (
        {
            "asset": "slip",
            "name": "Slip B-14",
            "category": "category",
            "status": "active",
            "owner": "Ana",
            "value": usd(250_000),
            "renews_on": date(2026, 11, 1),
        },
    )


def test_assets_without_an_owner_are_one_finding_the_most_valuable_first() -> None:
    rows: list[Row] = [
        {"asset": "domain", "owner": None, "value_minor": None},
        {"asset": "boat", "owner": " ", "value_minor": 9_000},
        {"asset": "truck", "owner": "Bo", "value_minor": 700},
        {"asset": "tender", "owner": None, "value_minor": 30_000},
    ]
    (found,) = ask("asset_owner_missing", assets=frame("assets", rows))
    assert found.title == "3 of 4 assets have no owner"
    assert found.hit.money_at_stake == usd(39_000)
    assert [row["asset"] for row in found.hit.evidence] == ["tender", "boat", "domain"]
