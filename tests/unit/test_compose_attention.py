"""The attention budget: factors worked out by hand, ties, foreign money, healthy tenants, and five hundred findings."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.compose import Material
from quarterdeck.compose.attention import ASSUMED, attention, weighed
from quarterdeck.model import Effort, Finding, FindingState, Severity, TenantKind
from quarterdeck.money import Money
from quarterdeck.people import Acceptance
from quarterdeck.render.html import render
from quarterdeck.render.view import prepare
from tests.documents import planned
from tests.material import MARLIN, ROLE, finding, material
from tests.sites import TEMPLATES
from tests.tables import OCT, frame

CEO = replace(ROLE, id="ceo", title="CEO", parts=("attention",))
HOUSE = replace(MARLIN, id="portfolio", name="Two Harbours", kind=TenantKind.PORTFOLIO)
USD = "USD"


def house(*findings: Finding, pulls: list[dict[str, Any]] | None = None, **changes: Any) -> Material:
    made = material(findings=findings, tenant=HOUSE, role=CEO, **changes)
    rows = [{"tenant": t, "source": "figures", "table": "findings", "status": "read"} for t in ("marlin", "heron")]
    frames = {**made.tables.frames, "pulls": frame("pulls", [*rows, *(pulls or [])])}
    return replace(made, tables=replace(made.tables, frames=frames))


def section(*findings: Finding, **changes: Any) -> dict[str, Any]:
    made = attention(house(*findings, **changes))
    assert made is not None
    return made


def test_a_score_is_money_times_urgency_times_hands() -> None:
    # October ends on 1 November; thirty days from then is 30 November: within 30 days. High 4 x 2, work of a week 2.
    (line,) = section(finding("barge", money_at_stake=Money(1_250_50, USD)))["lines"]
    assert (line["urgency"], line["hands"], line["score"]) == (8, 2, "20008")
    assert line["stake"] == {"minor": 125050, "currency": "USD"}
    assert line["is_assumed"] is False
    assert line["title"] == "Marlin Charters: Barge stands idle"
    assert line["what"] == "Sell or rent out Barge"


@pytest.mark.parametrize(
    ("state", "days", "urgency"),
    [
        (FindingState.NEW, 30, 4 * 2),  # due on 30 November
        (FindingState.NEW, 31, 4 * 1),  # on 1 December
        (FindingState.PERSISTING, 31, 4 * 3),  # seen in September first: due on 31 October, before the period's end
        (FindingState.PERSISTING, 32, 4 * 2),
    ],
)
def test_what_is_overdue_weighs_three_times_what_is_due_later(state: FindingState, days: int, urgency: int) -> None:
    (line,) = section(finding("barge", state, due_days=days))["lines"]
    assert line["urgency"] == urgency


def test_where_no_money_is_stated_its_severity_stands_for_a_sum() -> None:
    lines = section(*(finding(severity.value, severity=severity) for severity in Severity))["lines"]
    assert [line["stake"]["minor"] for line in lines] == [ASSUMED[severity] * 100 for severity in Severity]
    assert all(line["is_assumed"] for line in lines)
    assert [line["urgency"] for line in lines] == [16, 8, 4, 2]


def test_only_what_is_open_asks_for_attention() -> None:
    states = {state: finding(state.value, state) for state in FindingState}
    accepted = replace(states[FindingState.ACCEPTED], accepted=Acceptance(HOUSE_END, "ana", "known"))
    lines = section(*states.values(), accepted)["lines"]
    assert {line["finding"] for line in lines} == {
        states[state].fingerprint for state in (FindingState.NEW, FindingState.PERSISTING)
    }


HOUSE_END = material().at.end


def test_money_of_another_currency_counts_at_the_last_rate_and_without_one_as_assumed() -> None:
    foreign = finding("barge", money_at_stake=Money(100_00, "EUR"))
    (line,) = section(foreign)["lines"]
    assert line["is_assumed"] is True
    made = house(foreign)
    rates = frame("rates", [{"date": OCT, "base": "EUR", "quote": "USD", "rate": Decimal("1.25")}])
    made = replace(made, tables=replace(made.tables, frames={**made.tables.frames, "rates": rates}))
    (line,) = (attention(made) or {})["lines"]
    assert (line["stake"], line["is_assumed"]) == ({"minor": 12500, "currency": "USD"}, False)


def test_a_healthy_tenant_has_one_line_and_one_that_nobody_could_look_at_has_none() -> None:
    alarming, mild = finding("barge"), finding("rope", tenant="heron", severity=Severity.MEDIUM)
    assert section(alarming, mild)["healthy"] == [
        {"tenant": "heron", "text": "Heron Tours: 1 finding is open, none of them high or critical."}
    ]
    assert [each["text"] for each in section()["healthy"]] == [
        "Heron Tours: no finding is open.",
        "Marlin Charters: no finding is open.",
    ]
    lost = {"tenant": "heron", "source": "bank", "table": "entries", "status": "failed"}
    assert [each["tenant"] for each in section(pulls=[lost])["healthy"]] == ["marlin"]


def test_only_a_portfolio_whose_role_has_it_has_an_attention_budget() -> None:
    assert attention(replace(house(finding("barge")), tenant=MARLIN)) is None
    assert attention(replace(house(finding("barge")), role=ROLE)) is None


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(Severity), st.sampled_from(Effort), st.integers(0, 10**9)), max_size=12), st.randoms()
)
def test_the_order_is_that_of_the_scores_whatever_order_they_were_found_in(
    kinds: list[tuple[Severity, Effort, int]], shuffled: Any
) -> None:
    made = []
    for number, (severity, effort, minor) in enumerate(kinds):
        one = finding(f"thing {number}", severity=severity, money_at_stake=Money(minor, USD) if minor else None)
        made.append(replace(one, remedy=replace(one.remedy, effort=effort)))
    listed = weighed(house(*made))
    assert [each.score for each in listed] == sorted((each.score for each in listed), reverse=True)
    again = list(made)
    shuffled.shuffle(again)
    assert weighed(house(*again)) == listed


def test_of_500_findings_a_mail_shows_ten_and_the_archive_all() -> None:
    made = section(*(finding(f"boat {n:03}", money_at_stake=Money((n + 1) * 100, USD)) for n in range(500)))
    assert len(made["lines"]) == 500
    document = planned(attention=made)
    mail, page = (render(prepare(document), TEMPLATES, full=full) for full in (False, True))
    assert "10 of 500, the rest in the archive" in mail
    assert mail.count("stands idle") < page.count("stands idle")
    assert all(f"Boat {n:03} stands idle" in mail for n in range(490, 500))
    assert "Boat 000 stands idle" in page
