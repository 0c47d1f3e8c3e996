"""Security of networks, names and disks in AWS: open ports, records that lead to nothing, volumes that anybody could read."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from quarterdeck.model import At, Effort, Severity
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._cloud import Row, each, found

_ADMIN_PORTS = {
    22: "SSH",
    23: "Telnet",
    445: "SMB",
    1433: "SQL Server",
    2375: "Docker",
    3306: "MySQL",
    3389: "RDP",
    5432: "PostgreSQL",
    5900: "VNC",
    6379: "Redis",
    9200: "Elasticsearch",
    11211: "Memcached",
    27017: "MongoDB",
}


@rule(
    "admin_port_open",
    severity=Severity.HIGH,
    owner="cto",
    effort=Effort.S,
    due_days=7,
    title="The security group {name} opens {ports} to everybody",
    why="Such a port is found within hours and tried without end; one weak password or old version is enough.",
    remedy="Take {source} out of {resource}: let only your own network in, or use Session Manager",
    checks=(
        "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22",
        "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_3389",
        "ec2_securitygroup_allow_ingress_from_internet_to_all_ports",
    ),
)
def admin_port_open(open_ports: pd.DataFrame, at: At) -> Iterable[Hit]:  # noqa: ARG001 - asked for a period like all
    """A security group that lets everybody reach a port that machines or data are administered by, or all of them."""
    groups = open_ports.groupby(["account", "region", "group"], sort=True)
    for _, rows in groups:
        opened = [(row, ports) for row in each(rows, "first_port", "range") if (ports := _opened(row))]
        if not opened:
            continue
        worst = opened[0][0]
        named = ", ".join(dict.fromkeys(name for _, ports in opened for name in ports))
        shown = ("group", "name", "protocol", "first_port", "last_port", "range")
        yield found(worst, worst["group"], shown, name=worst["name"], ports=named, source=worst["range"])


def _opened(row: Row) -> list[str]:
    """The ports of administration that a range of a security group opens."""
    if row["protocol"] == "all":
        return ["all ports"]
    first, last = row["first_port"], row["last_port"]
    if row["protocol"] != "tcp" or not isinstance(first, int) or not isinstance(last, int):
        return []
    if (first, last) == (0, 65535):
        return ["all ports"]
    return [f"{name} ({port})" for port, name in _ADMIN_PORTS.items() if first <= port <= last]


@rule(
    "record_dangling",
    severity=Severity.MEDIUM,
    owner="cto",
    effort=Effort.S,
    due_days=14,
    title="The name {name} leads to nothing of yours: {target}",
    why="As far as was read, {reason}. Whoever gets that resource answers in your name.",
    remedy="Remove the record {name}, or make again what it leads to",
)
def record_dangling(dns_records: pd.DataFrame, at: At) -> Iterable[Hit]:  # noqa: ARG001 - asked for a period like all
    """A record whose target is in none of the accounts that were read."""
    for row in each(dns_records[dns_records["dangling"].notna()], "name", "type", "variant"):
        shown = ("zone", "name", "type", "target", "dangling")
        variant = f" {row['variant']}" if row["variant"] else ""
        resource = f"{row['name']} {row['type']}{variant} in {row['zone']}"  # zones may have one name, public and private
        yield found(row, resource, shown, name=row["name"], target=row["target"] or row["dangling"], reason=row["dangling"])


@rule(
    "volume_unencrypted",
    severity=Severity.LOW,
    owner="cto",
    effort=Effort.M,
    due_days=60,
    title="The volume {resource} is not encrypted",
    why="Its snapshots and copies are as readable as it is.",
    remedy="Encrypt new volumes by default in {region}, and replace {resource} by an encrypted copy",
    checks=("ec2_ebs_volume_encryption",),
)
def volume_unencrypted(volumes: pd.DataFrame, at: At) -> Iterable[Hit]:  # noqa: ARG001 - asked for a period like all
    """An EBS volume without encryption."""
    for row in each(volumes[~volumes["is_encrypted"]], "volume"):
        yield found(row, row["volume"], ("volume", "name", "type", "gigabytes", "is_attached"))
