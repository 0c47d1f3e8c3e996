"""What the sources that ask AWS share: whose account, in which regions, and what a refusal means.

    accounts:                       # else the account of the credentials alone
      - role: arn:aws:iam::111122223333:role/QuarterdeckReader
        external_id: from-the-trust-policy
    regions: [us-west-2, us-east-1] # else the region of the environment

An account is entered by assuming its role; an entry without a role is the account of the credentials themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, StringConstraints

from quarterdeck.aws import Aws, Fault, fault_of
from quarterdeck.errors import SourceError, Where
from quarterdeck.sources import Options
from quarterdeck.sources._files import Part

RoleArn = Annotated[str, StringConstraints(pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,512}$")]
Region = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$")]


class Account(Part):
    """One account to ask."""

    role: RoleArn | None = None
    external_id: Annotated[str, StringConstraints(min_length=2, max_length=1224)] | None = None


class AwsOptions(Options):
    """Base of the options of a source that asks AWS."""

    accounts: Annotated[tuple[Account, ...], Field(min_length=1, max_length=100)] = (Account(),)
    regions: Annotated[tuple[Region, ...], Field(max_length=40)] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """One account in one region, and how to ask it."""

    account: str
    region: str
    aws: Aws


def places(options: AwsOptions, aws: Aws) -> tuple[Place, ...]:
    """Every account in every region, in the order of the options; SourceError where an account cannot be entered."""
    if not (options.regions or aws.region):
        raise SourceError("no AWS region is named", remedy="set AWS_REGION, or `regions` on the source")
    regions = options.regions or (str(aws.region),)
    return tuple(place for account in options.accounts for place in _of_account(account, regions, aws))


def _of_account(account: Account, regions: tuple[str, ...], aws: Aws) -> list[Place]:
    own = aws.at(regions[0])
    entered = own.assumed(account.role, account.external_id) if account.role else own
    try:
        number = str(entered.client("sts").get_caller_identity()["Account"])
    except Exception as error:
        fault = fault_of(error)
        if fault is None:
            raise
        if own.endpoint is not None and fault.code in _NO_CREDENTIALS:
            raise error_of(fault, f"there are no credentials for {own.endpoint}", _EMULATED) from None
        where = account.role or "the account of the credentials"
        reason, remedy = denied(fault, "sts:AssumeRole" if account.role else "sts:GetCallerIdentity")
        raise error_of(fault, f"{where} cannot be entered: {reason}", remedy) from None
    return [Place(number, region, entered.at(region)) for region in regions]


_TOO_MANY = (
    "Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException", "RequestLimitExceeded",
    "ProvisionedThroughputExceededException", "LimitExceededException", "SlowDown", "BandwidthLimitExceeded",
)  # fmt: skip
_HERE = ("127.0.0.1", "localhost", "[::1]")
_EMULATED = "an emulator takes any AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; `quarterdeck demo --serve-aws` says which"
_START = "start it, and run this again; that of the example portfolio: `quarterdeck demo --serve-aws`"
_NO_CREDENTIALS = ("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "ProfileNotFound")
# What AWS says, in its services' many spellings: why it did not answer, and what to do.
_MEANINGS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        (
            "AccessDenied",
            "AccessDeniedException",
            "UnauthorizedOperation",
            "AuthorizationError",
            "NotAuthorized",
            "Forbidden",
            "403",
        ),
        "AWS denies {permission}",
        "allow {permission} to the role that Quarterdeck reads with",
    ),
    (
        ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired", "UnauthorizedSSOTokenError"),
        "the AWS credentials ended before {permission} was answered",
        "sign in again, or use a role that renews itself",
    ),
    (
        _NO_CREDENTIALS,
        "there are no AWS credentials for {permission}",
        "give the process a role, a profile or AWS_ACCESS_KEY_ID",
    ),
    (
        ("UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure", "OptInRequired"),
        "AWS knows no such credentials in this region ({permission})",
        "enable the region in the account, or leave it out of `regions`",
    ),
    (
        ("RequestTimeTooSkewed", "InvalidSignatureException", "SignatureDoesNotMatch"),
        "AWS refuses the signature of {permission}",
        "set this machine's clock, and check the secret key",
    ),
    (_TOO_MANY, "AWS throttled {permission} to the end of all tries", "run it again later, or raise the limit of the account"),
)


def denied(fault: Fault, permission: str) -> tuple[str, str]:
    """Why AWS did not answer a call and what to do about it; `permission` is the IAM action that the call takes."""
    for codes, reason, remedy in _MEANINGS:
        if fault.code in codes:
            return reason.format(permission=permission), remedy.format(permission=permission)
    if _is_emulator_gone(fault):
        return f"nothing answers {permission} where `aws.endpoint` has the emulator of AWS", _START
    if not fault.answered:
        return f"AWS did not answer {permission} ({fault.code})", "check the region, the endpoint and the network"
    return f"AWS refused {permission} ({fault.code})", "look the code up in the service's API reference"


def can_pass(fault: Fault) -> bool:
    """Whether the same call may be answered later with nothing changed."""
    if fault.answered:
        return fault.code in _TOO_MANY or fault.status >= 500
    return fault.code not in _NO_CREDENTIALS and not _is_emulator_gone(fault)


def _is_emulator_gone(fault: Fault) -> bool:
    """Whether nothing answers at an endpoint on this machine; no waiting mends that."""
    return fault.code == "EndpointConnectionError" and any(f"//{host}" in fault.message for host in _HERE)


def error_of(fault: Fault, what: str, remedy: str, where: Where | None = None) -> SourceError:
    """The error of a source that a fault leaves nothing to give."""
    return SourceError(what, where=where, remedy=remedy, permanent=not can_pass(fault), evidence={"code": fault.code})
