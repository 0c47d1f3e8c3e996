"""Findings: what rules say, and what is remembered of it from period to period."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quarterdeck import codec
from quarterdeck.frames import Tables, between
from quarterdeck.measure import findings
from quarterdeck.measure.findings import Judged, codes, due, fingerprint, judge, priority
from quarterdeck.measure.inputs import Inputs, base_tables
from quarterdeck.model import At, Finding, FindingState, KpiValue, Priority, Remedy, Severity, State
from quarterdeck.people import Acceptance
from quarterdeck.rules import RULES, Hit, Rule, Scope
from tests.asking import kpi
from tests.engine import Own, a_finding, a_kpi, a_rule, covers, tables
from tests.tables import CHART, OCT, OCTOBER, at, entries, frame, sale, usd

NEW, PERSISTING, FIXED = FindingState.NEW, FindingState.PERSISTING, FindingState.FIXED
ACCEPTED, UNCHECKED = FindingState.ACCEPTED, FindingState.UNCHECKED


def idle(assets: pd.DataFrame) -> Iterable[Hit]:
    """Every asset that stands idle."""
    for name in sorted(assets.loc[assets["status"] == "idle", "asset"]):
        yield Hit(name, {"name": name}, ({"asset": name},), usd(500))


IDLE = replace(a_rule("idle", idle), checks=("prowler_idle",))


@pytest.fixture(autouse=True)
def rules(monkeypatch: pytest.MonkeyPatch) -> Own[Rule]:
    """The rules that are asked: that of idle assets, until a test adds others."""
    known: Own[Rule] = Own("rules", IDLE)
    monkeypatch.setattr(findings, "RULES", known)
    return known


def fleet(*names: str) -> Tables:
    """Assets that stand idle, by name, and one that does not."""
    rows = [{"asset": name, "status": "idle"} for name in names]
    return tables({"assets": frame("assets", [*rows, {"asset": "ferry", "status": "active"}])})


def asked(given: Tables, earlier: Sequence[Finding] = (), period: str = "2026-10", **rest: Any) -> Judged:
    values: Sequence[KpiValue] = rest.pop("kpis", ())
    return judge("marlin", Inputs(given), values, at(period), earlier, **rest)


def states(judged: Judged) -> dict[str, str]:
    return {f"{f.rule}/{f.subject}": f"{f.state.value} since {f.first_seen}" for f in judged.findings}


UNREADABLE = tables({}, missing={"assets": "source list could not be read"})


# --- one period -------------------------------------------------------------------------------------------------------


def test_a_finding_is_what_its_rule_declares_and_its_hit_says() -> None:
    (found,) = asked(fleet("barge")).findings
    assert found == Finding(
        tenant="marlin",
        rule="idle",
        subject="barge",
        severity=Severity.MEDIUM,
        title="idle of {name}",
        why="Because.",
        remedy=Remedy("Mend {name}", "cfo", IDLE.effort, 30),
        facts={"name": "barge"},
        evidence=({"asset": "barge"},),
        money_at_stake=usd(500),
        state=NEW,
        first_seen="2026-10",
        fingerprint=fingerprint("marlin", "idle", "barge"),
        last_seen="2026-10",
        field=IDLE.field,
        checks=("prowler_idle",),
    )


def test_a_hit_may_be_worse_than_its_rule(rules: Own[Rule]) -> None:
    rules.add("grave", a_rule("grave", lambda: [Hit("x", severity=Severity.CRITICAL)]))
    (found,) = asked(tables({})).findings
    assert found.severity is Severity.CRITICAL


def test_two_hits_on_one_subject_are_one_finding(rules: Own[Rule]) -> None:
    rules.add("twice", a_rule("twice", lambda: [Hit("x", {"name": "first"}), Hit("x", {"name": "second"})]))
    (found,) = asked(tables({})).findings
    assert found.facts == {"name": "first"}


def test_a_rule_is_given_what_it_names_and_no_more(rules: Own[Rule]) -> None:
    seen: dict[str, Any] = {}

    def curious(assets: pd.DataFrame, kpis: Any, at: At) -> Iterable[Hit]:
        seen.update(assets=len(assets), kpis=dict(kpis), at=at)
        return []

    rules.add("curious", a_rule("curious", curious))
    cash = kpi("cash", usd(5))
    asked(fleet("barge"), kpis=(cash,))
    assert seen == {"assets": 2, "kpis": {"cash": cash}, "at": OCTOBER}


def test_a_rule_of_the_portfolio_is_asked_there_alone(rules: Own[Rule]) -> None:
    rules.add("whole", a_rule("whole", lambda assets: [Hit("x")], scope=Scope.PORTFOLIO))
    assert {f.rule for f in asked(fleet("barge")).findings} == {"idle"}
    assert {f.rule for f in asked(fleet("barge"), scope=Scope.PORTFOLIO).findings} == {"whole"}


# --- rules that cannot be asked ---------------------------------------------------------------------------------------


def test_a_rule_without_its_table_is_silent_and_says_why() -> None:
    assert asked(UNREADABLE) == Judged((), {"idle": "source list could not be read"})
    assert asked(tables({})).silent == {"idle": "not collected: no source provides assets"}


def test_a_table_that_nobody_gives_is_a_fact_where_the_rule_says_so(rules: Own[Rule]) -> None:
    rules.add("none", a_rule("none", lambda budget: [] if len(budget) else [Hit("budget")], absent_ok=("budget",)))
    assert "none/budget" in states(asked(fleet()))
    assert asked(tables({}, missing={"budget": "unreadable"})).silent["none"] == "unreadable"


def test_rows_that_end_before_the_period_prove_nothing(rules: Own[Rule]) -> None:
    rules.add("quiet", a_rule("quiet", lambda entries: [] if len(entries) else [Hit("books")]))
    books = {"entries": entries(sale(OCT, 5000))}
    assert (
        asked(tables(books, missing={}, entries=covers("2026-01-01", "2026-10-01"))).silent["quiet"]
        == "entries end on 2026-09-30"
    )
    assert "quiet" not in asked(tables(books, missing={}, entries=covers("2026-01-01", "2026-10-20"))).silent


@pytest.fixture
def kpis(monkeypatch: pytest.MonkeyPatch) -> None:
    """One KPI that is made of entries."""
    monkeypatch.setattr(findings, "KPIS", Own("kpis", a_kpi("sales", lambda entries, at: 1)))


def low(kpis: dict[str, KpiValue]) -> Iterable[Hit]:
    if kpis["sales"].value is not None and kpis["sales"].value == 0:
        yield Hit("sales", {"name": "sales"})


@pytest.mark.usefixtures("kpis")
@pytest.mark.parametrize("named", [("sales",), ()])  # a rule over all KPIs names none: its subjects are their ids
def test_a_kpi_without_its_data_silences_what_is_said_of_it(rules: Own[Rule], named: tuple[str, ...]) -> None:
    rules.add("low", a_rule("low", low, kpis=named))
    books = tables({"entries": entries(sale(OCT, 5000))})
    seen = asked(books, kpis=(kpi("sales", Decimal(0)),), period="2026-08").findings
    blind = asked(UNREADABLE, seen, kpis=(kpi("sales", None, state=State.UNAVAILABLE),), period="2026-09")
    assert states(blind) == {"low/sales": "unchecked since 2026-08"}
    again = asked(books, blind.findings, kpis=(kpi("sales", Decimal(0)),))
    assert states(again) == {"low/sales": "persisting since 2026-08"}


@pytest.mark.usefixtures("kpis")
@pytest.mark.parametrize("named", [("sales",), ()])
def test_a_kpi_that_has_its_data_and_no_figure_is_an_answer(rules: Own[Rule], named: tuple[str, ...]) -> None:
    """As runway, where cash grows: there is nothing to work out, and so nothing wrong any more."""
    rules.add("low", a_rule("low", low, kpis=named))
    books = tables({"entries": entries(sale(OCT, 5000))})
    seen = asked(books, kpis=(kpi("sales", Decimal(0)),), period="2026-09").findings
    now = asked(books, seen, kpis=(kpi("sales", None, state=State.UNAVAILABLE),))
    assert states(now) == {"low/sales": "fixed since 2026-09"}


# --- memory -----------------------------------------------------------------------------------------------------------


def test_new_persisting_fixed_and_gone() -> None:
    august = asked(fleet("barge", "sloop"), (), "2026-08")
    assert states(august) == {"idle/barge": "new since 2026-08", "idle/sloop": "new since 2026-08"}
    september = asked(fleet("barge", "yawl"), august.findings, "2026-09")
    assert states(september) == {
        "idle/barge": "persisting since 2026-08",
        "idle/yawl": "new since 2026-09",
        "idle/sloop": "fixed since 2026-08",
    }
    october = asked(fleet("barge"), september.findings)
    assert states(october) == {"idle/barge": "persisting since 2026-08", "idle/yawl": "fixed since 2026-09"}
    assert states(asked(fleet("sloop"), october.findings, "2026-11")) == {
        "idle/sloop": "new since 2026-11",  # what was fixed and comes back is new
        "idle/barge": "fixed since 2026-08",
    }


def test_a_silent_rule_fixes_nothing_and_forgets_nothing() -> None:
    august = asked(fleet("barge"), (), "2026-08")
    september = asked(UNREADABLE, august.findings, "2026-09")
    assert states(september) == {"idle/barge": "unchecked since 2026-08"}
    october = asked(UNREADABLE, september.findings)
    assert states(october) == {"idle/barge": "unchecked since 2026-08"}
    assert states(asked(fleet("barge"), october.findings, "2026-11")) == {"idle/barge": "persisting since 2026-08"}
    assert states(asked(fleet(), october.findings, "2026-11")) == {"idle/barge": "fixed since 2026-08"}


def test_figures_are_those_of_this_period() -> None:
    (old,) = asked(fleet("barge"), (), "2026-09").findings
    (now,) = asked(fleet("barge"), (replace(old, money_at_stake=usd(1), severity=Severity.LOW, facts={}),)).findings
    assert (now.money_at_stake, now.severity, now.facts, now.state) == (
        usd(500),
        Severity.MEDIUM,
        {"name": "barge"},
        PERSISTING,
    )


def let(given: Tables, until: date, subject: str = "barge", tenant: str = "marlin") -> Tables:
    """The same tables where somebody has accepted a finding until a day."""
    row = {"rule": "idle", "subject": subject, "until": until, "by": "Ann", "reason": "It is sold in spring"}
    accepted = frame("accepted_findings", [row], tenant)
    return Tables({**given.frames, "accepted_findings": accepted}, given.coverage, given.missing)


def test_what_is_accepted_is_so_through_its_last_day_and_persists_after_it() -> None:
    judged = asked(let(fleet("barge", "raft"), date(2026, 8, 31)), (), "2026-08")
    assert states(judged) == {"idle/barge": "accepted since 2026-08", "idle/raft": "new since 2026-08"}
    assert judged.findings[0].accepted == Acceptance(date(2026, 8, 31), "Ann", "It is sold in spring")
    later = asked(let(fleet("barge", "raft"), date(2026, 8, 31)), judged.findings, "2026-09")
    assert states(later) == {"idle/barge": "persisting since 2026-08", "idle/raft": "persisting since 2026-08"}
    assert [finding.accepted for finding in later.findings] == [None, None]


def test_a_day_before_the_end_of_a_period_does_not_cover_it() -> None:
    assert states(asked(let(fleet("barge"), date(2026, 10, 30)))) == {"idle/barge": "new since 2026-10"}


def test_a_rule_that_is_renamed_keeps_its_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    earlier = asked(fleet("barge", "raft", "tug"), (), "2026-08").findings
    monkeypatch.setattr("quarterdeck.rules._renamed.RENAMED", {"idle": "standing", "standing": "moored"})
    monkeypatch.setattr(findings, "RULES", Own("rules", replace(IDLE, id="moored")))
    judged = asked(let(fleet("barge", "raft"), date(2026, 12, 31), "raft"), earlier, "2026-10")
    assert states(judged) == {
        "moored/barge": "persisting since 2026-08",
        "moored/raft": "accepted since 2026-08",  # as it was called when somebody accepted it
        "moored/tug": "fixed since 2026-08",
    }
    marks = {f.subject: f.fingerprint for f in earlier}
    assert {f.subject: f.fingerprint for f in judged.findings} == marks


def test_what_is_accepted_is_fixed_when_it_is_gone_and_stays_where_nobody_could_look() -> None:
    spring = date(2027, 3, 31)
    accepted = asked(let(fleet("barge"), spring), (), "2026-08").findings
    assert states(asked(let(fleet(), spring), accepted)) == {"idle/barge": "fixed since 2026-08"}
    assert states(asked(let(UNREADABLE, spring), accepted)) == {"idle/barge": "accepted since 2026-08"}
    assert states(asked(UNREADABLE, accepted)) == {"idle/barge": "unchecked since 2026-08"}


def test_a_word_on_another_subject_or_by_another_tenant_is_none() -> None:
    later = date(2027, 1, 1)
    for letting in (let(fleet("barge"), later, subject="barge2"), let(fleet("barge"), later, tenant="heron")):
        assert states(asked(letting)) == {"idle/barge": "new since 2026-10"}


def test_a_finding_says_when_it_was_seen_last() -> None:
    seen = asked(fleet("barge"), (), "2026-08").findings
    unchecked = asked(UNREADABLE, seen, "2026-09").findings
    fixed = asked(fleet(), unchecked, "2026-10").findings
    assert [(finding.state, finding.last_seen) for finding in (*seen, *unchecked, *fixed)] == [
        (NEW, "2026-08"),
        (UNCHECKED, "2026-08"),
        (FIXED, "2026-08"),
    ]
    assert asked(fleet(), fixed, "2026-11").findings == ()  # it is told once


def test_findings_of_other_tenants_are_theirs_to_remember() -> None:
    """The portfolio's findings hold those of its tenants; it must neither fix nor double them."""
    (theirs,) = asked(fleet("barge"), (), "2026-09").findings
    assert states(asked(fleet(), (replace(theirs, tenant="other"),))) == {}


