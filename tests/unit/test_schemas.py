"""The contract of tables: what the declarations must keep to, and that rows which break it are refused."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from quarterdeck.errors import SnapshotError
from quarterdeck.schemas import TABLES, Column, TableSchema, Type, build, check, schema_of
from quarterdeck.schemas.bank import BANK
from quarterdeck.schemas.books import BOOKS
from quarterdeck.schemas.cloud import CLOUD
from quarterdeck.schemas.code import CODE
from quarterdeck.schemas.code_audit import CODE_AUDIT
from quarterdeck.schemas.kept import KEPT
from quarterdeck.schemas.lists import HANDOFFS
from quarterdeck.schemas.marketing import WEB
from quarterdeck.schemas.own import RESULTS, SETTINGS
from quarterdeck.schemas.people import PEOPLE
from quarterdeck.schemas.sales import SALES
from quarterdeck.schemas.usage import USAGE

DECLARED = (*BOOKS, *BANK, *CODE, *CODE_AUDIT, *CLOUD, *USAGE, *KEPT, *HANDOFFS, *SALES, *WEB, *PEOPLE, *SETTINGS, *RESULTS)
COLUMNS = [pytest.param(table, column, id=f"{table.name}.{column.name}") for table in DECLARED for column in table.columns]

CHANNEL: dict[str, Any] = {"channel": "c1", "kind": "ota", "is_listed": True, "is_live": False}
RATE: dict[str, Any] = {"date": date(2026, 10, 1), "base": "EUR", "quote": "USD", "rate": Decimal("1.0837")}
TAG: dict[str, Any] = {
    "repository": "r", "tag": "v1", "sha": "f" * 40, "date": date(2026, 10, 1), "tagged_at": datetime(2026, 10, 1, tzinfo=UTC),
}  # fmt: skip
PRICE: dict[str, Any] = {"product": "p", "unit": "charter", "price_minor": 120_000, "currency": "USD"}


# --- declarations -----------------------------------------------------------------------------------------------------


def test_no_two_tables_have_one_name() -> None:
    assert len(TABLES) == len(DECLARED)


@pytest.mark.parametrize("table", DECLARED, ids=lambda table: table.name)
def test_a_table_is_declared_in_full(table: TableSchema) -> None:
    assert table.doc.endswith(".")
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", table.name)
    assert len(set(table.names)) == len(table.names)
    assert set(table.key) <= set(table.names)
    assert not any(table.column(name).nullable for name in table.key)
    assert schema_of(table.name) is table


@pytest.mark.parametrize("table", DECLARED, ids=lambda table: table.name)
def test_a_dated_table_has_its_day(table: TableSchema) -> None:
    if table.dated:
        assert table.column("date") == Column("date", Type.DATE, doc=table.column("date").doc)
    else:
        assert "date" not in table.names or table in PEOPLE  # whose date is that of the words, not of what they are about


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_name_says_what_a_column_holds(table: TableSchema, column: Column) -> None:
    name, kind = column.name, column.type
    assert name.endswith("_minor") <= (kind is Type.MINOR)
    assert name.endswith("_ratio") <= (kind is Type.RATIO)
    assert name.startswith(("is_", "has_")) == (kind is Type.BOOL)
    assert name.endswith("_on") <= (kind is Type.DATE)
    assert name.endswith("_at") <= (kind is Type.TIME)
    assert not column.allowed or kind is Type.TEXT
    assert not re.search(r"(^|_)(id|uuid|flag|data|value|info)$", name) or name in ("id", "value")


@pytest.mark.parametrize("table", DECLARED, ids=lambda table: table.name)
def test_amounts_stand_beside_their_currency(table: TableSchema) -> None:
    amounts = [column for column in table.columns if column.name.endswith("_minor")]
    if amounts:
        may_be_empty = all(column.nullable for column in amounts)
        assert table.column("currency").nullable <= may_be_empty


# --- rows that keep to it ---------------------------------------------------------------------------------------------


def test_rows_come_out_in_the_order_and_types_of_the_contract() -> None:
    built = build("channels", [{"is_live": True, **CHANNEL}, {**CHANNEL, "channel": "c2", "commission_ratio": Decimal("0.15")}])
    assert built.schema.equals(schema_of("channels").arrow())
    assert built.column_names == list(schema_of("channels").names)
    assert built.column("commission_ratio").to_pylist() == [None, Decimal("0.15000000")]


def test_no_rows_are_a_table_too() -> None:
    for name in TABLES:
        assert build(name, []).schema.equals(schema_of(name).arrow())


def test_whole_numbers_of_numpy_are_whole_numbers() -> None:
    assert build("prices", [{**PRICE, "price_minor": np.int64(7)}]).column("price_minor").to_pylist() == [7]


# --- rows that break it -----------------------------------------------------------------------------------------------


def test_an_unknown_table_names_the_known_ones() -> None:
    with pytest.raises(SnapshotError, match=r"there is no table 'entires' \(known: entries"):
        build("entires", [])


def test_an_unknown_column_is_refused() -> None:
    with pytest.raises(SnapshotError, match="channels has no column color, colour"):
        build("channels", [CHANNEL, {**CHANNEL, "colour": "red", "color": "red"}])
    with pytest.raises(SnapshotError, match="no column 'colour'"):
        schema_of("channels").column("colour")


@pytest.mark.parametrize("row", [{**CHANNEL, "is_live": None}, {name: CHANNEL[name] for name in CHANNEL if name != "is_live"}])
def test_a_missing_value_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(SnapshotError, match=r"channels\.is_live may not be empty, and is in 1 rows"):
        build("channels", [row, {**CHANNEL, "channel": "c2"}])


def test_a_value_outside_the_closed_set_is_refused() -> None:
    with pytest.raises(SnapshotError, match=r"channels\.kind holds \['OTA', 'fax'\], expected one of"):
        build("channels", [{**CHANNEL, "kind": "fax"}, {**CHANNEL, "channel": "c2", "kind": "OTA"}])
    with pytest.raises(SnapshotError, match=r"channels\.effort holds \['XL'\]"):
        build("channels", [{**CHANNEL, "effort": "XL"}])


def test_a_double_key_is_refused() -> None:
    with pytest.raises(SnapshotError, match=r"channels has 2 rows too many for the key \('channel',\)"):
        build("channels", [CHANNEL, CHANNEL, CHANNEL, {**CHANNEL, "channel": "c2"}])
    with pytest.raises(SnapshotError, match="too many for the key"):
        build("rates", [RATE, {**RATE, "rate": Decimal(2)}])
    build("rates", [RATE, {**RATE, "base": "GBP"}])


@pytest.mark.parametrize(
    ("table", "row", "column", "value"),
    [
        # What Arrow would take without a word: 1.5 as 1, NaT as the first day of year 1, an hour cut off, bytes as text.
        ("prices", PRICE, "price_minor", 1.5),
        ("prices", PRICE, "price_minor", 1.0),
        ("prices", PRICE, "price_minor", True),
        ("prices", PRICE, "price_minor", "1"),
        ("prices", PRICE, "price_minor", Decimal(1)),
        ("prices", PRICE, "product", 5),
        ("prices", PRICE, "product", b"p"),
        ("prices", PRICE, "product", float("nan")),
        ("rates", RATE, "date", pd.NaT),
        ("rates", RATE, "date", datetime(2026, 10, 1, 13, tzinfo=UTC)),
        ("rates", RATE, "date", pd.Timestamp("2026-10-01")),
        ("rates", RATE, "date", "2026-10-01"),
        ("rates", RATE, "date", 20362),
        ("rates", RATE, "rate", 1.0837),
        ("rates", RATE, "rate", "1.0837"),
        ("channels", CHANNEL, "is_live", 1),
        ("channels", CHANNEL, "is_live", "yes"),
        ("tags", TAG, "tagged_at", date(2026, 10, 1)),
        ("tags", TAG, "tagged_at", datetime(2026, 10, 1)),  # noqa: DTZ001 - of no time zone, which is the fault
    ],
)
def test_a_value_of_another_type_is_refused(table: str, row: dict[str, Any], column: str, value: object) -> None:
    build(table, [row])
    with pytest.raises(SnapshotError, match=rf"{table}\.{column} takes {schema_of(table).column(column).type.name}, not "):
        build(table, [{**row, column: value}])


@pytest.mark.parametrize(
    ("table", "row", "column", "value"),
    [
        ("prices", PRICE, "price_minor", 2**63),
        ("prices", PRICE, "product", "lone \ud800 surrogate"),
        ("rates", RATE, "rate", Decimal("0.123456789")),  # finer than eight decimals
        ("rates", RATE, "rate", Decimal("1e21")),
        ("rates", RATE, "rate", Decimal("NaN")),
    ],
)
def test_a_value_that_does_not_fit_is_refused(table: str, row: dict[str, Any], column: str, value: object) -> None:
    with pytest.raises(SnapshotError, match=rf"{table}\.{column} cannot hold"):
        build(table, [{**row, column: value}])


def test_a_table_in_other_columns_or_types_is_refused() -> None:
    built = build("rates", [RATE])
    check("rates", built)
    for other in (
        built.drop_columns(["rate"]),
        built.select(["base", "date", "quote", "rate"]),
        built.append_column("note", pa.array(["text"])),
        built.set_column(3, "rate", pa.array([1.0837])),
    ):
        with pytest.raises(SnapshotError, match=r"table rates has the columns .*; expected date: date32"):
            check("rates", other)
