from __future__ import annotations

import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest

from quarterdeck.errors import ReportError
from quarterdeck.render import pdf, render_all
from quarterdeck.render.records import HEADINGS
from quarterdeck.render.view import prepare
from tests.documents import Document, finding, hostile, minimal, planned, sample

TEMPLATES = Path(__file__).parents[2] / "templates"

poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) is not installed")


def made(document: Document) -> bytes:
    return pdf.render(prepare(document), TEMPLATES)


def text_of(paper: bytes, *options: str) -> str:
    done = subprocess.run(["pdftotext", *options, "-", "-"], input=paper, capture_output=True, check=True)
    return done.stdout.decode("utf-8")


def squeezed(text: str) -> str:
    return " ".join(text.split())


@poppler
def test_the_paper_carries_the_figures_and_words() -> None:
    text = squeezed(text_of(made(sample()), "-layout"))
    for said in (
        "CFO report · Example Holdings",
        "Cash of $41,237 lasts 7.3 months, and the burn has risen for three months.",
        "Net burn per month $7,713 +55.8% +484.3% bad · target $5,000 unfavourable",
        "All expenses 16,799.00 14,490.00 100.0%",
        "high · persisting · since 2026-07",
        "America/Los_Angeles",
        "page 1 of 6",
        "page 6 of 6",
    ):
        assert said in text
    assert text.count("Marlin Charters · CFO · October 2026") == 6  # the foot of every page


@poppler
def test_the_sections_come_in_their_order() -> None:
    lines = [line.strip() for line in text_of(made(planned())).splitlines()]
    titles = [title for name, title in HEADINGS.items() if name not in {"bottom_line", "charts", "tables"}]
    places = [lines.index(title) for title in titles]
    assert places == sorted(places)


@poppler
def test_hostile_names_are_text_and_cannot_be_code() -> None:
    text = text_of(made(hostile()))
    joined = "".join(text.split())
    for name in ('#eval("1") *bold* $x^2$ @ref <label> \\ `raw` // note', "<script>alert(1)</script>", "{{7*7}}"):
        assert "".join(name.split()) in joined
    assert "\u200b" not in text


@poppler
def test_a_long_word_is_broken_within_the_page() -> None:
    words = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=made(hostile()), capture_output=True, check=True).stdout
    rights = [float(part.split(b'"')[1]) for part in words.split() if part.startswith(b"xMax=")]
    assert rights
    assert max(rights) <= 612 - 56  # Letter, less a margin of 20 mm


_A4 = "595.276 x 841.89"


@poppler
@pytest.mark.parametrize(("locale", "size"), [("en_US", "612 x 792"), ("en_GB", _A4), ("de", _A4)])
def test_the_paper_is_the_locales(locale: str, size: str) -> None:
    told = subprocess.run(["pdfinfo", "-"], input=made(sample(locale=locale)), capture_output=True, check=True).stdout.decode()
    assert f"{size} pts" in told


@poppler
def test_a_long_table_repeats_its_head() -> None:
    document = sample(restatements=[], notes=[], promises=[])
    long = ["Berth " * 35, "2026-11-30", None, None]
    document["tables"][1]["rows"] = [long] * 24
    assert text_of(made(document)).count("Renews\n") == 2


@poppler
def test_a_long_report_says_what_it_leaves_to_the_archive() -> None:
    evidence = [{"row": str(number)} for number in range(31)]
    found = [finding(f"rule-{n}", "low", f"Finding {n}", "Why.", evidence=evidence) for n in range(47)]
    text = squeezed(text_of(made(sample(findings=found)), "-layout"))
    assert "12 of 47, the rest in the archive" in text
    assert "3 of 31, the rest in the archive" in text
    assert "Finding 11" in text
    assert "Finding 12" not in text


def test_sections_become_bookmarks() -> None:
    assert b"/Outlines" in made(sample())


def test_nothing_but_the_document_decides_on_the_bytes() -> None:
    first = made(sample())
    assert first == made(sample())
    assert first != made(sample(grade="C"))
    assert set(re.findall(rb"/(?:CreationDate|ModDate) ?\((.*?)\)", first)) == {b"D:20261101051200Z"}  # as_of, in UTC


def xmp(paper: bytes) -> Element:
    """The metadata that tells an archive what a file claims to be."""
    start, end = paper.index(b"<rdf:RDF"), paper.index(b"</rdf:RDF>") + len(b"</rdf:RDF>")
    return fromstring(paper[start:end])


