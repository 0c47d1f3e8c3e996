"""Lineage as a server is told it: tables, figures made of them, reports made of figures; and a retry that costs nothing."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from prefect.client.schemas.objects import State
from prefect.events import Event

from flows.executive_reports import executive_reports
from tests.retried import retry
from tests.told import about, events, run_of

ASKED: dict[str, Any] = {"period": "2026-10", "tenants": ["alpha", "beta", "portfolio"], "roles": ["cfo"]}
REPORTS = {f"quarterdeck://{tenant}/reports/cfo" for tenant in ASKED["tenants"]}
LAST = "quarterdeck://portfolio/reports/cfo"  # it is made of all the others' figures


def made(found: list[Event], outcome: str = "succeeded") -> dict[str, list[Event]]:
    """The materialisations that ended so, by what was made."""
    by_key: dict[str, list[Event]] = defaultdict(list)
    for event in found:
        if event.event == f"prefect.asset.materialization.{outcome}":
            by_key[about(event)].append(event)
    return by_key


def upstream(event: Event) -> set[str]:
    return {str(each["prefect.resource.id"]) for each in event.related if each["prefect.resource.role"] == "asset"}


def run(portfolio: Path) -> State[Any]:
    state: Any = executive_reports(config=str(portfolio), return_state=True, **ASKED)
    found: State[Any] = state
    return found


def test_reports_are_made_of_figures_and_figures_of_tables(portfolio: Path) -> None:
    state = run(portfolio)
    assert state.is_completed(), state.message
    summary: Any = state.result()
    reports = {f"quarterdeck://{line['tenant']}/reports/cfo": line["revision"] for line in summary["reports"]}
    assert set(reports) == REPORTS
    found = made(events(run_of(state), "prefect.asset.", until=lambda found: set(made(found)) >= REPORTS))
    for key, revision in reports.items():
        [event] = found[key]
        assert upstream(event) == {key.replace("reports/cfo", "figures")}
        assert event.payload == {"period": "2026-10", "revision": revision}
    [figures] = found["quarterdeck://alpha/figures"]
    tables = {key for key in found if key.startswith("quarterdeck://alpha/tables/")}
    assert upstream(figures) == tables
    assert {"quarterdeck://alpha/tables/entries", "quarterdeck://alpha/tables/channels"} <= tables
    [channels] = found["quarterdeck://beta/tables/channels"]
    assert channels.payload["rows"] == 2
    [portfolio_figures] = found["quarterdeck://portfolio/figures"]
    assert upstream(portfolio_figures) == {"quarterdeck://alpha/figures", "quarterdeck://beta/figures"}
    assert "@" not in str(found)


def test_what_failed_is_told_and_a_retry_makes_that_alone(portfolio: Path) -> None:
    """Persisted results are found again, so that what they stand for is not said to be made a second time."""
    bank = portfolio.parent / "alpha" / "bank.csv"
    rows = bank.read_bytes()
    bank.unlink()
    first = run(portfolio)
    assert first.is_failed()
    run_id = run_of(first)
    before = events(run_id, "prefect.asset.", until=lambda found: set(made(found)) >= REPORTS)
    assert "quarterdeck://alpha/tables/entries" in made(before, "failed")
    assert "quarterdeck://alpha/tables/entries" not in made(before)
    bank.write_bytes(rows)
    assert retry(run_id).is_completed()
    after = made(events(run_id, "prefect.asset.", until=lambda found: len(made(found).get(LAST, ())) == 2))
    times = {key: len(found) for key, found in after.items()}
    assert times["quarterdeck://alpha/tables/entries"] == 1
    assert times["quarterdeck://alpha/figures"] == times["quarterdeck://alpha/reports/cfo"] == 2
    assert times["quarterdeck://beta/reports/cfo"] == times["quarterdeck://beta/tables/channels"] == 1
    assert times["quarterdeck://alpha/tables/channels"] == 1
