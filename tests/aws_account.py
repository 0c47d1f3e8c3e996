"""An AWS account in the emulator with one of everything that the inventory reads, each with a fault that a rule finds."""

from __future__ import annotations

import io
import json
import zipfile
from functools import cache
from typing import Any

from quarterdeck.aws import Aws
from tests.emulator import Emulator

KEY = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"  # of no account; in two parts, for whoever searches code for keys
ACCOUNT = "123456789012"  # whom the emulator takes its callers for
REGION = "us-west-2"


@cache
def shared(emulator: Emulator) -> Aws:
    """AWS on an emulator whose clients tests share: to make a dozen of them takes longer than to use them."""
    return emulator.aws(REGION)


def fresh(emulator: Emulator, auth: str = "NONE") -> Aws:
    """The emulator with that account and nothing else; `auth` is what the function's address asks for."""
    emulator.reset()
    aws = shared(emulator)
    _compute(aws, auth)
    _web(aws)
    _stores(aws)
    _network(aws.client("ec2"))
    _people(aws.client("iam"))
    return aws


def function(aws: Aws, name: str, **more: Any) -> str:
    """A function of Lambda, and its ARN."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("main.py", "def handle(event, context): ...")
    iam = aws.client("iam")
    role = "runs-functions"
    if role not in [each["RoleName"] for each in iam.list_roles()["Roles"]]:
        iam.create_role(RoleName=role, AssumeRolePolicyDocument="{}")
    settings = {"Runtime": "python3.13", "Handler": "main.handle", **more}
    arn = iam.get_role(RoleName=role)["Role"]["Arn"]
    made = aws.client("lambda").create_function(FunctionName=name, Role=arn, Code={"ZipFile": packed.getvalue()}, **settings)
    return str(made["FunctionArn"])


def distribution(aws: Aws, origin: str, waf: str = "", protocol: str = "allow-all") -> str:
    """A distribution of CloudFront, and its domain name."""
    behaviour = {
        "TargetOriginId": "o",
        "ViewerProtocolPolicy": protocol,
        "Compress": False,
        "MinTTL": 0,
        "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
    }
    origins = [{"Id": "o", "DomainName": origin, "S3OriginConfig": {"OriginAccessIdentity": ""}}]
    config = {
        "CallerReference": origin,
        "Origins": {"Quantity": 1, "Items": origins},
        "DefaultCacheBehavior": behaviour,
        "Comment": "",
        "Enabled": True,
        "WebACLId": waf,
    }
    made = aws.client("cloudfront").create_distribution(DistributionConfig=config)
    return str(made["Distribution"]["DomainName"])


def open_bucket(aws: Aws, name: str) -> None:
    """A bucket that anybody may read."""
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": aws.region})
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/*"}
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def _compute(aws: Aws, auth: str) -> None:
    function(
        aws,
        "bookings",
        Runtime="python3.8",
        MemorySize=3008,
        Environment={"Variables": {"STRIPE_KEY": KEY, "STAGE": "live"}},
        Tags={"stack": "site"},
    )
    client = aws.client("lambda")
    client.create_function_url_config(FunctionName="bookings", AuthType=auth)
    client.add_permission(
        FunctionName="bookings",
        StatementId="anybody",
        Action="lambda:InvokeFunctionUrl",
        Principal="*",
        FunctionUrlAuthType="NONE",
    )
    apis = aws.client("apigatewayv2")
    api = apis.create_api(
        Name="orders", ProtocolType="HTTP", CorsConfiguration={"AllowOrigins": ["*"], "AllowMethods": ["GET"]}
    )
    apis.create_route(ApiId=api["ApiId"], RouteKey="GET /orders")


def _web(aws: Aws) -> None:
    distribution(aws, "site-pages.s3.amazonaws.com")
    route53 = aws.client("route53")
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="zone")["HostedZone"]["Id"]
    alias = {"HostedZoneId": "Z2FDTNDATAQYW2", "DNSName": "dgone.cloudfront.net", "EvaluateTargetHealth": False}
    record = {"Name": "old.example.com", "Type": "A", "AliasTarget": alias}
    change = {"Action": "CREATE", "ResourceRecordSet": record}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})


def _stores(aws: Aws) -> None:
    open_bucket(aws, "site-pages")
    aws.client("s3").put_object(Bucket="site-pages", Key="index.html", Body=b"<p>ahoy</p>" * 400, ContentType="text/html")
    aws.client("dynamodb").create_table(
        TableName="events",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    aws.client("logs").create_log_group(logGroupName="/aws/lambda/bookings")
    aws.client("secretsmanager").create_secret(Name="mail", SecretString="kept")


def _network(ec2: Any) -> None:
    group = ec2.create_security_group(GroupName="shell", Description="open")["GroupId"]
    everywhere = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=everywhere)
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    ec2.create_nat_gateway(SubnetId=subnet, AllocationId=ec2.allocate_address(Domain="vpc")["AllocationId"])
    ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=8, VolumeType="gp2")


def _people(iam: Any) -> None:
    iam.create_user(UserName="deploy")
    iam.create_access_key(UserName="deploy")
    iam.create_login_profile(UserName="deploy", Password="Bilge-pump-7-rattles")
