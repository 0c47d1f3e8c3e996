"""portfolio.yaml, repos.env and the environment: what they mean and how their faults are told."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from quarterdeck.config import Settings, SourceSettings, load_settings
from quarterdeck.config.models import FeedbackSettings
from quarterdeck.errors import ConfigError
from quarterdeck.steps.own import SOURCE as SETTINGS
from quarterdeck.steps.tables import FIGURES, HISTORY, PREVIEWED

GOOD = """\
version: 1
portfolio:
  name: Harbor Group
  currency: USD
  timezone: America/Los_Angeles
  locale: en_US
  fiscal_year_start: 4
  roles:
    ceo: {to: [owner@example.com]}
tenants:
  - id: jada
    name: JADA
    currency: EUR
    sources:
      - {kind: git_history, repositories: [{path: code.git}]}
    roles:
      cfo: {to: [cfo@example.com], cc: [deputy@example.com], reply_to: books@example.com}
  - id: rental
    name: House
    kind: unit
    default_recipient: true
"""


def load(folder: Path, text: str = GOOD, env: dict[str, str] | None = None) -> Settings:
    file = folder / "portfolio.yaml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, env or {})


def problems(folder: Path, text: str, env: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(folder, text, env)
    return [str(problem) for problem in caught.value.problems]


def test_a_tenant_takes_from_the_portfolio_what_it_does_not_say(tmp_path: Path) -> None:
    settings = load(tmp_path)
    jada, rental = settings.members
    assert (jada.currency, jada.timezone, jada.fiscal_year_start) == ("EUR", "America/Los_Angeles", 4)
    assert (rental.currency, rental.kind, rental.locale) == ("USD", "unit", "en_US")
    assert settings.portfolio.id == "portfolio"
    assert [tenant.id for tenant in settings.tenants] == ["jada", "rental", "portfolio"]


def test_names_are_what_a_reader_sees_of_them(tmp_path: Path) -> None:
    [_, rental] = load(tmp_path, GOOD.replace("name: House", r'name: " The\r\nHouse \u202e\x1b[31m"')).members
    assert rental.name == "The House"


def test_the_home_lies_beside_the_file_unless_the_environment_says_otherwise(tmp_path: Path) -> None:
    assert load(tmp_path).home == tmp_path / ".quarterdeck"
    assert load(tmp_path, env={"QUARTERDECK_HOME": str(tmp_path / "elsewhere")}).home == tmp_path / "elsewhere"


def test_readers_of_the_environment_are_the_portfolios_and_a_tenants_only_when_it_says_so(tmp_path: Path) -> None:
    env = {"RECIPIENT_EMAIL": "env@example.com", "BCC_RECIPIENTS": "a@example.com, b@example.com"}
    settings = load(tmp_path, env=env)
    jada, rental = settings.members
    assert settings.readers(settings.portfolio, "ceo").to == ("owner@example.com",)
    assert settings.readers(settings.portfolio, "cfo").to == ("env@example.com",)
    assert settings.readers(settings.portfolio, "cfo").bcc == ("a@example.com", "b@example.com")
    assert not settings.readers(jada, "ceo").has_readers
    assert settings.readers(rental, "ceo").to == ("env@example.com",)
    gated = load(
        tmp_path, GOOD.replace("    kind: unit\n", "    kind: unit\n    roles: {ceo: {approval: required}}\n"), env=env
    )
    held = gated.readers(gated.members[1], "ceo")
    assert (held.to, held.approval) == (("env@example.com",), "required")  # whoever reads, what the role asks for holds


def test_a_real_variable_wins_over_repos_env_and_the_file_is_never_executed(tmp_path: Path) -> None:
    (tmp_path / "repos.env").write_text(
        'export SES_SENDER_EMAIL="file@example.com"\nAWS_REGION=us-west-2\nRECIPIENT_EMAIL=$(touch pwned)@example.com\n',
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match="RECIPIENT_EMAIL"):
        load(tmp_path)
    assert not (tmp_path / "pwned").exists()
    settings = load(tmp_path, env={"RECIPIENT_EMAIL": "real@example.com", "SES_SENDER_EMAIL": "real@example.com"})
    assert settings.environment.sender == "real@example.com"
    assert settings.environment.region == "us-west-2"


@pytest.mark.parametrize(
    ("change", "line", "what"),
    [
        (("    name: JADA\n", "    name: JADA\n    nmae: x\n"), 13, "unknown key tenants.0.nmae"),
        (("    kind: unit\n", "    kind: boat\n"), 20, "tenants.1.kind"),
        (("    name: House\n", '    name: "\\u200b\\u202e"\n'), 19, "tenants.1.name"),
        (("    kind: unit\n", '    branding: {from_name: "Boat <b@example.com>"}\n'), 20, "tenants.1.branding.from_name"),
        (("currency: EUR", "currency: euro"), 13, "tenants.0.currency"),
        (("currency: EUR", "currency: UDS"), 13, "'UDS' is not the code of a currency"),
        (("timezone: America/Los_Angeles", "timezone: Mars/Base"), 5, "portfolio.timezone"),
        (("timezone: America/Los_Angeles", "timezone: localtime"), 5, "'localtime' is not a time zone"),
        (("{kind: git_history", "{id: figures, kind: git_history"), 15, "a name that quarterdeck needs itself"),
        (("{kind: git_history", "{id: history-2026-09, kind: git_history"), 15, "give the source another id"),
        (("    kind: unit\n", "    targets: {gross_margin: {value: 0.123456789}}\n"), 20, "8 decimal places"),
        (("    kind: unit\n", "    targets: {cash: {value: 1, tolerance: 0.123456789}}\n"), 20, "8 decimal places"),
        (("locale: en_US", "locale: xx_YY"), 6, "portfolio.locale"),
        (("fiscal_year_start: 4", "fiscal_year_start: 13"), 7, "portfolio.fiscal_year_start"),
        (("owner@example.com]", "owner@example.com, not an address]"), 9, "portfolio.roles.ceo.to.1"),
        (("  - id: rental", "  - id: Rental!"), 18, "tenants.1.id"),
        (("version: 1", "version: 2"), 1, "version"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, change: tuple[str, str], line: int, what: str) -> None:
    told = problems(tmp_path, GOOD.replace(*change))
    assert len(told) == 1
    assert f"portfolio.yaml:{line}:" in told[0]
    assert what in told[0]


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    told = problems(tmp_path, GOOD.replace("currency: EUR", "currency: euro").replace("kind: unit", "kind: boat"))
    assert len(told) == 2


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (GOOD.replace("id: rental", "id: jada"), "two tenants have the id 'jada'"),
        (GOOD.replace("id: rental", "id: portfolio"), "the portfolio's own"),
        (GOOD.replace("    name: House", "\tname: House"), "tab"),
        (GOOD + "  - &a {id: x, name: *a}\n", "anchor"),
        (GOOD.replace("version: 1", "version: 1\nversion: 1"), "version"),
        ("", "portfolio"),
        ("- a\n- b\n", "mapping"),
    ],
)
def test_yaml_that_is_no_portfolio_is_refused(tmp_path: Path, text: str, what: str) -> None:
    assert what in " ".join(problems(tmp_path, text)).lower()


def test_a_home_in_repos_env_starts_from_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From wherever a run is started: another home knows of no message that has gone out, and would send them again."""
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / "repos.env").write_text("QUARTERDECK_HOME=../home\n", encoding="utf-8")
    homes = set()
    for start in (tmp_path, tmp_path / "books"):
        monkeypatch.chdir(start)
        homes.add(load(tmp_path / "books").home.resolve())
    assert homes == {tmp_path / "home"}


