"""One run at a time over a tenant and period: who holds a lease, who gives way, and who is dead."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from quarterdeck.errors import Problem
from quarterdeck.steps.plan import Plan
from quarterdeck.steps.run import LEASE, RunBusyError, RunLease, has_died, holder, record_end, record_start, run_lease
from quarterdeck.steps.summary import RunSummary
from quarterdeck.wiring import Parts
from tests import mini
from tests.reporting import NOW, parts_of

ALL = Plan("2026-10", ("alpha", "beta", "portfolio"), ())
SOME = Plan("2026-10", ("beta",), ())
HOST = socket.gethostname()


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return parts_of(mini.make(tmp_path))


@pytest.fixture
def other() -> Iterator[str]:
    """Another process of this machine, as it names itself in a lease."""
    say = "import sys; from quarterdeck.steps.run import holder; print(holder(), flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", say], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate()


def test_a_process_is_told_from_a_later_one_with_its_number(other: str) -> None:
    assert holder() != other
    assert not has_died(holder())
    assert not has_died(other)
    host, number, began = other.split(":")
    assert has_died(f"{host}:{number}:{int(began) - 1}")
    assert not has_died(f"elsewhere:{number}:{int(began) - 1}")
    assert not has_died("someone by hand")
    assert not has_died(f"{host}:{10**30}:1")


def test_a_process_that_has_ended_is_gone_even_before_anybody_noticed() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        name = f"{HOST}:{process.pid}:1"
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # a zombie now: ended, and its number still taken
        assert has_died(name)
    assert has_died(name)


def test_a_run_over_some_tenants_keeps_a_run_over_all_from_them(parts: Parts, other: str) -> None:
    parts.audit.acquire("run:beta:2026-10", other, LEASE, parts.clock())
    with pytest.raises(RunBusyError) as caught, run_lease(parts, ALL):
        pass
    assert str(caught.value).startswith(f"{other} is running over beta:2026-10 since before 15:00 UTC")
    assert not caught.value.permanent
    with run_lease(parts, Plan("2026-10", ("alpha", "portfolio"), ())), run_lease(parts, replace(SOME, period="2026-09")):
        pass  # nothing of the refused run stayed behind, and other periods are free


def test_the_command_line_and_its_flow_share_their_leases(parts: Parts) -> None:
    with run_lease(parts, ALL), run_lease(parts, ALL):
        pass
    assert parts.audit.acquire("run:alpha:2026-10", "another", LEASE, parts.clock()).holder == "another"


def test_a_run_that_died_gives_way_at_once(parts: Parts) -> None:
    parts.audit.acquire("run:beta:2026-10", f"{HOST}:{os.getpid()}:1", LEASE, parts.clock())  # our number, another process
    with run_lease(parts, SOME):
        pass


def test_a_run_of_another_machine_gives_way_when_its_lease_has_run_out(parts: Parts) -> None:
    parts.audit.acquire("run:beta:2026-10", "elsewhere:1:1", LEASE, NOW)
    with pytest.raises(RunBusyError), run_lease(parts, SOME):
        pass
    with run_lease(Parts(parts.settings, lambda: NOW + LEASE), SOME):
        pass


def test_a_lease_that_somebody_took_cannot_be_renewed(parts: Parts) -> None:
    clock = [NOW]
    late = Parts(parts.settings, lambda: clock[0])
    lease = RunLease(late, SOME)
    lease.acquire()
    clock[0] += LEASE + timedelta(seconds=1)
    lease.renew()  # it ran out, and nobody wanted it
    clock[0] += LEASE + timedelta(seconds=1)
    taken = late.audit.acquire("run:beta:2026-10", "another", LEASE, clock[0])
    assert taken.holder == "another"
    with pytest.raises(RunBusyError, match="was lost"):
        lease.renew()
    lease.release()
    assert late.audit.acquire("run:beta:2026-10", "a third", LEASE, clock[0]).holder == "another"


def test_a_problem_with_a_name_that_is_no_text_is_recorded_all_the_same(parts: Parts) -> None:
    record_start(parts, "run-1", SOME, deliver=False)
    record_end(parts, "run-1", RunSummary(("2026-10",), (), {}, (Problem("books\udcff.csv cannot be read"),)))
    [run] = parts.audit.runs()
    assert run.outcome is not None
    assert run.outcome["problems"] == ["books\\udcff.csv cannot be read"]
    assert parts.audit.verify().ok
