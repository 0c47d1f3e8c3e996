"""The workbook, read back by another library than the one that wrote it."""

from __future__ import annotations

import re
import zipfile
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.errors import ReportError
from quarterdeck.model import ColumnKind
from quarterdeck.money import Money
from quarterdeck.render import cells, render_all, sheets, workbook
from quarterdeck.words import Voice
from tests.documents import HOSTILE_NAMES, Document, hostile, minimal, sample, usd
from tests.unit.test_render_html import TEMPLATES

ENGLISH = Voice("en_US")


def at(*parts: int) -> datetime:
    """An instant as spreadsheets have it, without a zone."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


def read(document: Document) -> Any:
    return openpyxl.load_workbook(BytesIO(workbook.render(document)))


def with_table(rows: list[list[Any]], *kinds: str, **changes: Any) -> Document:
    columns = [{"id": f"c{number}", "label": f"Column {number}", "kind": kind} for number, kind in enumerate(kinds)]
    table = {"id": "t", "title": "Table", "note": "", "total_row": False, "columns": columns, "rows": rows, **changes}
    return sample(tables=[table])


def table_of(document: Document) -> Any:
    return read(document).worksheets[-1]


def values(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_a_report_of_tables_has_its_sheets_in_order() -> None:
    names = read(sample()).sheetnames
    assert names == ["Report", "Findings", "Actions", "Expenses by category", "Contracts that renew within 90"]


def test_the_first_sheet_says_what_the_report_is_and_says() -> None:
    cover = values(read(sample())["Report"])
    assert cover[0][0] == "Marlin Charters · CFO · October 2026"
    facts = {row[0]: row[1] for row in cover[2:13]}
    assert facts["Tenant"] == "Marlin Charters"
    assert (facts["From"], facts["To"]) == (at(2026, 10, 1), at(2026, 10, 31))
    assert facts["Revision"] == sample()["revision"]
    texts = [row[0] for row in cover]
    assert "Cash of $41,237 lasts 7.3 months, and the burn has risen for three months." in texts
    head, cash = texts.index("KPI"), texts.index("Cash at period end")
    assert dict(zip(cover[head], cover[cash], strict=True)) == {
        "KPI": "Cash at period end",
        "Actual": 41237.05,
        "Previous": 48950.40,
        "Last year": 63120,
        "Target": 60000,
        "Unit": "USD",
        "State": "bad",
        "Confidence": "A",
        "Formula": "Closing balance of all bank and cash accounts",
        "Not known as": None,
    }
    lacking = dict(zip(cover[head], cover[texts.index("Days sales outstanding")], strict=True))
    assert (lacking["Actual"], lacking["State"]) == (None, "not enough data")  # never a zero
    assert lacking["Not known as"] == "no source gives open invoices"
    listed = cover[texts.index("Sheet") + 1 :]
    assert [row[:3] for row in listed] == [
        ["Findings", "Findings", 6],
        ["Actions", "Action items", 5],
        ["Expenses by category", "Expenses by category", 7],
        ["Contracts that renew within 90", "Contracts that renew within 90 days", 3],
    ]


@pytest.mark.parametrize(
    ("label", "number_format"),
    [("Cash at period end", "#,##0.00"), ("Runway", "#,##0.0"), ("Gross margin", "0.0%"), ("Bookings", "#,##0")],
)
def test_key_figures_are_numbers_in_the_form_of_their_unit(label: str, number_format: str) -> None:
    row = next(row for row in read(sample())["Report"].iter_rows() if row[0].value == label)
    assert [cell.data_type for cell in row[1:3]] == ["n", "n"]
    assert [cell.number_format for cell in row[1:3]] == [number_format, number_format]


def test_cells_have_the_type_and_form_of_their_column() -> None:
    rows: list[list[Any]] = [["Crew", usd("5210.05"), "1204", "0.3101", "2026-11-30", "watch"]]
    sheet = table_of(with_table(rows, "text", "money", "count", "ratio", "date", "state"))
    assert [cell.value for cell in sheet[1]] == ["Column 0", "Column 1, USD", *[f"Column {number}" for number in range(2, 6)]]
    found = [(cell.value, cell.data_type, cell.number_format) for cell in sheet[2]]
    assert found == [
        ("Crew", "s", "General"),
        (5210.05, "n", "#,##0.00"),
        (1204, "n", "#,##0"),
        (0.3101, "n", "0.0%"),
        (at(2026, 11, 30), "d", "yyyy-mm-dd"),
        ("watch", "s", "General"),
    ]
    assert sheet["F2"].font.color.rgb == "FF8A5A00"  # the colour repeats the word


@pytest.mark.parametrize(
    ("amount", "value", "number_format"),
    [
        ({"minor": 1234, "currency": "JPY"}, 1234, "#,##0"),
        ({"minor": 1234, "currency": "KWD"}, 1.234, "#,##0.000"),
        ({"minor": -5, "currency": "EUR"}, -0.05, "#,##0.00"),
    ],
)
def test_money_has_the_decimals_of_its_currency(amount: Any, value: float, number_format: str) -> None:
    cell = table_of(with_table([["a", amount]], "text", "money"))["B2"]
    assert (cell.value, cell.number_format) == (value, number_format)


def test_amounts_of_several_currencies_carry_theirs() -> None:
    rows: list[list[Any]] = [["a", usd("1")], ["b", {"minor": 200, "currency": "EUR"}]]
    sheet = table_of(with_table(rows, "text", "money"))
    assert sheet["B1"].value == "Column 1"
    assert [(sheet[place].value, sheet[place].number_format) for place in ("B2", "B3")] == [
        (1, "#,##0.00 [$USD]"),
        (2, "#,##0.00 [$EUR]"),
    ]


def test_no_data_is_an_empty_cell() -> None:
    sheet = table_of(with_table([["a", None, None, None, None, None]], "text", "money", "count", "ratio", "date", "state"))
    assert [cell.value for cell in sheet[2]] == ["a", None, None, None, None, None]


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_a_figure_of_fifteen_digits_is_kept_to_the_last(minor: int) -> None:
    cell = cells.figure(Money(minor, "USD"), ColumnKind.MONEY, "USD", ENGLISH)
    assert isinstance(cell.value, Decimal)
    assert round(Decimal(f"{float(cell.value):.16G}") * 100) == minor  # as it is written to the file, in sixteen digits


def test_a_figure_of_more_digits_than_a_spreadsheet_keeps_is_text() -> None:
    rows: list[list[Any]] = [["a", {"minor": 2**63 - 1, "currency": "USD"}, str(10**15)]]
    row = table_of(with_table(rows, "text", "money", "count"))[2]
    assert [cell.value for cell in row] == ["a", "92,233,720,368,547,758.07", "1,000,000,000,000,000"]


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://203.0.113.9")', "+1", "-1+2", "@SUM(A1)", "{=1}", "http://example.com", "007"]
)
def test_text_stays_text(text: str) -> None:
    cell = table_of(with_table([[text]], "text"))["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
    assert cell.quotePrefix is (text[0] in "=+-@")  # or it would become a formula when somebody edits the cell


@pytest.mark.parametrize("document", [sample(), hostile(), minimal()], ids=["sample", "hostile", "minimal"])
def test_no_text_becomes_a_formula_and_nothing_leaves_the_file(document: Document) -> None:
    with zipfile.ZipFile(BytesIO(workbook.render(document))) as file:
        assert not [name for name in file.namelist() if "externalLink" in name or "vba" in name.lower()]
        for name in file.namelist():
            root = ET.fromstring(file.read(name))  # well-formed, whatever was in the data
            assert not [element for element in root.iter() if element.tag.endswith("}hyperlink")]
            formulas = [str(element.text) for element in root.iter() if element.tag.endswith("}f")]
            assert all(
                re.fullmatch(r"(SUM\([A-Z]+2:[A-Z]+[0-9]+\)|ROUND\([A-Z0-9+-]+,[0-9]\))", formula) for formula in formulas
            )
            assert b'TargetMode="External"' not in file.read(name)


def test_what_spreadsheets_take_for_an_escape_stays_as_it_is_written() -> None:
    with zipfile.ZipFile(BytesIO(workbook.render(with_table([["_x0041_ and _x000D_"]], "text")))) as file:
        assert b"_x005F_x0041_ and _x005F_x000D_" in file.read("xl/sharedStrings.xml")


def test_controls_and_characters_without_a_place_in_xml_are_gone() -> None:
    text = "a\x00b\x07c\x1bd\u202ee\u200bf\ud800g\uffffh"
    assert table_of(with_table([[text]], "text"))["A2"].value == "abcdef\ufffdg\ufffdh"


@given(st.text())
def test_any_text_fits_a_cell_and_xml(text: str) -> None:
    shown = cells.line(text)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", shown)
    assert len(shown.encode("utf-16-le")) // 2 <= cells.MOST_TEXT


@pytest.mark.parametrize("letter", ["x", "⛵", "🧾"])
def test_a_text_that_no_cell_holds_is_cut_and_says_so(letter: str) -> None:
    value = table_of(with_table([[letter * 40_000]], "text"))["A2"].value
    assert len(value.encode("utf-16-le")) // 2 in {cells.MOST_TEXT - 1, cells.MOST_TEXT}
    assert value.endswith(f"{letter} … [cut: a cell holds 32,767 characters]")
    whole = letter * (cells.MOST_TEXT // len(letter.encode("utf-16-le")) * 2)
    assert cells.line(whole) == whole


def test_a_date_that_spreadsheets_cannot_count_is_text() -> None:
    sheet = table_of(with_table([["1899-12-31"], ["1900-03-01"]], "date"))
    assert (sheet["A2"].value, sheet["A3"].value) == ("1899-12-31", at(1900, 3, 1))


def test_what_only_looks_like_a_date_is_text() -> None:
    sheet = table_of(with_table([["2026-13-45"], ["2026-02-28"]], "text"))
    assert (sheet["A2"].value, sheet["A3"].value) == ("2026-13-45", at(2026, 2, 28))


def test_heads_stay_in_view_and_filter_the_body_alone() -> None:
    sheet = read(sample())["Expenses by category"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:E8"
    assert sheet.print_title_rows == "$1:$1"
    assert [cell.font.b for cell in sheet[9]] == [True] * 5  # the total, below what the filter sorts
    assert (sheet["A9"].value, sheet["B9"].value) == ("All expenses", "=SUM(B2:B8)")
    shown = openpyxl.load_workbook(BytesIO(workbook.render(sample())), data_only=True)["Expenses by category"]
    assert shown["B9"].value == 16799  # for a viewer that does not calculate
    assert not sheet["A8"].font.b
    assert sheet["A11"].value == "Posted amounts of the period, before tax."


def test_columns_are_as_wide_as_what_they_hold_within_bounds() -> None:
    sheet = table_of(with_table([["x" * 500, "ab", "漢" * 12]], "text", "text", "text"))
    widths = [sheet.column_dimensions[letter].width for letter in "ABC"]
    assert widths[0] == pytest.approx(60, abs=1)
    assert widths[1] < 15
    assert widths[2] == pytest.approx(26, abs=1)  # such a character takes two cells


def test_findings_and_actions_have_their_figures_as_figures() -> None:
    book = read(sample())
    findings, actions = book["Findings"], book["Actions"]
    assert [cell.value for cell in findings[2]][:6] == [
        "critical",
        "Net burn rose for three months in a row, to $7,713",
        sample()["findings"][0]["why"],
        "new",
        "2026-10",
        16237.05,
    ]
    assert findings["F1"].value == "At stake, USD"
    assert findings["J2"].value.split("\n")[0] == "month 2026-08-31 · net_burn 4340.00 USD"
    assert (actions["A2"].value, actions["E2"].value, actions["F2"].value) == ("CFO-7K3F", "CFO", at(2026, 11, 14))


def test_an_address_that_is_none_is_left_out() -> None:
    cards = [row[8].value for row in read(hostile())["Actions"].iter_rows(min_row=2)]
    assert cards[0] is None


def test_a_sheet_ends_at_a_hundred_thousand_rows_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    document = with_table([[str(number)] for number in range(6)], "count", total_row=True, note="A note.")
    sheet = table_of(document)
    assert [row[0] for row in values(sheet)] == [
        "Column 0", 0, 1, 2, 5, None, "3 of 5 rows; report.json in the archive has them all", "A note.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "title", [*HOSTILE_NAMES, "", "'quoted'", "History", "report", "Findings", "a/b:c*d?e[f]g\\h", "⛵" * 40]
)
def test_every_title_makes_a_legal_name(title: str) -> None:
    name = read(with_table([["a"]], "text", title=title)).sheetnames[-1]
    assert 0 < len(name.encode("utf-16-le")) // 2 <= 31
    assert not set(name) & set("[]:*?/\\")
    assert name.strip("' ") == name


def test_equal_titles_get_names_of_their_own() -> None:
    table = sample()["tables"][0]
    names = read(sample(tables=[{**table, "title": title} for title in ("History", "x" * 40, "X" * 40, "Actions")])).sheetnames
    assert names[3:] == ["History 2", "x" * 31, "X" * 29 + " 2", "Actions 2"]


@given(st.lists(st.text(max_size=40), max_size=8))
def test_names_are_never_taken_twice(titles: list[str]) -> None:
    taken: set[str] = set()
    for title in titles:
        name = cells.sheet_name(title, taken)
        assert name.casefold() not in taken
        taken.add(name.casefold())


def test_the_same_document_gives_the_same_bytes() -> None:
    made = workbook.render(sample())
    assert workbook.render(sample()) == made
    properties = openpyxl.load_workbook(BytesIO(made)).properties
    assert properties.created == at(2026, 11, 1, 5, 12)  # the data's own latest instant, and no clock
    assert properties.title == "Marlin Charters · CFO · October 2026"


def test_only_reports_with_tables_have_a_workbook() -> None:
    assert "report.xlsx" in render_all(sample(), TEMPLATES)
    assert "report.xlsx" not in render_all(minimal(), TEMPLATES)


def test_a_document_out_of_schema_is_refused() -> None:
    broken = sample()
    del broken["heading"]["end"]
    with pytest.raises(ReportError, match="workbook"):
        workbook.render(broken)
