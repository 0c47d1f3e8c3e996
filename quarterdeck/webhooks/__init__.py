"""Events to a server that asked for them, as Standard Webhooks 1.0.0 has it: signed, to an address that was looked at first.

`Endpoint.post` makes one attempt and says what its answer means; when to try again is not decided here. A server that says
it is gone (410) is not called again: that is remembered, for as long as its address and its secret stay what they are.
"""

from __future__ import annotations

import hashlib
import hmac
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum
from functools import cached_property
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from quarterdeck.errors import ConfigError, StorageError
from quarterdeck.http import Answer, Http, NoAnswer
from quarterdeck.secrets import Reference, Secrets
from quarterdeck.storage import LocalStore
from quarterdeck.webhooks.guard import Guard, Network, NotAllowed
from quarterdeck.webhooks.signing import MAX_BYTES, headers, key_of

FOLDER = "webhooks"  # of the home folder
_PAUSE = timedelta(seconds=5)  # for a server that has too much to do and does not say for how long
_LONGEST_PAUSE = timedelta(hours=1)
_THROTTLING = frozenset({429, 502, 503, 504})
_NOT_YET = frozenset({408, 425, 429})  # it says that it has not taken the event, and may yet
_THIS_EVENT = frozenset({400, 409, 413, 422})
_SETTINGS = "see that its address, its certificate and its secret are right"
_AGAIN = "give it a new address or a new secret, or take it out of the settings"
_WAIT = "it is tried again later"
_TELL = "tell whoever runs the endpoint"


def _network(text: object) -> object:
    return ip_network(text) if isinstance(text, str) else text


class EndpointOptions(BaseModel):
    """What the settings may say of an endpoint. Its errors repeat nothing: it may be a secret."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    url: Reference
    secrets: Annotated[tuple[Reference, ...], Field(min_length=1, max_length=5)]
    networks: tuple[Annotated[Network, BeforeValidator(_network)], ...] = ()
    ca_file: str | None = None
    timeout_seconds: Annotated[int, Field(ge=1, le=50)] = 20


class Outcome(Enum):
    """What an attempt came to."""

    TAKEN = "taken"
    LATER = "later"  # it was certainly not taken, and may be another time
    UNKNOWN = "unknown"  # the event went out, and nobody knows whether it was taken
    REFUSED = "refused"  # the server does not take this event
    WRONG = "wrong"  # the endpoint is not as it must be: no event can be sent to it
    GONE = "gone"  # the server wants no events any more


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an attempt came to, in words that hold no address and no secret; `wait` is how long to leave the server alone."""

    outcome: Outcome
    what: str = ""
    remedy: str = ""
    wait: timedelta | None = None


def _nothing() -> None:
    """A last check that finds nothing."""


