"""NAT gateways, Elastic IPs, volumes, and what security groups let in from everywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from quarterdeck.sources._aws_calls import part
from quarterdeck.sources._inventory.asking import Asker, Found, Part, Row, Rows, instant, name_tag

_GATEWAYS = "ec2:DescribeNatGateways"
_ROUTES = "ec2:DescribeRouteTables"
_ADDRESSES = "ec2:DescribeAddresses"
_VOLUMES = "ec2:DescribeVolumes"
_GROUPS = "ec2:DescribeSecurityGroups"
_EVERYWHERE = ("0.0.0.0/0", "::/0")
_ALL_PROTOCOLS = "-1"


def _nat_gateways(ask: Asker) -> Found:
    tables = ask.items("ec2", "describe_route_tables", _ROUTES, "RouteTables")
    leading: Counter[str] = Counter()
    for table in tables:
        leading.update({route["NatGatewayId"] for route in table.get("Routes", ()) if route.get("NatGatewayId")})
    gateways = ask.items("ec2", "describe_nat_gateways", _GATEWAYS, "NatGateways")
    there = (each for each in gateways if each.get("State") != "deleted")
    return {"nat_gateways": ask.rows(lambda ask, each: _nat_gateway(ask, each, leading), there)}


def _nat_gateway(ask: Asker, each: Mapping[str, Any], leading: Mapping[str, int]) -> Row:
    return ask.row(
        gateway=each["NatGatewayId"],
        name=name_tag(each.get("Tags")),
        state=each["State"],
        connectivity=each.get("ConnectivityType", "public"),
        vpc=each.get("VpcId"),
        routes=leading.get(each["NatGatewayId"], 0),
        created_at=instant(each.get("CreateTime")),
    )


def _elastic_ips(ask: Asker) -> Found:
    answer = ask.one("ec2", "describe_addresses", _ADDRESSES)  # which comes in one page
    return {"elastic_ips": ask.rows(_elastic_ip, part(answer, "Addresses", _ADDRESSES))}


def _elastic_ip(ask: Asker, each: Mapping[str, Any]) -> Row:
    return ask.row(
        allocation=each.get("AllocationId", each["PublicIp"]),  # an address of EC2-Classic has no allocation
        address=each["PublicIp"],
        name=name_tag(each.get("Tags")),
        is_associated=bool(each.get("AssociationId") or each.get("InstanceId")),
        attached_to=each.get("InstanceId") or each.get("NetworkInterfaceId") or None,
    )


def _volumes(ask: Asker) -> Found:
    return {"volumes": ask.rows(_volume, ask.items("ec2", "describe_volumes", _VOLUMES, "Volumes"))}


def _volume(ask: Asker, each: Mapping[str, Any]) -> Row:
    return ask.row(
        volume=each["VolumeId"],
        name=name_tag(each.get("Tags")),
        type=each["VolumeType"],
        state=each["State"],
        gigabytes=int(each["Size"]),
        iops=int(each["Iops"]) if each.get("Iops") is not None else None,
        is_encrypted=bool(each.get("Encrypted")),
        is_attached=bool(each.get("Attachments")),
        created_at=instant(each.get("CreateTime")),
    )


def _security_groups(ask: Asker) -> Found:
    groups = list(ask.items("ec2", "describe_security_groups", _GROUPS, "SecurityGroups"))
    ports: Rows = [
        ask.row(group=each["GroupId"], name=each["GroupName"], **port) for each in groups for port in open_ports(each)
    ]
    return {"security_groups": ask.rows(_security_group, groups), "open_ports": ports}


def _security_group(ask: Asker, each: Mapping[str, Any]) -> Row:
    rules = each.get("IpPermissions", ())
    return ask.row(group=each["GroupId"], name=each["GroupName"], vpc=each.get("VpcId"), rules=len(rules))


def open_ports(group: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    """What a security group lets in from everywhere, by protocol and range of ports."""
    for permission in group.get("IpPermissions", ()):
        ranges = [entry.get("CidrIp") for entry in permission.get("IpRanges", ())]
        ranges += [entry.get("CidrIpv6") for entry in permission.get("Ipv6Ranges", ())]
        protocol = str(permission["IpProtocol"])
        first, last = permission.get("FromPort"), permission.get("ToPort")
        if protocol not in ("tcp", "udp"):
            first = last = None  # of ICMP these are types and codes
        for everywhere in (found for found in ranges if found in _EVERYWHERE):
            name = "all" if protocol == _ALL_PROTOCOLS else protocol
            yield {"protocol": name, "first_port": first, "last_port": last, "range": everywhere}


PARTS = (
    Part("ec2", ("nat_gateways",), (_GATEWAYS, _ROUTES), _nat_gateways),
    Part("ec2", ("elastic_ips",), (_ADDRESSES,), _elastic_ips),
    Part("ec2", ("volumes",), (_VOLUMES,), _volumes),
    Part("ec2", ("security_groups", "open_ports"), (_GROUPS,), _security_groups),
)
