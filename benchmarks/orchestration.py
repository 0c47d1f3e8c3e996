"""What Prefect costs a report: the same run of the example portfolio as a flow on a server, and on threads without one.

Run by `make bench`. A server of its own with SQLite, as `prefect server start` has it; each run makes everything in a new home
folder. Figures are medians of rounds in seconds and milliseconds of wall time, so the machine should have nothing else to do.
Runs of few and of many reports tell what a run costs once from what each of its reports costs. Exits with 1 where a mapped
report costs more than its budget.
"""

from __future__ import annotations

import logging
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from prefect.settings import PREFECT_HOME, PREFECT_LOGGING_LEVEL, PREFECT_SERVER_ANALYTICS_ENABLED, temporary_settings
from prefect.testing.utilities import prefect_test_harness

from examples.portfolio import generate
from flows.executive_reports import executive_reports
from flows.plain import Plain
from flows.running import How, run_plan
from quarterdeck.steps.plan import plan
from quarterdeck.wiring import open_parts
from reports import roles as all_roles

BUDGET = 20  # ms for a mapped report
ROUNDS = 3
PERIOD = "2026-10"
FEW = ("cfo",)

Run = Callable[[Path, Sequence[str]], int]


def main() -> int:
    logging.getLogger("quarterdeck.run").setLevel(logging.CRITICAL)
    with TemporaryDirectory() as folder, _server(Path(folder)):
        example = Path(folder) / "example"
        generate(example)
        few, many = (_extra(example, Path(folder) / "runs", roles) for roles in (FEW, ()))
    marginal = 1000 * (many[1] - few[1]) / (many[0] - few[0])
    _say(f"a run of {few[0]} reports takes {few[1]:.2f} s longer on the server, one of {many[0]} {many[1]:.2f} s")
    _say(f"  that is {1000 * many[1] / many[0]:.1f} ms a report, of which {marginal:.1f} ms are the report's own")
    _say(f"over {BUDGET} ms a mapped report: {'yes' if marginal > BUDGET else 'no'}")
    return int(marginal > BUDGET)


@contextmanager
def _server(folder: Path) -> Iterator[None]:
    """A server for the block, with settings as a run from the command line has them."""
    quiet = {PREFECT_LOGGING_LEVEL: "ERROR", PREFECT_SERVER_ANALYTICS_ENABLED: False, PREFECT_HOME: folder / "prefect"}
    with temporary_settings(quiet), prefect_test_harness(server_startup_timeout=120):
        logging.getLogger("prefect").setLevel(logging.ERROR)
        yield


def _extra(example: Path, place: Path, roles: Sequence[str]) -> tuple[int, float]:
    """How many reports a run of some roles makes, and how many seconds longer it takes on the server."""
    taken: dict[Run, list[tuple[float, float]]] = {_plain: [], _on_prefect: []}
    reports = 0
    for number in range(ROUNDS + 1):
        for run, times in taken.items():
            shutil.copytree(example, place, symlinks=True)
            began, cpu = time.perf_counter(), time.process_time()
            reports = run(place / "portfolio.yaml", roles)
            if number:  # the first round fills the caches
                times.append((time.perf_counter() - began, time.process_time() - cpu))
            shutil.rmtree(place)
    for run, times in taken.items():
        walls, cpus = zip(*times, strict=True)
        spread = f"({min(walls):.2f} to {max(walls):.2f}), CPU {median(cpus):.2f} s"
        _say(f"{run.__name__.strip('_'):<12}{reports:>4} reports{median(walls):8.2f} s {spread}")
    return reports, median(wall for wall, _ in taken[_on_prefect]) - median(wall for wall, _ in taken[_plain])


def _plain(config: Path, roles: Sequence[str]) -> int:
    parts = open_parts(config)
    todo = plan(parts.settings, all_roles(), now=parts.clock(), period=PERIOD, wanted_roles=roles)
    with Plain() as engine:
        return len(run_plan(engine, parts, todo, How()).reports)


def _on_prefect(config: Path, roles: Sequence[str]) -> int:
    state = executive_reports(config=str(config), period=PERIOD, roles=tuple(roles), return_state=True)
    summary = state.result(raise_on_failure=False)
    return len(getattr(summary, "summary", summary)["reports"])


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
