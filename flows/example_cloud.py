"""The AWS accounts of the example, on an emulator on this machine for the time of a command.

The emulator is a process of its own, the one that the tests use, and needs the packages of the extra `emulator`; where they
are not there, the example goes without AWS and says so. Nothing here ever asks Amazon: the example's portfolio.yaml names
the emulator's address, and what requests are signed with belongs to nobody.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from examples.cloud import seed
from flows.console import OK, Out
from quarterdeck.config import load_settings
from quarterdeck.errors import ConfigError, QuarterdeckError

_SERVER = "tests.emulator.server"
_ROOT = Path(__file__).resolve().parent.parent
_NEEDED = ("moto", "flask", "flask_cors", "tests.emulator")
_INSTALL = "make .venv/emulator"
_PATIENCE_SECONDS = 60
# Nobody's: the emulator takes any, and whatever this process has of its own is not to be sent there.
_NOBODY = {"AWS_ACCESS_KEY_ID": "example", "AWS_SECRET_ACCESS_KEY": "example", "AWS_EC2_METADATA_DISABLED": "true"}
_SOMEBODY = ("AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE")


@contextmanager
def emulated(out: Out, config: Path, today: date) -> Iterator[str | None]:
    """The example's AWS for a block, at the address that is given, or None where there is none.

    A portfolio that is there already says itself where its AWS is; a new one gets a free port.
    """
    known = load_settings(config).aws.endpoint if config.exists() else None
    if config.exists() and known is None:
        yield None
        return
    if not _is_installed():
        out.say(f"The emulator of AWS is not installed: the example is shown without its AWS accounts. `{_INSTALL}` gets it.")
        yield None
        return
    with _pretending():
        if known is not None and _answers(known):
            yield known  # `demo --serve-aws` in another terminal
            return
        with _serving(_port(known)) as endpoint:
            seed(endpoint, today)
            yield endpoint


def serve(out: Out, config: Path, today: date) -> int:
    """Hold the AWS of an example that is there until Ctrl-C, for runs from other terminals."""
    if not config.exists():
        raise ConfigError(f"there is no {config}", remedy="make the example first: quarterdeck demo")
    endpoint = load_settings(config).aws.endpoint
    if endpoint is None:
        remedy = f"remove the folder, `{_INSTALL}`, and make the example anew: quarterdeck demo"
        raise ConfigError(f"{config} names no address of AWS", remedy=remedy)
    if not _is_installed():
        raise QuarterdeckError("the emulator of AWS is not installed", remedy=f"{_INSTALL}, or pip install '.[emulator]'")
    with _pretending(), _serving(_port(endpoint)):
        seed(endpoint, today)
        out.say(f"The example's AWS answers at {endpoint} (Ctrl-C ends it). In another terminal:")
        names = " ".join(f"{name}={value}" for name, value in _NOBODY.items())
        out.say(f"  {names} quarterdeck run --config {config}")
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return OK


def _is_installed() -> bool:
    return all(map(_is_there, _NEEDED))


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _port(endpoint: str | None) -> int:
    """The port of an address; 0, any that is free, without one."""
    return urlsplit(endpoint).port or 0 if endpoint else 0


def _answers(endpoint: str) -> bool:
    try:
        return httpx.get(f"{endpoint}/_faults/open", timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


@contextmanager
def _serving(port: int) -> Iterator[str]:
    """The emulator's process for a block; it also ends with this one."""
    command = [sys.executable, "-m", _SERVER, str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=_ROOT) as process:  # noqa: S603
        try:
            told = process.stdout.readline() if process.stdout else ""
            if not told.strip().isdigit():
                remedy = f"is something else on port {port}?" if port else "run `quarterdeck demo` again"
                raise QuarterdeckError("the emulator of AWS ended at once", remedy=remedy)
            endpoint = f"http://127.0.0.1:{int(told)}"
            _wait(endpoint)
            yield endpoint
        finally:
            process.terminate()


def _wait(endpoint: str) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while not _answers(endpoint):
        if time.monotonic() > end:
            raise QuarterdeckError("the emulator of AWS did not answer", remedy="run `quarterdeck demo` again")
        time.sleep(0.05)


@contextmanager
def _pretending() -> Iterator[None]:
    """Nobody's credentials in this process for a block, whatever it had before."""
    before = {name: os.environ.get(name) for name in (*_NOBODY, *_SOMEBODY)}
    for name in _SOMEBODY:
        os.environ.pop(name, None)
    os.environ.update(_NOBODY)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
