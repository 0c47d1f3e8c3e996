"""Secrets by reference: read where the reference points, and repeated nowhere, least of all where one stands by mistake."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from quarterdeck.aws import Aws
from quarterdeck.errors import ConfigError
from quarterdeck.secrets import Reference, secrets_of
from quarterdeck.wiring import open_parts

SECRET = "hunter2-and-a-half"


class Options(BaseModel):
    password: Reference


def read(reference: str, **environment: str) -> str:
    return secrets_of(environment, Aws())(reference)


@pytest.mark.parametrize("text", ["${env:NAME}", "${ssm:/quarterdeck/smtp}", "${secret:quarterdeck/slack@1+=-_.}"])
def test_a_reference_is_taken_as_it_stands(text: str) -> None:
    assert Options(password=text).password == text


PLAIN = [
    SECRET,
    12345678,
    True,
    1.5,
    ["x"],
    {"x": SECRET},
    "",
    "$" + SECRET,
    "${env:}",
    "${vault:x}",
    "x${env:A}",
    "${env:A}\n",
]


@pytest.mark.parametrize(
    "given", [*PLAIN, "${env:A}${env:B}", "${env:A B}", "${env:" + "a" * 513 + "}", "${env:é}", b"x"], ids=repr
)
def test_what_is_no_reference_is_refused_without_being_repeated(given: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        Options.model_validate({"password": given})
    [error] = caught.value.errors()
    assert error["type"] == "not_shown"
    assert error["msg"] == "a secret does not stand in this file"


@given(st.one_of(st.text(), st.integers(), st.lists(st.text()), st.dictionaries(st.text(), st.text())))
def test_anything_else_is_refused_as_one_that_is_not_shown(value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        Options.model_validate({"password": value})
    assert [error["type"] for error in caught.value.errors()] == ["not_shown"]


def test_a_variable_is_read_by_its_name() -> None:
    assert read("${env:SMTP_PASSWORD}", SMTP_PASSWORD=SECRET) == SECRET
    assert read("${env:A}", A="${env:B}", B="x") == "${env:B}"  # what is read is a secret, not another reference


def test_nothing_behind_a_reference_is_said_by_its_name() -> None:
    for environment in ({}, {"SMTP_PASSWORD": ""}):
        with pytest.raises(ConfigError, match=r"there is nothing behind \$\{env:SMTP_PASSWORD\}"):
            read("${env:SMTP_PASSWORD}", **environment)


@pytest.mark.parametrize("given", [SECRET, "${env:A}\n", "", "${env:" + SECRET])
def test_a_text_that_is_no_reference_is_not_repeated(given: str) -> None:
    with pytest.raises(ConfigError, match="a secret's reference is none") as caught:
        read(given)
    assert SECRET not in str(caught.value) + repr(caught.value)
    assert SECRET.encode() not in pickle.dumps(caught.value)


# In the settings

PORTFOLIO = """\
portfolio: {{name: Harbor Group, currency: USD}}
delivery:
  channel: smtp
  channels:
    smtp: {options}
tenants:
  - {{id: jada, name: JADA}}
"""


def refused(folder: Path, options: str) -> ConfigError:
    file = folder / "portfolio.yaml"
    file.write_text(PORTFOLIO.format(options=options), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        open_parts(file)
    return caught.value


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        f'"{SECRET}"',
        f"{{text: {SECRET}}}",
        f"[{SECRET}]",
        f"${{env:{SECRET}",
        f"!{SECRET}",
        f"*{SECRET}",
        f"&{SECRET} x",
        f"@{SECRET}",
        f"{{{SECRET}: x}}",
    ],
)
def test_a_secret_in_the_file_is_told_by_its_place_alone(tmp_path: Path, written: str) -> None:
    error = refused(tmp_path, f"{{host: mail.example.com, user: mailer, password: {written}}}")
    assert SECRET not in str(error) + repr(error) + "".join(map(str, error.problems))
    assert all(problem.where is not None and problem.where.line == 5 for problem in error.problems)


def test_a_secret_in_the_file_is_said_to_be_one(tmp_path: Path) -> None:
    error = refused(tmp_path, f"{{host: mail.example.com, user: mailer, password: {SECRET}}}")
    assert str(error).endswith(
        "portfolio.yaml:5:50: delivery.channels.smtp.password: a secret does not stand in this file "
        "(write ${env:NAME}, ${ssm:/path} or ${secret:name}, and change a secret that stood here)"
    )


def test_a_number_is_a_secret_too(tmp_path: Path) -> None:
    assert "90210777" not in str(refused(tmp_path, "{host: mail.example.com, user: mailer, password: 90210777}"))


def test_the_environment_is_not_shown_with_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "portfolio.yaml"
    file.write_text(PORTFOLIO.format(options="{host: mail.example.com}"), encoding="utf-8")
    (tmp_path / "repos.env").write_text(f"SMTP_PASSWORD={SECRET}\n", encoding="utf-8")
    parts = open_parts(file)
    assert parts.secret("${env:SMTP_PASSWORD}") == SECRET
    assert SECRET not in repr(parts) + repr(parts.settings) + json.dumps(parts.settings.document.data)
