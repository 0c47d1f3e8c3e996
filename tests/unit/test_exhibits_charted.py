"""Exhibits that are drawn, worked out by hand. Amounts are in cents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd

from quarterdeck.exhibits import EXHIBITS
from quarterdeck.model import Exhibit
from tests.tables import CASH, EQUITY, FUEL, OCT, RENT, Row, at, cells, cost, entry, frame, posted, refund, sale, together, usd

SEP, NOV = date(2026, 9, 10), date(2026, 11, 3)


def show(id: str, period: str = "2026-10", **tables: pd.DataFrame) -> Exhibit | None:
    return EXHIBITS.get(id).make(**tables, at=at(period))


# --- the bridge -------------------------------------------------------------------------------------------------------


def test_a_bridge_of_ebitda_adds_up() -> None:
    books = posted(
        sale(SEP, 400_000),
        cost(SEP, 90_000, FUEL),
        sale(OCT, 500_000),
        refund(OCT, 50_000),
        cost(OCT, 130_000, FUEL),
        cost(OCT, 200_000, RENT),
        sale(NOV, 999_999),
    )
    table = show("ebitda_bridge", postings=books)
    assert table is not None
    assert table.rows == (
        ("Period before", usd(310_000)),
        ("Net revenue", usd(50_000)),
        ("Cost of sales", usd(-40_000)),  # what costs more takes away
        ("Operating expenses", usd(-200_000)),
        ("Period", usd(120_000)),
    )


def test_books_that_begin_with_the_period_have_nothing_to_come_from() -> None:
    assert show("ebitda_bridge", postings=posted(sale(OCT, 1))) is None


# --- the outlook ------------------------------------------------------------------------------------------------------


def spending(*amounts: int, first: int = 5) -> pd.DataFrame:
    """90,000 put in on 20 April, then one cost on the tenth of each month from `first` on."""
    given = entry(date(2026, 4, 20), CASH, EQUITY, 90_000)
    return posted(given, *(cost(date(2026, first + number, 10), amount) for number, amount in enumerate(amounts)))


def test_the_outlook_goes_on_at_the_mean_burn_between_the_highest_and_the_lowest() -> None:
    table = show("cash_outlook", postings=spending(1_000, 2_000, 3_000, 4_000, 5_000, 9_000))
    assert table is not None
    assert table.rows[0] == (date(2026, 4, 1), usd(90_000), None, None, None)  # before, there was no cash account
    assert table.rows[6] == (date(2026, 10, 1), usd(66_000), usd(66_000), usd(66_000), usd(66_000))
    # the last three months burnt (4,000 + 5,000 + 9,000) / 3 = 6,000 a month; of six the highest is 9,000, the lowest 1,000
    assert table.rows[7] == (date(2026, 11, 1), None, usd(60_000), usd(57_000), usd(65_000))
    assert table.rows[12] == (date(2027, 4, 1), None, usd(30_000), usd(12_000), usd(60_000))
    assert len(table.rows) == 13
    assert table.note


def test_money_that_owners_put_in_is_no_reason_for_hope() -> None:
    late = together("entries", spending(1_000, 2_000, 3_000, 4_000, 5_000, 9_000), posted(entry(OCT, CASH, EQUITY, 50_000)))
    table = show("cash_outlook", postings=late)
    assert cells(table, "cash")[6] == usd(116_000)
    assert cells(table, "outlook")[7] == usd(110_000)


def test_books_of_less_than_six_months_have_no_outlook() -> None:
    books = posted(entry(date(2026, 6, 1), CASH, EQUITY, 90_000), cost(OCT, 1_000))
    table = show("cash_outlook", postings=books)
    assert table is not None
    assert [row[1] for row in table.rows] == [*[usd(90_000)] * 4, usd(89_000)]
    assert {row[2:] for row in table.rows} == {(None, None, None)}
    assert table.note == ""


def test_without_a_cash_account_there_is_nothing_to_look_out_for() -> None:
    assert show("cash_outlook", postings=posted(entry(OCT, RENT, EQUITY, 40))) is None


# --- the companies ----------------------------------------------------------------------------------------------------


def tenants(*ids: str) -> pd.DataFrame:
    rows = [{"id": id, "name": id.upper(), "kind": "portfolio" if id == "portfolio" else "company"} for id in ids]
    return frame("tenant", rows)


def test_companies_are_compared_by_what_their_own_reports_say() -> None:
    a = posted(
        entry(date(2026, 8, 1), CASH, EQUITY, 90_000),
        cost(date(2026, 8, 5), 20_000),
        sale(SEP, 4_000),
        sale(OCT, 8_000),
        cost(OCT, 7_000),
    )
    b = posted(entry(date(2026, 8, 1), CASH, EQUITY, 100), sale(OCT, 700), tenant="b")
    c = posted(entry(OCT, RENT, EQUITY, 40), tenant="c")
    table = show("companies_compared", postings=together("entries", a, b, c), tenant=tenants("portfolio", "a", "b", "c", "d"))
    assert table is not None
    assert table.rows == (
        # burn: 20,000 + 7,000 - 12,000 in three months; runway: 75,000 / 5,000; growth: 8,000 on 4,000; margin: 1,000 of 8,000
        ("A", usd(75_000), usd(5_000), Decimal("15.0"), Decimal(1), Decimal("0.125")),
        ("B", usd(800), usd(-233), None, None, Decimal(1)),  # who earns has no runway; no revenue before to grow from
        ("C", None, None, None, None, None),
        ("D", None, None, None, None, None),
    )


def test_a_young_company_has_cash_and_no_rate() -> None:
    young = posted(entry(OCT, CASH, EQUITY, 500), tenant="b")
    table = show("companies_compared", postings=together("entries", posted(sale(SEP, 1)), young), tenant=tenants("a", "b"))
    assert table is not None
    assert table.rows[1] == ("B", usd(500), None, None, None, None)


def test_one_company_is_compared_with_nobody() -> None:
    assert show("companies_compared", postings=posted(sale(OCT, 1)), tenant=tenants("portfolio", "a")) is None


def watched(given: dict[str, pd.DataFrame], *ids: str) -> Exhibit | None:
    return EXHIBITS.get("companies_watched").make(**given, tenant=tenants(*ids), at=at("2026-10"))


def test_what_is_amiss_by_company() -> None:
    found = [
        {"tenant": "a", "severity": "high", "state": "new"},
        {"tenant": "a", "severity": "critical", "state": "persisting"},
        {"tenant": "a", "severity": "critical", "state": "fixed"},
        {"tenant": "a", "severity": "high", "state": "accepted"},
        {"tenant": "b", "severity": "medium", "state": "new"},
    ]
    tasks: list[Row] = [{"period": "2026-10", "done_on": OCT}, {"period": "2026-10"}, {"period": "2026-09"}]
    given = {
        "sources": together("sources", frame("sources", [{"provides": "entries,incidents"}], "b"), frame("sources", [], "a")),
        "findings": frame("findings", found),
        "incidents": frame("incidents", [{"date": OCT}, {"date": OCT}, {"date": SEP}], "a"),
        "close_tasks": frame("close_tasks", tasks, "a"),
    }
    table = watched(given, "portfolio", "a", "b")
    assert table is not None
    assert table.rows == (("A", 2, 2, 1), ("B", 0, 0, None))  # b keeps a list of incidents, and had none
    assert watched(given, "portfolio", "a") is None
    nobody = {**given, "sources": frame("sources", []), "incidents": frame("incidents", [])}
    table = watched(nobody, "a", "b")
    assert table is not None
    assert [row[2] for row in table.rows] == [None, None]  # where nobody keeps a list, nobody knows


# --- ages -------------------------------------------------------------------------------------------------------------


def test_expenses_without_a_document_by_age() -> None:
    books = posted(
        cost(date(2026, 10, 15), 10_000),
        cost(date(2026, 10, 2), 8_000),  # 30 days before 1 November
        cost(date(2026, 10, 1), 9_000),  # 31
        cost(date(2026, 9, 2), 11_000),  # 60
        cost(date(2026, 9, 1), 7_500),  # 61
        cost(date(2026, 1, 5), 20_000),
        cost(OCT, 7_499),  # too small to need one
        cost(OCT, 50_000, document="r1"),
        cost(date(2025, 10, 31), 60_000),  # more than a year ago
        cost(NOV, 70_000),
    )
    table = show("missing_documents_by_age", postings=books)
    assert table is not None
    assert table.rows == (
        ("up to 30 days", 2, usd(18_000)),
        ("31 to 60 days", 2, usd(20_000)),
        ("61 to 90 days", 1, usd(7_500)),
        ("over 90 days", 1, usd(20_000)),
    )


def test_where_nothing_is_missing_nothing_is_shown() -> None:
    assert show("missing_documents_by_age", postings=posted(cost(OCT, 50_000, document="r1"))) is None
