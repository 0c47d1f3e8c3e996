"""DynamoDB tables, groups of logs, and secrets without what they hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quarterdeck.sources._aws_calls import part
from quarterdeck.sources._inventory.asking import Asker, Found, Part, Row, instant

_TABLES = "dynamodb:ListTables"
_TABLE = "dynamodb:DescribeTable"
_BACKUPS = "dynamodb:DescribeContinuousBackups"
_LOGS = "logs:DescribeLogGroups"
_SECRETS = "secretsmanager:ListSecrets"
_GONE = ("ResourceNotFoundException", "TableNotFoundException")  # deleted since it was listed


def _dynamo_tables(ask: Asker) -> Found:
    names = list(ask.items("dynamodb", "list_tables", _TABLES, "TableNames"))
    return {"dynamo_tables": [row for row in ask.each(lambda name: _dynamo_table(ask, name), names) if row is not None]}


def _dynamo_table(ask: Asker, name: str) -> Row | None:
    table = ask.maybe("dynamodb", "describe_table", _TABLE, _GONE, TableName=name)
    backups = table and ask.maybe("dynamodb", "describe_continuous_backups", _BACKUPS, _GONE, TableName=name)
    if not table or not backups:
        return None
    about = part(table, "Table", _TABLE)
    recovery = part(backups, "ContinuousBackupsDescription", _BACKUPS).get("PointInTimeRecoveryDescription", {})
    return ask.row(
        name=name,
        arn=about["TableArn"],
        billing=about.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        items=int(about.get("ItemCount", 0)),
        bytes=int(about.get("TableSizeBytes", 0)),
        has_recovery=recovery.get("PointInTimeRecoveryStatus") == "ENABLED",
        created_at=instant(about.get("CreationDateTime")),
    )


def _log_groups(ask: Asker) -> Found:
    return {"log_groups": ask.rows(_log_group, ask.items("logs", "describe_log_groups", _LOGS, "logGroups"))}


def _log_group(ask: Asker, each: Mapping[str, Any]) -> Row:
    return ask.row(
        name=each["logGroupName"],
        retention_days=int(each["retentionInDays"]) if "retentionInDays" in each else None,
        bytes=int(each.get("storedBytes", 0)),
        created_at=instant(each.get("creationTime")),
    )


def _secrets(ask: Asker) -> Found:
    return {"secrets": ask.rows(_secret, ask.items("secretsmanager", "list_secrets", _SECRETS, "SecretList"))}


def _secret(ask: Asker, each: Mapping[str, Any]) -> Row:
    return ask.row(
        name=each["Name"],
        arn=each["ARN"],
        is_rotated=bool(each.get("RotationEnabled")),
        rotated_at=instant(each.get("LastRotatedDate")),
        changed_at=instant(each.get("LastChangedDate")),
        used_at=instant(each.get("LastAccessedDate")),
        created_at=instant(each.get("CreatedDate")),
    )


PARTS = (
    Part("dynamodb", ("dynamo_tables",), (_TABLES, _TABLE, _BACKUPS), _dynamo_tables),
    Part("logs", ("log_groups",), (_LOGS,), _log_groups),
    Part("secretsmanager", ("secrets",), (_SECRETS,), _secrets),
)
