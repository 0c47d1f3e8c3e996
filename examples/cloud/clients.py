"""The account in which DangerousCentaur hosts its clients' pages: a bucket a client."""

from __future__ import annotations

from decimal import Decimal

from examples.cloud.bill import Kept, Used, charges
from examples.cloud.shapes import Account, Bucket, Object, Zone
from examples.span import Span

NUMBER = "777788889999"
_REGION = "us-west-2"


def account(span: Span) -> Account:
    return Account(
        NUMBER,
        "dangerouscentaur",
        (_REGION,),
        buckets=tuple(
            Bucket(
                f"centaur-{client}",
                _REGION,
                (Object("index.html", 4_800, "text/html", "gzip"), Object("front.jpg", 150_000, "image/jpeg")),
            )
            for client in ("bakery", "florist")
        ),
        zones=(Zone("dangerouscentaur.example.com."),),
        charges=charges(
            (
                Kept("Amazon Route 53", Decimal("0.50"), "global", "clients"),
                Used("Amazon Simple Storage Service", Decimal("2.30"), _REGION, "clients"),
            ),
            span,
            NUMBER,
        ),
    )
