"""The bottom line, each sentence against text that was worked out by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace as changed
from decimal import Decimal

import pytest

from quarterdeck.compose import Material
from quarterdeck.compose.sentences import (
    POINTS,
    SENTENCE_RULES,
    bottom_line,
    headline,
    mover,
    not_worked_out,
    off_target,
    worst_finding,
)
from quarterdeck.model import FindingState, Severity, State, Unit
from quarterdeck.money import Money
from tests.material import MARLIN, ROLE, finding, material, unavailable, value
from tests.tables import at, usd

BURN = value("net_burn", usd(771_335), usd(494_960))
REVENUE = value("net_revenue", usd(1_846_000), usd(2_190_550))
MARGIN = value("gross_margin", Decimal("0.4126"), Decimal("0.4381"))


@dataclass(frozen=True)
class Case:
    rule: Callable[[Material], str | None]
    given: Material
    said: str | None


def months(now: str, then: str | None = None) -> dict[str, object]:
    return {"now": Decimal(now), "then": None if then is None else Decimal(then), "unit": Unit.MONTHS}


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
        material(kpis=[value("runway", **months("7.3", "12.2"))]),  # type: ignore[arg-type]
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
    "alike as shown": Case(mover, material(kpis=[value("runway", **months("1.04", "0.96"))]), None),  # type: ignore[arg-type]
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
        "1 finding is open, 0 of them high or critical. First: Barge stands idle.",
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
    assert [point["rule"] for point in line["points"]] == ["mover", "worst_finding", "not_worked_out"]
    assert {sentence["rule"] for sentence in (line["sentence"], *line["points"])} <= names
    assert len(line["points"]) == POINTS


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
