"""Sheets as an .xlsx file, for reports that carry tables. The same document gives the same bytes: no clock is asked.

Every text is written as text, whatever it begins with, and one that begins like a formula is marked so that it stays text
when a person edits its cell. The formulas in the file are made of places alone, never of a text of the report, and stand with
their values, so that a viewer that does not calculate shows them too. There are no links.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any

from quarterdeck.errors import ReportError
from quarterdeck.money import Money, exponent
from quarterdeck.render import ledger as ledgers
from quarterdeck.render.cells import Cell, line
from quarterdeck.render.columns import width
from quarterdeck.render.ledger import MOST_ROWS, SHEET, Ledger
from quarterdeck.render.live import letter
from quarterdeck.render.sheets import Cover, Sheet, sheets_of

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
    "default_date_format": "yyyy-mm-dd",
}
_ROW_BY_ROW = {"in_memory": False, "constant_memory": True}  # a long ledger would take ten times its file's size
_IN_MEMORY = 5_000  # postings
_A4 = 9
_NARROW, _WIDE = 8, 60  # characters of a column
_MEASURED = 500  # rows that a column's width is made of
_INK, _SOFT, _RULE = "#1b2027", "#57606a", "#aab2ba"
_TONES = {"good": "#1a6b3c", "watch": "#8a5a00", "bad": "#b3261e"}
_LIKE_A_FORMULA = ("=", "+", "-", "@")
_DAY = date(2026, 1, 1)  # any: what a date looks like
_LABELS = 34  # width of the cover's first column


def render(document: Mapping[str, Any], ledger: Ledger | None = None) -> bytes:
    """The workbook of a document, with the ledger's detail where it is given; ReportError where it breaks its schema."""
    # Two tenths of a second that only reports with tables need.
    from xlsxwriter.exceptions import XlsxWriterException
    from xlsxwriter.workbook import Workbook

    file = BytesIO()
    try:
        cover, sheets = sheets_of(document, ledger)
        workbook = Workbook(file, _OPTIONS if ledger is None or ledger.count <= _IN_MEMORY else _OPTIONS | _ROW_BY_ROW)
        heading = document["heading"]
        workbook.set_properties(
            {
                "title": cover.title,
                "subject": line(f"{heading['role']} report, {heading['period']}"),
                "author": line(heading["portfolio"]),
                "company": line(heading["tenant"]),
                "comments": f"report {document['report_id']}, revision {document['revision']}",
                "created": _made(document),
            }
        )
        looks = _Looks(workbook)
        _write_cover(workbook.add_worksheet(cover.name), cover, looks)
        for sheet in sheets:
            _write_sheet(workbook.add_worksheet(sheet.name), sheet, looks)
        if ledger is not None:
            _write_ledger(workbook.add_worksheet(SHEET), ledger, looks)
        workbook.close()
    except (KeyError, TypeError, ValueError, AttributeError, XlsxWriterException) as error:
        raise ReportError(
            f"the report cannot be written as a workbook: {type(error).__name__} {error}",
            remedy="check it against docs/schemas/report.schema.json",
        ) from error
    return file.getvalue()


def _made(document: Mapping[str, Any]) -> datetime:
    """When the workbook was made, by its own word: the data's latest instant, so that its bytes repeat."""
    instant = datetime.fromisoformat(document["as_of"] or document["heading"]["end"])
    return (instant.astimezone(UTC) if instant.tzinfo else instant).replace(tzinfo=None)


