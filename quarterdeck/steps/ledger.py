"""The postings of a period for the workbook of a role that reads them one by one."""

from __future__ import annotations

from typing import Any

from quarterdeck.books import postings
from quarterdeck.frames import Tables, between
from quarterdeck.model import At, Role
from quarterdeck.render.ledger import Ledger, digest, ledger


def ledger_of(role: Role, tables: Tables, at: At) -> Ledger | None:
    """The postings of the period; None for a role without them, or where there are none."""
    if not role.ledger or "entries" not in tables or "accounts" not in tables:
        return None
    rows = between(tables["entries"], at.start, at.end)
    return ledger(postings(rows, tables["accounts"]), at.currency) if len(rows) else None


def told_of(detail: Ledger | None) -> dict[str, Any] | None:
    """What the document says of them: a posting that changes is a change that a reader can see."""
    return None if detail is None else {"rows": detail.count, "digest": digest(detail)}
