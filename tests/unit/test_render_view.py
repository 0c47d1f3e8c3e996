from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from quarterdeck.errors import ReportError
from quarterdeck.render.figures import role
from quarterdeck.render.records import Cell, Column, KpiRow
from quarterdeck.render.said import Mark
from quarterdeck.render.view import prepare, subject
from tests.documents import Document, finding, hostile, kpi, minimal, sample, schema, usd


@pytest.mark.parametrize("document", [sample(), minimal(), hostile()], ids=["sample", "minimal", "hostile"])
def test_the_documents_of_the_tests_follow_the_schema(document: Document) -> None:
    jsonschema.Draft202012Validator(schema()).validate(document)


def _row(**changes: Any) -> KpiRow:
    value = kpi("cash", "Cash", "money", usd("1100"), "$1,100", **changes)
    (row,) = prepare(sample(kpis=[value])).kpis.rows
    return row


def test_the_subject_names_tenant_role_and_period() -> None:
    assert subject(sample()) == "Marlin Charters · CFO · October 2026"


def test_a_subject_stays_on_one_line() -> None:
    document = sample()
    document["heading"]["tenant"] = "Marlin\r\nBcc: all@example.com\x00"
    assert subject(document) == "Marlin Bcc: all@example.com · CFO · October 2026"


def test_the_head_says_what_the_figures_cover() -> None:
    head = prepare(sample()).head
    assert (head.tenant, head.role, head.period, head.portfolio) == (
        "Marlin Charters",
        "CFO",
        "October 2026",
        "Example Holdings",
    )
    assert head.scope == ("Oct 1, 2026 – Oct 31, 2026", "America/Los_Angeles", "amounts in USD")
    # 05:12 UTC on November 1 is 22:12 the day before in Los Angeles, still in summer time
    assert head.state == ("Data as of Oct 31, 2026, 22:12", "confidence B", f"revision {sample()['revision'][:12]}")


def test_a_portfolio_does_not_stand_above_itself() -> None:
    document = sample()
    document["heading"]["kind"] = "portfolio"
    assert prepare(document).head.portfolio == ""


def test_an_instant_without_a_zone_is_utc() -> None:
    assert prepare(sample(as_of="2026-11-01T05:12:00")).head.state[0] == "Data as of Oct 31, 2026, 22:12"
    assert prepare(sample(as_of=None, grade="D")).head.state[0] == "No data"
    assert prepare(sample(as_of=None, grade="A")).head.state[0] == "Data without dates"


def test_a_kpi_in_words() -> None:
    row = _row(
        previous=usd("1000"), last_year=usd("2000"), delta=usd("100"), target=usd("1500"), state="watch", grade="B",
        series=[None] * 9 + [usd("900"), usd("1000"), usd("1100")],
    )  # fmt: skip
    assert row == KpiRow(
        mark=Mark("watch", "▲", "watch"),
        label="Cash",
        value="$1,100",
        notes=("target $1,500",),
        change="+10.0%",
        effect="favourable",
        effect_tone="good",
        last_year="−45.0%",
        trend="·········▁▅█",
        trend_words="3 periods between $900 and $1,100",
        heights=(None,) * 9 + (0.0, 0.5, 1.0),
        remarks=row.remarks,
    )
    assert [note.author for note in row.remarks] == ["Robin Example"]


def test_a_figure_says_its_grade_where_grades_differ() -> None:
    values = [kpi(f"k{grade}", "Cash", "money", usd("1"), "$1.00", grade=grade) for grade in "ABC"]
    assert [row.notes for row in prepare(sample(kpis=values)).kpis.rows] == [(), ("confidence B",), ("confidence C",)]
    assert [row.notes for row in prepare(sample(kpis=values[1:2])).kpis.rows] == [()]


