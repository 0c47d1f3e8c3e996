"""A PostgreSQL of a test's own: a cluster in a folder that is gone afterwards, on loopback, run by somebody who is not root."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.prefect_servers import free_port, until

_NAME, _DATABASE = "prefect", "prefect"
_ACCOUNTS = ("postgres", "nobody")  # the server refuses to be root's; Debian's package makes the first


@dataclass(frozen=True)
class Postgres:
    """A database that is empty at first."""

    port: int
    folder: Path

    @property
    def url(self) -> str:
        """As Prefect takes it."""
        return f"postgresql+asyncpg://{_NAME}@127.0.0.1:{self.port}/{_DATABASE}"

    def tell(self, question: str) -> str:
        """The answer to a statement, bare."""
        return _run("psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", _NAME, "-d", _DATABASE, "-Atc", question).strip()


def binaries() -> Path | None:
    """Where PostgreSQL's programs are, the newest; None where there is none."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    return max((path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")), default=None, key=_version)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A cluster for a block. Nothing waits for the disk: what is proved here is not PostgreSQL's own durability."""
    folder = Path(tempfile.mkdtemp(prefix="quarterdeck-postgres-"))  # pytest's folders are closed to other accounts
    if os.getuid() == 0:
        shutil.chown(folder, _account())
    made = Postgres(free_port(), folder)
    try:
        _run("initdb", "-D", str(folder / "data"), "-U", _NAME, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(folder), "fsync": "off"}
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            command = _command("postgres", "-D", str(folder / "data"), "-p", str(made.port), *settings)
            process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, start_new_session=True)
        try:
            until(lambda: _is_ready(made.port), "PostgreSQL takes connections")
            _run("createdb", "-h", "127.0.0.1", "-p", str(made.port), "-U", _NAME, _DATABASE)
            yield made
        finally:
            os.killpg(process.pid, signal.SIGINT)  # its way to end at once, whoever is connected
            process.wait()
    finally:
        shutil.rmtree(folder)


def _is_ready(port: int) -> bool:
    asked = _command("pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port))
    return subprocess.run(asked, check=False).returncode == 0


def _run(*words: str) -> str:
    return subprocess.run(_command(*words), cwd="/", check=True, capture_output=True, text=True).stdout


def _command(program: str, *words: str) -> list[str]:
    """One of PostgreSQL's programs, under another account where this one is root."""
    folder = binaries()
    assert folder is not None
    account = _account() if os.getuid() == 0 else ""
    drop = ["setpriv", f"--reuid={account}", f"--regid={_group(account)}", "--clear-groups"] if account else []
    return [*drop, str(folder / program), *words]


def _account() -> str:
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in _ACCOUNTS if name in known)


def _group(account: str) -> int:
    return pwd.getpwnam(account).pw_gid


def _version(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0
