"""The agenda of thirty days, planned by hand: capacity, large ones, gaps that small ones fill, and what does not fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.compose import Material
from quarterdeck.compose.agenda import DEFAULT_CAPACITY, WORK, agenda, working_days
from tests.material import ROLE, finding, material
from tests.tables import frame

CEO = replace(ROLE, id="ceo", title="CEO", parts=("agenda",))
START = date(2026, 11, 1)  # a Sunday


def action(code: str, effort: str = "S", priority: str = "P1", due: str = "2026-11-30", **changes: Any) -> dict[str, Any]:
    made = {"code": code, "tenant": "marlin", "what": f"Do {code}", "owner": "cfo", "finding": code}
    return {**made, "priority": priority, "effort": effort, "due": due, **changes}


def boss(**days: int) -> Material:
    made = material(role=CEO)
    if days:
        rows = frame("capacities", [{"role": role, "days": number} for role, number in days.items()], "marlin")
        made = replace(made, tables=replace(made.tables, frames={**made.tables.frames, "capacities": rows}))
    return made


def plan(*actions: dict[str, Any], **days: int) -> dict[str, Any]:
    made = agenda(actions, boss(**days))
    assert made is not None
    return made


def days_of(made: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {item["code"]: (item["starts"][5:], item["ends"][5:]) for item in made["items"]}


def unfit(made: dict[str, Any]) -> dict[str, str]:
    return {item["code"]: item["reason"] for item in made["unfit"]}


def test_actions_follow_each_other_on_working_days_by_priority_and_due_date() -> None:
    made = plan(
        action("later", "S", due="2026-11-20"),
        action("second", "M", priority="P2", due="2026-11-05"),
        action("first", "S", due="2026-11-10"),
    )
    # Monday 2 November, Tuesday, then five working days over the weekend.
    assert days_of(made) == {"first": ("11-02", "11-02"), "later": ("11-03", "11-03"), "second": ("11-04", "11-10")}
    assert [item["is_late"] for item in made["items"]] == [False, False, True]
    assert (made["start"], made["end"]) == ("2026-11-01", "2026-12-01")


def test_what_an_owner_has_no_days_for_is_listed_and_something_smaller_takes_the_room() -> None:
    made = plan(action("week", "M"), action("big", "L"), action("day", "S", priority="P3"))
    assert days_of(made) == {"week": ("11-02", "11-06"), "day": ("11-09", "11-09")}
    assert unfit(made) == {"big": "capacity"}
    assert made["capacity"] == [{"tenant": "marlin", "owner": "cfo", "days": DEFAULT_CAPACITY, "used": 6}]


def test_settings_give_an_owner_more_days_or_none() -> None:
    actions = (action("week", "M"), action("big", "L", due="2026-12-10"), action("other", owner="cto"))
    assert days_of(plan(*actions, cfo=15, cto=0)) == {"week": ("11-02", "11-06"), "big": ("11-09", "11-20")}
    assert unfit(plan(*actions, cfo=15, cto=0)) == {"other": "capacity"}


def test_a_company_never_does_two_large_ones_at_once() -> None:
    large = (action("one", "L", owner="cfo"), action("two", "L", owner="cto"), action("three", "L", owner="cmo"))
    made = plan(*large)
    assert days_of(made) == {"one": ("11-02", "11-13"), "three": ("11-16", "11-27")}  # of one priority, by their codes
    assert unfit(made) == {"two": "large"}
    other = plan(large[0], {**large[1], "tenant": "heron"})
    assert days_of(other) == {"one": ("11-02", "11-13"), "two": ("11-02", "11-13")}
    assert {item["code"]: item["what"] for item in other["items"]}["two"] == "Heron Tours: Do two"


def test_days_in_a_row_may_be_missing_although_there_are_days() -> None:
    made = plan(action("a", "M"), action("b", "M"), action("c", "M"), action("d", "M"), action("e", "M"), cfo=30)
    assert unfit(made) == {"e": "days"}  # November has 21 working days: four weeks and a Monday


def test_revenue_and_the_pipeline_come_first_among_equals() -> None:
    rules = {"plain": "idle_asset", "deals": "deals_stale", "books": "revenue_untracked"}
    found = {name: finding(name, rule=rule) for name, rule in rules.items()}
    listed = [action(name, due="2026-11-20", finding=one.fingerprint) for name, one in found.items()]
    listed[0]["due"] = "2026-11-02"
    listed.append(action("urgent", priority="P0"))
    made = agenda(listed, replace(boss(), findings=tuple(found.values())))
    assert made is not None
    assert [item["code"] for item in made["items"]] == ["urgent", "books", "deals", "plain"]
    recognised = finding("r", rule="obligation_overdue", field="recognition")
    listed = [action("a"), action("z", finding=recognised.fingerprint)]
    made = agenda(listed, replace(boss(), findings=(recognised,)))
    assert made is not None
    assert [item["code"] for item in made["items"]] == ["z", "a"]


def test_a_role_without_it_and_a_report_without_actions_have_no_agenda() -> None:
    assert agenda([action("a")], material()) is None
    assert agenda([], boss()) is None


_ACTIONS = st.lists(
    st.tuples(
        st.sampled_from("SML"),
        st.sampled_from(("P1", "P2", "P3")),
        st.sampled_from(("cfo", "cto", "ceo")),
        st.sampled_from(("marlin", "heron")),
        st.integers(0, 60),
    ),
    max_size=20,
)


@settings(max_examples=80)
@given(_ACTIONS, st.integers(0, 22), st.randoms())
def test_no_owner_is_asked_for_too_much_and_every_action_is_somewhere(
    drawn: list[tuple[str, str, str, str, int]], days: int, shuffled: Any
) -> None:
    listed = [
        action(f"{n:02}", effort, priority, str(START + timedelta(due)), owner=owner, tenant=tenant)
        for n, (effort, priority, owner, tenant, due) in enumerate(drawn)
    ]
    made = agenda(listed, boss(cfo=days)) or {"items": [], "unfit": [], "capacity": []}
    assert sorted(item["code"] for item in (*made["items"], *made["unfit"])) == [each["code"] for each in listed]
    busy: dict[tuple[str, str], list[date]] = {}
    large: dict[str, list[date]] = {}
    for item in made["items"]:
        inside = [day for day in working_days(START, 30) if item["starts"] <= day.isoformat() <= item["ends"]]
        assert len(inside) == WORK[item["effort"]]
        busy.setdefault((item["tenant"], item["owner"]), []).extend(inside)
        large.setdefault(item["tenant"], []).extend(inside if item["effort"] == "L" else ())
    assert all(len(set(taken)) == len(taken) for taken in (*busy.values(), *large.values()))
    assert len(busy.get(("marlin", "cfo"), ())) <= days
    assert all(owner["used"] <= owner["days"] for owner in made["capacity"])
    again = list(listed)
    shuffled.shuffle(again)
    assert (agenda(again, boss(cfo=days)) or made) == made
