"""Where AWS accounts keep things: objects, items, logs, secrets."""

from __future__ import annotations

from quarterdeck.schemas.column import Column, TableSchema, Type, col, maybe, text

PLACE: tuple[Column, ...] = (text("account", doc="twelve digits"), text("region", doc="or global"))

STORES: tuple[TableSchema, ...] = (
    TableSchema(
        "buckets",
        "S3 buckets.",
        (
            *PLACE,
            text("bucket"),
            col("is_public", Type.BOOL, "its policy or its list of grants lets anybody in, and nothing blocks it"),
            col("has_block", Type.BOOL, "all four blocks of public access are set on it"),
            maybe("encryption", doc="AES256, aws:kms ...; empty where none is set"),
            col("is_versioned", Type.BOOL),
            maybe("created_at", Type.TIME),
        ),
        key=("account", "bucket"),
    ),
    TableSchema(
        "objects",
        "A sample of the objects in S3 buckets, the largest texts first, as their heads tell; see `object_samples`.",
        (
            *PLACE,
            text("bucket"),
            text("key"),
            col("bytes", Type.INT),
            maybe("content_type"),
            maybe("content_encoding", doc="gzip, br ...; empty where it is stored as it is"),
            maybe("changed_at", Type.TIME),
        ),
        key=("account", "bucket", "key"),
    ),
    TableSchema(
        "object_samples",
        "How much of each bucket was looked at.",
        (
            *PLACE,
            text("bucket"),
            col("listed", Type.INT, "objects that were listed"),
            col("listed_bytes", Type.INT),
            col("text_bytes", Type.INT, "bytes of those whose names say that they are text that compresses"),
            col("asked", Type.INT, "objects whose head was read"),
            col("is_whole", Type.BOOL, "all objects were listed"),
        ),
        key=("account", "bucket"),
    ),
    TableSchema(
        "dynamo_tables",
        "DynamoDB tables.",
        (
            *PLACE,
            text("name"),
            text("arn"),
            text("billing", "PROVISIONED", "PAY_PER_REQUEST"),
            col("items", Type.INT, "as DynamoDB counts, every six hours"),
            col("bytes", Type.INT),
            col("has_recovery", Type.BOOL, "point-in-time recovery is on"),
            maybe("created_at", Type.TIME),
        ),
        key=("account", "region", "name"),
    ),
    TableSchema(
        "log_groups",
        "Groups of CloudWatch Logs.",
        (
            *PLACE,
            text("name"),
            maybe("retention_days", Type.INT, doc="empty where logs are kept for ever"),
            col("bytes", Type.INT, "stored"),
            maybe("created_at", Type.TIME),
        ),
        key=("account", "region", "name"),
    ),
    TableSchema(
        "secrets",
        "Secrets in Secrets Manager, without what they hold.",
        (
            *PLACE,
            text("name"),
            text("arn"),
            col("is_rotated", Type.BOOL, "by itself"),
            maybe("rotated_at", Type.TIME),
            maybe("changed_at", Type.TIME),
            maybe("used_at", Type.TIME, doc="the day it was read last"),
            maybe("created_at", Type.TIME),
        ),
        key=("account", "region", "arn"),
    ),
)
