from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.asking import Case, Given, ask, check
from tests.tables import Row, frame, usd

LONG_AGO, LATELY = date(2025, 10, 31), date(2025, 11, 1)  # twelve months before the end of October 2026, and a day later


def people(*groups: tuple[int, bool, date | None], segment: str = "guests") -> list[Row]:
    """Groups of (how many, opted in, last booked)."""
    return [
        {"segment": segment, "is_opted_in": agreed, "last_booked_on": booked, "added_on": date(2024, 1, 1)}
        for count, agreed, booked in groups
        for _ in range(count)
    ]


def contacts(*rows: list[Row]) -> Given:
    numbered = [{**row, "contact": f"C{n}"} for n, row in enumerate(row for group in rows for row in group)]
    return {"contacts": frame("contacts", numbered)}


def campaigns(*rows: Row) -> Given:
    return {
        "campaigns": frame("campaigns", [{"campaign": "Concerts", "segment": "guests", "case": "base", **row} for row in rows])
    }


CASES = {
    "contacts_dormant": Case(
        seeded=lambda: contacts(people((49, True, LATELY), (51, True, LONG_AGO))) | campaigns({}),
        clean=lambda: contacts(people((50, True, LATELY), (50, True, LONG_AGO))) | campaigns({}),
        subject="guests",
        title="'guests': 100 contacts may be written to, 51 of them dormant",
        why="1 campaign is planned for them, and 51.0% have not booked in 12 months.",
    ),
    "opt_in_low": Case(
        seeded=lambda: contacts(people((99, True, None), (100, False, None))),
        clean=lambda: contacts(people((100, True, None), (100, False, None))),
        subject="mailing list",
        title="Only 99 of 199 contacts may be written to",
        why="That is 49.7%; the others have not agreed to mail, so a campaign cannot reach them.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


def test_a_segment_without_a_campaign_is_found_however_lively_it_is() -> None:
    lively = contacts(people((100, True, LATELY)))
    (found,) = ask("contacts_dormant", **lively)
    assert found.why == "0 campaigns are planned for them, and 0.0% have not booked in 12 months."
    assert found.hit.money_at_stake is None
    assert len(ask("contacts_dormant", **lively, **campaigns({"segment": "other"}))) == 1
    assert ask("contacts_dormant", **lively, **campaigns({})) == []


def test_few_contacts_are_not_worth_a_campaign() -> None:
    assert ask("contacts_dormant", **contacts(people((99, True, None), (500, False, None)))) == []


def test_at_stake_is_the_base_case_of_the_best_campaign_over_those_who_may_be_written_to() -> None:
    planned = campaigns(
        {"case": "base", "delivered_ratio": Decimal("0.9"), "response_ratio": Decimal("0.02"), "value_minor": 25_000},
        {"case": "high", "delivered_ratio": Decimal(1), "response_ratio": Decimal(1), "value_minor": 9_900_000},
        {"campaign": "Newsletter", "delivered_ratio": Decimal("0.9"), "response_ratio": Decimal("0.01"), "value_minor": 25_000},
    )
    (found,) = ask("contacts_dormant", **contacts(people((200, True, None), (50, False, None))), **planned)
    assert found.hit.money_at_stake == usd(90_000)  # 200 x 0.9 x 0.02 = 3.6 responses of 250.00


def test_a_contact_added_after_the_period_is_not_counted() -> None:
    rows = people((100, True, None))
    late = {**rows[0], "added_on": date(2026, 11, 1)}
    assert ask("contacts_dormant", **contacts([late, *rows[1:]])) == []


def test_few_contacts_say_nothing_about_consent() -> None:
    assert ask("opt_in_low", **contacts(people((99, False, None)))) == []


def test_consent_is_shown_by_segment_the_largest_first() -> None:
    rows = (people((10, True, None), (30, False, None), segment="leads"), people((20, True, None), (80, False, None)))
    (found,) = ask("opt_in_low", **contacts(*rows))
    assert found.hit.evidence == (
        {"segment": "guests", "contacts": 100, "reachable": 20},
        {"segment": "leads", "contacts": 40, "reachable": 10},
    )


def test_a_hundred_contacts_are_enough_to_speak_of_consent() -> None:
    (found,) = ask("opt_in_low", **contacts(people((100, False, None))))
    assert found.title == "Only 0 of 100 contacts may be written to"
