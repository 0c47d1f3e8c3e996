from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from quarterdeck.exhibits.marketing import channel_matrix
from quarterdeck.model import Severity
from tests.asking import Case, Given, ask, check
from tests.tables import OCTOBER, Row, at, cells, frame, nothing_of, usd

COMPANY = frame("tenant", [{"id": "a", "kind": "company"}])
UNIT = frame("tenant", [{"id": "a", "kind": "unit"}])


def channels(*rows: Row) -> Given:
    return {"channels": frame("channels", [{"is_listed": False, "is_live": False, **row} for row in rows])}


def ota(name: str, reach: int | None = None, effort: str | None = "S", **more: object) -> Row:
    return {"channel": name, "kind": "ota", "reach": reach, "effort": effort, **more}


WEBSITE = {"channel": "Own site", "kind": "website", "is_listed": True, "is_live": True}
DEAD_SHOP = {"channel": "Boat market", "kind": "marketplace", "is_listed": True}


def steps(*rows: tuple[date, int, int], step: str = "payment") -> Given:
    named = ("date", "entered", "completed")
    return {"funnel": frame("funnel", [{"step": step, **dict(zip(named, row, strict=True))} for row in rows])}


def deals(*rows: Row, tenant: Any = COMPANY, provided: bool = True) -> Given:
    sources = frame("sources", [{"source": "deals", "provides": "pipeline"}] if provided else [])
    pipeline = {"pipeline": frame("pipeline", rows)} if provided else {}
    return {"tenant": tenant, "sources": sources, **pipeline}


def deal(stage: str, opened: date, closed: date | None = None, minor: int = 90_000) -> Row:
    return {"stage": stage, "opened_on": opened, "closed_on": closed, "value_minor": minor}


JUN, JUL, AUG, SEP, OCT = (date(2026, month, 10) for month in (6, 7, 8, 9, 10))