class _Looks:
    """The formats of a workbook, each made once."""

    def __init__(self, workbook: Workbook) -> None:
        self._add: Callable[[dict[str, Any]], Format] = workbook.add_format
        self._made: dict[tuple[object, ...], Format] = {}
        self.plain = self._add({"font_color": _INK, "valign": "top", "text_wrap": True})
        self.title = self._add({"bold": True, "font_size": 16, "font_color": _INK})
        self.section = self._add({"bold": True, "font_size": 12, "font_color": _INK})
        head = {"bold": True, "font_color": _SOFT, "valign": "bottom", "text_wrap": True, "bottom": 1, "bottom_color": _RULE}
        self.head = self._add(head)
        self.soft = self._add({"font_color": _SOFT, "valign": "top"})

    def of(self, cell: Cell, *, is_total: bool = False) -> Format:
        is_text = isinstance(cell.value, str)
        is_guarded = isinstance(cell.value, str) and cell.value.startswith(_LIKE_A_FORMULA)
        key = (cell.form, cell.tone, cell.bold, is_text, is_guarded, is_total)
        if key not in self._made:
            look: dict[str, Any] = {"font_color": _TONES.get(cell.tone, _INK), "valign": "top", "text_wrap": is_text}
            look |= {"num_format": cell.form} if cell.form else {}
            look |= {"bold": True} if cell.bold else {}
            look |= {"top": 1, "top_color": _SOFT} if is_total else {}
            look |= {"quote_prefix": True} if is_guarded else {}
            self._made[key] = self._add(look)
        return self._made[key]


def _write_cover(page: Worksheet, cover: Cover, looks: _Looks) -> None:
    page.write_string(0, 0, cover.title, looks.title)
    row = 2
    for label, cell in cover.facts:
        page.write_string(row, 0, label, looks.soft)
        _write(page, row, 1, cell, looks)
        row += 1
    last = len(cover.kpi_head) - 1
    row = _section(page, row, "Bottom line", looks)
    for text in (cover.sentence, *cover.points):
        page.merge_range(row, 0, row, last, "", looks.plain)
        _write(page, row, 0, Cell(text), looks)
        page.set_row(row, 15 * (1 + width(text) // 150))
        row += 1
    row = _section(page, row, "Key figures", looks)
    row = _rows(page, row, cover.kpi_head, cover.kpis, looks)
    row = _section(page, row, "Sheets", looks)
    _rows(page, row, ("Sheet", "Holds", "Rows"), cover.contents, looks)
    page.set_column(0, 0, _LABELS)
    page.set_column(1, last, 14)
    page.set_column(last - 1, last, 48)
    _set_paper(page)


def _section(page: Worksheet, row: int, heading: str, looks: _Looks) -> int:
    page.write_string(row + 1, 0, heading, looks.section)
    return row + 2


def _rows(page: Worksheet, row: int, head: Sequence[str], rows: Sequence[Sequence[Cell]], looks: _Looks) -> int:
    for column, label in enumerate(head):
        page.write_string(row, column, label, looks.head)
    for cells in rows:
        row += 1
        for column, cell in enumerate(cells):
            _write(page, row, column, cell, looks)
    return row + 1


def _write_sheet(page: Worksheet, sheet: Sheet, looks: _Looks) -> None:
    row = _rows(page, 0, sheet.head, sheet.rows, looks)
    for column, cell in enumerate(sheet.total):
        _write(page, row, column, cell, looks, is_total=True)
    row += bool(sheet.total)
    for note in sheet.notes:
        page.write_string(row + 1, 0, note, looks.soft)
        row += 1
    if sheet.head:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.head) - 1)
    measured = [*sheet.rows[:_MEASURED], *([sheet.total] if sheet.total else [])]
    for column, label in enumerate(sheet.head):
        page.set_column(column, column, _column_width(label, [cells[column] for cells in measured]))
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    _set_paper(page)


_LEDGER_WIDTHS = (11, 22, 10, 24, 18, 24, 16, 30, 14, 14, 9, 28)


