"""Writes figures.md, the reference of everything a report can show, from the registries: `make docs`.

Nothing in that page is written by hand; a test holds it against what this makes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from quarterdeck.books import DERIVED
from quarterdeck.exhibits import EXHIBITS, ExhibitSpec
from quarterdeck.kpis import KPIS, Kpi
from quarterdeck.model import Direction, Role
from quarterdeck.reading.cells import is_money
from quarterdeck.rules import RULES, Rule, Scope
from quarterdeck.schemas import Column, TableSchema, Type
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
from reports import roles

PAGE = Path(__file__).with_name("figures.md")

T = TypeVar("T")
_GOOD = {Direction.UP: "up is good", Direction.DOWN: "down is good", Direction.NEUTRAL: "neither way is good"}
_TYPES = {
    Type.TEXT: "text",
    Type.INT: "whole number",
    Type.RATIO: "decimal",
    Type.BOOL: "yes or no",
    Type.DATE: "day",
    Type.TIME: "instant, UTC",
}

_TABLES: Mapping[str, tuple[str, Sequence[TableSchema]]] = {
    "books": (
        "From [transactions](configuration.md#transactions); `rates` from [inventories](configuration.md#inventories).",
        BOOKS,
    ),
    "banks": ("From [transactions](configuration.md#transactions) or [bank_statements](sources/bank_statements.md).", BANK),
    "code": ("From [git_history](configuration.md#git_history).", CODE),
    "code audit": ("From [code_audit](sources/code_audit.md).", CODE_AUDIT),
    "cloud": ("From [aws_inventory](sources/aws_inventory.md).", CLOUD),
    "usage": ("From [aws_cost](sources/aws_cost.md) and [cloudwatch](sources/cloudwatch.md).", USAGE),
    "lists": ("From [inventories](configuration.md#inventories).", KEPT),
    "sales": ("From [dynamodb](sources/dynamodb.md).", SALES),
    "web": ("From [web_analytics](sources/web_analytics.md).", WEB),
    "people": ("From [notes](sources/notes.md).", PEOPLE),
    "hand-offs": ("From [handoffs](configuration.md#handoffs).", HANDOFFS),
    "settings": ("From `portfolio.yaml`; `milestones` from [inventories](configuration.md#inventories) too.", SETTINGS),
    "results": ("What a run itself finds out.", RESULTS),
}
_INTRO = """\
# What reports can show

<!-- Written by docs/write_figures.py out of the registries; `make docs` writes it anew. -->

