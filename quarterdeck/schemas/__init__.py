"""The column contract of every snapshot table: the one place that says what a column is called and holds.

Names carry the unit (`amount_minor`, `value_minor`, `share_ratio`). Money is minor units beside a `currency`
column. `date` columns hold civil days of the tenant; instants are UTC. A table with `dated` set holds rows of many
days, so that any earlier period can be worked out from it; the others show a state as it stood when read.

To add a table: a TableSchema in the module of its field. Nothing else lists tables.
"""

from quarterdeck.schemas.books import STATEMENT_LINES
from quarterdeck.schemas.column import Column, TableSchema, Type
from quarterdeck.schemas.rows import build, check
from quarterdeck.schemas.tables import TABLES, schema_of

__all__ = ["STATEMENT_LINES", "TABLES", "Column", "TableSchema", "Type", "build", "check", "schema_of"]
