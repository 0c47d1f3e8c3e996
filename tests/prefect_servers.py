"""A Prefect server, its workers and their runs as real processes of a test's own, any of which may be killed.

All are started in the checkout's folder, so that prefect.toml holds for them as for whoever types the commands. They carry a
mark in their environment, by which those that outlived a killed parent are found; nothing with the mark outlives the test.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tests.commands import ROOT, Done, environment, quarterdeck

_MARK = "QUARTERDECK_TEST_MARK"
_PATIENCE_SECONDS = 180.0
_PAUSE_SECONDS = 0.05
T = TypeVar("T")


@dataclass
class Server:
    """A server with a home folder of its own. `names` are variables for it and for all that is started for it."""

    folder: Path
    names: dict[str, str] = field(default_factory=dict)
    port: int = 0
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def environment(self) -> dict[str, str]:
        own = {"PREFECT_API_URL": self.url, "PREFECT_HOME": str(self.folder), "DO_NOT_TRACK": "1", _MARK: self.mark}
        return environment(self.folder, {**own, **self.names})

    # Processes

    def start(self) -> None:
        """Start the server, on the same port and database each time, and wait until it answers."""
        self.port = self.port or free_port()
        self.process = self.begin("server", "start", "--host", "127.0.0.1", "--port", str(self.port))
        until(lambda: self.is_up, "the server answers")

    def begin(self, *words: str) -> subprocess.Popen[bytes]:
        """Start one of Prefect's commands; what it says goes to a file in the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{words[0]}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "prefect", *words],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def worker(self, pool: str = "quarterdeck") -> subprocess.Popen[bytes]:
        """Start a process worker that asks for work every second."""
        return self.begin("worker", "start", "--pool", pool, "--name", uuid.uuid4().hex[:8])

    def type(self, *words: str, folder: Path, names: Mapping[str, str] | None = None) -> Done:
        """One call of `quarterdeck` on this server, to its end."""
        return quarterdeck(*words, folder=folder, names={**self.environment, **(names or {})})

    def kill(self) -> None:
        """Kill the server, and whatever it had started itself."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def pids(self, variable: str = "") -> list[int]:
        """The processes with our mark, or those of them that have a variable, as NAME=value, in their environment."""
        wanted = {f"{_MARK}={self.mark}".encode(), *([variable.encode()] if variable else [])}
        return [pid for pid, given in _environments() if wanted <= given]

    def pid_of(self, run_id: str) -> int:
        """The process that a worker has started for a flow run."""
        return until(lambda: next(iter(self.pids(f"PREFECT__FLOW_RUN_ID={run_id}")), 0), "the run has a process")

    def kill_run(self, run_id: str) -> None:
        """Kill a run's process, and wait until its worker has told of it twice: the second time it would tell of a retry."""
        before = self._told_of_killed()
        os.kill(self.pid_of(run_id), signal.SIGKILL)
        until(lambda: self._told_of_killed() > before, "the worker has told all it has to tell")

    def _told_of_killed(self) -> int:
        lines = (self.folder / "worker.log").read_text("utf-8", "replace").splitlines()
        return sum("prefect.flow_runs.worker" in line and "memory allocation" in line for line in lines)

    def close(self) -> None:
        """End all processes with our mark, and those that they may just have started."""
        while found := self.pids():
            for pid in found:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(_PAUSE_SECONDS)

    # The server's API

    @property
    def is_up(self) -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(f"{self.url}/health").status_code == 200
        return False

    def ask(self, method: str, path: str, body: object = None) -> Any:
        answer = httpx.request(method, f"{self.url}{path}", json=body, timeout=_PATIENCE_SECONDS)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def run(self, name: str, **parameters: Any) -> str:
        """Order a run of a deployment, as `flow/deployment`; its id."""
        deployment = self.ask("GET", f"/deployments/name/{name}")
        state = {"type": "SCHEDULED"}
        made = self.ask("POST", f"/deployments/{deployment['id']}/create_flow_run", {"parameters": parameters, "state": state})
        return str(made["id"])

    def state(self, run_id: str) -> str:
        """The name of a run's state."""
        return str(self.ask("GET", f"/flow_runs/{run_id}")["state_name"])

    def retry(self, run_id: str) -> None:
        """What the UI's *Retry* does."""
        state = {"type": "SCHEDULED", "name": "AwaitingRetry", "message": "Retry from the UI"}
        told = self.ask("POST", f"/flow_runs/{run_id}/set_state", {"state": state, "force": False})
        assert told["status"] == "ACCEPT", told

    def ended(self, run_id: str, *states: str) -> str:
        """Wait for a run to come to one of some states, and say to which."""
        return until(lambda: state if (state := self.state(run_id)) in states else "", f"the run comes to {states}")

    def log(self, run_id: str) -> list[str]:
        """The lines of a run's log as the UI shows them, the latest first; they come some seconds after what they tell."""
        asked = {"logs": {"flow_run_id": {"any_": [run_id]}}, "sort": "TIMESTAMP_DESC"}
        return [line["message"] for line in self.ask("POST", "/logs/filter", asked)]

    def story(self, run_id: str) -> str:
        """A run's states and its warnings, for whoever wonders how it came to that."""
        states = self.ask("GET", f"/flow_run_states/?flow_run_id={run_id}")
        wanted = {"flow_run_id": {"any_": [run_id]}, "level": {"ge_": 30}}
        lines = self.ask("POST", "/logs/filter", {"logs": wanted})
        told = [(each["timestamp"], each["name"], each["message"] or "") for each in states]
        told += [(each["timestamp"], each["name"], each["message"]) for each in lines]
        return "\n".join(" ".join(each) for each in sorted(told))


@contextmanager
def server(folder: Path, **names: str) -> Iterator[Server]:
    """A server for a block; nothing that was started for it outlives the block."""
    made = Server(folder, {"PREFECT_WORKER_QUERY_SECONDS": "1", **names})
    try:
        made.start()
        yield made
    finally:
        made.close()


def until(look: Callable[[], T], what: str) -> T:
    """Look until there is something to see; AssertionError after some minutes without."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while not (seen := look()):
        assert time.monotonic() < end, f"{what}: it did not come to that"
        time.sleep(_PAUSE_SECONDS)
    return seen


def _environments() -> Iterator[tuple[int, frozenset[bytes]]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                yield int(entry.name), frozenset((entry / "environ").read_bytes().split(b"\0"))


def free_port() -> int:
    """A port of loopback that nobody uses at the moment."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
