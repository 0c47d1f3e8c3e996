"""What an account keeps: tables of DynamoDB with their items, and groups of logs."""

from __future__ import annotations

from typing import Any

from examples.cloud.at import At
from examples.cloud.shapes import Table

_BATCH = 25


def make(at: At) -> None:
    for table in at.account.tables:
        _table(at.client("dynamodb", table.region), table)
    groups = {(group.region, group.name): group.retention_days for group in at.account.log_groups}
    for function in at.account.functions:
        groups.setdefault((function.region, f"/aws/lambda/{function.name}"), 30)
    for (region, name), days in groups.items():
        logs = at.client("logs", region)
        logs.create_log_group(logGroupName=name)
        if days is not None:
            logs.put_retention_policy(logGroupName=name, retentionInDays=days)


def _table(client: Any, table: Table) -> None:
    client.create_table(
        TableName=table.name,
        AttributeDefinitions=[{"AttributeName": table.key, "AttributeType": "S"}],
        KeySchema=[{"AttributeName": table.key, "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    if table.recovery:
        on = {"PointInTimeRecoveryEnabled": True}
        client.update_continuous_backups(TableName=table.name, PointInTimeRecoverySpecification=on)
    for first in range(0, len(table.items), _BATCH):
        puts = [{"PutRequest": {"Item": item}} for item in table.items[first : first + _BATCH]]
        client.batch_write_item(RequestItems={table.name: puts})
