"""What the readers of AWS make of what they are told, without AWS: keys, policies, ports, records, tags, rows."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from quarterdeck.errors import Reject
from quarterdeck.schemas import TABLES
from quarterdeck.sources._inventory.asking import instant, listed, name_tag
from quarterdeck.sources._inventory.buckets import is_text
from quarterdeck.sources._inventory.contract import sort_out
from quarterdeck.sources._inventory.keys import recognise
from quarterdeck.sources._inventory.network import open_ports
from quarterdeck.sources._inventory.policies import blocks_all, grants_everybody, is_bucket_public, is_public
from quarterdeck.sources._inventory.web import dangling, most_lenient
from quarterdeck.sources._inventory.whole import resources
from quarterdeck.sources.aws_inventory import PARTS, AwsInventory, InventoryOptions
from tests.handbook import examples, page

HERE = {"account": "111122223333", "region": "us-west-2"}


# --- keys -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "rule", "kind"),
    [
        ("STRIPE_KEY", "sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc", "stripe-live-key", "payment"),
        ("ANYTHING", "rk_" + "live_4eC39HqLyjWDarjtT1zdp7dc", "stripe-live-key", "payment"),
        ("STRIPE_KEY", "sk_" + "test_4eC39HqLyjWDarjtT1zdp7dc", "stripe-test-key", "other"),
        ("HOOK", "whsec_" + "a1B2c3D4e5F6g7H8i9J0k1L2", "stripe-webhook-secret", "payment"),
        ("ID", "AKIA" + "IOSFODNN7EXAMPLE", "aws-access-key", "cloud"),
        ("MAPS", "AIza" + "SyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY", "google-api-key", "cloud"),
        ("BOT", "xoxb-" + "123456789012-abcdefABCDEF", "slack-token", "other"),
        ("PEM", "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIE...", "private-key", "other"),
        ("DATABASE_URL", "postgres://app:tr0ub4dor@db.example.com/app", "address-with-password", "other"),
        ("DB_PASSWORD", "c0rrect-horse", "named-as-secret", "other"),
        ("paypalClientSecret", "EO422dn3gQLgDbuwqTjzrFgFtaRLRR5BdHEESmha49TM", "named-as-secret", "payment"),
        ("JWT_SIGNING_KEY", "9f86d081884c7d65", "named-as-secret", "other"),
    ],
)
def test_a_key_is_recognised(name: str, value: str, rule: str, kind: str) -> None:
    found = recognise(name, value)
    assert found is not None
    assert (found.rule, found.kind) == (rule, kind)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STAGE", "live"),
        ("DB_PASSWORD", "arn:aws:secretsmanager:us-west-2:111122223333:secret:db-AbCdEf"),
        ("DB_PASSWORD", "/site/db/password"),
        ("DB_PASSWORD", "${DB_PASSWORD}"),
        ("DB_PASSWORD", "{{resolve:secretsmanager:db}}"),
        ("DB_PASSWORD", "changeme-please"),
        ("DB_PASSWORD", "xxxxxxxxxxxx"),
        ("DB_PASSWORD", "short"),
        ("SECRET_NAME", "mail-credentials-2026"),
        ("STRIPE_SECRET_ARN", "arn:aws:ssm:us-west-2:111122223333:parameter/stripe"),
        ("TOKEN_TTL", "36000000000"),
        ("TOKEN_URL", "https://login.example.com/oauth2/token"),
        ("API_KEY", "https://keys.example.com/a1b2c3d4e5"),
        ("MONKEY", "a1B2c3D4e5F6g7"),  # a name that only ends like one
        ("KEYBOARD_LAYOUT", "us-intl-dvorak"),
        ("DATABASE_URL", "postgres://db.example.com/app"),
        ("GREETING", "sk_live_ is how a key begins"),
        ("BUILD", "9f86d081884c7d659a2feaa0c55ad015"),
        ("EMPTY_SECRET", ""),
    ],
)
def test_what_is_no_key_is_left_alone(name: str, value: str) -> None:
    assert recognise(name, value) is None


# --- policies and grants ----------------------------------------------------------------------------------------------


def policy(**statement: Any) -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "x:*", "Resource": "*", **statement}]}
    )


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (policy(Principal="*"), True),
        (policy(Principal={"AWS": "*"}), True),
        (policy(Principal={"AWS": ["arn:aws:iam::111122223333:root", "*"]}), True),
        (policy(NotPrincipal={"AWS": "arn:aws:iam::111122223333:root"}), True),
        (policy(Principal="*", Condition={"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}), True),
        (policy(Principal="*", Condition={"StringEquals": {"aws:SourceAccount": "111122223333"}}), False),
        (policy(Principal="*", Effect="Deny"), False),
        (policy(Principal={"AWS": "111122223333"}), False),
        (policy(Principal={"Service": "*"}), False),
        (json.dumps({"Statement": {"Effect": "Allow", "Principal": "*"}}), True),
        (json.dumps({}), False),
    ],
)
def test_a_policy_lets_everybody_in_or_not(document: str, expected: bool) -> None:
    assert is_public(document) is expected


@pytest.mark.parametrize("text", ["", "no", "[]", "3"])
def test_what_is_no_policy_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        is_public(text)


def test_grants_to_everybody_and_to_all_of_aws() -> None:
    groups = "http://acs.amazonaws.com/groups/"
    assert grants_everybody([{"Grantee": {"URI": f"{groups}global/AllUsers"}}])
    assert grants_everybody([{"Grantee": {"ID": "me"}}, {"Grantee": {"URI": f"{groups}global/AuthenticatedUsers"}}])
    assert not grants_everybody([{"Grantee": {"URI": f"{groups}s3/LogDelivery"}}, {"Grantee": {"ID": "me"}}, {}])


FULL = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}


@pytest.mark.parametrize(
    ("policy_is_public", "acl_is_public", "blocks", "expected"),
    [
        (True, False, (None, None), True),
        (False, True, (None, {}), True),
        (False, False, (None, None), False),
        (True, True, (FULL, None), False),
        (True, True, (None, FULL), False),  # of the account
        (True, False, ({"BlockPublicPolicy": True}, None), True),  # that stops new policies, and not the one there is
        (True, False, ({"IgnorePublicAcls": True}, None), True),
        (False, True, ({"IgnorePublicAcls": True}, None), False),
    ],
)
def test_a_bucket_is_public_as_far_as_nothing_blocks_it(
    policy_is_public: bool, acl_is_public: bool, blocks: tuple[dict[str, bool] | None, ...], expected: bool
) -> None:
    found = is_bucket_public(policy_is_public=policy_is_public, acl_is_public=acl_is_public, blocks=blocks)
    assert found is expected


def test_a_block_counts_as_a_whole() -> None:
    assert blocks_all(FULL)
    assert not blocks_all({**FULL, "BlockPublicAcls": False})
    assert not blocks_all(None)


# --- networks and names -----------------------------------------------------------------------------------------------


def test_only_what_is_open_to_everywhere_is_a_port() -> None:
    group = {
        "IpPermissions": [
            {
                "IpProtocol": "tcp",
                "FromPort": 22,
                "ToPort": 22,
                "IpRanges": [{"CidrIp": "0.0.0.0/0"}, {"CidrIp": "10.0.0.0/8"}],
            },
            {"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
            {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
            {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": "sg-2"}]},
        ]
    }
    assert list(open_ports(group)) == [
        {"protocol": "tcp", "first_port": 22, "last_port": 22, "range": "0.0.0.0/0"},
        {"protocol": "all", "first_port": None, "last_port": None, "range": "::/0"},
        {"protocol": "icmp", "first_port": None, "last_port": None, "range": "0.0.0.0/0"},
    ]


@pytest.mark.parametrize(
    ("name", "target", "expected"),
    [
        ("www.example.com", "d1.cloudfront.net", None),
        ("www.example.com", "d9.cloudfront.net", "no distribution of these accounts is d9.cloudfront.net"),
        ("pages.example.com", "s3-website-us-west-2.amazonaws.com", None),
        ("gone.example.com", "s3-website-us-west-2.amazonaws.com", "no bucket of these accounts is gone.example.com"),
        ("x.example.com", "old.bucket.s3-website.eu-central-1.amazonaws.com", "no bucket of these accounts is old.bucket"),
        ("x.example.com", "other.s3.us-west-2.amazonaws.com", "no bucket of these accounts is other"),
        ("x.example.com", "pages.example.com.s3.amazonaws.com", None),
        ("x.example.com", "lb-1.us-west-2.elb.amazonaws.com", None),
        ("x.example.com", "elsewhere.example.org", None),
        ("x.example.com", None, None),
    ],
)
def test_a_record_leads_to_something_or_not(name: str, target: str | None, expected: str | None) -> None:
    record = {"name": name, "target": target}
    assert dangling(record, {"d1.cloudfront.net"}, {"pages.example.com"}) == expected
    assert dangling(record, None, None) is None  # nobody could look


def test_the_most_lenient_behaviour_counts() -> None:
    assert most_lenient(["https-only", "allow-all", "redirect-to-https"]) == "allow-all"
    assert most_lenient(["https-only", "something-new"]) == "https-only"


# --- the roll-up ------------------------------------------------------------------------------------------------------


def test_a_resource_belongs_to_the_stack_of_its_tag_before_cloudformations() -> None:
    arn = "arn:aws:lambda:us-west-2:111122223333:function:book"
    tags = [
        {"resource": arn, "key": "stack", "value": "site"},
        {"resource": arn, "key": "aws:cloudformation:stack-name", "value": "site-prod"},
        {"resource": "arn:aws:s3:::pages", "key": "aws:cloudformation:stack-name", "value": "site-prod"},
        {"resource": "arn:aws:logs:us-west-2:111122223333:log-group:/aws/x:*", "key": "stack", "value": "site"},
        {"resource": "nonsense", "key": "stack", "value": "odd"},
        {"resource": "arn:aws:dynamodb:us-east-1:111122223333:table/events", "key": "stack", "value": "elsewhere"},
    ]
    found = resources(
        {
            "functions": [{**HERE, "function": "book"}],
            "buckets": [{**HERE, "bucket": "pages"}],
            "log_groups": [{**HERE, "name": "/aws/x"}],
            "dynamo_tables": [{**HERE, "name": "events"}],
            "volumes": [{**HERE, "volume": "vol-1", "name": ""}],
            "stack_tags": [{**HERE, **tag} for tag in tags],
        }
    )
    assert [(row["resource"], row["name"], row["stack"]) for row in found] == [
        ("book", "book", "site"),
        ("pages", "pages", "site-prod"),
        ("events", "events", None),
        ("/aws/x", "/aws/x", "site"),
        ("vol-1", "vol-1", None),
    ]


# --- rows -------------------------------------------------------------------------------------------------------------


def test_rows_that_break_the_contract_are_told_and_doubles_are_one() -> None:
    good = {**HERE, "name": "/a", "bytes": 1}
    strange = {**HERE, "function": "f", "qualifier": "", "auth": "FRIENDS", "has_cors": False}
    early = Reject("account 111122223333, us-west-2", 7, "MemorySize", "", "")
    assert sort_out("log_groups", [good, dict(good), {**HERE, "name": "/b"}, early]) == (
        [good],
        [Reject("account 111122223333, us-west-2", 3, "bytes", "", "something"), early],
    )
    rows, rejects = sort_out("function_urls", [strange])
    assert rows == []
    assert rejects == [Reject("account 111122223333, us-west-2", 1, "auth", "FRIENDS", "one of NONE, AWS_IAM")]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (datetime(2026, 10, 5, 9, 0, 1, 5, timezone(timedelta(hours=2))), datetime(2026, 10, 5, 7, 0, 1, tzinfo=UTC)),
        (1_791_190_801_999, datetime(2026, 10, 5, 9, 0, 1, tzinfo=UTC)),
        ("2026-10-05T09:00:01.052560000Z", datetime(2026, 10, 5, 9, 0, 1, tzinfo=UTC)),
        ("2026-10-05T09:00:01.000+0000", datetime(2026, 10, 5, 9, 0, 1, tzinfo=UTC)),
        ("2026-10-05T09:00:01+02:00", datetime(2026, 10, 5, 7, 0, 1, tzinfo=UTC)),
        ("N/A", None),
        ("no_information", None),
        ("2026-10-05T09:00:01", None),
        (None, None),
    ],
)
def test_instants_come_in_many_forms(told: object, expected: datetime | None) -> None:
    assert instant(told) == expected


def test_small_things_in_one_cell() -> None:
    assert listed(["b", "a", "b"]) == "a, b"
    assert listed(None) == ""
    assert name_tag([{"Key": "x", "Value": "1"}, {"Key": "Name", "Value": "nat"}]) == "nat"
    assert name_tag(None) == ""
    assert is_text("site/INDEX.HTML")
    assert not is_text("photo.jpg")


# --- what is declared -------------------------------------------------------------------------------------------------


def test_every_table_is_given_by_one_part_and_is_in_the_contract() -> None:
    tables = [table for part in PARTS for table in part.tables]
    assert len(set(tables)) == len(tables)
    given = AwsInventory.provides(InventoryOptions())
    assert given == (*tables, "resources", "inventory_asked")
    assert set(given) <= set(TABLES)
    assert AwsInventory.provides(InventoryOptions(services=("logs",))) == ("log_groups", "resources", "inventory_asked")


def test_the_rights_of_its_page_are_those_that_it_takes() -> None:
    (policy_text,) = (example.text for example in examples(page("sources/aws_inventory.md")) if example.language == "json")
    allowed = {action for statement in json.loads(policy_text)["Statement"] for action in statement["Action"]}
    assert allowed == {permission for part in PARTS for permission in part.permissions}
