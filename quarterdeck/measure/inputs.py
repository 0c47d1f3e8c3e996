"""The frames a KPI, rule or exhibit asks for by its parameter names, or why it cannot have them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

import pandas as pd

from quarterdeck import books, reconciliation
from quarterdeck.books import DERIVED
from quarterdeck.frames import Coverage, Tables, empty
from quarterdeck.measure.reach import ends_short
from quarterdeck.model import At, Unavailable
from quarterdeck.schemas import schema_of

MAKERS: Mapping[str, Callable[..., pd.DataFrame]] = {"postings": books.postings, "bank_matches": reconciliation.matched}


def base_tables(names: Iterable[str]) -> tuple[str, ...]:
    """The snapshot tables behind names that may be derived ones, each once, in order."""
    found = [base for name in names for base in DERIVED.get(name, (name,))]
    return tuple(dict.fromkeys(found))


class Inputs:
    """Hands out frames of one tenant's tables; a derived frame is worked out once."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._derived: dict[str, pd.DataFrame] = {}

    def beside(self, name: str, frame: pd.DataFrame) -> Inputs:
        """The same frames and one more, which was worked out from them."""
        more = Inputs(replace(self.tables, frames={**self.tables.frames, name: frame}))
        more._derived = self._derived
        return more

    def frames(self, names: Iterable[str], *, absent_ok: frozenset[str] = frozenset()) -> dict[str, pd.DataFrame] | Unavailable:
        """Frames by name, or the reason why one is not there.

        A table that failed is always a reason. One that no source provides comes as an empty frame if it is in
        `absent_ok`, since that absence is itself a fact.
        """
        found: dict[str, pd.DataFrame] = {}
        dispensable = {*base_tables(absent_ok)}
        for name in names:
            for base in DERIVED.get(name, (name,)):
                if base in self.tables.missing:
                    return Unavailable(self.tables.missing[base])
                if base not in self.tables and base not in dispensable:
                    return Unavailable(f"not collected: no source provides {base}")
            found[name] = self._frame(name)
        return found

    def covered(self, names: Iterable[str], at: At) -> Unavailable | None:
        """Why a period cannot be spoken of: it lies before the first or after the last day that a table covers."""
        for name in base_tables(names):
            known = self.tables.coverage.get(name, Coverage())
            if not schema_of(name).dated:
                continue
            if known.first is not None and at.end <= known.first:
                return Unavailable(f"{name} begin on {known.first}")
            if known.last is not None and at.start >= known.last:
                return Unavailable(f"{name} end on {known.last - timedelta(days=1)}")
        return None

    def view(self, names: Iterable[str], at: At) -> At:
        """The same moment, cut off where a dated table stops within the period and well before its end."""
        known = (self.tables.coverage.get(name, Coverage()).last for name in base_tables(names) if schema_of(name).dated)
        lasts = [last for last in known if last is not None and at.start < last and ends_short(last, at.period)]
        return replace(at, until=min(lasts)) if lasts else at

    def gap(self, names: Iterable[str], at: At, *, absent_ok: frozenset[str] = frozenset()) -> Unavailable | None:
        """Why nothing can be said about a period from some tables, or None where it can."""
        listed = tuple(names)
        frames = self.frames(listed, absent_ok=absent_ok)
        if isinstance(frames, Unavailable):
            return frames
        return self.covered([name for name in base_tables(listed) if name not in base_tables(absent_ok)], at)

    def is_state(self, names: Iterable[str], *, absent_ok: frozenset[str] = frozenset()) -> bool:
        """Whether any of the tables shows a state, so that its past cannot be worked out from it."""
        # A chart of accounts is no state of the business: it says how to read entries of any day. A table that may be
        # absent, and is, shows nothing at all.
        read = (base for base in base_tables(names) if base in self.tables or base not in absent_ok)
        known = (schema_of(base) for base in read if base != "accounts")
        return any(not schema.dated and not schema.keeps_past for schema in known)

    def _frame(self, name: str) -> pd.DataFrame:
        if name not in DERIVED:
            return self.tables[name] if name in self.tables else empty(name)
        if name not in self._derived:
            bases = (self.tables[base] if base in self.tables else empty(base) for base in DERIVED[name])
            self._derived[name] = MAKERS[name](*bases)
        return self._derived[name]
