"""What tests of the code audit share: secrets that are none, made where they are needed, and records of osv.dev.

No file of this repository holds what looks like a secret: those who search it would find it.
"""

from __future__ import annotations

import json
import random
import string

ALPHABET = string.ascii_letters + string.digits


def random_text(length: int, seed: int = 1, alphabet: str = ALPHABET) -> str:
    drawn = random.Random(seed)
    return "".join(drawn.choice(alphabet) for _ in range(length))


def example_key(seed: int = 1) -> str:
    """What a payment provider's secret key looks like."""
    return "sk_" + "live_" + random_text(24, seed)


def advisory(
    id: str = "DEMO-1",
    package: str = "demo",
    ecosystem: str = "PyPI",
    published: str = "2026-06-01T00:00:00Z",
    events: tuple[dict[str, str], ...] = ({"introduced": "0"}, {"fixed": "1.2"}),
    **more: object,
) -> str:
    """A record as osv.dev publishes it."""
    span = {"type": "ECOSYSTEM" if ecosystem == "PyPI" else "SEMVER", "events": list(events)}
    record = {
        "id": id,
        "published": published,
        "modified": "2026-10-20T00:00:00Z",
        "aliases": ["CVE-2026-0001"],
        "summary": "Code of others is run",
        "database_specific": {"severity": "HIGH"},
        "affected": [{"package": {"ecosystem": ecosystem, "name": package}, "ranges": [span]}],
    }
    return json.dumps(record | more)


ADVISORY = advisory()
