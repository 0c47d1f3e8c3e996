"""Reading 100,000 items: the source `dynamodb` against boto3's client and awswrangler, on dynalite, in one run.

Run by `make bench`. dynalite is a DynamoDB on loopback that needs node; it and awswrangler, whose pins are not the product's,
are put into folders of their own under `.venv/peers`, and what cannot be had is skipped and said so. The ways take turns, each
round in a new process, and medians count. Exits with 1 where the source is not as much faster as is wanted.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.scans import ITEMS

ROUNDS = 3
WANTED: Mapping[str, float] = {"client": 4, "awswrangler": 5}  # times as fast
ROOT = Path(__file__).parent.parent
PEERS = ROOT / ".venv" / "peers"
AWSWRANGLER = "awswrangler==3.17.1"
DYNALITE = ROOT / "benchmarks" / "dynalite"
NOBODY = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nobody", "AWS_EC2_METADATA_DISABLED": "true"}
WAIT_SECONDS = 30


def main() -> int:
    server = _dynalite()
    if server is None:
        _say("skipped: dynalite needs node and npm")
        return 0
    pythons = {"source": Path(sys.executable), "client": Path(sys.executable), "awswrangler": _awswrangler()}
    with _running(server) as url:
        _once(Path(sys.executable), "seed", url)
        rounds = [{way: _once(python, way, url) for way, python in pythons.items() if python} for _ in range(ROUNDS)]
    return _compare({way: [each[way] for each in rounds] for way in rounds[0]})


def _compare(found: Mapping[str, list[dict[str, float]]]) -> int:
    middle = {way: {name: median(each[name] for each in rounds) for name in rounds[0]} for way, rounds in found.items()}
    for way, told in middle.items():
        spread = ", ".join(f"{each['seconds']:.2f}" for each in found[way])
        _say(
            f"{way:12} {told['rows']:9,.0f} items {told['seconds']:6.2f} s ({spread})  {told['cpu']:6.2f} s of CPU"
            f"  peak {told['peak']:6.0f} MB, {told['more']:.0f} MB more than before"
        )
    missing = [way for way, told in middle.items() if told["rows"] != ITEMS]
    slow = []
    for way, wanted in WANTED.items():
        if way not in middle:
            _say(f"{way}: skipped, it could not be installed")
            continue
        times, cpu = (middle[way][name] / middle["source"][name] for name in ("seconds", "cpu"))
        _say(f"the source is {times:.1f} times as fast as {way}; wanted: {wanted:g} (by CPU of its own {cpu:.1f} times)")
        slow += [way] if times < wanted else []
    return int(bool(slow or missing))


def _once(python: Path, way: str, url: str) -> dict[str, float]:
    place = {"AWS_ENDPOINT_URL": url, "AWS_DEFAULT_REGION": "us-east-1", "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    command = [str(python), str(ROOT / "benchmarks" / "scans.py"), way]
    done = subprocess.run(command, env={**NOBODY, **place}, check=True, capture_output=True, text=True, cwd=PEERS)  # noqa: S603
    told: dict[str, float] = json.loads(done.stdout)
    return told


def _dynalite() -> list[str] | None:
    """The command that starts dynalite, which is installed from the lock beside this file; None where it cannot be had."""
    node, npm, folder = shutil.which("node"), shutil.which("npm"), PEERS / "dynalite"
    if not node or not npm:
        return None
    if not (folder / "node_modules").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        for name in (".npmrc", "package.json", "package-lock.json"):
            shutil.copy(DYNALITE / name, folder)
        if subprocess.run([npm, "ci", "--silent", "--ignore-scripts"], cwd=folder, check=False).returncode:  # noqa: S603
            return None
    return [node, str(folder / "node_modules" / "dynalite" / "cli.js"), "--createTableMs", "0"]


def _awswrangler() -> Path | None:
    """The interpreter of awswrangler's environment; None where it cannot be had."""
    python = PEERS / "awswrangler" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", PEERS / "awswrangler"], check=True)  # noqa: S603
    install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", AWSWRANGLER]
    return None if subprocess.run(install, check=False).returncode else python  # noqa: S603


@contextmanager
def _running(command: list[str]) -> Iterator[str]:
    """Dynalite on a free port, in memory, for a block."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            _wait(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def _wait(port: int) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