def _write_ledger(page: Worksheet, detail: Ledger, looks: _Looks) -> None:
    """Every posting, with sums above the head that follow the filter. Rows are written in order: the file may be a stream."""
    labels, shift = ledgers.head(detail), int(detail.has_tenants)
    count, debit = min(detail.count, MOST_ROWS), 8 + shift
    form = _form(exponent(detail.currency))
    note = f"First {MOST_ROWS:,} of {detail.count:,} postings; {ledgers.CSV} and {ledgers.PARQUET} in the archive have them all"
    page.write_string(0, 0, note if detail.count > MOST_ROWS else "Sums of the rows that the filter shows", looks.soft)
    shown = detail.rows["amount_minor"].head(MOST_ROWS)
    sums = (int(shown[shown >= 0].sum()), -int(shown[shown < 0].sum()))
    for column, minor in zip((debit, debit + 1), sums, strict=True):
        place = f"{letter(column)}3:{letter(column)}{count + 2}"
        cell = Cell(Money(minor, detail.currency).decimal(), form, bold=True, formula=f"SUBTOTAL(9,{place})")
        if count and (detail.rows["currency"].head(MOST_ROWS) == detail.currency).all():
            _write(page, 0, column, cell, looks)
    for column, label in enumerate(labels):
        page.write_string(1, column, label, looks.head)
    _write_postings(page, detail, looks)
    for column, size in enumerate((14, *_LEDGER_WIDTHS) if shift else _LEDGER_WIDTHS):
        page.set_column(column, column, size)
    page.autofilter(1, 0, count + 1, len(labels) - 1)
    page.freeze_panes(2, 0)
    page.repeat_rows(1)
    _set_paper(page)


def _write_postings(page: Worksheet, detail: Ledger, looks: _Looks) -> None:
    """A hundred thousand rows: formats are asked for once, and a number is one cell whatever it is."""
    day, text, guarded = (looks.of(Cell(value, form)) for value, form in ((_DAY, "yyyy-mm-dd"), ("a", ""), ("=", "")))
    amounts: dict[int, Format] = {}
    for number, values in enumerate(ledgers.cells(detail), 2):
        for column, value in enumerate(values):
            if isinstance(value, str):
                page.write_string(number, column, value, guarded if value.startswith(_LIKE_A_FORMULA) else text)
            elif isinstance(value, Decimal):
                places = max(-int(value.as_tuple().exponent), 0)
                if places not in amounts:
                    amounts[places] = looks.of(Cell(value, _form(places)))
                page.write_number(number, column, float(value), amounts[places])
            elif value is not None:
                page.write_datetime(number, column, value, day)


def _form(places: int) -> str:
    return "#,##0" + ("." + "0" * places if places else "")


def _write(page: Worksheet, row: int, column: int, cell: Cell, looks: _Looks, *, is_total: bool = False) -> None:
    look = looks.of(cell, is_total=is_total)
    if cell.formula:
        value = float(cell.value) if isinstance(cell.value, Decimal) else cell.value
        page.write_formula(row, column, f"={cell.formula}", look, value)
    elif isinstance(cell.value, str) and cell.value:
        page.write_string(row, column, cell.value, look)
    elif isinstance(cell.value, Decimal):
        page.write_number(row, column, float(cell.value), look)
    elif isinstance(cell.value, date):
        page.write_datetime(row, column, cell.value, look)
    else:
        page.write_blank(row, column, None, look)


def _column_width(label: str, cells: Sequence[Cell]) -> int:
    """Characters that a column needs, between a least and a most; longer text is wrapped."""
    longest = max((_shown(cell) for cell in cells), default=0)
    return min(max(longest + 2, min(width(label), 20) + 4, _NARROW), _WIDE)


def _shown(cell: Cell) -> int:
    if isinstance(cell.value, str):
        return max(map(width, cell.value.split("\n")))
    if isinstance(cell.value, Decimal):
        return len(f"{cell.value:,.2f}") + cell.form.count("[") * 4
    return len("2026-12-31") if cell.value else 0


def _set_paper(page: Worksheet) -> None:
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    page.set_footer("&L&A&Rpage &P of &N")  # no text of the report: an ampersand in it would be a command
