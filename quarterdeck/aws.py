"""The one place that makes AWS clients, and that reads what their errors say.

Credentials come from the SDK's own chain (environment, profile, role). `reading` clients try again by themselves, as the
SDK does best; `once` clients send a request one time, for a call that must not happen twice: the caller decides then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from threading import Lock
from typing import Any, Literal

Retries = Literal["reading", "once"]
Take = Callable[[bytes], tuple[bytes, object] | None]
_ATTEMPTS = {"reading": 5, "once": 1}
_CONNECT_SECONDS = 5
_READ_SECONDS = 30
_SESSION = "quarterdeck"  # what an assumed role's calls are called in CloudTrail
TAKEN = "taken"  # the place in an answer for what a tap took out of it
_CONNECTIONS = 32  # as many as a run has threads at work; more requests wait for one


@dataclass(frozen=True, slots=True)
class Role:
    """A role to assume, by its ARN, and the external id that its trust policy may ask for."""

    arn: str
    external_id: str | None = None


@dataclass(frozen=True)
class Aws:
    """Where AWS is: a region, and an endpoint where it is not Amazon's own (an emulator, a private one)."""

    region: str | None = None
    endpoint: str | None = None
    role: Role | None = None
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False, compare=False)
    _others: dict[tuple[str | None, Role | None], Aws] = field(default_factory=dict, repr=False, compare=False)
    _lock: Any = field(default_factory=Lock, repr=False, compare=False)

    def at(self, region: str) -> Aws:
        """The same account in a region; the same one for the same question, so that clients are shared."""
        return self._other(region, self.role)

    def assumed(self, role: str, external_id: str | None = None) -> Aws:
        """The account of a role in the same region, entered from here by STS; credentials are renewed before they end."""
        return self._other(self.region, Role(role, external_id))

    def _other(self, region: str | None, role: Role | None) -> Aws:
        with self._lock:
            key = (region, role)
            if key not in self._others:
                self._others[key] = Aws(region, self.endpoint, role)
            return self._others[key]

    def client(self, service: str, retries: Retries = "reading") -> Any:
        """A boto3 client, the same one for the same question; it may be used by many threads."""
        with self._lock:  # making clients is not safe in threads, using them is
            if (service, retries) not in self._clients:
                self._clients[service, retries] = self._make(service, retries)
            return self._clients[service, retries]

    def tapped(self, service: str, operations: Iterable[str], take: Take) -> Any:
        """A client of the caller's own, whose good answers to some operations `take` reads before the SDK does.

        The SDK signs, sends, tries again and checks sums as ever; what it does slowly, the parsing of long answers, can be
        done better by whoever knows what to expect. `take` gets the body. It gives a short body in its place for the SDK to
        parse, and what it took, which the answer then has under TAKEN; or None, which leaves the answer to the SDK. It must
        not raise. It stands on the SDK's event `before-parse`, which is half public: where that does not come any more,
        nothing is taken, and the SDK parses as ever.
        """
        with self._lock:
            client = self._make(service, "reading")
        for operation in operations:
            client.meta.events.register(
                f"before-parse.{client.meta.service_model.service_id.hyphenize()}.{operation}", _tap(take)
            )
        return client

    def credentials_end(self) -> datetime | None:
        """When the credentials end that requests are signed with now; None where they do not, or where nobody knows.

        What they signed ends with them: of a role's, the SDK knows the moment; of a token in the environment, nobody does.
        """
        credentials = self.client("s3")._get_credentials()  # there is no public way to ask
        end: datetime | None = getattr(credentials, "_expiry_time", None)
        return end

    def _make(self, service: str, retries: Retries) -> Any:
        from botocore.config import Config

        config = Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            max_pool_connections=_CONNECTIONS,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS[retries]},
        )
        session = self._session()
        if service == "s3control":
            return self._by_path(session, service, config)
        if service != "s3":
            return session.client(service, endpoint_url=self.endpoint, config=config)
        # Signed links need the signature of version 4 and the host of the bucket's own region; other endpoints than Amazon's
        # mostly know a bucket by its path alone. Where the endpoint comes from a variable, only the client knows it.
        config = config.merge(Config(signature_version="s3v4"))
        by_host, by_path = (config.merge(Config(s3={"addressing_style": style})) for style in ("virtual", "path"))
        if self.endpoint is None:
            client = session.client(service, config=by_host)
            if ".amazonaws.com" in client.meta.endpoint_url:
                return client
        return session.client(service, endpoint_url=self.endpoint, config=by_path)

    def _by_path(self, session: Any, service: str, config: Any) -> Any:
        """A client of a service that puts the account before the host's name, which only Amazon's own hosts know."""
        client = session.client(service, endpoint_url=self.endpoint, config=config)
        if ".amazonaws.com" not in client.meta.endpoint_url:
            client.meta.events.register(f"before-call.{client.meta.service_model.service_id.hyphenize()}", _without_account)
        return client

    def _session(self) -> Any:
        import boto3
        from botocore.session import get_session

        core = get_session()
        core.register_component("data_loader", _models())
        if self.role is not None:
            core._credentials = self._entered(self.role)  # there is no public way to hand them over
        return boto3.session.Session(botocore_session=core, region_name=self.region)

    def _entered(self, role: Role) -> Any:
        """Credentials of a role, asked for when they are needed first, and again before they end."""
        from botocore.credentials import DeferredRefreshableCredentials, create_assume_role_refresher

        asked = {"RoleArn": role.arn, "RoleSessionName": _SESSION}
        if role.external_id is not None:
            asked["ExternalId"] = role.external_id
        renew = create_assume_role_refresher(Aws(self.region, self.endpoint).client("sts"), asked)
        return DeferredRefreshableCredentials(renew, "assume-role")


@cache
def _models() -> Any:
    """The SDK's descriptions of its services, read once for all accounts and regions: they are most of a client's making."""
    from botocore.loaders import create_loader

    return create_loader()


def _without_account(params: dict[str, Any], **_: Any) -> None:
    params["url"] = re.sub(r"//[0-9]{12}\.", "//", params["url"])


def _tap(take: Take) -> Callable[..., None]:
    def handle(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
        if response_dict["status_code"] == 200 and (taken := take(response_dict["body"])) is not None:
            response_dict["body"], customized_response_dict[TAKEN] = taken

    return handle


@dataclass(frozen=True, slots=True)
class Fault:
    """What an exception of the SDK says: AWS's error code, or the SDK's own name of what went wrong on the way.

    `answered` is whether AWS answered at all: without an answer, nobody knows whether the call happened. `retries` is how
    often the SDK had tried before: a condition that failed then may have failed on what an earlier try did.
    """

    code: str
    message: str
    status: int
    answered: bool
    retries: int = 0


def fault_of(error: Exception) -> Fault | None:
    """What went wrong in a call, or None for an exception that is not the SDK's."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    if isinstance(error, ClientError):
        told = error.response.get("Error", {})
        about = error.response.get("ResponseMetadata", {})
        status, retries = int(about.get("HTTPStatusCode", 0)), int(about.get("RetryAttempts", 0))
        return Fault(str(told.get("Code", "")), str(told.get("Message", "")), status, answered=True, retries=retries)
    if isinstance(error, ResponseParserError):  # of XML that was cut; its message has what came, which may be secret
        return Fault(type(error).__name__, "an answer that cannot be read", 0, answered=False)
    if isinstance(error, BotoCoreError):
        return Fault(type(error).__name__, str(error), 0, answered=False)
    return None
