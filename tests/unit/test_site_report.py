"""A report's page: all of the report, and everything around it; whatever its texts are."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.errors import ReportError
from quarterdeck.render.site import report
from quarterdeck.render.site.brief import brief
from quarterdeck.render.site.report import DeliveryRow, ReportFacts, RevisionRow, Step
from tests.documents import Document, digest, finding, hostile, minimal, sample, usd
from tests.documents import kpi as entry
from tests.pages import check_page, elements, links_of, rows_of, text_of

TEMPLATES = Path(__file__).parents[2] / "templates"
FILES = ("chart-1.png", "mail.html", "page.html", "report.html", "report.json", "report.pdf", "report.txt", "report.xlsx")


def facts(document: Document, **changes: Any) -> ReportFacts:
    found = brief(document, "2026-11-02T08:00:00+00:00")
    here = RevisionRow(found.revision, "Nov 2, 2026, 00:00", found.key, is_here=True, is_current=True)
    values: dict[str, Any] = {
        "brief": found,
        "revisions": (here,),
        "previous": "",
        "deliveries": (),
        "earlier": Step(),
        "later": Step(),
        "files": FILES,
        "kpis": tuple(reading.id for reading in found.kpis),
        **changes,
    }
    return ReportFacts(**values)


def page(
    document: Document,
    before: Document | None = None,
    data: dict[str, str] | None = None,
    logo: bytes | None = None,
    **changes: Any,
) -> str:
    made = facts(document, **changes)
    return report.render(made, document, TEMPLATES, before=before, data=data, logo=logo).decode()


@pytest.mark.parametrize("document", [sample(), minimal(), hostile()], ids=["sample", "minimal", "hostile"])
def test_every_report_is_a_page(document: Document) -> None:
    root = check_page(page(document))
    sections = [element.get("id") for element in root.iter("section")]
    (contents,) = [nav for nav in root.iter("nav") if nav.get("aria-label") == "Sections"]
    assert [anchor.get("href") for anchor in contents.iter("a")] == [f"#{id}" for id in sections]


def test_nothing_of_the_report_is_left_out() -> None:
    document = sample()
    text = text_of(check_page(page(document)))
    wanted = [document["bottom_line"]["sentence"]["text"], *(p["text"] for p in document["bottom_line"]["points"])]
    wanted += [kpi["label"] for kpi in document["kpis"]]
    wanted += [each[name] for each in document["findings"] for name in ("title", "why")]
    wanted += [action["what"] for action in document["actions"]]
    wanted += [promise["what"] for promise in document["promises"]]
    wanted += [table["title"] for table in document["tables"]]
    wanted += [chart["title"] for chart in document["charts"]]
    wanted += [milestone["title"] for milestone in document["milestones"]]
    wanted += [notice["text"] for notice in document["data_notice"]]
    wanted += [note["text"] for note in document["notes"]]
    wanted += [snapshot["digest"][:12] for snapshot in document["provenance"]["snapshots"]]
    assert [each for each in wanted if " ".join(each.split()) not in text] == []


def test_all_of_500_findings_are_there() -> None:
    document = sample(findings=[finding(f"rule_{n}", "low", f"Title number {n}", "Why") for n in range(500)])
    text = text_of(check_page(page(document)))
    assert all(f"Title number {n} " in text for n in range(500))
    assert "the rest in the archive" not in text


def test_every_kpi_leads_to_its_page_and_every_action_to_its_finding() -> None:
    document = sample()
    document["actions"][0]["finding"] = document["findings"][0]["fingerprint"]
    for action, source in zip(document["actions"], document["findings"], strict=False):
        action["finding"] = source["fingerprint"]
    made = facts(document)
    links = links_of(made.brief.key, check_page(page(document)))
    assert {target for target, _ in links} >= {f"marlin/kpis/{kpi['id']}.html" for kpi in document["kpis"]}
    assert (made.brief.key, f"finding-{document['findings'][0]['fingerprint'][:12]}") in links


def test_a_kpi_without_a_page_is_text() -> None:
    links = links_of("x", check_page(page(sample(), kpis=())))
    assert not [target for target, _ in links if "/kpis/" in target]


def test_snapshots_lead_to_their_rows_where_there_are_pages() -> None:
    entries = digest("entries")
    made = page(sample(), data={entries: f"marlin/data/entries/{entries[:12]}/1.html"})
    links = links_of(brief(sample()).key, check_page(made))
    assert [target for target, _ in links if "/data/" in target] == [f"marlin/data/entries/{entries[:12]}/1.html"]


def test_only_the_forms_that_were_filed_are_offered() -> None:
    def offered(files: tuple[str, ...]) -> list[str]:
        root = check_page(page(sample(), files=files))
        (row,) = [element for element in elements(root) if element.get("class") == "files"]
        return [text_of(anchor) for anchor in row.iter("a")]

    assert offered(FILES) == ["PDF", "Workbook", "Text", "Mail", "Plain page", "Data"]
    assert offered(("page.html", "report.json")) == ["Data"]


def test_the_periods_beside_it_are_one_step_away() -> None:
    earlier, later = (
        Step("September 2026", "marlin/cfo/2026-09/ff/page.html"),
        Step("November 2026", "marlin/cfo/2026-11/ff/page.html"),
    )
    root = check_page(page(sample(), earlier=earlier, later=later))
    links = (anchor for anchor in root.iter("a") if anchor.get("rel") in ("prev", "next"))
    rels = {anchor.get("rel"): text_of(anchor) for anchor in links}
    assert rels == {"prev": "← September 2026", "next": "November 2026 →"}


def test_who_was_sent_what_without_the_address() -> None:
    rows = (
        DeliveryRow("a***@example.com", "ses", "delivered", "Nov 2, 2026, 07:15", digest("sample"), ""),
        DeliveryRow("b***@example.com", "ses", "failed", "Nov 2, 2026, 07:16", digest("sample"), "<b>mailbox full</b>"),
    )
    found = rows_of(check_page(page(sample(), deliveries=rows)), "Deliveries")
    assert found == [
        ["Reader", "Channel", "State", "When", "Revision"],
        ["a***@example.com", "ses", "delivered", "Nov 2, 2026, 07:15", digest("sample")[:12]],
        ["b***@example.com", "ses", "failed<b>mailbox full</b>", "Nov 2, 2026, 07:16", digest("sample")[:12]],
    ]


def revisions(document: Document, *, current: str) -> tuple[RevisionRow, ...]:
    found = brief(document)
    other = found.key.replace(found.revision, "1" * 64)
    return (
        RevisionRow(found.revision, "Nov 4, 2026, 09:00", found.key, is_here=True, is_current=current == "here"),
        RevisionRow("1" * 64, "", other, is_here=False, is_current=current == "there"),
    )


def test_what_changed_since_the_revision_before() -> None:
    cash = entry("cash", "Cash", "money", usd("1000"), "$1,000")
    gone = finding("gone", "high", "It went away", "Why")
    before = sample(kpis=[cash], findings=[gone], revision="1" * 64)
    after = sample(kpis=[{**cash, "value": usd("800"), "display": "$800"}], findings=[])
    root = check_page(page(after, before, revisions=revisions(after, current="here"), previous="1" * 64))
    rows = rows_of(root, "Revisions")
    assert ["Cash", "$1,000", "$800", "−20.0%", ""] in rows
    assert ["It went away", "went"] in rows
    assert ["1" * 64, "not in the trail", ""] in rows
    assert "What changed since revision 111111111111" in text_of(root)
    assert "Superseded" not in text_of(root)


def test_a_page_that_no_longer_holds_says_so_at_the_top() -> None:
    root = check_page(page(sample(), revisions=revisions(sample(), current="there")))
    assert "Superseded: another revision holds, 111111111111." in text_of(root)


def test_hostile_texts_are_texts() -> None:
    made = page(hostile(), before=hostile(), previous="1" * 64)
    root = check_page(made)
    text = text_of(root)
    for name in ("<script>alert(1)</script>", "{{7*7}}{% for x in y %}{{''.__class__}}", "\"'><img src=x onerror=alert(1)>"):
        assert name in text
    assert not re.search("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\x00\x07\x1b]", made)
    assert "red;}" not in made
    assert "javascript:" not in made


def test_the_same_facts_are_the_same_bytes() -> None:
    assert page(sample()) == page(sample())


def test_the_logo_is_within_the_page_if_it_is_the_reports_own() -> None:
    document = sample()
    document["heading"]["logo"] = {"digest": hashlib.sha256(b"a picture").hexdigest(), "width": 200, "height": 80}
    (logo,) = [
        picture for picture in check_page(page(document, logo=b"a picture")).iter("img") if picture.get("class") == "logo"
    ]
    assert logo.attrib == {
        "class": "logo",
        "width": "100",
        "height": "40",
        "src": "data:image/png;base64,YSBwaWN0dXJl",
        "alt": "Marlin Charters",
    }
    for other in (b"another", None):
        with pytest.raises(ReportError, match="logo"):
            page(document, logo=other)
