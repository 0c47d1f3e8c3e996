"""Figures and facts as JSON: typed and lossless for snapshots, plain for report.json.

In a snapshot every value says its type (`{"ratio": "0.0812"}`), so that it comes back as it went in. In the report
numbers are decimal strings and money is `{minor, currency}`, as docs/schemas/report.schema.json says.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from quarterdeck.errors import SnapshotError
from quarterdeck.model import Fact
from quarterdeck.money import Money, MoneyError


def canonical(value: object) -> str:
    """JSON with sorted keys and no spaces: equal values give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: object) -> str:
    """sha256 of the canonical JSON."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def plain(fact: Fact | None) -> Any:
    """A fact as report.json has it: None, text, a decimal string, an ISO date or {minor, currency}."""
    if isinstance(fact, Money):
        return {"minor": fact.minor, "currency": fact.currency}
    if isinstance(fact, date):
        return fact.isoformat()
    return fact if fact is None or isinstance(fact, str) else number(fact)


def number(value: Decimal | int) -> str:
    """A decimal string without an exponent or trailing zeros: 0.0812, 3676."""
    if isinstance(value, int):
        return str(value)
    text = f"{value:f}" if value else "0"  # a zero has a sign of its own in Decimal
    return text.rstrip("0").rstrip(".") if "." in text else text


def typed(fact: Fact | None) -> Any:
    """A fact that remembers its type; SnapshotError for a float, a number of numpy's or anything else that is no fact."""
    match fact:
        case None | str():
            return fact
        case Money():
            return {"money": [fact.minor, fact.currency]}
        case datetime() | bool():
            pass
        case date():
            return {"date": fact.isoformat()}
        case int():
            return {"count": fact}
        case Decimal() if fact.is_finite():
            return {"ratio": str(fact)}
    raise SnapshotError(f"{fact!r} of type {type(fact).__name__} is not a fact that can be stored")


def untyped(value: Any) -> Fact | None:
    """The fact of a typed value; SnapshotError where it is none."""
    try:
        match value:
            case None | str():
                return value
            case {"money": [int() as minor, str() as currency]}:
                return Money(minor, currency)
            case {"date": str() as day}:
                return date.fromisoformat(day)
            case {"count": int() as count}:
                return count
            case {"ratio": str() as ratio}:
                return Decimal(ratio)
    except (ValueError, InvalidOperation, MoneyError) as error:
        raise SnapshotError(f"{value!r} is not a stored fact") from error
    raise SnapshotError(f"{value!r} is not a stored fact")


def typed_row(row: Mapping[str, Fact]) -> dict[str, Any]:
    return {name: typed(fact) for name, fact in row.items()}


def untyped_row(row: Mapping[str, Any]) -> dict[str, Fact]:
    """The inverse of `typed_row`; empty cells are left out."""
    facts = ((name, untyped(value)) for name, value in row.items())
    return {name: fact for name, fact in facts if fact is not None}


def dump(fact: Fact | None) -> str | None:
    """A typed fact as the text of one snapshot cell."""
    return None if fact is None else canonical(typed(fact))


def load(cell: str | None) -> Fact | None:
    return None if cell is None else untyped(json.loads(cell))


def dump_all(facts: Sequence[Fact | None]) -> str:
    return canonical([typed(fact) for fact in facts])


def load_all(cell: str) -> tuple[Fact | None, ...]:
    return tuple(untyped(value) for value in json.loads(cell))
