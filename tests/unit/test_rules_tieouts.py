from __future__ import annotations

import pytest

from quarterdeck import frames
from quarterdeck.measure.tieouts import TieOut, tie_rows
from tests.asking import Case, Given, ask, check


def tied(right: int | None, tolerance: int = 0) -> Given:
    tie = TieOut("cash_ledger", "Cash", "Cash", 50_000, "Balances of cash accounts", right, ("cash", "runway"), tolerance)
    return {"tie_outs": frames.to_frame("tie_outs", tie_rows((tie,), "USD"), "a")}


CASES = {
    "figures_do_not_tie": Case(
        seeded=lambda: tied(47_000),
        clean=lambda: tied(50_000),
        subject="cash_ledger",
        title="Cash does not tie out: $30.00 between two figures that must be equal",
        why="Cash is $500, Balances of cash accounts $470. Until the difference is found, 2 KPIs on it are graded C at best.",
    )
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


@pytest.mark.parametrize(("right", "tolerance", "hits"), [(47_000, 2_999, 1), (47_000, 3_000, 0), (None, 0, 0)])
def test_what_may_differ_and_what_is_not_known_is_no_fault(right: int | None, tolerance: int, hits: int) -> None:
    assert len(ask("figures_do_not_tie", **tied(right, tolerance))) == hits
