"""What an AWS account of the example holds. Sizes are bytes and megabytes, times milliseconds, money decimal US dollars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

Item = Mapping[str, Any]  # as DynamoDB writes it: {"id": {"S": "..."}}


@dataclass(frozen=True, slots=True)
class Url:
    """An address on the web that calls a function; without `origins` it has no CORS policy."""

    auth: str = "NONE"
    origins: tuple[str, ...] = ()
    methods: tuple[str, ...] = ("GET", "POST")


@dataclass(frozen=True, slots=True)
class Work:
    """What a function does on a day: how often it runs and for how long, how much memory that takes, how many runs fail."""

    runs: int
    milliseconds: int
    used_mb: int
    fails_of_thousand: int = 0


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    region: str
    memory_mb: int
    work: Work
    runtime: str = "python3.13"
    timeout_seconds: int = 30
    variables: Mapping[str, str] | None = None
    url: Url | None = None


@dataclass(frozen=True, slots=True)
class Object:
    """An object of a bucket; its content is text that compresses well, or noise that does not."""

    key: str
    bytes: int
    content_type: str
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Bucket:
    name: str
    region: str
    objects: tuple[Object, ...] = ()
    versioned: bool = True


@dataclass(frozen=True, slots=True)
class Distribution:
    """A CloudFront distribution before a bucket, and what it serves on a day."""

    comment: str
    alias: str
    bucket: str
    waf: bool
    compress: bool
    requests: int
    megabytes: int


@dataclass(frozen=True, slots=True)
class Api:
    """An HTTP API of API Gateway that the origins may call, how often it is on a day, and how long an answer takes."""

    name: str
    region: str
    origins: tuple[str, ...]
    requests: int
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Zone:
    """A hosted zone with its records: name, type, seconds to live, values."""

    name: str
    records: tuple[tuple[str, str, int, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    region: str
    key: str
    items: Sequence[Item]
    recovery: bool = True


@dataclass(frozen=True, slots=True)
class Gateway:
    """A NAT gateway in a network of its own, and what passes through it on a day."""

    name: str
    region: str
    bytes: int


@dataclass(frozen=True, slots=True)
class LogGroup:
    name: str
    region: str
    retention_days: int | None


@dataclass(frozen=True, slots=True)
class Charge:
    """What one service costs on one day."""

    service: str
    day: date
    amount: Decimal
    region: str
    stack: str


@dataclass(frozen=True, slots=True)
class Account:
    """An AWS account: its number, whose it is, and all that was made in it, long before the first month that is shown."""

    number: str
    tenant: str
    regions: tuple[str, ...]
    functions: tuple[Function, ...] = ()
    buckets: tuple[Bucket, ...] = ()
    distributions: tuple[Distribution, ...] = ()
    apis: tuple[Api, ...] = ()
    zones: tuple[Zone, ...] = ()
    tables: tuple[Table, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    log_groups: tuple[LogGroup, ...] = ()
    charges: tuple[Charge, ...] = ()

    @property
    def role(self) -> str:
        """The role that Quarterdeck reads with."""
        return f"arn:aws:iam::{self.number}:role/QuarterdeckReader"
