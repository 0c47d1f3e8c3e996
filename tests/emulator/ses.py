"""What moto lacks of SES: an account with a quota and a sandbox, raw messages taken as SES takes them, suppressions, events.

A WSGI layer before moto that answers these operations itself and leaves all others (identities, configuration sets) to it.
Where moto differs for SendEmail, SES's own way holds: whom a raw message goes to says `Destination` alone, a configuration
set must be there, and in the sandbox readers must be verified too. `/_ses` sets the account, `/_ses/mails` tells what it took.
"""

from __future__ import annotations

import base64
import json
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.utils import parseaddr
from functools import cache
from typing import Any
from urllib.parse import unquote

import botocore.session
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]
_PREFIX = "/v2/email/"
_MAX_READERS = 50
_FROM = re.compile(rb"^from:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*", re.IGNORECASE | re.MULTILINE)
_SIMULATOR = "@simulator.amazonses.com"


class Refusal(Exception):
    """An error as SES words it."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass
class Account:
    """An account of SES in one region, generous until a test says otherwise."""

    max_24_hour_send: float = 50_000
    sent_last_24_hours: float = 0
    max_send_rate: float = 1_000
    sandbox: bool = False
    sending: bool = True
    suppressed: dict[str, dict[str, Any]] = field(default_factory=dict)
    destinations: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    mails: list[dict[str, Any]] = field(default_factory=list)


class Ses:
    """The account, and the operations that it answers."""

    def __init__(self) -> None:
        self.account = Account()
        self.lock = threading.Lock()

    def reset(self) -> None:
        self.account = Account()

    def answer(self, operation: str, region: str, names: dict[str, str], body: dict[str, Any]) -> dict[str, Any] | None:
        """What SES answers; None where moto is to. Raises Refusal."""
        method = getattr(self, operation, None)
        return None if method is None else method(ses_backends[DEFAULT_ACCOUNT_ID][region], {**body, **names})

    def GetAccount(self, _: Any, __: dict[str, Any]) -> dict[str, Any]:
        it = self.account
        return {
            "SendQuota": {
                "Max24HourSend": it.max_24_hour_send,
                "MaxSendRate": it.max_send_rate,
                "SentLast24Hours": it.sent_last_24_hours,
            },
            "SendingEnabled": it.sending,
            "ProductionAccessEnabled": not it.sandbox,
            "EnforcementStatus": "HEALTHY",
        }

    def GetEmailIdentity(self, moto: Any, given: dict[str, Any]) -> dict[str, Any]:
        """Moto lets an identity send as soon as it is made, and says of it that it is not verified."""
        name = given["EmailIdentity"]
        if name not in moto.email_identities:
            raise Refusal(404, "NotFoundException", f"Email identity {name} does not exist.")
        kind = "EMAIL_ADDRESS" if "@" in name else "DOMAIN"
        return {"IdentityType": kind, "VerifiedForSendingStatus": True, "VerificationStatus": "SUCCESS"}

    def PutAccountSendingAttributes(self, _: Any, given: dict[str, Any]) -> dict[str, Any]:
        self.account.sending = bool(given.get("SendingEnabled", False))
        return {}

    def SendEmail(self, moto: Any, given: dict[str, Any]) -> dict[str, Any]:
        it, readers = self.account, [reader for group in given.get("Destination", {}).values() for reader in group]
        if "Raw" not in given["Content"]:
            raise Refusal(400, "BadRequestException", "the emulator takes raw messages only")
        if not it.sending:
            raise Refusal(400, "SendingPausedException", "Email sending is currently disabled for this account.")
        self._check_set(moto, given.get("ConfigurationSetName"))
        if not readers or len(readers) > _MAX_READERS:
            raise Refusal(400, "BadRequestException", f"Recipient count must be between 1 and {_MAX_READERS}.")
        others = [reader for reader in readers if not reader.endswith(_SIMULATOR)] if it.sandbox else []
        message, sender = _as_sent(given)
        unverified = [address for address in (sender, *others) if not moto._is_verified_address(address)]
        if unverified:
            failed = f"The following identities failed the check in region {moto.region_name.upper()}: {', '.join(unverified)}"
            raise Refusal(400, "MessageRejected", f"Email address is not verified. {failed}")
        if 0 <= it.max_24_hour_send < it.sent_last_24_hours + len(readers):
            raise Refusal(429, "TooManyRequestsException", "Daily message quota exceeded.")
        it.sent_last_24_hours += len(readers)
        it.mails.append(
            {
                "id": (name := f"0100{uuid.uuid4().hex}-{uuid.uuid4()}-000000"),
                "source": sender,
                "destinations": readers,
                "raw_data": message.decode("latin-1"),
                "configuration_set": given.get("ConfigurationSetName", ""),
                "tags": {tag["Name"]: tag["Value"] for tag in given.get("EmailTags", [])},
                "suppressed": [reader for reader in readers if parseaddr(reader)[1].lower() in it.suppressed],
            }
        )
        return {"MessageId": name}

    def PutSuppressedDestination(self, _: Any, given: dict[str, Any]) -> dict[str, Any]:
        self.account.suppressed[given["EmailAddress"].lower()] = {
            "EmailAddress": given["EmailAddress"],
            "Reason": given["Reason"],
            "LastUpdateTime": time.time(),
        }
        return {}

    def GetSuppressedDestination(self, _: Any, given: dict[str, Any]) -> dict[str, Any]:
        return {"SuppressedDestination": self._suppressed(given["EmailAddress"])}

    def DeleteSuppressedDestination(self, _: Any, given: dict[str, Any]) -> dict[str, Any]:
        self._suppressed(given["EmailAddress"])
        del self.account.suppressed[given["EmailAddress"].lower()]
        return {}

    def ListSuppressedDestinations(self, _: Any, __: dict[str, Any]) -> dict[str, Any]:
        return {"SuppressedDestinationSummaries": list(self.account.suppressed.values())}

    def CreateConfigurationSetEventDestination(self, moto: Any, given: dict[str, Any]) -> dict[str, Any]:
        key = self._key(moto, given)
        if key in self.account.destinations:
            raise Refusal(400, "AlreadyExistsException", f"An event destination <{key[1]}> already exists.")
        self.account.destinations[key] = given["EventDestination"]
        return {}

    def GetConfigurationSetEventDestinations(self, moto: Any, given: dict[str, Any]) -> dict[str, Any]:
        self._check_set(moto, given["ConfigurationSetName"])
        named = self.account.destinations.items()
        return {
            "EventDestinations": [{"Name": name, **it} for (place, name), it in named if place == given["ConfigurationSetName"]]
        }

    def DeleteConfigurationSetEventDestination(self, moto: Any, given: dict[str, Any]) -> dict[str, Any]:
        if self.account.destinations.pop(self._key(moto, given), None) is None:
            raise Refusal(404, "NotFoundException", "No such event destination.")
        return {}

    def _suppressed(self, address: str) -> dict[str, Any]:
        if address.lower() not in self.account.suppressed:
            raise Refusal(404, "NotFoundException", "Email address does not exist on your suppression list.")
        return self.account.suppressed[address.lower()]

    def _key(self, moto: Any, given: dict[str, Any]) -> tuple[str, str]:
        self._check_set(moto, given["ConfigurationSetName"])
        return given["ConfigurationSetName"], given["EventDestinationName"]

    def _check_set(self, moto: Any, name: str | None) -> None:
        if name is not None and name not in moto.config_sets:
            raise Refusal(404, "NotFoundException", f"Configuration set <{name}> does not exist.")


def _as_sent(given: dict[str, Any]) -> tuple[bytes, str]:
    """The message as SES sends it, and whom it comes from: FromEmailAddress, where it is given, replaces the From header."""
    message = base64.b64decode(given["Content"]["Raw"]["Data"], validate=True)
    if (sender := given.get("FromEmailAddress")) is not None:
        head, blank, body = message.partition(b"\r\n\r\n")
        message = _FROM.sub(f"From: {sender}".encode(), head) + blank + body
    sender = sender or message_from_bytes(message).get("From", "")
    if not sender:
        raise Refusal(400, "BadRequestException", "Missing final '@domain'")
    return message, str(parseaddr(str(sender))[1])


def layer(app: Application, ses: Ses) -> Application:
    """The application with SES's own answers before it."""

    def serve(environ: Environ, start: Start) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        if path.startswith("/_ses"):
            return _answered(start, 200, _control(ses, path, _body(environ)))
        found = operation_of(environ)
        if found is None:
            return app(environ, start)
        scope = re.search(r"Credential=[^/]+/\d+/([a-z0-9-]+)/ses/", environ.get("HTTP_AUTHORIZATION", ""))
        if scope is None:
            return _answered(start, 403, {"message": "Missing Authentication Token"}, "MissingAuthenticationTokenException")
        given = _body(environ)
        try:
            with ses.lock:
                answer = ses.answer(found[0], scope[1], found[1], given)
        except Refusal as refusal:
            return _answered(start, refusal.status, {"message": str(refusal)}, refusal.code)
        if answer is not None:
            return _answered(start, 200, answer)
        return app(environ, start)

    return serve


