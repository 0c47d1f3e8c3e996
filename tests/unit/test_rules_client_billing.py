"""Faults of work for clients, each with its clean twin."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from quarterdeck.money import Money
from tests.asking import Case, ask, check
from tests.tables import OCT, Row, frame


def contract(**more: object) -> pd.DataFrame:
    row: Row = {"client": "kayaks", "model": "hourly", "since": date(2026, 1, 1), "is_signed": True, **more}
    return frame("client_contracts", [row])


def hours(number: str, day: date = OCT, invoice: str | None = None) -> pd.DataFrame:
    row: Row = {"date": day, "client": "kayaks", "hours": Decimal(number), "is_billable": True, "invoice": invoice}
    return frame("time_entries", [row])


RETAINER = {"model": "retainer", "hours_included": Decimal(10), "rate_minor": 5_000}
CASES = {
    "client_without_model": Case(
        seeded=lambda: {"client_contracts": contract(model="none"), "time_entries": hours("2.5")},
        clean=lambda: {"client_contracts": contract(), "time_entries": hours("2.5")},
        subject="kayaks",
        title="Nothing is agreed on how kayaks pays",
        why="2.5 hours were worked for kayaks in the period, and the contract says nothing of money.",
    ),
    "contract_unsigned": Case(
        seeded=lambda: {"client_contracts": contract(is_signed=False)},
        clean=lambda: {"client_contracts": contract()},
        subject="kayaks",
        title="The agreement with kayaks is not signed",
        why="It holds since Jan 1, 2026; an invoice that is disputed has nothing to stand on.",
    ),
    "hours_unbilled": Case(
        seeded=lambda: {"client_contracts": contract(rate_minor=6_000), "time_entries": hours("2.5", date(2026, 10, 1))},
        clean=lambda: {"client_contracts": contract(rate_minor=6_000), "time_entries": hours("2.5", date(2026, 10, 2))},
        subject="kayaks",
        title="2.5 hours for kayaks are older than 30 days and on no invoice",
        why="At the agreed rate they are worth $150; what is billed late is paid late, or not at all.",
    ),
    "retainer_overrun": Case(
        seeded=lambda: {"client_contracts": contract(**RETAINER), "time_entries": hours("11.25")},
        clean=lambda: {"client_contracts": contract(**RETAINER), "time_entries": hours("11")},
        subject="kayaks",
        title="The retainer of kayaks is overrun by 1.25 hours",
        why="11.25 hours were worked in the period, 10 are included.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


def test_hours_are_worth_the_agreed_rate() -> None:
    (unbilled,) = ask("hours_unbilled", **CASES["hours_unbilled"].seeded())
    (over,) = ask("retainer_overrun", **CASES["retainer_overrun"].seeded())
    assert (unbilled.hit.money_at_stake, over.hit.money_at_stake) == (Money(15_000, "USD"), Money(6_250, "USD"))


def test_a_client_without_any_contract_is_one_without_a_model() -> None:
    (found,) = ask("client_without_model", time_entries=hours("3"))
    assert found.why == "3 hours were worked for kayaks in the period, and no contract is on file."
    (unbilled,) = ask("hours_unbilled", time_entries=hours("3", date(2026, 9, 1)))
    assert unbilled.why.startswith("At the agreed rate they are worth nothing, since none is agreed;")
    assert unbilled.hit.money_at_stake is None
