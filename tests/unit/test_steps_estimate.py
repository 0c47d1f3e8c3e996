"""What a backfill will cost is told before its first pull, added up over sources, tenants and periods."""

from __future__ import annotations

import json
import logging
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from flows.past import make_past
from flows.plain import Plain, in_threads
from flows.running import Pending
from quarterdeck.errors import SourceError
from quarterdeck.sources import SOURCES, Estimate, Options, Pulled, Window
from quarterdeck.steps.estimate import Expected, Expense, expected_of
from quarterdeck.steps.plan import Plan
from quarterdeck.steps.summary import RunSummary
from quarterdeck.wiring import Parts, open_parts
from tests.mini import make

SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "run.schema.json"
PLANS = tuple(Plan(period, ("alpha", "beta"), (("beta", "cmo"),)) for period in ("2026-08", "2026-09", "2026-10"))


class TollOptions(Options):
    requests: int = 0


class Toll:
    """A source that a test is charged for; with no requests it is free, with less than none it cannot tell."""

    kind = "toll"
    Options = TollOptions

    @staticmethod
    def provides(options: TollOptions) -> tuple[str, ...]:
        return ()

    @staticmethod
    def states(options: TollOptions) -> tuple[str, ...]:
        return ()

    @staticmethod
    def estimate(options: TollOptions, window: Window) -> Estimate | None:
        if options.requests < 0:
            raise SourceError("no such bucket")
        months = window.period.start.month
        return Estimate(options.requests, months * Decimal("0.001"), "questions") if options.requests else None

    @staticmethod
    def pull(options: TollOptions, window: Window) -> Pulled:
        return Pulled()


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    list(SOURCES)
    monkeypatch.setitem(SOURCES._entries, "toll", Toll)
    return make(tmp_path)


def opened(config: Path, alpha: int, beta: int) -> Parts:
    text = config.read_text("utf-8")
    for tenant, requests in (("alpha", alpha), ("beta", beta)):
        line = f"- {{id: inventory, kind: inventories, channels: {tenant}/channels.csv}}"
        text = text.replace(line, f"{line}\n      - {{id: gate, kind: toll, requests: {requests}}}")
    config.write_text(text, "utf-8")
    return open_parts(config)


def test_requests_and_dollars_are_added_up_over_periods_and_tenants(config: Path) -> None:
    expected = expected_of(opened(config, 2, 5), PLANS)
    # August, September and October: 0.008 + 0.009 + 0.010
    assert expected == Expected(
        (
            Expense("alpha", "gate", 3, 6, Decimal("0.027"), "questions"),
            Expense("beta", "gate", 3, 15, Decimal("0.027"), "questions"),
        )
    )
    assert (expected.requests, expected.usd) == (21, Decimal("0.054"))
    assert str(expected) == "services that charge will be asked 21 times, for about 0.06 USD"
    assert str(expected.sources[0]) == "source gate of alpha: 3 periods, 6 requests, 0.03 USD: questions"


def test_what_costs_nothing_has_no_estimate(config: Path) -> None:
    assert expected_of(opened(config, 0, 0), PLANS) is None


def test_an_estimate_that_cannot_be_made_is_told_and_stops_no_other(config: Path) -> None:
    expected = expected_of(opened(config, -1, 1), PLANS[:1])
    assert expected is not None
    assert [str(each) for each in expected.sources] == [
        "source gate of alpha: 1 period, 0 requests, 0.00 USD: not known: no such bucket",
        "source gate of beta: 1 period, 1 request, 0.01 USD: questions",
    ]


def test_a_portfolio_without_such_sources_has_none(tmp_path: Path) -> None:
    assert expected_of(open_parts(make(tmp_path)), PLANS) is None


class Watched(Plain):
    """An engine that remembers what came in which order."""

    events: list[str]

    def expect(self, expected: Expected) -> None:
        self.events.append(f"expect {expected.requests}")

    def pull(self, config: str, tenant: str, source: str, period: str, as_of_then: bool) -> Pending:
        self.events.append(f"pull {period}")
        return super().pull(config, tenant, source, period, as_of_then)


def backfill(parts: Parts, caplog: pytest.LogCaptureFixture, *, again: bool = False) -> tuple[RunSummary, list[str]]:
    with caplog.at_level(logging.INFO, "quarterdeck.run"), Watched() as engine:
        engine.events = []
        plans = tuple(Plan(todo.period, ("beta",), todo.reports) for todo in PLANS[-2:])
        summary = make_past(engine, parts, plans, in_threads(engine, parts), deliver=False, again=again, ahead=1)
        return summary, engine.events


def test_a_backfill_tells_before_its_first_pull_what_is_yet_to_be_paid(config: Path, caplog: pytest.LogCaptureFixture) -> None:
    parts = opened(config, 0, 5)
    summary, events = backfill(parts, caplog)
    assert events[0] == "expect 10"
    assert set(events[1:]) == {"pull 2026-09", "pull 2026-10"}
    assert any("asked 10 times, for about 0.02 USD" in line for line in caplog.messages)
    told = summary.as_dict()
    assert told["estimate"]["usd"] == "0.019"
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(told)
    assert RunSummary.of(told).estimate == told["estimate"] == Expected.of(told["estimate"]).as_dict()


def test_periods_that_are_made_already_cost_nothing(config: Path, caplog: pytest.LogCaptureFixture) -> None:
    inventory = "- {id: inventory, kind: inventories, channels: beta/channels.csv}"  # as of then, it is in no repository
    config.write_text(config.read_text("utf-8").replace(inventory, "- {id: gate, kind: toll, requests: 5}"), "utf-8")
    parts = open_parts(config)
    first, events = backfill(parts, caplog)
    assert first.went_well, first.problems
    assert events[0] == "expect 10"
    second, events = backfill(parts, caplog)
    assert (events, second.estimate) == ([], None)
    _, events = backfill(parts, caplog, again=True)
    assert events[0] == "expect 10"
