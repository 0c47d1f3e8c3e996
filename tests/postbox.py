"""What the mail service says, for the tests of feedback: SES's events in both dialects, and SNS's envelopes around them.

The envelopes are signed by an authority of the tests' own, with certificates as Amazon's: one under an intermediate, whose
address stands in it.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from quarterdeck.feedback.certificates import Trust

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)
TOPIC = "arn:aws:sns:us-west-2:123456789012:quarterdeck-mail"
CERTIFICATE = "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
ISSUER = "http://crt.r2m01.amazontrust.com/r2m01.cer"
MESSAGE_ID = "0101019a5b0e4c11-5d1a2f3e-000000"

# --- events of SES ----------------------------------------------------------------------------------------------------


def mail(
    message_id: str = MESSAGE_ID, reader: str = "ana@example.com", at: datetime = NOW, tags: dict[str, str] | None = None
) -> dict[str, Any]:
    """The part that all events share; with tags as a configuration set's events have them."""
    told: dict[str, Any] = {
        "timestamp": stamp(at),
        "messageId": message_id,
        "source": "reports@example.com",
        "sendingAccountId": "123456789012",
        "destination": [reader],
        "headersTruncated": False,
    }
    if tags is not None:
        told["tags"] = {"ses:configuration-set": ["quarterdeck"], **{name: [value] for name, value in tags.items()}}
    return told


def event(type: str, section: dict[str, Any] | None = None, dialect: str = "eventType", **about: Any) -> dict[str, Any]:
    """One event: its type, what is its own, and what it is about (see `mail`)."""
    at = about.get("at", NOW)
    name = {"Rendering Failure": "failure", "DeliveryDelay": "deliveryDelay"}.get(type, type.lower())
    reader = about.get("reader", "ana@example.com")
    return {dialect: type, "mail": mail(**about), name: {**SECTIONS[type](reader, stamp(at)), **(section or {})}}


SECTIONS: dict[str, Any] = {
    "Send": lambda reader, at: {},
    "Delivery": lambda reader, at: {"timestamp": at, "recipients": [reader], "smtpResponse": "250 2.0.0 OK"},
    "Bounce": lambda reader, at: {
        "timestamp": at,
        "feedbackId": f"f-{at}",
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "bouncedRecipients": [{"emailAddress": reader, "status": "5.1.1", "diagnosticCode": f"smtp; 550 <{reader}> unknown"}],
    },
    "Complaint": lambda reader, at: {
        "timestamp": at,
        "feedbackId": f"c-{at}",
        "complainedRecipients": [{"emailAddress": reader}],
        "complaintFeedbackType": "abuse",
    },
    "DeliveryDelay": lambda reader, at: {
        "timestamp": at,
        "delayType": "MailboxFull",
        "delayedRecipients": [{"emailAddress": reader, "status": "4.2.2", "diagnosticCode": "smtp; 452 full"}],
    },
    "Reject": lambda reader, at: {"reason": "Bad content"},
    "Rendering Failure": lambda reader, at: {"templateName": "x", "errorMessage": "Attribute 'x' is not present"},
    "Open": lambda reader, at: {"timestamp": at, "ipAddress": "192.0.2.1"},
}


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


# --- envelopes of SNS -------------------------------------------------------------------------------------------------


class Authority:
    """A root, an intermediate under it, and SNS's certificate under that, with its key."""

    def __init__(self, name: str = "sns.amazonaws.com", issuer_url: str = ISSUER, *, has_rsa: bool = True) -> None:
        self.begins, self.ends, self.issuer_url = NOW - timedelta(days=30), NOW + timedelta(days=335), issuer_url
        self.root_key, self.between_key, self.key = (rsa.generate_private_key(65537, 2048) for _ in range(3))
        leaf_key = self.key if has_rsa else ec.generate_private_key(ec.SECP256R1())
        self.root = self._sign("Test Root", self.root_key, "Test Root", self.root_key, is_ca=True)
        self.between = self._sign("Test M01", self.between_key, "Test Root", self.root_key, is_ca=True)
        self.leaf = self._sign(name, leaf_key, "Test M01", self.between_key)
        self.fetched: list[str] = []

    def trust(self, **instead: bytes) -> Trust:
        """A verifier that knows this root; `instead` serves other bytes as the certificate or its issuer."""
        served = {CERTIFICATE: instead.get("leaf", pem(self.leaf)), ISSUER: instead.get("issuer", der(self.between))}

        def fetch(url: str) -> bytes:
            self.fetched.append(url)
            return served[url]

        return Trust(lambda: (self.root,), fetch)

    def seal(self, message: str, version: str = "2", **changes: Any) -> dict[str, Any]:
        """A notification around a message, signed after the changes; None leaves a field out."""
        whole = {
            "Type": "Notification",
            "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
            "TopicArn": TOPIC,
            "Message": message,
            "Timestamp": stamp(NOW),
            "SignatureVersion": version,
            "SigningCertURL": CERTIFICATE,
            "UnsubscribeURL": "https://sns.us-west-2.amazonaws.com/?Action=Unsubscribe",
            **changes,
        }
        envelope = {name: value for name, value in whole.items() if value is not None}
        return {**envelope, "Signature": self.sign(envelope)}

    def sign(self, envelope: dict[str, Any]) -> str:
        names = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
        text = "".join(f"{name}\n{envelope[name]}\n" for name in names if name in envelope)
        hash = hashes.SHA1() if envelope["SignatureVersion"] == "1" else hashes.SHA256()
        return base64.b64encode(self.key.sign(text.encode(), padding.PKCS1v15(), hash)).decode()

    def _sign(
        self, name: str, key: Key, issuer: str, issuer_key: rsa.RSAPrivateKey, *, is_ca: bool = False
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(_named(name))
            .issuer_name(_named(issuer))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.begins)
            .not_valid_after(self.ends)
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        if is_ca:
            usage = dict.fromkeys(
                "content_commitment key_encipherment data_encipherment key_agreement encipher_only decipher_only".split(), False
            )
            ca_usage = x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, **usage)
            return builder.add_extension(ca_usage, critical=True).sign(issuer_key, hashes.SHA256())
        access = x509.AccessDescription(
            AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(self.issuer_url)
        )
        return (
            builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.AuthorityInformationAccess([access]), critical=False)
            .sign(issuer_key, hashes.SHA256())
        )


@cache
def authority() -> Authority:
    """One authority for all tests that need no other: making keys takes a while."""
    return Authority()


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def text(document: dict[str, Any]) -> str:
    return json.dumps(document)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
