from __future__ import annotations

import pytest

from tests.asking import Case, ask, check
from tests.cloud_rows import ACCOUNT, assert_placed, rows
from tests.tables import Row

SSH: Row = {"group": "sg-1", "name": "shell", "protocol": "tcp", "first_port": 20, "last_port": 30, "range": "0.0.0.0/0"}

CASES = {
    "admin_port_open": Case(
        seeded=lambda: rows("open_ports", SSH, {**SSH, "range": "::/0"}),
        clean=lambda: rows("open_ports", {**SSH, "first_port": 443, "last_port": 443}, {**SSH, "protocol": "udp"}),
        subject=f"{ACCOUNT}/us-west-2/sg-1",
        title="The security group shell opens SSH (22), Telnet (23) to everybody",
        why="Such a port is found within hours and tried without end; one weak password or old version is enough.",
    ),
    "record_dangling": Case(
        seeded=lambda: rows(
            "dns_records",
            {
                "zone": "Z1",
                "name": "old.example.com",
                "type": "A",
                "variant": "",
                "target": "d9.cloudfront.net",
                "dangling": "gone",
            },
        ),
        clean=lambda: rows("dns_records", {"name": "www.example.com", "type": "A", "target": "d1.cloudfront.net"}),
        subject=f"{ACCOUNT}/global/old.example.com A in Z1",
        title="The name old.example.com leads to nothing of yours: d9.cloudfront.net",
        why="As far as was read, gone. Whoever gets that resource answers in your name.",
    ),
    "volume_unencrypted": Case(
        seeded=lambda: rows("volumes", {"volume": "vol-1", "is_encrypted": False}),
        clean=lambda: rows("volumes", {"volume": "vol-1", "is_encrypted": True}),
        subject=f"{ACCOUNT}/us-west-2/vol-1",
        title="The volume vol-1 is not encrypted",
        why="Its snapshots and copies are as readable as it is.",
    ),
}


@pytest.mark.parametrize("id", CASES)
def test_the_seeded_fault_is_found_and_its_clean_twin_is_none(id: str) -> None:
    check(id, CASES[id])


@pytest.mark.parametrize("id", CASES)
def test_every_finding_names_the_account_the_region_and_the_resource(id: str) -> None:
    for said in ask(id, **CASES[id].seeded()):
        assert_placed(said)


@pytest.mark.parametrize(
    "port",
    [
        {"protocol": "all", "first_port": None, "last_port": None},
        {"protocol": "tcp", "first_port": 0, "last_port": 65535},
    ],
)
def test_all_ports_are_told_as_such(port: Row) -> None:
    (said,) = ask("admin_port_open", **rows("open_ports", {**SSH, **port}))
    assert said.title == "The security group shell opens all ports to everybody"


def test_a_range_without_ports_opens_none() -> None:
    assert (
        ask("admin_port_open", **rows("open_ports", {**SSH, "protocol": "icmp", "first_port": None, "last_port": None})) == []
    )
