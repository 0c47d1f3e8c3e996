"""What each answer of SES to a message means: it certainly is not out, for now or for good, or nobody knows.

The codes are those that AWS documents for SendEmail of SESv2, those common to all its services, and the SDK's own names for
what goes wrong before and after the way there. A code that stands here as refused was refused before the message was taken:
"Amazon SES returns an error message to your application and does not send the email". What is not listed is unknown, and so
is any 5xx, whatever it says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from quarterdeck.aws import Fault

_SERVER_ERROR = 500


class Outcome(Enum):
    """What an answer makes of a message."""

    WAIT = "refused, to be tried again"
    FAIL = "refused for good"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """A row of the table. Where `says` is set, the row holds only for messages with these words; such rows stand first.

    `is_local`: the SDK's own error, made on this machine; it is a refusal only where the message was not handed over.
    """

    code: str
    outcome: Outcome
    meaning: str
    remedy: str
    says: str = ""
    retry_after: timedelta | None = None
    is_local: bool = False


def _row(code: str, outcome: Outcome, meaning: str, remedy: str, says: str = "", after: timedelta | None = None) -> Answer:
    return Answer(code, outcome, meaning, remedy, says, after)


def _local(codes: str, outcome: Outcome, meaning: str, remedy: str) -> tuple[Answer, ...]:
    return tuple(Answer(code, outcome, meaning, remedy, is_local=True) for code in codes.split())


_W, _F, _U = Outcome.WAIT, Outcome.FAIL, Outcome.UNKNOWN
_SOON, _LATER = timedelta(seconds=10), timedelta(minutes=10)
_QUOTA, _RATE = "the day's quota is used up", "more messages a second than the account may send"
_QUOTA_REMEDY = "wait, or ask AWS for a higher quota"
_RATE_REMEDY = "it is sent later; set `rate_per_second` lower where others use the account too"
_KEY, _KEY_REMEDY = "AWS does not know these credentials", "see that the access key is right and active"
_FORM, _FORM_REMEDY = "SES does not take the request's form", "see the sender, the reader and the configuration set"
_DENIED, _ASK = (
    "the credentials may not send",
    "allow ses:SendEmail and ses:SendRawEmail for the identity and its configuration set",
)
_CLOCK = "set this machine's clock"
_STALE, _STALE_REMEDY = (
    "the request is too old, or this machine's clock is wrong",
    "run again; if it stays, set this machine's clock",
)
NOBODY_KNOWS = "wait for its event, or ask the reader"
NOT_VERIFIED = "not verified"

ANSWERS: tuple[Answer, ...] = (
    # Modelled for SendEmail
    _row("TooManyRequestsException", _W, _QUOTA, _QUOTA_REMEDY, says="Daily message quota exceeded", after=_LATER),
    _row("TooManyRequestsException", _W, _RATE, _RATE_REMEDY, after=_SOON),
    _row("LimitExceededException", _W, "a limit of the account is reached", _QUOTA_REMEDY, after=_LATER),
    _row(
        "SendingPausedException", _W, "sending is paused", "resume it for the account or the configuration set, then run again"
    ),
    _row("AccountSuspendedException", _F, "AWS has closed the account to sending", "talk to AWS support"),
    _row(
        "MessageRejected",
        _F,
        "the sender, or in the sandbox the reader, is not a verified identity",
        "verify the sender's domain in this region",
        says=NOT_VERIFIED,
    ),
    _row("MessageRejected", _F, "SES does not take what the message holds", "see what is attached, then run again"),
    _row(
        "MailFromDomainNotVerifiedException",
        _F,
        "the sender's MAIL FROM domain is not verified",
        "mend its MX and SPF records, or let SES fall back to its own",
    ),
    _row(
        "NotFoundException",
        _F,
        "the configuration set is not there",
        "make it in this region, or correct `configuration_set`",
    ),
    _row("BadRequestException", _F, _FORM, _FORM_REMEDY),
    # Common to all services of AWS
    _row("ThrottlingException", _W, _QUOTA, _QUOTA_REMEDY, says="Daily message quota exceeded", after=_LATER),
    _row("ThrottlingException", _W, _RATE, _RATE_REMEDY, after=_SOON),
    _row("Throttling", _W, _QUOTA, _QUOTA_REMEDY, says="Daily message quota exceeded", after=_LATER),
    _row("Throttling", _W, _RATE, _RATE_REMEDY, after=_SOON),
    _row("ExpiredTokenException", _W, "the credentials have expired", "renew them; a role renews its own"),
    _row("ExpiredToken", _W, "the credentials have expired", "renew them; a role renews its own"),
    _row("RequestExpired", _W, _STALE, _STALE_REMEDY),
    _row("InvalidSignatureException", _W, _STALE, _STALE_REMEDY, says="Signature expired"),
    _row("InvalidSignatureException", _F, "the secret key is wrong, or this machine's clock is", f"{_CLOCK}, or see the key"),
    _row("SignatureDoesNotMatch", _W, _STALE, _STALE_REMEDY, says="Signature expired"),
    _row("SignatureDoesNotMatch", _F, "the secret key is wrong, or this machine's clock is", f"{_CLOCK}, or see the key"),
    _row("IncompleteSignature", _F, "the request is not signed as it should be", "see whether a proxy changes it"),
    _row("UnrecognizedClientException", _F, _KEY, _KEY_REMEDY),
    _row("InvalidClientTokenId", _F, _KEY, _KEY_REMEDY),
    _row("MissingAuthenticationTokenException", _F, _KEY, _KEY_REMEDY),
    _row("AccessDeniedException", _F, _DENIED, _ASK),
    _row("AccessDenied", _F, _DENIED, _ASK),
    _row("NotAuthorized", _F, _DENIED, _ASK),
    _row("OptInRequired", _F, "the account has not signed up for SES", "sign up for it in this region"),
    _row("ValidationException", _F, _FORM, _FORM_REMEDY),
    _row("ValidationError", _F, _FORM, _FORM_REMEDY),
    _row("RequestEntityTooLargeException", _F, "the message is too large", "attach less and link to the archive"),
    _row("InternalFailure", _U, "SES failed while it had the message", NOBODY_KNOWS),
    _row("InternalServiceErrorException", _U, "SES failed while it had the message", NOBODY_KNOWS),
    _row("ServiceUnavailable", _U, "SES failed while it had the message", NOBODY_KNOWS),
    _row("RequestAbortedException", _U, "the connection broke while SES had the message", NOBODY_KNOWS),
    _row("RequestTimeoutException", _U, "the connection broke while SES had the message", NOBODY_KNOWS),
    # The SDK's own, before the message went anywhere
    *_local(
        "NoCredentialsError PartialCredentialsError", _F, "there are no credentials for AWS", "see how AWS credentials are set"
    ),
    *_local(
        "ProfileNotFound ConfigParseError ConfigNotFound", _F, "AWS's settings cannot be read", "see AWS_PROFILE and ~/.aws"
    ),
    *_local(
        "CredentialRetrievalError MetadataRetrievalError", _W, "the credentials cannot be fetched", "see where they come from"
    ),
    *_local("UnauthorizedSSOTokenError SSOTokenLoadError TokenRetrievalError", _F, "the sign-in has expired", "sign in again"),
    *_local("NoRegionError", _F, "no region is set", "set AWS_REGION"),
    *_local("InvalidRegionError UnknownRegionError", _F, "the region is none", "correct AWS_REGION"),
    *_local("ParamValidationError", _F, _FORM, _FORM_REMEDY),
    *_local("EndpointConnectionError ConnectTimeoutError", _W, "SES cannot be reached", "see the network and the region"),
    *_local("ProxyConnectionError", _W, "the proxy on the way to SES does not answer", "see HTTPS_PROXY"),
    *_local(
        "SSLError", _W, "the connection to SES is not safe, and nothing was sent over it", "see AWS_CA_BUNDLE and any proxy"
    ),
)
_LOST = Answer("", _U, "SES did not answer after it had the message", NOBODY_KNOWS)
_UNLISTED = Answer("", _U, "SES's answer is none that we know", NOBODY_KNOWS)
_NEVER_LEFT = Answer("", _W, "the message did not get as far as SES", "see the network, then run again")


def judge(fault: Fault, *, handed_over: bool) -> Answer:
    """What a failed call means for its message; `handed_over` is whether the whole of it was given to the network."""
    row = next((row for row in ANSWERS if row.code == fault.code and row.says.lower() in fault.message.lower()), None)
    if not handed_over:
        return row if row is not None and row.outcome is not _U else _NEVER_LEFT
    if not fault.answered:
        return _LOST
    if fault.status >= _SERVER_ERROR:
        return row if row is not None and row.outcome is _U else _UNLISTED
    return row if row is not None and not row.is_local else _UNLISTED


def code_of(fault: Fault) -> str:
    """The code as a problem may show it: whatever stood in its place on the wire is not repeated."""
    return fault.code if re.fullmatch(r"[A-Za-z]{1,60}", fault.code) else f"status {fault.status}"
