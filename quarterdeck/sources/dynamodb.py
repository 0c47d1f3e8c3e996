"""Any table of DynamoDB as a table of the contract: bookings, contacts, deals, channels, events.

    - kind: dynamodb
      table: bookings
      into: bookings
      columns: {booking: id, date: {attribute: created, form: epoch}, status: state, amount: total}
      index: by-created                 # a time index: only the report's days are read
      key: kind                         # its partition key, and which partitions
      values: [booking]
      export: s3://exports/nightly      # instead: the newest export of the table to S3, for a large one

Items with a `time` column, which a dated table has by itself, are those of the tenant's civil days; without one they are a
state, which nobody knows the past of. Rows stand in the order of their key, so that an unchanged table makes no new snapshot.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated, ClassVar, Literal, Self, cast

from pydantic import Field, StringConstraints, model_validator

from quarterdeck.aws import Aws
from quarterdeck.errors import SourceError, Where
from quarterdeck.schemas import TableSchema, Type, schema_of
from quarterdeck.schemas import check as check_rows
from quarterdeck.schemas.kept import KEPT
from quarterdeck.schemas.sales import SALES
from quarterdeck.sources import Pulled, Window, refuse_too_many, source
from quarterdeck.sources._aws import Region, RoleArn
from quarterdeck.sources._dynamodb_columns import KINDS, ColumnMap, Target, targets_of
from quarterdeck.sources._dynamodb_export import Export, find_export, read_export
from quarterdeck.sources._dynamodb_read import Table, describe, queries, read, scans
from quarterdeck.sources._dynamodb_rows import Page, Plan, gather, page_of
from quarterdeck.sources._dynamodb_window import Cut, stretch_of
from quarterdeck.sources._files import RowOptions

# A plan by month speaks of the months ahead, which no item does.
INTO = tuple(schema.name for schema in (*SALES, *KEPT) if schema.name != "budget")

TableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{3,255}$")]
Attribute = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Place = Annotated[str, StringConstraints(pattern=r"^s3://[a-z0-9.-]{3,63}(/[^/?#\x00-\x1f]+)*$", max_length=1000)]


class DynamoOptions(RowOptions):
    """One table, and how its items fill a contract table."""

    table: TableName
    into: str
    columns: ColumnMap
    time: str | None = None
    index: TableName | None = None
    key: Attribute | None = None
    values: Literal["months"] | Annotated[tuple[Attribute, ...], Field(max_length=100)] = ()
    segments: Annotated[int, Field(ge=1, le=32)] | None = None
    export: Place | None = None
    region: Region | None = None
    role: RoleArn | None = None
    external_id: Annotated[str, StringConstraints(min_length=2, max_length=1224)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.into not in INTO:
            raise ValueError(f"into cannot be {self.into!r}; known: {', '.join(INTO)}")
        targets = targets_of(self.contract, self.columns)
        moment = _time(self, targets)
        if self.time is not None and moment is None:
            raise ValueError(f"time names no column of days or instants that an attribute fills: {self.time!r}")
        if self.contract.dated and (moment is None or moment.column.name != "date"):
            raise ValueError(f"{self.into} goes by its date, which an attribute must fill; leave `time` out")
        if (self.key is None) != (not self.values):
            raise ValueError("a time index needs both: `key`, its partition key, and `values`, the partitions to read")
        if self.index is not None and self.key is None:
            raise ValueError("name the partition key of the index as `key`, and its `values`")
        if self.key is not None and (moment is None or len(moment.path) != 1 or self.export is not None):
            raise ValueError("a time index needs a `time` column that its sort key fills, and no export")
        if self.values == "months" and not self.contract.dated:
            raise ValueError(f"{self.into} shows a state, which has no first month: name the `values`")
        return self

    @property
    def contract(self) -> TableSchema:
        return schema_of(self.into)


def _time(options: DynamoOptions, targets: tuple[Target, ...]) -> Target | None:
    """The column that says when an item was, where there is one."""
    name = options.time or ("date" if options.contract.dated else None)
    found = (t for t in targets if t.column.name == name and t.path and t.column.type in (Type.DATE, Type.TIME))
    return next(found, None)


@source
class DynamoDb:
    """Items of one DynamoDB table, read by Query, Scan or from an export to S3."""

    kind: ClassVar[str] = "dynamodb"
    Options = DynamoOptions

    @staticmethod
    def provides(options: DynamoOptions) -> tuple[str, ...]:
        return (options.into,)

    @staticmethod
    def states(options: DynamoOptions) -> tuple[str, ...]:  # noqa: ARG004 - no file is read
        return ()

    @staticmethod
    def only_now(options: DynamoOptions) -> bool:
        return _time(options, targets_of(options.contract, options.columns)) is None

    @staticmethod
    def check(options: DynamoOptions, window: Window) -> str:
        aws = _entered(options, window)
        if options.export is not None:
            export = find_export(aws, options.export, options.table)
            return f"an export of {export.at:%Y-%m-%d %H:%M} UTC with {export.items:,} items"
        table = describe(aws, options.table, options.index)
        return f"a table of about {table.items:,} items"

    @staticmethod
    def pull(options: DynamoOptions, window: Window) -> Pulled:
        plan = Plan(options.contract, targets_of(options.contract, options.columns), window.currency, window.zone)
        pages, until = _pages(options, window, plan)
        gathered = gather(pages, plan, options.table)
        refuse_too_many(options.into, gathered.rejects, gathered.rows.num_rows, options.limit)
        pulled = Cut(plan.schema, _time(options, plan.targets), window).pulled(gathered, until)
        check_rows(options.into, pulled.rows)
        return Pulled((pulled,))


def _entered(options: DynamoOptions, window: Window) -> Aws:
    """The account and the region that the table is in."""
    aws = window.aws.at(options.region) if options.region else window.aws
    if aws.region is None:
        raise SourceError(
            "no AWS region is named", where=Where(options.table), remedy="set AWS_REGION, or `region` on the source"
        )
    return aws.assumed(options.role, options.external_id) if options.role else aws


def _pages(options: DynamoOptions, window: Window, plan: Plan) -> tuple[list[Page], date]:
    """All items that the options ask for, and the day up to which they can speak."""
    aws, use = _entered(options, window), partial(page_of, plan=plan)
    if options.export is not None:
        export = find_export(aws, options.export, options.table)
        _check_age(export, window)
        day = export.at.astimezone(window.zone).date()
        return read_export(aws, export, plan.shape, use), min(window.known_end, day)
    table = describe(aws, options.table, options.index)
    if options.key is None:
        requests = scans(table, plan.shape, options.segments)
    else:
        moment = cast("Target", _time(options, plan.targets))
        _check_index(options, table, moment)
        stretch = stretch_of(moment, options.values, window, is_dated=plan.schema.dated)
        requests = queries(table, plan.shape, options.index, stretch)
    return read(aws, table, requests, plan.shape, use), window.known_end


def _check_age(export: Export, window: Window) -> None:
    if export.at < window.end_instant and window.known_end == window.end:
        raise SourceError(
            f"the newest export is of {export.at:%Y-%m-%d %H:%M} UTC, before the period's end",
            where=Where(export.table),
            remedy="export the table again",
        )


def _check_index(options: DynamoOptions, table: Table, moment: Target) -> None:
    """Whether the index is one of time: DynamoDB would say so in words that nobody understands."""
    name, sorted_by, kind = options.index or "the table", moment.path[0], KINDS[moment.form]
    remedy = "name an index whose sort key fills the `time` column, or leave key and index out"
    if (table.hash, table.range) != (options.key, sorted_by):
        found = " and ".join(filter(None, (table.hash, table.range)))
        what = f"{name} is keyed by {found}, not by {options.key} and {sorted_by}"
        raise SourceError(what, where=Where(options.table), remedy=remedy)
    if table.types[sorted_by] != kind[0] or table.types[table.hash] == "B":
        what = f"{name} is keyed by {table.hash} ({table.types[table.hash]}) and {sorted_by} ({table.types[sorted_by]})"
        remedy = f"the form {moment.form} takes {kind[1]}; a binary partition key cannot be asked"
        raise SourceError(what, where=Where(options.table), remedy=remedy)