@pytest.mark.parametrize(
    ("direction", "delta", "effect", "tone"),
    [
        ("up", "100", "favourable", "good"),
        ("up", "-100", "unfavourable", "bad"),
        ("down", "100", "unfavourable", "bad"),
        ("down", "-100", "favourable", "good"),
        ("neutral", "100", "", "plain"),
        ("up", "0", "unchanged", "plain"),
        ("neutral", "0", "unchanged", "plain"),
        ("up", None, "", "plain"),
    ],
)
def test_the_direction_decides_what_is_favourable(direction: str, delta: str | None, effect: str, tone: str) -> None:
    before = None if delta is None else str(1100 - int(delta))
    row = _row(direction=direction, previous=usd(before), delta=usd(delta))
    assert (row.effect, row.effect_tone) == (effect, tone)


def test_a_change_that_rounds_to_nothing_is_none() -> None:
    row = _row(direction="down", previous=usd("1099.99"), delta=usd("0.01"))
    assert (row.change, row.effect, row.effect_tone) == ("0.0%", "unchanged", "plain")


@pytest.mark.parametrize(
    ("state", "word", "glyph"),
    [("good", "good", "●"), ("watch", "watch", "▲"), ("bad", "bad", "■"), ("no_target", "no target", "○")],
)
def test_a_state_is_a_word_and_a_shape(state: str, word: str, glyph: str) -> None:
    mark = _row(state=state).mark
    assert (mark.word, mark.glyph) == (word, glyph)


def test_what_is_not_known_is_no_zero() -> None:
    row = _row()
    assert (row.change, row.last_year, row.effect, row.trend, row.notes) == ("n/a", "n/a", "", "", ())


def test_kpis_that_cannot_be_worked_out_stand_apart() -> None:
    view = prepare(sample())
    assert [row.label for row in view.lacking.rows] == ["Days sales outstanding", "Cost to win a customer"]
    assert view.lacking.rows[0].reason == "no source gives open invoices"
    assert view.lacking.rows[0].needs == "A receivables export with invoice and due dates"
    assert len(view.kpis.rows) == 9
    assert len(view.method.rows) == 11


def test_cells_follow_the_kind_of_their_column() -> None:
    expenses, renewals = prepare(sample()).tables
    assert expenses.columns == (
        Column("Category", "text"),
        Column("Actual, USD", "figure"),
        Column("Budget, USD", "figure"),
        Column("Share", "figure"),
        Column("State", "short"),
    )
    assert expenses.body.rows[6] == (
        Cell("Without category"),
        Cell("418.45"),
        Cell(""),
        Cell("2.5%"),
        Cell("○ no target", "plain"),
    )
    assert expenses.total == (Cell("All expenses"), Cell("16,799.00"), Cell("14,490.00"), Cell("100.0%"), Cell(""))
    assert renewals.total == ()
    # two currencies in one column: each cell names its own
    assert renewals.columns[2] == Column("A year", "figure")
    assert [row[2].text for row in renewals.body.rows] == ["9,600.00\u00a0USD", "552.00\u00a0USD", "14,880.00\u00a0EUR"]
    assert [row[1].text for row in renewals.body.rows] == ["Nov 30, 2026", "Dec 4, 2026", "Jan 15, 2027"]


def test_figures_follow_the_locale_and_the_prose_stays_english() -> None:
    view = prepare(sample(locale="nl_NL"))
    assert view.language == "en"
    assert view.tables[0].body.rows[0][1].text == "5.210,00"
    assert prepare(sample(locale="en_GB")).language == "en-GB"


def test_a_finding_in_words() -> None:
    view = prepare(sample())
    first, third, last = view.findings.rows[0], view.findings.rows[2], view.findings.rows[5]
    assert (first.mark.word, first.state, first.since, first.at_stake) == ("critical", "new", "", "$16,237")
    assert first.evidence.rows[0] == "month Aug 31, 2026 · net burn $4,340"
    assert (third.state, third.since) == ("persisting", "since 2026-07")
    assert last.mark == Mark("medium", "●", "good")  # fixed: it no longer alarms


def test_the_order_of_the_document_is_kept() -> None:
    found = [finding("a", "low", "One", ""), finding("b", "critical", "Two", ""), finding("c", "high", "Three", "")]
    assert [row.title for row in prepare(sample(findings=found)).findings.rows] == ["One", "Two", "Three"]


