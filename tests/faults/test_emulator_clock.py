"""What the emulator's clock says, it writes on all that is made: what is older than a period must look it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.emulator import Emulator

THEN = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)


def made(emulator: Emulator) -> dict[str, datetime]:
    """One of each kind, and when AWS says that it was made."""
    return {kind: _aware(make(emulator.aws())) for kind, make in KINDS.items()}


def _nat(aws: Any) -> Any:
    ec2 = aws.client("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    return ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"]["CreateTime"]


def _volume(aws: Any) -> Any:
    return aws.client("ec2").create_volume(AvailabilityZone="us-east-1a", Size=8)["CreateTime"]


def _bucket(aws: Any) -> Any:
    aws.client("s3").create_bucket(Bucket="dated")
    return aws.client("s3").list_buckets()["Buckets"][0]["CreationDate"]


def _log_group(aws: Any) -> Any:
    aws.client("logs").create_log_group(logGroupName="dated")
    return aws.client("logs").describe_log_groups()["logGroups"][0]["creationTime"] / 1000


def _table(aws: Any) -> Any:
    kind = {"AttributeName": "id", "AttributeType": "S"}
    key = {"AttributeName": "id", "KeyType": "HASH"}
    given = {"TableName": "dated", "AttributeDefinitions": [kind], "KeySchema": [key], "BillingMode": "PAY_PER_REQUEST"}
    return aws.client("dynamodb").create_table(**given)["TableDescription"]["CreationDateTime"]


def _api(aws: Any) -> Any:
    return aws.client("apigatewayv2").create_api(Name="dated", ProtocolType="HTTP")["CreatedDate"]


def _secret(aws: Any) -> Any:
    name = aws.client("secretsmanager").create_secret(Name="dated", SecretString="x")["ARN"]
    return aws.client("secretsmanager").describe_secret(SecretId=name)["CreatedDate"]


def _user(aws: Any) -> Any:
    return aws.client("iam").create_user(UserName="dated")["User"]["CreateDate"]


KINDS: dict[str, Any] = {
    "nat gateway": _nat,
    "volume": _volume,
    "bucket": _bucket,
    "log group": _log_group,
    "table": _table,
    "api": _api,
    "secret": _secret,
    "user": _user,
}


def _aware(moment: Any) -> datetime:
    if isinstance(moment, float):
        return datetime.fromtimestamp(moment, UTC)
    told: datetime = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return told if told.tzinfo else told.replace(tzinfo=UTC)


@pytest.fixture
def dated(emulator: Emulator) -> dict[str, datetime]:
    emulator.made_at(THEN)
    return made(emulator)


def test_all_that_is_made_bears_the_date_that_the_clock_shows(dated: dict[str, datetime]) -> None:
    assert set(dated) == set(KINDS)
    for kind, moment in dated.items():
        assert timedelta(seconds=-1) <= moment - THEN < timedelta(minutes=5), kind


def test_a_reset_sets_it_right(emulator: Emulator) -> None:
    emulator.made_at(THEN)
    emulator.reset()
    before = datetime.now(UTC) - timedelta(seconds=2)
    assert all(moment >= before for moment in made(emulator).values())
