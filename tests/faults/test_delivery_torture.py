"""The proof of delivery: killed at every step, asleep at the wrong moment, over a network that fails, on both stores.

Whatever happens, no reader gets a report twice, and none goes without it unless the trail says that nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from tests.torture import plans
from tests.torture.crew import count_steps, play_all, table
from tests.torture.plans import Steps
from tests.torture.scenarios import End, Outcome, Scenario

pytestmark = pytest.mark.timeout(900)  # the first test that needs them waits for all to be played
Played = Mapping[Scenario, Outcome]


@pytest.fixture(scope="module")
def steps() -> Steps:
    return count_steps(plans.COUNTED)


@pytest.fixture(scope="module")
def played(steps: Steps) -> Played:
    """What the tests of every day need, played in one go."""
    broken = [each for scenarios in plans.broken(steps).values() for each in scenarios]
    return {each.scenario: each for each in play_all([*plans.of_every_day(steps), *_sound_zombies(steps), *broken])}


def _sound_zombies(steps: Steps) -> list[Scenario]:
    return [Scenario("sqlite", "zombie", each.first, 0, "up", "product") for each in plans.broken(steps)["undated"]]


def refuse_broken(outcomes: Iterable[Outcome]) -> None:
    """Fail unless each scenario ended as promised: where events come through all is settled, else a person decides."""
    listed = list(outcomes)
    broken = [each for each in listed if each.end not in _promised(each.scenario)]
    told = "\n".join(f"{each.scenario}: {each.end}: {each.story}" for each in broken[:10])
    assert not broken, f"{table(listed)}\n{told}"


def refuse_missed(outcomes: Iterable[Outcome]) -> None:
    """Fail where processes ended before the step that they were to be killed at, as some may: their steps vary a little."""
    crashes = [each for each in outcomes if each.scenario.shape == "crash"]
    missed = [each.scenario for each in crashes if not each.struck]
    assert len(missed) <= len(crashes) / 50, missed


def _promised(scenario: Scenario) -> set[End]:
    return {End.EXACTLY_ONE, End.HELD} if scenario.feed == "down" else {End.EXACTLY_ONE}


def test_a_delivery_has_the_steps_that_it_is_killed_at(steps: Steps) -> None:
    for store, expected in (("sqlite", 80), ("dynamodb", 200)):
        found = list(steps[store, "product"])
        assert len(found) > expected
        assert found.count("before send") == found.count("after send")
        assert found.count("after answer") >= 3  # of the account, and of a mail for each reader
        assert found.count("after send") > found.count("after answer") + 2  # a mail goes out in more than one piece


def test_a_mail_for_each_reader_wherever_a_delivery_is_killed(steps: Steps, played: Played) -> None:
    outcomes = [played[scenario] for scenario in plans.of_every_day(steps)]
    refuse_broken(outcomes)
    refuse_missed(outcomes)
    assert {each.end for each in outcomes} == {End.EXACTLY_ONE, End.HELD}
    assert {each.scenario.store for each in outcomes} == {"sqlite", "dynamodb"}
    assert len(outcomes) > len(steps["sqlite", "product"]) + 30


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize(("store", "least"), [("sqlite", 1_000), ("dynamodb", 1_000)])
def test_a_mail_for_each_reader_in_thousands_of_scenarios(steps: Steps, store: str, least: int) -> None:
    outcomes = play_all([each for each in plans.whole(steps) if each.store == store])
    print(f"\n{table(outcomes)}")  # noqa: T201 - the proof in numbers
    refuse_broken(outcomes)
    refuse_missed(outcomes)
    assert sum(each.struck for each in outcomes) >= least


@pytest.mark.parametrize(
    ("protocol", "expected"),
    [("send_then_record", End.DOUBLED), ("record_then_send", End.LOST), ("lease_only", End.DOUBLED)],
)
def test_a_protocol_that_forgets_what_it_did_is_found_out(protocol: str, expected: End, steps: Steps, played: Played) -> None:
    ends = {played[scenario].end for scenario in plans.broken(steps)[protocol]}
    assert ends == {expected, End.EXACTLY_ONE}


@pytest.mark.parametrize("what", ["unchecked", "retrying", "deaf"])
def test_what_would_send_twice_is_found_out(what: str, steps: Steps, played: Played) -> None:
    """A lease that nobody looks at again, the SDK's own retries, and a feed that is down whose silence is taken for proof."""
    assert End.DOUBLED in {played[scenario].end for scenario in plans.broken(steps)[what]}


def test_a_sender_that_wakes_at_its_last_bytes_is_stopped_by_the_age_of_its_signature(steps: Steps, played: Played) -> None:
    """Where no look at a lease helps any more, for the last one was just before: only the mail service can refuse."""
    assert End.DOUBLED in {played[scenario].end for scenario in plans.broken(steps)["undated"]}
    refuse_broken(played[scenario] for scenario in _sound_zombies(steps))
