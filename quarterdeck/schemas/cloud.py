"""What runs in AWS accounts, as it stood when it was read.

Every row says in which account (twelve digits) and region it is; what AWS keeps for all regions at once is in the region
`global`. No table holds a value of an environment variable or of a secret. A column that may be empty is empty where AWS
says nothing: that is never a zero and never a "no".
"""

from __future__ import annotations

from quarterdeck.schemas.cloud_stores import PLACE, STORES
from quarterdeck.schemas.column import TableSchema, Type, col, maybe, text

_COMPUTE: tuple[TableSchema, ...] = (
    TableSchema(
        "functions",
        "Lambda functions, their latest version.",
        (
            *PLACE,
            text("function", doc="the name"),
            text("arn"),
            text("package", "Zip", "Image"),
            maybe("runtime", doc="empty for a function made of an image"),
            maybe("architecture"),
            col("memory_mb", Type.INT),
            col("timeout_seconds", Type.INT),
            text("variables", doc="names of its environment variables, comma separated; never their values"),
            maybe("changed_at", Type.TIME, doc="when its code or settings were changed last"),
        ),
        key=("account", "region", "function"),
    ),
    TableSchema(
        "function_keys",
        "Variables of functions whose value looks like a key; the value itself is nowhere.",
        (
            *PLACE,
            text("function"),
            text("variable"),
            text("rule", doc="what the value looks like"),
            text("kind", "payment", "cloud", "other"),
            text("fingerprint", doc="start of a keyed digest of the value: the same key is recognised, and nothing more"),
        ),
        key=("account", "region", "function", "variable"),
    ),
    TableSchema(
        "function_urls",
        "Addresses on the web that call a Lambda function.",
        (
            *PLACE,
            text("function"),
            text("qualifier", doc="the alias it leads to; empty for the latest version"),
            text("auth", "NONE", "AWS_IAM"),
            col("has_cors", Type.BOOL, "a CORS policy is set at all"),
            maybe("origins", doc="allowed origins, comma separated"),
            maybe("methods", doc="allowed methods, comma separated"),
            maybe("is_public", Type.BOOL, doc="its policy lets anybody call it"),
            maybe("created_at", Type.TIME),
        ),
        key=("account", "region", "function", "qualifier"),
    ),
    TableSchema(
        "apis",
        "APIs of API Gateway, version 2 (HTTP and WebSocket).",
        (
            *PLACE,
            text("api"),
            text("name"),
            text("protocol", "HTTP", "WEBSOCKET"),
            col("has_cors", Type.BOOL),
            maybe("origins", doc="allowed origins, comma separated"),
            maybe("methods", doc="allowed methods, comma separated"),
            col("routes", Type.INT),
            col("open_routes", Type.INT, "routes that ask for no authorisation"),
            maybe("created_at", Type.TIME),
        ),
        key=("account", "region", "api"),
    ),
)

_WEB: tuple[TableSchema, ...] = (
    TableSchema(
        "distributions",
        "CloudFront distributions.",
        (
            *PLACE,
            text("distribution"),
            text("domain"),
            text("aliases", doc="comma separated; may be empty"),
            col("is_enabled", Type.BOOL),
            col("has_waf", Type.BOOL),
            text("viewer_protocol", doc="the most lenient of all its behaviours: allow-all, redirect-to-https, https-only"),
            col("is_compressing", Type.BOOL, "by its default behaviour"),
            text("origins", doc="domain names, comma separated"),
            text("price_class"),
            maybe("changed_at", Type.TIME),
        ),
        key=("account", "region", "distribution"),
    ),
    TableSchema(
        "zones",
        "Hosted zones of Route 53.",
        (*PLACE, text("zone"), text("name"), col("is_private", Type.BOOL), col("records", Type.INT)),
        key=("account", "region", "zone"),
    ),
    TableSchema(
        "dns_records",
        "Record sets of hosted zones.",
        (
            *PLACE,
            text("zone"),
            text("name"),
            text("type"),
            text("variant", doc="its set identifier, where several answer for one name; else empty"),
            maybe("ttl", Type.INT, doc="seconds; an alias has none"),
            maybe("target", doc="where an alias or a CNAME leads"),
            maybe("dangling", doc="why its target does not exist; empty where it does, or where nobody can tell"),
        ),
        key=("account", "region", "zone", "name", "type", "variant"),
    ),
)

