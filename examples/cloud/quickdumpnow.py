"""QuickDumpNow's account: a page in a bucket and a name that leads there, and nothing else."""

from __future__ import annotations

from decimal import Decimal

from examples.cloud.bill import Kept, Used, charges
from examples.cloud.shapes import Account, Bucket, Object, Zone
from examples.span import Span

NUMBER = "444455556666"
_REGION = "us-west-2"


def account(span: Span) -> Account:
    return Account(
        NUMBER,
        "quickdumpnow",
        (_REGION,),
        buckets=(
            Bucket(
                "quickdumpnow-landing",
                _REGION,
                (Object("index.html", 6_100, "text/html", "gzip"), Object("truck.jpg", 180_000, "image/jpeg")),
            ),
        ),
        zones=(Zone("quickdumpnow.example.com.", (("quickdumpnow.example.com.", "A", 3600, ("192.0.2.61",)),)),),
        charges=charges(
            (
                Kept("Amazon Route 53", Decimal("0.50"), "global", "landing"),
                Used("Amazon Simple Storage Service", Decimal("0.42"), _REGION, "landing"),
            ),
            span,
            NUMBER,
        ),
    )
