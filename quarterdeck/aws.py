"""The one place that makes AWS clients, and that reads what their errors say.

Credentials come from the SDK's own chain (environment, profile, role). `reading` clients try again by themselves, as the
SDK does best; `once` clients send a request one time, for a call that must not happen twice: the caller decides then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Literal

Retries = Literal["reading", "once"]
_ATTEMPTS = {"reading": 5, "once": 1}
_CONNECT_SECONDS = 5
_READ_SECONDS = 30


@dataclass(frozen=True)
class Aws:
    """Where AWS is: a region, and an endpoint where it is not Amazon's own (an emulator, a private one)."""

    region: str | None = None
    endpoint: str | None = None
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False, compare=False)
    _lock: Any = field(default_factory=Lock, repr=False, compare=False)

    def client(self, service: str, retries: Retries = "reading") -> Any:
        """A boto3 client, the same one for the same question; it may be used by many threads."""
        with self._lock:  # making clients is not safe in threads, using them is
            if (service, retries) not in self._clients:
                self._clients[service, retries] = self._make(service, retries)
            return self._clients[service, retries]

    def _make(self, service: str, retries: Retries) -> Any:
        import boto3
        from botocore.config import Config

        config = Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS[retries]},
            s3={"addressing_style": "path"} if self.endpoint else None,
        )
        session = boto3.session.Session(region_name=self.region)
        return session.client(service, endpoint_url=self.endpoint, config=config)


@dataclass(frozen=True, slots=True)
class Fault:
    """What an exception of the SDK says: AWS's error code, or the SDK's own name of what went wrong on the way.

    `answered` is whether AWS answered at all: without an answer, nobody knows whether the call happened.
    """

    code: str
    message: str
    status: int
    answered: bool


def fault_of(error: Exception) -> Fault | None:
    """What went wrong in a call, or None for an exception that is not the SDK's."""
    from botocore.exceptions import BotoCoreError, ClientError

    if isinstance(error, ClientError):
        told = error.response.get("Error", {})
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        return Fault(str(told.get("Code", "")), str(told.get("Message", "")), status, answered=True)
    if isinstance(error, BotoCoreError):
        return Fault(type(error).__name__, str(error), 0, answered=False)
    return None


Maker = Callable[[str], Any]
