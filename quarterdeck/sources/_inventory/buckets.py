"""S3 buckets: whether anybody gets in, and a sample of the heads of what lies in them.

Of each bucket at most `listed` objects are listed, in the order of their keys, and at most `heads` heads are read: those
whose names say that they are texts, the largest first, since those are what compression would make smaller.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from quarterdeck.sources._aws_calls import part
from quarterdeck.sources._inventory.asking import Asker, Found, Part, Row, instant
from quarterdeck.sources._inventory.policies import blocks_all, grants_everybody, is_bucket_public

_BUCKETS = "s3:ListAllMyBuckets"
_LOCATION = "s3:GetBucketLocation"
_BLOCK = "s3:GetBucketPublicAccessBlock"
_ACCOUNT_BLOCK = "s3:GetAccountPublicAccessBlock"
_STATUS = "s3:GetBucketPolicyStatus"
_ACL = "s3:GetBucketAcl"
_ENCRYPTION = "s3:GetEncryptionConfiguration"
_VERSIONING = "s3:GetBucketVersioning"
_LIST = "s3:ListBucket"
_HEAD = "s3:GetObject"
_NO_BLOCK = ("NoSuchPublicAccessBlockConfiguration",)
_GONE = ("404", "NoSuchKey", "NotFound")
_TEXTS = (
    *(".html", ".htm", ".css", ".js", ".mjs", ".json", ".map", ".svg", ".xml", ".txt", ".csv", ".md", ".webmanifest", ".ics"),
    *(".wasm", ".ttf", ".otf", ".eot"),
)
_OLD_NAMES = {None: "us-east-1", "": "us-east-1", "EU": "eu-west-1"}


def _buckets(ask: Asker) -> Found:
    listed = list(ask.items("s3", "list_buckets", _BUCKETS, "Buckets"))
    block = _block(ask.maybe("s3control", "get_public_access_block", _ACCOUNT_BLOCK, _NO_BLOCK, AccountId=ask.place.account))
    return {"buckets": ask.rows_at_once(lambda ask, each: _bucket(ask, each, block), listed)}


def _block(answer: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return None if answer is None else answer.get("PublicAccessBlockConfiguration", {})


def _bucket(ask: Asker, each: Mapping[str, Any], account_block: Mapping[str, Any] | None) -> Row:
    name = each["Name"]
    there = ask.at(_region(ask, name))
    block = _block(there.maybe("s3", "get_public_access_block", _BLOCK, _NO_BLOCK, Bucket=name))
    status = there.maybe("s3", "get_bucket_policy_status", _STATUS, ("NoSuchBucketPolicy",), Bucket=name)
    acl = there.one("s3", "get_bucket_acl", _ACL, Bucket=name)
    return there.row(
        bucket=name,
        is_public=is_bucket_public(
            policy_is_public=bool(status and status.get("PolicyStatus", {}).get("IsPublic")),
            acl_is_public=grants_everybody(part(acl, "Grants", _ACL)),
            blocks=(block, account_block),
        ),
        has_block=blocks_all(block) or blocks_all(account_block),
        encryption=_encryption(there, name),
        is_versioned=there.one("s3", "get_bucket_versioning", _VERSIONING, Bucket=name).get("Status") == "Enabled",
        created_at=instant(each.get("CreationDate")),
    )


def _region(ask: Asker, bucket: str) -> str:
    found = ask.one("s3", "get_bucket_location", _LOCATION, Bucket=bucket).get("LocationConstraint")
    return _OLD_NAMES.get(found, str(found))


def _encryption(ask: Asker, bucket: str) -> str | None:
    none = ("ServerSideEncryptionConfigurationNotFoundError",)
    answer = ask.maybe("s3", "get_bucket_encryption", _ENCRYPTION, none, Bucket=bucket)
    rules = answer.get("ServerSideEncryptionConfiguration", {}).get("Rules", ()) if answer else ()
    return next((rule.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm") for rule in rules), None)


def names(ask: Asker) -> list[str]:
    """The names of an account's buckets."""
    return [each["Name"] for each in ask.items("s3", "list_buckets", _BUCKETS, "Buckets")]


def _objects(ask: Asker) -> Found:
    wanted = ask.sampling.buckets
    sampled = [_sample(ask, name) for name in names(ask) if not wanted or name in wanted]  # each asks many at once by itself
    return {"objects": [row for _, heads in sampled for row in heads], "object_samples": [sample for sample, _ in sampled]}


def _sample(ask: Asker, bucket: str) -> tuple[Row, list[Row]]:
    """How much of a bucket was looked at, and the heads that were read."""
    there = ask.at(_region(ask, bucket))
    listed, is_whole = _listed(there, bucket)
    texts = [each for each in listed if is_text(each["Key"])]
    largest = sorted(texts, key=lambda each: (-each["Size"], each["Key"]))[: ask.sampling.heads]
    heads = [row for row in there.each(lambda each: _head(there, bucket, each), largest) if row is not None]
    sample = there.row(
        bucket=bucket,
        listed=len(listed),
        listed_bytes=_bytes(listed),
        text_bytes=_bytes(texts),
        asked=len(heads),
        is_whole=is_whole,
    )
    return sample, heads


def _listed(ask: Asker, bucket: str) -> tuple[list[Mapping[str, Any]], bool]:
    """The first objects of a bucket, as many as the bound allows, and whether they are all."""
    found: list[Mapping[str, Any]] = []
    for each in _keys(ask, bucket):
        if len(found) == ask.sampling.listed:
            return found, False
        found.append(each)
    return found, True


def _keys(ask: Asker, bucket: str) -> Iterator[Mapping[str, Any]]:
    for page in ask.pages("s3", "list_objects_v2", _LIST, Bucket=bucket):
        if part(page, "KeyCount", _LIST):
            yield from part(page, "Contents", _LIST)


def is_text(key: str) -> bool:
    """Whether the name of an object says that it is something that compresses well."""
    return key.lower().endswith(_TEXTS)


def _bytes(objects: Iterable[Mapping[str, Any]]) -> int:
    return sum(each["Size"] for each in objects)


def _head(ask: Asker, bucket: str, each: Mapping[str, Any]) -> Row | None:
    head = ask.maybe("s3", "head_object", _HEAD, _GONE, Bucket=bucket, Key=each["Key"])
    if head is None:  # removed since it was listed
        return None
    return ask.row(
        bucket=bucket,
        key=each["Key"],
        bytes=int(part(head, "ContentLength", _HEAD)),
        content_type=head.get("ContentType"),
        content_encoding=_coding(head.get("ContentEncoding")),
        changed_at=instant(head.get("LastModified")),
    )


def _coding(text: str | None) -> str | None:
    """The coding of a head, without the `aws-chunked` of how it was sent; None where there is none."""
    codings = [coding.strip() for coding in (text or "").split(",")]
    return ", ".join(coding for coding in codings if coding and coding != "aws-chunked") or None


PARTS = (
    Part(
        "s3",
        ("buckets",),
        (_BUCKETS, _LOCATION, _BLOCK, _ACCOUNT_BLOCK, _STATUS, _ACL, _ENCRYPTION, _VERSIONING),
        _buckets,
        is_global=True,
    ),
    Part("s3", ("objects", "object_samples"), (_BUCKETS, _LOCATION, _LIST, _HEAD), _objects, is_global=True),
)
