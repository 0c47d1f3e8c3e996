"""The flow, on a real Prefect server: fan-out, partial failure, once-only delivery."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from prefect.exceptions import ParameterTypeError

from flows.executive_reports import executive_reports
from quarterdeck.errors import ConfigError
from quarterdeck.steps.summary import RunFailedError
from quarterdeck.steps.trail import deliveries, story, verify
from quarterdeck.wiring import open_parts

REPORTS = 15  # two companies and the portfolio, five roles each


def run(config: Path, **given: Any) -> tuple[str, dict[str, Any]]:
    """One run of October 2026: the final state's type and the summary."""
    state: Any = executive_reports(**{"config": str(config), "period": "2026-10", **given}, return_state=True)
    result = state.result(raise_on_failure=False)
    if isinstance(result, RunFailedError):
        result = result.summary
    if isinstance(result, BaseException):
        raise result
    return state.type.value, result


def mails(config: Path) -> list[Path]:
    return sorted((config.parent / ".quarterdeck" / "outbox").glob("*.eml"))


def test_a_run_files_every_report_and_sends_nothing_unasked(portfolio: Path) -> None:
    state, summary = run(portfolio)
    assert state == "COMPLETED"
    assert [line["status"] for line in summary["reports"]] == ["filed"] * REPORTS
    assert not mails(portfolio)
    assert summary["deliveries"]["planned"] == 3
    for line in summary["reports"]:
        assert set(line["paths"]) >= {"json", "html", "txt", "pdf"}
        assert all(Path(path).stat().st_size for path in line["paths"].values())


def test_figures_are_those_worked_out_by_hand(portfolio: Path) -> None:
    _, summary = run(portfolio, tenants=["alpha"], roles=["cfo"])
    [line] = summary["reports"]
    report = json.loads(Path(line["paths"]["json"]).read_text(encoding="utf-8"))
    kpis = {kpi["id"]: kpi for kpi in report["kpis"]}
    assert kpis["net_revenue"]["value"] == {"minor": 100_000, "currency": "USD"}
    assert kpis["net_revenue"]["previous"] == {"minor": 80_000, "currency": "USD"}
    # 10,000 opening, 2,700 in and 4,600 out since
    assert kpis["cash"]["value"] == {"minor": 810_000, "currency": "USD"}
    # August burned 600.00, September 700.00, October 600.00: 633.33 a month, over the target of 500.00
    assert kpis["net_burn"]["value"] == {"minor": 63_333, "currency": "USD"}
    assert kpis["net_burn"]["state"] == "bad"


def test_a_second_run_delivers_nothing_and_says_so(portfolio: Path) -> None:
    _, first = run(portfolio, deliver=True)
    assert first["deliveries"]["sent"] == 3
    sent = {path.name: path.read_bytes() for path in mails(portfolio)}
    assert len(sent) == 3
    _, second = run(portfolio, deliver=True)
    assert second["deliveries"]["sent"] == 0
    assert second["deliveries"]["already"] == 3
    assert {path.name: path.read_bytes() for path in mails(portfolio)} == sent
    assert [a["revision"] for a in first["reports"]] == [b["revision"] for b in second["reports"]]


def test_the_trail_tells_who_was_told_what(portfolio: Path) -> None:
    run(portfolio, deliver=True)
    parts = open_parts(portfolio)
    rows = deliveries(parts)
    assert {(row["report_id"], row["reader"], row["state"]) for row in rows} == {
        ("alpha_cfo_2026-10", "archive@example.com", "sent"),
        ("alpha_cfo_2026-10", "cfo@example.com", "sent"),
        ("portfolio_ceo_2026-10", "owner@example.com", "sent"),
    }
    told = story(parts, "alpha_cfo_2026-10")
    [revision] = told["revisions"]
    assert {snapshot["table"] for snapshot in revision["snapshots"]} >= {"entries", "accounts", "tenant"}
    assert verify(parts)["ok"]


