from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest

from quarterdeck.errors import ReportError
from quarterdeck.render import html
from quarterdeck.render.budget import cut
from quarterdeck.render.records import HEADINGS, Logo, View
from quarterdeck.render.view import prepare
from tests.documents import Document, action, finding, hostile, kpi, minimal, note, planned, sample, usd

TEMPLATES = Path(__file__).parents[2] / "templates"


def page(document: Document, **options: bool | int | str) -> str:
    return html.render(prepare(document), TEMPLATES, **options)  # type: ignore[arg-type]


def tree(made: str) -> Element:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    root: Element = parser.parse(made)
    return root


def elements(root: Element) -> Iterator[Element]:
    return (element for element in root.iter() if isinstance(element.tag, str))


def text_of(root: Element) -> str:
    return " ".join("".join(part for part in root.itertext()).split())


def headings(root: Element) -> list[str]:
    return [text_of(element) for element in root.iter("h2")]


@pytest.mark.parametrize("document", [sample(), minimal(), hostile()], ids=["sample", "minimal", "hostile"])
def test_the_page_is_valid_html(document: Document) -> None:
    assert list(elements(tree(page(document))))  # the parser is strict; which parts a mail may use is test_render_mail_support


def test_the_style_element_only_adds_to_what_stands_inline() -> None:
    (style,) = tree(page(sample())).iter("style")
    css = style.text or ""
    assert len(css) < 16 * 1024  # beyond that Gmail drops it
    outside = re.sub(r"/\*.*?\*/|@media[^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}", "", css, flags=re.DOTALL)
    assert outside.strip() == ""


def test_data_stand_in_tables_with_scopes_and_layout_says_so() -> None:
    for table in tree(page(sample())).iter("table"):
        heads = list(table.iter("th"))
        if table.get("role") != "presentation":
            assert heads
            assert all(head.get("scope") in {"row", "col"} for head in heads)
        assert (table.get("cellpadding"), table.get("cellspacing")) == ("0", "0")


def test_the_page_says_what_a_client_must_know() -> None:
    made = page(sample())
    root = tree(made)
    assert made.startswith("<!DOCTYPE html>")
    assert root.get("lang") == "en-US"
    assert next(root.iter("meta")).get("charset") == "utf-8"
    assert text_of(next(root.iter("title"))) == "Marlin Charters · CFO · October 2026"
    preheader = next(root.iter("div"))
    assert preheader.get("class") == "preheader"
    assert text_of(preheader) == "Cash of $41,237 lasts 7.3 months, and the burn has risen for three months."


def test_the_sections_come_in_their_order() -> None:
    root = tree(page(planned()))
    found = [re.sub(r" \d+$", "", heading) for heading in headings(root)]
    parts = {
        "agenda": [HEADINGS["agenda"], "Does not fit"],
        "tables": ["Expenses by category", "Contracts that renew within 90 days"],
        "charts": [chart["title"] for chart in sample()["charts"]],
    }
    expected = [part for name, title in HEADINGS.items() if name != "bottom_line" for part in parts.get(name, [title])]
    assert found == expected
    text = text_of(root)
    assert text.index("Missing: Campaign spend") < text.index("Net burn rose to $7,713") < text.index("Decisions wanted")


def test_sections_without_rows_are_left_out_but_no_finding_is_said() -> None:
    root = tree(page(minimal()))
    found = [re.sub(r" \d+$", "", heading) for heading in headings(root)]
    assert found == [HEADINGS[name] for name in ("lacking", "findings", "notices", "method", "provenance")]
    assert "No rule of this report found anything." in text_of(root)


def test_a_row_of_the_key_figures() -> None:
    rows = [row for row in tree(page(sample())).iter("tr") if "Net burn per month" in text_of(row) and "target" in text_of(row)]
    cells = [text_of(cell) for cell in rows[-1] if isinstance(cell.tag, str)]
    assert cells == [
        "■",
        "Net burn per monthbad · target $5,000",
        "▄▄▁▁▁▄▆▅▅▆▆█",
        "$7,713",
        "+55.8%unfavourable",
        "+484.3%",
    ]
    (trend,) = [element for element in rows[-1].iter("span") if element.get("role") == "img"]
    assert trend.get("aria-label") == "12 periods between −$3,550 and $7,713"