_NETWORK: tuple[TableSchema, ...] = (
    TableSchema(
        "nat_gateways",
        "NAT gateways that are not deleted.",
        (
            *PLACE,
            text("gateway"),
            text("name", doc="its tag Name; may be empty"),
            text("state", "pending", "failed", "available", "deleting"),
            text("connectivity", "public", "private"),
            maybe("vpc"),
            col("routes", Type.INT, "route tables that lead to it"),
            maybe("created_at", Type.TIME),
        ),
        key=("account", "region", "gateway"),
    ),
    TableSchema(
        "elastic_ips",
        "Elastic IP addresses.",
        (
            *PLACE,
            text("allocation"),
            text("address"),
            text("name", doc="its tag Name; may be empty"),
            col("is_associated", Type.BOOL),
            maybe("attached_to", doc="instance or network interface"),
        ),
        key=("account", "region", "allocation"),
    ),
    TableSchema(
        "volumes",
        "EBS volumes.",
        (
            *PLACE,
            text("volume"),
            text("name", doc="its tag Name; may be empty"),
            text("type", doc="gp2, gp3, io1 ..."),
            text("state"),
            col("gigabytes", Type.INT),
            maybe("iops", Type.INT),
            col("is_encrypted", Type.BOOL),
            col("is_attached", Type.BOOL),
            maybe("created_at", Type.TIME),
        ),
        key=("account", "region", "volume"),
    ),
    TableSchema(
        "security_groups",
        "Security groups of EC2.",
        (*PLACE, text("group"), text("name"), maybe("vpc"), col("rules", Type.INT, "that let something in")),
        key=("account", "region", "group"),
    ),
    TableSchema(
        "open_ports",
        "What security groups let in from everywhere, one row a range of ports.",
        (
            *PLACE,
            text("group"),
            text("name"),
            text("protocol", doc="tcp, udp, icmp, a number, or all"),
            maybe("first_port", Type.INT, doc="empty where the protocol has no ports"),
            maybe("last_port", Type.INT),
            text("range", "0.0.0.0/0", "::/0"),
        ),
    ),
)

_PEOPLE: tuple[TableSchema, ...] = (
    TableSchema(
        "credentials",
        "Users of IAM and the root of each account, by the credential report.",
        (
            *PLACE,
            text("user"),
            col("is_root", Type.BOOL),
            maybe("has_password", Type.BOOL, doc="AWS does not say it of the root"),
            col("has_mfa", Type.BOOL),
            maybe("password_used_at", Type.TIME),
            maybe("password_changed_at", Type.TIME),
            maybe("created_at", Type.TIME),
        ),
        key=("account", "user"),
    ),
    TableSchema(
        "access_keys",
        "Active access keys of IAM users and of the root, by the credential report.",
        (
            *PLACE,
            text("user"),
            col("slot", Type.INT, "1 or 2"),
            col("is_root", Type.BOOL),
            maybe("rotated_at", Type.TIME, doc="when it was made"),
            maybe("used_at", Type.TIME),
        ),
        key=("account", "user", "slot"),
    ),
)

_WHOLE: tuple[TableSchema, ...] = (
    TableSchema(
        "resources",
        "One row for every resource that was read, of all services; what could not be read is in `inventory_asked`.",
        (
            *PLACE,
            text("service", doc="lambda, s3 ..."),
            text("kind", doc="function, bucket ..."),
            text("resource", doc="its id, unique within the kind, account and region"),
            text("name"),
            maybe("stack", doc="value of the tag that says what it belongs to, or its CloudFormation stack"),
            maybe("created_at", Type.TIME),
        ),
        key=("account", "region", "kind", "resource"),
    ),
    TableSchema(
        "stack_tags",
        "Tags that say which resources belong together: the one that the source names, and CloudFormation's stack name.",
        (*PLACE, text("resource", doc="its ARN"), text("key"), text("value")),
        key=("account", "region", "resource", "key"),
    ),
    TableSchema(
        "inventory_asked",
        "What was asked of AWS, and whether it was answered.",
        (
            *PLACE,
            text("service"),
            text("part", doc="the table that it fills"),
            text("status", "read", "failed"),
            maybe("rows", Type.INT),
            maybe("reason"),
        ),
        key=("account", "region", "part"),
    ),
)

CLOUD: tuple[TableSchema, ...] = (*_COMPUTE, *_WEB, *STORES, *_NETWORK, *_PEOPLE, *_WHOLE)