@pytest.mark.parametrize(
    ("stored", "what"),
    [
        (b"RECIPIENT_EMAIL=a@example.com\nBCC_RECIPIENTS b@example.com\n", "repos.env:2: this is no NAME=value"),
        (b"# caf\xe9\n", "repos.env: the file is not in UTF-8"),
        (b"RECIPIENT_EMAIL=nobody\n", "RECIPIENT_EMAIL: 'nobody' is not an address"),
        (
            b"QUARTERDECK_TASK_RUNNER=dusk\n",
            "QUARTERDECK_TASK_RUNNER: there is no 'dusk' (known: threads, processes, dask, dask://HOST:PORT)",
        ),
    ],
)
def test_a_fault_of_repos_env_is_told(tmp_path: Path, stored: bytes, what: str) -> None:
    (tmp_path / "repos.env").write_bytes(stored)
    assert what in " ".join(problems(tmp_path, GOOD))


def test_a_repos_env_that_is_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "repos.env").mkdir()
    assert "repos.env: Is a directory" in " ".join(problems(tmp_path, GOOD))


@pytest.mark.parametrize("name", [SETTINGS, FIGURES, PREVIEWED, f"{HISTORY}2026-10"])
def test_no_source_can_be_called_as_what_quarterdeck_makes_itself(name: str) -> None:
    with pytest.raises(ValidationError, match="needs itself"):
        SourceSettings.model_validate({"id": name, "kind": "handoffs"})


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yaml"):
        load_settings(tmp_path / "nowhere.yaml", {})


def test_silence_means_nothing_while_aws_may_still_take_an_old_signature() -> None:
    queue = "https://sqs.us-west-2.amazonaws.com/123456789012/feedback"
    assert FeedbackSettings(queue=queue, quiet_minutes=10).quiet_minutes == 10
    with pytest.raises(ValidationError):
        FeedbackSettings(queue=queue, quiet_minutes=9)


@pytest.mark.parametrize("name", ["threads", "processes", "dask", "dask://10.0.0.7:8786", "dask://scheduler.example.com:1"])
def test_what_does_the_work_is_named_in_the_environment(tmp_path: Path, name: str) -> None:
    assert load(tmp_path, env={"QUARTERDECK_TASK_RUNNER": name}).environment.task_runner == name


@pytest.mark.parametrize("name", ["ray", "Dask", "dask://", "dask://host", "tcp://host:1", "dask://host:1/x", "dask://a b:1"])
def test_what_is_not_there_to_do_the_work_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    [line] = problems(tmp_path, GOOD, {"QUARTERDECK_TASK_RUNNER": name})
    assert line == f"QUARTERDECK_TASK_RUNNER: there is no {name!r} (known: threads, processes, dask, dask://HOST:PORT)"


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:5000", "http://localhost:1", "https://aws.example.com"])
def test_aws_may_be_on_this_machine_or_behind_an_endpoint_of_ones_own(tmp_path: Path, endpoint: str) -> None:
    assert load(tmp_path, f"aws: {{endpoint: '{endpoint}'}}\n{GOOD}").aws.endpoint == endpoint
    assert load(tmp_path).aws.endpoint is None


@pytest.mark.parametrize("endpoint", ["http://aws.example.com", "http://127.0.0.1", "https://me:key@example.com", "ftp://x"])
def test_signed_requests_are_sent_nowhere_else_in_the_clear(tmp_path: Path, endpoint: str) -> None:
    [told] = problems(tmp_path, f"aws: {{endpoint: '{endpoint}'}}\n{GOOD}")
    assert "portfolio.yaml:1" in told
    assert "https://" in told
