"""Mail over SMTP submission: any mail server that takes messages from a user, over TLS whose certificate is verified.

One connection a message. It costs a handshake, and no message depends on what another left behind on the way: after an
answer that nobody understands, or a server that closes when it likes, there is nothing to clear up.

The server has the message only when it has the dot on a line of its own that ends it. A connection that ends before that
takes the message with it (RFC 5321, 4.1.1.4), so whatever goes wrong up to there is a refusal; after the dot only the
server's answer tells. Nothing can be asked later, so what is lost stays unknown until a person has looked.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable
from contextlib import closing
from functools import cached_property
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints, model_validator

from quarterdeck import delivery
from quarterdeck.addresses import Address
from quarterdeck.delivery import Envelope, Label, Means, Reader, Receipt, Unsettled, channel
from quarterdeck.delivery.smtp_dialogue import Dialogue, Server, is_public
from quarterdeck.errors import ConfigError, DeliveryError, DeliveryUnknown
from quarterdeck.secrets import Reference

_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_BARE_LINE_END = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_MESSAGE_ID = re.compile(rb"^Message-ID:[ \t]*(<[!-~]{1,250}>)[ \t]*\r$", re.IGNORECASE | re.MULTILINE)
_BCC = re.compile(rb"^(?:Resent-)?Bcc[ \t]*:", re.IGNORECASE | re.MULTILINE)


class SmtpOptions(delivery.Options):
    """Where the mail server is, and as whom to speak to it."""

    host: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.:-]{1,253}$")]
    security: Literal["starttls", "tls", "none"] = "starttls"
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    user: Annotated[str, StringConstraints(pattern=r"^[!-~]{1,320}$")] | None = None
    password: Reference | None = None
    ca_file: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = None
    timeout_seconds: Annotated[int, Field(ge=1, le=50)] = 20

    @model_validator(mode="after")
    def _fits(self) -> SmtpOptions:
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password go together")
        if self.security == "none" and is_public(self.host):
            raise ValueError("security: none is for hosts on this machine or in a private network")
        return self


@channel
class Smtp:
    """Messages handed to a mail server."""

    kind: ClassVar[str] = "smtp"
    carries: ClassVar[str] = "mail"
    Options: ClassVar[type[delivery.Options]] = SmtpOptions

    def __init__(self, means: Means, options: SmtpOptions) -> None:
        self._means, self._options = means, options

    def send(self, envelope: Envelope, attempt: str, last_check: Callable[[], None]) -> Receipt:
        reader = envelope.reader
        if not isinstance(reader, Reader):
            raise DeliveryError("a mail server carries mails, and a room gets none", remedy="name rooms under `slack`")
        message = _checked(envelope.message)
        found = _MESSAGE_ID.search(_head(message))
        name = found[1].decode() if found else attempt
        with closing(Dialogue(self._server)) as dialogue:
            dialogue.open(envelope.sender.domain)
            dialogue.address(envelope.sender.spec, reader.address.spec, len(message))
            try:
                dialogue.hand_over(message, last_check)
            except DeliveryUnknown as error:
                raise DeliveryUnknown(f"{error.problem.what}; its log knows {name}, or does not") from None
        return Receipt(name)

    def check(self, sender: Address) -> str:
        """Connect, make it safe and log in, as for a message; then hang up."""
        server = self._server
        with closing(Dialogue(server)) as dialogue:
            dialogue.open(sender.domain)
        login = ", and lets us log in" if server.user else ""
        return f"{server.host} answers on port {server.port} ({server.security}){login}"

    def settle(self, label: Label, attempts: tuple[str, ...]) -> Unsettled:  # noqa: ARG002 - a mail server cannot be asked
        return Unsettled.UNSURE

    @cached_property
    def _server(self) -> Server:
        options = self._options
        return Server(
            host=options.host,
            port=options.port or _PORTS[options.security],
            security=options.security,
            user=options.user or "",
            password=self._password(),
            context=self._context(),
            timeout_seconds=options.timeout_seconds,
        )

    def _password(self) -> str:
        if self._options.password is None:
            return ""
        try:
            password = self._means.secret(self._options.password)
        except ConfigError as error:
            raise DeliveryError(error.problem.what, remedy=error.problem.remedy, permanent=error.permanent) from None
        if not password.isascii():
            raise DeliveryError("the password of the mail server holds more than ASCII", remedy="set one that SMTP can carry")
        return password

    def _context(self) -> ssl.SSLContext:
        """TLS 1.2 or later; the certificate is verified and its name held against the host."""
        if self._options.ca_file is None:
            return ssl.create_default_context()
        try:
            return ssl.create_default_context(cafile=str(self._means.root / self._options.ca_file))
        except (OSError, ValueError) as error:
            remedy = "name a file of certificates in PEM form"
            raise DeliveryError(f"ca_file {self._options.ca_file} cannot be used", remedy=remedy) from error


def _head(message: bytes) -> bytes:
    return message.partition(b"\r\n\r\n")[0] + b"\r\n"


def _checked(message: bytes) -> bytes:
    """A message as it may go over the wire, ending in a line end; DeliveryError for one that could be read as another."""
    if not message.isascii() or b"\0" in message:
        raise DeliveryError("the message holds bytes that SMTP may not carry", remedy="make it again")
    if _BARE_LINE_END.search(message):  # some servers would see the end of a message there, and another one after it
        raise DeliveryError("the message has a line end that is not CRLF", remedy="make it again")
    if _BCC.search(_head(message)):
        raise DeliveryError("the message has a Bcc header, which its readers would see", remedy="make it again")
    return message if message.endswith(b"\r\n") else message + b"\r\n"
