"""Past months of the example in one call: how long, how much processor time and memory, by threads and by processes, and again.

    python -m benchmarks.scale [MONTHS]

Each call is the real command in a process of its own, without a server; memory is that of the largest process. The second call
finds every month made. Exits with 1 where the two ways give different bytes. A machine that does something else meanwhile makes
everything slower; processor time says more than the clock then.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from examples.portfolio import generate
from quarterdeck.period import Period

ROOT = Path(__file__).parents[1]
LAST = Period.parse("2026-10")
BEFORE = "2020-01-01T00:00:00Z"  # lists and hand-offs of the example are then known for each of the months


def main(months: int) -> int:
    first = LAST.trailing(months)[0].text
    made = set()
    for runner in ("threads", "processes"):
        with TemporaryDirectory() as folder:
            config = generate(Path(folder))
            _into_git(config.parent)
            for what in ("made", "again"):
                _say(f"{runner}, {first} to {LAST.text}, {what}: {_backfill(config, first, runner)}")
            made.add(_digest(config.parent / ".quarterdeck" / "archive"))
    _say("the same bytes" if len(made) == 1 else "threads and processes give different bytes")
    return int(len(made) > 1)


def _into_git(folder: Path) -> None:
    """Keep the portfolio in git, from long before its periods on, as an owner would."""
    who = [f"GIT_{role}_{name}={value}" for role in ("AUTHOR", "COMMITTER") for name, value in _WHO.items()]
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "Portfolio")):
        subprocess.run(("env", *who, "git", *command), cwd=folder, check=True, stderr=subprocess.DEVNULL)  # noqa: S603, S607


_WHO = {"NAME": "Owner", "EMAIL": "owner@example.com", "DATE": BEFORE}


def _backfill(config: Path, first: str, runner: str) -> str:
    words = ("backfill", "--from", first, "--to", LAST.text, "--config", str(config))
    names = ("-u", "PREFECT_API_URL", f"QUARTERDECK_TASK_RUNNER={runner}", f"PYTHONPATH={ROOT}")
    command = ("env", *names, sys.executable, "-c", "from flows.cli import main; main()", *words)
    start = time.monotonic()
    with TemporaryFile("w+", encoding="utf-8") as out:
        child = subprocess.Popen(command, cwd=config.parent, stdout=out, stderr=subprocess.DEVNULL)  # noqa: S603
        _, status, used = os.wait4(child.pid, 0)  # what the child has used, with those that it has waited for
        wall = time.monotonic() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        told = next((line for line in out.read().splitlines() if " reports filed" in line), "nothing filed")
    processor = used.ru_utime + used.ru_stime
    return f"{told} {wall:.1f} s, {processor:.1f} s of processor time, {used.ru_maxrss // 1024} MB, exit {child.returncode}"


def _digest(archive: Path) -> str:
    """A digest of every file of every report; the archive's pages say when they were made."""
    digest = hashlib.sha256()
    for path in sorted(archive.glob("*/*/2*/*/*")):
        if path.name != "page.html":
            digest.update(path.relative_to(archive).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 24))
