"""Reports to programs: an endpoint is a reader like any other, told once, of what the archive holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from quarterdeck.config.models import RoleSettings
from quarterdeck.delivery.checks import delivery_problems
from quarterdeck.steps.retry import retry
from tests.channels import webhook
from tests.hook_server import Hooks, hook_server, options
from tests.houses import SECOND, House, Made, move_in, prepare

READERS = RoleSettings(to=("cfo@example.com",), webhooks=("dashboard", "dashboard"))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Made]:
    return prepare(tmp_path_factory.mktemp("house"))


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    with hook_server() as server:
        yield server


@pytest.fixture
def house(prepared: tuple[Path, Made], hooks: Hooks, tmp_path: Path) -> House:
    house = move_in(prepared, tmp_path / "house")
    connect(house, hooks)
    return house


def connect(house: House, hooks: Hooks, role: RoleSettings = READERS) -> None:
    house.set(role, channels={"webhook": {"endpoints": {"dashboard": options()}}})
    house.parts._channels["webhook"] = webhook(house.parts.settings.home, hooks, lambda: house.now)


def test_an_endpoint_is_told_once_of_a_report(house: House, hooks: Hooks) -> None:
    assert (house.deliver().sent, house.deliver().already) == (2, 2)
    [(type, data)] = hooks.events()
    assert (type, data["report_id"], data["tenant"], data["period"]) == (
        "report.delivered",
        "alpha_cfo_2026-10",
        "alpha",
        "2026-10",
    )
    assert data["revision"] == house.file().revision
    assert house.states() == {"cfo@example.com": "sent", "dashboard": "sent"}
    assert "cfo@example.com" not in hooks.got[0].body.decode()


def test_a_new_revision_is_told_where_it_is_asked_for(house: House, hooks: Hooks) -> None:
    house.deliver()
    house.sold = SECOND
    assert house.deliver().sent == 0
    assert house.deliver(revise=True).sent == 2
    first, second = hooks.events()
    assert first[1]["revision"] != second[1]["revision"]
    assert len(hooks.distinct()) == 2


def test_an_endpoint_that_is_down_waits_for_a_later_retry_and_holds_nobody_up(house: House, hooks: Hooks) -> None:
    hooks.reply(503, Retry_After="600")
    counts = house.deliver()
    assert counts.sent == 1
    assert house.states() == {"cfo@example.com": "sent", "dashboard": "planned"}
    house._sleep(600)
    assert retry(house.parts).deliveries["sent"] == 1
    assert house.states()["dashboard"] == "sent"
    assert len(hooks.distinct()) == 1


def test_an_endpoint_that_is_gone_is_not_called_for_the_next_report(house: House, hooks: Hooks) -> None:
    hooks.reply(410)
    counts = house.deliver()
    assert [problem.what for problem in counts.problems if "410" in problem.what]
    house.deliver()
    assert len(hooks.got) == 1
    assert house.states()["dashboard"] == "failed"


def test_an_endpoint_that_is_no_reader_any_more_is_not_told(house: House, hooks: Hooks) -> None:
    hooks.reply(429, Retry_After="600")
    house.deliver()
    connect(house, hooks, RoleSettings(to=("cfo@example.com",)))
    house._sleep(600)
    retry(house.parts)
    assert len(hooks.got) == 1


def test_an_endpoint_must_be_set_up(house: House) -> None:
    assert list(delivery_problems(house.parts.settings)) == []
    house.set(RoleSettings(webhooks=("dashboard", "nowhere")))
    [problem] = delivery_problems(house.parts.settings)
    assert "there is no endpoint 'nowhere'" in problem.what
