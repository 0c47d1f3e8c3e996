"""Snapshot to figures to report, where something fails: what goes with it, what stays, and that both are said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from quarterdeck.errors import SnapshotError
from quarterdeck.kpis import KPIS
from quarterdeck.rules import RULES, Hit
from quarterdeck.steps.measure import measure_tenant
from tests import mini
from tests.reporting import Report, report


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return mini.make(tmp_path)


@pytest.fixture
def breaks(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put another function in the place of a KPI's or a rule's own."""

    def put(id: str, function: Callable[..., Any]) -> None:
        if id in KPIS:
            monkeypatch.setitem(KPIS._entries, id, replace(KPIS.get(id), compute=function))
        else:
            monkeypatch.setitem(RULES._entries, id, replace(RULES.get(id), find=function))

    return put


def fail(**_: Any) -> Any:
    raise ZeroDivisionError("nothing to\ndivide by")


DECEMBER = datetime(2026, 12, 3, tzinfo=UTC)


def told(made: Report) -> list[str]:
    return [str(problem) for problem in made.problems]


# --- a KPI or rule whose code fails -----------------------------------------------------------------------------------


def test_a_kpi_that_fails_is_unavailable_and_every_other_figure_is_there(config: Path, breaks: Callable[..., None]) -> None:
    before = report(config, "alpha", "cfo")
    breaks("gross_margin", fail)
    config.write_text(config.read_text("utf-8").replace("name: Alpha", "name: Alpha Boats"), "utf-8")  # work it out anew
    made = report(config, "alpha", "cfo")
    assert made.kpi("gross_margin")["value"] is None
    assert made.kpi("gross_margin")["unavailable_reason"] == "its code failed with ZeroDivisionError: nothing to divide by"
    others = [id for id in made.kpis if id != "gross_margin"]
    assert [made.kpi(id)["value"] for id in others] == [before.kpi(id)["value"] for id in others]
    assert made.notices()[0] == (
        "missing",
        "Gross margin could not be worked out: its code failed with ZeroDivisionError: nothing to divide by",
    )
    assert [problem.what for problem in made.problems] == [
        "kpi gross_margin of alpha: its code failed with ZeroDivisionError: nothing to divide by"
    ]


def test_a_fault_is_told_again_by_every_run_until_it_is_mended(config: Path, breaks: Callable[..., None]) -> None:
    intact = KPIS.get("gross_margin").compute
    breaks("gross_margin", fail)
    assert told(report(config, "alpha", "cfo")) == told(report(config, "alpha", "cfo")) != []
    breaks("gross_margin", intact)
    assert report(config, "alpha", "cfo").kpi("gross_margin")["value"] == "0.9"


@pytest.mark.parametrize("figure", [0.5, float("nan"), Decimal("NaN"), None, "12", pd.NA])
def test_a_figure_that_is_none_is_a_fault_of_its_kpi_alone(config: Path, breaks: Callable[..., None], figure: object) -> None:
    breaks("gross_margin", lambda **_: figure)
    breaks("cash", lambda **_: figure)
    made = report(config, "alpha", "cfo")
    assert made.kpi("gross_margin")["value"] is made.kpi("cash")["value"] is None
    assert made.kpi("net_revenue")["value"] == {"minor": 100_000, "currency": "USD"}
    assert len(told(made)) == 2


def test_what_a_failing_kpi_would_show_is_neither_found_nor_fixed(config: Path, breaks: Callable[..., None]) -> None:
    books = config.parent / "alpha" / "bank.csv"
    rows = books.read_text("utf-8")
    report(config, "alpha", "cfo")
    books.write_text(rows + "2026-11-05,9000.00,Ann Customer\n", "utf-8")  # which mends burn and break-even
    config.write_text(config.read_text("utf-8").replace("2026-10-31", "2026-11-30"), "utf-8")
    breaks("net_burn", fail)
    breaks("break_even_revenue", fail)
    made = report(config, "alpha", "cfo", "2026-11", DECEMBER)
    states = {finding["rule"]: finding["state"] for finding in made.findings}
    assert "kpi_off_target" not in states
    assert "below_break_even" not in states
    assert states["loss_three_periods"] == "fixed"
    assert {promise["outcome"] for promise in made.document["promises"] if "burn" in promise["what"]} == {"late"}


