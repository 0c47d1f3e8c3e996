"""`quarterdeck demo`: the example portfolio, made and run, with a list of what to look at."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import httpx

from examples.portfolio import generate
from flows.console import FAILED, OK, Out
from flows.embedded import prepare_prefect
from flows.example_cloud import emulated
from quarterdeck.config import load_settings
from quarterdeck.errors import ConfigError, QuarterdeckError
from quarterdeck.period import Period

Runner = Callable[..., int]
_FIRST_DAY = date(2000, 1, 1)
_EXAMPLE_DAY = date(2026, 11, 1)
_PATIENCE_SECONDS = 120


def day_of_example(text: str | None, now: date) -> date:
    """The day before whose month the example's data ends; ConfigError for a text that is no day, or one to come.

    A clock that stands before the example's own day must not keep anybody from seeing it: then it ends as of today.
    """
    if text is None:
        return min(_EXAMPLE_DAY, now)
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"--today: {text!r} is not a date", remedy="write one as 2026-11-01") from error
    if not _FIRST_DAY <= day <= now:
        raise ConfigError(f"--today: {text} is not between {_FIRST_DAY} and today", remedy="name a day in between")
    return day


def showcase(out: Out, directory: Path, today: date, *, with_ui: bool, run: Runner) -> int:
    """Make the example in `directory`, run its last complete month with delivery to the outbox, say where to look."""
    config = directory / "portfolio.yaml"
    with emulated(out, config, today) as aws:
        if config.exists():
            out.say(f"The example portfolio is in {directory}/ already, and is run as it stands; remove it for a new one.")
        else:
            _generate(directory, today, aws)
            out.say(f"The example portfolio is in {directory}/: change a row there, run again, and the reports change.")
        return _run(out, directory, str(Period.last_complete(today)), with_ui=with_ui, run=run)


def _run(out: Out, directory: Path, period: str, *, with_ui: bool, run: Runner) -> int:
    config = directory / "portfolio.yaml"
    server = _start_server(out, load_settings(config).home) if with_ui else None
    try:
        code = run(out, config, period, [], [], deliver=True)
        _say_where(out, directory, load_settings(config).aws.endpoint)
        if server:
            out.say(f"Prefect's UI: {os.environ['PREFECT_API_URL'].removesuffix('/api')} (Ctrl-C ends it)")
            server.wait()
    except KeyboardInterrupt:
        code = OK
    finally:
        if server:
            server.terminate()
    return code if code in (OK, FAILED) else FAILED


def _generate(directory: Path, today: date, aws: str | None) -> None:
    try:
        generate(directory, today, aws=aws)
    except (FileExistsError, NotADirectoryError) as error:
        raise ConfigError(f"{directory}: a part of the path is no folder", remedy="name another with --dir") from error


def _say_where(out: Out, directory: Path, aws: str | None) -> None:
    home = directory / ".quarterdeck"
    out.say("\nLook at")
    out.say(f"  {home}/archive/index.html   every report, figure and finding; open it in a browser")
    out.say(f"  {home}/outbox/    the messages as they would be sent, one a reader")
    out.say(f"  quarterdeck audit list --config {directory}/portfolio.yaml   who was told what")
    if aws:
        out.say(f"  quarterdeck demo --serve-aws --dir {directory}   its AWS accounts, for further runs from another terminal")
    out.say(f"  quarterdeck run --deliver --config {directory}/portfolio.yaml   a second run sends nothing twice")


def _start_server(out: Out, home: Path) -> subprocess.Popen[bytes]:
    """A Prefect server on loopback for the time of the demo; the flow finds it by PREFECT_API_URL."""
    url = "http://127.0.0.1:4200/api"
    prepare_prefect(home)
    server = subprocess.Popen([sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1"])
    out.say("Starting a Prefect server ...")
    for _ in range(_PATIENCE_SECONDS):
        if server.poll() is not None:
            raise QuarterdeckError("the Prefect server ended at once", remedy="is something else on port 4200?")
        try:
            httpx.get(f"{url}/health", timeout=1).raise_for_status()
        except httpx.HTTPError:
            time.sleep(1)
            continue
        os.environ["PREFECT_API_URL"] = url
        return server
    server.terminate()
    raise QuarterdeckError("the Prefect server did not answer", remedy="start one by hand and set PREFECT_API_URL")