def test_a_rule_that_is_no_more_leaves_no_finding(rules: Own[Rule]) -> None:
    (found,) = asked(fleet("barge"), (), "2026-09").findings
    assert states(asked(fleet(), (replace(found, rule="abolished"),))) == {}


OUTLOOK = {"there": fleet("barge"), "gone": fleet(), "unreadable": UNREADABLE}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(list(OUTLOOK)), min_size=1, max_size=12))
def test_memory_over_a_year_of_outages(year: list[str]) -> None:
    """Against a model: a finding is known from the month it is seen until the month somebody looks and it is gone."""
    earlier: Sequence[Finding] = ()
    first, since = OCTOBER.period, ""
    for seen in year:
        judged = asked(OUTLOOK[seen], earlier, first.text)
        if seen == "there":
            state, since = ("persisting", since) if since else ("new", first.text)
        else:
            state = ("fixed" if seen == "gone" else "unchecked") if since else ""
        assert states(judged) == ({"idle/barge": f"{state} since {since}"} if state else {})
        since = "" if state == "fixed" else since
        earlier, first = judged.findings, first.next()


# --- identity ---------------------------------------------------------------------------------------------------------


def test_a_fingerprint_is_made_of_tenant_rule_and_subject() -> None:
    mark = fingerprint("marlin", "idle", "barge")
    assert mark == codec.digest([1, "marlin", "idle", "barge"])
    others = {
        fingerprint("heron", "idle", "barge"),
        fingerprint("marlin", "late", "barge"),
        fingerprint("marlin", "idle", "sloop"),
    }
    assert len(others | {mark}) == 4
    assert fingerprint("a", "b", "c,d") != fingerprint("a", "b,c", "d")


