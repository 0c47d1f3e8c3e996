"""CloudFront distributions, hosted zones of Route 53 with their records, and records that lead to nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from quarterdeck.sources._aws_calls import part
from quarterdeck.sources._inventory.asking import GLOBAL, Asker, Found, Part, Row, Rows, instant, listed

_DISTRIBUTIONS = "cloudfront:ListDistributions"
_ZONES = "route53:ListHostedZones"
_RECORDS = "route53:ListResourceRecordSets"
_LENIENT = ("allow-all", "redirect-to-https", "https-only")  # the most lenient first


def _distributions(ask: Asker) -> Found:
    pages = ask.pages("cloudfront", "list_distributions", _DISTRIBUTIONS)
    lists = (part(page, "DistributionList", _DISTRIBUTIONS) for page in pages)
    return {"distributions": ask.rows(_distribution, (each for found in lists for each in _items(found)))}


def _items(found: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """The members of a list of CloudFront: it says how many there are, and has no list where there are none."""
    return part(found, "Items", _DISTRIBUTIONS) if part(found, "Quantity", _DISTRIBUTIONS) else ()


def _distribution(ask: Asker, each: Mapping[str, Any]) -> Row:
    default = each["DefaultCacheBehavior"]
    behaviours = [default, *each.get("CacheBehaviors", {}).get("Items", ())]
    return ask.row(
        GLOBAL,
        distribution=each["Id"],
        domain=each["DomainName"],
        aliases=listed(each.get("Aliases", {}).get("Items")),
        is_enabled=bool(each["Enabled"]),
        has_waf=bool(each.get("WebACLId")),
        viewer_protocol=most_lenient(behaviour["ViewerProtocolPolicy"] for behaviour in behaviours),
        is_compressing=bool(default.get("Compress")),
        origins=listed(origin["DomainName"] for origin in each["Origins"].get("Items", ())),
        price_class=each.get("PriceClass", ""),
        changed_at=instant(each.get("LastModifiedTime")),
    )


def most_lenient(policies: Iterable[str]) -> str:
    """Of the ways in which behaviours take requests, the one that asks least."""
    return min(policies, key=lambda policy: _LENIENT.index(policy) if policy in _LENIENT else len(_LENIENT))


def _zones(ask: Asker) -> Found:
    return {"zones": ask.rows(_zone, ask.items("route53", "list_hosted_zones", _ZONES, "HostedZones"))}


def _zone(ask: Asker, each: Mapping[str, Any]) -> Row:
    return ask.row(
        GLOBAL,
        zone=_zone_id(each),
        name=str(each["Name"]).rstrip("."),
        is_private=bool(each.get("Config", {}).get("PrivateZone")),
        records=int(each.get("ResourceRecordSetCount", 0)),
    )


def _zone_id(each: Mapping[str, Any]) -> str:
    return str(each["Id"]).removeprefix("/hostedzone/")


def _records(ask: Asker) -> Found:
    zones = [_zone_id(each) for each in ask.items("route53", "list_hosted_zones", _ZONES, "HostedZones")]
    return {"dns_records": [row for rows in ask.each(lambda zone: _records_of(ask, zone), zones) for row in rows]}


def _records_of(ask: Asker, zone: str) -> Rows:
    sets = ask.items("route53", "list_resource_record_sets", _RECORDS, "ResourceRecordSets", HostedZoneId=zone)
    return ask.rows(lambda ask, each: _record(ask, zone, each), sets)


def _record(ask: Asker, zone: str, each: Mapping[str, Any]) -> Row:
    target = each.get("AliasTarget", {}).get("DNSName")
    if target is None and each["Type"] == "CNAME":
        target = next((record["Value"] for record in each.get("ResourceRecords", ())), None)
    return ask.row(
        GLOBAL,
        zone=zone,
        name=_name(each["Name"]),
        type=each["Type"],
        variant=each.get("SetIdentifier", ""),
        ttl=int(each["TTL"]) if "TTL" in each else None,
        target=None if target is None else _name(target),
    )


def _name(text: str) -> str:
    """A name of DNS as people write it: without the last dot, and with `*` where Route 53 writes its octal code."""
    return text.rstrip(".").replace("\\052", "*").lower()


_CLOUDFRONT = re.compile(r"[a-z0-9]+\.cloudfront\.net")
_WEBSITE = re.compile(r"(?:(?P<bucket>.+)\.)?s3-website[.-][a-z0-9-]+\.amazonaws\.com")
_OBJECTS = re.compile(r"(?P<bucket>.+)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com")


def dangling(record: Mapping[str, Any], domains: Collection[str] | None, buckets: Collection[str] | None) -> str | None:
    """Why the target of a record does not exist, or None where it does or nobody can tell.

    `domains` are those of all distributions that were read, `buckets` the names of all buckets; None where they could not
    be. Whoever makes a bucket of the name that a website is looked for under decides what visitors see.
    """
    target = record.get("target")
    if not isinstance(target, str):
        return None
    if _CLOUDFRONT.fullmatch(target):
        return None if domains is None or target in domains else f"no distribution of these accounts is {target}"
    found = _WEBSITE.fullmatch(target) or _OBJECTS.fullmatch(target)
    if found is None or buckets is None:
        return None
    bucket = found["bucket"] or str(record["name"])
    return None if bucket in buckets else f"no bucket of these accounts is {bucket}"


PARTS = (
    Part("cloudfront", ("distributions",), (_DISTRIBUTIONS,), _distributions, is_global=True),
    Part("route53", ("zones",), (_ZONES,), _zones, is_global=True),
    Part("route53", ("dns_records",), (_ZONES, _RECORDS), _records, is_global=True),
)
