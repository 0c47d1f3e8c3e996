from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from quarterdeck.model import Severity
from quarterdeck.money import Money
from tests.asking import Case, Given, ask, check, kpi, kpis
from tests.tables import Row, frame


def usd(units: int) -> Money:
    return Money(units * 100, "USD")


def bill(number: str, due: date, units: int, party: str = "Ana", side: str = "receivable", **more: object) -> Row:
    return {
        "invoice": number,
        "side": side,
        "party": party,
        "issued_on": due,
        "due_on": due,
        "amount_minor": units * 100,
        **more,
    }


def bills(*rows: Row) -> Given:
    return {"invoices": frame("invoices", rows)}


def days_of_sales(*days: str | None) -> Given:
    series = tuple(None if day is None else Decimal(day) for day in days)
    return {"kpis": kpis(kpi("dso", series[-1], series=series))}


AUG, SEP = date(2026, 8, 31), date(2026, 9, 1)  # 61 and 60 days before the last day of October

CASES = {
    "receivable_overdue": Case(
        seeded=lambda: bills(bill("7", AUG, 400), bill("8", date(2026, 8, 21), 50)),
        clean=lambda: bills(bill("7", SEP, 400), bill("8", AUG, 99), bill("9", AUG, 500, side="payable")),
        subject="Ana",
        title="Ana has owed $450 for more than 60 days",
        why="2 invoices are open, the oldest for 71 days; what is older is paid more seldom.",
    ),
    "payables_late": Case(
        seeded=lambda: bills(
            bill("1", date(2026, 10, 23), 300, "Yard", "payable"), bill("2", date(2026, 10, 1), 20, "Mill", "payable")
        ),
        clean=lambda: bills(
            bill("1", date(2026, 10, 24), 300, "Yard", "payable"), bill("3", AUG, 9),
            bill("2", AUG, 20, "Mill", "payable", paid_minor=2_000, paid_on=date(2026, 10, 31)),
        ),
        subject="payables",
        title="$320 of suppliers' invoices is not paid in time",
        why="2 invoices are late, the oldest by 30 days; 2 suppliers wait.",
    ),
    "collection_slows": Case(
        seeded=lambda: days_of_sales("30", "31", "33.5", "40"),
        clean=lambda: days_of_sales("30", "31", "31", "40"),
        subject="collection",
        title="Customers pay later for the third period in a row: 40 days of sales are open",
        why="It was 30 days before that; each day more is a day of sales that has to be paid for in advance.",
    ),
    "tax_without_cash": Case(
        seeded=lambda: {"kpis": kpis(tax_due=usd(900), cash=usd(600))},
        clean=lambda: {"kpis": kpis(tax_due=usd(600), cash=usd(600))},
        subject="taxes",
        title="$900 of taxes is owed, and $600 is there",
        why="What was collected for the tax office is spent; it is due whatever else must be paid.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("id", "case"), CASES.items(), ids=list(CASES))
def test_a_fault_is_found_and_its_clean_twin_is_none(id: str, case: Case) -> None:
    check(id, case)


def test_money_at_stake_is_what_is_late_and_over_ninety_days_is_high() -> None:
    given = bills(
        bill("7", AUG, 400), bill("8", date(2026, 8, 2), 200, paid_minor=5_000), bill("9", date(2026, 8, 1), 150, "Bo")
    )
    ana, bo = ask("receivable_overdue", **given)
    assert (ana.subject, ana.hit.money_at_stake, ana.hit.severity) == ("Ana", usd(550), None)  # 90 days are not over 90
    assert (bo.subject, bo.hit.money_at_stake, bo.hit.severity) == ("Bo", usd(150), Severity.HIGH)
    assert [row["invoice"] for row in ana.hit.evidence] == ["8", "7"]
    assert [row["open"] for row in ana.hit.evidence] == [usd(150), usd(400)]


def test_what_customers_have_as_credit_is_no_debt() -> None:
    assert ask("receivable_overdue", **bills(bill("7", AUG, -400))) == []


def test_a_gap_in_the_series_is_no_trend() -> None:
    assert ask("collection_slows", **days_of_sales("30", None, "33", "40")) == []
    assert ask("collection_slows", **days_of_sales("31", "33", "40")) == []


def test_no_tax_is_owed_where_the_office_owes_it() -> None:
    assert ask("tax_without_cash", kpis=kpis(tax_due=usd(-10), cash=usd(-20))) == []
    (found,) = ask("tax_without_cash", kpis=kpis(tax_due=usd(10), cash=usd(-20)))
    assert found.hit.facts["gap"] == usd(30)
