"""Errors: one clear line each, and whole again after the way home from a worker process."""

from __future__ import annotations

import copy
import pickle
from datetime import timedelta

import pytest

from quarterdeck import errors
from quarterdeck.errors import ConfigError, DeliveryError, Problem, QuarterdeckError, Reject, SourceError, Where

KINDS = sorted(
    (kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, QuarterdeckError)),
    key=lambda kind: kind.__name__,
)
PLACE = Where("bank.csv", 12, 3)


def test_a_problem_is_one_line_with_place_and_remedy() -> None:
    assert (
        str(Problem("the amount is no number", PLACE, "write 12.50")) == "bank.csv:12:3: the amount is no number (write 12.50)"
    )
    assert str(Problem("the file is empty", Where("bank.csv"))) == "bank.csv: the file is empty"
    assert str(Problem("the disk is full")) == "the disk is full"
    assert str(Where("bank.csv", 12)) == "bank.csv:12"


def test_a_reject_names_the_cell() -> None:
    assert str(Reject("bank.csv", 12, "Amount", "1.234,56", "an amount as 1234.56")) == (
        "bank.csv:12: Amount = '1.234,56', expected an amount as 1234.56"
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("permanent", [None, True, False])
def test_an_error_comes_home_whole(kind: type[QuarterdeckError], permanent: bool | None) -> None:
    error = kind("it broke", where=PLACE, remedy="mend it", permanent=permanent, evidence={"rows": "3"})
    for home in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(home) is kind
        assert str(home) == str(error) == "bank.csv:12:3: it broke (mend it)"
        assert (home.problem, home.permanent, home.evidence) == (error.problem, error.permanent, {"rows": "3"})


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_trying_again_helps_only_where_an_error_says_so(kind: type[QuarterdeckError]) -> None:
    assert kind("it broke").permanent
    assert not kind("it broke", permanent=False).permanent
    assert kind.permanent  # of the class, whatever one of them says


def test_a_refusal_says_when_to_try_again_even_after_the_way_home() -> None:
    error = DeliveryError("too many in a second", permanent=False, retry_after=timedelta(seconds=10))
    for home in (error, pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert (home.retry_after, home.permanent) == (timedelta(seconds=10), False)
    assert DeliveryError("no such address").retry_after is None


def test_a_configuration_shows_every_fault() -> None:
    faults = (Problem("unknown key 'nmae'", Where("portfolio.yaml", 3, 5)), Problem("no tenant", Where("portfolio.yaml")))
    error = ConfigError("portfolio.yaml cannot be used", problems=faults, remedy="see README")
    for home in (error, pickle.loads(pickle.dumps(error))):
        assert str(home) == "portfolio.yaml:3:5: unknown key 'nmae'\nportfolio.yaml: no tenant"
        assert home.problems == faults
        assert home.problem == Problem("portfolio.yaml cannot be used", None, "see README")


def test_evidence_is_the_errors_own() -> None:
    facts = {"rows": "3"}
    error = SourceError("it broke", evidence=facts)
    facts["rows"] = "4"
    assert error.evidence == {"rows": "3"}
