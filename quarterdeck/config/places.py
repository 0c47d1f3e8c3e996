"""Where things are kept that is not the home folder, and where AWS is."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints


def shaped(pattern: str, expected: str) -> AfterValidator:
    """Text of a form, told in words where it has another."""
    form = re.compile(pattern, re.ASCII)

    def check(text: str) -> str:
        if not form.fullmatch(text):
            raise ValueError(f"{text!r} is not {expected}")
        return text

    return AfterValidator(check)


BucketUri = Annotated[
    str,
    shaped(
        r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/(?!\.)[A-Za-z0-9._=-]{1,128}(?<!\.))*",
        "a place in S3; write one as s3://bucket/prefix",
    ),
]
TableUri = Annotated[str, shaped(r"dynamodb://[A-Za-z0-9_.-]{3,255}", "a table; write one as dynamodb://quarterdeck-audit")]
Endpoint = Annotated[
    str,
    shaped(
        r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?|http://(127\.0\.0\.1|localhost|\[::1\]):[0-9]{1,5}",
        "an address that begins with https://, or with http:// and a port of this machine",
    ),
]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StorageSettings(_Model):
    """Where things are kept that is not the home folder: S3 for most of it, DynamoDB for the trail."""

    snapshots: BucketUri | None = None
    archive: BucketUri | None = None
    audit: TableUri | None = None
    anchors: BucketUri | None = None
    results: BucketUri | None = None
    anchor_days: Annotated[int, Field(ge=0, le=36500)] = 0
    kms_key: Annotated[str, StringConstraints(min_length=1, max_length=2048)] | None = None
    link_hours: Annotated[int, Field(ge=1, le=168)] = 24


class AwsSettings(_Model):
    """Where AWS is, if it is not Amazon's own: an emulator on this machine, or an endpoint of one's own network."""

    endpoint: Endpoint | None = None
