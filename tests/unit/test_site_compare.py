"""Two revisions of a report, held against each other."""

from __future__ import annotations

import copy

import pytest

from quarterdeck.render.site.compare import FindingChange, KpiChange, compare
from tests.documents import Document, finding, kpi, minimal, sample, usd


def with_kpis(*kpis: Document) -> Document:
    return sample(kpis=list(kpis))


CASH = kpi("cash", "Cash", "money", usd("1000"), "$1,000", target=usd("900"), state="good", series=[None] * 11 + [usd("1000")])


def test_the_same_report_has_not_changed() -> None:
    assert compare(sample(), sample()) == compare(minimal(), minimal())
    assert compare(sample(), sample()).others == ()


def test_what_nobody_sees_is_no_change() -> None:
    after = sample(revision="0" * 64, schema_version=2, provenance={"snapshots": [], "code_version": "2", "kpi_versions": {}})
    assert compare(sample(), after) == compare(sample(), sample())


def test_a_value_with_its_change() -> None:
    after = {**CASH, "value": usd("800"), "display": "$800", "state": "bad", "series": [None] * 11 + [usd("800")]}
    [change] = compare(with_kpis(CASH), with_kpis(after)).kpis
    assert change == KpiChange("cash", "Cash", "$1,000", "$800", "−20.0%", "good → bad")


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"target": usd("950")}, "target $900 → $950"),
        ({"target": None}, "target $900 → none"),
        ({"grade": "B"}, "confidence A → B"),
        ({"formula": "another"}, "formula"),
        ({"previous": usd("1")}, "earlier periods"),
        ({"series": [usd("3")] * 11 + [usd("1000")]}, "earlier periods"),
        ({"grade": "C", "state": "watch"}, "good → watch, confidence A → C"),
    ],
)
def test_what_else_has_changed(changes: Document, what: str) -> None:
    [change] = compare(with_kpis(CASH), with_kpis({**CASH, **changes})).kpis
    assert (change.before, change.after, change.moved, change.what) == ("$1,000", "$1,000", "", what)


def test_what_becomes_unavailable_has_no_change_in_figures() -> None:
    gone = {**CASH, "value": None, "display": "n/a", "state": "unavailable"}
    [change] = compare(with_kpis(CASH), with_kpis(gone)).kpis
    assert (change.before, change.after, change.moved) == ("$1,000", "n/a", "")
    assert change.what == "good → not enough data"


def test_another_currency_is_not_subtracted() -> None:
    [change] = compare(
        with_kpis(CASH), with_kpis({**CASH, "value": {"minor": 100, "currency": "EUR"}, "display": "€1.00"})
    ).kpis
    assert (change.before, change.after, change.moved) == ("$1,000", "€1.00", "")


def test_kpis_that_come_and_go() -> None:
    other = kpi("bookings", "Bookings", "count", "31", "31")
    changes = compare(with_kpis(CASH), with_kpis(other)).kpis
    assert changes == (
        KpiChange("bookings", "Bookings", "", "31", "", "added"),
        KpiChange("cash", "Cash", "$1,000", "", "", "no longer shown"),
    )


def test_findings_that_come_go_and_change() -> None:
    stays, goes, comes = (finding(f"rule_{n}", "high", f"Title {n}", "Why") for n in "abc")
    worse = {**stays, "severity": "critical", "money_at_stake": usd("5")}
    changes = compare(sample(findings=[stays, goes]), sample(findings=[worse, comes])).findings
    assert changes == (
        FindingChange("Title a", "high → critical, money at stake", stays["fingerprint"], is_here=True),
        FindingChange("Title c", "came", comes["fingerprint"], is_here=True),
        FindingChange("Title b", "went", goes["fingerprint"], is_here=False),
    )


def test_other_sections_are_named_as_on_paper() -> None:
    after = copy.deepcopy(sample())
    after["data_notice"] = []
    after["bottom_line"]["sentence"]["text"] = "Other."
    after["heading"]["tenant"] = "Another name"
    after["tables"] = []
    after["as_of"] = None
    assert compare(sample(), after).others == ("As of", "Bottom line", "Data notice", "Heading", "Tables")
