"""`quarterdeck check` and `setup` as they are typed, without a server: what they print, how they end, what they never show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from tests.handbook import DOCS
from tests.mail_servers import HOST, certificates, mail_server
from tests.mini import make

SECRET = "tall.ships+42"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PREFECT_API_URL", "QUARTERDECK_HOME", "RECIPIENT_EMAIL", "SES_SENDER_EMAIL", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)


def call(config: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--config", str(config)])


def printed(done: Result, schema: str = "check") -> Any:
    document = json.loads(done.stdout)
    rules = json.loads((DOCS / "schemas" / f"{schema}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(rules)
    jsonschema.Draft202012Validator(rules).validate(document)
    return document


def test_where_all_is_there_it_ends_with_0(tmp_path: Path) -> None:
    done = call(make(tmp_path), "check")
    assert done.exit_code == 0
    assert "12 checks, no problem." in done.stdout
    states = {each["state"] for each in printed(call(tmp_path / "portfolio.yaml", "check", "--json"))["checks"]}
    assert states == {"ok"}
    assert not (tmp_path / ".quarterdeck").exists()


def test_what_is_missing_is_a_row_with_its_remedy_and_it_ends_with_1(tmp_path: Path) -> None:
    config = make(tmp_path)
    (tmp_path / "alpha" / "bank.csv").unlink()
    done = call(config, "check")
    assert done.exit_code == 1
    [row] = [line for line in done.stdout.splitlines() if "problem " in line and line.startswith("source")]
    assert "books of alpha" in row
    assert "alpha/bank.csv: there is no such file" in row
    assert row.rstrip().endswith("mend the path, or put the file there")
    assert "12 checks, 1 problem." in done.stdout
    wrong = [each for each in printed(call(config, "check", "--json"))["checks"] if each["state"] == "problem"]
    assert [(each["name"], each["where"]["file"]) for each in wrong] == [("books of alpha", "alpha/bank.csv")]


def test_a_configuration_that_cannot_be_used_is_bad_input(tmp_path: Path) -> None:
    config = make(tmp_path)
    config.write_text(config.read_text("utf-8").replace("currency: USD", "currency: DOUBLOON", 1), "utf-8")
    done = call(config, "check", "--json")
    assert done.exit_code == 2
    assert printed(done, "problems")["problems"]


def test_channels_are_asked_and_no_secret_or_reader_is_shown(tmp_path: Path) -> None:
    """The mail server wants no login, which is said; the password stands in the environment's file and nowhere else."""
    config = make(tmp_path)
    with mail_server() as inbox:
        where = f"host: {HOST}, port: {inbox.port}, ca_file: {certificates().authority}"
        smtp = f"{{{where}, user: mailer, password: '${{env:MAIL}}'}}"
        slack = "{token: '${env:GONE}'}"
        delivery = f"delivery:\n  channel: smtp\n  channels: {{smtp: {smtp}, slack: {slack}}}\n"
        config.write_text(f"{delivery}{config.read_text('utf-8')}", "utf-8")
        (tmp_path / "repos.env").write_text(f"MAIL={SECRET}\n", "utf-8")
        done = call(config, "check", "--json")
    checks = {each["name"]: each for each in printed(done)["checks"] if each["part"] == "channel"}
    assert (done.exit_code, set(checks)) == (1, {"smtp", "slack"})
    assert checks["smtp"]["state"] == "problem"
    assert checks["slack"]["told"] == "there is nothing behind ${env:GONE}"
    assert inbox.mails == []
    for hidden in (SECRET, "mailer", "@example.com"):
        assert hidden not in done.output


def test_without_a_server_there_is_nothing_to_set_up(tmp_path: Path) -> None:
    done = call(make(tmp_path), "setup", "--json")
    assert done.exit_code == 2
    [problem] = printed(done, "problems")["problems"]
    assert problem["what"] == "no Prefect server is named"
    assert "PREFECT_API_URL" in problem["remedy"]
