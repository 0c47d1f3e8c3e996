"""Events linked by hash, one chain per tenant: pure functions, the same for every store.

Each link is sha256 over the hash before it and the body's bytes. That finds every change within a chain, but none that
cuts its end off or writes all of it anew: for those, `anchors` keeps heads outside the store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from quarterdeck import codec
from quarterdeck.audit.records import Entry

GENESIS = "0" * 64
_DOMAIN = b"quarterdeck-audit-v1\0"


def link(prev: str, body: str) -> str:
    """The hash of an event after the one before it."""
    return hashlib.sha256(_DOMAIN + prev.encode() + b"\0" + body.encode(errors="surrogatepass")).hexdigest()


def after(head: tuple[int, str], tenant: str, report_id: str, body: Mapping[str, Any]) -> Entry:
    """The entry that follows a head (seq, hash); (0, GENESIS) begins a chain."""
    seq, prev = head[0] + 1, head[1]
    text = codec.canonical({**body, "tenant": tenant, "seq": seq, "report_id": report_id})
    return Entry(tenant, seq, report_id, text, prev, link(prev, text))
