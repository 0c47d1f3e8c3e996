"""Channels that can send, each with what it needs on this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.aws import Aws
from quarterdeck.delivery import Envelope, KnownChannel, Room
from quarterdeck.delivery.outbox import Outbox
from quarterdeck.delivery.ses import Ses, SesOptions
from quarterdeck.delivery.slack import Slack, SlackOptions
from quarterdeck.delivery.smtp import Smtp, SmtpOptions
from quarterdeck.delivery.webhook import Webhook, WebhookOptions
from quarterdeck.render.slack import message, section
from quarterdeck.webhooks.signing import event
from tests.emulator import Emulator
from tests.hook_server import SECRET, Hooks, hook_server, options
from tests.mail_servers import HOST, certificates, mail_server
from tests.parcels import NOW, SENDER, envelope, means
from tests.slack_server import TOKEN, slack_server

Ready = Callable[[pytest.FixtureRequest, Path], KnownChannel]


def ready(kind: str, request: pytest.FixtureRequest, home: Path) -> KnownChannel:
    """A channel by its kind; KeyError for one that nobody has said how to set up, here."""
    return _READY[kind](request, home)


def something(channel: KnownChannel, number: int = 0) -> Envelope:
    """A message that a channel carries, to the first or the second of its readers."""
    if channel.carries == "mail":
        return envelope(("ana@example.com", "bob@example.com")[number])
    if channel.carries == "event":
        room, body = ("dashboard", "other")[number], event("report.delivered", NOW, {"title": "hello"})
    else:
        room, body = ("#reports", "#others")[number], message("hello", [section(["hello"])])
    made = envelope(room, message=body, channel=channel.kind)
    return Envelope(made.label, SENDER, Room(room), made.message)


def ses(emulator: Emulator, home: Path, **options: Any) -> Ses:
    """SES on the emulator, with the tests' sender verified."""
    mail_service(emulator.url).client("sesv2").create_email_identity(EmailIdentity=SENDER.domain)
    return Ses(means(home, mail_service(emulator.url)), SesOptions(**options))


@cache
def mail_service(url: str) -> Aws:
    """AWS on the emulator, the same for all tests of a run: making its clients takes longer than most of them."""
    return Emulator(url).aws()


def smtp(request: pytest.FixtureRequest, home: Path) -> Smtp:
    """SMTP to a server that wants STARTTLS, for as long as the test takes."""
    server = mail_server()
    inbox = server.__enter__()
    request.addfinalizer(lambda: server.__exit__(None, None, None))
    return Smtp(means(home), SmtpOptions(host=HOST, port=inbox.port, ca_file=str(certificates().authority)))


def slack(request: pytest.FixtureRequest, home: Path) -> Slack:
    """A bot of Slack, for as long as the test takes; what it would wait for is over at once."""
    server = slack_server()
    serving = server.__enter__()
    request.addfinalizer(lambda: server.__exit__(None, None, None))
    request.getfixturevalue("monkeypatch").setattr(Slack, "api", serving.api)
    return Slack(means(home, TOKEN=TOKEN), SlackOptions(token="${env:TOKEN}"), sleep=lambda _: None)


def webhook(home: Path, hooks: Hooks, clock: Callable[[], datetime] = lambda: NOW, **more: Any) -> Webhook:
    """Two endpoints on a server."""
    endpoints = {name: options(**more) for name in ("dashboard", "other")}
    made = replace(means(home, HOOK=f"{hooks.url}/hook", HOOK_KEY=SECRET), clock=clock)
    return Webhook(made, WebhookOptions.model_validate({"endpoints": endpoints}))


def _webhook(request: pytest.FixtureRequest, home: Path) -> Webhook:
    server = hook_server()
    hooks = server.__enter__()
    request.addfinalizer(lambda: server.__exit__(None, None, None))
    return webhook(home, hooks)


_READY: Mapping[str, Ready] = {
    "outbox": lambda _, home: Outbox(means(home)),
    "ses": lambda request, home: ses(request.getfixturevalue("emulator"), home),
    "slack": slack,
    "smtp": smtp,
    "webhook": _webhook,
}
