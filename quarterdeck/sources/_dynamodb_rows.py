"""Items to rows of a contract table, a page at a time; what breaks the contract comes back as rejects.

Each distinct text of a column is converted once, by the code that converts cells of files, and then laid out by Arrow. An
item is kept whole or rejected whole, with every attribute that is wrong. The line of a reject is the item's number in the
order in which DynamoDB gave them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from quarterdeck.errors import Reject
from quarterdeck.reading.cells import CellError, convert, reject
from quarterdeck.schemas import TableSchema
from quarterdeck.sources._dynamodb_columns import KINDS, Target, reader_of, shape_of
from quarterdeck.sources._dynamodb_items import Shape
from quarterdeck.sources._dynamodb_quick import quick

_BETWEEN = "\0"  # stands between a currency and an amount
_OTHER = "another kind"  # what a reject shows of what is neither text nor a number


@dataclass(frozen=True)
class Plan:
    """How the items of one table become rows of a contract table. `currency` is the tenant's, for rows that name none."""

    schema: TableSchema
    targets: tuple[Target, ...]
    currency: str
    zone: ZoneInfo

    @cached_property
    def shape(self) -> Shape:
        return shape_of(self.targets)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one attribute of the item that stands at `row` of its page."""

    row: int
    name: str
    value: str
    expected: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page's good rows, the place that each of them had in it, how many items it had, and what is wrong with the others."""

    rows: pa.Table
    places: Sequence[int]
    items: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class _Column:
    """The values of one column, empty where they could not be made, and why they could not."""

    values: pa.Array
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a page's items say for one column, as text, and where they say it in a way that the column does not take."""

    texts: pa.StringArray
    faults: list[Fault]


def page_of(items: pa.StructArray, plan: Plan) -> Page:
    """One page's items as rows."""
    count = len(items)
    made = {target.column.name: _made(items, target, plan) for target in plan.targets if not target.is_amount}
    own = pc.coalesce(made["currency"].values if "currency" in made else pa.nulls(count, pa.string()), plan.currency)
    made |= {target.column.name: _amounts(items, target, own, plan) for target in plan.targets if target.is_amount}
    columns = {name: column.values for name, column in made.items()}
    if "currency" in plan.schema.names:
        columns["currency"] = _currency(columns, own, plan)
    faults = [fault for column in made.values() for fault in column.faults]
    bad = {fault.row for fault in faults}
    places = [row for row in range(count) if row not in bad] if bad else range(count)
    empty = {column.name: pa.nulls(count, column.type.value) for column in plan.schema.columns if column.name not in columns}
    rows = pa.table({name: (columns | empty)[name] for name in plan.schema.names})
    return Page(
        rows.take(pa.array(places, pa.int64())) if bad else rows,
        places,
        count,
        tuple(sorted(faults, key=lambda fault: fault.row)),
    )


def _currency(columns: Mapping[str, pa.Array], own: pa.Array, plan: Plan) -> pa.Array:
    """The currency of a row: its own, or the tenant's where the row has an amount; a row without either has none."""
    if not plan.schema.column("currency").nullable:
        return own
    has_any = pa.repeat(False, len(own))
    for name, values in columns.items():
        if name.endswith("_minor"):
            has_any = pc.or_(has_any, values.is_valid())
    return pc.if_else(has_any, own, columns.get("currency", pa.nulls(len(own), pa.string())))


def _made(items: pa.StructArray, target: Target, plan: Plan) -> _Column:
    told = _told(items, target)
    read = reader_of(target, plan.currency, plan.zone)
    return _read(told, read, quick(told.texts, target, plan.currency, plan.zone), target, plan)


def _amounts(items: pa.StructArray, target: Target, own: pa.Array, plan: Plan) -> _Column:
    """Amounts in major units, each in the currency of its row."""
    told = _told(items, target)
    codes = own.unique().to_pylist()
    readers = {code: reader_of(target, code, plan.zone) for code in codes}
    if len(codes) == 1:
        return _read(told, readers[codes[0]], quick(told.texts, target, codes[0], plan.zone), target, plan)

    def read(pair: str) -> object:
        code, _, text = pair.partition(_BETWEEN)
        return readers[code](text)

    values, wrong = _distinct(pc.binary_join_element_wise(own, told.texts, _BETWEEN), read, target)
    return _checked(values, told, wrong, target, plan)


def _read(told: _Told, read: Callable[[str], object], plain: pa.Array, target: Target, plan: Plan) -> _Column:
    """A column, of which what could be read in one way only is read already."""
    rest = pc.if_else(plain.is_valid(), pa.scalar(None, pa.string()), told.texts)
    if rest.null_count == len(rest):
        return _checked(plain, told, {}, target, plan)
    values, wrong = _distinct(rest, read, target)
    return _checked(pc.coalesce(plain, values), told, wrong, target, plan)


