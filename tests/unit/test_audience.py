"""Contacts and campaigns, worked out by hand. Amounts are in cents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from quarterdeck import audience
from tests.tables import OCTOBER, frame, together


def test_cases_come_low_base_high_with_their_own_companys_contacts() -> None:
    ratios = {"delivered_ratio": Decimal("0.5"), "response_ratio": Decimal("0.1"), "value_minor": 333, "segment": "sail"}
    rows = [{"campaign": "spring", "case": case, **ratios} for case in ("high", "base", "low")]
    contacts = [{"segment": "sail", "is_opted_in": True, "added_on": date(2026, 1, 1)}] * 3
    people = together("contacts", *(frame("contacts", contacts[:n], tenant) for n, tenant in ((3, "a"), (1, "b"))))
    campaigns = together("campaigns", frame("campaigns", rows), frame("campaigns", rows[:1], "b"))
    cases = list(audience.cases(campaigns, people, OCTOBER))
    assert [(case.tenant, case.case, case.contacts) for case in cases] == [
        ("a", "low", 3),
        ("a", "base", 3),
        ("a", "high", 3),
        ("b", "high", 1),
    ]
    assert [case.total for case in cases] == [50, 50, 50, 17]  # 3 x 0.5 x 0.1 x 333 = 49.95; 16.65


def test_nobody_in_a_segment_is_no_contact_and_no_money() -> None:
    campaigns = frame("campaigns", [{"segment": "fish", "case": "base", "response_ratio": Decimal(1), "value_minor": 5}])
    contacts = frame("contacts", [{"segment": "sail", "is_opted_in": True, "added_on": date(2026, 1, 1)}])
    (case,) = audience.cases(campaigns, contacts, OCTOBER)
    assert (case.contacts, case.total) == (0, 0)


def test_who_joined_after_the_period_is_not_on_the_list_yet() -> None:
    rows = [{"added_on": day, "is_opted_in": True} for day in (date(2026, 10, 31), date(2026, 11, 1))]
    contacts = frame("contacts", rows)
    assert len(audience.known(contacts, OCTOBER)) == 1
    assert len(audience.reachable(contacts, OCTOBER)) == 1
