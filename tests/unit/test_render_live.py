"""Formulas of the workbook: each gives the figure that it stands in for, which an evaluator of our own works out anew."""

from __future__ import annotations

import csv
import re
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.books import postings
from quarterdeck.render import ledger as ledgers
from quarterdeck.render import render_all, workbook
from quarterdeck.render.cells import Cell
from quarterdeck.render.ledger import Ledger, ledger
from quarterdeck.render.live import letter, living
from tests.documents import Document, kpi, sample, usd
from tests.tables import CHART, OCT, Entry, cost, entries, frame, refund, sale
from tests.unit.test_render_html import TEMPLATES

_RANGE = re.compile(r"(?:'((?:[^']|'')+)'!)?\$?([A-Z]+)\$?([0-9]+)(?::\$?([A-Z]+)\$?([0-9]+))?")


class Calculator:
    """SUM, SUBTOTAL, SUMIFS, ROUND, IF, + and -, over the cells of a workbook: what our formulas are made of."""

    def __init__(self, data: bytes) -> None:
        self.book = openpyxl.load_workbook(BytesIO(data))
        self.shown = openpyxl.load_workbook(BytesIO(data), data_only=True)

    def formulas(self) -> list[tuple[str, str]]:
        return [(s.title, c.coordinate) for s in self.book.worksheets for r in s.iter_rows() for c in r if c.data_type == "f"]

    def value(self, sheet: str, place: str) -> Any:
        cell = self.book[sheet][place]
        return self.work_out(sheet, cell.value[1:]) if cell.data_type == "f" else cell.value

    def span(self, sheet: str, text: str) -> list[Any]:
        match = _RANGE.fullmatch(text)
        assert match is not None, text
        name, first, top, last, bottom = match.groups()
        of = name.replace("''", "'") if name else sheet
        assert last in (None, first)
        return [self.value(of, f"{first}{row}") for row in range(int(top), int(bottom or top) + 1)]

    def work_out(self, sheet: str, text: str) -> Any:
        if match := re.fullmatch(r"IF\((\w+)=0,\"(\w+)\",\"(\w+)\"\)", text):
            return match[2] if self.value(sheet, match[1]) == 0 else match[3]
        if match := re.fullmatch(r"ROUND\((.*),(\d)\)", text):
            return round(self.work_out(sheet, match[1]), int(match[2]))
        total, rest = Decimal(0), text
        term = re.compile(r"([+-]?)(SUMIFS\([^()]*\)|SUM\([^()]*\)|SUBTOTAL\([^()]*\)|(?:'(?:[^']|'')+'!)?[A-Z]+[0-9]+)")
        while rest:
            match = term.match(rest)
            assert match is not None, rest
            total += (-1 if match[1] == "-" else 1) * self.term(sheet, match[2])
            rest = rest[match.end() :]
        return total

    def term(self, sheet: str, text: str) -> Decimal:
        name, _, inside = text.rstrip(")").partition("(")
        if name == "SUM":
            return _sum(self.span(sheet, inside))
        if name == "SUBTOTAL":
            assert inside.startswith("9,")
            return _sum(self.span(sheet, inside[2:]))
        if name == "SUMIFS":
            amounts, keys, wanted = inside.split(",")
            pairs = zip(self.span(sheet, amounts), self.span(sheet, keys), strict=True)
            return _sum([amount for amount, key in pairs if key == wanted.strip('"')])
        return _sum(self.span(sheet, text))

    def check(self) -> int:
        """Every formula gives the value that stands beside it; how many there are."""
        found = self.formulas()
        for sheet, place in found:
            stands, worked = self.shown[sheet][place].value, self.value(sheet, place)
            if isinstance(worked, Decimal | float | int):
                assert Decimal(str(stands or 0)) == worked, (sheet, place)
            else:
                assert stands == worked
        return len(found)


def _sum(values: list[Any]) -> Decimal:
    return sum((Decimal(str(value)) for value in values if isinstance(value, int | float | Decimal)), Decimal(0))


def books(*made: Entry) -> Ledger:
    return ledger(postings(entries(*made), frame("accounts", CHART)), "USD")


BOOKS = (sale(OCT, 100_005, "=cmd|' /C calc'!A0"), refund(OCT, 10_000), cost(date(2026, 10, 3), 30_010))


def with_table(columns: list[tuple[str, str]], rows: list[list[Any]], **changes: Any) -> Document:
    named = [{"id": id, "label": id.capitalize(), "kind": kind} for id, kind in columns]
    return sample(
        tables=[{"id": "t", "title": "It's a table", "note": "", "total_row": True, "columns": named, "rows": rows, **changes}]
    )


