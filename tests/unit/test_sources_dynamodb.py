"""What the source `dynamodb` makes of items, without a network: columns, kinds, numbers, pages and windows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from quarterdeck.errors import Reject
from quarterdeck.reading.cells import CellError
from quarterdeck.schemas import TABLES, check, schema_of
from quarterdeck.sources._dynamodb_columns import Form, Target, reader_of, targets_of
from quarterdeck.sources._dynamodb_items import BodyReader, of_items
from quarterdeck.sources._dynamodb_quick import quick
from quarterdeck.sources._dynamodb_read import Stretch, Table, queries, scans
from quarterdeck.sources._dynamodb_rows import Plan, gather, page_of
from quarterdeck.sources._dynamodb_window import stretch_of
from quarterdeck.sources.dynamodb import INTO, DynamoDb, DynamoOptions
from tests import dynamo
from tests.sourcing import window

ZONE = ZoneInfo("America/Los_Angeles")
BASE: dict[str, Any] = {"table": "bookings", "into": "bookings", "columns": dynamo.COLUMNS}


def options(**more: Any) -> DynamoOptions:
    return DynamoOptions.model_validate({**BASE, **more})


def plan(columns: Mapping[str, Any] | None = None, into: str = "bookings", currency: str = "USD") -> Plan:
    made = options(into=into, columns=columns or dynamo.COLUMNS)
    return Plan(made.contract, targets_of(made.contract, made.columns), currency, ZONE)


def body(*items: object, **more: object) -> bytes:
    return json.dumps({"Items": items, "Count": len(items), "ScannedCount": len(items), **more}).encode()


def taken(made: Plan, raw: bytes, keys: tuple[str, ...] = ("id",)) -> tuple[Any, pa.StructArray] | None:
    found = BodyReader(made.shape, keys).take(raw)
    return None if found is None else (json.loads(found[0]), found[1])


def rows(items: list[Any], made: Plan | None = None) -> tuple[list[dict[str, Any]], tuple[Reject, ...]]:
    """Rows and rejects of items, which are the same by both parsers."""
    made = made or plan()
    by_sdk = gather([page_of(of_items(items, made.shape), made)], made, "bookings")
    check(made.schema.name, by_sdk.rows)
    if not made.shape.has_json:
        found = taken(made, body(*items))
        if found is not None:
            by_arrow = gather([page_of(found[1], made)], made, "bookings")
            assert by_arrow.rows.equals(by_sdk.rows)
            assert by_arrow.rejects == by_sdk.rejects
    return by_sdk.rows.to_pylist(), by_sdk.rejects


def one(**attributes: Any) -> dict[str, Any]:
    [row], rejects = rows([dynamo.booking(1, **attributes)])
    assert not rejects
    return row


def wrong(**attributes: Any) -> list[tuple[str, str, str]]:
    found, rejects = rows([dynamo.booking(1, **attributes), dynamo.booking(2)])
    assert [row["booking"] for row in found] == ["B2"]
    assert {(fault.file, fault.line) for fault in rejects} == {("bookings", 1)}
    return [(fault.column, fault.value, fault.expected) for fault in rejects]


# --- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "minor"),
    [
        ("12.5", 1250),
        ("12", 1200),
        ("0", 0),
        ("-0.01", -1),
        ("1E+2", 10_000),
        ("1.250E1", 1250),
        ("12.500", 1250),
        ("1.000", 100),
    ],
)
def test_amounts_are_numbers_in_major_units(number: str, minor: int) -> None:
    assert one(total={"N": number})["amount_minor"] == minor


@pytest.mark.parametrize("number", ["12.345", "1E+40", "NaN", "Infinity", "", "1_000", "١٢", "0x10", "1e999999999"])
def test_numbers_that_are_no_amounts(number: str) -> None:
    [(name, _, expected)] = wrong(total={"N": number or " "})
    assert name == "total"
    assert "number" in expected or "amount" in expected


def test_an_amount_is_in_the_currency_of_its_row() -> None:
    items = [
        dynamo.booking(1, total={"N": "1200"}, currency={"S": "JPY"}),
        dynamo.booking(2, total={"N": "1200"}),
        dynamo.booking(3, total={"N": "1200"}, currency={"S": "KWD"}),
        dynamo.booking(4, total={"N": "12.5"}, currency={"S": "JPY"}),
        dynamo.booking(5, total=None),
        dynamo.booking(6, total=None, currency={"S": "EUR"}),
        dynamo.booking(7, currency={"S": "dollars"}),
    ]
    found, rejects = rows(items)
    assert {row["booking"]: (row["amount_minor"], row["currency"]) for row in found} == {
        "B1": (1200, "JPY"),
        "B2": (120_000, "USD"),
        "B3": (1_200_000, "KWD"),
        "B5": (None, None),
        "B6": (None, "EUR"),
    }
    assert [(fault.line, fault.column) for fault in rejects] == [(4, "total"), (7, "currency")]


def test_minor_units_are_whole_numbers() -> None:
    made = plan({**{k: v for k, v in dynamo.COLUMNS.items() if k != "amount"}, "amount_minor": "total"})
    found, rejects = rows([dynamo.booking(1, total={"N": "1250"}), dynamo.booking(2, total={"N": "12.5"})], made)
    assert [row["amount_minor"] for row in found] == [1250]
    assert [(fault.column, fault.expected) for fault in rejects] == [("total", "a whole number as 1250, digits only")]


def test_missing_null_and_empty_are_empty_cells() -> None:
    for nothing in (None, {"NULL": True}, {"S": ""}):
        assert one(party=None if nothing is None else {"M": {"name": nothing}})["party"] is None
    assert one(party={"NULL": True})["party"] is None
    assert one(party={"M": {}})["party"] is None
    for nothing in (None, {"NULL": True}, {"S": ""}, {"S": " "}):
        assert wrong(created=nothing) == [("created", "", "a value")]
    assert wrong(state=None)[0][2] == "one of enquiry, pending, confirmed, completed, cancelled"


def test_text_that_looks_like_something_else_stays_text() -> None:
    for text in ("2026-10-01", "2026-10-01T00:00:00Z", "true", "12.50", "null", "1e5"):
        assert one(party={"M": {"name": {"S": text}}})["party"] == text


def test_text_is_cleaned_as_everywhere() -> None:
    assert one(party={"M": {"name": {"S": " An\u0061\u0301\n\u202eRuiz\x1b[31m "}}})["party"] == "Aná Ruiz"
    assert one(party={"M": {"name": {"S": "Ana\ud83d"}}})["party"] == "Ana"
    assert wrong(party={"M": {"name": {"S": "a" * 4001}}})[0][2] == "at most 4,000 characters"


@pytest.mark.parametrize(
    ("form", "told", "day"),
    [
        ("day", {"S": "2026-10-31"}, date(2026, 10, 31)),
        ("instant", {"S": "2026-11-01T06:59:59Z"}, date(2026, 10, 31)),
        ("instant", {"S": "2026-11-01T07:00:00Z"}, date(2026, 11, 1)),
        ("instant", {"S": "2026-11-01T00:30:00.123456+01:00"}, date(2026, 10, 31)),
        ("epoch", {"N": "1793516399"}, date(2026, 10, 31)),
        ("epoch", {"N": "1793516399.5"}, date(2026, 10, 31)),
        ("epoch_ms", {"N": "1793516400000"}, date(2026, 11, 1)),
    ],
)
def test_days_are_the_tenants(form: Form, told: dict[str, str], day: date) -> None:
    made = plan({**dynamo.COLUMNS, "date": {"attribute": "created", "form": form}})
    [row], _ = rows([dynamo.booking(1, created=told)], made)
    assert row["date"] == day


@pytest.mark.parametrize(
    "told", ["2026-02-30T00:00:00Z", "2026-10-01T24:00:00Z", "2026-10-01T12:00:60Z", "soon", "0001-01-01T00:00:00Z"]
)
def test_instants_that_are_none(told: str) -> None:
    made = plan({**dynamo.COLUMNS, "date": {"attribute": "created", "form": "instant"}})
    found, rejects = rows([dynamo.booking(1, created={"S": told})], made)
    assert (found, len(rejects)) == ([], 1)


@pytest.mark.parametrize("told", ["99999999999999", "-99999999999", "1E+100", "7500000000000"])
def test_seconds_that_nobody_means(told: str) -> None:
    made = plan({**dynamo.COLUMNS, "date": {"attribute": "created", "form": "epoch"}})
    found, rejects = rows([dynamo.booking(1, created={"N": told})], made)
    assert (found, len(rejects)) == ([], 1)


CHANNELS = {
    "channel": {"attribute": "no", "form": "number"},
    "kind": {"constant": "ota"},
    "is_listed": {"attribute": "listed", "form": "text"},
    "is_live": "live",
    "reach": {"attribute": "reach", "form": "text"},
    "commission_ratio": "share",
    "next_step": {"attribute": "raw", "form": "json"},
}


def test_words_of_yaml_may_be_yes_or_no_and_numbers() -> None:
    live = {"attribute": "state", "form": "number", "values": {1: True, 0: False}}
    made = plan({**CHANNELS, "is_live": live, "is_listed": {"constant": True}}, "channels")
    item = {"no": {"N": "7"}, "state": {"N": "1.0"}}
    [row], rejects = rows([item], made)
    assert (row["is_live"], row["is_listed"], rejects) == (True, True, ())


def test_every_form_for_a_list() -> None:
    made = plan(CHANNELS, "channels")
    raw = {
        "M": {
            "b": {"L": [{"N": "1.50"}, {"BOOL": False}, {"NULL": True}]},
            "a": {"SS": ["y", "x"]},
            "c": {"B": b"\x00\xff"},
            "d": {"BS": [b"b", b"a"]},
            "e": {"NS": ["2", "1"]},
        }
    }
    item = {"no": {"N": "7.0"}, "listed": {"S": "yes"}, "live": {"BOOL": False}, "reach": {"S": "900"}, "share": {"N": "0.15"}}
    [row], rejects = rows([{**item, "raw": raw}], made)
    assert not rejects
    assert row == {
        "channel": "7",
        "kind": "ota",
        "is_listed": True,
        "is_live": False,
        "reach": 900,
        "commission_ratio": Decimal("0.15000000"),
        "setup_cost_minor": None,
        "currency": None,
        "effort": None,
        "reviews": None,
        "next_step": '{"a":["x","y"],"b":[1.50,false,null],"c":"AP8=","d":["YQ==","Yg=="],"e":[1,2]}',
    }


def test_json_of_what_nobody_knows_is_a_reject() -> None:
    made = plan(CHANNELS, "channels")
    item = {"no": {"N": "7"}, "listed": {"S": "no"}, "live": {"BOOL": True}}
    for raw in ({}, {"X": 1}, {"M": {"a": {"X": "1"}}}, {"L": [{"N": "NaN"}]}):
        found, rejects = rows([{**item, "raw": raw}], made)
        assert (found, [fault.column for fault in rejects]) == ([], ["raw"])
    [row], _ = rows([{**item, "raw": {"NULL": True}}], made)
    assert row["next_step"] is None


def test_binary_is_base64() -> None:
    made = plan({**dynamo.COLUMNS, "party": {"attribute": "mark", "form": "binary"}})
    for mark in (b"\x00\x01", "AAE="):  # as the SDK has it, and as an export does
        page = page_of(of_items([dynamo.booking(1, mark={"B": mark})], made.shape), made)
        assert page.rows.column("party").to_pylist() == ["AAE="]


# --- keys and order ---------------------------------------------------------------------------------------------------


def test_rows_stand_in_the_order_of_their_key_and_a_key_counts_once() -> None:
    items = [dynamo.booking(3), dynamo.booking(1), dynamo.booking(3, party=None), dynamo.booking(2), dynamo.booking(1)]
    found, rejects = rows(items)
    assert [row["booking"] for row in found] == ["B1", "B2", "B3"]
    assert found[2]["party"] == "Ana Ruiz"
    assert [(fault.line, fault.column, fault.value, fault.expected) for fault in rejects] == [
        (3, "booking", "B3", "a value that occurs once; item 1 has it already"),
        (5, "booking", "B1", "a value that occurs once; item 2 has it already"),
    ]


def test_lines_count_on_over_pages() -> None:
    made = plan()
    parts = [[dynamo.booking(1), dynamo.booking(2, created=None)], [], [dynamo.booking(3, created=None)]]
    found = gather([page_of(of_items(part, made.shape), made) for part in parts], made, "bookings")
    assert [fault.line for fault in found.rejects] == [2, 3]


def test_no_pages_are_an_empty_table() -> None:
    made = plan()
    check("bookings", gather([], made, "bookings").rows)
    check("bookings", gather([page_of(of_items([], made.shape), made)], made, "bookings").rows)


# --- bodies -----------------------------------------------------------------------------------------------------------


def test_a_body_is_taken_apart() -> None:
    found = taken(plan(), body(dynamo.booking(1), LastEvaluatedKey={"id": {"S": 'B"1'}}))
    assert found is not None
    assert found[0] == {"Count": 1, "ScannedCount": 1, "LastEvaluatedKey": {"id": {"S": 'B"1'}}}
    assert len(found[1]) == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"[]",
        b"<html>",
        b'{"Items": [], "Count": 1}',
        b'{"Items": []}',
        b'{"Count": 0}',
        b'{"Items": null, "Count": 0}',
        b'{"Items": [], "Count": 0}{"Items": [], "Count": 0}',
        b'{"Items": [{"id": {"S": "\xff"}}], "Count": 1}',
        b'{"Items": [{"id": {"S": 5}}], "Count": 1}',
        b'{"Items": [], "Count": 0, "LastEvaluatedKey": {}}',
        b'{"Items": [], "Count": 0, "LastEvaluatedKey": null}',
        b'{"Items": [], "Count": 0, "LastEvaluatedKey": {"other": {"S": "a"}}}',
        b'{"Items": [], "Count": 0, "LastEvaluatedKey": {"id": {"S": "a", "N": "1"}}}',
    ],
)
def test_whatever_is_not_wholly_an_answer_is_left_to_the_sdk(raw: bytes) -> None:
    assert taken(plan(), raw) is None


def test_a_key_of_two_parts_must_be_whole() -> None:
    whole = {"id": {"S": "a"}, "n": {"N": "1"}}
    assert taken(plan(), body(LastEvaluatedKey=whole), ("id", "n")) is not None
    assert taken(plan(), body(LastEvaluatedKey={"id": {"S": "a"}}), ("id", "n")) is None


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.builds(lambda v: {"S": v}, st.text(max_size=8)),
        st.builds(
            lambda v: {"N": v}, st.one_of(st.integers().map(str), st.decimals(allow_nan=False, allow_infinity=False).map(str))
        ),
        st.builds(lambda v: {"BOOL": v}, st.booleans()),
        st.just({"NULL": True}),
        st.builds(lambda v: {"SS": v}, st.lists(st.text(max_size=3), min_size=1, max_size=2)),
        st.just({"B": "AAE="}),
        st.just({"X": "1"}),
        st.just({}),
    ),
    lambda inner: st.one_of(
        st.builds(lambda v: {"L": v}, st.lists(inner, max_size=2)),
        st.builds(lambda v: {"M": v}, st.dictionaries(st.sampled_from(["day", "name", "other"]), inner, max_size=3)),
    ),
    max_leaves=4,
)
ITEMS = st.lists(
    st.dictionaries(
        st.sampled_from(["id", "created", "state", "trip", "party", "total", "currency", "more"]), VALUES, max_size=8
    ),
    max_size=6,
)


@settings(max_examples=60)
@given(ITEMS)
def test_both_parsers_give_the_same_whatever_the_items(items: list[Any]) -> None:
    """`rows` holds them against each other; no item is lost: each is a row or has a reject."""
    found, rejects = rows(items)
    assert len(found) + len({fault.line for fault in rejects}) == len(items)


@settings(max_examples=60)
@given(st.lists(st.builds(dynamo.booking, st.integers(0, 40), total=VALUES, trip=VALUES, created=VALUES), max_size=6))
def test_both_parsers_give_the_same_of_nearly_good_items(items: list[Any]) -> None:
    found, rejects = rows(items)
    assert len(found) + len({fault.line for fault in rejects}) == len(items)


# --- quick values are the exact ones ----------------------------------------------------------------------------------

COLUMNS_READ = [
    ("bookings", "party", "text"),
    ("bookings", "date", "instant"),
    ("bookings", "date", "epoch"),
    ("bookings", "date", "epoch_ms"),
    ("bookings", "amount", "number"),
    ("bookings", "amount_minor", "number"),
    ("events", "occurred_at", "instant"),
    ("events", "occurred_at", "epoch"),
    ("events", "occurred_at", "epoch_ms"),
    ("channels", "reach", "number"),
    ("channels", "reach", "text"),
]
LONG_AGO, FAR_OFF = datetime(1800, 1, 1), datetime(2300, 1, 1)  # noqa: DTZ001 - Hypothesis wants them so
INSTANTS = st.datetimes(LONG_AGO, FAR_OFF, timezones=st.just(UTC))
TEXTS = st.one_of(
    st.text(max_size=12),
    st.integers(-(10**20), 10**20).map(str),
    st.integers(0, 10**13).map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**14), max_value=10**14).map(str),
    INSTANTS.map(lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ")),
    INSTANTS.map(lambda at: str(int(at.timestamp()))),
    st.from_regex(r"(19|20)\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", fullmatch=True),
    st.sampled_from(["", " a", "a ", "a\x00", "-0", "-0.00", "007", "1.", ".5", "+1", "1.000", "12.5", "6999999999"]),
)


def target_of(table: str, name: str, form: str) -> Target:
    needed = {c.name.removesuffix("_minor"): {"attribute": "x"} for c in TABLES[table].columns if not c.nullable}
    made = options(into=table, columns={**needed, name: {"attribute": "a", "form": form}})
    return next(target for target in targets_of(made.contract, made.columns) if target.name == name)


@pytest.mark.parametrize(("table", "name", "form"), COLUMNS_READ)
@settings(max_examples=40)
@given(texts=st.lists(TEXTS, min_size=1, max_size=20), currency=st.sampled_from(["USD", "JPY", "KWD"]))
def test_a_quick_value_is_the_exact_one(table: str, name: str, form: str, texts: list[str], currency: str) -> None:
    target = target_of(table, name, form)
    exact = reader_of(target, currency, ZONE)
    kept = [text.encode("utf-8", "ignore").decode() for text in texts]
    for text, value in zip(kept, quick(pa.array(kept, pa.string()), target, currency, ZONE).to_pylist(), strict=True):
        if value is None:
            continue
        try:
            assert exact(text) == value or (exact(text) is None and value == ""), text
        except CellError as error:
            raise AssertionError(f"{text!r} has no value, but got {value!r}") from error


@pytest.mark.parametrize(
    ("table", "name", "form", "text"),
    [
        ("bookings", "party", "text", "Ana Ruiz"),
        ("bookings", "date", "instant", "2026-10-01T12:00:00Z"),
        ("bookings", "date", "epoch", "1793516399"),
        ("events", "occurred_at", "epoch_ms", "1793516399000"),
        ("bookings", "amount", "number", "1250.5"),
        ("bookings", "amount_minor", "number", "125050"),
    ],
)
def test_plain_texts_are_read_quickly(table: str, name: str, form: str, text: str) -> None:
    assert quick(pa.array([text]), target_of(table, name, form), "USD", ZONE).null_count == 0


# --- options ----------------------------------------------------------------------------------------------------------


def columns(**more: Any) -> dict[str, Any]:
    return {name: value for name, value in {**dynamo.COLUMNS, **more}.items() if value is not None}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"into": "entries"}, "into cannot be 'entries'; known: bookings"),
        ({"columns": columns(colour="red")}, "bookings has no column 'colour'; known: booking, date"),
        ({"columns": columns(status=None)}, "nothing fills status, which bookings must have"),
        ({"columns": columns(amount_minor="cents")}, "amount_minor and amount are one column"),
        (
            {"columns": columns(date={"attribute": "created", "form": "number"})},
            "date cannot be filled from number; it takes day",
        ),
        ({"columns": columns(party={"attribute": "a", "constant": "b"})}, "either an attribute or a constant"),
        ({"columns": columns(party={})}, "either an attribute or a constant"),
        ({"columns": columns(party={"constant": "b", "form": "text"})}, "neither a form nor values"),
        ({"columns": columns(party="a..b")}, "at least 1 character"),
        ({"time": "party"}, "time names no column of days or instants"),
        ({"time": "nothing"}, "time names no column of days or instants"),
        ({"time": "service_date"}, "bookings goes by its date, which an attribute must fill; leave `time` out"),
        ({"columns": columns(date={"constant": "2026-10-01"})}, "bookings goes by its date"),
        ({"key": "kind"}, "needs both"),
        ({"values": ["a"]}, "needs both"),
        ({"index": "by-time"}, "name the partition key"),
        ({"key": "kind", "values": ["a"], "columns": columns(date="trip.made")}, "a `time` column that its sort key fills"),
        ({"key": "kind", "values": ["a"], "export": "s3://exports"}, "and no export"),
        ({"export": "https://exports"}, "should match pattern"),
        ({"export": "s3://exports/../x?y"}, "should match pattern"),
        ({"table": "a/b"}, "should match pattern"),
        ({"segments": 0}, "greater than or equal to 1"),
        ({"region": "us-west"}, "should match pattern"),
    ],
)
def test_options_that_cannot_be(more: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        options(**more)


def test_months_are_of_dated_tables() -> None:
    contacts = {"contact": "id", "segment": {"constant": "all"}, "is_opted_in": "ok", "added_on": "added"}
    with pytest.raises(ValidationError, match="contacts shows a state"):
        options(into="contacts", columns=contacts, time="added_on", key="month", values="months")


def test_an_attribute_with_a_dot_in_its_name() -> None:
    made = plan({**dynamo.COLUMNS, "party": {"attribute": ["a.b", "c"]}})
    [row], _ = rows([dynamo.booking(1, **{"a.b": {"M": {"c": {"S": "Ana"}}}})], made)
    assert row["party"] == "Ana"


def test_one_attribute_may_fill_two_columns_of_two_forms() -> None:
    made = plan({**dynamo.COLUMNS, "product": "trip.boat", "channel": {"attribute": "trip.boat", "form": "number"}})
    found, rejects = rows([dynamo.booking(1, trip={"M": {"boat": {"S": "Sea Lark"}}})], made)
    assert (found, [fault.column for fault in rejects]) == ([], ["trip.boat"])


def test_every_table_that_items_can_become_has_all_types_known() -> None:
    assert set(INTO) <= set(TABLES)
    assert "budget" not in INTO
    for name in INTO:
        for column in schema_of(name).columns:
            needed = {c.name: {"attribute": "x"} for c in schema_of(name).columns if not c.nullable}
            assert targets_of(schema_of(name), options(into=name, columns={**needed, column.name: "a"}).columns)


# --- requests ---------------------------------------------------------------------------------------------------------

TABLE = Table("bookings", "us-east-1", 1, 2**24, "kind", "created", ("id", "kind", "created"), {"kind": "S", "created": "N"})


def test_a_scan_asks_for_named_attributes_in_segments() -> None:
    first, *_, last = found = scans(TABLE, plan().shape, None)
    assert len(found) == 4
    assert (first["Segment"], last["Segment"], last["TotalSegments"]) == (0, 3, 4)
    names = set(first["ExpressionAttributeNames"].values())
    assert names == {"id", "created", "state", "trip", "party", "total", "currency"}
    assert first["ProjectionExpression"].split(", ") == list(first["ExpressionAttributeNames"])
    assert "Segment" not in scans(TABLE, plan().shape, 1)[0]


def test_a_query_asks_for_each_partition() -> None:
    one, two = queries(TABLE, plan().shape, "by-created", Stretch(("a", "b"), "10", "20"))
    assert one["IndexName"] == "by-created"
    assert one["ExpressionAttributeValues"] == {":hash": {"S": "a"}, ":first": {"N": "10"}, ":last": {"N": "20"}}
    assert two["ExpressionAttributeValues"][":hash"] == {"S": "b"}
    assert one["ExpressionAttributeNames"]["#hash"] == "kind"


@pytest.mark.parametrize(
    ("form", "first", "last"),
    [
        ("day", "2023-11-01", "2026-11-01"),
        ("instant", "2023-10-31", "2026-11-02"),
        ("epoch", "1698822000", "1793516400"),
        ("epoch_ms", "1698822000000", "1793516400000"),
    ],
)
def test_a_stretch_is_written_as_the_sort_key_is(form: str, first: str, last: str) -> None:
    made = target_of("bookings", "date", form)
    found = stretch_of(made, ["a"], window(Path()), is_dated=True)
    assert found == Stretch(("a",), first, last)


@given(st.integers(0, 1160 * 86_400), st.integers(-14, 14))
def test_no_instant_of_the_window_lies_outside_the_stretch(seconds: int, hours: int) -> None:
    at = datetime(2023, 10, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    view = window(Path())
    found = stretch_of(target_of("bookings", "date", "instant"), ["a"], view, is_dated=True)
    if view.history_start <= at.astimezone(ZONE).date() < view.end:
        text = (at + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S")  # as a clock of another offset shows it
        assert found.first <= text <= found.last


def test_what_it_provides() -> None:
    assert DynamoDb.provides(options()) == ("bookings",)
    assert DynamoDb.states(options()) == ()
