"""The inventory of AWS accounts over real HTTP: what is denied hides its own tables, what fails in passing is asked again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from quarterdeck import aws as module
from quarterdeck.aws import Aws
from quarterdeck.errors import SourceError
from quarterdeck.fingerprints import Fingerprints
from quarterdeck.sources import MissingTable, Pulled, Window
from quarterdeck.sources.aws_inventory import AwsInventory, InventoryOptions
from tests import aws_account, mini
from tests.emulator import Emulator
from tests.reporting import report
from tests.sourcing import Row, rows, window

OWN, OTHER = aws_account.ACCOUNT, "210987654321"
ROLE = f"arn:aws:iam::{OTHER}:role/Reader"
FUNCTIONS = "GET /2015-03-31/functions"  # as the wire has ListFunctions


def view(root: Path, aws: Aws) -> Window:
    return replace(window(root), aws=aws, fingerprints=Fingerprints("a key of nobody but these tests"))


def pull(root: Path, aws: Aws, **options: Any) -> Pulled:
    return AwsInventory.pull(InventoryOptions.model_validate({"regions": ["us-west-2"], **options}), view(root, aws))


def table(pulled: Pulled, name: str) -> list[Row]:
    return next(rows(each) for each in pulled.tables if each.name == name)


def given(pulled: Pulled) -> set[str]:
    return {each.name for each in pulled.tables}


@pytest.fixture
def aws(emulator: Emulator) -> Aws:
    return aws_account.fresh(emulator)


# --- what is denied ---------------------------------------------------------------------------------------------------


DENIED = {
    "DescribeNatGateways": ("UnauthorizedOperation", "ec2:DescribeNatGateways", {"nat_gateways"}),
    FUNCTIONS: ("AccessDeniedException", "lambda:ListFunctions", {"functions", "function_keys", "function_urls"}),
    "GET /2020-05-31/distribution": ("AccessDenied", "cloudfront:ListDistributions", {"distributions"}),
    "GetCredentialReport": ("AccessDenied", "iam:GetCredentialReport", {"credentials", "access_keys"}),
    "ListObjectsV2": ("AccessDenied", "s3:ListBucket", {"objects", "object_samples"}),
}


def test_a_denied_call_hides_its_tables_alone_and_names_the_permission(aws: Aws, emulator: Emulator, tmp_path: Path) -> None:
    for operation, (code, _, _) in DENIED.items():
        emulator.fail(operation, "error", times=99, code=code, status=403)
    pulled = pull(tmp_path, aws)
    reasons = {gap.name: gap for gap in pulled.missing}
    for _, permission, hidden in DENIED.values():
        for name in hidden:
            assert reasons[name].reason.startswith(f"AWS denies {permission} in ")
            assert f"account {OWN}, us-west-2" in reasons[name].reason
            assert permission in reasons[name].remedy
    hidden_all = {name for _, _, hidden in DENIED.values() for name in hidden}
    assert set(reasons) == hidden_all
    assert given(pulled) == set(AwsInventory.provides(InventoryOptions())) - hidden_all
    assert {row["part"] for row in table(pulled, "inventory_asked") if row["status"] == "failed"} == hidden_all
    assert not {"lambda", "cloudfront"} & {row["service"] for row in table(pulled, "resources")}


def test_where_nothing_is_given_the_source_fails(aws: Aws, emulator: Emulator, tmp_path: Path) -> None:
    emulator.fail("DescribeLogGroups", "error", times=99, code="AccessDeniedException", status=400)
    with pytest.raises(SourceError, match="AWS denies logs:DescribeLogGroups") as refused:
        pull(tmp_path, aws, services=["logs"])
    assert refused.value.permanent


def test_a_region_that_is_not_enabled_is_told_with_what_to_do(aws: Aws, emulator: Emulator, tmp_path: Path) -> None:
    emulator.fail("DescribeAddresses", "error", times=99, code="AuthFailure", status=401)
    (gap,) = pull(tmp_path, aws, services=["ec2"]).missing
    assert gap.name == "elastic_ips"
    assert "no such credentials in this region" in gap.reason
    assert "leave it out of `regions`" in gap.remedy


def test_a_bucket_that_a_policy_of_its_own_locks_is_named(aws: Aws, emulator: Emulator, tmp_path: Path) -> None:
    emulator.fail("HeadObject", "error", times=99, code="403", status=403)
    missing = pull(tmp_path, aws, services=["s3"]).missing
    assert {gap.name for gap in missing} == {"objects", "object_samples"}
    assert all("s3:GetObject in bucket site-pages" in gap.reason for gap in missing)


# --- what passes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "how", "more"),
    [
        ("DescribeLogGroups", "error", {"code": "ThrottlingException", "status": 400}),
        ("DescribeLogGroups", "before", {}),
        ("DescribeLogGroups", "empty", {}),
        ("DescribeLogGroups", "half", {}),
        ("DescribeVolumes", "half", {}),
        ("DescribeVolumes", "error", {"code": "InternalError", "status": 500}),
    ],
)
def test_what_fails_once_loses_nothing(
    operation: str, how: str, more: dict[str, Any], aws: Aws, emulator: Emulator, tmp_path: Path
) -> None:
    emulator.fail(operation, how, **more)
    pulled = pull(tmp_path, aws, services=["logs", "ec2"])
    assert pulled.missing == ()
    assert [row["name"] for row in table(pulled, "log_groups")] == ["/aws/lambda/bookings"]
    assert len(table(pulled, "volumes")) == 1


def test_throttling_without_end_is_asked_again_and_then_told(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(module._ATTEMPTS, "reading", 2)
    aws_account.fresh(emulator)
    emulator.fail("DescribeLogGroups", "error", times=99, code="ThrottlingException", status=400)
    (gap,) = pull(tmp_path, emulator.aws("us-west-2"), services=["logs", "dynamodb"]).missing
    assert gap.name == "log_groups"
    assert "throttled logs:DescribeLogGroups" in gap.reason
    assert len(emulator.calls("DescribeLogGroups")) == 4  # twice in the first turn, twice in the second


def test_credentials_that_end_midway_hide_what_came_after(aws: Aws, emulator: Emulator, tmp_path: Path) -> None:
    emulator.fail("DescribeLogGroups", "error", times=99, code="ExpiredTokenException", status=400)
    pulled = pull(tmp_path, aws, services=["dynamodb", "logs"])
    assert [gap.name for gap in pulled.missing] == ["log_groups"]
    assert "credentials ended" in pulled.missing[0].reason
    assert len(emulator.calls("DescribeLogGroups")) == 1  # no waiting mends it


def test_an_answer_of_another_form_hides_its_table_and_no_other(aws: Aws, emulator: Emulator, tmp_path: Path) -> None:
    strange = json.dumps({"TableNames": [{"name": "events"}]})
    emulator.fail("ListTables", "says", times=99, body=strange)
    pulled = pull(tmp_path, aws, services=["dynamodb", "logs"])
    assert [gap.name for gap in pulled.missing] == ["dynamo_tables"]
    assert given(pulled) == {"log_groups", "resources", "inventory_asked"}


# --- many things ------------------------------------------------------------------------------------------------------


def test_accounts_and_regions_are_read_each_once(emulator: Emulator, tmp_path: Path) -> None:
    own = emulator.aws("us-west-2")
    other = own.assumed(ROLE)
    aws_account.function(own, "here")
    aws_account.function(own.at("us-east-1"), "east")
    aws_account.function(other, "theirs")
    aws_account.distribution(other, "their-pages.s3.amazonaws.com")
    pulled = pull(
        tmp_path, own, regions=["us-west-2", "us-east-1"], accounts=[{}, {"role": ROLE}], services=["lambda", "cloudfront"]
    )
    found = {(row["account"], row["region"], row["function"]) for row in table(pulled, "functions")}
    assert found == {(OWN, "us-west-2", "here"), (OWN, "us-east-1", "east"), (OTHER, "us-west-2", "theirs")}
    assert [row["account"] for row in table(pulled, "distributions")] == [OTHER]
    asked = [(row["account"], row["region"]) for row in table(pulled, "inventory_asked") if row["part"] == "functions"]
    assert sorted(asked) == sorted((account, region) for account in (OWN, OTHER) for region in ("us-east-1", "us-west-2"))


def test_an_account_that_is_named_twice_is_asked_once(emulator: Emulator, tmp_path: Path) -> None:
    aws = emulator.aws("us-west-2")
    aws.client("logs").create_log_group(logGroupName="/one")
    twice = pull(tmp_path, aws, accounts=[{}, {}], regions=["us-west-2", "us-west-2"], services=["logs"])
    assert len(table(twice, "log_groups")) == len(table(twice, "inventory_asked")) == 1


def test_one_account_that_denies_hides_the_table_of_all(emulator: Emulator, tmp_path: Path) -> None:
    own = emulator.aws("us-west-2")  # whose credentials of the role are of this test
    emulator.fail("DescribeLogGroups", "error", skip=1, code="AccessDeniedException", status=403)  # the second one to ask
    pulled = pull(tmp_path, own, accounts=[{}, {"role": ROLE}], services=["logs", "dynamodb"])
    assert [gap.name for gap in pulled.missing] == ["log_groups"]
    assert given(pulled) == {"dynamo_tables", "resources", "inventory_asked"}


def test_pages_are_all_read_and_nothing_twice(emulator: Emulator, tmp_path: Path) -> None:
    aws = aws_account.shared(emulator)
    logs = aws.client("logs")
    for number in range(120):  # 50 to a page
        logs.create_log_group(logGroupName=f"/group/{number:03d}")
    names = [row["name"] for row in table(pull(tmp_path, aws, services=["logs"]), "log_groups")]
    assert sorted(str(name) for name in names) == [f"/group/{number:03d}" for number in range(120)]


def test_a_bucket_is_looked_into_as_far_as_the_bounds_go(emulator: Emulator, tmp_path: Path) -> None:
    aws = aws_account.shared(emulator)
    aws_account.open_bucket(aws, "site-pages")
    s3 = aws.client("s3")
    for number in range(12):
        s3.put_object(Bucket="site-pages", Key=f"{number:02d}.css", Body=b"x" * (100 + number), ContentEncoding="gzip")
    s3.put_object(Bucket="site-pages", Key="00.jpg", Body=b"x" * 999)
    pulled = pull(tmp_path, aws, services=["s3"], objects_listed=10, object_heads=2)
    (sample,) = table(pulled, "object_samples")
    assert (sample["listed"], sample["asked"], sample["is_whole"]) == (10, 2, False)
    assert sample["listed_bytes"] == 999 + sum(100 + number for number in range(9))
    assert sample["text_bytes"] == sum(100 + number for number in range(9))
    assert [(row["key"], row["content_encoding"]) for row in table(pulled, "objects")] == [
        ("08.css", "gzip"),
        ("07.css", "gzip"),
    ]
    (whole,) = table(pull(tmp_path, aws, services=["s3"]), "object_samples")
    assert (whole["listed"], whole["asked"], whole["is_whole"]) == (13, 12, True)


def test_the_accounts_own_block_closes_every_bucket(emulator: Emulator, tmp_path: Path) -> None:
    aws = aws_account.shared(emulator)
    aws_account.open_bucket(aws, "site-pages")
    assert table(pull(tmp_path, aws, services=["s3"]), "buckets")[0]["is_public"] is True
    block = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
    aws.client("s3control").put_public_access_block(AccountId=OWN, PublicAccessBlockConfiguration=block)
    (bucket,) = table(pull(tmp_path, aws, services=["s3"]), "buckets")
    assert (bucket["is_public"], bucket["has_block"]) == (False, True)


# --- the whole way ----------------------------------------------------------------------------------------------------


def test_no_value_of_a_variable_leaves_the_reader(aws: Aws, tmp_path: Path) -> None:
    pulled = pull(tmp_path, aws)
    (key,) = table(pulled, "function_keys")
    assert (key["variable"], key["rule"], key["kind"]) == ("STRIPE_KEY", "stripe-live-key", "payment")
    assert len(str(key["fingerprint"])) == 12
    assert table(pulled, "functions")[0]["variables"] == "STAGE, STRIPE_KEY"
    assert aws_account.KEY not in repr([rows(each) for each in pulled.tables])


def test_a_key_without_a_fingerprint_is_not_told_as_none(aws: Aws, tmp_path: Path) -> None:
    bare = replace(window(tmp_path), aws=aws, fingerprints=Fingerprints())
    pulled = AwsInventory.pull(InventoryOptions(regions=("us-west-2",), services=("lambda",)), bare)
    assert [gap.name for gap in pulled.missing] == ["function_keys"]
    assert isinstance(pulled.missing[0], MissingTable)
    assert "functions" in given(pulled)


def test_the_report_finds_what_lies_in_the_account(aws: Aws, emulator: Emulator, tmp_path: Path) -> None:
    config = mini.make(tmp_path)
    source = "- {id: cloud, kind: aws_inventory, regions: [us-west-2]}"
    text = config.read_text().replace("    sources:\n", f"    sources:\n      {source}\n", 1)
    config.write_text(f"{text}\naws: {{endpoint: '{emulator.url}'}}\n")
    made = report(config, "alpha", "cto")
    found = {finding["rule"]: finding for finding in made.findings}
    assert {
        "key_in_environment",
        "function_url_without_cors",
        "api_without_cors",
        "distribution_without_waf",
        "distribution_over_http",
        "bucket_public",
        "admin_port_open",
        "user_without_mfa",
        "function_runtime_ended",
        "record_dangling",
        "table_without_recovery",
        "volume_unencrypted",
    } <= set(found)
    assert found["distribution_without_waf"]["checks"] == ["cloudfront_distributions_using_waf"]
    assert aws_account.KEY not in json.dumps(made.document)
    tables = {each["id"]: each for each in made.document["tables"]}
    assert len(tables["security_table"]["rows"]) >= 12
    assert "site" in json.dumps(tables["stacks_table"])
