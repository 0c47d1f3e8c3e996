"""Many scenarios at once, shared out among processes with an emulator each; and what came of them in numbers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.torture.scenarios import End, Outcome, Scenario

_COMMAND = (sys.executable, "-m", "tests.torture")
WORKERS = 2


def count_steps(wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """The steps of deliveries, by store and protocol, and of those who listen, by store and `listener`."""
    return dict(zip(wanted, _ask([[f"steps {store} {what}" for store, what in wanted]]), strict=True))


def play_all(scenarios: Sequence[Scenario], workers: int = WORKERS) -> list[Outcome]:
    """Play scenarios; their outcomes, in no order."""
    # Last, what makes every fork slower that comes after.
    lines = [str(scenario) for scenario in sorted(scenarios, key=lambda it: it.feed == "queue")]
    answers = _ask([lines[number::workers] for number in range(workers)])
    return [Outcome(Scenario.parse(it["scenario"]), End(it["end"]), it["struck"], it["story"]) for it in answers]


def table(outcomes: Iterable[Outcome]) -> str:
    """How many scenarios ended how, a line for each protocol, store, shape and state of the feed."""
    counts = Counter((_kind(it.scenario), it.end) for it in outcomes)
    groups = sorted({group for group, _ in counts})
    total = ("all", "", "", "")
    for end in End:
        counts[total, end] = sum(counts[group, end] for group in groups)
    head = ("protocol", "store", "shape", "feed", "scenarios", *map(str, End))
    lines = [
        (*group, sum(counts[group, end] for end in End), *(counts[group, end] for end in End)) for group in (*groups, total)
    ]
    widths = [max(len(str(cell)) for cell in column) for column in zip(head, *lines, strict=True)]
    return "\n".join(
        "  ".join(f"{cell!s:{width}}" for cell, width in zip(line, widths, strict=True)) for line in (head, *lines)
    )


def _kind(scenario: Scenario) -> tuple[str, ...]:
    """The line of the table that a scenario counts in; all faults of an operation in one."""
    operation, _, fault = scenario.shape.partition(":")
    return scenario.protocol, scenario.store, f"{operation} fails" if fault else operation, scenario.feed


def _ask(shares: Iterable[Sequence[str]]) -> list[Any]:
    """The answers of one process for each share of lines."""
    given = [share for share in shares if share]
    with ThreadPoolExecutor(len(given)) as pool:
        return [answer for answers in pool.map(_answers, given) for answer in answers]


def _answers(share: Sequence[str]) -> list[Any]:
    lines = "".join(f"{line}\n" for line in share)
    done = subprocess.run(_COMMAND, input=lines, stdout=subprocess.PIPE, text=True, check=False)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode or len(answers) != len(share):
        raise AssertionError(f"a process of the crew ended with {done.returncode} at: {share[len(answers)]}")
    return answers
