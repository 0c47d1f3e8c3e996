"""The tables of leads, channels, mails and the website, each worked out by hand. Amounts are in cents."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pandas as pd

from quarterdeck.exhibits import EXHIBITS
from quarterdeck.model import Exhibit
from tests.marketing import JULY, lead, leads, many, spending
from tests.tables import OCT, Row, at, cells, frame, nothing_of, posted, refund, sale, usd


def show(id: str, **tables: pd.DataFrame) -> Exhibit | None:
    asked = EXHIBITS.get(id)
    return asked.make(**{name: tables.get(name, nothing_of(name)) for name in asked.tables}, at=at("2026-10"))


def stages(**days: int) -> Row:
    return {**lead(JULY, channel="Fair"), **{f"{stage}_on": JULY + timedelta(days=after) for stage, after in days.items()}}


def test_conversion_by_channel_has_intervals_where_there_are_enough() -> None:
    few = [stages(), stages(enquiry=0), stages(enquiry=0, quoted=5), stages(enquiry=0, quoted=31)]
    table = show("conversion_by_channel", leads=leads([*many(JULY, 30, 12), *few]))
    assert cells(table, "channel") == ["Search ads", "Fair", "Total"]
    assert cells(table, "leads") == [30, 4, 34]
    assert cells(table, "enquiry") == [12, 3, 15]
    assert cells(table, "qualified") == [12, 1, 13]
    assert cells(table, "quoted") == [12, 1, 13]
    assert cells(table, "won") == [12, 0, 12]
    assert cells(table, "share") == [Decimal("0.4"), None, Decimal("0.35294118")]
    assert cells(table, "note") == [None, "n too small", None]
    assert [round(float(str(cells(table, end)[0])), 4) for end in ("low", "high")] == [
        0.2459,
        0.5768,
    ]  # published examples agree
    stepwise = show("stage_conversion", leads=leads([*many(JULY, 30, 12), *few]))
    assert cells(stepwise, "before") == [34, 15, 13, 13]
    assert cells(stepwise, "share") == [Decimal("0.44117647"), None, None, None]
    assert show("conversion_by_channel", leads=leads([lead(OCT)])) is None


def test_attribution_prints_what_nobody_knows() -> None:
    rows = [
        lead(OCT, 0, lead="L1", value_minor=30_000),
        lead(OCT, 0, lead="L2", value_minor=10_000, channel=None, source=None),
    ]
    touches = [{"lead": "L1", "date": date(2026, 9, day), "channel": name} for day, name in ((1, "Mail"), (2, "Fair"))]
    table = show("attribution", leads=leads(rows), touches=frame("touches", touches))
    assert table is not None
    assert cells(table, "channel") == ["Fair", "Mail", "unattributed", "Total"]
    assert cells(table, "first") == [usd(0), usd(30_000), usd(10_000), usd(40_000)]
    assert cells(table, "ends") == [usd(15_000), usd(15_000), usd(10_000), usd(40_000)]
    assert table.note == "Unattributed: 25.0 % of the value; 2 leads were won in the last three months."


def test_tags_that_cannot_be_read() -> None:
    rows = [lead(OCT, source="Google"), lead(OCT), lead(OCT, medium=None, campaign="x y")]
    table = show("utm_problems", leads=leads(rows))
    assert cells(table, "tag") == ["campaign", "medium", "source"]
    assert cells(table, "value") == ["x y", "(missing)", "Google"]
    assert cells(table, "meant") == [None, None, "google"]
    assert show("utm_problems", leads=leads([lead(OCT)])) is None


BOOKS = posted(sale(date(2025, 1, 1), 1, "Old"), sale(OCT, 9_000, "Ann"), sale(OCT, 1_000), refund(OCT, 3_000, "Ann"))
ASKED = leads([lead(OCT, party="Ann"), lead(OCT), lead(OCT, channel="Fair")])


def test_what_each_channel_costs_and_brings() -> None:
    table = show("acquisition_by_channel", leads=ASKED, spend=frame("spend", [spending(OCT, 4_000)]), postings=BOOKS)
    assert cells(table, "channel") == ["Search ads", "Fair", "unattributed", "Total"]
    assert cells(table, "leads") == [2, 1, 0, 3]
    assert cells(table, "cost_per_lead") == [usd(2_000), None, None, usd(2_000)]
    assert cells(table, "customers") == [1, 0, 0, 1]
    assert cells(table, "cac") == [usd(4_000), None, None, usd(4_000)]
    assert cells(table, "revenue") == [usd(6_000), usd(0), usd(1_000), usd(7_000)]
    assert cells(table, "roas") == [Decimal("1.50"), None, None, Decimal("1.75")]


def test_refunds_by_channel() -> None:
    table = show("refunds_by_channel", leads=ASKED, postings=BOOKS)
    assert cells(table, "channel") == ["Search ads", "unattributed", "Total"]
    assert cells(table, "share") == [Decimal("0.33333333"), Decimal(0), Decimal("0.3")]
    assert cells(table, "early") == [1, 0, 1]
    assert show("refunds_by_channel", leads=ASKED, postings=posted(sale(OCT, 1, "Ann"))) is None


def test_who_came_back() -> None:
    books = posted(
        sale(date(2026, 6, 1), 1, "Old"),
        *(sale(date(2026, month, 5), 1, who) for month, who in ((7, "Ann"), (7, "Bo"), (9, "Ann"), (9, "Cy"))),
    )
    table = show("retention_cohorts", postings=books)
    assert cells(table, "month") == [date(2026, 7, 1), date(2026, 9, 1)]
    assert cells(table, "customers") == [2, 1]
    assert cells(table, "m2") == [Decimal("0.5"), None]
    assert cells(table, "m3") == [Decimal(0), None]


def test_the_local_roadmap() -> None:
    def step(task: str, horizon: str, value: int | None = None, done: date | None = None) -> Row:
        numbers = {"baseline": Decimal(10), "target": Decimal(30), "value": None if value is None else Decimal(value)}
        return {"task": task, "horizon": horizon, "started_on": date(2026, 9, 20), **numbers, "done_on": done}

    steps = [step("c", "90", 5), step("a", "30", 20), step("b", "60", done=date(2026, 10, 9)), step("d", "30", None)]
    table = show("local_seo_roadmap", local_seo=frame("local_seo", steps))
    assert table is not None
    assert cells(table, "task") == ["a", "d", "b", "c"]
    assert cells(table, "state") == ["overdue", "overdue", "done", "open"]
    assert cells(table, "progress") == [Decimal("0.5"), None, Decimal(1), Decimal(0)]
    assert cells(table, "due") == [date(2026, 10, 20), date(2026, 10, 20), date(2026, 11, 19), date(2026, 12, 19)]
    assert table.note == "1 of 4 steps are done."


def test_mails_by_campaign() -> None:
    rows = [
        {"date": OCT, "campaign": "b", "sent": 10, "delivered": 8, "bounced": 2, "complained": 0},
        {"date": OCT, "campaign": "a", "sent": 40, "delivered": 40, "bounced": 0, "complained": 1, "clicked": 4},
    ]
    table = show("mail_by_campaign", mail_events=frame("mail_events", rows))
    assert cells(table, "campaign") == ["a", "b", "Total"]
    assert cells(table, "bounced") == [Decimal(0), Decimal("0.2"), Decimal("0.04")]
    assert cells(table, "clicked") == [Decimal("0.1"), None, Decimal("0.1")]


def test_the_website() -> None:
    def visit(month: int, channel: str, sessions: int, engaged: int | None) -> Row:
        days = 31 if month == 10 else 30
        return {"date": date(2026, month, 1), "days": days, "channel": channel, "sessions": sessions, "engaged": engaged}

    visits = [visit(10, "Direct", 40, 30), visit(10, "Organic", 90, None), visit(9, "Direct", 50, 1)]
    table = show("visits_by_channel", web_visits=frame("web_visits", visits))
    assert cells(table, "channel") == ["Organic", "Direct"]
    assert cells(table, "before") == [None, 50]
    assert cells(table, "bounced") == [None, Decimal("0.25")]
    rows = [
        {"days": 31, "date": date(2026, 10, 1), "kind": kind, "term": term, "clicks": clicks, "impressions": shown}
        for kind, term, clicks, shown in (("query", "yacht", 1, 0), ("query", "boat", 2, 8), ("whole", "all", 9, 90))
    ]
    searched = show("search_queries", web_search=frame("web_search", rows))
    assert cells(searched, "query") == ["boat", "yacht"]
    assert cells(searched, "rate") == [Decimal("0.25"), None]