@pytest.mark.parametrize(
    ("id", "shown"),
    [("cfo", "CFO"), ("accounting", "Accounting"), ("client-billing", "Client billing"), ("Ann Example", "Ann Example")],
)
def test_a_role_is_written_as_people_do(id: str, shown: str) -> None:
    assert role(id) == shown


def test_missing_and_stale_data_stand_at_the_top_too() -> None:
    notices = [
        {"text": kind, "kind": kind, "source": "bank", "remedy": ""}
        for kind in ("derived", "stale", "rejected", "left_out", "missing")
    ]
    view = prepare(sample(data_notice=notices))
    assert [(notice.kind, notice.text) for notice in view.banner.rows] == [("Out of date", "stale"), ("Missing", "missing")]
    assert len(view.notices.rows) == 5


def test_milestones_show_how_far_they_are() -> None:
    open_, overdue, reached = prepare(sample()).milestones.rows
    assert (open_.value, open_.target, open_.progress, open_.percent) == ("31", "48", "64.6%", 64)
    assert (overdue.mark.word, overdue.value, overdue.target) == ("overdue", "$41,237", "$60,000")
    assert (reached.progress, reached.percent, reached.owner) == ("103.2%", 100, "")


def test_a_milestone_without_figures_shows_none() -> None:
    bare = {**sample()["milestones"][0], "value": None, "target": None, "progress": None, "unit": None, "state": "unknown"}
    (row,) = prepare(sample(milestones=[bare])).milestones.rows
    assert (row.value, row.target, row.progress, row.percent, row.mark.word) == ("", "", "", None, "not known")


def test_a_card_is_linked_only_where_that_is_safe() -> None:
    first, second = sample()["actions"][:2]
    view = prepare(
        sample(actions=[{**first, "card": "https://boards.example.com/1"}, {**second, "card": "javascript:alert(1)"}])
    )
    assert [action.link for action in view.actions.rows] == ["https://boards.example.com/1", ""]


def test_an_unreadable_brand_colour_is_not_used() -> None:
    document = sample()
    document["heading"]["accent"] = "#ffee00"
    assert prepare(document).accent == "#1f4e79"


OPTIONAL = {"restatements", "ledger", "attention", "agenda"}  # reports of before have none


@pytest.mark.parametrize(
    "name",
    sorted(set(schema()["required"]) - {"report_id", "role", "period", "charts", "schema_version", "tenant", *OPTIONAL}),
)
def test_a_missing_field_fails_the_report(name: str) -> None:
    document = sample()
    del document[name]
    with pytest.raises(ReportError) as failure:
        prepare(document)
    assert name in str(failure.value)


@pytest.mark.parametrize("figure", ["NaN", "Infinity", "1e400", "twelve", ""])
def test_what_is_no_number_fails_the_report(figure: str) -> None:
    with pytest.raises(ReportError, match="no number"):
        _row(previous=figure)


@pytest.mark.parametrize(
    "changes",
    [{"as_of": "yesterday"}, {"timezone": "Mars/Olympus"}, {"timezone": "../etc/passwd"}, {"locale": "xx_YY"}, {"kpis": None}],
    ids=str,
)
def test_a_document_that_breaks_the_schema_fails_the_report(changes: Document) -> None:
    with pytest.raises(ReportError):
        prepare(sample(**changes))


def test_an_accepted_finding_says_until_when_by_whom_and_why() -> None:
    word = {"until": "2027-03-31", "by": "Ann\nB", "reason": "The site <moves>"}
    made = prepare(sample(findings=[finding("waf", "high", "No firewall", "Why.", state="accepted", accepted=word)]))
    (row,) = made.findings.rows
    assert row.since == "since 2026-10 · until Mar 31, 2027 by Ann B: The site <moves>"
    old = finding("waf", "high", "No firewall", "Why.", state="persisting")
    del old["accepted"]  # as reports of before have it
    assert prepare(sample(findings=[old])).findings.rows[0].since == "since 2026-10"
