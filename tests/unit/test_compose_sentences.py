"""The bottom line, each sentence against text that was worked out by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.compose import Material
from quarterdeck.compose.sentences import POINTS, SENTENCE_RULES, bottom_line
from quarterdeck.compose.sentences.causes import revenue_cause, spending_cause, split_of
from quarterdeck.compose.sentences.en import TEXTS
from quarterdeck.compose.sentences.general import headline, mover, not_worked_out, off_target, worst_finding
from quarterdeck.compose.sentences.roles import (
    against_budget,
    cash_lasts,
    cloud_saving,
    code_unsafe,
    customer_pays,
    documents_due,
    hours_open,
    house_let,
    jobs_done,
)
from quarterdeck.frames import Tables
from quarterdeck.model import Exhibit, ExhibitColumn, FindingState, KpiValue, Severity, State, Unit
from quarterdeck.money import Money
from tests.material import MARLIN, ROLE, finding, material, unavailable, value
from tests.tables import CASH, CHART, REFUNDS, at, entry, frame, sale, usd

BURN = value("net_burn", usd(771_335), usd(494_960))
REVENUE = value("net_revenue", usd(1_846_000), usd(2_190_550))
MARGIN = value("gross_margin", Decimal("0.4126"), Decimal("0.4381"))


@dataclass(frozen=True)
class Case:
    rule: Callable[[Material], str | None]
    given: Material
    said: str | None


def months(now: str, then: str | None = None) -> dict[str, Any]:
    return {"now": Decimal(now), "then": None if then is None else Decimal(then), "unit": Unit.MONTHS}


def reading(*kpis: KpiValue) -> Material:
    """Of a role that reads just these KPIs."""
    return material(kpis=kpis, role=changed(ROLE, kpis=tuple(kpi.id for kpi in kpis)))


def sold(then: list[int], now: list[int], back: int = 0) -> Material:
    """Of sales in September and October, and a refund in October."""
    days = [(date(2026, 9, 5), each) for each in then] + [(date(2026, 10, 5), each) for each in now]
    rows = [row for day, amount in days for row in sale(day, amount)]
    rows += entry(date(2026, 10, 20), REFUNDS, CASH, back) if back else []
    frames = {"entries": frame("entries", rows, "marlin"), "accounts": frame("accounts", CHART, "marlin")}
    revenue = value("net_revenue", usd(sum(now) - back), usd(sum(then)))
    return material(kpis=[revenue], tables=Tables(frames))


def spent(*lines: tuple[str, int, int]) -> Exhibit:
    """The table of expenses by account: name, the period before, this one."""
    columns = (ExhibitColumn("name", "Account"), *(ExhibitColumn(id, id) for id in ("actual", "previous", "change")))
    totals = ("Total", sum(line[1] for line in lines), sum(line[2] for line in lines))
    rows = tuple((name, usd(now), usd(then), usd(now - then)) for name, then, now in (*lines, totals))
    return Exhibit("burn_by_account", "Expenses by account", columns, rows, total_row=True)


CASES = {
    # --- headline
    "no headline figure": Case(
        headline, material(kpis=[unavailable("net_burn")]), "None of the headline figures can be worked out yet."
    ),
    "without a past": Case(headline, material(kpis=[value("net_burn", usd(771_335))]), "Net burn a month $7,713."),
    # 7,713.35 / 4,949.60 - 1 = 0.5584
    "against the period before": Case(headline, material(kpis=[BURN]), "Net burn a month $7,713, +55.8% on September 2026."),
    "unchanged": Case(
        headline,
        material(kpis=[value("net_burn", usd(771_335), usd(771_335))]),
        "Net burn a month $7,713, unchanged since September 2026.",
    ),
    "over its target": Case(
        headline,
        material(kpis=[changed(BURN, target=usd(500_000))]),
        "Net burn a month $7,713, over the target of $5,000.",
    ),
    "under its target": Case(
        headline,
        material(kpis=[changed(BURN, target=usd(800_000))]),
        "Net burn a month $7,713, under the target of $8,000.",
    ),
    "on its target": Case(headline, material(kpis=[changed(BURN, target=usd(771_335))]), "Net burn a month $7,713, on target."),
    "the first two that are known": Case(
        headline,
        material(kpis=[REVENUE, unavailable("runway", Unit.MONTHS), BURN]),
        # 18,460 / 21,905.50 - 1 = -0.1573
        "Net burn a month $7,713, +55.8% on September 2026; Net revenue $18,460, −15.7% on September 2026.",
    ),
    "no more than two": Case(
        headline,
        material(kpis=[value("net_burn", usd(10_000)), value("net_revenue", usd(20_000)), value("runway", 7)]),
        "Net burn a month $100; Runway 7.",
    ),
    "months": Case(
        headline,
        material(kpis=[value("runway", **months("7.3", "12.2"))]),
        "Runway 7.3 months, −4.9 months on September 2026.",
    ),
    # --- mover
    "nothing to compare": Case(mover, material(kpis=[value("net_burn", usd(1)), unavailable("runway")]), None),
    "less than a hundredth": Case(mover, material(kpis=[value("net_revenue", usd(100_999), usd(100_000))]), None),
    "exactly a hundredth": Case(
        mover,
        material(kpis=[value("net_revenue", usd(101_000), usd(100_000))]),
        "Net revenue went from $1,000 to $1,010 since September 2026, favourable.",
    ),
    "from zero": Case(mover, material(kpis=[value("net_revenue", usd(100_999), usd(0))]), None),
    "the worst of two": Case(
        mover,
        material(kpis=[REVENUE, BURN]),  # 15.7 % less revenue, 55.8 % more burn
        "Net burn a month went from $4,950 to $7,713 since September 2026, unfavourable.",
    ),
    "the worse before the larger": Case(
        mover,
        material(kpis=[REVENUE, value("customers", 90, 30)]),
        "Net revenue went from $21,906 to $18,460 since September 2026, unfavourable.",
    ),
    "the best where none is worse": Case(
        mover,
        material(kpis=[value("net_revenue", usd(110_000), usd(100_000)), value("customers", 90, 30)]),
        "Customers went from 30 to 90 since September 2026, favourable.",
    ),
    "a ratio by its points": Case(
        mover,
        material(kpis=[MARGIN, value("net_revenue", usd(98_000), usd(100_000))]),  # 2.55 points against 2 %
        "Gross margin went from 43.8% to 41.3% since September 2026, unfavourable.",
    ),
    "no direction is good": Case(mover, material(kpis=[value("commits", 90, 30)]), None),
    "alike as shown": Case(mover, material(kpis=[value("runway", **months("1.04", "0.96"))]), None),
    # --- worst_finding
    "no finding": Case(worst_finding, material(), "No finding is open."),
    "settled findings": Case(
        worst_finding,
        material(
            findings=[finding("barge", state) for state in (FindingState.FIXED,)] + [finding("sloop", FindingState.UNCHECKED)]
        ),
        "No finding is open.",
    ),
    "one finding": Case(
        worst_finding,
        material(findings=[finding("barge", severity=Severity.LOW)]),
        "1 finding is open, none of them high or critical. First: Barge stands idle.",
    ),
    "the worst first": Case(
        worst_finding,
        material(findings=[finding("barge"), finding("sloop", FindingState.PERSISTING, severity=Severity.CRITICAL)]),
        "2 findings are open, 2 of them high or critical. First: Sloop stands idle.",
    ),
    "another tenant's finding": Case(
        worst_finding,
        material(findings=[finding("barge", tenant="heron")]),
        "1 finding is open, 1 of them high or critical. First: Heron Tours: Barge stands idle.",
    ),
    # --- not_worked_out
    "all worked out": Case(not_worked_out, material(kpis=[BURN]), None),
    "some not": Case(
        not_worked_out,
        material(kpis=[BURN, unavailable("runway"), unavailable("customers")]),
        "2 of 3 KPIs cannot be worked out yet; each says what it needs.",
    ),
    # --- off_target
    "no target": Case(off_target, material(kpis=[BURN]), None),
    "all on target": Case(
        off_target,
        material(kpis=[changed(BURN, target=usd(800_000), state=State.GOOD)]),
        "1 KPI with a target, none missed.",
    ),
    "missed and on watch": Case(
        off_target,
        material(
            kpis=[
                changed(BURN, target=usd(500_000), state=State.BAD),
                changed(REVENUE, target=usd(1_900_000), state=State.WATCH),
                changed(MARGIN, target=Decimal("0.4"), state=State.GOOD),
                unavailable("runway"),
            ]
        ),
        "1 of 3 KPIs with a target missed it: Net burn a month. On watch: Net revenue.",
    ),
    "only on watch": Case(
        off_target,
        material(kpis=[changed(REVENUE, target=usd(1_900_000), state=State.WATCH)]),
        "1 KPI with a target, none missed. On watch: Net revenue.",
    ),
    # --- cash_lasts: 40,000 / 8,000 = 5 as the KPI says, 40,000 / 6,400 = 6.25
    "cash at two burns": Case(
        cash_lasts,
        reading(value("runway", **months("5")), value("cash", usd(4_000_000)), value("net_burn", usd(800_000), usd(640_000))),
        "Cash lasts 5 months; at the burn told for September 2026 it would last 6.2 months.",
    ),
    "one month": Case(
        cash_lasts,
        reading(value("runway", **months("1")), value("cash", usd(800_000)), value("net_burn", usd(800_000), usd(400_000))),
        "Cash lasts 1 month; at the burn told for September 2026 it would last 2 months.",
    ),
    "nothing burnt before": Case(
        cash_lasts, reading(value("runway", **months("5")), value("cash", usd(4)), value("net_burn", usd(1), usd(-1))), None
    ),
    "no runway": Case(cash_lasts, reading(unavailable("runway"), value("cash", usd(4)), BURN), None),
    # --- against_budget
    "under budget": Case(
        against_budget,
        reading(REVENUE, value("budget_attainment", Decimal("0.9188"))),
        "Revenue $18,460, 8.1% under budget.",
    ),
    "over budget": Case(
        against_budget, reading(REVENUE, value("budget_attainment", Decimal("1.05"))), "Revenue $18,460, 5.0% over budget."
    ),
    "as budgeted": Case(
        against_budget, reading(REVENUE, value("budget_attainment", Decimal("1.0004"))), "Revenue $18,460, as budgeted."
    ),
    "no budget": Case(against_budget, reading(REVENUE, unavailable("budget_attainment")), None),
    # --- one subject each
    "a customer": Case(
        customer_pays,
        reading(
            value("acquisition_cost", usd(20_000)),
            value("lifetime_value", usd(90_000)),
            value("value_to_cost", Decimal("4.5"), unit=Unit.TIMES),
        ),
        "A new customer costs $200 and is worth $900, 4.50x as much.",
    ),
    "no customer": Case(customer_pays, reading(unavailable("acquisition_cost"), value("lifetime_value", usd(1))), None),
    "unsafe": Case(
        code_unsafe,
        reading(value("secrets_in_code", 1), value("known_vulnerabilities", 4)),
        "1 secret in code, 4 known vulnerabilities in packages.",
    ),
    "safe": Case(code_unsafe, reading(value("secrets_in_code", 0), value("known_vulnerabilities", 0)), None),
    "to save": Case(
        cloud_saving,
        reading(value("aws_cost", usd(123_400)), value("aws_saving", usd(20_000))),
        "Of the AWS cost of $1,234, $200 a month could be saved.",
    ),
    "nothing to save": Case(cloud_saving, reading(value("aws_cost", usd(123_400)), value("aws_saving", usd(0))), None),
    "no documents": Case(
        documents_due,
        reading(value("missing_documents_amount", usd(150_000)), value("missing_documents", Decimal("0.25"))),
        "$1,500 of expenses has no document: 25.0% of the postings that want one.",
    ),
    "all documents": Case(
        documents_due, reading(value("missing_documents_amount", usd(0)), value("missing_documents", Decimal(0))), None
    ),
    "a house": Case(
        house_let,
        reading(value("occupancy", Decimal("0.9")), value("nights_let_ahead", Decimal("0.5"))),
        "90.0% of the nights were let; of those ahead, 50.0%.",
    ),
    "no house": Case(house_let, reading(value("occupancy", Decimal("0.9")), unavailable("nights_let_ahead")), None),
    "jobs": Case(
        jobs_done,
        reading(value("jobs_delivered", 1), value("on_time_rate", Decimal("0.8")), value("job_margin", Decimal("0.125"))),
        "1 job was handed over; 80.0% on time over three months, with a margin of 12.5%.",
    ),
    "hours": Case(
        hours_open,
        reading(value("unbilled_hours", Decimal("12.5"), unit=Unit.HOURS), value("unbilled_value", usd(187_500))),
        "12.5 hours of work are on no invoice yet, worth $1,875.",
    ),
    "no hours": Case(
        hours_open, reading(value("unbilled_hours", Decimal(0), unit=Unit.HOURS), value("unbilled_value", usd(0))), None
    ),
    # --- revenue_cause: two sales of 1,000 each, then three of 3,300 in all, of which 100 went back
    "more and dearer": Case(
        revenue_cause,
        sold([100_000, 100_000], [110_000, 110_000, 110_000], back=10_000),
        "Revenue rose by $1,200 on September 2026: +$1,000 by the number of sales (2 to 3), +$300 by what one brings in, "
        "−$100 by refunds.",
    ),
    "fewer": Case(
        revenue_cause,
        sold([100_000, 100_000], [100_000]),
        "Revenue fell by $1,000 on September 2026: \N{MINUS SIGN}$1,000 by the number of sales (2 to 1).",
    ),
    "no sale before": Case(revenue_cause, sold([], [100_000]), None),
    "parts that are not the figure's": Case(revenue_cause, changed(sold([1_000], [5_000]), kpis=(REVENUE,)), None),
    "no books at all": Case(revenue_cause, material(kpis=[REVENUE]), None),
    # --- spending_cause
    "one account": Case(
        spending_cause,
        material(exhibits=(spent(("Fuel", 100_000, 150_000), ("Berth", 50_000, 55_000)),)),
        "Expenses rose by $550 on September 2026; what moved most is Fuel, +$500.",
    ),
    "less of it": Case(
        spending_cause,
        material(exhibits=(spent(("Fuel", 150_000, 100_000), ("Berth", 50_000, 60_000)),)),
        "Expenses fell by $400 on September 2026; what moved most is Fuel, −$500.",
    ),
    "several accounts": Case(
        spending_cause, material(exhibits=(spent(("Fuel", 100, 140), ("Berth", 100, 140), ("Ads", 100, 140)),)), None
    ),
    "as before": Case(spending_cause, material(exhibits=(spent(("Fuel", 100, 100)),)), None),
    "a target nobody reads": Case(off_target, material(kpis=[value("commits", 1, target=2)]), None),
}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_sentence_says_what_its_figures_say(case: Case) -> None:
    assert case.rule(case.given) == case.said


def test_every_sentence_rule_is_tested() -> None:
    assert {case.rule for case in CASES.values() if case.said} == set(SENTENCE_RULES)


def test_every_sentence_names_its_rule() -> None:
    line = bottom_line(
        material(kpis=[changed(BURN, state=State.BAD), REVENUE, unavailable("runway")], findings=[finding("barge")])
    )
    names = {rule.__name__ for rule in SENTENCE_RULES}
    assert line["sentence"]["rule"] == "headline"
    assert [point["rule"] for point in line["points"]] == ["mover", "worst_finding", "not_worked_out", "off_target"]
    assert {sentence["rule"] for sentence in (line["sentence"], *line["points"])} <= names
    assert len(line["points"]) <= POINTS


def test_a_line_has_as_many_points_as_there_is_to_say() -> None:
    assert [point["rule"] for point in bottom_line(material(kpis=[value("net_burn", usd(5))]))["points"]] == ["worst_finding"]


def test_the_readers_locale_speaks() -> None:
    german = material(kpis=[BURN], tenant=changed(MARLIN, locale="de_DE"))
    assert headline(german) == "Net burn a month 7.713\N{NO-BREAK SPACE}$, +55,8\N{NO-BREAK SPACE}% on September 2026."


def test_the_period_before_is_one_of_the_same_kind() -> None:
    assert headline(material(kpis=[BURN], at=at("2026-Q4"))) == "Net burn a month $7,713, +55.8% on Q3 2026."
    assert headline(material(kpis=[BURN], at=at("2027-W01"))) == "Net burn a month $7,713, +55.8% on week 53 of 2026."


def test_a_role_speaks_of_its_own_figures_alone() -> None:
    other = changed(ROLE, kpis=("customers",), headline=("net_burn", "customers"))
    given = material(kpis=[BURN, value("customers", 90, 30)], role=other)
    assert headline(given) == "Customers 90, +60 on September 2026."
    assert mover(given) == "Customers went from 30 to 90 since September 2026, favourable."


@pytest.mark.parametrize("scale", [2, 10, 1000])
def test_sentences_follow_their_figures(scale: int) -> None:
    """Every figure times so much: the amounts in the words grow with them, and what is relative stays."""

    def said(factor: int) -> str:
        kpi = value("net_burn", Money(771_300 * factor, "USD"), Money(494_900 * factor, "USD"))
        line = bottom_line(material(kpis=[kpi]))
        return " ".join(sentence["text"] for sentence in (line["sentence"], *line["points"]))

    def amounts(text: str) -> list[int]:
        return [int(amount.replace(",", "")) for amount in re.findall(r"\$([0-9,]+)", text)]

    assert amounts(said(scale)) == [amount * scale for amount in amounts(said(1))]
    assert re.findall(r"[0-9.]+%", said(scale)) == re.findall(r"[0-9.]+%", said(1)) == ["55.8%"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 9_999_999), min_size=1, max_size=6), st.lists(st.integers(1, 9_999_999), min_size=1, max_size=6))
def test_the_parts_of_a_change_sum_to_it_exactly(then: list[int], now: list[int]) -> None:
    split = split_of(sold(then, now, back=77))
    assert split is not None
    assert split.number + split.price + split.refunds == sum(now) - 77 - sum(then)
    assert (split.then, split.now, split.refunds) == (len(then), len(now), -77)
    if len(then) == len(now):
        assert split.number == 0


def test_every_text_is_of_a_rule_and_every_rule_has_texts() -> None:
    assert {name.partition(".")[0] for name in TEXTS} == {rule.__name__ for rule in SENTENCE_RULES}


def test_a_subject_leaves_room_for_findings_and_gaps() -> None:
    everything = [case.given for case in CASES.values() if case.said and case.given.kpis]
    kpis = {kpi.id: kpi for given in everything for kpi in given.kpis if kpi.value is not None}
    full = reading(*kpis.values(), unavailable("customers"))
    names = [point["rule"] for point in bottom_line(full)["points"]]
    assert len(names) <= POINTS
    assert names[:2] == ["house_let", "jobs_done"]
    assert {"worst_finding", "not_worked_out"} <= set(names[2:])
