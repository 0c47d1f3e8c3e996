"""Accounts and regions of the sources that ask AWS: entered by their roles over real HTTP, and refused with a reason."""

from __future__ import annotations

from socket import socket

import pytest

from quarterdeck.aws import Aws, Fault
from quarterdeck.errors import SourceError
from quarterdeck.sources._aws import Account, AwsOptions, can_pass, denied, places
from tests.emulator import REGION, Emulator

ROLE = "arn:aws:iam::210987654321:role/Reader"


def test_a_role_is_another_account_in_every_region(emulator: Emulator) -> None:
    options = AwsOptions(
        accounts=(Account(), Account(role=ROLE, external_id="shared-word")), regions=("us-west-2", "eu-west-1")
    )
    found = places(options, emulator.aws())
    assert [(place.account, place.region) for place in found] == [
        ("123456789012", "us-west-2"),
        ("123456789012", "eu-west-1"),
        ("210987654321", "us-west-2"),
        ("210987654321", "eu-west-1"),
    ]
    own, _, other, _ = found
    other.aws.client("sqs").create_queue(QueueName="theirs")
    assert "QueueUrls" not in own.aws.client("sqs").list_queues()
    assert len(other.aws.client("sqs").list_queues()["QueueUrls"]) == 1


def test_the_region_of_the_environment_is_the_default(emulator: Emulator) -> None:
    assert [place.region for place in places(AwsOptions(), emulator.aws())] == [REGION]


def test_a_role_is_entered_once_for_all_calls(emulator: Emulator) -> None:
    aws = emulator.aws()
    for _ in range(2):
        [place] = places(AwsOptions(accounts=(Account(role=ROLE),)), aws)
        place.aws.client("sqs").list_queues()
    assert len(emulator.calls("AssumeRole")) == 2  # one for each of the clients' credentials: STS's and SQS's


def test_a_role_that_cannot_be_entered_is_named(emulator: Emulator) -> None:
    emulator.fail("AssumeRole", "error", times=99, code="AccessDenied", status=403)
    with pytest.raises(SourceError, match=r"role/Reader cannot be entered: AWS denies sts:AssumeRole") as refused:
        places(AwsOptions(accounts=(Account(role=ROLE),)), emulator.aws())
    assert refused.value.permanent
    assert "allow sts:AssumeRole" in refused.value.problem.remedy


@pytest.mark.parametrize(
    ("fault", "says", "passes"),
    [
        (Fault("AccessDeniedException", "", 400, answered=True), "denies s3:ListBuckets", False),
        (Fault("ExpiredToken", "", 403, answered=True), "credentials ended", False),
        (Fault("UnrecognizedClientException", "", 403, answered=True), "no such credentials in this region", False),
        (Fault("ThrottlingException", "", 400, answered=True), "throttled", True),
        (Fault("NoCredentialsError", "", 0, answered=False), "no AWS credentials", False),
        (Fault("EndpointConnectionError", "", 0, answered=False), "did not answer", True),
        (Fault("EndpointConnectionError", "to http://127.0.0.1:1/", 0, answered=False), "has the emulator", False),
        (Fault("InternalError", "", 500, answered=True), "refused s3:ListBuckets (InternalError)", True),
        (Fault("RequestTimeTooSkewed", "", 403, answered=True), "signature", False),
    ],
)
def test_what_a_refusal_means(fault: Fault, says: str, passes: bool) -> None:
    reason, remedy = denied(fault, "s3:ListBuckets")
    assert says in reason
    assert remedy
    assert can_pass(fault) is passes


def test_an_emulator_that_is_gone_is_named_with_what_starts_it(emulator: Emulator) -> None:
    with socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        with pytest.raises(SourceError, match=r"nothing answers sts:AssumeRole where `aws.endpoint` has the emulator") as gone:
            places(AwsOptions(accounts=(Account(role=ROLE),)), Aws(REGION, f"http://127.0.0.1:{taken.getsockname()[1]}"))
    assert "quarterdeck demo --serve-aws" in gone.value.problem.remedy
    assert gone.value.permanent


def test_an_emulator_without_credentials_is_told_from_an_account_without(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with pytest.raises(SourceError, match="no credentials for http://127") as told:
        places(AwsOptions(), Aws(REGION, "http://127.0.0.1:1"))
    assert "AWS_SECRET_ACCESS_KEY" in told.value.problem.remedy
    with pytest.raises(SourceError, match="there are no AWS credentials for sts"):
        places(AwsOptions(), Aws(REGION))
