"""What an account shows on the web: buckets with their objects, distributions before them, names that lead there."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from examples.cloud.at import At
from examples.cloud.metrics import Point, measured_days, put
from examples.cloud.shapes import Bucket, Distribution, Object
from examples.span import Span

CLOUDFRONT = "us-east-1"  # where the metrics of CloudFront are, whatever they are of
_PHRASE = b"Evenings on the water, with music. "
_BLOCK = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
_MEGABYTE = 1_000_000


def make(at: At) -> None:
    for bucket in at.account.buckets:
        _bucket(at.client("s3", bucket.region), bucket)
    for distribution in at.account.distributions:
        _distribution(at, distribution)
    route53 = at.client("route53", CLOUDFRONT)
    for zone in at.account.zones:
        id = route53.create_hosted_zone(Name=zone.name, CallerReference=zone.name)["HostedZone"]["Id"]
        changes = [{"Action": "CREATE", "ResourceRecordSet": _record(*record)} for record in zone.records]
        if changes:
            route53.change_resource_record_sets(HostedZoneId=id, ChangeBatch={"Changes": changes})


def _record(name: str, type: str, ttl: int, values: tuple[str, ...]) -> dict[str, Any]:
    return {"Name": name, "Type": type, "TTL": ttl, "ResourceRecords": [{"Value": value} for value in values]}


def _bucket(client: Any, bucket: Bucket) -> None:
    client.create_bucket(Bucket=bucket.name, CreateBucketConfiguration={"LocationConstraint": bucket.region})
    client.put_public_access_block(Bucket=bucket.name, PublicAccessBlockConfiguration=_BLOCK)
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    client.put_bucket_encryption(Bucket=bucket.name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    if bucket.versioned:
        client.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"})
    for object in bucket.objects:
        encoding = {"ContentEncoding": object.encoding} if object.encoding else {}
        client.put_object(Bucket=bucket.name, Key=object.key, Body=_body(object), ContentType=object.content_type, **encoding)


def _body(object: Object) -> bytes:
    if object.encoding or object.content_type.startswith(("image/jpeg", "image/png", "video/")):
        return Random(object.key).randbytes(object.bytes)
    return (_PHRASE * (object.bytes // len(_PHRASE) + 1))[: object.bytes]


def _distribution(at: At, wanted: Distribution) -> None:
    waf = f"arn:aws:wafv2:us-east-1:{at.account.number}:global/webacl/{wanted.bucket}/1" if wanted.waf else ""
    origin = {"Id": "bucket", "DomainName": f"{wanted.bucket}.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    behaviour = {
        "TargetOriginId": "bucket",
        "ViewerProtocolPolicy": "redirect-to-https",
        "Compress": wanted.compress,
        "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
        "MinTTL": 0,
    }
    at.client("cloudfront", CLOUDFRONT).create_distribution(
        DistributionConfig={
            "CallerReference": wanted.alias,
            "Comment": wanted.comment,
            "Enabled": True,
            "Aliases": {"Quantity": 1, "Items": [wanted.alias]},
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": behaviour,
            "WebACLId": waf,
        }
    )


def measure(at: At, span: Span, rng: Random) -> None:
    """Requests, bytes and shares of errors of every distribution, and how large every bucket is, by day."""
    told = at.client("cloudfront", CLOUDFRONT).list_distributions()["DistributionList"].get("Items", [])
    ids = {item["Aliases"]["Items"][0]: item["Id"] for item in told}
    for distribution in at.account.distributions:
        put(at, CLOUDFRONT, _traffic(distribution, ids[distribution.alias], span, rng))
    for bucket in at.account.buckets:
        put(at, bucket.region, _size(bucket, span))


def _size(bucket: Bucket, span: Span) -> Iterator[Point]:
    size = sum(object.bytes for object in bucket.objects)
    standard, all = ({"BucketName": bucket.name, "StorageType": kind} for kind in ("StandardStorage", "AllStorageTypes"))
    for day in measured_days(span):
        yield Point("AWS/S3", "BucketSizeBytes", standard, day, size, "Bytes")
        yield Point("AWS/S3", "NumberOfObjects", all, day, len(bucket.objects), "Count")


def _traffic(distribution: Distribution, id: str, span: Span, rng: Random) -> Iterator[Point]:
    named = {"DistributionId": id, "Region": "Global"}
    for day in measured_days(span):
        share = rng.uniform(0.8, 1.2)
        yield Point("AWS/CloudFront", "Requests", named, day, round(distribution.requests * share), "None")
        bytes_of_day = round(distribution.megabytes * _MEGABYTE * share)
        yield Point("AWS/CloudFront", "BytesDownloaded", named, day, bytes_of_day, "None")
        yield Point("AWS/CloudFront", "4xxErrorRate", named, day, round(rng.uniform(0.6, 1.8), 4), "Percent")
        yield Point("AWS/CloudFront", "5xxErrorRate", named, day, round(rng.uniform(0.0, 0.2), 4), "Percent")