[Roles](#roles) · [KPIs](#kpis) · [Rules](#rules) · [Tables of a report](#tables-of-a-report) · [Tables](#tables)

"""
_ROLES = """\
Decided in `reports/`, one file a role. A chart draws one of the [tables](#tables-of-a-report), or the last periods of a KPI, as
`trend_cash` or `columns_commits`.
"""
_KPIS = """\
A KPI that cannot be worked out says why and what it takes, and is never a zero in its place. Each is shown beside the period
before, the same period last year, its target and its last twelve periods, with a grade: A is complete to the period's end;
B left out rejected rows, or stands on books derived from bank and payment rows; C ends early, or leaves out a tenant; D cannot
be worked out.
"""
_RULES = """\
A rule yields a finding for each subject in which it sees its fault, with evidence and a remedy, and is silent where its data
is missing. The days count from the end of the period. What stands in braces is filled with figures when the report is written.
"""
_EXHIBITS = (
    "They stand in the reports of the roles that name them, as tables or drawn as charts, where there are rows to show.\n"
)
_SNAPSHOTS = """\
What sources give and runs find out, as kept in [snapshots](operating.md#the-home-folder). Money is in minor units (cents)
here, and in major units in the files that people keep: `value_minor` is the column `value` there. *Dated* tables hold rows of
many days, so that any earlier period can be worked out from them; the others show a state.
"""


def reference() -> str:
    """The whole page."""
    parts = [
        _INTRO,
        _chapter("Roles", _ROLES, map(_role, roles().values())),
        _chapter("KPIs", _KPIS, _by_field("KPIs", KPIS.all().values(), lambda kpi: kpi.compute, _kpi)),
        _chapter("Rules", _RULES, _by_field("Rules", RULES.all().values(), lambda rule: rule.find, _rule)),
        _chapter("Tables of a report", _EXHIBITS, [_exhibits()]),
        _chapter("Tables", _SNAPSHOTS, _tables()).rstrip("\n"),
    ]
    return "".join(parts) + "\n"


def _chapter(title: str, intro: str, parts: Iterable[str]) -> str:
    return f"## {title}\n\n{intro}\n" + "".join(parts)


def _by_field(
    kind: str, entries: Iterable[T], function: Callable[[T], Callable[..., object]], shown: Callable[[T], str]
) -> Iterator[str]:
    """Entries under the file of their field, in the order of files and ids."""
    fields: dict[str, list[str]] = {}
    for entry in entries:
        fields.setdefault(function(entry).__module__.rpartition(".")[2], []).append(shown(entry))
    for field, texts in sorted(fields.items()):
        yield f"### {kind}: {field.replace('_', ' ')}\n\n" + "".join(texts)


def _role(role: Role) -> str:
    kinds = " and ".join(kind.value for kind in role.kinds)
    return _entry(
        f"Role: {role.id}",
        f"**{role.title}** of every {kinds}",
        "",
        {
            "Bottom line": _links(role.headline),
            "KPIs": _links(role.kpis),
            "Rules": _links(role.rules),
            "Charts": _codes(role.charts),
            "Tables": _codes(role.exhibits),
            "Sections of its own": _codes(role.parts),
        },
        level=3,
    )


def _kpi(kpi: Kpi) -> str:
    return _entry(
        kpi.id,
        f"**{kpi.label}** · {kpi.unit} · {_GOOD[kpi.direction]}",
        kpi.definition,
        {
            "Formula": _plain(kpi.formula),
            "Needs": _plain(kpi.needs),
            "Reads": _sources(kpi.tables),
            "Shown to": _readers(lambda role: kpi.id in role.kpis),
        },
    )


def _rule(rule: Rule) -> str:
    days = f"within {rule.due_days} days"
    whose = " · portfolio only" if rule.scope is Scope.PORTFOLIO else ""
    return _entry(
        rule.id,
        f"**{rule.severity}** · {rule.owner} acts {days} · effort {rule.effort}{whose}",
        rule.definition,
        {
            "Says": f"*{_plain(rule.title)}*",
            "Remedy": f"*{_plain(rule.remedy)}*",
            "Reads": _sources(rule.tables),
            "KPIs": _links(rule.kpis),
            "Measures the absence of": _codes(sorted(rule.absent_ok)),
            "Prowler": _codes(rule.checks),
            "Shown to": _readers(lambda role: rule.id in role.rules),
        },
    )


def _exhibits() -> str:
    rows = [_exhibit(spec) for spec in EXHIBITS.all().values()]
    return _table(("table", "title", "what it shows", "reads", "shown to"), rows)


def _exhibit(spec: ExhibitSpec) -> tuple[str, ...]:
    first = (spec.make.__doc__ or "").partition("\n")[0]
    return (
        f"`{spec.id}`",
        spec.title,
        first,
        _sources(spec.tables),
        _readers(lambda role: spec.id in (*role.exhibits, *role.charts)),
    )


def _tables() -> Iterator[str]:
    derived = ", ".join(f"`{name}` ({' with '.join(f'`{base}`' for base in bases)})" for name, bases in DERIVED.items())
    yield f"KPIs and rules also read {derived}, which is joined when it is asked for and not kept.\n\n"
    for field, (origin, schemas) in _TABLES.items():
        yield f"### Tables: {field}\n\n{origin}\n\n"
        yield from map(_schema, schemas)


def _schema(schema: TableSchema) -> str:
    kind = "Dated. " if schema.dated else ""
    key = f"Unique: {_codes(schema.key)}." if schema.key else ""
    rows = [_column(column) for column in schema.columns]
    about = f"{schema.doc} {kind}{key}".rstrip()
    return f"#### Table: {schema.name}\n\n{about}\n\n" + _table(("column", "holds", "may be empty", ""), rows)


def _column(column: Column) -> tuple[str, ...]:
    holds = "minor units" if is_money(column) else _TYPES[column.type]
    told = [", ".join(column.allowed)] if column.allowed else []
    told += [column.doc] if column.doc else []
    return f"`{column.name}`", holds, "yes" if column.nullable else "", " · ".join(told)


def _entry(heading: str, head: str, text: str, facts: Mapping[str, str], level: int = 4) -> str:
    lines = [f"{name}: {value}" for name, value in facts.items() if value]
    body = f"{head}  \n{text}" if text else head
    return f"{'#' * level} {heading}\n\n{body}\n\n" + "".join(f"- {line}\n" for line in lines) + "\n"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines) + "\n"


def _sources(tables: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" if name in DERIVED else f"[`{name}`](#table-{name})" for name in tables)


def _readers(reads: Callable[[Role], bool]) -> str:
    return ", ".join(role.id for role in roles().values() if reads(role))


def _links(ids: Iterable[str]) -> str:
    return ", ".join(f"[{id}](#{id})" for id in ids)


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _plain(text: str) -> str:
    """Text whose stars Markdown leaves as they are."""
    return text.replace("*", "\\*")


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