def test_a_source_that_is_gone_takes_its_figures_with_it_and_stops_nobody(portfolio: Path) -> None:
    (portfolio.parent / "alpha" / "bank.csv").unlink()
    state, summary = run(portfolio)
    assert state == "FAILED"
    assert [line["status"] for line in summary["reports"]] == ["filed"] * REPORTS
    [problem] = summary["problems"]
    assert problem["where"] == {"file": "alpha/bank.csv", "line": None, "column": None}
    assert problem["remedy"]
    reports = {line["report_id"]: json.loads(Path(line["paths"]["json"]).read_text()) for line in summary["reports"]}
    cfo = reports["alpha_cfo_2026-10"]
    assert cfo["data_notice"][0]["kind"] == "missing"
    kpis = {kpi["id"]: kpi for kpi in cfo["kpis"]}
    assert kpis["cash"]["value"] is None
    assert "bank.csv" in kpis["cash"]["unavailable_reason"]
    assert any(finding["rule"] == "source_failed" for finding in cfo["findings"])
    assert not any(notice["kind"] == "missing" for notice in reports["beta_cfo_2026-10"]["data_notice"])


def test_a_required_source_holds_its_reports_back_and_nothing_of_them_is_sent(portfolio: Path) -> None:
    portfolio.write_text(portfolio.read_text().replace("{id: code, kind", "{id: code, required: true, kind"))
    (portfolio.parent / "alpha" / "code").rename(portfolio.parent / "elsewhere")
    state, summary = run(portfolio, deliver=True)
    assert state == "FAILED"
    status = {line["report_id"]: line["status"] for line in summary["reports"]}
    assert {status[f"alpha_{role}_2026-10"] for role in ("ceo", "cto", "cfo", "cmo", "accounting")} == {"blocked"}
    assert status["beta_cto_2026-10"] == status["portfolio_ceo_2026-10"] == "filed"
    assert summary["deliveries"]["sent"] == 1


def test_the_same_snapshots_give_the_same_bytes_in_another_home(portfolio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, first = run(portfolio)
    first_bytes = {name: Path(path).read_bytes() for line in first["reports"] for name, path in _named(line)}
    (portfolio.parent / ".quarterdeck").rename(portfolio.parent / "before")
    open_parts.__globals__["_open"].cache_clear()
    _, second = run(portfolio)
    assert {name: Path(path).read_bytes() for line in second["reports"] for name, path in _named(line)} == first_bytes


def _named(line: dict[str, Any]) -> list[tuple[str, str]]:
    return [(f"{line['report_id']}.{kind}", path) for kind, path in line["paths"].items()]


def test_next_month_remembers_what_this_month_found(portfolio: Path) -> None:
    bank = portfolio.parent / "alpha" / "bank.csv"
    bank.write_text(bank.read_text() + "2026-11-05,3000.00,Ann Customer\n")
    portfolio.write_text(portfolio.read_text().replace("2026-10-31", "2026-11-30"))
    run(portfolio, tenants=["alpha"])
    channels = portfolio.parent / "alpha" / "channels.csv"
    channels.write_text(channels.read_text().replace("ota,false,false", "ota,true,true"))
    _, summary = run(portfolio, period="2026-11", tenants=["alpha"], roles=["cmo"])
    [line] = summary["reports"]
    report = json.loads(Path(line["paths"]["json"]).read_text())
    found = {finding["rule"]: finding for finding in report["findings"]}
    assert found["ota_listing_missing"]["state"] == "fixed"
    assert found["ota_listing_missing"]["first_seen"] == "2026-10"
    assert {promise["outcome"] for promise in report["promises"]} >= {"done"}
    kpis = {kpi["id"]: kpi for kpi in report["kpis"]}
    assert (kpis["live_otas"]["previous"], kpis["live_otas"]["value"]) == ("0", "1")


@pytest.mark.parametrize(
    ("given", "what"),
    [({"tenants": ["gamma"]}, "gamma"), ({"roles": ["cook"]}, "cook"), ({"tenants": ["beta"], "deliver": True}, "reader")],
)
def test_bad_input_ends_before_anything_is_written(portfolio: Path, given: dict[str, Any], what: str) -> None:
    with pytest.raises(
        (ConfigError, ParameterTypeError), match=f"{what}|roles"
    ):  # what the form knows is refused before the flow begins
        run(portfolio, **given)
    assert not (portfolio.parent / ".quarterdeck").exists()