def operation_of(environ: Environ) -> tuple[str, dict[str, str]] | None:
    """The operation of SESv2 that a request asks for, with what its path names; None for other services."""
    if not str(environ.get("PATH_INFO", "")).startswith(_PREFIX):
        return None
    path, method = str(environ["REQUEST_URI"]).partition("?")[0], environ["REQUEST_METHOD"]  # names in it may hold a %2F
    for wanted, form, name in _operations():
        if wanted == method and (found := form.fullmatch(path)):
            return name, {key: unquote(value) for key, value in found.groupdict().items()}
    return None


@cache
def _operations() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """Method, path and name of every operation, from the SDK's own model of the service."""
    model = botocore.session.get_session().get_service_model("sesv2")
    http = {name: model.operation_model(name).http for name in model.operation_names}
    return tuple(
        (it["method"], re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", it["requestUri"])), name) for name, it in http.items()
    )


def _body(environ: Environ) -> dict[str, Any]:
    """The request's body, left in place for whoever reads it next."""
    stream = environ["wsgi.input"]
    text = stream.read(int(environ.get("CONTENT_LENGTH") or 0))
    if stream.seekable():
        stream.seek(0)
    told: dict[str, Any] = json.loads(text) if text else {}
    return told


def _control(ses: Ses, path: str, given: dict[str, Any]) -> Any:
    with ses.lock:
        if path == "/_ses/reset":
            ses.reset()
        elif path == "/_ses/mails":
            return ses.account.mails
        for name, value in given.items():
            if not hasattr(ses.account, name):
                raise KeyError(name)
            setattr(ses.account, name, value)
    return {}


def _answered(start: Start, status: int, answer: Any, code: str = "") -> Iterable[bytes]:
    text = json.dumps(answer).encode()
    kind = [("x-amzn-ErrorType", code)] if code else []
    start(f"{status} Answer", [("Content-Type", "application/json"), ("Content-Length", str(len(text))), *kind])
    return [text]
