"""The command line as people and machines use it: the real command, in processes of its own, on real files."""

from __future__ import annotations

import email
import email.policy
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from prefect.settings import PREFECT_API_URL

from tests.commands import ROOT, Done, arguments, environment, lines, mails, printed, quarterdeck
from tests.mini import make

PERIOD = "2026-10"
ROLES = ("accounting", "ceo", "cfo", "cmo", "cto")
COMPANIES = ("jada", "queenofsandiego", "quickdumpnow", "dangerouscentaur", "portfolio")
UNITS = {"rental": "rental", "expert-yacht-delivery": "logistics", "dangerouscentaur-clients": "client-billing"}
DELIVERED = ("run", "--period", PERIOD, "--role", "ceo", "--role", "cfo", "--deliver")  # the roles that have readers
Served = dict[str, str]
MAILS = 3  # two readers of alpha's cfo and one of the portfolio's ceo
_PATIENCE_SECONDS = 240


@dataclass(frozen=True, slots=True)
class Ran:
    """A portfolio's folder after one command, and what that printed."""

    folder: Path
    done: Done

    @property
    def home(self) -> Path:
        return self.folder / ".quarterdeck"

    def call(self, *words: str, names: Mapping[str, str] | None = None) -> Done:
        return quarterdeck(*words, folder=self.folder, names=names)