@given(
    st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=3),
    st.sampled_from(Severity),
    st.integers(-1000, 1000),
    st.sampled_from(["2026-10", "2026-11", "2026-W44"]),
)
def test_no_figure_severity_or_period_moves_a_fingerprint(
    facts: dict[str, Any], severity: Severity, minor: int, period: str
) -> None:
    hit = Hit("barge", facts, money_at_stake=usd(minor), severity=severity)
    made = findings._finding(IDLE, "marlin", hit, at(period))
    assert made.fingerprint == fingerprint("marlin", "idle", "barge")


@pytest.mark.parametrize(
    ("first_seen", "due_days", "fiscal_start", "expected"),
    [
        ("2026-10", 30, 1, date(2026, 11, 30)),  # the first of November is day one
        ("2026-10", 1, 1, date(2026, 11, 1)),
        ("2026-12", 15, 1, date(2027, 1, 15)),
        ("2026-W44", 7, 1, date(2026, 11, 8)),
        ("FY2026-Q4", 31, 4, date(2026, 5, 1)),
    ],
)
def test_an_action_is_due_from_the_period_that_saw_it_first(
    first_seen: str, due_days: int, fiscal_start: int, expected: date
) -> None:
    finding = a_finding("a" * 64, first_seen=first_seen)
    finding = replace(finding, remedy=replace(finding.remedy, due_days=due_days))
    for now in ("2026-10", "2027-03"):  # and never moves
        assert due(finding, at(now, fiscal_start=fiscal_start)) == expected


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        (Severity.CRITICAL, Priority.P1),
        (Severity.HIGH, Priority.P1),
        (Severity.MEDIUM, Priority.P2),
        (Severity.LOW, Priority.P3),
    ],
)
def test_priorities(severity: Severity, expected: Priority) -> None:
    assert priority(a_finding("a" * 64, severity=severity)) is expected


