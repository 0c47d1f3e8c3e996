"""Webhooks: what goes over the wire, held against the standard's own library, and which addresses are never called."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from standardwebhooks import Webhook, WebhookVerificationError

from quarterdeck.errors import ConfigError, DeliveryError
from quarterdeck.webhooks import Endpoint, EndpointOptions, Outcome
from quarterdeck.webhooks.guard import Guard, NotAllowed
from quarterdeck.webhooks.signing import MAX_BYTES, event, event_id, headers, key_of
from tests.hook_server import KEY, OLD_KEY, OLD_SECRET, SECRET, URL, Clock, Hooks, endpoint, hook_server, options

NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)
BODY = event("report.delivered", NOW, {"report": "alpha_cfo_2026-10"})


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    with hook_server() as server:
        yield server


# On the wire


def test_a_signature_by_hand() -> None:
    """openssl dgst -sha256 -mac HMAC over `evt_1.1730000000.{}` with 32 zero bytes as the key."""
    made = headers("evt_1", b"{}", datetime.fromtimestamp(1730000000, UTC), [bytes(32)])
    assert made == {
        "webhook-id": "evt_1",
        "webhook-timestamp": "1730000000",
        "webhook-signature": "v1,jRDIooeFZN4viuwQpOTFQIJlcgrshPsw9aQfNezTUvM=",
        "Idempotency-Key": "evt_1",
    }


@given(st.binary(min_size=24, max_size=64), st.text(max_size=200))
def test_the_standards_own_library_takes_what_is_signed(key: bytes, text: str) -> None:
    body = event("action_item.opened", datetime.now(UTC), {"title": text})
    sent = headers(event_id("x", text), body, datetime.now(UTC), [key])
    secret = f"whsec_{base64.b64encode(key).decode()}"
    assert Webhook(secret).verify(body, sent)["data"] == {"title": text}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + b" ", sent)


def test_old_and_new_keys_are_both_good_while_they_change() -> None:
    now = datetime.now(UTC)
    sent = headers("evt_1", BODY, now, [key_of(SECRET), key_of(OLD_SECRET)])
    for secret in (SECRET, OLD_SECRET):
        assert Webhook(secret).verify(BODY, sent)
    assert sent["webhook-signature"].count("v1,") == 2


def test_an_event_says_what_happened_when_and_is_the_same_each_time() -> None:
    told = json.loads(BODY)
    assert told == {
        "type": "report.delivered",
        "timestamp": "2026-11-03T09:00:00.000Z",
        "data": {"report": "alpha_cfo_2026-10"},
    }
    assert event("report.delivered", NOW.astimezone(), {"report": "alpha_cfo_2026-10"}) == BODY


def test_an_id_is_made_of_what_an_event_is_about() -> None:
    assert event_id("a", 1) == event_id("a", 1)
    assert len({event_id("a", 1), event_id("a", 2), event_id("a", "1"), event_id("a1")}) == 4
    assert "." not in event_id("alpha.beta")


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_short", SECRET.removeprefix("whsec_"), "whsec_%%%", f"whsec_{'A' * 1000}"]
)
def test_what_is_no_secret_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(ConfigError) as caught:
        key_of(secret)
    assert len(secret) < 8 or secret not in str(caught.value)


# Which addresses may be called


def resolving(*addresses: str) -> Any:
    return lambda *_, **__: [(0, 0, 0, "", (address, 443)) for address in addresses]


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_public_addresses_may_be_called(address: str) -> None:
    assert Guard(resolve=resolving(address)).addresses("https://hooks.example.com/x?y=1") == (address,)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "169.254.170.2", "100.64.0.1",
        "100.100.100.200", "0.0.0.0", "224.0.0.1", "255.255.255.255", "240.0.0.1", "168.63.129.16", "192.0.0.192", "198.18.0.1",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe",
    ],
)  # fmt: skip
def test_others_may_not(address: str) -> None:
    with pytest.raises(NotAllowed) as caught:
        Guard(resolve=resolving(address)).addresses("https://hooks.example.com/secret")
    assert not caught.value.may_pass
    assert "secret" not in str(caught.value)


def test_one_bad_address_among_good_ones_is_enough() -> None:
    with pytest.raises(NotAllowed):
        Guard(resolve=resolving("93.184.215.14", "10.0.0.1")).addresses("https://hooks.example.com")


def test_a_network_of_the_settings_lets_its_own_addresses_through_and_no_other() -> None:
    networks = (ip_network("10.1.0.0/16"), ip_network("fd12::/16"))
    assert Guard(networks, resolving("10.1.2.3", "fd12::1")).addresses("https://hooks.internal") == ("10.1.2.3", "fd12::1")
    for address in ("10.2.0.1", "169.254.169.254", "fd13::1", "127.0.0.1"):
        with pytest.raises(NotAllowed):
            Guard(networks, resolving(address)).addresses("https://hooks.internal")


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/", "ftp://hooks.example.com/", "file:///etc/passwd", "hooks.example.com", "", "https://", "https:///x",
        "https://user@hooks.example.com/", "https://user:word@hooks.example.com/", "https://hooks.example.com/#x",
        "https://hooks.example.com:99999/", "https://hooks.example.com/a b", "https://hooks.example.com/\r\nHost: x",
        "https://[fe80::1%25eth0]/", "https://[::1", "https://hooks.example.com\\@10.0.0.1/",
    ],
)  # fmt: skip
def test_what_is_no_plain_https_address_is_refused(url: str) -> None:
    with pytest.raises(NotAllowed):
        Guard(resolve=resolving("93.184.215.14")).addresses(url)


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost", "[::ffff:7f00:1]"])
def test_no_way_of_writing_loopback_passes(host: str) -> None:
    with pytest.raises(NotAllowed):
        Guard().addresses(f"https://{host}/")


def test_http_is_for_this_machine_alone() -> None:
    networks = (ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8"))
    assert Guard(networks, resolving("127.0.0.1")).addresses("http://localhost:8080/") == ("127.0.0.1",)
    with pytest.raises(NotAllowed):
        Guard(networks, resolving("10.0.0.1")).addresses("http://hooks.internal/")
    with pytest.raises(NotAllowed):
        Guard((), resolving("127.0.0.1")).addresses("http://localhost/")


def test_a_name_that_is_not_found_may_be_found_another_time() -> None:
    with pytest.raises(NotAllowed) as caught:
        Guard().addresses("https://nobody.invalid/")
    assert caught.value.may_pass


def test_a_name_that_moves_after_the_look_changes_nothing(hooks: Hooks, tmp_path: Path) -> None:
    """The name points at the server once, then at a metadata address: what was looked at is what is called."""
    answers = [resolving("127.0.0.1"), resolving("169.254.169.254")]

    def resolve(*given: Any, **more: Any) -> Any:
        return answers.pop(0)(*given, **more)

    guard = Guard((ip_network("127.0.0.0/8"),), resolve)
    secrets = {**hooks.secrets, URL: hooks.url.replace("127.0.0.1", "rebinding.example.com") + "/x"}
    made = Endpoint(EndpointOptions.model_validate(options()), secrets.__getitem__, tmp_path, Clock(), guard=guard)
    # The connection goes to the address that was looked at; its certificate is not one of the name's, so nothing is said.
    assert made.post("evt_1", BODY).outcome is Outcome.LATER
    assert hooks.got == []
    assert made.post("evt_1", BODY).outcome is Outcome.WRONG
    assert len(answers) == 0


def test_the_host_is_named_as_it_was_written(tmp_path: Path) -> None:
    with hook_server(tls=False) as hooks:
        guard = Guard((ip_network("127.0.0.0/8"),), resolving("127.0.0.1"))
        secrets = {**hooks.secrets, URL: hooks.url.replace("127.0.0.1", "hooks.example.com") + "/x"}
        made = Endpoint(EndpointOptions.model_validate(options()), secrets.__getitem__, tmp_path, Clock(), guard=guard)
        assert made.post("evt_1", BODY).outcome is Outcome.TAKEN
        assert hooks.got[0].headers["host"] == f"hooks.example.com:{hooks.url.rpartition(':')[2]}"


# Attempts


def test_an_event_arrives_as_it_was_signed(hooks: Hooks, tmp_path: Path) -> None:
    clock = Clock(datetime.now(UTC))
    made = endpoint(hooks, tmp_path, clock, secrets=[KEY, OLD_KEY])
    assert made.post("evt_1", BODY).outcome is Outcome.TAKEN
    [got] = hooks.got
    assert (got.body, got.path, got.headers["content-type"]) == (BODY, "/hook?for=us", "application/json")
    assert got.headers["host"] == hooks.url.removeprefix("https://")
    assert Webhook(SECRET).verify(got.body, dict(got.headers)) == Webhook(OLD_SECRET).verify(got.body, dict(got.headers))


def test_another_try_has_the_same_id_and_a_new_time(hooks: Hooks, tmp_path: Path) -> None:
    clock = Clock()
    made = endpoint(hooks, tmp_path, clock)
    made.post("evt_1", BODY)
    clock.later(hours=1)
    made.post("evt_1", BODY)
    first, second = hooks.got
    assert (first.id, first.body) == (second.id, second.body)
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 3600


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.TAKEN), (202, Outcome.TAKEN), (204, Outcome.TAKEN),
        (301, Outcome.WRONG), (302, Outcome.WRONG), (307, Outcome.WRONG), (308, Outcome.WRONG),
        (400, Outcome.REFUSED), (413, Outcome.REFUSED), (422, Outcome.REFUSED),
        (401, Outcome.WRONG), (403, Outcome.WRONG), (404, Outcome.WRONG), (405, Outcome.WRONG),
        (408, Outcome.LATER), (410, Outcome.GONE), (429, Outcome.LATER),
        (500, Outcome.UNKNOWN), (502, Outcome.UNKNOWN), (503, Outcome.UNKNOWN), (504, Outcome.UNKNOWN), (0, Outcome.UNKNOWN),
    ],
)  # fmt: skip
def test_what_an_answer_means(hooks: Hooks, tmp_path: Path, status: int, outcome: Outcome) -> None:
    hooks.reply(status, Location=f"{hooks.url}/elsewhere")
    verdict = endpoint(hooks, tmp_path).post("evt_1", BODY)
    assert verdict.outcome is outcome
    assert len(hooks.got) == 1  # nowhere else, and not again
    assert (verdict.what == "") == (outcome is Outcome.TAKEN)
    assert hooks.url not in str(verdict)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("30", 30),
        ("0", 0),
        ("999999", 3600),
        ("Tue, 03 Nov 2026 09:02:00 GMT", 120),
        ("Mon, 02 Nov 2026 09:02:00 GMT", 0),
        ("soon", 5),
    ],
)
@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_server_is_left_alone_as_long_as_it_asks(hooks: Hooks, tmp_path: Path, status: int, said: str, seconds: int) -> None:
    clock = Clock()
    made = endpoint(hooks, tmp_path, clock)
    hooks.reply(status, Retry_After=said)
    assert made.post("evt_1", BODY).wait == timedelta(seconds=seconds)
    if seconds:
        clock.later(seconds=seconds - 1)
        assert made.post("evt_2", BODY).outcome is Outcome.LATER
        assert len(hooks.got) == 1
    clock.later(seconds=1)
    assert made.post("evt_2", BODY).outcome is Outcome.TAKEN


def test_a_server_that_is_gone_is_not_called_again_until_it_has_a_new_address(hooks: Hooks, tmp_path: Path) -> None:
    hooks.reply(410)
    assert endpoint(hooks, tmp_path).post("evt_1", BODY).outcome is Outcome.GONE
    again = endpoint(hooks, tmp_path)  # another process
    assert again.post("evt_2", BODY).outcome is Outcome.GONE
    with pytest.raises(ConfigError, match="2026-11-03"):
        again.check()
    assert len(hooks.got) == 1
    assert endpoint(hooks, tmp_path, secrets=[OLD_KEY]).post("evt_2", BODY).outcome is Outcome.TAKEN
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or (hooks.url.encode() not in path.read_bytes() and SECRET.encode() not in path.read_bytes())


def test_a_last_check_that_objects_keeps_the_event_back(hooks: Hooks, tmp_path: Path) -> None:
    def object_to_it() -> None:
        raise DeliveryError("the lease is over")

    with pytest.raises(DeliveryError, match="lease"):
        endpoint(hooks, tmp_path).post("evt_1", BODY, object_to_it)
    assert [got.body for got in hooks.got if got.body == BODY] == []


def test_a_server_that_is_not_there_has_certainly_taken_nothing(tmp_path: Path) -> None:
    with hook_server() as hooks:
        pass
    assert endpoint(hooks, tmp_path).post("evt_1", BODY).outcome is Outcome.LATER


def test_a_certificate_that_nobody_vouches_for_is_not_spoken_to(hooks: Hooks, tmp_path: Path) -> None:
    assert endpoint(hooks, tmp_path, ca_file=None).post("evt_1", BODY).outcome is Outcome.LATER
    assert hooks.got == []
    verdict = endpoint(hooks, tmp_path, ca_file="nowhere.pem").post("evt_1", BODY)
    assert (verdict.outcome, "nowhere.pem" in verdict.what) == (Outcome.WRONG, True)


def test_an_event_that_is_too_large_is_not_sent(hooks: Hooks, tmp_path: Path) -> None:
    made = endpoint(hooks, tmp_path)
    assert made.post("evt_1", b"x" * MAX_BYTES).outcome is Outcome.REFUSED
    assert made.post("evt_1", b"x" * (MAX_BYTES - 1)).outcome is Outcome.TAKEN
    assert len(hooks.got) == 1


def test_a_check_calls_nobody(hooks: Hooks, tmp_path: Path) -> None:
    assert endpoint(hooks, tmp_path).check() == "signed with 1 key, and not asked without an event"
    with pytest.raises(ConfigError, match="not public"):
        endpoint(hooks, tmp_path, networks=[]).check()
    assert hooks.got == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "https://hooks.example.com/services/x"}, {"secrets": [SECRET]}, {"secrets": []}, {"secrets": [KEY] * 6},
        {"networks": ["10.0.0.1/8"]}, {"networks": ["everything"]}, {"timeout_seconds": 0}, {"token": KEY},
    ],
)  # fmt: skip
def test_settings_that_mean_nothing_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        EndpointOptions.model_validate(options(**wrong))
    assert "services/x" not in str(caught.value)
    assert SECRET not in str(caught.value)
