"""When revenue is earned: worked by hand, against SQL from the definition, and what must hold of any obligations."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck import recognition
from tests.tables import CASH, DEFERRED, SALES, entry, frame, nothing_of, posted, together

JAN = date(2024, 1, 1)


def contracts(*rows: dict[str, Any], postings: pd.DataFrame | None = None, tenant: str = "a") -> pd.DataFrame:
    listed = frame("obligations", rows, tenant)
    return recognition.contracts(listed, nothing_of("postings") if postings is None else postings)


def earned(found: pd.DataFrame, *days: date) -> list[int]:
    return [int(recognition.standing(found, day)["recognised_minor"].sum()) for day in days]


def span(start: date, end: date, minor: int, **more: Any) -> dict[str, Any]:
    return {
        "kind": "subscription", "billed_on": start, "amount_minor": minor, "service_start": start, "service_end": end, **more,
    }  # fmt: skip


def deposit(billed: date, service: date | None, minor: int, **more: Any) -> dict[str, Any]:
    return {"kind": "deposit", "billed_on": billed, "amount_minor": minor, "service_start": service, **more}


def test_a_deposit_is_revenue_on_its_day_of_service() -> None:
    found = contracts(deposit(date(2026, 9, 2), date(2026, 10, 12), 72_500))
    assert earned(found, date(2026, 9, 3), date(2026, 10, 12), date(2026, 10, 13)) == [0, 0, 72_500]
    assert [recognition.deferred(found, date(2026, 9, day)) for day in (2, 3)] == [0, 72_500]
    assert recognition.deferred(found, date(2026, 10, 13)) == 0


def test_a_year_that_leaps_has_366_parts() -> None:
    found = contracts(span(JAN, date(2025, 1, 1), 36_600))
    assert earned(found, date(2024, 2, 1), date(2024, 3, 1), date(2025, 1, 1)) == [3_100, 6_000, 36_600]


def test_a_span_over_the_end_of_a_month_is_split_by_its_days() -> None:
    # 20 days from 21 October: 11 in October, 9 in November; 1,000.01 x 11 / 20 = 550.0055
    found = contracts(span(date(2026, 10, 21), date(2026, 11, 10), 100_001))
    assert earned(found, date(2026, 11, 1), date(2026, 12, 1)) == [55_001, 100_001]
    assert recognition.roll_forward(found, date(2026, 11, 1), date(2026, 12, 1)) == recognition.RollForward(
        45_000, 0, 45_000, 0, 0
    )


def test_halves_go_to_the_even_yen() -> None:
    # 5 yen over two days are 2.5 after one, 7 yen are 3.5
    for minor, first in ((5, 2), (7, 4)):
        found = contracts(span(date(2026, 10, 1), date(2026, 10, 3), minor, currency="JPY"))
        assert earned(found, date(2026, 10, 2), date(2026, 10, 3)) == [first, minor]


@pytest.mark.parametrize(
    ("more", "after", "owed"),
    [
        ({}, 4_000, 6_000),  # the rest is still owed to the customer
        ({"is_forfeited": True}, 10_000, 0),
        ({"refunded_minor": 6_000}, 4_000, 0),
        ({"refunded_minor": 2_000, "is_forfeited": True}, 8_000, 0),
        ({"refunded_minor": 7_000}, 3_000, 0),  # more than was left: revenue goes down
        ({"refunded_minor": 2_000, "refunded_on": date(2026, 10, 20), "is_forfeited": True}, 8_000, 2_000),
        ({"refunded_minor": 7_000, "refunded_on": date(2026, 10, 20)}, 4_000, 6_000),
    ],
)
def test_a_cancellation_within_a_span(more: dict[str, Any], after: int, owed: int) -> None:
    found = contracts(span(date(2026, 10, 1), date(2026, 10, 11), 10_000, cancelled_on=date(2026, 10, 5), **more))
    assert earned(found, date(2026, 10, 4), date(2026, 10, 6)) == [3_000, after]
    assert recognition.deferred(found, date(2026, 10, 6)) == owed


def test_a_refund_within_a_span_lowers_the_price_of_the_days_that_have_passed_too() -> None:
    found = contracts(span(date(2026, 10, 1), date(2026, 10, 11), 10_000, refunded_minor=2_000, refunded_on=date(2026, 10, 5)))
    assert earned(found, date(2026, 10, 5), date(2026, 10, 6), date(2026, 10, 11)) == [4_000, 4_000, 8_000]
    # Of the 20.00, ten were of days that had passed: 5 of 10 days.
    assert recognition.roll_forward(found, date(2026, 10, 1), date(2026, 10, 6)) == recognition.RollForward(
        opening=0, billed=10_000, recognised=5_000 - 1_000 + 1_000, refunded=1_000, closing=4_000
    )


def test_a_refund_before_the_service_takes_from_what_is_deferred_and_after_it_from_revenue() -> None:
    early = contracts(deposit(date(2026, 9, 1), date(2026, 10, 10), 900, refunded_minor=300, refunded_on=date(2026, 9, 20)))
    late = contracts(deposit(date(2026, 9, 1), date(2026, 10, 10), 900, refunded_minor=300, refunded_on=date(2026, 11, 2)))
    september, october, november = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)
    assert recognition.roll_forward(early, september, october) == recognition.RollForward(0, 900, 0, 300, 600)
    assert recognition.roll_forward(early, october, november) == recognition.RollForward(600, 0, 600, 0, 0)
    assert recognition.roll_forward(late, october, november) == recognition.RollForward(900, 0, 900, 0, 0)
    assert recognition.roll_forward(late, november, date(2026, 12, 1)) == recognition.RollForward(0, 0, 0, 0, 0)
    assert earned(late, november, date(2026, 12, 1)) == [900, 600]


def test_a_cancelled_deposit_is_owed_until_it_is_paid_back_or_kept() -> None:
    day = date(2026, 9, 20)
    kept = contracts(
        deposit(date(2026, 9, 1), date(2026, 10, 10), 900, cancelled_on=day, refunded_minor=400, is_forfeited=True)
    )
    owed = contracts(deposit(date(2026, 9, 1), date(2026, 10, 10), 900, cancelled_on=day))
    assert earned(kept, day, date(2026, 9, 21), date(2026, 12, 1)) == [0, 500, 500]
    assert earned(owed, day, date(2026, 12, 1)) == [0, 0]
    assert recognition.deferred(owed, date(2026, 12, 1)) == 900
    assert recognition.ahead(owed, date(2026, 10, 1)).undated == 900


def test_gift_cards_are_revenue_when_redeemed_or_on_expiry_unless_they_are_kept() -> None:
    card = {"kind": "gift_card", "billed_on": date(2025, 5, 20), "amount_minor": 300, "expires_on": date(2026, 5, 20)}
    eve, after = date(2026, 5, 20), date(2026, 5, 21)
    assert earned(contracts(card), eve, after) == [0, 300]
    assert earned(contracts({**card, "breakage": "none"}), eve, date(2030, 1, 1)) == [0, 0]
    assert earned(contracts({**card, "service_start": date(2026, 3, 1)}), date(2026, 3, 1), date(2026, 3, 2)) == [0, 300]
    assert earned(contracts({**card, "service_start": date(2026, 8, 1)}), after) == [300]


def test_net_takes_the_commission_off_and_gross_does_not() -> None:
    sale = deposit(date(2026, 9, 1), date(2026, 9, 10), 10_000, commission_minor=1_500)
    assert earned(contracts(sale), date(2026, 10, 1)) == [10_000]
    assert earned(contracts({**sale, "presentation": "net"}), date(2026, 10, 1)) == [8_500]


def test_a_service_without_days_is_never_earned() -> None:
    nowhere = contracts(
        deposit(JAN, None, 100),
        span(JAN, JAN, 200),
        {**span(JAN, date(2024, 5, 1), 400), "service_start": None},
        {**deposit(JAN, JAN, 800), "method": "span"},
    )
    assert earned(nowhere, date(2040, 1, 1)) == [0]
    assert set(nowhere["method"]) == {"undated"}
    assert recognition.ahead(nowhere, date(2024, 2, 1)) == recognition.Ahead(
        tuple((date(2024 + (month > 11), month % 12 + 1, 1), 0) for month in range(1, 13)), 0, 1_500
    )


def test_what_will_be_earned_by_month_later_and_never() -> None:
    found = contracts(
        deposit(date(2026, 9, 1), date(2026, 11, 20), 500),
        deposit(date(2026, 9, 1), date(2027, 10, 31), 60),
        deposit(date(2026, 9, 1), date(2027, 11, 1), 7),
        deposit(date(2026, 9, 1), None, 9),
        deposit(date(2026, 11, 1), date(2026, 12, 1), 10_000),  # not billed yet
        deposit(date(2026, 9, 1), date(2026, 12, 24), 2_000, cancelled_on=date(2026, 11, 5), refunded_minor=2_000),
    )
    owed = recognition.ahead(found, date(2026, 11, 1))
    months = dict(owed.months)
    assert (months[date(2026, 11, 1)], months[date(2026, 12, 1)], months[date(2027, 10, 1)]) == (500, 2_000, 60)
    assert (owed.within, owed.later, owed.undated) == (2_560, 7, 9)


def test_books_that_defer_speak_for_themselves_unless_an_obligation_names_their_document() -> None:
    service = date(2026, 11, 5)
    books = posted(
        entry(date(2026, 10, 1), CASH, DEFERRED, 1_000, document="ch_1", service_date=service),
        entry(date(2026, 10, 2), CASH, DEFERRED, 300, document="ch_2", service_date=service),
        entry(date(2026, 10, 9), DEFERRED, CASH, 100, document="re_2", service_date=service),  # a refund before the service
        entry(service, DEFERRED, SALES, 300, document="ch_2", service_date=service),  # its release is no obligation
    )
    listed = {**deposit(date(2026, 10, 1), service, 1_000, cancelled_on=date(2026, 10, 20)), "document": "ch_0 ch_1"}
    found = contracts(listed, postings=books)
    assert sorted(found["price"]) == [-100, 300, 1_000]
    assert earned(found, service, date(2026, 12, 1)) == [0, 200]
    assert len(contracts(listed, postings=books, tenant="b")) == 4  # another tenant's document


def test_amounts_beyond_a_product_of_64_bits_are_exact() -> None:
    minor = 9_000_000_000_000_000_001
    found = contracts(span(JAN, date(2025, 1, 1), minor))
    assert earned(found, date(2024, 7, 2), date(2025, 1, 1)) == [minor // 2, minor]


DAYS = st.dates(date(2023, 11, 1), date(2025, 3, 1))


@st.composite
def obligations(draw: st.DrawFn) -> dict[str, Any]:
    start = draw(st.none() | DAYS)
    end = draw(st.none() | st.just(start and start + timedelta(days=draw(st.integers(1, 400)))))
    amount = draw(st.integers(0, 10**7))
    maybe = st.none() | DAYS
    return {
        "kind": draw(st.sampled_from(("service", "deposit", "gift_card", "subscription"))),
        "billed_on": draw(DAYS),
        "amount_minor": amount,
        "service_start": start,
        "service_end": end,
        "method": draw(st.sampled_from((None, "point", "span"))),
        "cancelled_on": draw(maybe),
        "refunded_minor": draw(st.none() | st.integers(0, amount)),
        "refunded_on": draw(maybe),
        "is_forfeited": draw(st.sampled_from((None, True, False))),
        "expires_on": draw(maybe),
        "breakage": draw(st.sampled_from((None, "on_expiry", "none"))),
        "presentation": draw(st.sampled_from((None, "gross", "net"))),
        "commission_minor": draw(st.none() | st.integers(0, amount // 4)),
    }


LISTS = st.lists(obligations(), min_size=1, max_size=10)


@settings(max_examples=40, deadline=None)
@given(LISTS, st.lists(DAYS, min_size=1, max_size=5, unique=True))
def test_on_any_day_all_that_was_billed_is_somewhere_and_any_split_of_time_adds_up(
    rows: list[dict[str, Any]], days: list[date]
) -> None:
    found = contracts(*rows)
    for day in days:
        now = recognition.standing(found, day)
        sums = [int(now[f"{name}_minor"].sum()) for name in ("billed", "recognised", "refunded", "deferred")]
        assert sums[0] == sum(sums[1:])
        assert recognition.deferred(recognition.known(found, day), day) == sums[3], "what comes later changes nothing before"
        ahead = recognition.ahead(found, day)
        assert ahead.within + ahead.later + ahead.undated == sums[3]
    edges = [date(2023, 1, 1), *sorted(days), date(2027, 1, 1)]
    parts = [recognition.roll_forward(found, *pair) for pair in pairwise(edges)]
    whole = recognition.roll_forward(found, edges[0], edges[-1])
    for name in ("billed", "recognised", "refunded"):
        assert sum(getattr(part, name) for part in parts) == getattr(whole, name)
    for part, following in pairwise(parts):
        assert part.closing == following.opening
        assert part.opening + part.billed - part.recognised - part.refunded == part.closing


# The definition, day by day: a service is on one day or on those of its span, and each day of it earns the same part.
_ORACLE = """
with told as (
    select obligation, cancelled_on::date as over_on, coalesce(is_forfeited, false) as is_kept, billed_on::date as billed,
        amount_minor - if(presentation = 'net', coalesce(commission_minor, 0), 0) as price, coalesce(refunded_minor, 0) as back,
        greatest(coalesce(refunded_on, cancelled_on, billed_on), billed_on)::date as back_on,
        if(kind = 'gift_card' and coalesce(breakage, '') <> 'none', least(service_start, expires_on), service_start)::date
            as first_day,
        if(kind <> 'gift_card' and coalesce(method, if(service_end is null, 'point', 'span')) = 'span', service_end::date,
            first_day + 1) as stop
    from listed
), days as (
    select obligation, over_on, unnest(generate_series(first_day::timestamp, stop - interval 1 day, interval 1 day))::date as d
    from told where first_day is not null and stop is not null
), served as (
    select obligation, count(*) as whole, count(*) filter (where d < $day and (over_on is null or d < over_on)) as so_far
    from days group by obligation
), parts as (
    select *, coalesce(so_far / whole, 0.0) as part, if(back_on < over_on, back, 0) as early, back - early as late,
        round_even((price - early) * coalesce(so_far, 0) / coalesce(whole, 1), 0) as earned, price - early - earned as rest
    from told left join served using (obligation) where billed < $day
)
select coalesce(sum(case
    when over_on < $day
    then earned + if(is_kept, greatest(rest - late, 0), 0) - if(back_on < $day, greatest(late - rest, 0), 0)
    else round_even((price - if(back_on < $day, back, 0)) * coalesce(so_far, 0) / coalesce(whole, 1), 0)
end), 0)::bigint from parts
"""

_SQL = duckdb.connect(config={"threads": 1})


@settings(max_examples=40, deadline=None)
@given(LISTS, DAYS)
def test_what_is_earned_equals_sql_over_the_days_of_service(rows: list[dict[str, Any]], day: date) -> None:
    listed = frame("obligations", rows)
    with _SQL.cursor() as cursor:
        cursor.register("listed", listed)
        (told,) = cursor.execute(_ORACLE, {"day": day}).fetchall()
        cursor.unregister("listed")
    found = recognition.contracts(listed, nothing_of("postings"))
    assert told == (int(recognition.standing(found, day)["recognised_minor"].sum()),)


@settings(max_examples=15, deadline=None)
@given(LISTS, st.randoms(use_true_random=False), DAYS)
def test_neither_the_order_of_rows_nor_who_else_is_there_changes_anything(
    rows: list[dict[str, Any]], random: Any, day: date
) -> None:
    shuffled = random.sample(rows, len(rows))
    assert recognition.deferred(contracts(*rows), day) == recognition.deferred(contracts(*shuffled), day)
    both = together("obligations", frame("obligations", rows, "a"), frame("obligations", shuffled, "b"))
    found = recognition.contracts(both, nothing_of("postings"))
    assert recognition.deferred(found, day) == 2 * recognition.deferred(contracts(*rows), day)
