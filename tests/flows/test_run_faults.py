"""A run in which parts fail for good, for a while, or for a fault of the code: what is tried again, and what is told."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.errors import AuditError, SnapshotError, SourceError
from quarterdeck.kpis import KPIS
from quarterdeck.steps.measure import measure_tenant
from quarterdeck.steps.pull import pull
from quarterdeck.wiring import open_parts
from tasks.collect import pull_source
from tests.flows.test_executive_reports import mails, run

TRIES = 4  # the first, and three more


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pulls are tried again without a pause."""
    monkeypatch.setattr(pull_source, "retry_delay_seconds", [0] * (TRIES - 1))
    monkeypatch.setattr(pull_source, "retry_jitter_factor", None)


def reports(summary: dict[str, Any]) -> dict[str, dict[str, Any]]:
    lines = (line for line in summary["reports"] if line["paths"])
    return {line["report_id"]: json.loads(Path(line["paths"]["json"]).read_text("utf-8")) for line in lines}


def notices(report: dict[str, Any]) -> list[tuple[str, str]]:
    return [(notice["kind"], notice["text"]) for notice in report["data_notice"]]


def told(summary: dict[str, Any]) -> list[str]:
    return sorted(problem["what"] for problem in summary["problems"])


@pytest.mark.usefixtures("at_once")
def test_what_may_pass_is_tried_again_and_what_cannot_is_not(portfolio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: Counter[str] = Counter()
    errors: dict[str, Callable[[int], Exception | None]] = {
        "code": lambda count: SourceError("the disk is busy", permanent=False) if count < TRIES else None,
        "handoffs": lambda _: SourceError("nobody answers", permanent=False),
        "inventory": lambda _: SourceError("there is no such file"),
        "books": lambda _: RuntimeError("nobody foresaw this"),
    }

    def failing(parts: Any, tenant: str, source: str, period: Any, **how: bool) -> Any:
        tried[f"{tenant}/{source}"] += 1
        error = errors[source](tried[f"{tenant}/{source}"]) if tenant == "alpha" else None
        if error is not None:
            raise error
        return pull(parts, tenant, source, period, **how)

    monkeypatch.setattr("quarterdeck.steps.strings.pull", failing)
    state, summary = run(portfolio, tenants=["alpha", "beta"], roles=["cto"])
    assert state == "FAILED"
    assert tried == {
        "alpha/code": TRIES, "alpha/handoffs": TRIES, "alpha/inventory": 1, "alpha/books": TRIES, "beta/inventory": 1,
    }  # fmt: skip
    assert told(summary) == [
        "source books of alpha: RuntimeError: nobody foresaw this",
        "source handoffs of alpha: nobody answers",
        "source inventory of alpha: there is no such file",
    ]
    made = reports(summary)
    assert set(made) == {"alpha_cto_2026-10", "beta_cto_2026-10"}
    assert {kpi["id"]: kpi["value"] for kpi in made["alpha_cto_2026-10"]["kpis"]}["commits"] == "3"


def test_a_tenant_without_figures_has_no_reports_and_the_portfolio_says_so(
    portfolio: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_alpha(parts: Any, tenant: str, *rest: Any) -> Any:
        if tenant == "alpha":
            raise SnapshotError("entries of alpha is damaged")
        return measure_tenant(parts, tenant, *rest)

    def fail(**_: Any) -> Any:
        raise ZeroDivisionError("nothing to divide by")

    monkeypatch.setattr("quarterdeck.steps.strings.measure_tenant", without_alpha)
    monkeypatch.setitem(KPIS._entries, "live_otas", replace(KPIS.get("live_otas"), compute=fail))
    state, summary = run(portfolio, roles=["ceo"], deliver=True)
    assert state == "FAILED"
    assert {line["report_id"]: line["status"] for line in summary["reports"]} == {
        "alpha_ceo_2026-10": "failed",
        "beta_ceo_2026-10": "filed",
        "portfolio_ceo_2026-10": "filed",
    }
    reason = "its code failed with ZeroDivisionError: nothing to divide by"
    assert told(summary) == [
        f"kpi live_otas of beta: {reason}",
        f"kpi live_otas of portfolio: {reason}",
        "the figures of alpha: entries of alpha is damaged",
    ]
    made = reports(summary)
    assert ("left_out", "Figures made of channels leave out Alpha") in notices(made["portfolio_ceo_2026-10"])
    for report_id in ("beta_ceo_2026-10", "portfolio_ceo_2026-10"):
        kpis = {kpi["id"]: kpi for kpi in made[report_id]["kpis"]}
        assert (kpis["live_otas"]["value"], kpis["live_otas"]["unavailable_reason"]) == (None, reason)
    assert summary["deliveries"]["sent"] == len(mails(portfolio)) == 1


def test_a_delivery_that_breaks_off_loses_no_word_of_what_was_made(portfolio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise AuditError("the trail cannot be used")

    monkeypatch.setattr("quarterdeck.steps.strings.send_reports", broken)
    state, summary = run(portfolio, roles=["ceo"], tenants=["portfolio"], deliver=True)
    assert state == "FAILED"
    assert [line["status"] for line in summary["reports"]] == ["filed"]
    assert told(summary) == ["the delivery: the trail cannot be used"]
    [latest, *_] = open_parts(portfolio).audit.runs()
    assert latest.outcome is not None
    assert latest.outcome["problems"] == ["the delivery: the trail cannot be used"]


def test_the_last_good_reading_stands_in_and_the_run_fails_all_the_same(portfolio: Path) -> None:
    portfolio.write_text(portfolio.read_text("utf-8").replace("- id: books\n", "- id: books\n        on_failure: last_good\n"))
    _, before = run(portfolio, tenants=["alpha"], roles=["cfo"])
    (portfolio.parent / "alpha" / "bank.csv").unlink()
    state, summary = run(portfolio, tenants=["alpha"], roles=["cfo"])
    assert state == "FAILED"
    assert len(told(summary)) == 1
    then, now = (reports(each)["alpha_cfo_2026-10"] for each in (before, summary))
    assert [kpi["value"] for kpi in then["kpis"]] == [kpi["value"] for kpi in now["kpis"]]
    assert (then["grade"], now["grade"]) == ("B", "C")
    assert notices(now)[0][0] == "stale"


def test_what_prefect_keeps_of_a_run_is_plain_and_names_nobody(portfolio: Path) -> None:
    (portfolio.parent / "alpha" / "bank.csv").unlink()
    run(portfolio, tenants=["alpha"], roles=["cfo"], deliver=True)
    results = [file.read_text("utf-8") for file in (portfolio.parent / ".quarterdeck" / "results").iterdir()]
    assert len(results) >= 5  # three pulls that went well, the figures, the report
    for text in results:
        assert json.loads(text)["metadata"]["serializer"]["type"] == "json"
        assert "example.com" not in text
        assert "Bob Customer" not in text