def test_hostile_names_are_text() -> None:
    made = page(hostile())
    root = tree(made)
    text = text_of(root)
    for name in ("<script>alert(1)</script>", "{{7*7}}{% for x in y %}{{''.__class__}}", "\"'><img src=x onerror=alert(1)>"):
        assert name in text
    assert "gnp.exe zerowidth" in text
    assert not re.search("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\x00\x07\x1b]", made)
    assert "red;}" not in made


def test_a_note_is_set_in_its_style_and_nothing_in_it_is_markup() -> None:
    runs = [
        {"text": "<script>alert(1)</script> & ", "style": "plain", "link": None},
        {"text": "paid", "style": "strong", "link": None},
        {"text": "the list", "style": "plain", "link": "https://example.com/list?a=1&b=2"},
        {"text": "a trap", "style": "plain", "link": "javascript:alert(1)"},
        {"text": "another", "style": "plain", "link": "http://example.com/"},
    ]
    root = tree(page(sample(notes=[note("", blocks=[{"mark": "–", "runs": runs}])], actions=[])))
    assert [anchor.get("href") for anchor in root.iter("a")] == ["https://example.com/list?a=1&b=2"]
    assert "paid" in [text_of(element) for element in root.iter("b")]
    assert not list(root.iter("script"))
    assert "– <script>alert(1)</script> & paidthe lista trapanother Robin Example, Nov 4, 2026" in text_of(root)


def test_notes_stand_beside_what_they_are_about_and_the_others_have_a_section() -> None:
    text = text_of(tree(page(sample())))
    beside = text.index("A second boat is laid up until spring.")
    assert text.index("Cash at period end") < beside < text.index("Net burn per month", beside)
    assert text.index("No listing on one of three") < text.index("We wait for photographs") < text.index("Nine postings carry")
    apart = text[text.rindex("Notes") :]
    assert "The winter berth is paid once a year" in apart
    assert "A second boat" not in apart


def test_only_safe_addresses_are_linked() -> None:
    first, second = sample()["actions"][:2]
    made = page(
        sample(
            actions=[{**first, "card": "https://boards.example.com/c?a=1&b=2"}, {**second, "card": "javascript:alert(1)"}],
            notes=[],
        )
    )
    assert [anchor.get("href") for anchor in tree(made).iter("a")] == ["https://boards.example.com/c?a=1&b=2"]
    assert list(tree(page(hostile())).iter("a"))
    assert all((anchor.get("href") or "").startswith("https://") for anchor in tree(page(hostile())).iter("a"))


def test_no_word_can_widen_a_column() -> None:
    long = 0
    for element in elements(tree(page(hostile()))):
        if element.tag not in {"title", "style"} and element.get("class") not in {"preheader", "long"}:
            for run in (element.text or "", *(child.tail or "" for child in element)):
                assert max(map(len, run.split()), default=0) <= 14, run
        if element.get("class") == "long":
            long += 1
            assert element.get("style") == "word-break:break-all"
    assert long > 20


def test_figures_and_dates_stay_on_their_line_and_prose_does_not() -> None:
    made = page(sample())
    assert "<b>7.3 months</b>".replace(" ", "\N{NO-BREAK SPACE}") in made
    assert "Nov 14, 2026".replace(" ", "\N{NO-BREAK SPACE}") in made
    assert "and the burn has risen for three months." in made


