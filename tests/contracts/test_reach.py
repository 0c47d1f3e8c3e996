"""What channels and stores say when they are asked whether they would take something; none of them takes anything then."""

from __future__ import annotations

from pathlib import Path

import pytest

from quarterdeck.addresses import Address
from quarterdeck.delivery import CHANNELS, KnownChannel, Reachable
from quarterdeck.delivery.outbox import Outbox
from quarterdeck.delivery.ses import Ses, SesOptions
from quarterdeck.delivery.slack import Slack, SlackOptions
from quarterdeck.delivery.smtp import Smtp, SmtpOptions
from quarterdeck.errors import DeliveryError, StorageError
from quarterdeck.storage import LocalStore, S3Store, Store
from tests.channels import mail_service, ready, ses
from tests.emulator import Emulator
from tests.mail_servers import HOST, PASSWORD, USER, certificates, mail_server
from tests.parcels import SENDER, means
from tests.slack_server import HOOK, TOKEN, slack_server

REGION = "us-east-1"


@pytest.fixture(params=CHANNELS.all())
def channel(request: pytest.FixtureRequest, tmp_path: Path) -> KnownChannel:
    return ready(request.param, request, tmp_path)


def test_every_channel_of_ours_can_be_asked(channel: KnownChannel) -> None:
    assert isinstance(channel, Reachable)
    assert channel.check(SENDER)


def test_a_store_that_is_there_says_so_and_keeps_nothing(store: Store) -> None:
    assert store.reach()
    assert store.list() == ()


def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="nothing can be stored"):
        LocalStore(tmp_path / "file" / "store").reach()
    store = LocalStore(tmp_path / "store")
    assert store.reach() == "is made by the first run"
    assert not store.root.exists()
    store.put_new("a", b"1")
    assert store.reach() == "can be written"
    assert [path.name for path in store.root.iterdir()] == ["a"]


def test_a_bucket_that_is_not_there_is_a_problem(emulator: Emulator) -> None:
    with pytest.raises(StorageError, match="NoSuchBucket") as caught:
        S3Store(emulator.aws(), "no-such-bucket-of-ours").reach()
    assert "make the bucket" in caught.value.problem.remedy


# SES


def test_ses_tells_what_the_account_may_send(emulator: Emulator, tmp_path: Path) -> None:
    emulator.ses(max_send_rate=14, max_24_hour_send=500, sent_last_24_hours=20)
    assert ses(emulator, tmp_path).check(SENDER) == "SES takes 14 messages a second, 480 of 500 left for today"
    assert emulator.mails() == []


@pytest.mark.parametrize(
    ("account", "told"),
    [({"sandbox": True}, "the account is in the sandbox"), ({"sending": False}, "SES has paused this account's sending")],
)
def test_an_account_that_may_not_send_is_a_problem(
    emulator: Emulator, tmp_path: Path, account: dict[str, bool], told: str
) -> None:
    emulator.ses(**account)
    with pytest.raises(DeliveryError, match=told) as caught:
        ses(emulator, tmp_path).check(SENDER)
    assert caught.value.problem.remedy


def test_a_sender_that_is_not_verified_is_a_problem_and_one_by_its_own_address_is_none(
    emulator: Emulator, tmp_path: Path
) -> None:
    aws = mail_service(emulator.url)
    channel = Ses(means(tmp_path, aws), SesOptions())
    with pytest.raises(DeliveryError, match="no verified identity"):
        channel.check(SENDER)
    aws.client("sesv2").create_email_identity(EmailIdentity=SENDER.spec)
    assert channel.check(SENDER)
    with pytest.raises(DeliveryError, match="no verified identity"):
        channel.check(Address("others@example.org"))


def test_a_configuration_set_must_be_there(emulator: Emulator, tmp_path: Path) -> None:
    channel = ses(emulator, tmp_path, configuration_set="reports")
    with pytest.raises(DeliveryError, match="no configuration set reports"):
        channel.check(SENDER)
    mail_service(emulator.url).client("sesv2").create_configuration_set(ConfigurationSetName="reports")
    assert channel.check(SENDER)


# SMTP


def server_options(port: int, **more: str) -> SmtpOptions:
    return SmtpOptions(host=HOST, port=port, ca_file=str(certificates().authority), **more)


def test_a_mail_server_is_greeted_and_logged_in_to_and_gets_no_message(tmp_path: Path) -> None:
    with mail_server(login=True) as inbox:
        options = server_options(inbox.port, user=USER, password="${env:PASSWORD}")
        told = Smtp(means(tmp_path, PASSWORD=PASSWORD), options).check(SENDER)
        assert told == f"{HOST} answers on port {inbox.port} (starttls), and lets us log in"
        with pytest.raises(DeliveryError) as caught:
            Smtp(means(tmp_path, PASSWORD="guess+41"), options).check(SENDER)
    assert inbox.mails == []
    for text in (str(caught.value), repr(caught.value.evidence)):
        assert "guess" not in text
        assert USER not in text


def test_a_mail_server_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with mail_server() as inbox:
        options = server_options(inbox.port)
    with pytest.raises(DeliveryError) as caught:
        Smtp(means(tmp_path), options).check(SENDER)
    assert caught.value.problem.remedy


# Slack


def test_slack_says_who_the_bot_is_and_gets_no_post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with slack_server() as serving:
        monkeypatch.setattr(Slack, "api", serving.api)
        told = Slack(means(tmp_path, TOKEN=TOKEN), SlackOptions(token="${env:TOKEN}")).check(SENDER)
        assert told == "Slack knows the bot as quarterdeck in Harbor"
        with pytest.raises(DeliveryError) as caught:
            Slack(means(tmp_path, TOKEN="xoxb-other"), SlackOptions(token="${env:TOKEN}")).check(SENDER)
    assert serving.posts == {}
    assert "xoxb" not in str(caught.value)


def test_a_webhook_is_looked_at_and_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = SlackOptions(webhook="${env:HOOK}", room="#reports")
    with slack_server() as serving:
        monkeypatch.setattr(Slack, "hooks", serving.hooks)
        told = Slack(means(tmp_path, HOOK=f"{serving.hooks}{HOOK}"), options).check(SENDER)
        with pytest.raises(DeliveryError, match="none of Slack's") as caught:
            Slack(means(tmp_path, HOOK="https://example.com/secret-path"), options).check(SENDER)
    assert told == "a webhook for #reports, which cannot be asked without posting"
    assert "secret-path" not in str(caught.value)
    assert (serving.hooked, serving.calls) == ([], [])


def test_the_outbox_is_not_made(tmp_path: Path) -> None:
    assert Outbox(means(tmp_path)).check(SENDER) == "the folder is made by the first run"
    assert list(tmp_path.iterdir()) == []
