"""Play the scenarios of standard input, a line each, and tell what came of each, a line each.

`steps STORE PROTOCOL` tells the steps of a delivery that nothing gets in the way of, and `steps STORE listener` those of
taking in that the mail service told nothing.

It is a process of its own, without the threads that a test run may have: those who fork must have none.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.emulator import CREDENTIALS, running
from tests.torture.plays import play
from tests.torture.protocols import PROTOCOLS
from tests.torture.scenarios import Scenario
from tests.torture.world import World

MEMORY = Path("/dev/shm")  # it is processes that die here, not machines, so no disk need be waited for


def main() -> None:
    os.environ.update(CREDENTIALS)
    gc.disable()
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder, running() as emulator:
        world = World("", Path(folder) / "home", emulator, PROTOCOLS["product"])
        for line in sys.stdin:
            if line.startswith("steps "):
                _, world.store, what = line.split()
                answer: object = _count(world, what)
            else:
                scenario = Scenario.parse(line)
                world.store, world.deliver = scenario.store, PROTOCOLS[scenario.protocol]
                world.takes_old_signatures = scenario.protocol == "undated"
                outcome = play(world, scenario)
                answer = {**asdict(outcome), "scenario": str(scenario)}
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()


def _count(world: World, what: str) -> list[str]:
    world.begin()
    if what == "listener":
        world.listening.begin()
        return world.count_steps(world.listening.listen)
    return world.count_steps(lambda: PROTOCOLS[what](world, "one"))


if __name__ == "__main__":
    main()