@pytest.fixture(scope="session")
def served() -> Served:
    """The session's Prefect server, by the variable that makes the command use one."""
    return {"PREFECT_API_URL": str(PREFECT_API_URL.value())}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("demo")
    done = quarterdeck("demo", "--dir", "here", "--today", "2026-11-01", folder=folder)
    return Ran(folder / "here", done)


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The small portfolio after one delivered run; its tests only read."""
    folder = make(tmp_path_factory.mktemp("delivered")).parent
    return Ran(folder, quarterdeck("run", "--period", PERIOD, "--deliver", "--json", folder=folder))


# The example


def test_demo_makes_28_reports_and_says_where_to_look(demo: Ran) -> None:
    assert demo.done.returncode == 0, demo.done.stderr
    shown = demo.done.stdout
    assert "28 of 28 reports filed." in shown
    assert lines(demo.done.stderr)[-1] == "made 28 of 28 reports"
    for tenant, role in (*product(COMPANIES, ROLES), *UNITS.items()):
        place = f"archive/{tenant}/{role}/{PERIOD}/"
        assert place in shown
        [revision] = (demo.home / place).iterdir()
        assert {"report.json", "report.html", "report.txt", "report.pdf"} <= {path.name for path in revision.iterdir()}
    for named in ("here/.quarterdeck/archive/", "here/.quarterdeck/outbox/"):
        assert named in shown
        assert any((demo.folder.parent / named).iterdir())
    assert mails(demo.home)


def test_what_the_chief_technologist_reads_comes_from_aws(demo: Ran) -> None:
    assert money(demo, "portfolio", "aws_cost") == 6296
    assert money(demo, "queenofsandiego", "aws_saving") == 2510
    assert money(demo, "jada", "aws_cost") is None  # it has no account


def test_a_second_run_of_the_example_sends_nothing_and_says_so(demo: Ran, served: Served) -> None:
    sent = mails(demo.home)
    with aws_of(demo) as nobody:
        done = demo.call("run", "--deliver", "--period", PERIOD, "--json", names={**served, **nobody})
    again = printed(done, "run")
    assert again["problems"] == []
    assert again["deliveries"] == _counts(planned=len(sent), already=len(sent))
    assert mails(demo.home) == sent


def test_without_its_aws_the_example_goes_on_and_names_what_starts_it(demo: Ran) -> None:
    asked = ("--tenant", "queenofsandiego", "--role", "cto", "--period", PERIOD, "--json")
    done = demo.call("run", *asked, names={"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"})
    told = printed(done, "run")
    assert done.returncode == 1
    assert [line["status"] for line in told["reports"]] == ["filed"]
    assert len(told["problems"]) == 5  # inventory, metrics, bill and two tables; repositories and lists are there
    assert all("quarterdeck demo --serve-aws" in problem["remedy"] for problem in told["problems"])


@contextmanager
def aws_of(demo: Ran) -> Iterator[dict[str, str]]:
    """The example's AWS, held by another process for a block; by which variables a run finds it."""
    command = arguments("demo", "--serve-aws", "--dir", ".", "--today", "2026-11-01")
    names = environment(demo.folder)
    with subprocess.Popen(command, cwd=demo.folder, env=names, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("The example's AWS answers at http://127.0.0.1:")
            words = process.stdout.readline().split()
            yield dict(word.split("=") for word in words if word.startswith("AWS_"))
        finally:
            process.terminate()  # as Ctrl-C does; that one is not heard by what was started in the background
    assert process.returncode == 128 + signal.SIGTERM


def money(demo: Ran, tenant: str, kpi: str) -> int | None:
    """A figure of the newest CTO report, in minor units."""
    revisions = (demo.home / f"archive/{tenant}/cto/{PERIOD}").iterdir()
    newest = max(revisions, key=lambda path: path.stat().st_mtime) / "report.json"
    [told] = [row for row in json.loads(newest.read_text(encoding="utf-8"))["kpis"] if row["id"] == kpi]
    return None if told["value"] is None else int(told["value"]["minor"])


# One delivered run of the small portfolio, and what is asked of it afterwards


def test_a_run_prints_json_alone_on_standard_output_and_text_on_standard_error(delivered: Ran) -> None:
    assert delivered.done.returncode == 0, delivered.done.stderr
    summary = printed(delivered.done, "run")
    assert summary["periods"] == [PERIOD]
    assert summary["problems"] == []
    assert [line["report_id"] for line in summary["reports"]] == [
        f"{tenant}_{role}_{PERIOD}" for tenant in ("alpha", "beta", "portfolio") for role in ROLES
    ]
    for line in summary["reports"]:
        assert line["status"] == "filed"
        assert json.loads(Path(line["paths"]["json"]).read_text(encoding="utf-8"))["revision"] == line["revision"]
    assert summary["deliveries"] == _counts(planned=MAILS, sent=MAILS)
    assert len(mails(delivered.home)) == MAILS
    assert lines(delivered.done.stderr)[-1] == "made 15 of 15 reports"


@pytest.mark.parametrize(("tenant", "role"), [("alpha", "cfo"), ("portfolio", "ceo")])
def test_a_preview_is_the_report_of_the_run_to_the_byte(delivered: Ran, tenant: str, role: str) -> None:
    shown = printed(delivered.call("preview", tenant, role, PERIOD, "--json"), "preview")
    [filed] = [line for line in printed(delivered.done, "run")["reports"] if line["report_id"] == shown["report_id"]]
    assert shown["revision"] == filed["revision"]
    for kind, path in filed["paths"].items():
        assert Path(shown["paths"][kind]).read_bytes() == Path(path).read_bytes()
    message = email.message_from_bytes(Path(shown["paths"]["eml"]).read_bytes(), policy=email.policy.default)
    assert message["To"].addresses[0].domain == "example.com"
    assert len(mails(delivered.home)) == MAILS


def test_a_preview_does_without_prefect(delivered: Ran) -> None:
    done = quarterdeck("preview", "alpha", "cto", PERIOD, folder=delivered.folder, python=("-X", "importtime"))
    assert done.returncode == 0, done.stderr
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert "quarterdeck.steps.preview" in imported
    assert not {name for name in imported if name.partition(".")[0] == "prefect"}
    paths = [Path(line) for line in done.stdout.splitlines()]
    assert {path.suffix for path in paths} >= {".html", ".txt", ".pdf", ".eml", ".json"}
    assert all(path.stat().st_size for path in paths)


def test_the_trail_lists_each_delivery(delivered: Ran) -> None:
    rows = printed(delivered.call("audit", "list", "--json"), "audit_list")
    assert [(row["report_id"], row["reader"], row["state"]) for row in rows] == [
        (f"alpha_cfo_{PERIOD}", "archive@example.com", "sent"),
        (f"alpha_cfo_{PERIOD}", "cfo@example.com", "sent"),
        (f"portfolio_ceo_{PERIOD}", "owner@example.com", "sent"),
    ]
    assert printed(delivered.call("audit", "list", "--tenant", "beta", "--json"), "audit_list") == []
    text = delivered.call("audit", "list", "--period", PERIOD).stdout
    assert all(row["reader"] in text for row in rows)


def test_the_trail_tells_the_story_of_a_report(delivered: Ran) -> None:
    story = printed(delivered.call("audit", "show", f"alpha_cfo_{PERIOD}", "--json"), "audit_show")
    [revision] = story["revisions"]
    assert revision["recipients"] == ["cfo@example.com", "archive@example.com"]
    assert {"entries", "accounts", "targets"} <= {snapshot["table"] for snapshot in revision["snapshots"]}
    events = [event["event"] for event in story["events"] if event["kind"] == "delivery"]
    assert sorted(events) == sorted(["plan", "claim", "send", "accept"] * 2)
    assert "cfo@example.com" in delivered.call("audit", "show", f"alpha_cfo_{PERIOD}").stdout
    unknown = delivered.call("audit", "show", f"gamma_cfo_{PERIOD}", "--json")
    assert unknown.returncode == 1
    assert printed(unknown, "problems")["problems"][0]["remedy"]


def test_the_trail_verifies_and_a_tampered_one_does_not(delivered: Ran, tmp_path: Path) -> None:
    done = delivered.call("audit", "verify", "--json")
    verdict = printed(done, "audit_verify")
    assert (done.returncode, verdict["ok"], verdict["unanchored"]) == (0, True, {})
    shutil.copytree(delivered.home, tmp_path / "home")
    with sqlite3.connect(tmp_path / "home" / "audit.sqlite") as trail:
        changed = trail.execute("UPDATE deliveries SET reader = 'other@example.com' WHERE reader = 'cfo@example.com'")
        assert changed.rowcount == 1
    trail.close()
    elsewhere = {"QUARTERDECK_HOME": str(tmp_path / "home")}
    tampered = delivered.call("audit", "verify", "--json", names=elsewhere)
    assert tampered.returncode == 1
    assert not printed(tampered, "audit_verify")["ok"]
    said = delivered.call("audit", "verify", names=elsewhere)
    assert said.returncode == 1
    assert "does not verify" in said.stdout


# What goes wrong


def test_sources_that_are_gone_are_told_and_cost_only_what_needs_them(tmp_path: Path, served: Served) -> None:
    """One run without --deliver in a fresh home: a source that may be missing, and one that its tenant requires."""
    beta = "{id: inventory, kind: inventories, channels: beta"
    ran = _prepare(tmp_path, (beta, beta.replace("kind", "required: true, kind")))
    (ran / "alpha" / "bank.csv").unlink()
    (ran / "beta" / "channels.csv").unlink()
    done = quarterdeck("run", "--period", PERIOD, folder=ran, names=served)
    assert done.returncode == 1
    said = [line for line in lines(done.stderr) if line[:5] not in ("pulle", "worke", "made ")]
    assert [line for line in said if "bank.csv" in line] == [
        "alpha/bank.csv: source books of alpha: there is no such file (mend the path, or put the file there)"
    ]
    blocked = [line for line in said if "is held back" in line]
    assert len(blocked) == len(ROLES)
    assert len(said) == 2 + len(blocked)
    assert "10 of 15 reports filed." in done.stdout
    assert sum(line.split()[:1] == ["beta"] and "blocked" in line for line in done.stdout.splitlines()) == len(ROLES)
    filed = ran / ".quarterdeck" / "archive" / "beta"  # its settings lie there, as rows that the portfolio's figures read
    assert not [role for role in ROLES if (filed / role).exists()]
    [page] = (ran / ".quarterdeck" / "archive" / "alpha" / "cfo").rglob("report.json")
    report = json.loads(page.read_text(encoding="utf-8"))
    notice = report["data_notice"][0]
    assert (notice["kind"], notice["source"]) == ("missing", "books")
    assert "alpha/bank.csv: there is no such file" in notice["text"]
    assert {kpi["id"]: kpi["value"] for kpi in report["kpis"]}["cash"] is None
    assert not mails(ran / ".quarterdeck")
    assert "Deliveries: planned: 3" in done.stdout


def test_two_runs_started_at_once_send_each_message_once(tmp_path: Path) -> None:
    """The one that gets the lease is stopped as soon as it has it, so that the other one must meet it."""
    folder = _prepare(tmp_path)
    with _started(folder, "one") as one, _started(folder, "two") as two:
        _wait_for(lambda: "pulled" in one.said() + two.said())
        winner, loser = (one, two) if "pulled" in one.said() else (two, one)
        os.kill(winner.process.pid, signal.SIGSTOP)
        code = loser.process.wait(_PATIENCE_SECONDS)
        os.kill(winner.process.pid, signal.SIGCONT)
        assert code == 1
        [line] = lines(loser.said())
        assert f":{winner.process.pid}:" in line.split(" is running over ")[0]
        assert winner.process.wait(_PATIENCE_SECONDS) == 0, winner.said()
    assert len(mails(folder / ".quarterdeck")) == MAILS


def test_a_run_that_was_ended_or_killed_can_be_run_again_at_once(tmp_path: Path) -> None:
    folder = _prepare(tmp_path)
    with _started(folder, "ended") as ended:
        _wait_for(lambda: "pulled" in ended.said())
        ended.process.terminate()
        assert ended.process.wait(_PATIENCE_SECONDS) == 128 + signal.SIGTERM
        with pytest.raises(ProcessLookupError):  # and nothing that it started is left
            os.killpg(ended.process.pid, 0)
    with _started(folder, "killed") as killed:
        _wait_for(lambda: "made 5 of" in killed.said())
        killed.process.kill()
        assert killed.process.wait(_PATIENCE_SECONDS) == -signal.SIGKILL
        again = printed(quarterdeck(*DELIVERED, "--json", folder=folder), "run")
    assert again["deliveries"]["sent"] + again["deliveries"]["already"] == MAILS
    assert again["problems"] == []
    assert len(mails(folder / ".quarterdeck")) == MAILS
    rows = printed(quarterdeck("audit", "list", "--json", folder=folder), "audit_list")
    assert [row["state"] for row in rows] == ["sent"] * MAILS


# A portfolio of one's own


def test_init_writes_a_portfolio_to_start_from_and_overwrites_nothing(tmp_path: Path) -> None:
    done = quarterdeck("init", "mine", "--json", folder=tmp_path)
    assert done.returncode == 0
    paths = [tmp_path / path for path in printed(done, "init")["paths"]]
    assert [path.name for path in paths] == ["portfolio.yaml", "repos.env.example"]
    for left, gone in (paths, reversed(paths)):
        gone.unlink(missing_ok=True)
        left.write_text("mine")
        again = quarterdeck("init", "mine", "--json", folder=tmp_path)
        assert again.returncode == 2
        assert left.name in printed(again, "problems")["problems"][0]["what"]
        assert left.read_text() == "mine"
        assert not gone.exists()


def test_a_run_over_this_repositorys_own_history_with_a_portfolio_from_init(tmp_path: Path) -> None:
    """Without the example: what `init` wrote, changed by hand where it says so, over commits that people made."""
    if not (ROOT / ".git").exists():
        pytest.skip("this checkout has no .git")
    _git(tmp_path, "clone", "-q", "--bare", "--no-hardlinks", str(ROOT), "code.git")
    newest = datetime.fromisoformat(_git(tmp_path / "code.git", "log", "-1", "--format=%cI")).astimezone(UTC)
    dates = [line[:7] for line in _git(tmp_path / "code.git", "log", "--format=%cd", "--date=format-local:%Y-%m").split()]
    assert quarterdeck("init", "mine", folder=tmp_path).returncode == 0
    written = tmp_path / "mine" / "portfolio.yaml"
    assert written.read_text().count("- path: .  ") == 1
    written.write_text(written.read_text().replace("- path: .  ", "- path: ../code.git  "))
    done = quarterdeck("run", "--period", f"{newest:%Y-%m}", "--json", folder=tmp_path / "mine")
    assert done.returncode == 0, done.stderr
    summary = printed(done, "run")
    assert [line["status"] for line in summary["reports"]] == ["filed"] * 10
    [cto] = [line for line in summary["reports"] if (line["tenant"], line["role"]) == ("first-company", "cto")]
    report = json.loads(Path(cto["paths"]["json"]).read_text(encoding="utf-8"))
    kpis = {kpi["id"]: kpi["value"] for kpi in report["kpis"]}
    assert kpis["commits"] == str(dates.count(f"{newest:%Y-%m}"))
    assert not mails(tmp_path / "mine" / ".quarterdeck")


def _counts(**given: int) -> dict[str, int]:
    return {**dict.fromkeys(("planned", "sent", "already", "unknown", "failed", "held"), 0), **given}


def _prepare(folder: Path, *changes: tuple[str, str]) -> Path:
    """The folder of a small portfolio, with its file changed."""
    config = make(folder)
    for old, new in changes:
        assert old in config.read_text()
        config.write_text(config.read_text().replace(old, new))
    return folder


@dataclass(frozen=True, slots=True)
class _Started:
    process: subprocess.Popen[bytes]
    log: Path

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")


@contextmanager
def _started(folder: Path, name: str, names: Served | None = None) -> Iterator[_Started]:
    """A delivering run under way, in a group of processes of its own: none of them outlives the test."""
    log = folder / f"{name}.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            arguments(*DELIVERED),
            cwd=folder,
            env=environment(folder, names),
            stdout=subprocess.DEVNULL,
            stderr=stream,
            start_new_session=True,
        )
    try:
        yield _Started(process, log)
    finally:
        with suppress(ProcessLookupError):  # they may all have ended already
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_for(has_come: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while not has_come():
        assert time.monotonic() < until
        time.sleep(0.02)


def _git(folder: Path, *words: str) -> str:
    """Git with no settings but those given here; the checkout may belong to another user."""
    done: Any = subprocess.run(
        ["git", "-c", "safe.directory=*", *words],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", "TZ": "UTC"},
        capture_output=True,
        text=True,
        check=True,
    )
    return str(done.stdout).strip()