def _wide(rows: int, columns: int) -> Document:
    kinds = ["text", "text", "text", *["count"] * (columns - 3)]
    heads = [{"id": f"c{n}", "label": f"Column number {n}", "kind": kind} for n, kind in enumerate(kinds)]
    cells = [[f"row {n}", "berth", "word " * 9, *["1234567"] * (columns - 4), None] for n in range(rows)]
    total = ["All", None, None, *["9999999"] * (columns - 3)]
    return {"id": "wide", "title": "A wide table", "note": "", "total_row": True, "columns": heads, "rows": [*cells, total]}


def test_a_table_too_wide_for_a_mail_is_set_as_a_list() -> None:
    made = tree(page(sample(tables=[_wide(2, 12)])))
    (table,) = [table for table in made.iter("table") if "row 0" in text_of(table) and len(list(table.iter("table"))) == 1]
    assert table.get("role") == "presentation"
    rows = [text_of(row) for row in table.iter("tr")]
    assert len(rows) == 3
    assert rows[0].startswith("row 0 · berth" + "Column number 2 word word")  # the first two texts name the row
    assert "Column number 3 1,234,567 · Column number 4 1,234,567" in rows[0]
    assert "Column number 11" not in rows[0]  # there is no data in it
    assert "Column number 11 9,999,999" in rows[2]
    assert "sum" in next(list(table.iter("tr"))[2].iter("td")).get("class", "")


def test_a_table_that_fits_keeps_its_columns() -> None:
    made = tree(page(sample(tables=[_wide(2, 5)])))
    heads = [text_of(head) for head in made.iter("th") if head.get("scope") == "col"]
    assert "Column number 4" in heads


def test_the_brand_colour_is_used() -> None:
    assert 'bgcolor="#0b5c6b"' in page(sample())
    assert 'bgcolor="#1f4e79"' in page(minimal())


def _large(rows: int) -> Document:
    found = [finding(f"r{n}", "high", f"Finding number {n}", "The reason for it. " * 6) for n in range(rows)]
    steps = [
        action(f"CFO-{n:04}", "P2", f"Step number {n}", "Why it helps. " * 4, "cfo", "2026-11-14", "S") for n in range(rows)
    ]
    document = sample(findings=found, actions=steps, notes=[], promises=[])
    document["tables"][0]["rows"] = document["tables"][0]["rows"][:-1] * rows + document["tables"][0]["rows"][-1:]
    return document


def test_a_mail_that_is_too_large_is_cut_evenly_and_says_so() -> None:
    made = page(_large(500))
    assert html.encoded_size(made) <= 98 * 1024
    root = tree(made)
    notes = [text_of(element) for element in root.iter("div") if element.get("class") == "rest"]
    shown = [int(note.split()[0]) for note in notes if note.endswith("of 500, the rest in the archive")]
    assert len(shown) == 2
    assert shown[0] == shown[1] >= 20
    assert f"{shown[0] // 2} of {7 * 500}, the rest in the archive" in notes  # rows of a table give way before findings
    assert html.encoded_size(made) > 90 * 1024  # the room is used
    assert "Cash at period end" in text_of(root)
    assert "Postings without a category" in text_of(root)  # key figures are not cut


def test_the_page_of_the_archive_is_whole() -> None:
    made = page(_large(200), full=True)
    assert html.encoded_size(made) > 98 * 1024
    assert "the rest in the archive" not in made
    assert "Finding number 199" in made


def test_the_sum_of_a_table_survives_the_cut() -> None:
    view = cut(prepare(sample()), 2)
    assert len(view.tables[0].body.rows) == 2
    assert view.tables[0].body.rest == "2 of 7, the rest in the archive"
    assert view.tables[0].total[0].text == "All expenses"


def test_a_mail_shows_twelve_key_figures_and_three_rows_of_evidence() -> None:
    many = [kpi(f"k{n}", f"Figure number {n}", "money", usd("5"), "$5.00") for n in range(20)]
    rows: list[Document] = [{"row": f"evidence {n}"} for n in range(9)]
    document = sample(kpis=many, findings=[finding("r", "low", "Title", "Why", evidence=rows)])
    text = text_of(tree(page(document)))
    assert "12 of 20, the rest in the archive" in text
    assert "3 of 9, the rest in the archive" in text
    assert "evidence 8" in text_of(tree(page(document, full=True)))


