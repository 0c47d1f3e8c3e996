"""Records become rows of the contract, whole, or rejects with every cell that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from quarterdeck.errors import Reject, SourceError
from quarterdeck.reading import Rows, read_rows, read_yaml
from quarterdeck.reading.cells import CellError
from quarterdeck.reading.records import Record
from quarterdeck.reading.rows import Row, file_columns, required_columns
from quarterdeck.schemas import build, schema_of
from tests.sourcing import write

PRICE = {"product": "half day", "unit": "charter", "price": "1450.00"}


def _rows(table: str, *cells: dict[str, str], currency: str = "USD") -> Rows:
    records = [Record(line, row) for line, row in enumerate(cells, start=2)]
    found = read_rows(schema_of(table), records, file="a.csv", currency=currency)
    build(table, found.rows)  # what is kept fits the contract
    return found


def test_amounts_are_written_in_major_units() -> None:
    assert list(file_columns(schema_of("prices"))) == ["product", "unit", "price", "variable_cost", "currency", "is_main"]
    assert required_columns(schema_of("prices")) == ("product", "unit", "price")
    row = _rows("prices", PRICE).rows[0]
    assert (row["price_minor"], row["variable_cost_minor"], row["currency"], row["is_main"]) == (145000, None, "USD", None)


def test_the_row_names_its_currency_or_the_tenant_does() -> None:
    found = _rows("prices", {**PRICE, "price": "1450", "currency": "JPY"}, {**PRICE, "product": "b"}, currency="EUR")
    assert [(row["price_minor"], row["currency"]) for row in found.rows] == [(1450, "JPY"), (145000, "EUR")]


def test_a_currency_without_an_amount_is_not_made_up() -> None:
    asset = {"asset": "a", "name": "Boat", "category": "vessel", "status": "active"}
    first, second, third = _rows(
        "assets", asset, {**asset, "asset": "b", "value": "5"}, {**asset, "asset": "c", "currency": "EUR"}
    ).rows
    assert [row["currency"] for row in (first, second, third)] == [None, "USD", "EUR"]


def test_a_bad_currency_rejects_the_row_once() -> None:
    (fault,) = _rows("prices", {**PRICE, "currency": "dollars"}).rejects
    assert fault == Reject("a.csv", 2, "currency", "dollars", "a currency code of three capital letters, as USD")


def test_every_wrong_cell_of_a_row_is_named_and_the_row_is_left_out() -> None:
    found = _rows("prices", {**PRICE, "price": "(12.00)", "unit": "", "is_main": "maybe"}, {**PRICE, "product": "b"})
    assert [(fault.line, fault.column, fault.value) for fault in found.rejects] == [
        (2, "unit", ""),
        (2, "price", "(12.00)"),
        (2, "is_main", "maybe"),
    ]
    assert [row["product"] for row in found.rows] == ["b"]


def test_the_later_of_two_rows_with_one_key_is_rejected() -> None:
    budget = {"date": "2026-10-01", "statement_line": "revenue", "amount": "100"}
    found = _rows("budget", budget, {**budget, "date": "2026-11-01"}, {**budget, "amount": "200"})
    assert len(found.rows) == 2
    assert found.rejects == (
        Reject("a.csv", 4, "date, statement_line", "2026-10-01, revenue", "a value that occurs once; line 2 has it already"),
    )


def test_twins_by_unicode_form_are_one_key() -> None:
    duty = {"duty": "Café", "holder": "A", "is_critical": "no"}
    found = _rows("duties", duty, {**duty, "duty": "Cafe\u0301"})
    assert len(found.rows) == 1
    assert found.rejects[0].column == "duty"


def test_rejects_of_the_file_are_kept() -> None:
    ragged = Reject("a.csv", 5, "row", "1,2", "3 cells")
    assert read_rows(schema_of("prices"), [ragged], file="a.csv", currency="USD").rejects == (ragged,)


def test_a_finishing_check_rejects_the_row() -> None:
    def refuse(row: Row) -> Row:
        raise CellError("another unit", evidence={"column": "unit"})

    found = read_rows(schema_of("prices"), [Record(2, PRICE)], file="a.csv", currency="USD", finish=refuse)
    assert found == Rows((), (Reject("a.csv", 2, "unit", "charter", "another unit"),))


def _yaml(root: Path, text: str) -> list[Record | Reject]:
    name = write(root, "a.yaml", text)
    return list(read_yaml(root / name, "inventory/a.yaml", known=("channel", "is_live", "reach")))


def test_yaml_mappings_are_records_with_their_lines(tmp_path: Path) -> None:
    text = "# channels\n- channel: NO\n  is_live: true\n- channel: 1.10\n  reach: 500\n  is_live:\n"
    assert _yaml(tmp_path, text) == [
        Record(2, {"channel": "NO", "is_live": "true"}),
        Record(4, {"channel": "1.10", "reach": "500", "is_live": ""}),
    ]


def test_yaml_lists_in_cells_are_rejects(tmp_path: Path) -> None:
    (fault,) = _yaml(tmp_path, "- channel: a\n  reach: [1, 2]\n")
    assert fault == Reject("inventory/a.yaml", 2, "reach", "[1, 2]", "a single value")


@pytest.mark.parametrize("text", ["", "# none yet\n", "[]\n"])
def test_yaml_without_rows(tmp_path: Path, text: str) -> None:
    assert _yaml(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("channel: a\n", "inventory/a.yaml:1: expected a list of mappings"),
        ("- a\n", "inventory/a.yaml:1:3: expected a mapping of column to value"),
        ("- channel: a\n  colour: red\n", "inventory/a.yaml:2:3: unknown column 'colour' (known: channel, is_live, reach)"),
        ("- channel: a\n  channel: b\n", "inventory/a.yaml:2:3: the key 'channel' is here twice"),
        ("- &a {channel: a}\n- *a\n", "inventory/a.yaml:1:3: an anchor is refused"),
    ],
)
def test_yaml_of_another_shape_is_an_error(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SourceError) as caught:
        _yaml(tmp_path, text)
    assert str(caught.value).startswith(said)


def test_two_rows_on_one_line_are_two_rows(tmp_path: Path) -> None:
    records = _yaml(tmp_path, "[{channel: a, is_live: no}, {channel: a, is_live: no}]\n")
    assert len(records) == 2
    found = read_rows(schema_of("channels"), records, file="a.yaml", currency="USD")
    assert {fault.column for fault in found.rejects} == {"kind", "is_listed"}
