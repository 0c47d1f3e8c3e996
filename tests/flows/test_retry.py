"""A failed run that is retried on the server, as by a click in its UI: what failed is made, and nothing is sent twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect.client.schemas.objects import State

from flows.executive_reports import executive_reports
from quarterdeck.wiring import open_parts
from tests.retried import retry


def run(portfolio: Path) -> State[Any]:
    state: Any = executive_reports(
        config=str(portfolio), period="2026-10", tenants=["alpha"], roles=["cfo"], deliver=True, return_state=True
    )
    found: State[Any] = state
    return found


def test_a_retried_run_makes_what_failed_and_sends_nothing_twice(portfolio: Path) -> None:
    bank = portfolio.parent / "alpha" / "bank.csv"
    rows = bank.read_bytes()
    bank.unlink()
    first = run(portfolio)
    assert first.is_failed()
    failed: Any = first.result(raise_on_failure=False)
    [before] = failed.summary["reports"]
    bank.write_bytes(rows)
    assert first.state_details.flow_run_id is not None
    second = retry(first.state_details.flow_run_id)
    assert second.is_completed(), second.message
    summary = second.result()
    [after] = summary["reports"]
    assert after["revision"] != before["revision"]
    assert (summary["deliveries"]["sent"], summary["deliveries"]["already"]) == (0, 2)
    assert len(list((portfolio.parent / ".quarterdeck" / "outbox").glob("*.eml"))) == 2
    assert open_parts(portfolio).audit.verify().ok