def test_evidence_gives_way_before_findings_do() -> None:
    rows: list[Document] = [{"row": f"evidence {n} " + "long " * 45} for n in range(3)]
    found = [finding(f"r{n}", "high", f"Finding number {n}", "The reason for it.", evidence=rows) for n in range(30)]
    text = text_of(tree(page(sample(findings=found, restatements=[], notes=[], promises=[]))))
    assert "Finding number 29" in text
    assert text.count("1 of 3, the rest in the archive") == 30


def test_what_cannot_be_made_small_enough_is_refused() -> None:
    with pytest.raises(ReportError, match="does not fit"):
        page(sample(), max_bytes=4096)


@pytest.mark.parametrize("document", [sample(), hostile(), _large(60)], ids=["sample", "hostile", "large"])
def test_the_size_is_that_of_the_mail(document: Document) -> None:
    made = page(document, full=True)
    message = EmailMessage()
    message.set_content(made, subtype="html", charset="utf-8", cte="quoted-printable")
    sent = message.as_bytes().partition(b"\n\n")[2].replace(b"\n", b"\r\n")
    assert len(sent) == pytest.approx(html.encoded_size(made), rel=0.01)


def test_an_ordinary_report_stays_under_the_level_of_warning() -> None:
    assert html.encoded_size(page(sample())) < html.WARN_BYTES


def _templates(folder: Path) -> Path:
    return Path(shutil.copytree(TEMPLATES, folder / "templates"))


def test_a_role_can_have_a_template_of_its_own(tmp_path: Path) -> None:
    templates = _templates(tmp_path)
    (templates / "cfo.html.j2").write_text("<!DOCTYPE html><title>x</title><p>for {{ view.head.role }}", "utf-8")
    assert "for CFO" in html.render(prepare(sample()), templates, role="cfo")
    assert "for CFO" not in html.render(prepare(sample()), templates, role="cto")
    assert "Decisions wanted" in html.render(prepare(sample()), templates, role="sections/head")


def test_a_template_that_asks_for_what_is_not_there_fails_the_report(tmp_path: Path) -> None:
    templates = _templates(tmp_path)
    (templates / "sections" / "notes.html.j2").write_text("{{ view.notice }}", "utf-8")
    with pytest.raises(ReportError, match="UndefinedError"):
        html.render(prepare(sample()), templates)


def test_every_section_has_its_template() -> None:
    files = {path.name.partition(".")[0] for path in (TEMPLATES / "sections").iterdir() if not path.name.startswith("_")}
    assert files == {*HEADINGS, "head"}


def test_every_class_is_declared_and_every_rule_is_used() -> None:
    used = {name for element in elements(tree(page(sample()))) for name in element.get("class", "").split()}
    used |= {
        name for element in elements(tree(page(sample(tables=[_wide(1, 12)])))) for name in element.get("class", "").split()
    }
    branded = replace(prepare(sample()), logo=Logo("logo@example.com", "", "Marlin", 40, 40))
    used |= {name for element in elements(tree(html.render(branded, TEMPLATES))) for name in element.get("class", "").split()}
    used |= {name for element in elements(tree(page(_large(90)))) for name in element.get("class", "").split()}
    used |= {name for element in elements(tree(page(sample(), full=True))) for name in element.get("class", "").split()}
    css = (TEMPLATES / "report.css").read_text("utf-8")
    declared = set(re.findall(r"^\.([a-z0-9]+) \{", css, flags=re.MULTILINE))
    enhanced = set(re.findall(r"\.([a-z][a-z0-9]*)(?=[ ,])", (TEMPLATES / "enhanced.css").read_text("utf-8")))
    assert used <= declared | enhanced
    assert declared | enhanced <= used


def test_the_same_document_gives_the_same_page() -> None:
    first: View = prepare(sample())
    assert html.render(first, TEMPLATES) == page(sample())
