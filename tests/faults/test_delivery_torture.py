"""The proof of delivery: killed at every step, asleep at the wrong moment, over a network that fails, on both stores.

Whatever happens, no reader gets a report twice, and none goes without it unless the trail says that nobody knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pytest

from tests.torture import crew, plans
from tests.torture.crew import play_all, table
from tests.torture.scenarios import FAULTS, End, Outcome, Scenario


@cache
def steps_of(store: str, protocol: str = "product") -> Sequence[str]:
    return crew.steps_of(store, protocol)


def proved(scenarios: Sequence[Scenario]) -> list[Outcome]:
    """The outcomes of scenarios, after making sure that each ended as promised."""
    outcomes = play_all(scenarios)
    broken = [each for each in outcomes if each.end not in _promised(each.scenario)]
    told = "\n".join(f"{each.scenario}: {each.end}: {each.story}" for each in broken[:10])
    assert not broken, f"{table(outcomes)}\n{told}"
    assert len(outcomes) == len(scenarios)
    return outcomes


def _promised(scenario: Scenario) -> set[End]:
    """Where the feed of events is well, all is settled; where it is down, a person decides about some."""
    return {End.EXACTLY_ONE} if scenario.feed == "up" else {End.EXACTLY_ONE, End.HELD}


def found(*scenarios: Scenario) -> set[End]:
    return {each.end for each in play_all(scenarios)}


def test_a_delivery_has_the_steps_that_it_is_killed_at() -> None:
    for store, per_reader in (("sqlite", 40), ("dynamodb", 100)):
        steps = steps_of(store)
        assert len(steps) > 2 * per_reader
        assert steps.count("before send") == steps.count("after send")
        assert steps.count("after answer") >= 3  # of the account, and of a mail for each reader
        assert steps.count("after send") > steps.count("after answer") + 2  # a mail goes out in more than one piece


def test_a_mail_for_each_reader_wherever_a_delivery_is_killed() -> None:
    outcomes = proved(plans.of_every_day(len(steps_of("sqlite")), len(steps_of("dynamodb"))))
    assert {each.end for each in outcomes} == {End.EXACTLY_ONE, End.HELD}


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_a_mail_for_each_reader_in_thousands_of_scenarios() -> None:
    outcomes = proved(plans.whole(len(steps_of("sqlite")), len(steps_of("dynamodb"))))
    print(f"\n{table(outcomes)}")  # noqa: T201 - the proof in numbers
    assert len(outcomes) >= 2000


@pytest.mark.parametrize(
    ("protocol", "expected"),
    [("send_then_record", End.DOUBLED), ("record_then_send", End.LOST), ("lease_only", End.DOUBLED)],
)
def test_a_protocol_that_forgets_what_it_did_is_found_out(protocol: str, expected: End) -> None:
    steps = plans.at_the_send(steps_of("sqlite", protocol))
    ends = found(*(Scenario("sqlite", "crash", step, 0, "down", protocol) for step in steps))
    assert expected in ends
    assert End.EXACTLY_ONE in ends


def test_a_sender_that_does_not_look_at_its_lease_again_is_found_out() -> None:
    steps = plans.at_the_send(steps_of("sqlite"), after=0)
    assert End.DOUBLED in found(*(Scenario("sqlite", "zombie", step, 0, "up", "unchecked") for step in steps))


def test_the_sdks_own_retries_are_found_out() -> None:
    faults = ("after", "500-after")
    assert found(*(Scenario("sqlite", f"SendEmail:{fault}", 1, 1, "up", "retrying") for fault in faults)) == {End.DOUBLED}


def test_silence_of_a_feed_that_is_down_is_no_proof() -> None:
    steps = plans.at_the_send(steps_of("sqlite"), after=1)
    assert End.DOUBLED in found(*(Scenario("sqlite", "crash", step, 0, "deaf", "product") for step in steps))


def test_a_sender_that_wakes_at_its_last_bytes_is_stopped_by_the_age_of_its_signature() -> None:
    """What no look at a lease can do: the last one was before, and only the mail service is left to refuse."""
    steps = [number for number, step in enumerate(steps_of("sqlite"), start=1) if step == "before send"]
    assert End.DOUBLED in found(*(Scenario("sqlite", "zombie", step, 0, "up", "undated") for step in steps))
    proved([Scenario("sqlite", "zombie", step, 0, "up", "product") for step in steps])


def test_an_unlisted_fault_is_no_fault() -> None:
    assert {"before", "after", "hang", "500", "500-after", "throttle", "empty", "cut", "refuse"} <= FAULTS.keys()