def test_a_rule_that_fails_takes_no_other_with_it_and_fixes_nothing(config: Path, breaks: Callable[..., None]) -> None:
    report(config, "alpha", "cfo", "2026-09")
    breaks("billing_model_missing", fail)
    made = report(config, "alpha", "cfo")
    assert "billing_model_missing" not in {finding["rule"] for finding in made.findings}
    assert "budget_missing" in {finding["rule"] for finding in made.findings}
    assert made.notices()[0] == (
        "missing",
        "Nobody could check for billing_model_missing: its code failed with ZeroDivisionError: nothing to divide by",
    )
    assert len(told(made)) == 1


def test_a_fact_that_cannot_be_stored_is_a_fault_of_its_rule(config: Path, breaks: Callable[..., None]) -> None:
    breaks("billing_model_missing", lambda **_: [Hit("model", {"share": 0.5})])  # type: ignore[dict-item]
    made = report(config, "alpha", "cfo")
    assert "budget_missing" in {finding["rule"] for finding in made.findings}
    assert "billing_model_missing" in told(made)[0]


# --- a member whose figures are not there -----------------------------------------------------------------------------


def test_the_portfolio_says_whom_it_leaves_out(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_alpha(parts: Any, tenant: str, *rest: Any, **more: Any) -> Any:
        if tenant == "alpha":
            raise SnapshotError("alpha's snapshots are damaged")
        return measure_tenant(parts, tenant, *rest, **more)

    monkeypatch.setattr("quarterdeck.steps.preview.measure_tenant", without_alpha)
    made = report(config, "portfolio", "cmo")
    assert told(made) == ["the figures of alpha: alpha's snapshots are damaged"]
    assert made.kpi("live_otas")["value"] == "0"
    assert (made.kpi("live_otas")["grade"], made.document["grade"]) == ("C", "C")
    assert ("left_out", "Figures made of channels leave out Alpha") in made.notices()
    assert (
        "missing",
        "Source inventory of Alpha could not be read, so channels are missing: the figures of Alpha could not be worked out",
    ) in made.notices()
    cfo = report(config, "portfolio", "cfo")
    assert cfo.kpi("cash")["unavailable_reason"] == (
        "source books could not be read: the figures of Alpha could not be worked out"
    )


# --- an earlier reading that stands in --------------------------------------------------------------------------------


@pytest.fixture
def lenient(config: Path) -> Path:
    config.write_text(
        config.read_text("utf-8").replace("- id: books\n", "- id: books\n        on_failure: last_good\n"), "utf-8"
    )
    return config


def test_the_last_good_reading_of_the_same_period_stands_in_where_it_may(lenient: Path) -> None:
    first = report(lenient, "alpha", "cfo")
    (lenient.parent / "alpha" / "bank.csv").unlink()
    made = report(lenient, "alpha", "cfo")
    assert made.kpi("cash")["value"] == first.kpi("cash")["value"] == {"minor": 810_000, "currency": "USD"}
    assert (first.kpi("cash")["grade"], made.kpi("cash")["grade"], made.document["grade"]) == ("B", "C", "C")
    assert ("bank.csv" in told(made)[0], len(made.problems)) == (True, 1)
    day = "Nov 24, 2026"  # when the tests' clock stands
    assert made.notices()[0] == (
        "stale",
        "Source books could not be read, so accounts, bank_balances, bank_lines, entries are those of an earlier reading, "
        f"of {day}: "
        "alpha/bank.csv: there is no such file",
    )
    rules = {finding["rule"] for finding in report(lenient, "alpha", "cto").findings}
    assert "source_last_good" in rules
    assert "source_failed" not in rules


def test_a_reading_of_another_period_never_stands_in(lenient: Path) -> None:
    report(lenient, "alpha", "cfo", "2026-09")
    (lenient.parent / "alpha" / "bank.csv").unlink()
    assert report(lenient, "alpha", "cfo").kpi("cash")["value"] is None


def test_nothing_stands_in_unless_the_settings_say_so(config: Path) -> None:
    report(config, "alpha", "cfo")
    (config.parent / "alpha" / "bank.csv").unlink()
    made = report(config, "alpha", "cfo")
    assert made.kpi("cash")["value"] is None
    assert made.notices()[0][0] == "missing"


def test_a_required_source_holds_no_report_back_when_an_earlier_reading_stands_in(lenient: Path) -> None:
    lenient.write_text(lenient.read_text("utf-8").replace("last_good\n", "last_good\n        required: true\n"), "utf-8")
    report(lenient, "alpha", "cfo")
    (lenient.parent / "alpha" / "bank.csv").unlink()
    assert report(lenient, "alpha", "cfo").kpi("cash")["value"] == {"minor": 810_000, "currency": "USD"}


def test_the_portfolio_says_that_a_members_reading_is_an_old_one(lenient: Path) -> None:
    report(lenient, "portfolio", "cfo")
    (lenient.parent / "alpha" / "bank.csv").unlink()
    made = report(lenient, "portfolio", "cfo")
    assert (made.kpi("cash")["value"], made.kpi("cash")["grade"]) == ({"minor": 810_000, "currency": "USD"}, "C")
    assert made.notices()[0][1].startswith("Source books of Alpha could not be read, so accounts, ban")


def test_a_damaged_reading_does_not_stand_in(lenient: Path) -> None:
    report(lenient, "alpha", "cfo")
    (lenient.parent / "alpha" / "bank.csv").unlink()
    snapshots = lenient.parent / ".quarterdeck" / "snapshots" / "alpha"
    for file in (snapshots / "manifests" / "2026-10" / "books").iterdir():
        file.write_text("{}", "utf-8")
    made = report(lenient, "alpha", "cfo")
    assert made.kpi("cash")["value"] is None
    assert "bank.csv" in told(made)[0]


# --- books that stop within the period, or do not keep up -------------------------------------------------------------


def test_a_year_that_is_not_over_has_no_burn_of_months_to_come(config: Path) -> None:
    made = report(config, "alpha", "cfo", "2026")
    # As October has it: 600.00, 700.00 and 600.00 burned. A third of October alone would be 200.00, on target.
    assert made.kpi("net_burn")["value"] == {"minor": 63_333, "currency": "USD"}
    assert (made.kpi("net_burn")["state"], made.kpi("net_burn")["grade"]) == ("watch", "C")
    assert made.kpi("net_revenue")["value"] == {"minor": 270_000, "currency": "USD"}
    assert (made.kpi("net_revenue")["previous"], made.kpi("net_revenue")["last_year"]) == (None, None)
    part = "; figures made of them speak of the time up to then, and are compared with no other period"
    assert ("stale", f"The rows of entries end on Oct 31, 2026{part}") in made.notices()
    assert ("stale", f"The rows of commits end on Nov 23, 2026{part}") in made.notices()


def test_a_month_that_is_not_over_shows_no_days_to_come_as_quiet_ones(config: Path) -> None:
    made = report(config, "alpha", "cto", "2026-10", datetime(2026, 10, 14, 15, tzinfo=UTC))
    assert (made.kpi("commits")["value"], made.kpi("commits")["previous"]) == ("2", None)
    assert "The rows of commits end on Oct 13, 2026" in made.notices()[0][1]
    assert made.document["grade"] == "C"


def test_a_member_that_does_not_keep_up_is_left_out_and_named(config: Path) -> None:
    text = config.read_text("utf-8")
    books = text[text.index("      - id: books") : text.index("    roles:\n      cfo")].replace("2026-10-31", "2026-08-31")
    config.write_text(text + books.replace("alpha/bank", "beta/bank"), "utf-8")
    rows = (config.parent / "alpha" / "bank.csv").read_text("utf-8").splitlines()
    (config.parent / "beta" / "bank.csv").write_text("\n".join(rows[:3]) + "\n", "utf-8")
    made = report(config, "portfolio", "cfo")
    assert (made.kpi("cash")["value"], made.kpi("cash")["grade"]) == ({"minor": 810_000, "currency": "USD"}, "C")
    assert ("left_out", "Figures made of entries leave out Beta") in made.notices()
    assert ("stale", "The rows of entries of Beta end on Aug 31, 2026") in made.notices()


# --- what a report says of the machine --------------------------------------------------------------------------------


def test_a_report_names_no_path_of_the_machine(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unforeseen(parts: Any, *_: Any) -> Any:
        raise RuntimeError(f"{parts.settings.root}/alpha/bank.csv\nis locked")

    monkeypatch.setattr("quarterdeck.steps.preview.pull", unforeseen)
    made = report(config, "alpha", "cfo")
    assert "source books could not be read: its code failed with RuntimeError: alpha/bank.csv is locked" in str(
        made.kpis["cash"]
    )
    assert str(config.parent) not in str(made.document)
