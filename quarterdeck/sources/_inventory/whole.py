"""The roll-up: one row a resource, whatever it is, and the stack that its tags say it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from quarterdeck.sources._inventory.asking import Asker, Found, Part, Row, Rows

_TAGS = "tag:GetResources"
_CLOUDFORMATION = "aws:cloudformation:stack-name"

Arn = tuple[str, str, str, str]
"""Service, region, account, and the rest of an ARN; region and account are empty where the ARN has none."""


def _tagged(ask: Asker) -> Found:
    """The tags that say what belongs together, one filter a call: AWS wants all filters of one call to hold."""
    rows: Rows = []
    for key in dict.fromkeys((ask.stack_tag, _CLOUDFORMATION)):
        asked = {"TagFilters": [{"Key": key}]}
        for each in ask.items("resourcegroupstaggingapi", "get_resources", _TAGS, "ResourceTagMappingList", **asked):
            value = next((tag["Value"] for tag in each["Tags"] if tag["Key"] == key), "")
            rows.append(ask.row(resource=each["ResourceARN"], key=key, value=value))
    return {"stack_tags": rows}


@dataclass(frozen=True, slots=True)
class _Kind:
    """How the rows of a table become resources: their service and kind, the columns of id and name, and the rest of the ARN."""

    service: str
    kind: str
    id: str
    name: str
    rest: Callable[[Mapping[str, Any]], str]
    has_account: bool = True
    has_region: bool = True


_KINDS: Mapping[str, _Kind] = {
    "functions": _Kind("lambda", "function", "function", "function", lambda row: f"function:{row['function']}"),
    "apis": _Kind("apigateway", "API", "api", "name", lambda row: f"/apis/{row['api']}", has_account=False),
    "distributions": _Kind(
        "cloudfront", "distribution", "distribution", "domain", lambda row: f"distribution/{row['distribution']}",
        has_region=False,
    ),
    "zones": _Kind(
        "route53", "hosted zone", "zone", "name", lambda row: f"hostedzone/{row['zone']}", has_account=False, has_region=False
    ),
    "buckets": _Kind(
        "s3", "bucket", "bucket", "bucket", lambda row: str(row["bucket"]), has_account=False, has_region=False
    ),
    "dynamo_tables": _Kind("dynamodb", "table", "name", "name", lambda row: f"table/{row['name']}"),
    "log_groups": _Kind("logs", "log group", "name", "name", lambda row: f"log-group:{row['name']}"),
    "secrets": _Kind("secretsmanager", "secret", "arn", "name", lambda row: str(row["arn"]).split(":", 5)[-1]),
    "nat_gateways": _Kind("ec2", "NAT gateway", "gateway", "name", lambda row: f"natgateway/{row['gateway']}"),
    "elastic_ips": _Kind("ec2", "Elastic IP", "allocation", "name", lambda row: f"elastic-ip/{row['allocation']}"),
    "volumes": _Kind("ec2", "volume", "volume", "name", lambda row: f"volume/{row['volume']}"),
    "security_groups": _Kind("ec2", "security group", "group", "name", lambda row: f"security-group/{row['group']}"),
}  # fmt: skip


def resources(tables: Mapping[str, Iterable[Row]]) -> list[Row]:
    """The resources in the tables that were read; their stacks as far as tags were."""
    stacks = _stacks(tables.get("stack_tags", ()))
    return [_resource(kind, row, stacks) for table, kind in _KINDS.items() if table in tables for row in tables[table]]


def _resource(kind: _Kind, row: Mapping[str, Any], stacks: Mapping[Arn, str]) -> Row:
    arn = (kind.service, row["region"] if kind.has_region else "", row["account"] if kind.has_account else "", kind.rest(row))
    return {
        "account": row["account"],
        "region": row["region"],
        "service": kind.service,
        "kind": kind.kind,
        "resource": row[kind.id],
        "name": row[kind.name] or row[kind.id],
        "stack": stacks.get(arn),
        "created_at": row.get("created_at"),
    }


def _stacks(tags: Iterable[Mapping[str, Any]]) -> dict[Arn, str]:
    """The stack of each tagged resource: what the tag of its owners says, else CloudFormation's."""
    found: dict[Arn, str] = {}
    for tag in sorted(tags, key=lambda tag: tag["key"] != _CLOUDFORMATION):  # what comes later counts
        if tag["value"]:
            found[_arn(tag["resource"])] = tag["value"]
    return found


def _arn(text: str) -> Arn:
    """An ARN in its parts; a group of logs without the `:*` that some answers put behind it."""
    parts = text.split(":", 5)
    if len(parts) < 6:
        return ("", "", "", text)
    _, _, service, region, account, rest = parts
    return service, region, account, rest.removesuffix(":*")


PARTS = (Part("tag", ("stack_tags",), (_TAGS,), _tagged),)
