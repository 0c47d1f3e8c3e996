"""The column contract of every snapshot table: the one place that says what a column is called and holds.

Names carry the unit (`amount_minor`, `value_minor`, `share_ratio`). Money is minor units beside a `currency`
column. `date` columns hold civil days of the tenant; instants are UTC. A table with `dated` set holds rows of many
days, so that any earlier period can be worked out from it; the others show a state as it stood when read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

import pyarrow as pa

from quarterdeck.errors import SnapshotError


class Type(Enum):
    """Column types, each with its Arrow type in a snapshot."""

    TEXT = pa.string()
    INT = pa.int64()
    MINOR = pa.int64()  # noqa: PIE796 - minor units of a currency; an alias of INT that says so to a reader
    RATIO = pa.decimal128(28, 8)
    BOOL = pa.bool_()
    DATE = pa.date32()
    TIME = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `allowed` closes the set of values of a text column."""

    name: str
    type: Type
    nullable: bool = False
    allowed: tuple[str, ...] = ()
    doc: str = ""


@dataclass(frozen=True, slots=True)
class TableSchema:
    """The contract of one table. `key` names the columns that are unique together within one source."""

    name: str
    doc: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    dated: bool = False

    def column(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise SnapshotError(f"table {self.name} has no column {name!r}")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def arrow(self) -> pa.Schema:
        return pa.schema([pa.field(c.name, c.type.value, nullable=c.nullable) for c in self.columns])


def _text(name: str, *allowed: str, doc: str = "") -> Column:
    return Column(name, Type.TEXT, allowed=allowed, doc=doc)


def _maybe(name: str, type: Type = Type.TEXT, *allowed: str, doc: str = "") -> Column:
    return Column(name, type, nullable=True, allowed=allowed, doc=doc)


def _col(name: str, type: Type, doc: str = "") -> Column:
    return Column(name, type, doc=doc)


STATEMENT_LINES = (
    *("cash", "receivables", "prepaid", "fixed_assets", "clearing", "suspense"),
    *("payables", "deferred_revenue", "taxes_payable", "loans", "equity"),
    *("revenue", "refunds", "cost_of_sales", "operating_expenses", "depreciation", "interest", "income_tax"),
)
EFFORTS = ("S", "M", "L")

_BOOKS = (
    TableSchema(
        "entries",
        "Balanced postings: the legs of one `entry` sum to zero per currency. Debit is positive, credit negative.",
        (
            _text("entry", doc="id of the balanced set, unique within the tenant"),
            _col("leg", Type.INT, "position within the entry, from 0"),
            _col("date", Type.DATE),
            _text("account"),
            _col("amount_minor", Type.MINOR),
            _text("currency"),
            _maybe("party"),
            _maybe("document", doc="reference of the invoice or receipt behind the posting"),
            _maybe("memo"),
            _maybe("service_date", Type.DATE, doc="day the service is rendered, where the source knows it"),
            _text("origin", "stripe", "bank", "ledger", doc="books made from stripe or bank rows are derived books"),
            _text("source_file"),
            _col("source_line", Type.INT),
        ),
        key=("entry", "leg"),
        dated=True,
    ),
    TableSchema(
        "accounts",
        "Chart of accounts.",
        (
            _text("account", doc="the number"),
            _text("name"),
            _text("type", "asset", "liability", "equity", "income", "expense"),
            _text("statement_line", *STATEMENT_LINES),
            _maybe("behaviour", Type.TEXT, "fixed", "variable", doc="how a cost moves with volume"),
            _maybe("function", doc="what an expense is for: marketing, technology, crew ..."),
        ),
        key=("account",),
    ),
    TableSchema(
        "rates",
        "Units of `quote` for one unit of `base`.",
        (_col("date", Type.DATE), _text("base"), _text("quote"), _col("rate", Type.RATIO)),
        key=("date", "base", "quote"),
        dated=True,
    ),
)

_CODE = (
    TableSchema(
        "commits",
        "Every commit reachable from the default branch, as of the period's end. `date` is the committer's day.",
        (
            _text("repository"),
            _text("sha"),
            _text("author", doc="name as in the commit, through .mailmap; no address"),
            _col("date", Type.DATE),
            _col("committed_at", Type.TIME),
            _col("authored_at", Type.TIME),
            _col("is_merge", Type.BOOL),
            _col("files_changed", Type.INT),
            _col("added_lines", Type.INT),
            _col("deleted_lines", Type.INT),
            _maybe("subject"),
        ),
        key=("repository", "sha"),
        dated=True,
    ),
    TableSchema(
        "tags",
        "Tags, as of the period's end; `date` is the tagger's day, else the commit's.",
        (_text("repository"), _text("tag"), _text("sha"), _col("date", Type.DATE), _col("tagged_at", Type.TIME)),
        key=("repository", "tag"),
        dated=True,
    ),
    TableSchema(
        "repositories",
        "One row a repository that was read, as of the period's end.",
        (
            _text("repository"),
            _maybe("default_branch"),
            _maybe("head"),
            _col("commits", Type.INT),
            _col("files", Type.INT),
            _maybe("first_commit", Type.DATE),
            _maybe("last_commit", Type.DATE),
            _col("is_shallow", Type.BOOL),
        ),
        key=("repository",),
    ),
    TableSchema(
        "file_authors",
        "Who changed which file that still lives at the period's end, over the 24 months before it.",
        (
            _text("repository"),
            _text("path"),
            _text("author"),
            _col("changes", Type.INT, "commits that touched the file"),
            _col("changed_lines", Type.INT, "added + deleted"),
            _col("last_changed", Type.DATE),
        ),
        key=("repository", "path", "author"),
    ),
)

_INVENTORIES = (
    TableSchema(
        "assets",
        "What the tenant owns or runs: boats, houses, domains, accounts, systems.",
        (
            _text("asset"),
            _text("name"),
            _text("category"),
            _text("status", "active", "idle", "planned", "retired"),
            _maybe("owner"),
            _maybe("value_minor", Type.MINOR),
            _maybe("currency"),
            _maybe("renews_on", Type.DATE),
        ),
        key=("asset",),
    ),
    TableSchema(
        "channels",
        "Where customers could find the tenant, and how things stand there.",
        (
            _text("channel"),
            _text("kind", "ota", "website", "search", "social", "email", "marketplace", "referral", "direct"),
            _col("is_listed", Type.BOOL),
            _col("is_live", Type.BOOL, "a customer can book or enquire there today"),
            _maybe("reach", Type.INT, doc="people a month who look there for such an offer"),
            _maybe("commission_ratio", Type.RATIO),
            _maybe("setup_cost_minor", Type.MINOR),
            _maybe("currency"),
            _maybe("effort", Type.TEXT, *EFFORTS),
            _maybe("reviews", Type.INT),
            _maybe("next_step"),
        ),
        key=("channel",),
    ),
    TableSchema(
        "prices",
        "What is sold, at which price, and what one more unit costs.",
        (
            _text("product"),
            _text("unit", doc="charter, job, night, hour ..."),
            _col("price_minor", Type.MINOR),
            _maybe("variable_cost_minor", Type.MINOR),
            _text("currency"),
            _maybe("is_main", Type.BOOL, doc="the product that break-even is counted in"),
        ),
        key=("product",),
    ),
    TableSchema(
        "budget",
        "Planned amounts by month and statement line; revenue and costs are both positive.",
        (
            _col("date", Type.DATE, "first day of the month"),
            _text("statement_line", *STATEMENT_LINES),
            _col("amount_minor", Type.MINOR),
            _text("currency"),
        ),
        key=("date", "statement_line"),
        dated=True,
    ),
    TableSchema(
        "contacts",
        "The mailing list, without addresses.",
        (
            _text("contact"),
            _text("segment"),
            _col("is_opted_in", Type.BOOL),
            _col("added_on", Type.DATE),
            _maybe("last_booked_on", Type.DATE),
        ),
        key=("contact",),
    ),
    TableSchema(
        "campaigns",
        "Assumptions of a campaign, one row a case: low, base, high.",
        (
            _text("campaign"),
            _text("segment"),
            _text("case", "low", "base", "high"),
            _col("delivered_ratio", Type.RATIO),
            _col("response_ratio", Type.RATIO),
            _col("value_minor", Type.MINOR, "value of one response"),
            _text("currency"),
        ),
        key=("campaign", "case"),
    ),
    TableSchema(
        "pipeline",
        "Deals, open and closed.",
        (
            _text("deal"),
            _text("stage", "lead", "qualified", "proposal", "won", "lost"),
            _col("value_minor", Type.MINOR),
            _text("currency"),
            _col("opened_on", Type.DATE),
            _maybe("closed_on", Type.DATE),
            _maybe("channel"),
        ),
        key=("deal",),
    ),
    TableSchema(
        "funnel",
        "People who entered and who completed a step of the booking way, by day.",
        (_col("date", Type.DATE), _text("step"), _col("entered", Type.INT), _col("completed", Type.INT)),
        key=("date", "step"),
        dated=True,
    ),
    TableSchema(
        "ownership",
        "Who owns which share, and whether it is agreed in writing.",
        (
            _text("holder"),
            _col("share_ratio", Type.RATIO),
            _text("relation", "founder", "investor", "employee", "company"),
            _col("has_agreement", Type.BOOL),
            _col("has_vesting", Type.BOOL),
        ),
        key=("holder",),
    ),
    TableSchema(
        "duties",
        "Who does what, and who could stand in.",
        (_text("duty"), _text("holder"), _maybe("stand_in"), _col("is_critical", Type.BOOL)),
        key=("duty",),
    ),
)

_HANDOFFS = (
    TableSchema(
        "handoffs",
        "The state of each project as its hand-off document tells it.",
        (
            _text("project"),
            _text("title"),
            _text("state", "planned", "active", "blocked", "paused", "live", "done"),
            _maybe("owner"),
            _col("updated_on", Type.DATE),
            _col("blockers", Type.INT, "number of open blockers"),
            _maybe("mission"),
            _maybe("stack"),
            _maybe("deployment"),
            _maybe("financial_model"),
            _text("source_file"),
        ),
        key=("project",),
    ),
    TableSchema(
        "blockers",
        "Open blockers named in hand-off documents.",
        (_text("project"), _text("blocker"), _maybe("since", Type.DATE), _text("source_file"), _col("source_line", Type.INT)),
        key=("project", "blocker"),
    ),
)

_SETTINGS = (
    TableSchema(
        "tenant",
        "One row: how the tenant is set up in the portfolio file.",
        (
            _text("id"),
            _text("name"),
            _text("kind", "company", "unit", "portfolio"),
            _text("timezone"),
            _text("currency"),
            _text("locale"),
            _col("fiscal_start", Type.INT, "first month of the fiscal year"),
            _maybe("accent", doc="colour of the brand, #rrggbb"),
        ),
        key=("id",),
    ),
    TableSchema(
        "sources",
        "The sources that are configured for the tenant, read or not.",
        (_text("source"), _text("kind"), _col("is_required", Type.BOOL), _text("provides", doc="its tables, comma separated")),
        key=("source",),
    ),
    TableSchema(
        "targets",
        "What a KPI should reach. Money as minor units in `target` with a currency, ratios and counts as they are.",
        (
            _text("kpi"),
            _col("target", Type.RATIO),
            _maybe("currency"),
            _maybe("owner"),
            _maybe("tolerance_ratio", Type.RATIO, doc="how far beside the target still counts as watch"),
        ),
        key=("kpi",),
    ),
    TableSchema(
        "milestones",
        "What shall be reached, by when, and the KPI that shows it.",
        (
            _text("milestone"),
            _text("title"),
            _maybe("kpi"),
            _maybe("target", Type.RATIO),
            _maybe("currency"),
            _col("due_on", Type.DATE),
            _maybe("owner"),
        ),
        key=("milestone",),
    ),
)

_OWN = (
    TableSchema(
        "pulls",
        "What became of every table that a source should have given: the basis that figures and reports stand on.",
        (
            _text("tenant"),
            _text("source"),
            _text("kind"),
            _text("table"),
            _text("status", "read", "failed", "last_good"),
            _maybe("reason"),
            _maybe("remedy"),
            _col("rows", Type.INT),
            _col("rejected", Type.INT),
            _maybe("covers_from", Type.DATE, doc="first day the rows speak of"),
            _maybe("covers_to", Type.DATE, doc="day after the last one the rows speak of"),
            _maybe("watermark", Type.TIME, doc="the latest instant the data itself names"),
            _maybe("digest"),
        ),
        key=("tenant", "source", "table"),
    ),
    TableSchema(
        "rejects",
        "Rows that broke their schema and were left out.",
        (
            _text("tenant"),
            _text("source"),
            _text("table"),
            _text("file"),
            _col("line", Type.INT),
            _text("column"),
            _text("value"),
            _text("expected"),
        ),
    ),
    TableSchema(
        "kpis",
        "KPI values of a tenant for a period, as worked out; figures as canonical JSON.",
        (
            _text("id"),
            _text("label"),
            _text("unit"),
            _text("direction"),
            _text("formula"),
            _col("version", Type.INT),
            _text("tables"),
            _maybe("value"),
            _maybe("previous"),
            _maybe("last_year"),
            _maybe("target"),
            _text("state", "good", "watch", "bad", "no_target", "unavailable"),
            _text("grade", "A", "B", "C", "D"),
            _text("unavailable_reason"),
            _text("needs"),
            _text("series"),
        ),
        key=("id",),
    ),
    TableSchema(
        "findings",
        "Findings of a tenant for a period, with their facts and evidence as canonical JSON.",
        (
            _text("fingerprint"),
            _text("tenant"),
            _text("rule"),
            _text("subject"),
            _text("severity", "critical", "high", "medium", "low"),
            _text("title"),
            _text("why"),
            _text("remedy"),
            _text("facts"),
            _text("evidence"),
            _maybe("money_at_stake"),
            _text("state", "new", "persisting", "fixed", "accepted"),
            _text("first_seen"),
            _text("code"),
            _text("owner"),
            _text("priority", "P1", "P2", "P3"),
            _col("due_on", Type.DATE),
        ),
        key=("fingerprint",),
    ),
)

TABLES: Mapping[str, TableSchema] = {
    schema.name: schema for schema in (*_BOOKS, *_CODE, *_INVENTORIES, *_HANDOFFS, *_SETTINGS, *_OWN)
}


def schema_of(table: str) -> TableSchema:
    """The contract of a table, or SnapshotError that names the known ones."""
    if table not in TABLES:
        raise SnapshotError(f"there is no table {table!r}", remedy=f"known: {', '.join(TABLES)}")
    return TABLES[table]


def build(table: str, rows: Iterable[Mapping[str, object]]) -> pa.Table:
    """Rows as an Arrow table in the contract's order and types; SnapshotError where one breaks it.

    Sources convert and reject cell by cell before (see `reading`); what still fails here is a fault of the code.
    """
    schema = schema_of(table)
    listed = list(rows)
    strangers = {name for row in listed for name in row} - set(schema.names)
    if strangers:
        raise SnapshotError(f"table {table} has no column {', '.join(sorted(strangers))}")
    try:
        arrays = [pa.array([row.get(c.name) for row in listed], type=c.type.value) for c in schema.columns]
        built = pa.Table.from_arrays(arrays, schema=schema.arrow())
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
        raise SnapshotError(f"rows of {table} do not fit their schema: {error}") from error
    check(table, built)
    return built


def check(table: str, rows: pa.Table) -> None:
    """Raise SnapshotError where rows break the contract: columns, types, nulls, closed sets, key."""
    schema = schema_of(table)
    if not rows.schema.equals(schema.arrow()):
        raise SnapshotError(f"table {table} has the columns {rows.schema.names}, expected {list(schema.names)}")
    for column in schema.columns:
        values = rows.column(column.name)
        if not column.nullable and values.null_count:
            raise SnapshotError(f"{table}.{column.name} may not be empty, and is in {values.null_count} rows")
        if column.allowed:
            strange = set(values.unique().to_pylist()) - {*column.allowed, None}
            if strange:
                raise SnapshotError(f"{table}.{column.name} holds {sorted(strange)!r}, expected one of {column.allowed}")
    if schema.key and rows.num_rows:
        distinct = rows.group_by(list(schema.key)).aggregate([]).num_rows
        if distinct != rows.num_rows:
            raise SnapshotError(f"{table} has {rows.num_rows - distinct} rows too many for the key {schema.key}")
