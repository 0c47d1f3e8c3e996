"""All tables by name."""

from __future__ import annotations

from collections.abc import Mapping

from quarterdeck.errors import SnapshotError
from quarterdeck.schemas.bank import BANK
from quarterdeck.schemas.books import BOOKS
from quarterdeck.schemas.cloud import CLOUD
from quarterdeck.schemas.code import CODE
from quarterdeck.schemas.code_audit import CODE_AUDIT
from quarterdeck.schemas.column import TableSchema
from quarterdeck.schemas.kept import KEPT
from quarterdeck.schemas.lists import HANDOFFS
from quarterdeck.schemas.marketing import WEB
from quarterdeck.schemas.own import RESULTS, SETTINGS
from quarterdeck.schemas.people import PEOPLE
from quarterdeck.schemas.sales import SALES
from quarterdeck.schemas.usage import USAGE

TABLES: Mapping[str, TableSchema] = {
    schema.name: schema
    for schema in (
        *(*BOOKS, *BANK, *CODE, *CODE_AUDIT, *CLOUD, *USAGE, *KEPT, *HANDOFFS, *SALES, *WEB, *PEOPLE, *SETTINGS, *RESULTS),
    )
}


def schema_of(table: str) -> TableSchema:
    """The contract of a table, or SnapshotError that names the known ones."""
    if table not in TABLES:
        raise SnapshotError(f"there is no table {table!r}", remedy=f"known: {', '.join(TABLES)}")
    return TABLES[table]
