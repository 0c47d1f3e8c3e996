"""What a mail server's answer means for a message, before the message is out: one table, and the words for it.

Servers answer with a number: 4xx is no for now, 5xx is no for good (RFC 5321, 4.2.1). What they say beside it is shown for
what a person can make of it, without anybody's address or password in it.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterable
from enum import Enum

from quarterdeck.errors import DeliveryError

_MOST = 200  # characters of a server's own words
_OPAQUE = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")  # base64, in which servers repeat what they were given


class Step(Enum):
    """A step on the way of a message, by its name in errors, and what to do where it is refused."""

    CONNECT = ("the connection", "see host, port and security of the channel, and the network")
    GREETING = ("its greeting", "see host and port of the channel; this may be no server for submission")
    STARTTLS = (
        "STARTTLS",
        "use `security: tls` if the server has it; a server that should offer STARTTLS and does not is unsafe",
    )
    LOGIN = ("the login", "see user and password of the channel")
    SENDER = ("the sender", "see whether the server lets this user send under this address, and how much it takes")
    READER = ("the reader", "see the reader's address")
    DATA = ("the message", "see what the server says")
    MESSAGE = ("the whole message", "see what the server says")


class Kind(Enum):
    """How a step can fail, by the words for it, and whether trying again cannot help."""

    UNREACHABLE = ("it cannot be reached", False)
    UNTRUSTED = ("its certificate is not to be trusted, or it speaks no TLS there", True)
    NOT_OFFERED = ("it does not offer it", True)
    LATER = ("refused for now", False)
    NEVER = ("refused", True)
    GARBAGE = ("what it answers is no SMTP", False)
    DROPPED = ("it hung up or did not answer", False)


def kind_of_code(code: int) -> Kind:
    """What an answer's number means that is not the one that was wanted."""
    if 400 <= code < 500:
        return Kind.LATER
    return Kind.NEVER if 500 <= code < 600 else Kind.GARBAGE


def kind_of(error: Exception, step: Step) -> Kind:
    """What an exception of a step means."""
    if isinstance(error, smtplib.SMTPResponseException):
        return kind_of_code(error.smtp_code)
    if isinstance(error, smtplib.SMTPServerDisconnected | ssl.SSLEOFError | ssl.SSLZeroReturnError | TimeoutError):
        return Kind.DROPPED
    if isinstance(error, ssl.SSLError):
        return Kind.UNTRUSTED
    if isinstance(error, smtplib.SMTPException):  # what else smtplib raises: no STARTTLS, no way to log in that both know
        return Kind.NOT_OFFERED
    if isinstance(error, OSError):
        return Kind.UNREACHABLE if step is Step.CONNECT else Kind.DROPPED
    return Kind.GARBAGE  # smtplib could not read what came


def refusal(host: str, step: Step, kind: Kind, said: str = "") -> DeliveryError:
    """The error of a step that failed in a way."""
    (name, remedy), (words, permanent) = step.value, kind.value
    what = f"the mail server {host}, {name}: {words}" + (f": {said}" if said else "")
    return DeliveryError(what, remedy=remedy, permanent=permanent)


def shown(code: int, text: bytes, hidden: Iterable[str]) -> str:
    """An answer on one line, without what is hidden and without anything that may be a secret in another form."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text.decode("ascii", "replace")).split())
    for secret in sorted(filter(None, hidden), key=len, reverse=True):
        words = re.sub(re.escape(secret), "…", words, flags=re.IGNORECASE)
    words = _OPAQUE.sub("…", words)[:_MOST].strip()
    return f"{code} {words}" if words else str(code)
