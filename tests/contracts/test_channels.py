"""One suite for all channels: what they promise to the audit trail's states, on each that can run here."""

from __future__ import annotations

import hashlib
import json
import resource
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from quarterdeck.delivery import CHANNELS, KnownChannel, Receipt, Unsettled
from quarterdeck.delivery.outbox import Outbox, file_name
from quarterdeck.delivery.readers import Kind
from quarterdeck.errors import DeliveryError, DeliveryUnknown
from tests.channels import ready, something
from tests.forks import die, in_child
from tests.parcels import envelope, means


def fine() -> None:
    """A last check that finds nothing wrong."""


@pytest.fixture(params=CHANNELS.all())
def channel(request: pytest.FixtureRequest, tmp_path: Path) -> KnownChannel:
    return ready(request.param, request, tmp_path)


def test_a_channel_is_known_under_its_kind() -> None:
    assert {kind: cls.kind for kind, cls in CHANNELS.all().items()} == {kind: kind for kind in CHANNELS}
    assert "outbox" in CHANNELS


def test_what_was_sent_is_found_again(channel: KnownChannel) -> None:
    sent = something(channel)
    receipt = channel.send(sent, "a1", fine)
    assert receipt.message_id
    assert channel.settle(sent.label, ("a1",)) in {receipt, Unsettled.UNSURE}


def test_what_was_never_sent_is_not_taken_for_sent(channel: KnownChannel) -> None:
    channel.send(something(channel, 1), "a1", fine)
    assert isinstance(channel.settle(something(channel).label, ("a2",)), Unsettled)


def test_a_last_check_that_fails_keeps_the_message_back(channel: KnownChannel) -> None:
    def too_late() -> None:
        raise DeliveryError("the lease is over", permanent=False)

    with pytest.raises(DeliveryError, match="lease is over"):
        channel.send(something(channel), "a1", too_late)
    assert channel.settle(something(channel).label, ("a1",)) in {Unsettled.ABSENT, Unsettled.UNSURE}


def test_the_last_check_is_asked_once_per_send(channel: KnownChannel) -> None:
    asked: list[int] = []
    channel.send(something(channel), "a1", lambda: asked.append(1))
    assert asked == [1]


# The outbox's own promises


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(means(tmp_path))


def messages(outbox: Outbox) -> tuple[str, ...]:
    return tuple(key for key in outbox.store.list() if key.endswith(".eml"))


def test_the_outbox_keeps_the_message_and_beside_it_whom_it_is_for(outbox: Outbox, tmp_path: Path) -> None:
    sent = envelope("Ana.Ruiz@example.com", kind=Kind.BCC)
    receipt = outbox.send(sent, "a1", fine)
    name = f"2026-10_alpha_ceo_ana-ruiz-example-com_{sent.label.key[:12]}"
    assert receipt == Receipt(f"{name}.eml")
    assert (tmp_path / "outbox" / f"{name}.eml").read_bytes() == sent.message
    about = json.loads((tmp_path / "outbox" / f"{name}.json").read_bytes())
    assert about == {
        "key": sent.label.key,
        "report_id": "alpha_ceo_2026-10",
        "revision": "f" * 64,
        "sender": "Quarterdeck <reports@example.com>",
        "reader": "Ana.Ruiz@example.com",
        "kind": "bcc",
        "sha256": hashlib.sha256(sent.message).hexdigest(),
    }


def test_the_outbox_takes_each_delivery_once(outbox: Outbox) -> None:
    first = outbox.send(envelope(), "a1", fine)
    assert outbox.send(envelope(), "a2", fine) == first
    outbox.send(envelope("bob@example.com"), "a1", fine)
    outbox.send(envelope(revision="e" * 64), "a1", fine)
    assert len(messages(outbox)) == 3
    assert outbox.settle(envelope().label, ()) == first
    assert outbox.settle(envelope("cy@example.com").label, ()) is Unsettled.ABSENT


def test_another_message_under_the_name_is_left_to_a_person(outbox: Outbox) -> None:
    outbox.send(envelope(), "a1", fine)
    other = envelope(message=b"something else")
    with pytest.raises(DeliveryUnknown, match="another message"):
        outbox.send(other, "a2", fine)
    assert outbox.settle(other.label, ()) is Unsettled.UNSURE
    assert outbox.store.get(messages(outbox)[0]) == envelope().message


def test_a_kill_in_the_last_check_leaves_no_message(outbox: Outbox) -> None:
    def send() -> None:
        outbox.send(envelope(), "a1", die)

    assert in_child(send) < 0
    assert messages(outbox) == ()
    assert outbox.settle(envelope().label, ()) is Unsettled.ABSENT


@pytest.mark.parametrize(("limit", "expected"), [(10, "refused"), (2_000, "unknown")])
def test_a_full_disk_is_refused_before_the_message_and_unknown_within_it(outbox: Outbox, limit: int, expected: str) -> None:
    codes = {"refused": 1, "unknown": 2}

    def send_on_a_full_disk() -> int:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        try:
            outbox.send(envelope(message=b"x" * 100_000), "a1", fine)
        except DeliveryUnknown:
            return codes["unknown"]
        except DeliveryError as error:
            return 3 if error.permanent else codes["refused"]
        return 4

    assert in_child(send_on_a_full_disk) == codes[expected]
    assert outbox.settle(envelope(message=b"x" * 100_000).label, ()) is Unsettled.ABSENT
    assert outbox.send(envelope(message=b"x" * 100_000), "a2", fine).message_id


@pytest.mark.parametrize(
    "change",
    [
        lambda label: replace(label, tenant="../../etc"),
        lambda label: replace(label, role="a/b"),
        lambda label: replace(label, period="2026-10\n"),
    ],
)
def test_names_out_of_the_folder_are_refused(outbox: Outbox, change: Callable[..., object], tmp_path: Path) -> None:
    sent = envelope()
    with pytest.raises(DeliveryError):
        outbox.send(replace(sent, label=change(sent.label)), "a1", fine)  # type: ignore[arg-type]
    assert list(tmp_path.rglob("*.eml")) == []


def test_a_reader_makes_a_safe_name() -> None:
    for reader in ("../../x@example.com", "ä@b", "", "#channel", "a" * 300):
        name = file_name(replace(envelope().label, reader=reader))
        assert "/" not in name
        assert len(name) < 128