# --- codes ------------------------------------------------------------------------------------------------------------

MARKS = st.lists(st.text("0123456789abcdef", min_size=64, max_size=64), unique=True, max_size=20)


def of(mark: str, owner: str = "cfo") -> Finding:
    finding = a_finding(mark)
    return replace(finding, remedy=replace(finding.remedy, owner=owner))


def test_a_code_is_the_owner_and_the_start_of_the_fingerprint() -> None:
    # 0x08421 are twenty bits, in groups of five: 00001 00001 00001 00001
    assert codes([of("08421" + "0" * 59)]) == {"08421" + "0" * 59: "CFO-1111"}
    assert codes([of("f" * 64, "client-billing")]) == {"f" * 64: "CLIENTBILLING-ZZZZ"}


def test_codes_that_would_read_alike_grow_and_the_others_stay() -> None:
    one, other, third = "0" * 64, "0" * 6 + "8" + "0" * 57, "f" * 64  # alike in their first 24 bits
    made = codes([of(one), of(other), of(third)])
    assert made == {one: "CFO-00000", other: "CFO-00001", third: "CFO-ZZZZ"}
    assert codes([of(one), of(other, "cto")]) == {one: "CFO-0000", other: "CTO-0000"}


@given(MARKS)
def test_codes_are_unique_and_do_not_hang_on_the_order(marks: list[str]) -> None:
    made = codes([of(mark) for mark in marks])
    assert set(made) == set(marks)
    assert len(set(made.values())) == len(marks)
    assert codes([of(mark) for mark in reversed(marks)]) == made
    assert all(re.fullmatch(r"CFO-[0-9A-HJKMNP-TV-Z]{4,}", code) for code in made.values())


