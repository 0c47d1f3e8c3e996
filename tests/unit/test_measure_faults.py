"""Code that fails on a tenant's data: it is told, it takes nothing else with it, and it proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from quarterdeck.kpis import Kpi
from quarterdeck.measure import findings, values
from quarterdeck.measure.faults import Fault, fault_rows, read_faults, reason_of
from quarterdeck.measure.findings import judge
from quarterdeck.measure.inputs import Inputs
from quarterdeck.measure.values import measure
from quarterdeck.model import Finding, Grade, State, Unit
from quarterdeck.rules import Hit, Rule
from tests.asking import kpi
from tests.engine import Own, a_kpi, a_rule, tables
from tests.tables import OCTOBER, at, frame

FLEET = Inputs(tables({"assets": frame("assets", [{}, {}])}))


def worked_out(monkeypatch: pytest.MonkeyPatch, *kpis: Kpi) -> values.Measured:
    monkeypatch.setattr(values, "KPIS", Own("kpis", a_kpi("boats", lambda assets, at: len(assets)), *kpis))
    return measure(FLEET, OCTOBER, {})


def asked(monkeypatch: pytest.MonkeyPatch, *rules: Rule, earlier: Iterable[Finding] = (), **rest: Any) -> findings.Judged:
    monkeypatch.setattr(findings, "RULES", Own("rules", a_rule("well", lambda: [Hit("x")]), *rules))
    monkeypatch.setattr(findings, "KPIS", Own("kpis", a_kpi("boats", lambda assets, at: 1)))
    return judge("marlin", FLEET, (kpi("boats", 1),), rest.pop("at", OCTOBER), tuple(earlier), **rest)


# --- KPIs -------------------------------------------------------------------------------------------------------------


def test_a_kpi_that_fails_is_unavailable_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = worked_out(monkeypatch, a_kpi("broken", lambda assets, at: 1 // 0))
    boats, broken = measured.values
    assert (boats.id, boats.value) == ("boats", 2)
    assert (broken.value, broken.state, broken.grade) == (None, State.UNAVAILABLE, Grade.D)
    assert broken.unavailable_reason.startswith("its code failed with ZeroDivisionError")
    assert measured.faults == (Fault("kpi", "broken", broken.unavailable_reason),)


@pytest.mark.parametrize(
    ("unit", "given"),
    [
        *((Unit.COUNT, given) for given in (1.5, np.int64(3), np.float64(0.5), True, None, "3", Decimal("NaN"), float("nan"))),
        *((Unit.MONEY, given) for given in (1.5, Decimal("1.5"), Decimal(1), None, "3", float("inf"))),
    ],
)
def test_what_is_no_figure_is_a_fault(monkeypatch: pytest.MonkeyPatch, unit: Unit, given: Any) -> None:
    measured = worked_out(monkeypatch, a_kpi("odd", lambda assets, at: given, unit=unit))
    assert [(fault.part, fault.id) for fault in measured.faults] == [("kpi", "odd")]
    assert {value.id: value.value for value in measured.values} == {"boats": 2, "odd": None}


def test_a_kpi_that_only_lacks_data_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = worked_out(monkeypatch, a_kpi("poor", lambda budget, at: 1))
    assert measured.faults == ()
    assert measured.values[1].unavailable_reason == "not collected: no source provides budget"


# --- rules ------------------------------------------------------------------------------------------------------------


def late(assets: Any) -> Iterable[Hit]:
    yield Hit("x")
    raise KeyError("column")


@pytest.mark.parametrize(
    "find",
    [
        late,
        lambda assets: [Hit("x", {"share": 0.5})],  # type: ignore[dict-item]
        lambda assets: [Hit("x", evidence=({"rows": np.int64(3)},))],  # type: ignore[dict-item]
        lambda assets: [None],
        lambda assets: None,
    ],
)
def test_a_rule_that_fails_is_silent_and_told(monkeypatch: pytest.MonkeyPatch, find: Callable[..., Any]) -> None:
    judged = asked(monkeypatch, a_rule("broken", find))
    assert [finding.rule for finding in judged.findings] == ["well"]  # and not half of what the other one said
    assert [(fault.part, fault.id) for fault in judged.faults] == [("rule", "broken")]
    assert judged.silent == {"broken": judged.faults[0].reason}


def test_a_rule_that_fails_fixes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    good = asked(monkeypatch, a_rule("idle", lambda assets: [Hit("barge")]), at=at("2026-09"))
    now = asked(monkeypatch, a_rule("idle", late), earlier=good.findings)
    assert {finding.rule: (finding.state.value, finding.first_seen) for finding in now.findings} == {
        "well": ("persisting", "2026-09"),
        "idle": ("unchecked", "2026-09"),
    }


@pytest.mark.parametrize("named", [("boats",), ()])
def test_a_kpi_that_failed_proves_nothing_either(monkeypatch: pytest.MonkeyPatch, named: tuple[str, ...]) -> None:
    few = a_rule("few", lambda kpis: [Hit("boats")], kpis=named)
    good = asked(monkeypatch, few, at=at("2026-09"))
    none = a_rule("few", lambda kpis: [], kpis=named)
    now = asked(monkeypatch, none, earlier=good.findings, broken=("boats",))
    assert {finding.rule: finding.state.value for finding in now.findings} == {"well": "persisting", "few": "unchecked"}
    assert now.silent == ({"few": "the KPI boats failed"} if named else {})
    well = asked(monkeypatch, none, earlier=good.findings)
    assert {finding.rule: finding.state.value for finding in well.findings} == {"well": "persisting", "few": "fixed"}


# --- told -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ZeroDivisionError("division by zero"), "its code failed with ZeroDivisionError: division by zero"),
        (ValueError("first line\n  second\tline"), "its code failed with ValueError: first line second line"),
        (KeyError(), "its code failed with KeyError"),
    ],
)
def test_an_error_in_one_line(error: Exception, said: str) -> None:
    assert reason_of(error) == said


def test_a_long_error_is_cut() -> None:
    assert len(reason_of(ValueError("x" * 5000))) < 300


def test_faults_come_back_as_they_went_in() -> None:
    faults = (Fault("kpi", "cash", "its code failed"), Fault("rule", "late_books", "its code failed with KeyError: 'x'"))
    assert read_faults(fault_rows(faults)) == faults
    assert read_faults(fault_rows(())) == ()
