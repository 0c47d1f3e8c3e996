"""Standard Webhooks 1.0.0: what an event looks like on the wire, and how its receiver knows whom it is from.

The id of an event is made of what it is about, never of the moment: whatever is sent again has the id that it had, and a
receiver takes each id once.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from quarterdeck import codec
from quarterdeck.errors import ConfigError

MAX_BYTES = 20_000  # of a body; the standard asks receivers for no more
_PREFIX = "whsec_"
_KEY_BYTES = range(24, 65)


def key_of(secret: str) -> bytes:
    """The key in a signing secret; ConfigError, which repeats nothing of it, where it is none."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(_PREFIX) or len(key) not in _KEY_BYTES:
        raise ConfigError("a webhook's secret is none", remedy=f"it is {_PREFIX} and 24 to 64 random bytes in base64")
    return key


def event_id(*about: object) -> str:
    """The id of the event that speaks of this; it holds no dot, which would mean something in a signature."""
    return f"evt_{codec.digest(list(about))[:40]}"


def event(type: str, at: datetime, data: Mapping[str, Any]) -> bytes:
    """The body of an event that happened at a moment: the same event always gives the same bytes."""
    moment = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return codec.canonical({"type": type, "timestamp": moment, "data": data}).encode()


def headers(id: str, body: bytes, now: datetime, keys: Sequence[bytes]) -> dict[str, str]:
    """The headers of an attempt at a moment, signed with each of the keys: a receiver may know the old one or the new one."""
    stamp = str(int(now.timestamp()))
    signed = b".".join((id.encode(), stamp.encode(), body))
    signatures = (base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in keys)
    return {
        "webhook-id": id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
        "Idempotency-Key": id,
    }
