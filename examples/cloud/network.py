"""Networks of an account: NAT gateways, and what passes through them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from examples.cloud.at import At
from examples.cloud.metrics import Point, measured_days, put
from examples.cloud.shapes import Gateway
from examples.span import Span


def make(at: At) -> None:
    for gateway in at.account.gateways:
        _gateway(at.client("ec2", gateway.region), gateway)


def _gateway(ec2: Any, gateway: Gateway) -> None:
    """A gateway in a network of its own, with a route table that leads to it, and an address that it holds."""
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/24")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.0.0/26")["Subnet"]["SubnetId"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    tag = {"ResourceType": "natgateway", "Tags": [{"Key": "Name", "Value": gateway.name}]}
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address, TagSpecifications=[tag])["NatGateway"]["NatGatewayId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=made)


def measure(at: At, span: Span) -> None:
    """The bytes of every gateway, by day; a gateway that nobody uses says zero, every day."""
    for region in at.account.regions:
        ec2 = at.client("ec2", region)
        told = {_name(item): item["NatGatewayId"] for item in ec2.describe_nat_gateways()["NatGateways"]}
        for gateway in at.account.gateways:
            if gateway.region == region:
                put(at, region, _points(gateway, told[gateway.name], span))


def _name(item: Any) -> str:
    return next((str(tag["Value"]) for tag in item.get("Tags", []) if tag["Key"] == "Name"), "")


def _points(gateway: Gateway, id: str, span: Span) -> Iterator[Point]:
    for day in measured_days(span):
        yield Point("AWS/NATGateway", "BytesOutToDestination", {"NatGatewayId": id}, day, gateway.bytes, "Bytes")