def net_revenue(amount: str) -> list[Document]:
    return [kpi("net_revenue", "Net revenue", "money", usd(amount), "")]


def test_a_trial_balance_sums_up_and_is_checked() -> None:
    rows = [["1000", usd("599.95"), None], ["4000", None, usd("599.95")], ["Total", usd("599.95"), usd("599.95")]]
    made = Calculator(workbook.render(with_table([("account", "text"), ("debit", "money"), ("credit", "money")], rows)))
    assert made.book["It's a table"]["B4"].value == "=SUM(B2:B3)"
    assert made.book["Checks"]["B2"].value == "='It''s a table'!B4"
    assert [cell.value for cell in made.shown["Checks"][2]][1:] == [599.95, 599.95, 0, "ties"]
    assert made.check() == 6


def test_a_total_that_is_no_sum_stays_a_number() -> None:
    rows = [["a", usd("1")], ["b", usd("2")], ["All", usd("4")]]
    assert workbook_cell(with_table([("name", "text"), ("amount", "money")], rows), "B4") == 4


def workbook_cell(document: Document, place: str) -> Any:
    return openpyxl.load_workbook(BytesIO(workbook.render(document))).worksheets[-1][place].value


@pytest.mark.parametrize(
    ("ids", "amounts", "formula"),
    [
        (("one", "other", "difference"), ("5.30", "5.10", "0.20"), "=ROUND(B2-C2,2)"),
        (("opening", "in", "out", "closing"), ("5", "3", "2", "6"), "=ROUND(B2+C2-D2,2)"),
        (("opening", "added", "closing"), ("5", "3", "8"), "=ROUND(B2+C2,2)"),
        (("age0", "age1", "total"), ("5", "3", "8"), "=ROUND(B2+C2,2)"),
        (("one", "other", "difference"), ("5.30", "5.10", "0.21"), 0.21),
    ],
)
def test_what_follows_from_other_columns_is_worked_out(ids: tuple[str, ...], amounts: tuple[str, ...], formula: Any) -> None:
    columns = [("name", "text"), *((id, "money") for id in ids)]
    document = with_table(columns, [["a", *map(usd, amounts)]], total_row=False)
    assert workbook_cell(document, f"{letter(len(ids))}2") == formula
    Calculator(workbook.render(document)).check()


def test_a_roll_forward_ends_in_the_sum_of_what_is_above() -> None:
    rows = [["Opening", usd("10")], ["Added", usd("5")], ["Earned", usd("-7")], ["Closing", usd("8")]]
    document = with_table([("what", "text"), ("amount", "money")], rows, id="deferred_roll_forward", total_row=False)
    assert workbook_cell(document, "B5") == "=SUM(B2:B4)"


NUMBERS = st.none() | st.integers(-(10**9), 10**9).map(lambda minor: Decimal(minor).scaleb(-2))
IDS = st.lists(
    st.sampled_from(["opening", "in", "out", "closing", "difference", "change", "total", "other"]), min_size=1, max_size=5
)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_formula_is_never_other_than_its_figure(data: st.DataObject) -> None:
    ids = data.draw(IDS)
    rows = [tuple(Cell(data.draw(NUMBERS)) for _ in ids) for _ in range(data.draw(st.integers(1, 3)))]
    total = tuple(Cell(data.draw(NUMBERS)) for _ in ids)
    body, summed = living(ids, rows, total, rolls=data.draw(st.booleans()))
    for made, given_ in zip((*body, summed), (*rows, total), strict=True):
        assert [cell.value for cell in made] == [cell.value for cell in given_]
    grid = {f"{letter(column)}{row}": cell for row, cells in enumerate((*body, summed), 2) for column, cell in enumerate(cells)}
    for cell in grid.values():
        if match := re.fullmatch(r"SUM\(([A-Z])2:[A-Z](\d+)\)", cell.formula):
            parts = [grid[f"{match[1]}{row}"].value or Decimal(0) for row in range(2, int(match[2]) + 1)]
            assert sum(parts, Decimal(0)) == cell.value
        elif match := re.fullmatch(r"ROUND\((.*),\d\)", cell.formula):
            terms = re.findall(r"([+-]?)([A-Z]\d+)", match[1])
            assert sum((Decimal(f"{sign or '+'}1") * (grid[at].value or 0) for sign, at in terms), Decimal(0)) == cell.value  # type: ignore[operator]
        else:
            assert cell.formula == ""


