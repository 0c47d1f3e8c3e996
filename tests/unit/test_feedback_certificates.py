"""Where SNS's certificates may come from, and which of them are Amazon's."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from quarterdeck.errors import FeedbackError
from quarterdeck.feedback.certificates import Trust, amazon_roots, fetch, refuse_address
from tests.postbox import CERTIFICATE, ISSUER, NOW, TOPIC, Authority, authority, der, pem

CHINA = "arn:aws-cn:sns:cn-north-1:123456789012:mail"
FILE = "SimpleNotificationService-0123456789abcdef.pem"

# --- the address ------------------------------------------------------------------------------------------------------


def test_the_address_of_the_topics_region_is_taken() -> None:
    refuse_address(CERTIFICATE, TOPIC)
    refuse_address(f"https://sns.cn-north-1.amazonaws.com.cn/{FILE}", CHINA)
    refuse_address(f"https://sns.us-gov-east-1.amazonaws.com/{FILE}", "arn:aws-us-gov:sns:us-gov-east-1:123456789012:mail")


TRICKS = {
    "not encrypted": f"http://sns.us-west-2.amazonaws.com/{FILE}",
    "another host": f"https://evil.example/{FILE}",
    "a host that begins like it": f"https://sns.us-west-2.amazonaws.com.evil.example/{FILE}",
    "a host that ends like it": f"https://evilsns.us-west-2.amazonaws.com/{FILE}",
    "a bucket of anybody": f"https://s3.us-west-2.amazonaws.com/sns.us-west-2.amazonaws.com/{FILE}",
    "a bucket that is named so": f"https://sns.us-west-2.s3.amazonaws.com/{FILE}",
    "another region": f"https://sns.us-east-1.amazonaws.com/{FILE}",
    "China's host for another topic": f"https://sns.us-west-2.amazonaws.com.cn/{FILE}",
    "a user before the host": f"https://sns.us-west-2.amazonaws.com@evil.example/{FILE}",
    "a user and the right host": f"https://user@sns.us-west-2.amazonaws.com/{FILE}",
    "a port": f"https://sns.us-west-2.amazonaws.com:8443/{FILE}",
    "its own port, written out": f"https://sns.us-west-2.amazonaws.com:443/{FILE}",
    "a query": f"https://sns.us-west-2.amazonaws.com/{FILE}?x=1",
    "a fragment": f"https://sns.us-west-2.amazonaws.com/{FILE}#x",
    "another path": "https://sns.us-west-2.amazonaws.com/?Action=GetTopicAttributes&x=.pem",
    "a folder before it": f"https://sns.us-west-2.amazonaws.com/x/{FILE}",
    "a way up": f"https://sns.us-west-2.amazonaws.com/{FILE}/../../x.pem",
    "another ending": f"https://sns.us-west-2.amazonaws.com/{FILE}.exe",
    "a line end": f"{CERTIFICATE}\n",
    "a tab within": f"https://sns.us-west-2.amazon\taws.com/{FILE}",
    "backslashes": f"https:\\\\sns.us-west-2.amazonaws.com\\{FILE}",
    "a dot that is another character": f"https://sns.us-west-2xamazonaws.com/{FILE}",
    "letters that look alike": f"https://sns.us-west-2.amazonaẃs.com/{FILE}",
    "digits of another script": "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-٣.pem",
    "capitals": f"HTTPS://SNS.US-WEST-2.AMAZONAWS.COM/{FILE}",
    "nothing": "",
}


@pytest.mark.parametrize("url", TRICKS.values(), ids=TRICKS.keys())
def test_any_other_address_is_refused_and_not_fetched(url: str) -> None:
    trust = authority().trust()
    before = list(authority().fetched)
    with pytest.raises(FeedbackError, match="is not where SNS"):
        trust.key(url, TOPIC, NOW)
    assert authority().fetched == before


@pytest.mark.parametrize("topic", ["", "arn:aws:sqs:us-west-2:123456789012:x", "arn:aws-iso:sns:us-iso-east-1:123456789012:x"])
def test_a_topic_whose_region_nobody_knows_has_no_certificate(topic: str) -> None:
    with pytest.raises(FeedbackError, match="none whose certificates are known"):
        refuse_address(CERTIFICATE, topic)


# --- the chain --------------------------------------------------------------------------------------------------------


def test_a_certificate_under_a_root_counts_and_is_fetched_once() -> None:
    own = authority()
    own.fetched.clear()
    trust = own.trust()
    keys = [trust.key(CERTIFICATE, TOPIC, NOW) for _ in range(3)]
    assert {key.public_numbers() for key in keys} == {own.key.public_key().public_numbers()}
    assert own.fetched == [CERTIFICATE, ISSUER]


def test_what_lies_above_it_may_come_along() -> None:
    own = authority()
    own.fetched.clear()
    own.trust(leaf=pem(own.leaf) + pem(own.between)).key(CERTIFICATE, TOPIC, NOW)
    assert own.fetched == [CERTIFICATE]


@pytest.mark.parametrize("name", ["sns.us-west-2.amazonaws.com", "sns-signing.us-west-2.amazonaws.com"])
def test_the_names_that_sns_bears_in_a_region_count(name: str) -> None:
    Authority(name).trust().key(CERTIFICATE, TOPIC, NOW)


@pytest.mark.parametrize("name", ["sns.us-east-1.amazonaws.com", "sqs.amazonaws.com", "evil.example", "amazonaws.com"])
def test_a_certificate_of_somebody_else_does_not_count(name: str) -> None:
    with pytest.raises(FeedbackError, match="was not one of SNS"):
        Authority(name).trust().key(CERTIFICATE, TOPIC, NOW)


@pytest.mark.parametrize("days", [-31, 336])
def test_it_must_hold_at_the_time_of_the_message(days: int) -> None:
    trust = authority().trust()
    with pytest.raises(FeedbackError, match="was not one of SNS at that time"):
        trust.key(CERTIFICATE, TOPIC, NOW + timedelta(days=days))
    trust.key(CERTIFICATE, TOPIC, NOW)


def stranger() -> Trust:
    """A whole chain of somebody's own making, which Amazon's roots know nothing of."""
    own = authority()
    served = {CERTIFICATE: pem(own.leaf), ISSUER: der(own.between)}
    return Trust(fetch=served.__getitem__)


def of_another_root() -> Trust:
    other = Authority()
    return authority().trust(leaf=pem(other.leaf), issuer=der(other.between))


def under_another_issuer() -> Trust:
    return authority().trust(issuer=der(Authority().between))


def the_root_itself() -> Trust:
    return authority().trust(leaf=pem(authority().root))


def without_issuer() -> Trust:
    return authority().trust(issuer=b"nothing of the kind")


@pytest.mark.parametrize("make", [stranger, of_another_root, under_another_issuer, the_root_itself, without_issuer])
def test_a_chain_to_no_root_does_not_count(make: Callable[[], Trust]) -> None:
    with pytest.raises(FeedbackError, match="was not one of SNS"):
        make().key(CERTIFICATE, TOPIC, NOW)


def test_what_came_wrong_once_is_fetched_anew() -> None:
    own = authority()
    served = [der(Authority().between), der(own.between)]
    trust = Trust(lambda: (own.root,), lambda url: pem(own.leaf) if url == CERTIFICATE else served.pop(0))
    with pytest.raises(FeedbackError):
        trust.key(CERTIFICATE, TOPIC, NOW)
    trust.key(CERTIFICATE, TOPIC, NOW)


@pytest.mark.parametrize("body", [b"", b"<html>", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_no_certificate_is_refused(body: bytes) -> None:
    with pytest.raises(FeedbackError, match="there is no certificate"):
        authority().trust(leaf=body).key(CERTIFICATE, TOPIC, NOW)


def test_an_issuer_elsewhere_is_not_fetched() -> None:
    own = Authority(issuer_url="http://crt.r2m01.evil.example/r2m01.cer")
    with pytest.raises(FeedbackError, match="was not one of SNS"):
        Trust(lambda: (own.root,), {CERTIFICATE: pem(own.leaf)}.__getitem__).key(CERTIFICATE, TOPIC, NOW)


def test_a_key_that_is_not_rsa_signs_nothing() -> None:
    with pytest.raises(FeedbackError, match="no RSA key"):
        Authority(has_rsa=False).trust().key(CERTIFICATE, TOPIC, NOW)


def test_the_roots_are_amazons_and_no_others() -> None:
    names = sorted(root.subject.rfc4514_string().partition(",")[0].removeprefix("CN=") for root in amazon_roots())
    assert names == [
        *(f"Amazon Root CA {number}" for number in range(1, 5)),
        "Starfield Services Root Certificate Authority - G2",
    ]
    assert all(root.subject == root.issuer for root in amazon_roots())


# --- fetching ---------------------------------------------------------------------------------------------------------


@contextmanager
def served(status: int, body: bytes, **headers: str) -> Iterator[tuple[str, list[str]]]:
    """A server on loopback with one answer; its address, and the paths that it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/a.pem", asked
        finally:
            server.shutdown()
            thread.join()


def test_what_lies_behind_an_address_is_fetched() -> None:
    with served(200, b"certificate") as (url, _):
        assert fetch(url) == b"certificate"


def test_redirects_are_not_followed() -> None:
    with served(302, b"", Location="/elsewhere") as (url, asked), pytest.raises(FeedbackError, match="302"):
        fetch(url)
    assert asked == ["/a.pem"]


def test_nothing_long_is_read() -> None:
    with served(200, b"x" * 70_000) as (url, _), pytest.raises(FeedbackError, match="more than 65536 bytes"):
        fetch(url)


@pytest.mark.parametrize(("status", "permanent"), [(403, True), (404, True), (500, False), (503, False)])
def test_only_what_may_pass_is_said_to_pass(status: int, permanent: bool) -> None:
    with served(status, b"no") as (url, _), pytest.raises(FeedbackError) as caught:
        fetch(url)
    assert caught.value.permanent is permanent


def test_a_server_that_is_not_there_may_come_back() -> None:
    with served(200, b"") as (url, _):
        gone = url
    with pytest.raises(FeedbackError, match="ConnectError") as caught:
        fetch(gone)
    assert not caught.value.permanent
