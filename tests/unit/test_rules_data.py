from __future__ import annotations

import pytest

from tests.asking import Case, Given, ask, check
from tests.tables import Row, frame


def pulls(*rows: Row) -> Given:
    return {"pulls": frame("pulls", [{"source": "bank", "table": "entries", "rows": 98, **row} for row in rows])}


def rejects(*rows: Row) -> Given:
    base = {"source": "bank", "table": "entries", "file": "oct.csv", "column": "amount", "value": "1.234,56"}
    return {"rejects": frame("rejects", [{**base, "expected": "digits with '.'", **row} for row in rows])}


CASES = {
    "source_failed": Case(
        seeded=lambda: pulls({"status": "failed", "reason": "oct.csv is not there", "remedy": "put it back"}),
        clean=lambda: pulls({"status": "read"}, {"status": "last_good", "table": "accounts"}),
        subject="bank",
        title="The source bank could not be read",
        why="1 table is missing, and every figure and check that needs them is left out of this period.",
    ),
    "source_in_part": Case(
        seeded=lambda: pulls({"status": "read"}, {"status": "failed", "table": "rates", "reason": "denied"}),
        clean=lambda: pulls({"status": "read"}, {"status": "failed", "table": "rates", "source": "other"}),
        subject="bank",
        title="The source bank gave only a part of what it should",
        why="1 table is missing, rates among them, and every figure and check that needs them is left out of this period.",
    ),
    "source_last_good": Case(
        seeded=lambda: pulls({"status": "last_good"}, {"status": "last_good", "table": "accounts"}),
        clean=lambda: pulls({"status": "read"}, {"status": "failed", "table": "accounts"}),
        subject="bank",
        title="The source bank could not be read, an older snapshot stands in",
        why="2 tables are as of an earlier reading; what changed since is in no figure.",
    ),
    "rows_rejected": Case(
        # Two rows, one of them with two bad cells, beside 98 good ones.
        seeded=lambda: rejects({"line": 7}, {"line": 7, "column": "date"}, {"line": 5}) | pulls({"status": "read"}),
        clean=lambda: rejects() | pulls({"status": "read"}),
        subject="bank/entries",
        title="Faults in 2 of 100 rows of entries in bank",
        why="That is 2.0%. A row that cannot be read is in no figure; where one does not go on from the row before, others are "
        "missing between them.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


def test_a_source_that_failed_is_one_finding_with_its_tables_and_the_reason() -> None:
    (found,) = ask("source_failed", **pulls(*({"status": "failed", "table": t, "reason": "gone"} for t in ("tags", "commits"))))
    assert found.hit.evidence == ({"table": "commits", "reason": "gone"}, {"table": "tags", "reason": "gone"})


def test_rejected_cells_come_in_the_order_of_the_file_and_twenty_at_most() -> None:
    many = rejects(*({"line": line} for line in range(30, 1, -1)))
    (found,) = ask("rows_rejected", **many, **pulls({"status": "read"}))
    assert [row["source_line"] for row in found.hit.evidence] == list(range(2, 22))
    assert found.hit.evidence[0]["value"] == "1.234,56"


def test_every_table_of_a_source_has_a_finding_of_its_own() -> None:
    both = rejects({"line": 2}, {"line": 2, "table": "accounts"})
    assert [found.subject for found in ask("rows_rejected", **both, **pulls())] == ["bank/accounts", "bank/entries"]


def test_where_nothing_was_readable_all_rows_are_rejected() -> None:
    (found,) = ask("rows_rejected", **rejects({"line": 2}), pulls=frame("pulls", []))
    assert found.title == "Faults in 1 of 1 row of entries in bank"


def test_rows_are_counted_for_the_table_and_source_they_belong_to() -> None:
    read = pulls({"status": "read"}, {"status": "read", "table": "accounts"}, {"status": "read", "source": "other"})
    (found,) = ask("rows_rejected", **rejects({"line": 2}, {"line": 3}), **read)
    assert found.hit.facts["rows"] == 100