def test_the_ledger_has_every_posting_with_live_sums_and_ties_to_the_report() -> None:
    document = sample(kpis=net_revenue("900.05"), tables=[])
    made = Calculator(workbook.render(document, books(*BOOKS)))
    sheet = made.book["Ledger detail"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("A3", "A2:L8", "$2:$2")
    assert sheet["I1"].value == "=SUBTOTAL(9,I3:I8)"
    assert (sheet["I3"].value, sheet["I3"].number_format) == (300.1, "#,##0.00")
    assert sheet["A3"].value.date() == date(2026, 10, 3)
    texts = [cell for cell in sheet["F"] if cell.value == "=cmd|' /C calc'!A0"]
    assert [(cell.data_type, cell.quotePrefix) for cell in texts] == [("s", True), ("s", True)]
    outcomes = [(row[0].value, row[4].value) for row in made.shown["Checks"].iter_rows(min_row=2)]
    assert outcomes == [("Ledger detail: debits and credits", "ties"), ("Net revenue: the report and its postings", "ties")]
    assert made.check() == 9  # two sums, and of each check what is not typed in


def test_a_report_that_says_something_else_than_its_postings_differs() -> None:
    made = Calculator(workbook.render(sample(kpis=net_revenue("900.06"), tables=[]), books(*BOOKS)))
    assert [row[4].value for row in made.shown["Checks"].iter_rows(min_row=2)] == ["ties", "differs"]
    made.check()


def test_a_long_ledger_stops_and_lies_beside_the_workbook_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("quarterdeck.render.ledger", "quarterdeck.render.workbook"):
        monkeypatch.setattr(f"{module}.MOST_ROWS", 4)
    monkeypatch.setattr("quarterdeck.render.sheets.MOST_POSTINGS", 4)
    monkeypatch.setattr("quarterdeck.render.workbook._IN_MEMORY", 3)  # as a stream of rows
    detail = books(*BOOKS)
    files = render_all(sample(), TEMPLATES, ledger=detail)
    assert files == render_all(sample(), TEMPLATES, ledger=detail)
    sheet = openpyxl.load_workbook(BytesIO(files["report.xlsx"]))["Ledger detail"]
    assert sheet["A1"].value == "First 4 of 6 postings; ledger.csv and ledger.parquet in the archive have them all"
    assert sheet.max_row == 6
    rows = list(csv.DictReader(StringIO(files["ledger.csv"].decode())))
    assert sum(Decimal(row["amount"]) for row in rows) == 0
    assert {row["party"] for row in rows} == {"", "'=cmd|' /C calc'!A0"}  # nothing that a spreadsheet would run
    table = pq.read_table(BytesIO(files["ledger.parquet"]))
    assert (table.num_rows, sum(table["amount"].to_pylist())) == (6, 0)
    assert "=cmd|' /C calc'!A0" in table["party"].to_pylist()


def test_the_order_of_the_sources_changes_no_byte() -> None:
    made = postings(entries(*BOOKS), frame("accounts", CHART))
    other = ledger(made.sample(frac=1, random_state=3).reset_index(drop=True), "USD")
    assert ledgers.digest(other) == ledgers.digest(ledger(made, "USD"))
    assert workbook.render(sample(), other) == workbook.render(sample(), ledger(made, "USD"))


def test_no_posting_asks_about_all_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred thousand rows would take minutes where each of them counted the companies anew."""
    asked: list[int] = []
    counted = pd.Series.nunique

    def count(series: pd.Series) -> int:
        asked.append(len(series))
        return int(counted(series))

    monkeypatch.setattr(pd.Series, "nunique", count)
    few, many = (books(*(sale(OCT, 100) for _ in range(times))) for times in (2, 200))
    assert (len(list(ledgers.cells(few))), len(list(ledgers.cells(many)))) == (4, 400)
    assert asked == [4, 400]


def test_amounts_keep_the_decimals_of_their_currency() -> None:
    made = entries(*BOOKS).assign(currency="JPY")
    detail = ledger(postings(made, frame("accounts", CHART)), "JPY")
    sheet = openpyxl.load_workbook(BytesIO(workbook.render(sample(), detail)))["Ledger detail"]
    assert (sheet["I3"].value, sheet["I3"].number_format) == (30_010, "#,##0")
    mixed = ledger(pd.concat([detail.rows, books(*BOOKS).rows], ignore_index=True), "USD")
    rows = list(csv.DictReader(StringIO(ledgers.csv_file(mixed).decode())))
    assert {Decimal(row["amount"]) for row in rows if row["account"] == "6000"} == {Decimal(30010), Decimal("300.10")}
    assert not mixed.is_whole
