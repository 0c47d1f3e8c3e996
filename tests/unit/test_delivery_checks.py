"""What the settings of delivery cannot mean is told before anything is read: domains, rooms, hours."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from quarterdeck.addresses import parse_address
from quarterdeck.config import Settings, load_settings
from quarterdeck.config.models import DeliverySettings
from quarterdeck.delivery.checks import delivery_problems, is_allowed, require_allowed
from quarterdeck.errors import ConfigError
from quarterdeck.wiring import check_settings

PORTFOLIO = """\
version: 1
portfolio:
  name: Two
  currency: USD
  roles:
    ceo: {to: [owner@example.com]}
DELIVERY
tenants:
  - id: alpha
    name: Alpha
    roles:
      cfo:
        to: [Ana <ana@example.com>, bo@books.example.com]
        bcc: [archive@example.net]
"""


def settings(folder: Path, delivery: str, env: Mapping[str, str] | None = None, **changes: str) -> Settings:
    file = folder / "portfolio.yaml"
    text = PORTFOLIO.replace("DELIVERY", f"delivery: {delivery}" if delivery else "")
    for old, new in changes.items():
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    return load_settings(file, env or {})


def told(*given: object, **more: str) -> list[tuple[str, int | None]]:
    found = delivery_problems(settings(*given, **more))  # type: ignore[arg-type]
    return [(problem.what, problem.where.line if problem.where else None) for problem in found]


def test_without_a_list_everybody_may_read(tmp_path: Path) -> None:
    assert told(tmp_path, "") == []


def test_every_reader_of_another_domain_is_told_with_its_place(tmp_path: Path) -> None:
    assert told(tmp_path, "{allowed_domains: [example.com], operators: {to: [on-call@example.org]}}") == [
        ("books.example.com is not among the allowed domains", 13),
        ("example.net is not among the allowed domains", 14),
        ("example.org is not among the allowed domains", 7),
    ]
    with pytest.raises(ConfigError) as caught:
        check_settings(settings(tmp_path, "{allowed_domains: [example.com]}"))
    assert [problem.where.line for problem in caught.value.problems if problem.where] == [13, 14]


def test_readers_of_the_environment_are_held_to_the_list_too(tmp_path: Path) -> None:
    env = {"RECIPIENT_EMAIL": "a@example.com, b@example.org", "BCC_RECIPIENTS": "c@examp1e.com"}
    allowed = "{allowed_domains: [example.com, books.example.com, example.net]}"
    assert told(tmp_path, allowed, env) == [
        ("RECIPIENT_EMAIL: example.org is not among the allowed domains", None),
        ("BCC_RECIPIENTS: examp1e.com is not among the allowed domains", None),
    ]


@pytest.mark.parametrize(
    ("address", "domain", "fits"),
    [
        ("a@example.com", "example.com", True),
        ("a@EXAMPLE.com", "Example.COM", True),
        ("a@bücher.example", "xn--bcher-kva.example", True),
        ("a@xn--bcher-kva.example", "BÜCHER.example", True),
        ("a@mail.example.com", "example.com", False),  # others may run a sub-domain
        ("a@example.com", "mail.example.com", False),
        ("a@example.com.evil.example", "example.com", False),
        ("a@notexample.com", "example.com", False),
        ("a@example.co", "example.com", False),
        ("a@exаmple.com", "example.com", False),  # with a Cyrillic letter
        ("a@ｅxample.com", "example.com", True),  # full width: it goes over the wire as example.com
        ("example.com@evil.example", "example.com", False),
    ],
)
def test_a_domain_is_allowed_as_it_goes_over_the_wire_and_nothing_that_looks_like_it(
    address: str, domain: str, fits: bool
) -> None:
    delivery = DeliverySettings(allowed_domains=(domain,))
    assert is_allowed(parse_address(address), delivery) is fits
    if fits:
        require_allowed(parse_address(address), delivery)
    else:
        with pytest.raises(ConfigError, match="allowed domains"):
            require_allowed(parse_address(address), delivery)


def test_rooms_need_the_channel_that_reaches_them(tmp_path: Path) -> None:
    more = {"ceo: {to: [owner@example.com]}": 'ceo: {to: [owner@example.com], slack: ["#board"]}'}
    assert told(tmp_path, "{operators: {slack: [C0123456789]}}", None, **more) == [
        ("ceo of portfolio: rooms are named, and slack is not set up", 6),
        ("operators: rooms are named, and slack is not set up", 7),
    ]


@pytest.mark.parametrize(
    ("hours", "lines"), [("{send_at: '21:00', quiet_hours: 20:00-07:00}", [7]), ("{send_at: '21:00'}", [])]
)
def test_hours_that_leave_no_time_are_told(tmp_path: Path, hours: str, lines: list[int]) -> None:
    assert [line for _, line in told(tmp_path, hours)] == lines
