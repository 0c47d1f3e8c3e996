"""Reports in brief, and a tenant at a glance."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest

from quarterdeck.render.site import brief as briefs
from quarterdeck.render.site import overview as overviews
from quarterdeck.render.site.brief import Brief, brief
from quarterdeck.render.site.overview import overview, shown_in
from tests.documents import Document, digest, finding, kpi, minimal, sample, usd

MONTHS = {"2026-09": ("2026-09-01", "2026-10-01", "September 2026"), "2026-10": ("2026-10-01", "2026-11-01", "October 2026")}


def document(role: str = "cfo", period: str = "2026-10", **changes: Any) -> Document:
    made = sample(role=role, period=period, report_id=f"marlin_{role}_{period}", **changes)
    made["revision"] = digest(f"{role} {period} {changes}")
    start, end, label = MONTHS[period]
    made["heading"].update(role=role.upper(), start=start, end=end, period=label)
    return made


class Filed:
    """Reports as a tenant's pages find them: the revisions that hold, and the documents behind them."""

    def __init__(self, *documents: Document) -> None:
        made = [(brief(each), each) for each in documents]
        self.current = {(found.role, found.period): found for found, _ in made}
        self._documents = {found.key: each for found, each in made}

    def read(self, found: Brief) -> Document:
        return self._documents[found.key]


def test_a_report_in_brief() -> None:
    found = brief(sample(), "2026-11-02T08:00:00+00:00")
    assert (found.tenant, found.role, found.period, found.name, found.title) == (
        "marlin",
        "cfo",
        "2026-10",
        "Marlin Charters",
        "CFO",
    )
    assert found.key == f"marlin/cfo/2026-10/{sample()['revision']}/page.html"
    assert found.states == {"bad": 2, "good": 3, "no_target": 1, "unavailable": 2, "watch": 3}
    assert found.open == {"critical": 1, "high": 2, "low": 1, "medium": 1}  # the one that is fixed is not open
    assert (found.worst, found.open_total) == ("critical", 5)
    reading = found.reading("cash")
    assert reading is not None
    assert (reading.display, reading.value, reading.state) == ("$41,237", {"minor": 4123705, "currency": "USD"}, "bad")
    assert found.reading("nothing") is None


def test_a_brief_comes_back_from_json_as_it_was() -> None:
    for each in (sample(), minimal()):
        found = brief(each, "2026-11-02T08:00:00+00:00")
        assert briefs.from_json(json.loads(json.dumps(asdict(found)))) == found


def test_nothing_open_has_no_worst() -> None:
    assert brief(minimal()).worst == ""


def test_a_kpi_whose_id_is_none_has_no_page() -> None:
    found = brief(sample(kpis=[kpi("../x", "X", "count", "1", "1"), kpi("ok", "Y", "count", "1", "1")]))
    assert [reading.id for reading in found.kpis] == ["ok"]


def test_the_latest_report_of_each_role_the_chief_executive_first() -> None:
    filed = Filed(document("cfo", "2026-09"), document("cfo"), document("ceo", "2026-09"), document("accounting"))
    assert [(r.role, r.period) for r in briefs.latest(filed.current)] == [
        ("ceo", "2026-09"),
        ("accounting", "2026-10"),
        ("cfo", "2026-10"),
    ]


def test_a_kpi_is_shown_by_the_newest_report_that_has_it() -> None:
    old = document(
        "ceo", "2026-09", kpis=[kpi("cash", "Cash", "money", usd("1"), "$1.00"), kpi("old", "Old", "count", "1", "1")]
    )
    new = document("cfo", kpis=[kpi("cash", "Cash", "money", usd("2"), "$2.00")])
    filed = Filed(old, new)
    assert {id: report.role for id, report in shown_in(filed.current).items()} == {"cash": "cfo", "old": "ceo"}
    tiles = {tile.id: tile for tile in overview(filed.current, filed.read).tiles}
    assert (tiles["cash"].value, tiles["cash"].label_of_period) == ("$2.00", "October 2026")
    assert (tiles["old"].value, tiles["old"].label_of_period) == ("1", "September 2026")


def test_a_tile_says_what_the_report_says() -> None:
    filed = Filed(sample())
    tiles = {tile.id: tile for tile in overview(filed.current, filed.read).tiles}
    burn = tiles["net_burn"]
    assert (burn.value, burn.state, burn.target) == ("$7,713", "bad", "$5,000")
    assert (burn.change, burn.effect, burn.tone, burn.last_year) == ("+55.8%", "unfavourable", "bad", "+484.3%")
    assert burn.trend == "12 periods between −$3,550 and $7,713"
    assert (tiles["dso"].value, tiles["dso"].reason) == ("", "no source gives open invoices")
    assert tiles["runway"].last_year == ""  # and not n/a: there is nothing to say


def test_open_findings_once_each_with_all_reports_that_show_them() -> None:
    shared = finding("shared", "high", "Shared", "Why", money_at_stake=usd("120"))
    own = finding("own", "critical", "Own", "Why", state="persisting", first_seen="2026-07")
    done = finding("done", "critical", "Done", "Why", state="fixed")
    filed = Filed(document("ceo", findings=[shared, done]), document("cfo", findings=[own, shared]))
    found = overview(filed.current, filed.read).findings
    assert [(f.title, f.roles, f.at_stake) for f in found] == [("Own", ("CFO",), ""), ("Shared", ("CEO", "CFO"), "$120")]
    assert found[1].key.startswith("marlin/ceo/2026-10/")
    assert found[1].key.endswith(f"#finding-{shared['fingerprint'][:12]}")


def test_an_overview_comes_back_from_json_as_it_was() -> None:
    filed = Filed(document("ceo"), document("cfo"))
    made = overview(filed.current, filed.read)
    stored = json.loads(json.dumps({**asdict(made), "reports": []}))
    assert overviews.from_json(stored, made.reports) == made
    with pytest.raises(KeyError):
        overviews.from_json({}, ())
