"""One strict reading of addresses: what is not plainly one address is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.addresses import Address, masked, parse_address
from quarterdeck.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "spec", "name"),
    [
        ("ana@example.com", "ana@example.com", ""),
        ("  ana@example.com ", "ana@example.com", ""),
        ("Ana.B+reports@EXAMPLE.com", "Ana.B+reports@example.com", ""),
        ("Ana Ruiz <ana@example.com>", "ana@example.com", "Ana Ruiz"),
        ('"Ruiz, Ana" <ana@example.com>', "ana@example.com", "Ruiz, Ana"),
        ("Zoë Müller <zoe@example.com>", "zoe@example.com", "Zoë Müller"),
        ("<ana@example.com>", "ana@example.com", ""),
        ("ana@straße.example", "ana@xn--strae-oqa.example", ""),
        ("ana@Müller.example", "ana@xn--mller-kva.example", ""),
        ("o'brien@mail.example.com", "o'brien@mail.example.com", ""),
    ],
)
def test_reads_one_address(text: str, spec: str, name: str) -> None:
    assert parse_address(text) == Address(spec, name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ana",
        "@example.com",
        "ana@",
        "ana@localhost",
        "ana@10.0.0.1",
        "ana@[10.0.0.1]",
        "ana@exam ple.com",
        "ana@-example.com",
        "ana@example..com",
        "ana@example.com.",
        ".ana@example.com",
        "ana.@example.com",
        "a..na@example.com",
        "ana@bob@example.com",
        "ana@example.com, bob@example.com",
        "ana@example.com;bob@example.com",
        "ana@example.com bob@example.com",
        "alice@good.example<evil@bad.example>",
        "Alice, Bob <ana@example.com>",
        '"alice@good.example" <evil@bad.example>',
        "Ana <ana@example.com> <bob@example.com>",
        "Ana <ana@example.com> bob",
        "ana@example.com (comment)",
        '"ana b"@example.com',
        "añа@example.com",
        "ana@example.com\r\nBcc: eve@example.com",
        "ana@example.com\n",
        "Ana\r <ana@example.com>",
        "Ana\u2028Ruiz <ana@example.com>",
        "Ana\u0085 <ana@example.com>",
        "Ana\x00 <ana@example.com>",
        "Ana\x0b <ana@example.com>",
        "Ana\u202egro <ana@example.com>",
        "Ana\ud800 <ana@example.com>",
        "ana@xn--.example\u2024com",
        f"{'a' * 65}@example.com",
        f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 63}.example",
        f"{'n' * 201} <ana@example.com>",
    ],
)
def test_refuses_what_is_not_plainly_one_address(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_address(text)


_NAMES = st.text(st.characters(codec="utf-8", exclude_characters='<>"\\@', categories=["L", "N", "P", "S", "Zs"]), max_size=60)


@given(
    _NAMES, st.from_regex(r"[a-z0-9+_-]{1,20}(\.[a-z0-9]{1,8})?", fullmatch=True), st.sampled_from(["example.com", "ü.example"])
)
def test_the_text_of_an_address_reads_back_as_it(name: str, local: str, domain: str) -> None:
    text = f'"{name}" <{local}@{domain}>'
    address = parse_address(text)
    assert parse_address(str(address)) == address
    assert address.spec.isascii()


@given(st.text(max_size=80))
def test_any_text_gives_an_address_or_a_config_error(text: str) -> None:
    try:
        address = parse_address(text)
    except ConfigError:
        return
    assert address.spec.count("@") == 1
    assert address.spec.isascii()


@pytest.mark.parametrize(
    ("reader", "shown"),
    [
        ("ana@example.com", "a***@example.com"),
        ("b@example.com", "b***@example.com"),
        ('"a@b"@example.com', '"***@example.com'),
        ("#finance", "#***"),
        ("", "***"),
    ],
)
def test_a_reader_is_named_without_being_told(reader: str, shown: str) -> None:
    assert masked(reader) == shown
