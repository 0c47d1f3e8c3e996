"""Mail servers on loopback: aiosmtpd as a real one, and one that says what a test wants it to say."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import shutil
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"
USER, PASSWORD = "mailer", "tall.ships+42"


@dataclass(frozen=True)
class Certificates:
    """An authority of our own, and a server's certificate and key under it, as files in PEM form."""

    authority: Path
    server: Path

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server)
        return context


@cache
def certificates(name: str = HOST, *, days: int = 30) -> Certificates:
    """Certificates for a host by its name or address; with negative days, of the past."""
    folder = Path(mkdtemp(prefix="quarterdeck-certificates-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    authority_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_name, now = _named("Test Authority"), datetime.now(UTC)
    begin, end = min(now, now + timedelta(days=days)) - timedelta(days=90), now + timedelta(days=days)
    base = x509.CertificateBuilder().issuer_name(authority_name).not_valid_before(begin).not_valid_after(end)
    authority = (
        base.subject_name(authority_name)
        .public_key(authority_key.public_key())
        .serial_number(1)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    server = (
        base.subject_name(_named(name))
        .public_key(server_key.public_key())
        .serial_number(2)
        .add_extension(x509.SubjectAlternativeName([_general(name)]), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    key = server_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "authority.pem").write_bytes(authority.public_bytes(pem))
    (folder / "server.pem").write_bytes(server.public_bytes(pem) + key)
    return Certificates(folder / "authority.pem", folder / "server.pem")


def _named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


# aiosmtpd


@dataclass
class Inbox:
    """What a server took, oldest first, as (sender, readers, message); `refuse` answers readers by address."""

    mails: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    is_safe: list[bool] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content
        assert isinstance(content, bytes)
        self.mails.append((str(envelope.mail_from), list(envelope.rcpt_tos), content))
        self.is_safe.append(session.ssl is not None)
        return "250 2.0.0 Ok: queued as 4Xyz"


class _Controller(Controller):
    """A server on a port that is free, found by asking for port 0."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def _let_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    is_right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_right, handled=False)


@contextlib.contextmanager
def mail_server(security: str = "starttls", *, login: bool = False, **parameters: Any) -> Iterator[Inbox]:
    """A real server for a block; it speaks TLS from the start, wants STARTTLS, or (`none`) neither."""
    inbox, context = Inbox(), certificates().context()
    if login:
        parameters |= {"authenticator": _let_in, "auth_required": True, "auth_require_tls": security == "starttls"}
    if security == "starttls":
        parameters |= {"tls_context": context, "require_starttls": True}
    controller = _Controller(inbox, HOST, 0, ssl_context=context if security == "tls" else None, **parameters)
    controller.start()
    inbox.port = controller.port
    try:
        yield inbox
    finally:
        controller.stop()


# A server with a script


class Drop:
    """Hang up here."""


class Hang:
    """Say nothing here, until the test is over."""


Answer = bytes | type[Drop] | type[Hang]
_USUAL: Mapping[str, Answer] = {
    "connect": b"220 mail.example.com ESMTP\r\n",
    "EHLO": b"250-mail.example.com\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 20000000\r\n",
    "STARTTLS": b"220 go ahead\r\n",
    "AUTH": b"235 ok\r\n",
    "MAIL": b"250 ok\r\n",
    "RCPT": b"250 ok\r\n",
    "DATA": b"354 go on\r\n",
    ".": b"250 queued\r\n",
    "QUIT": b"221 bye\r\n",
}


@dataclass
class Scripted:
    """What a scripted server was told: commands as lines, and the message where its end came."""

    port: int = 0
    lines: list[str] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def verbs(self) -> list[str]:
        return [line.split(maxsplit=1)[0].upper() for line in self.lines if line]


@contextlib.contextmanager
def scripted_server(answers: Mapping[str, Answer] | None = None, *, tls: bool = False, safe: bool = True) -> Iterator[Scripted]:
    """A server that gives these answers in place of the usual ones; `EHLO2` is its answer under TLS.

    Keys are verbs, `connect` for its greeting and `.` for the end of a message. With `safe` it wraps after STARTTLS.
    """
    told, over = Scripted(), threading.Event()
    listener = socket.create_server((HOST, 0))
    told.port = listener.getsockname()[1]
    script = {**_USUAL, "EHLO2": b"250-mail.example.com\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 20000000\r\n", **(answers or {})}

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            told.connections += 1
            connection.settimeout(10)
            with contextlib.suppress(OSError), contextlib.closing(_Talk(connection, told, script, over, safe=safe)) as talk:
                talk.run(tls=tls)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        over.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=10)
        assert not thread.is_alive()


class _Talk:
    def __init__(
        self, sock: socket.socket, told: Scripted, script: Mapping[str, Answer], over: threading.Event, *, safe: bool
    ) -> None:
        self.sock, self.told, self.script, self.over, self.safe = sock, told, script, over, safe
        self.file = sock.makefile("rb")

    def run(self, *, tls: bool) -> None:
        if tls:
            self._wrap()
        is_safe = tls
        self._answer("connect")
        while line := self.file.readline():
            text = line.decode("latin-1").rstrip("\r\n")
            self.told.lines.append(text)
            verb = text.split(maxsplit=1)[0].upper() if text else ""
            self._answer("EHLO2" if verb == "EHLO" and is_safe else verb)
            if verb == "QUIT":
                return
            if verb == "STARTTLS" and self.safe:
                self._wrap()
                is_safe = True
            if verb == "DATA" and self.script["DATA"] == _USUAL["DATA"]:
                self._message()

    def _message(self) -> None:
        taken = b""
        while line := self.file.readline():
            if line == b".\r\n":
                self.told.messages.append(taken)
                self._answer(".")
                return
            taken += line

    def _answer(self, key: str) -> None:
        answer = self.script.get(key, b"500 what?\r\n")
        if answer is Drop:
            raise OSError("hung up on purpose")
        if answer is Hang:
            self.over.wait(30)
            raise OSError("the test is over")
        assert isinstance(answer, bytes)
        self.sock.sendall(answer)

    def _wrap(self) -> None:
        self.sock = certificates().context().wrap_socket(self.sock, server_side=True)
        self.file = self.sock.makefile("rb")

    def close(self) -> None:
        self.file.close()
        self.sock.close()