def fonts_of(paper: bytes) -> list[list[str]]:
    """Name, embedded, subset and mapped to Unicode, of each font."""
    told = subprocess.run(["pdffonts", "-"], input=paper, capture_output=True, check=True).stdout.decode("utf-8")
    return [[line.split()[0], *line.split()[-5:-2]] for line in told.splitlines()[2:]]


@poppler
def test_the_paper_is_for_the_archive() -> None:
    paper = made(sample())
    told = xmp(paper)
    pdfa = "{http://www.aiim.org/pdfa/ns/id/}"
    assert [(part.tag, part.text) for part in told.iter() if part.tag.startswith(pdfa)] == [
        (f"{pdfa}part", "2"),
        (f"{pdfa}conformance", "B"),
    ]
    assert paper.startswith(b"%PDF-1.7")
    assert b"/OutputIntents" in paper
    assert b"/S/GTS_PDFA1" in paper
    assert b"/Encrypt" not in paper
    fonts = fonts_of(paper)
    assert len(fonts) >= 3
    assert all(flags == ["yes", "yes", "yes"] for _, *flags in fonts)
    info = subprocess.run(["pdfinfo", "-isodates", "-"], input=paper, capture_output=True, check=True).stdout.decode("utf-8")
    assert re.search(r"Title: +Marlin Charters · CFO · October 2026", info)
    assert re.search(r"CreationDate: +2026-11-01T05:12:00Z", info)
    assert re.search(r"Tagged: +yes", info)


@poppler
@pytest.mark.parametrize("letters", ["\U00010a7f", "\u0378"])  # Old South Arabian; a code point that is no letter
def test_a_letter_that_no_font_has_costs_the_standard_and_not_the_report(letters: str) -> None:
    document = sample()
    document["findings"][0]["title"] = f"Berth {letters} is unpaid"
    paper = made(document)
    text = squeezed(text_of(paper))
    assert b"pdfaid" not in paper
    assert pdf.PLAIN in text
    assert "is unpaid" in text
    assert pdf.PLAIN not in squeezed(text_of(made(sample())))


def test_data_without_a_date_is_dated_by_its_period() -> None:
    assert b"D:20261101000000Z" in made(sample(as_of=None))


def test_papers_made_side_by_side_are_the_same() -> None:
    documents = [sample(grade=grade) for grade in "ABCD"] * 3
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(made, documents)) == [made(document) for document in documents]


def test_an_empty_report_and_a_very_long_one_can_be_set() -> None:
    assert made(minimal()).startswith(b"%PDF-")
    evidence: list[Document] = [{"row": f"{n} " + "long " * 300} for n in range(60)]
    assert made(sample(findings=[finding("r", "low", "T" * 2000, "W" * 2000, evidence=evidence)])).startswith(b"%PDF-")


def test_nothing_but_long_words_can_be_set() -> None:
    words = "abcdefghijklmnopq " * 200
    evidence: list[Document] = [{"row": words} for _ in range(4)]
    document = sample(findings=[finding("r", "low", words, words, evidence=evidence)])
    for kpi in document["kpis"]:
        kpi["label"] = kpi["formula"] = kpi["needs"] = words
    assert made(document).startswith(b"%PDF-")


def test_a_template_that_does_not_fit_fails_the_report(tmp_path: Path) -> None:
    (tmp_path / "report.typ").write_text("#json(bytes(sys.inputs.view)).nothing", "utf-8")
    with pytest.raises(ReportError, match="could not be set"):
        pdf.render(prepare(sample()), tmp_path)


def test_a_template_cannot_leave_its_folder(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    (tmp_path / "inner" / "report.typ").write_text('#read("../secret.txt")', "utf-8")
    with pytest.raises(ReportError):
        pdf.render(prepare(sample()), tmp_path / "inner")


@pytest.mark.parametrize(
    ("text", "more"), [("Straße, Ελλάδα, Київ, 5 € − ▲", False), ("漢字", True), ("שלום", True), ("สวัสดี", True), ("⛵🧾", True)]
)
def test_fonts_of_the_machine_join_only_where_they_must(text: str, more: bool) -> None:
    assert pdf.needs_more_fonts(text) is more


def test_a_report_is_a_page_a_text_a_paper_and_a_workbook() -> None:
    files = render_all(sample(), TEMPLATES)
    assert list(files) == [
        *("report.html", "mail.html", "report.txt", "report.pdf"),
        *(f"chart-{number}.png" for number in range(1, len(sample()["charts"]) + 1)),
        "report.xlsx",
    ]
    assert files["report.html"].startswith(b"<!DOCTYPE html>")
    assert files["report.txt"].decode("utf-8").startswith("Marlin Charters\n")
    assert files["report.pdf"].startswith(b"%PDF-")
    assert files == render_all(sample(), TEMPLATES)
