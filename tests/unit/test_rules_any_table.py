"""Rules over tables of which only the contract is known: whatever the rows, a rule answers, and in good form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quarterdeck.frames import to_frame
from quarterdeck.kpis import KPIS
from quarterdeck.measure.inputs import MAKERS
from quarterdeck.model import Figure, KpiValue, State, Unit
from quarterdeck.money import Money
from quarterdeck.rules import RULES, Rule
from quarterdeck.schemas import Column, Type, build, schema_of
from tests.asking import ask, kpi
from tests.tables import nothing_of

RULE_LIST = tuple(RULES.all().values())
ANY_KPIS = ("net_burn", "gross_margin", "bus_factor")  # for rules that look at every KPI there is
DERIVED = {"postings": ("entries", "accounts"), "bank_matches": ("entries", "bank_lines")}

# Few texts, so that rows meet in groups and joins; among them what would break a template, a sheet, or a page.
TEXTS = st.sampled_from(["a", "b", "entries", "net_burn", "{share}", "=1+1", "<script>", "Ωμέγα\u202e", "x" * 300])
DAYS = st.dates(date(2024, 6, 1), date(2026, 12, 31))
CELLS: Mapping[Type, st.SearchStrategy[Any]] = {
    Type.TEXT: TEXTS,
    Type.INT: st.integers(0, 40) | st.integers(-(2**53), 2**53),
    Type.RATIO: st.decimals(-2, 2, places=8),
    Type.BOOL: st.booleans(),
    Type.DATE: DAYS,
    Type.TIME: st.datetimes(datetime(2024, 6, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive
}


def cell(column: Column) -> st.SearchStrategy[Any]:
    if column.name in ("currency", "base", "quote"):
        known: st.SearchStrategy[Any] = st.just("USD")
    elif column.allowed:
        known = st.sampled_from(column.allowed)
    elif column.type is Type.TEXT and column.nullable:
        known = TEXTS | st.just(" ")
    else:
        known = CELLS[column.type]
    return st.none() | known if column.nullable else known


@st.composite
def tables(draw: st.DrawFn, name: str) -> pd.DataFrame:
    schema = schema_of(name)
    row = st.fixed_dictionaries({column.name: cell(column) for column in schema.columns})
    unique = (lambda made: tuple(made[key] for key in schema.key)) if schema.key else None
    rows = draw(st.lists(row, max_size=8, unique_by=unique))
    return to_frame(name, build(name, rows), "a")


@st.composite
def values(draw: st.DrawFn, ids: tuple[str, ...]) -> dict[str, KpiValue]:
    return {id: draw(value(id)) for id in ids}


@st.composite
def value(draw: st.DrawFn, id: str) -> KpiValue:
    known = KPIS.get(id)
    figure: st.SearchStrategy[Figure] = st.integers(-100, 100).map(lambda number: Decimal(number) / 4)
    if known.unit is Unit.MONEY:
        figure = st.integers(-(10**12), 10**12).map(lambda minor: Money(minor, "USD"))
    series = tuple(draw(st.lists(st.none() | figure, min_size=1, max_size=5)))
    target = draw(st.none() | figure)
    state = State.NO_TARGET if target is None else draw(st.sampled_from([State.BAD, State.GOOD]))
    return kpi(id, series[-1], unit=known.unit, good=known.direction, target=target, state=state, series=series)


@st.composite
def questions(draw: st.DrawFn, rule: Rule) -> dict[str, Any]:
    asked: dict[str, Any] = {"kpis": draw(values(rule.kpis or ANY_KPIS))} if "kpis" in rule.parameters else {}
    for table in sorted({base for name in rule.tables for base in DERIVED.get(name, (name,))}):
        asked[table] = draw(tables(table))
    asked |= {name: MAKERS[name](*(asked[base] for base in DERIVED[name])) for name in rule.tables if name in DERIVED}
    return asked


@pytest.mark.parametrize("rule", RULE_LIST, ids=[rule.id for rule in RULE_LIST])
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_a_rule_answers_in_good_form_whatever_the_rows(rule: Rule, data: st.DataObject) -> None:
    asked = data.draw(questions(rule))
    before = {name: table.copy(deep=True) for name, table in asked.items() if isinstance(table, pd.DataFrame)}
    first = ask(rule.id, **asked)  # holds subjects, facts, evidence and sentences against the contract
    assert ask(rule.id, **asked) == first
    for name, table in before.items():  # other rules are asked about the same frames
        pd.testing.assert_frame_equal(asked[name], table)


@pytest.mark.parametrize("rule", RULE_LIST, ids=[rule.id for rule in RULE_LIST])
def test_a_rule_answers_without_a_single_row(rule: Rule) -> None:
    asked: dict[str, Any] = {name: nothing_of(name) for name in rule.tables}
    ask(rule.id, **asked)
