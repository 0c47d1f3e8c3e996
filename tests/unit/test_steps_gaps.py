"""A source that gives a part of its tables: what it gave is used, what it could not is missing with its reason everywhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from quarterdeck.errors import Problem, SourceError
from quarterdeck.snapshots import Gap, Manifest
from quarterdeck.snapshots.manifest import decode
from quarterdeck.sources import MissingTable, Options, Pulled, Window
from quarterdeck.sources.inventories import Inventories
from quarterdeck.steps.outcome import gap_problems, read_outcome, write_outcome
from quarterdeck.steps.plan import Plan
from quarterdeck.steps.pull import Failure, pull
from quarterdeck.steps.pulls import pulls_of
from quarterdeck.steps.unfinished import kept_pulls
from quarterdeck.wiring import Parts
from tests import mini
from tests.reporting import basis_of, parts_of, report

GAP = Gap("channels", "AWS denies lambda:ListFunctions", "allow it")
_WHOLE = Inventories.pull


def _in_part(options: Options, window: Window) -> Pulled:
    """The inventories as they are, but for the channels."""
    pulled = _WHOLE(options, window)  # type: ignore[arg-type]
    tables = tuple(table for table in pulled.tables if table.name != GAP.table)
    return Pulled(tables, (MissingTable(GAP.table, GAP.reason, GAP.remedy),) if len(tables) < len(pulled.tables) else ())


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = mini.make(tmp_path)
    (tmp_path / "alpha/prices.csv").write_text(
        "product,unit,price,variable_cost,currency,is_main\nTour,charter,1000.00,,USD,yes\n"
    )
    text = file.read_text()
    file.write_text(text.replace("channels: alpha/channels.csv}", "channels: alpha/channels.csv, prices: alpha/prices.csv}", 1))
    return file


@pytest.fixture
def parts(config: Path) -> Parts:
    return parts_of(config)


def _pull(parts: Parts, *, as_of_then: bool = False) -> Manifest:
    return pull(parts, "alpha", "inventory", parts.period("alpha", "2026-10"), as_of_then=as_of_then)


def _break(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Inventories, "pull", staticmethod(_in_part))


def test_what_was_given_is_committed_with_what_was_not(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    _break(monkeypatch)
    made = _pull(parts)
    assert [table.table for table in made.tables] == ["prices"]
    assert made.missing == (GAP,)
    assert parts.snapshots.current("alpha", "2026-10", "inventory") == made
    assert read_outcome(write_outcome(made)) == made
    assert gap_problems(made) == [
        Problem(f"source inventory of alpha could not give channels: {GAP.reason}", remedy=GAP.remedy)
    ]
    assert gap_problems(Failure("inventory", "inventories", ("prices",), "gone", "", False)) == []


def test_tables_that_are_missing_for_one_reason_are_one_problem(parts: Parts) -> None:
    made = replace(_pull(parts), missing=(GAP, replace(GAP, table="rates"), Gap("assets", "throttled")))
    assert [problem.what for problem in gap_problems(made)] == [
        f"source inventory of alpha could not give channels, rates: {GAP.reason}",
        "source inventory of alpha could not give assets: throttled",
    ]


def test_only_what_is_missing_takes_figures_with_it(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _break(monkeypatch)
    made = report(config, "alpha", "cmo")
    reason = f"source inventory could not give channels: {GAP.reason}"
    assert made.kpi("live_channels")["unavailable_reason"] == reason
    assert Problem(f"source inventory of alpha could not give channels: {GAP.reason}", remedy=GAP.remedy) in made.problems
    told = [text for kind, text in made.notices() if kind == "missing"]
    assert told[0] == f"Source inventory could not give channels: {GAP.reason}"
    assert not any("prices" in text for text in told)
    found = {finding["rule"] for finding in report(config, "alpha", "cto").findings}
    assert "source_in_part" in found
    assert "source_failed" not in found


def test_a_report_whose_required_source_gave_a_part_is_held_back(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _break(monkeypatch)
    config.write_text(config.read_text().replace("{id: inventory, kind", "{id: inventory, required: true, kind", 1))
    with pytest.raises(Exception, match="required source inventory could not be read: AWS denies"):
        report(config, "alpha", "cmo")


def test_an_earlier_reading_stands_in_where_it_may(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.write_text(config.read_text().replace("{id: inventory, kind", "{id: inventory, on_failure: last_good, kind", 1))
    parts = parts_of(config)
    whole = _pull(parts)
    _break(monkeypatch)
    tenant = parts.settings.tenant("alpha")
    rows = pulls_of(parts, tenant, parts.period("alpha", "2026-10"), [_pull(parts)], ()).to_pylist()
    own = {row["table"]: row for row in rows if row["source"] == "inventory"}
    assert {table: row["status"] for table, row in own.items()} == {"prices": "read", "channels": "last_good"}
    earlier = whole.find("channels")
    assert earlier is not None
    assert own["channels"]["digest"] == earlier.digest
    assert own["channels"]["reason"] == GAP.reason
    assert own["channels"]["read_at"] == whole.pulled_at


def test_what_was_given_in_part_is_pulled_again_by_a_retry(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Plan("2026-10", ("alpha",), (("alpha", "cmo"),))
    basis_of(parts, "alpha")
    assert ("alpha", "inventory") in kept_pulls(parts, plan)
    _break(monkeypatch)
    basis_of(parts, "alpha")
    assert ("alpha", "inventory") not in kept_pulls(parts, plan)
    assert ("alpha", "books") in kept_pulls(parts, plan)


def test_a_source_of_the_present_has_the_past_only_from_its_own_time(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Inventories, "only_now", staticmethod(lambda options: True), raising=False)
    monkeypatch.setattr(Inventories, "states", staticmethod(lambda options: ()))
    with pytest.raises(SourceError, match="known only as it stands now, not as of 2026-11-01"):
        _pull(parts, as_of_then=True)
    now = _pull(parts)
    assert _pull(parts, as_of_then=True) == now
    later = Parts(parts.settings, lambda: parts.clock().replace(year=2027))
    assert _pull(later, as_of_then=True).pulled_at == now.pulled_at


def test_manifests_of_the_first_version_are_read() -> None:
    """Written by the version before `missing`, byte for byte."""
    first = (
        b'{"kind":"inventories","period":"2026-10","pulled_at":"2026-11-24T15:00:00+00:00",'
        b'"sha256":"e3cede431d762b17a6ea30c610abb3ab2c01a0fd128fe65d9b67827c94137bcf","source":"inventory","tables":'
        b'[{"covers_from":null,"covers_to":null,"digest":"%b","rejected":1,"rows":2,"schema":"%b","table":"channels",'
        b'"watermark":null}],"tenant":"alpha","version":1}\n'
    ) % (b"ab" * 32, b"cd" * 32)
    found = decode(first)
    assert found.missing == ()
    assert [table.table for table in found.tables] == ["channels"]
