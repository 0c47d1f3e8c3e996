"""The KPIs of statements and of the group, against SQL on DuckDB made from their definitions, over books of any kind."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from importlib import import_module
from typing import Any

from hypothesis import given, is_hypothesis_test, settings
from hypothesis import strategies as st

from quarterdeck.books import CURRENT_ASSETS, CURRENT_LIABILITIES, MONETARY_LINES, RESULT_LINES
from quarterdeck.frames import Tables
from quarterdeck.kpis import KPIS
from quarterdeck.measure.portfolio import put_together
from quarterdeck.model import Unavailable
from quarterdeck.money import Money
from tests import any_books
from tests.any_books import asked, numbered
from tests.engine import tables
from tests.tables import OCTOBER, together
from tests.unit.test_consolidation import EVERYTHING, GROUP_BOOKS, PERIOD, QUOTES, ROUNDED, any_group, of

ANY = st.lists(any_books.entries(), max_size=10)
QUICK, LOANS = ("cash", "clearing", "receivables"), ("short_term_loans", "loans")
ASSETS_AND_DEBTS = tuple(line for line in any_books.LINES if line not in (*RESULT_LINES, "equity"))
PAST, MONTH = "date < DATE '2026-11-01'", "date >= DATE '2026-10-01' AND date < DATE '2026-11-01'"
LEAST = 200  # drawn ledgers that oracles judge


def total(lines: tuple[str, ...], sign: int, when: str) -> str:
    return f"coalesce({sign} * sum(amount_minor) FILTER ({when} AND account IN {lines}), 0)"


# Numerator, and denominator where it is a ratio: debits less credits with the sign that makes the figure positive.
_DEFINED: dict[str, tuple[str, str]] = {
    "working_capital": (f"{total(CURRENT_ASSETS, 1, PAST)} - {total(CURRENT_LIABILITIES, -1, PAST)}", ""),
    "equity": (total(ASSETS_AND_DEBTS, 1, PAST), ""),
    "net_income": (total(RESULT_LINES, -1, MONTH), ""),
    "current_ratio": (total(CURRENT_ASSETS, 1, PAST), total(CURRENT_LIABILITIES, -1, PAST)),
    "quick_ratio": (total(QUICK, 1, PAST), total(CURRENT_LIABILITIES, -1, PAST)),
    "debt_to_equity": (total(LOANS, -1, PAST), total(ASSETS_AND_DEBTS, 1, PAST)),
    "interest_cover": (total(RESULT_LINES[:-2], -1, MONTH), total(("interest",), 1, MONTH)),
}


def rounded(part: int, whole: int) -> Decimal:
    """A ratio to eight places, half to even."""
    return Decimal(round(Fraction(part, whole) * 10**8)) / 10**8


@settings(max_examples=40, deadline=None)
@given(ANY, ANY, st.randoms(use_true_random=False))
def test_the_kpis_of_statements_are_those_of_sql(
    one: list[list[any_books.Leg]], two: list[list[any_books.Leg]], random: Any
) -> None:
    """Of one company and of two together, whatever order the rows stand in."""
    each = {"a": numbered(one), "b": numbered(two)}
    legs = [*each["a"], *each["b"]]
    if not legs:
        return
    rows = together("entries", *(any_books.posted(own, tenant) for tenant, own in each.items())).sample(
        frac=1, random_state=random.randrange(2**32)
    )
    has_begun = any(leg["date"] < PERIOD.end for leg in legs)
    has_loans = any(leg["date"] < PERIOD.end and leg["account"] in LOANS for leg in legs)
    for id, (numerator, denominator) in _DEFINED.items():
        found = KPIS.get(id).compute(postings=rows, at=OCTOBER)
        ((part, whole),) = asked(f"SELECT ({numerator})::HUGEINT, ({denominator or 1})::HUGEINT FROM legs", legs=legs)
        if not has_begun or (denominator and whole <= 0) or (id == "debt_to_equity" and not has_loans):
            assert isinstance(found, Unavailable), id
        else:
            assert found == (rounded(part, whole) if denominator else part), id


_CTA = f"{EVERYTHING} SELECT coalesce(sum(usd), 0)::HUGEINT FROM everything"
_POSITIONS = f"""{EVERYTHING}
    SELECT sum(usd)::HUGEINT FROM everything
    WHERE currency != 'USD' AND account IN {MONETARY_LINES} AND NOT is_between GROUP BY currency
"""
_CLAIMS = f"""{EVERYTHING}
    SELECT sum(usd)::HUGEINT FROM everything
    WHERE is_between AND account NOT IN {RESULT_LINES} GROUP BY least(tenant, other), greatest(tenant, other)
"""


@settings(max_examples=25, deadline=None)
@given(GROUP_BOOKS, st.fixed_dictionaries({"EUR": QUOTES, "JPY": QUOTES}), st.randoms(use_true_random=False))
def test_the_kpis_of_a_group_are_those_of_sql(made: dict[str, Any], quotes: dict[str, Any], random: Any) -> None:
    parts, legs, rates = any_group(made, quotes)
    if not len(legs) or legs["date"].min().date() >= PERIOD.end:
        return
    shuffled = {
        id: Tables({**each.frames, "entries": each["entries"].sample(frac=1, random_state=random.randrange(2**32))})
        for id, each in parts.items()
    }
    group = put_together(tables({}), shuffled, "USD", PERIOD)
    asked(ROUNDED)

    def sums(query: str) -> list[int]:
        return [int(usd) for (usd,) in asked(query, legs=legs, rates=rates)]

    exposed = sum(abs(minor) for minor in sums(_POSITIONS))
    expected = {
        "cta": sums(_CTA)[0],
        "fx_exposure": int((Decimal(exposed) / 10).quantize(Decimal(1), ROUND_HALF_EVEN)),
        "intercompany_difference": sum(abs(minor) for minor in sums(_CLAIMS)),
    }
    has_both = legs["tenant"].nunique() > 1
    for id, minor in expected.items():
        found = of(id, group)
        if isinstance(found, Unavailable):  # one currency has no rates that matter, and one company no other side
            assert not minor or (id == "intercompany_difference" and not has_both), (id, found)
        else:
            assert found == Money(minor, "USD"), id


# --- how many ledgers oracles judge -----------------------------------------------------------------------------------

_JUDGED = {
    "test_statements": ("test_any_books_against_sql",),
    "test_consolidation": ("test_any_group_against_sql",),
    "test_finance_oracle": ("test_concentration_is_that_of_sql", "test_the_bridge_is_that_of_sql"),
    "test_measure_tieouts": ("test_any_balanced_ledger_ties_out_and_agrees_with_sql",),
    "test_statement_kpis_oracle": ("test_the_kpis_of_statements_are_those_of_sql", "test_the_kpis_of_a_group_are_those_of_sql"),
}


def drawn(test: Callable[..., None]) -> int:
    """How many examples a test draws, as its settings say."""
    assert is_hypothesis_test(test)
    found = getattr(test, "_hypothesis_internal_use_settings")  # noqa: B009 - what Hypothesis itself runs the test by
    assert isinstance(found, settings)
    return int(found.max_examples)


def test_oracles_judge_at_least_two_hundred_ledgers(record_property: Callable[[str, object], None]) -> None:
    found = {
        f"{module}::{name}": drawn(getattr(import_module(f"tests.unit.{module}"), name))
        for module, names in _JUDGED.items()
        for name in names
    }
    record_property("ledgers", sum(found.values()))
    assert sum(found.values()) >= LEAST, found
