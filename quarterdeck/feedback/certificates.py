"""The certificates that SNS signs with: from which address one may be fetched, and whether it is Amazon's.

A certificate counts when its chain leads to one of the roots, at the time of the message. SNS serves it alone, without the
one above it, whose address stands in it; both addresses are held against their only form before anything is fetched.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

import certifi
import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from quarterdeck.errors import FeedbackError

Fetch = Callable[[str], bytes]

_ARN = re.compile(
    r"arn:(?P<partition>aws|aws-cn|aws-us-gov):sns:(?P<region>[a-z0-9-]{5,40}):[0-9]{12}:[A-Za-z0-9_-]{1,256}", re.ASCII
)
_FILE = r"/SimpleNotificationService-[A-Za-z0-9]{1,128}\.pem"
_ISSUER = re.compile(r"https?://crt\.(?P<name>[a-z0-9-]{1,32})\.amazontrust\.com/(?P=name)\.(?:cer|crt)", re.ASCII)
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_ROOT = re.compile(r"Amazon Root CA [1-4]|Starfield Services Root Certificate Authority - G2")
_MOST_BYTES = 2**16
_MOST_CERTIFICATES = 5
_MOST_KEPT = 100  # chains; SNS uses a new certificate once in a while
_SECONDS = 10


def refuse_address(url: str, topic: str) -> None:
    """Raise FeedbackError unless a certificate's address is SNS's own, in the region of the topic that it speaks for."""
    arn = _ARN.fullmatch(topic)
    if arn is None:
        raise FeedbackError("the message's topic is none whose certificates are known")
    if not re.fullmatch(re.escape(f"https://{_host(arn['partition'], arn['region'])}") + _FILE, url, re.ASCII):
        raise FeedbackError("the message's certificate is not where SNS of its topic's region keeps them")


def _host(partition: str, region: str) -> str:
    return f"sns.{region}.{_suffix(partition)}"


def _suffix(partition: str) -> str:
    return "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"


def fetch(url: str, transport: httpx.BaseTransport | None = None) -> bytes:
    """The bytes behind an address; FeedbackError where they cannot be had, a passing one where the way there is blocked.

    Redirects are not followed, and nothing long is read.
    """
    try:
        with (
            httpx.Client(transport=transport, timeout=_SECONDS, follow_redirects=False) as client,
            client.stream("GET", url) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise FeedbackError(
                    f"a certificate of SNS cannot be had: {answer.status_code}", permanent=answer.status_code < 500
                )
            found = bytearray()
            for piece in answer.iter_bytes(_MOST_BYTES):
                found += piece
                if len(found) > _MOST_BYTES:
                    raise FeedbackError(f"a certificate of SNS has more than {_MOST_BYTES} bytes")
    except httpx.HTTPError as error:
        what = f"a certificate of SNS cannot be fetched: {type(error).__name__}"
        raise FeedbackError(what, remedy="this machine must reach sns.<region>.amazonaws.com", permanent=False) from error
    return bytes(found)


def amazon_roots(file: Path | None = None) -> tuple[x509.Certificate, ...]:
    """The roots of Amazon among those that httpx trusts, too."""
    pem = (file or Path(certifi.where())).read_bytes()
    return tuple(root for root in _certificates(_PEM.findall(pem)) if _ROOT.fullmatch(_common_name(root)))


class Trust:
    """What certificates are believed: those whose chain leads to one of the roots. Each is fetched once."""

    def __init__(self, roots: Callable[[], Iterable[x509.Certificate]] = amazon_roots, fetch: Fetch = fetch) -> None:
        self._roots, self._fetch = roots, fetch
        self._store: Store | None = None
        self._chains: dict[str, list[x509.Certificate]] = {}

    def key(self, url: str, topic: str, at: datetime) -> RSAPublicKey:
        """The key behind a certificate's address, if it was SNS's at that time; FeedbackError where it was not."""
        refuse_address(url, topic)
        chain = self._chain(url)
        try:
            self._verify(chain, topic, at)
        except FeedbackError:
            del self._chains[url]  # what lies above a certificate comes over a way that is not safe
            raise
        key = chain[0].public_key()
        if not isinstance(key, RSAPublicKey):
            raise FeedbackError("the message's certificate has no RSA key")
        return key

    def _chain(self, url: str) -> list[x509.Certificate]:
        """The certificate of an address, and what lies above it."""
        if url not in self._chains:
            found = list(_certificates(_PEM.findall(self._fetch(url))))
            if not 0 < len(found) <= _MOST_CERTIFICATES:
                raise FeedbackError("there is no certificate where the message's should be")
            if len(found) == 1 and (issuer := _issuer_address(found[0])):
                found += _certificates([self._fetch(issuer)])
            if len(self._chains) >= _MOST_KEPT:
                self._chains.clear()
            self._chains[url] = found
        return self._chains[url]

    def _verify(self, chain: list[x509.Certificate], topic: str, at: datetime) -> None:
        if self._store is None:
            self._store = Store(list(self._roots()))
        policy = PolicyBuilder().store(self._store).time(at)
        for name in _names(topic):
            try:
                policy.build_server_verifier(x509.DNSName(name)).verify(chain[0], chain[1:])
            except VerificationError:
                continue
            return
        raise FeedbackError("the message's certificate was not one of SNS at that time")


def _names(topic: str) -> Iterator[str]:
    """The names that SNS's certificates bear, by the region and partition of a topic."""
    _, partition, _, region, *_ = topic.split(":")
    suffix = _suffix(partition)
    yield f"sns.{suffix}"
    yield from (f"{name}{region}.{suffix}" for name in ("sns.", "sns-signing.", "sns-"))
    if partition == "aws-us-gov":
        yield f"sns-us-gov-west-1.{suffix}"  # signs for all of that partition


def _issuer_address(certificate: x509.Certificate) -> str:
    """Where the certificate above one lies, if that is with Amazon's own authority; it need not be a safe way there."""
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (x509.ExtensionNotFound, ValueError):
        return ""
    wanted = (each.access_location for each in access if each.access_method == AuthorityInformationAccessOID.CA_ISSUERS)
    found = (each.value for each in wanted if isinstance(each, x509.UniformResourceIdentifier))
    return next((url for url in found if _ISSUER.fullmatch(url)), "")


def _certificates(raw: Iterable[bytes]) -> Iterator[x509.Certificate]:
    """Certificates in either form; what is none is left out."""
    for each in raw:
        read = x509.load_pem_x509_certificate if each.startswith(b"-----") else x509.load_der_x509_certificate
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a store of roots has some that are older than today's rules
            try:
                yield read(each)
            except ValueError:
                continue


def _common_name(certificate: x509.Certificate) -> str:
    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""
