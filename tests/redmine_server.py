"""A real Redmine on loopback: Debian's package with a SQLite database of its own, a copy of one that is made once."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

HOME = Path("/usr/share/redmine")
KEY = "0123456789abcdef0123456789abcdef01234567"
PROJECT = "operations"
REFERENCE = "${env:REDMINE_KEY}"
_NUMBERS = count(1)
_START_SECONDS = 300
_SETUP = f"""
Setting.rest_api_enabled = '1'
Setting.text_formatting = 'textile'
admin = User.find_by(login: 'admin')
admin.must_change_passwd = false
admin.save!
Token.where(user: admin, action: 'api').delete_all
Token.create!(user: admin, action: 'api').update_column(:value, '{KEY}')
field = IssueCustomField.create!(name: 'External reference', field_format: 'string', is_filter: true, is_for_all: true,
                                 trackers: Tracker.all)
Project.create!(name: 'Operations', identifier: '{PROJECT}', trackers: Tracker.all, enabled_module_names: ['issue_tracking'])
puts "FIELD=#{{field.id}}"
"""


class NotStarted(Exception):
    """Redmine is not there, or does not start on this machine: nothing can be said of a board on it."""


@dataclass(frozen=True)
class Redmine:
    """A running Redmine: where it is, the id of the custom field for references, and its database."""

    url: str
    field: int
    database: Path

    def options(self, project: str = PROJECT) -> dict[str, object]:
        return {"url": self.url, "project": project, "key": REFERENCE, "reference_field": self.field}

    def call(self, method: str, path: str, body: object = None) -> Any:
        """A call by hand, as the administrator."""
        headers = {"X-Redmine-API-Key": KEY, "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def project(self) -> str:
        """A new, empty project."""
        identifier = f"p{next(_NUMBERS)}"
        project = {"name": identifier, "identifier": identifier, "enabled_module_names": ["issue_tracking"]}
        self.call("POST", "/projects.json", {"project": project})
        return identifier


@lru_cache(maxsize=1)
def _template() -> tuple[Path, int]:
    """A database with default data, an API key, a custom field and a project; and the id of that field."""
    database = Path(mkdtemp(prefix="redmine-")) / "template.sqlite3"
    _ruby(database, "bin/rake", "db:migrate")
    _ruby(database, "bin/rake", "redmine:load_default_data", "REDMINE_LANG=en")
    script = database.with_name("setup.rb")
    script.write_text(_SETUP, "utf-8")
    told = _ruby(database, "bin/rails", "runner", str(script))
    return database, int(told.partition("FIELD=")[2].split()[0])


def _environment(database: Path) -> dict[str, str]:
    gemfile = database.with_name("Gemfile")
    if not gemfile.exists():  # Debian's own names neither the server nor, without its database, the adapter
        gemfile.write_text(f"eval_gemfile '{HOME}/Gemfile'\ngem 'webrick'\ngem 'sqlite3', '~> 1.4.0'\n", "utf-8")
    return {
        **os.environ,
        "RAILS_ENV": "production",
        "X_DEBIAN_SITEID": "default",
        "DATABASE_URL": f"sqlite3:{database}",
        "SECRET_KEY_BASE": "for-tests-alone-" * 4,
        "RAILS_LOG_TO_STDOUT": "0",
        "BUNDLE_GEMFILE": str(gemfile),
    }


def _ruby(database: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["ruby", *arguments], cwd=HOME, env=_environment(database), capture_output=True, text=True, check=False, timeout=240
    )
    if done.returncode:
        raise NotStarted(f"{arguments[1]} failed: {done.stderr[-500:]}")
    return done.stdout


@contextmanager
def running() -> Iterator[Redmine]:
    """A Redmine for a block, with an empty project."""
    template, field = _template()
    folder = Path(mkdtemp(prefix="redmine-run-"))
    database = folder / "redmine.sqlite3"
    shutil.copyfile(template, database)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["ruby", "bin/rails", "server", "-u", "webrick", "-b", "127.0.0.1", "-p", str(port), "-P", str(folder / "pid")]
    with subprocess.Popen(
        command, cwd=HOME, env=_environment(database), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            made = Redmine(f"http://127.0.0.1:{port}", field, database)
            _wait(made.url, process)
            yield made
        finally:
            process.kill()
    shutil.rmtree(folder, ignore_errors=True)


@lru_cache(maxsize=1)
def _shared() -> Redmine | NotStarted:
    stack = ExitStack()
    atexit.register(stack.close)
    try:
        if not HOME.is_dir() or shutil.which("ruby") is None:
            raise NotStarted("apt-get install redmine redmine-sqlite")
        return stack.enter_context(running())
    except (NotStarted, OSError, subprocess.TimeoutExpired) as error:
        return NotStarted(str(error))


def shared() -> Redmine:
    """One for all tests of this process, which ends with it; they are skipped, with the reason, where it does not start."""
    found = _shared()
    if isinstance(found, NotStarted):
        pytest.skip(f"there is no Redmine: {found}")
    return found


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _START_SECONDS
    while True:
        if process.poll() is not None:
            raise NotStarted("it ended before it answered")
        try:
            urllib.request.urlopen(f"{url}/issue_statuses.json", timeout=5).close()
        except urllib.error.HTTPError:
            return  # it asks for a key
        except OSError:
            if time.monotonic() > end:
                raise NotStarted("it does not answer") from None
            time.sleep(0.1)
        else:
            return