@given(MARKS.filter(bool))
def test_a_code_is_the_start_of_the_longer_one(marks: list[str]) -> None:
    """Which findings stand beside it may lengthen a code, but never changes its letters."""
    made = codes([of(mark) for mark in marks])
    for mark in marks:
        assert made[mark].startswith(codes([of(mark)])[mark])


def test_one_finding_listed_twice_has_one_code() -> None:
    assert list(codes([of("a" * 64), of("a" * 64)])) == ["a" * 64]


# --- the rules as they are --------------------------------------------------------------------------------------------


def test_without_any_table_no_rule_fails_and_most_are_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "RULES", RULES)
    judged = asked(tables({}), kpis=())
    of_tenants = {rule.id for rule in RULES.all().values() if rule.scope is not Scope.PORTFOLIO}
    assert {f.rule for f in judged.findings} <= of_tenants - set(judged.silent)
    needy = {id for id in of_tenants if {*base_tables(RULES.get(id).tables)} - {*base_tables(RULES.get(id).absent_ok)}}
    assert set(judged.silent) == needy | {id for id in of_tenants if RULES.get(id).kpis}
    assert all(reason.startswith("not collected: no source provides ") for reason in judged.silent.values())


# --- part of a period -------------------------------------------------------------------------------------------------


def test_what_part_of_a_period_does_not_show_is_not_fixed(rules: Own[Rule]) -> None:
    rules.add(
        "quiet", a_rule("quiet", lambda postings, at: [Hit("sales")] if not between(postings, at.start, at.end).size else [])
    )
    books = {"entries": entries(sale(date(2026, 10, 5), 100)), "accounts": frame("accounts", CHART)}
    earlier = [a_finding(fingerprint("marlin", "quiet", "sales"), rule="quiet", subject="sales", first_seen="2026-09")]
    whole = tables(books, entries=covers("2025-01-01", "2026-11-01"))
    part = tables(books, entries=covers("2025-01-01", "2026-10-10"))
    assert states(asked(whole, earlier)) == {"quiet/sales": "fixed since 2026-09"}
    assert states(asked(part, earlier)) == {"quiet/sales": "unchecked since 2026-09"}


def test_a_rule_sees_the_time_that_its_tables_and_kpis_speak_of(monkeypatch: pytest.MonkeyPatch, rules: Own[Rule]) -> None:
    seen: dict[str, date] = {}

    def look(kpis: object, at: At) -> Iterable[Hit]:
        seen["kpis"] = at.end
        return ()

    def look_at_states(assets: pd.DataFrame, at: At) -> Iterable[Hit]:
        seen["assets"] = at.end
        return ()

    monkeypatch.setattr(findings, "KPIS", Own("kpis", a_kpi("sales", lambda postings, at: 1)))
    rules.add("look", a_rule("look", look, kpis=("sales",)))
    rules.add("states", a_rule("states", look_at_states))
    frames = {"entries": entries(sale(OCT, 1)), "accounts": frame("accounts", CHART), "assets": frame("assets", [{}])}
    asked(tables(frames, entries=covers("2025-01-01", "2026-10-10")))
    assert seen == {"kpis": date(2026, 10, 10), "assets": date(2026, 11, 1)}