class Endpoint:
    """A server that takes events. Making one does nothing yet. `root` is where a relative `ca_file` starts from."""

    def __init__(
        self,
        options: EndpointOptions,
        secret: Secrets,
        home: Path,
        clock: Callable[[], datetime],
        root: Path = Path(),
        guard: Guard | None = None,
    ) -> None:
        self._options, self._secret, self._clock, self._root = options, secret, clock, root
        self._guard = guard or Guard(options.networks)
        self._store = LocalStore(home / FOLDER)
        self._until = datetime.min.replace(tzinfo=UTC)  # the server wants to be left alone as long

    def check(self) -> str:
        """What can be known without sending anything: that it may be called. ConfigError where it must not be."""
        if since := self._gone_since():
            raise ConfigError(f"the endpoint said on {since} that it is gone (410)", remedy=_AGAIN)
        try:
            self._guard.addresses(self._url)
        except NotAllowed as refused:
            raise ConfigError(f"the endpoint cannot be called: {refused.why}", remedy=_SETTINGS) from None
        return f"signed with {len(self._keys)} {'key' if len(self._keys) == 1 else 'keys'}, and not asked without an event"

    def post(self, id: str, body: bytes, last_check: Callable[[], None] = _nothing) -> Verdict:
        """One attempt at one event. What `last_check` raises passes through, and nothing was sent then."""
        if len(body) >= MAX_BYTES:
            return Verdict(Outcome.REFUSED, f"the event has {len(body)} bytes, and must have less than {MAX_BYTES}", _TELL)
        wait = self._until - self._clock()
        if wait > timedelta(0):
            return Verdict(Outcome.LATER, "the endpoint asked to be left alone for a while", _WAIT, wait)
        try:
            if since := self._gone_since():
                return Verdict(Outcome.GONE, f"the endpoint said on {since} that it is gone (410)", _AGAIN)
            addresses = self._guard.addresses(self._url)
            return self._attempt(addresses, id, body, last_check)
        except ConfigError as error:
            outcome = Outcome.WRONG if error.permanent else Outcome.LATER
            return Verdict(outcome, error.problem.what, error.problem.remedy)
        except NotAllowed as refused:
            outcome = Outcome.LATER if refused.may_pass else Outcome.WRONG
            return Verdict(outcome, f"the endpoint cannot be called: {refused.why}", _SETTINGS)

    def _attempt(self, addresses: tuple[str, ...], id: str, body: bytes, last_check: Callable[[], None]) -> Verdict:
        """Try the host's addresses one after the other, as long as none was connected to."""
        sent = {**headers(id, body, self._clock(), self._keys), "Content-Type": "application/json", "User-Agent": "Quarterdeck"}
        why = ""
        for address in addresses:
            try:
                answer = self._http.post_to(address, self._url, body, sent, self._options.timeout_seconds, last_check)
            except NoAnswer as error:
                if error.may_have_arrived:
                    return Verdict(Outcome.UNKNOWN, f"the endpoint did not answer ({error.why})", _WAIT)
                why = error.why
            else:
                return self._judged(answer)
        return Verdict(Outcome.LATER, f"the endpoint cannot be reached ({why})", _WAIT)

    def _judged(self, answer: Answer) -> Verdict:
        status = answer.status
        if status in range(200, 300):
            return Verdict(Outcome.TAKEN)
        if status == 410:
            self._remember_gone()
            return Verdict(Outcome.GONE, "the endpoint says that it is gone (410), and is not called again", _AGAIN)
        if status in _NOT_YET or status >= 500:
            wait = self._throttle(answer) if status in _THROTTLING else None
            outcome = Outcome.LATER if status in _NOT_YET else Outcome.UNKNOWN
            return Verdict(outcome, f"the endpoint takes nothing now (status {status})", _WAIT, wait)
        if status in _THIS_EVENT:
            return Verdict(Outcome.REFUSED, f"the endpoint does not take the event (status {status})", _TELL)
        if status in range(300, 400):
            return Verdict(Outcome.WRONG, f"the endpoint sends us elsewhere (status {status})", "give the address it names")
        return Verdict(Outcome.WRONG, f"the endpoint refuses us (status {status})", _SETTINGS)

    def _throttle(self, answer: Answer) -> timedelta:
        """How long the server asks to be left alone; as long nothing is sent to it."""
        wait = answer.retry_after
        if wait is None:
            with suppress(ValueError, TypeError):  # it names no moment
                wait = parsedate_to_datetime(answer.headers.get("retry-after", "")) - self._clock()
        wait = min(max(_PAUSE if wait is None else wait, timedelta(0)), _LONGEST_PAUSE)
        self._until = self._clock() + wait
        return wait

    @cached_property
    def _http(self) -> Http:
        trust = ssl.create_default_context()
        if self._options.ca_file is not None:
            trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            try:
                trust.load_verify_locations(self._root / self._options.ca_file)
            except (OSError, ValueError):
                raise ConfigError(f"{self._options.ca_file} holds no certificates", remedy="see `ca_file`") from None
        return Http(trust=trust)

    @cached_property
    def _url(self) -> str:
        return self._secret(self._options.url).strip()

    @cached_property
    def _keys(self) -> tuple[bytes, ...]:
        return tuple(key_of(self._secret(reference).strip()) for reference in self._options.secrets)

    @property
    def _mark(self) -> str:
        """What the endpoint is remembered by; it tells nobody the address."""
        return f"gone/{hmac.digest(self._keys[0], self._url.encode(), hashlib.sha256).hex()[:32]}"

    def _gone_since(self) -> str:
        with suppress(StorageError):
            if self._store.exists(self._mark):
                return self._store.get(self._mark).decode("ascii", "replace")[:10]
        return ""

    def _remember_gone(self) -> None:
        with suppress(StorageError):  # it will say so again
            self._store.put_new(self._mark, self._clock().astimezone(UTC).date().isoformat().encode())


__all__ = ["FOLDER", "Endpoint", "EndpointOptions", "Outcome", "Verdict"]
