"""QueenofSanDiego's account: the site behind a distribution, the tools as functions, tables of bookings and events."""

from __future__ import annotations

from decimal import Decimal

from examples.cloud.bill import Kept, Line, Running, Used, charges
from examples.cloud.ledger import billing, bookings, events, roles
from examples.cloud.shapes import (
    Account,
    Api,
    Bucket,
    Distribution,
    Function,
    Gateway,
    LogGroup,
    Object,
    Table,
    Url,
    Work,
    Zone,
)
from examples.span import Span

NUMBER = "111122223333"
_WEST, _EAST = "us-west-2", "us-east-1"
_SITE, _TOOLS, _PLATFORM = "site", "tools", "platform"
_DOMAIN = "queenofsandiego.example.com"

_FUNCTIONS = (
    Function(
        "ticket-checkout",
        _WEST,
        memory_mb=256,
        work=Work(runs=38, milliseconds=410, used_mb=214, fails_of_thousand=9),
        variables={"BOOKINGS_TABLE": "bookings", "EVENTS_TABLE": "events", "PAYMENT_SECRET_NAME": "tools/payments"},
        url=Url(origins=(f"https://{_DOMAIN}",)),
    ),
    Function(
        "seat-map",
        _WEST,
        memory_mb=128,
        work=Work(runs=64, milliseconds=95, used_mb=97, fails_of_thousand=2),
        variables={"BOOKINGS_TABLE": "bookings"},
        url=Url(),
    ),
    Function(
        "mailing",
        _WEST,
        memory_mb=3008,
        work=Work(runs=60, milliseconds=64_000, used_mb=236, fails_of_thousand=4),
        timeout_seconds=300,
        variables={"BATCH": "50"},
    ),
    Function(
        "site-headers",
        _EAST,
        memory_mb=128,
        work=Work(runs=24, milliseconds=12, used_mb=92),
    ),
)

_OBJECTS = (
    Object("index.html", 48_200, "text/html"),
    Object("programme.html", 61_400, "text/html"),
    Object("assets/app.js", 1_840_000, "application/javascript"),
    Object("assets/vendor.js", 2_310_000, "application/javascript"),
    Object("assets/site.css", 386_000, "text/css"),
    Object("assets/seats.svg", 214_000, "image/svg+xml"),
    Object("data/programme.json", 742_000, "application/json"),
    Object("assets/icons.svg", 38_000, "image/svg+xml", encoding="gzip"),
    Object("pictures/pier.jpg", 412_000, "image/jpeg"),
    Object("pictures/stage.jpg", 388_000, "image/jpeg"),
    Object("pictures/harbour.jpg", 295_000, "image/jpeg"),
)


def account(span: Span) -> Account:
    return Account(
        NUMBER,
        "queenofsandiego",
        (_WEST, _EAST),
        functions=_FUNCTIONS,
        buckets=(
            Bucket("queenofsandiego-site", _WEST, _OBJECTS),
            Bucket("queenofsandiego-tickets", _WEST, (Object("2026/manifest.json", 18_000, "application/json", "gzip"),)),
        ),
        distributions=(
            Distribution(
                "Public site", _DOMAIN, "queenofsandiego-site", waf=False, compress=False, requests=5200, megabytes=1180
            ),
            Distribution(
                "Tickets", f"tickets.{_DOMAIN}", "queenofsandiego-tickets", waf=True, compress=True, requests=240, megabytes=9
            ),
        ),
        apis=(Api("programme", _WEST, (f"https://{_DOMAIN}",), requests=310, milliseconds=140),),
        zones=(
            Zone(
                f"{_DOMAIN}.",
                (
                    (f"{_DOMAIN}.", "MX", 3600, ("10 mail.example.com.",)),
                    (f"{_DOMAIN}.", "TXT", 3600, ('"v=spf1 include:mail.example.com -all"',)),
                    (f"pier.{_DOMAIN}.", "A", 300, ("192.0.2.14",)),
                ),
            ),
        ),
        tables=(
            Table("bookings", _WEST, "booking", bookings(span)),
            Table("events", _WEST, "event", events(span)),
            Table("roles", _WEST, "person", roles()),
            Table("billing-state", _WEST, "invoice", billing(span), recovery=False),
        ),
        gateways=(Gateway("staging", _WEST, bytes=0),),
        log_groups=(
            LogGroup("/aws/lambda/mailing", _WEST, None),
            LogGroup("/aws/lambda/seat-map", _WEST, None),
            LogGroup("/site/access", _WEST, 90),
        ),
        charges=charges(_LINES, span, NUMBER),
    )


_SEASON = (84, 86, 95, 100, 104, 112, 122, 122, 110, 100, 90, 88)
# What the gateway costs an hour, and what the credits of a start-up programme pay of it.
_GATEWAY, _CREDITS = Decimal("0.045"), Decimal("-0.0255")
_LINES: tuple[Line, ...] = (
    Running("EC2 - Other", _GATEWAY, _WEST, _PLATFORM),
    Running("EC2 - Other", _CREDITS, _WEST, _PLATFORM),
    Running("Amazon Virtual Private Cloud", Decimal("0.005"), _WEST, _PLATFORM),
    Used("AWS Lambda", Decimal("6.10"), _WEST, _TOOLS, _SEASON),
    Used("Amazon CloudFront", Decimal("7.40"), "global", _SITE, _SEASON),
    Used("Amazon Simple Storage Service", Decimal("4.30"), _WEST, _SITE, _SEASON),
    Used("Amazon DynamoDB", Decimal("3.60"), _WEST, _TOOLS, _SEASON),
    Used("AmazonCloudWatch", Decimal("9.20"), _WEST, _PLATFORM, _SEASON),
    Used("Amazon Simple Email Service", Decimal("2.10"), _WEST, _TOOLS, _SEASON),
    Kept("Amazon Route 53", Decimal("0.50"), "global", _SITE),
    Kept("AWS WAF", Decimal("6.00"), "global", _SITE),
    Kept("AWS Secrets Manager", Decimal("0.80"), _WEST, _TOOLS),
)
