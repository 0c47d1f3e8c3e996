"""The flow that brings boards in line, on a real server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flows.board_sync import board_sync
from flows.plain import Plain
from flows.running import How, run_plan
from quarterdeck.steps.plan import Plan
from quarterdeck.wiring import open_parts
from tests.mini import make
from tests.told import artifacts, run_of

TODO = Plan("2026-10", ("beta",), (("beta", "cmo"),))


def test_cards_are_made_once_and_the_page_says_which(tmp_path: Path) -> None:
    config = make(tmp_path)
    with Plain(first_pause=0) as engine:
        run_plan(engine, open_parts(config), TODO, How())
    asked: dict[str, Any] = {"period": "2026-10", "tenants": ["beta"], "config": str(config), "return_state": True}
    looked: Any = board_sync(**asked, dry_run=True)
    assert looked.message == "nothing was changed"
    first: Any = board_sync(**asked)
    made = json.loads(str(artifacts(run_of(first))["boards"].data))
    assert made
    assert {row["action"] for row in made} == {"create"}
    assert first.message == f"{len(made)} changes made"
    again: Any = board_sync(**asked)
    assert (again.is_completed(), again.message) == (True, "0 changes made")
