from __future__ import annotations

from datetime import date

import pytest

from tests.asking import Case, Given, ask, check
from tests.tables import entries, frame, sale, together


def portfolio(*with_books: str, failed: tuple[str, ...] = ()) -> Given:
    """Two companies and a unit; some with books, some whose books could not be read."""
    kinds = {"jada": "company", "haul": "company", "house": "unit"}
    tenants = (frame("tenant", [{"id": id, "name": id.title(), "kind": kind}], id) for id, kind in kinds.items())
    pulled = [{"tenant": id, "table": "entries", "status": "failed" if id in failed else "read"} for id in kinds]
    return {
        "tenant": together("tenant", frame("tenant", [{"id": "portfolio", "kind": "portfolio"}], "portfolio"), *tenants),
        "entries": together("entries", *(entries(sale(date(2026, 10, 2), 5_000), tenant=id) for id in with_books)),
        "pulls": frame("pulls", pulled),
    }


CASES = {
    "companies_without_books": Case(
        seeded=lambda: portfolio("jada"),
        clean=lambda: portfolio("jada", "haul"),
        subject="books",
        title="Books are missing for 1 of 2 companies",
        why="Sums over the portfolio leave them out: revenue, cash and burn are those of the others.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


def test_books_that_could_not_be_read_are_not_missing() -> None:
    assert ask("companies_without_books", **portfolio("jada", failed=("haul",))) == []


def test_the_companies_are_the_evidence() -> None:
    (found,) = ask("companies_without_books", **portfolio())
    assert [row["id"] for row in found.hit.evidence] == ["haul", "jada"]
