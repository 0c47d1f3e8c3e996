"""One conversation with a mail server: connect, make it safe, log in, say whom a message is for, hand it over.

What goes wrong in it is a DeliveryError until the message's last dot is on its way, and after that DeliveryUnknown where
the answer does not say no.
"""

from __future__ import annotations

import ipaddress
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import NoReturn

from quarterdeck.delivery.smtp_answers import Kind, Step, kind_of, kind_of_code, refusal, shown
from quarterdeck.errors import DeliveryError, DeliveryUnknown

_FINISHED, _FORWARDED, _GO_ON = 250, 251, 354


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server and how to speak to it; `security` is starttls, tls or none. Without a user nobody logs in."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    context: ssl.SSLContext
    timeout_seconds: int


class Dialogue:
    """One connection. The steps are to be taken in the order in which they stand here, and each once."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._hidden = [server.password, server.user]  # what no error may quote
        self._smtp: smtplib.SMTP | None = None
        self._is_taken = False

    def open(self, name: str) -> None:
        """Connect, make it safe, and log in; `name` is the domain that we go by."""
        server = self._server
        with self._during(Step.CONNECT):
            self._smtp = self._connected(name)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or the last dot waits for an acknowledgement
        if server.security == "none":
            self._refuse_public()
        self._greet()
        if server.security == "starttls":
            with self._during(Step.STARTTLS):
                self._open.starttls(context=server.context)
            self._greet()  # anew: what was said before could have been anybody's
        if server.user:
            with self._during(Step.LOGIN):
                self._open.login(server.user, server.password)

    def address(self, sender: str, reader: str, size: int) -> None:
        """Say from whom, to whom, and how many bytes; the server may refuse each."""
        self._hidden += [reader, sender]
        limit = self._open.esmtp_features.get("size", "")
        if limit.isdigit() and 0 < int(limit) < size:
            raise refusal(self._server.host, Step.SENDER, Kind.NEVER, f"{size} bytes are more than its {limit}")
        announced = f" SIZE={size}" if self._open.has_extn("size") else ""
        self._ask(Step.SENDER, f"MAIL FROM:<{sender}>{announced}", _FINISHED)
        self._ask(Step.READER, f"RCPT TO:<{reader}>", _FINISHED, _FORWARDED)

    def hand_over(self, message: bytes, last_check: Callable[[], None]) -> None:
        """Send the message, and after the last check the dot that makes it the server's."""
        self._ask(Step.DATA, "DATA", _GO_ON)
        with self._during(Step.DATA):
            self._open.send(re.sub(rb"^\.", b"..", message, flags=re.MULTILINE))
        last_check()
        try:
            self._open.send(b".\r\n")
            code, text = self._open.getreply()
        except Exception as error:  # noqa: BLE001 - whatever it is, the dot may have arrived
            what = f"the mail server {self._server.host} did not answer to the whole message"
            raise DeliveryUnknown(f"{what} ({type(error).__name__})") from None
        if code != _FINISHED and kind_of_code(code) is Kind.GARBAGE:
            raise DeliveryUnknown(f"what the mail server {self._server.host} answered to the whole message is no SMTP")
        if code != _FINISHED:
            self._refuse(Step.MESSAGE, code, text)
        self._is_taken = True

    def close(self) -> None:
        """Hang up: with QUIT after a message that was taken, at once otherwise, which takes back all that was not."""
        if self._smtp is None:
            return
        with suppress(Exception):  # whatever the server says to QUIT, it changes nothing any more
            if self._is_taken:
                self._smtp.quit()
        self._smtp.close()

    def _connected(self, name: str) -> smtplib.SMTP:
        server = self._server
        if server.security == "tls":
            return smtplib.SMTP_SSL(server.host, server.port, name, timeout=server.timeout_seconds, context=server.context)
        return smtplib.SMTP(server.host, server.port, name, timeout=server.timeout_seconds)

    @property
    def _open(self) -> smtplib.SMTP:
        if self._smtp is None:
            raise DeliveryError("the connection is not open", permanent=False)
        return self._smtp

    @property
    def _socket(self) -> socket.socket:
        if self._open.sock is None:
            raise DeliveryError("the connection is closed", permanent=False)
        return self._open.sock

    def _greet(self) -> None:
        with self._during(Step.GREETING):
            code, text = self._open.ehlo()
        if code != _FINISHED:
            self._refuse(Step.GREETING, code, text)

    def _ask(self, step: Step, command: str, *wanted: int) -> None:
        with self._during(step):
            code, text = self._open.docmd(command)
        if code not in wanted:
            self._refuse(step, code, text)

    def _refuse(self, step: Step, code: int, text: bytes) -> NoReturn:
        """What a server says to a login may repeat it in any form, so only the number is told of that."""
        said = str(code) if step is Step.LOGIN else shown(code, text, self._hidden)
        raise refusal(self._server.host, step, kind_of_code(code), said) from None

    def _refuse_public(self) -> None:
        """A name can lead anywhere: what counts is where the connection goes, and nothing has been said over it yet."""
        with self._during(Step.CONNECT):
            peer = str(self._socket.getpeername()[0])
        if is_public(peer):
            remedy = "use `security: starttls` or `tls`"
            raise DeliveryError(f"{self._server.host} is not on this machine or in a private network", remedy=remedy)

    @contextmanager
    def _during(self, step: Step) -> Iterator[None]:
        """What goes wrong in a step as a DeliveryError. Its cause is left out: that may hold a password, or an address."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing is out
            failed = error
        else:
            return
        if step is Step.CONNECT and isinstance(failed, smtplib.SMTPException):
            step = Step.GREETING  # smtplib connects and reads the greeting in one
        if isinstance(failed, smtplib.SMTPResponseException):
            self._refuse(step, failed.smtp_code, _bytes(failed.smtp_error))
        raise refusal(self._server.host, step, kind_of(failed, step)) from None


def is_public(host: str) -> bool:
    """Whether a host is an address that is neither this machine's nor of a private network; of a name nothing is known."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return not mapped.is_private or mapped.is_unspecified


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode(errors="replace")
