"""Runs that fail in part, with real mail servers: the operators are told, and nothing that is secret gets anywhere."""

from __future__ import annotations

import email
import email.policy
import logging
from pathlib import Path

import pytest

from flows.plain import Plain
from flows.running import How, run_plan
from quarterdeck.steps.plan import Plan
from quarterdeck.steps.summary import RunSummary
from quarterdeck.wiring import open_parts
from tests import mini
from tests.commands import printed, quarterdeck
from tests.mail_servers import HOST, PASSWORD, USER, Inbox, mail_server

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
TODO = Plan("2026-10", ("alpha",), (("alpha", "cfo"),))
WRONG = "not-the-right-one-at-all"


def portfolio(folder: Path, inbox: Inbox) -> Path:
    """A portfolio whose mails go over a server that wants a login, under a variable of repos.env."""
    config = mini.make(folder)
    delivery = (
        "delivery:\n  channel: smtp\n  sender: reports@example.com\n  operators: {to: [ops@example.com]}\n  channels:\n"
        f"    smtp: {{host: {HOST}, port: {inbox.port}, security: none, user: {USER}, password: '${{env:SMTP_PASSWORD}}'}}\n"
    )
    config.write_text(config.read_text("utf-8").replace("tenants:\n", delivery + "tenants:\n", 1), "utf-8")
    (folder / "repos.env").write_text(f"SMTP_PASSWORD={PASSWORD}\n", "utf-8")
    return config


def ran(config: Path) -> RunSummary:
    with Plain(first_pause=0) as engine:
        return run_plan(engine, open_parts(config), TODO, How(deliver=True))


def notices(inbox: Inbox) -> list[str]:
    told = [(readers, email.message_from_bytes(data, policy=email.policy.default)) for _, readers, data in inbox.mails]
    return [str(mail["Subject"]) for readers, mail in told if readers == ["ops@example.com"]]


def test_operators_are_told_of_a_run_that_failed_in_part_and_of_the_one_that_did_not(tmp_path: Path) -> None:
    with mail_server("none", login=True) as inbox:
        config = portfolio(tmp_path, inbox)
        bank = tmp_path / "alpha" / "bank.csv"
        rows = bank.read_bytes()
        bank.unlink()
        first, again = ran(config), ran(config)
        bank.write_bytes(rows)
        mended = ran(config)
    assert [summary.went_well for summary in (first, again, mended)] == [False, False, True]
    assert first.remarks == again.remarks == mended.remarks == ()
    assert notices(inbox) == [
        "Two companies: the run for October 2026 failed in part",
        "Two companies: the run for October 2026 went well again",
    ]
    assert sorted(readers[0] for _, readers, _ in inbox.mails) == [
        "archive@example.com",
        "cfo@example.com",
        "ops@example.com",
        "ops@example.com",
    ]


def test_that_they_could_not_be_told_is_told_and_changes_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with mail_server("none", login=True) as inbox:
        config = portfolio(tmp_path, inbox)
        assert ran(config).went_well
        (tmp_path / "alpha" / "bank.csv").unlink()
        (tmp_path / "repos.env").write_text(f"SMTP_PASSWORD={WRONG}\n", "utf-8")
        caplog.set_level(logging.DEBUG)
        failed = ran(config)
    assert not failed.went_well
    assert [problem.what for problem in failed.problems] == ["source books of alpha: there is no such file"]
    [remark] = failed.remarks
    assert remark.startswith("the operators were not told: portfolio_operators_2026-10 over smtp was not sent and is failed")
    assert "the login: refused: 535" in remark
    assert WRONG not in caplog.text + str(failed)
    assert "ops@example.com" not in remark


def test_the_command_with_a_wrong_secret_prints_it_nowhere(tmp_path: Path) -> None:
    with mail_server("none", login=True) as inbox:
        config = portfolio(tmp_path, inbox)
        (tmp_path / "repos.env").write_text(f"SMTP_PASSWORD={WRONG}\n", "utf-8")
        words = ("--period", "2026-10", "--tenant", "alpha", "--role", "cfo", "--deliver", "--json")
        done = quarterdeck("run", *words, folder=tmp_path)
    assert done.returncode == 1, done.stderr
    summary = printed(done, "run")
    assert summary["deliveries"]["failed"] == 2
    assert any("the login: refused: 535" in problem["what"] for problem in summary["problems"])
    assert inbox.mails == []
    assert WRONG not in done.stdout + done.stderr
    home = config.parent / ".quarterdeck"
    written = [path for path in home.rglob("*") if path.is_file()]
    assert any(path.name == "audit.sqlite" for path in written)
    assert [path.name for path in written if WRONG.encode() in path.read_bytes()] == []


def test_the_command_with_a_secret_in_its_settings_prints_it_nowhere(tmp_path: Path) -> None:
    with mail_server("none", login=True) as inbox:
        config = portfolio(tmp_path, inbox)
        config.write_text(config.read_text("utf-8").replace("'${env:SMTP_PASSWORD}'", WRONG), "utf-8")
        done = quarterdeck("run", "--deliver", "--json", folder=tmp_path)
    assert done.returncode == 2
    assert "a secret does not stand in this file" in done.stderr
    assert WRONG not in done.stdout + done.stderr
    assert not (tmp_path / ".quarterdeck").exists()
