"""Every table that people keep by hand or export from somewhere, one file each: what `inventories` and `dynamodb` can give."""

from __future__ import annotations

from quarterdeck.schemas.close import CLOSE
from quarterdeck.schemas.column import TableSchema
from quarterdeck.schemas.invoices import INVOICES
from quarterdeck.schemas.lists import INVENTORIES
from quarterdeck.schemas.marketing import MARKETING
from quarterdeck.schemas.recognition import RECOGNITION
from quarterdeck.schemas.subscriptions import SUBSCRIPTIONS
from quarterdeck.schemas.units import UNITS

KEPT: tuple[TableSchema, ...] = (*INVENTORIES, *INVOICES, *CLOSE, *RECOGNITION, *UNITS, *SUBSCRIPTIONS, *MARKETING)
