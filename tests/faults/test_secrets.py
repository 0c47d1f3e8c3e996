"""Secrets of Parameter Store and Secrets Manager, over the emulator: there, not there, not for us, and never in an error."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.delivery.smtp import Smtp, SmtpOptions
from quarterdeck.errors import ConfigError, DeliveryError
from quarterdeck.secrets import Secrets, secrets_of
from tests.emulator import Emulator
from tests.mail_servers import HOST, PASSWORD, USER, certificates, mail_server
from tests.parcels import envelope, means

SECRET = "hunter2-and-a-half"


@pytest.fixture
def secret(emulator: Emulator) -> Secrets:
    return secrets_of({}, emulator.aws())


def put_parameter(emulator: Emulator, value: str, kind: str = "SecureString") -> None:
    emulator.aws().client("ssm").put_parameter(Name="/quarterdeck/smtp", Value=value, Type=kind)


def put_secret(emulator: Emulator, **value: Any) -> None:
    emulator.aws().client("secretsmanager").create_secret(Name="quarterdeck/smtp", **value)


@pytest.mark.parametrize("kind", ["SecureString", "String"])
def test_a_parameter_is_read_decrypted(emulator: Emulator, secret: Secrets, kind: str) -> None:
    put_parameter(emulator, SECRET, kind)
    assert secret("${ssm:/quarterdeck/smtp}") == SECRET


def test_a_secret_is_read_as_it_stands_now(emulator: Emulator, secret: Secrets) -> None:
    put_secret(emulator, SecretString="the-old-one")
    assert secret("${secret:quarterdeck/smtp}") == "the-old-one"
    emulator.aws().client("secretsmanager").put_secret_value(SecretId="quarterdeck/smtp", SecretString=SECRET)
    assert secret("${secret:quarterdeck/smtp}") == SECRET


@pytest.mark.parametrize(
    ("reference", "code"),
    [("${ssm:/quarterdeck/smtp}", "ParameterNotFound"), ("${secret:quarterdeck/smtp}", "ResourceNotFoundException")],
)
def test_what_is_not_there_is_said_by_its_reference(secret: Secrets, reference: str, code: str) -> None:
    with pytest.raises(ConfigError) as caught:
        secret(reference)
    assert caught.value.problem.what == f"{reference} cannot be read: {code}"
    assert caught.value.permanent


def test_a_binary_secret_is_none(emulator: Emulator, secret: Secrets) -> None:
    put_secret(emulator, SecretBinary=b"hunter2")
    with pytest.raises(ConfigError, match=r"nothing behind \$\{secret:quarterdeck/smtp\}"):
        secret("${secret:quarterdeck/smtp}")


@pytest.mark.parametrize(
    ("reference", "operation"),
    [("${ssm:/quarterdeck/smtp}", "GetParameter"), ("${secret:quarterdeck/smtp}", "GetSecretValue")],
)
def test_what_is_not_for_us_is_refused_for_good_and_throttling_is_waited_out(
    emulator: Emulator, secret: Secrets, reference: str, operation: str
) -> None:
    put_parameter(emulator, SECRET)
    put_secret(emulator, SecretString=SECRET)
    emulator.fail(operation, "error", status=400, code="AccessDeniedException", message=f"not allowed to see {SECRET}")
    with pytest.raises(ConfigError, match="cannot be read: AccessDeniedException") as caught:
        secret(reference)
    assert caught.value.permanent
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    emulator.fail(operation, "error", times=2, status=400, code="ThrottlingException")
    assert secret(reference) == SECRET


@pytest.mark.parametrize(
    ("reference", "operation"),
    [("${ssm:/quarterdeck/smtp}", "GetParameter"), ("${secret:quarterdeck/smtp}", "GetSecretValue")],
)
def test_aws_that_cannot_be_reached_is_a_passing_fault(
    emulator: Emulator, secret: Secrets, reference: str, operation: str
) -> None:
    emulator.fail(operation, "before", times=5)
    with pytest.raises(ConfigError, match="cannot be read") as caught:
        secret(reference)
    assert not caught.value.permanent


@pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")
def test_a_mail_goes_out_with_a_password_of_parameter_store_and_no_log_holds_it(
    emulator: Emulator, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put_parameter(emulator, PASSWORD)
    put_secret(emulator, SecretString="the-wrong-one")
    caplog.set_level(logging.DEBUG)
    for logger in ("botocore", "urllib3", "boto3"):
        logging.getLogger(logger).setLevel(logging.INFO)  # the SDK's own debug log holds every answer, by its nature
    with mail_server(login=True) as inbox:
        shared = {"host": HOST, "port": inbox.port, "user": USER, "ca_file": str(certificates().authority)}
        right, wrong = (
            Smtp(means(tmp_path, emulator.aws()), SmtpOptions.model_validate({**shared, "password": reference}))
            for reference in ("${ssm:/quarterdeck/smtp}", "${secret:quarterdeck/smtp}")
        )
        right.send(envelope(channel="smtp"), "a1", lambda: None)
        with pytest.raises(DeliveryError, match="the login: refused") as caught:
            wrong.send(envelope("bob@example.com", channel="smtp"), "a1", lambda: None)
    assert [readers for _, readers, _ in inbox.mails] == [["ana@example.com"]]
    told = caplog.text + "".join(traceback.format_exception(caught.value)) + repr(vars(right)) + repr(vars(wrong))
    assert PASSWORD not in told
    assert "the-wrong-one" not in told


def test_the_secret_is_read_once_for_many_messages(emulator: Emulator, tmp_path: Path) -> None:
    put_parameter(emulator, PASSWORD)
    with mail_server(login=True) as inbox:
        options = {"host": HOST, "port": inbox.port, "user": USER, "password": "${ssm:/quarterdeck/smtp}"}
        channel = Smtp(
            means(tmp_path, emulator.aws()), SmtpOptions.model_validate({**options, "ca_file": str(certificates().authority)})
        )
        for reader in ("ana@example.com", "bob@example.com"):
            channel.send(envelope(reader, channel="smtp"), "a1", lambda: None)
    assert len(emulator.calls("GetParameter")) == 1
    assert len(inbox.mails) == 2