CASES = {
    "ota_listing_missing": Case(
        seeded=lambda: channels(ota("Sailo", 900), ota("Viator", 2_000, "L", is_listed=True), WEBSITE),
        clean=lambda: channels(ota("Sailo", 900), ota("Viator", 2_000, "L", is_listed=True, is_live=True), WEBSITE),
        subject="ota",
        title="0 of 2 online travel agencies can be booked",
        why="1 is listed and 0 are live; whoever looks there books with somebody else.",
    ),
    "channel_not_live": Case(
        seeded=lambda: channels(DEAD_SHOP, WEBSITE),
        clean=lambda: channels({**DEAD_SHOP, "is_live": True}, WEBSITE),
        subject="Boat market",
        title="Boat market is listed, but cannot be booked",
        why="The listing exists, and a customer who finds it can neither book nor enquire there.",
    ),
    "funnel_broken": Case(
        # Before, 50 of 100 got through; a fifth of that is 10 %. Now 4 of 50 are 8 %, and 5 of 50 are just 10 %.
        seeded=lambda: steps((JUL, 60, 20), (SEP, 40, 30), (OCT, 50, 4)),
        clean=lambda: steps((JUL, 60, 20), (SEP, 40, 30), (OCT, 50, 5)),
        subject="payment",
        title="4 of 50 got through the step 'payment'",
        why="46 people stopped there in the period; nobody gets past a broken step to a booking.",
    ),
    "pipeline_empty": Case(
        seeded=lambda: deals(deal("won", AUG, OCT), deal("lost", JUL, SEP)),
        clean=lambda: deals(deal("won", AUG, OCT), deal("lead", OCT)),
        subject="pipeline",
        title="The sales pipeline is empty",
        why="1 source records deals; of 2 deals on record 0 were open when the period ended.",
    ),
    "deals_stale": Case(
        seeded=lambda: {"pipeline": frame("pipeline", [deal("lead", date(2026, 7, 31)), deal("lead", OCT)])},
        clean=lambda: {"pipeline": frame("pipeline", [deal("lead", date(2026, 8, 1)), deal("lead", OCT)])},
        subject="pipeline",
        title="1 deal has been open for more than 3 months",
        why="Together they are worth $900; the oldest was opened on Jul 31, 2026.",
    ),
    "billing_model_missing": Case(
        seeded=lambda: {"tenant": COMPANY, "sources": frame("sources", [{"provides": "assets"}])},
        clean=lambda: {"tenant": COMPANY, "prices": frame("prices", [{"product": "Hour of work"}])},
        subject="prices",
        title="There is no billing model",
        why="0 sources give prices, and 0 products have one: what is sold, at which price and by which unit is not written "
        "down.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


def test_agencies_come_by_reach_for_the_effort_they_take() -> None:
    # Worth: 5,200 / 1, 6,100 / 3 = 2,033, 8,800 / 8 = 1,100; what is not estimated is large, what nobody counted is last.
    listed = channels(
        ota("Uncounted", None),
        ota("Unestimated", 8_000, None),
        ota("Viator", 8_800, "L"),
        ota("GetMyBoat", 6_100, "M"),
        ota("Sailo", 5_200),
    )
    (found,) = ask("ota_listing_missing", **listed)
    assert [row["channel"] for row in found.hit.evidence] == ["Sailo", "GetMyBoat", "Viator", "Unestimated", "Uncounted"]
    assert found.remedy.startswith("Put the first listing live: Sailo")


def test_a_business_that_lists_no_agency_lacks_none() -> None:
    assert ask("ota_listing_missing", **channels(WEBSITE)) == []


def test_agencies_of_which_none_is_live_are_one_finding_and_not_two() -> None:
    none_live = channels(ota("Sailo", is_listed=True), ota("Viator"))
    one_live = channels(ota("Sailo", is_listed=True), ota("Viator", is_listed=True, is_live=True))
    assert (len(ask("ota_listing_missing", **none_live)), ask("channel_not_live", **none_live)) == (1, [])
    assert ask("ota_listing_missing", **one_live) == []
    assert [found.subject for found in ask("channel_not_live", **one_live)] == ["Sailo"]


def test_a_step_that_nobody_completes_is_critical_even_without_a_past() -> None:
    (found,) = ask("funnel_broken", **steps((OCT, 10, 0)))
    assert found.hit.severity is Severity.CRITICAL
    assert ask("funnel_broken", **steps((OCT, 9, 0))) == []


def test_a_fall_is_held_against_the_three_months_before_alone() -> None:
    # In June everybody got through; in the three months before October nobody knows.
    assert ask("funnel_broken", **steps((JUN, 500, 500), (OCT, 50, 1))) == []


def test_a_step_is_judged_by_itself_and_shown_by_month_the_latest_first() -> None:
    two: Given = {"funnel": frame("funnel", [*_rows("enquiry", 100, 60), *_rows("payment", 50, 0)])}
    (found,) = ask("funnel_broken", **two)
    assert found.subject == "payment"
    assert found.hit.evidence == (
        {"month": date(2026, 10, 1), "entered": 50, "completed": 0},
        {"month": date(2026, 9, 1), "entered": 50, "completed": 40},
    )


def _rows(step: str, entered: int, completed: int) -> list[Row]:
    months = ((SEP, 50, 40), (date(2026, 10, 2), entered - 5, completed), (OCT, 5, 0))
    return [{"step": step, "date": day, "entered": n, "completed": done} for day, n, done in months]


def test_a_company_that_records_no_deals_has_an_empty_pipeline() -> None:
    (found,) = ask("pipeline_empty", **deals(provided=False))
    assert found.why == "0 sources record deals; of 0 deals on record 0 were open when the period ended."
    assert ask("pipeline_empty", **deals(provided=False, tenant=UNIT)) == []


def test_a_unit_that_records_deals_is_asked_for_open_ones() -> None:
    assert len(ask("pipeline_empty", **deals(deal("won", AUG, OCT), tenant=UNIT))) == 1


@pytest.mark.parametrize(
    ("one", "is_open"),
    [
        (deal("won", OCT, date(2026, 11, 1)), True),  # closed after the period
        (deal("won", OCT, date(2026, 10, 31)), False),
        (deal("lost", OCT), False),  # closed, on a day nobody wrote down
        (deal("lead", date(2026, 11, 1)), False),  # opened after the period
        (deal("proposal", OCT), True),
    ],
)
def test_a_deal_counts_as_open_as_it_stood_when_the_period_ended(one: Row, is_open: bool) -> None:
    assert (ask("pipeline_empty", **deals(one)) == []) is is_open


def test_the_value_of_stale_deals_is_at_stake_the_largest_first() -> None:
    old = [deal("lead", JUN, minor=10_000), deal("qualified", JUL, minor=70_000), deal("won", JUN, JUL)]
    (found,) = ask("deals_stale", pipeline=frame("pipeline", old))
    assert found.hit.money_at_stake == usd(80_000)
    assert [row["value"] for row in found.hit.evidence] == [usd(70_000), usd(10_000)]


def test_a_unit_needs_no_billing_model_of_its_own() -> None:
    assert ask("billing_model_missing", tenant=UNIT) == []


def test_a_list_of_prices_without_a_product_is_no_billing_model() -> None:
    empty_list = frame("sources", [{"provides": "prices, assets"}])
    (found,) = ask("billing_model_missing", tenant=COMPANY, sources=empty_list, prices=frame("prices", []))
    assert found.why.startswith("1 source gives prices, and 0 products have one")


def test_a_quarter_looks_at_its_own_days_and_the_three_months_before_it() -> None:
    (found,) = ask("funnel_broken", at("2026-Q4"), **steps((JUL, 100, 50), (OCT, 20, 2), (date(2026, 12, 1), 30, 1)))
    assert (found.hit.facts["entered"], found.hit.facts["completed"]) == (50, 3)


def test_an_effort_of_m_takes_three_and_one_of_l_eight_times_that_of_s() -> None:
    listed = channels(ota("Large", 801, "L"), ota("Small", 101, "S"), ota("Middle", 301, "M"))  # 100.1, 101, 100.3
    (found,) = ask("ota_listing_missing", **listed)
    assert [row["channel"] for row in found.hit.evidence] == ["Small", "Middle", "Large"]


def test_ten_people_are_enough_of_a_past_and_nine_are_not() -> None:
    assert len(ask("funnel_broken", **steps((SEP, 10, 10), (OCT, 100, 19)))) == 1
    assert ask("funnel_broken", **steps((SEP, 9, 9), (OCT, 100, 19))) == []


def test_the_agencies_stand_in_the_order_of_the_channel_matrix() -> None:
    listed = channels(
        *(ota(f"{effort}{reach}", reach, effort) for effort in ("S", "M", "L", None) for reach in (90, 310, 900, None))
    )
    (found,) = ask("ota_listing_missing", **listed)
    assert [row["channel"] for row in found.hit.evidence] == cells(
        channel_matrix(**listed, listings=nothing_of("listings"), prices=nothing_of("prices"), at=OCTOBER), "channel"
    )