def _checked(values: pa.Array, told: _Told, wrong: Mapping[int, str], target: Target, plan: Plan) -> _Column:
    """A column with all that is wrong in it: kinds, values, and what is not there and has to be."""
    faults = [*told.faults, *(Fault(row, target.shown, str(told.texts[row]), expected) for row, expected in wrong.items())]
    if not target.column.nullable and values.null_count:
        known = {fault.row for fault in faults}
        empty = [row for row in pc.indices_nonzero(values.is_null()).to_pylist() if row not in known]
        faults += [Fault(row, target.shown, "", _wanted(target, plan.currency)) for row in empty]
    return _Column(values, faults)


def _wanted(target: Target, currency: str) -> str:
    try:
        convert(target.column, "", currency)
    except CellError as error:
        return error.problem.what
    return "a value"


def _told(items: pa.StructArray, target: Target) -> _Told:
    """The texts of a column's attribute, None where it is missing or NULL; another kind than the form's is a fault."""
    if target.options.constant is not None:
        return _Told(pa.repeat(target.options.constant, len(items)), [])
    kind, expected = KINDS[target.form]
    value, astray = _at(items, target)
    wanted = pc.struct_field(value, [kind])
    other = pc.or_(astray, pc.and_(_is_there(value), wanted.is_null()))
    rows = pc.indices_nonzero(other).to_pylist()
    faults = [
        Fault(row, target.shown, _shown(value[row]), "a map on the way to it" if astray[row].as_py() else expected)
        for row in rows
    ]
    texts = wanted if pa.types.is_string(wanted.type) else wanted.cast(pa.string())
    return _Told(pc.if_else(pc.equal(texts, ""), None, texts), faults)


def _at(items: pa.StructArray, target: Target) -> tuple[pa.StructArray, pa.BooleanArray]:
    """The values at a path, and where the way to them leads over something that is no map."""
    first, *below = target.path
    value, astray = pc.struct_field(items, [first]), pa.repeat(False, len(items))
    for name in below:
        inside = pc.struct_field(value, ["M"])
        astray = pc.or_(astray, pc.and_(_is_there(value), inside.is_null()))
        value = pc.struct_field(inside, [name])
    return value, astray


def _is_there(value: pa.StructArray) -> pa.BooleanArray:
    return pc.and_(value.is_valid(), pc.struct_field(value, ["NULL"]).is_null())


def _shown(value: pa.StructScalar) -> str:
    told = value.as_py() or {}
    known = (kind for kind in ("S", "N") if told.get(kind) is not None)
    return next((str(told[kind]) for kind in known), _OTHER if value.is_valid else "")


def _distinct(texts: pa.StringArray, read: Callable[[str], object], target: Target) -> tuple[pa.Array, dict[int, str]]:
    """Values of texts, each distinct one read once; and by row, what was expected where one could not be read."""
    encoded = texts.dictionary_encode()
    values: list[object] = []
    wrong: dict[int, str] = {}
    for code, text in enumerate(encoded.dictionary.to_pylist()):
        try:
            values.append(read(text))
        except CellError as error:
            values.append(None)
            wrong[code] = error.problem.what
    rows = {row: wrong[code] for row, code in enumerate(encoded.indices.to_pylist()) if code in wrong} if wrong else {}
    return pa.array(values, target.column.type.value).take(encoded.indices), rows


@dataclass(frozen=True, slots=True)
class Gathered:
    """All good rows in the order of the table's key, and all rejects in the order of the items."""

    rows: pa.Table
    rejects: tuple[Reject, ...]


def gather(pages: Sequence[Page], plan: Plan, file: str) -> Gathered:
    """The pages of one table together; `file` is what rejects call it."""
    starts = [sum(page.items for page in pages[:number]) for number in range(len(pages))]
    rejects = [
        reject(file, start + fault.row + 1, fault.name, fault.value, fault.expected)
        for start, page in zip(starts, pages, strict=True)
        for fault in page.faults
    ]
    empty = plan.schema.arrow().empty_table()
    rows = pa.concat_tables([page.rows for page in pages]) if pages else empty
    key = list(plan.schema.key)
    if rows.group_by(key).aggregate([]).num_rows != rows.num_rows:
        lines = [start + place + 1 for start, page in zip(starts, pages, strict=True) for place in page.places]
        doubles = dict(_doubles(rows.select(key), lines, partial(reject, file)))
        rejects = sorted([*rejects, *doubles.values()], key=lambda fault: fault.line)
        rows = rows.take(pa.array([row for row in range(rows.num_rows) if row not in doubles], pa.int64()))
    return Gathered(rows.sort_by([(name, "ascending") for name in key]).cast(empty.schema), tuple(rejects))


def _doubles(
    keys: pa.Table, lines: Sequence[int], refuse: Callable[[int, str, str, str], Reject]
) -> Iterator[tuple[int, Reject]]:
    """The rows whose key an earlier one has; DynamoDB's own key may be another than the contract's."""
    seen: dict[tuple[object, ...], int] = {}
    for row, key in enumerate(zip(*(column.to_pylist() for column in keys.columns), strict=True)):
        first = seen.setdefault(key, lines[row])
        if first != lines[row]:
            expected = f"a value that occurs once; item {first} has it already"
            yield row, refuse(lines[row], ", ".join(keys.column_names), ", ".join(map(str, key)), expected)
