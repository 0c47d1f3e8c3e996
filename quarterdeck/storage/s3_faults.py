"""What went wrong in S3, as a StorageError that says what to do: which permission is missing, or that it passes."""

from __future__ import annotations

from quarterdeck.aws import Fault
from quarterdeck.errors import StorageError

_MESSAGE = 300
_BUSY = frozenset({408, 409, 429})
_CREDENTIALS = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",
        "InvalidToken",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
        "CredentialRetrievalError",
        "NoCredentialsError",
        "PartialCredentialsError",
        "ProfileNotFound",
        "SSOTokenLoadError",
        "TokenRetrievalError",
        "UnauthorizedSSOTokenError",
    }
)
_UNSENT = frozenset({"ParamValidationError", "NoRegionError", "InvalidRegionError", "InvalidEndpointConfigurationError"})
_READ = "{name}: s3:GetObject; on the bucket: s3:ListBucket, without which what is not there looks forbidden"
_NEEDS = {
    "PutObject": "{name}: s3:PutObject",
    "GetObject": _READ,
    "HeadObject": _READ,
    "ListObjectsV2": "the bucket: s3:ListBucket",
    "ListObjectVersions": "the bucket: s3:ListBucketVersions",
    "GetObjectVersion": "{name}: s3:GetObjectVersion",
}
_KMS = {"PutObject": "kms:GenerateDataKey", "GetObject": "kms:Decrypt", "GetObjectVersion": "kms:Decrypt"}
_SETTINGS = {  # by what an answer has in it, blanks left out
    "NoSuchBucket": "make the bucket, or mend its name under `storage`",
    "KMS.": "see that storage.kms_key names a key of the bucket's region that is enabled",
    "ObjectLock": "make the bucket with Object Lock, or set storage.anchor_days to 0",
}


def storage_error(fault: Fault, operation: str, name: str, kms_key: str | None) -> StorageError:
    """The error of an operation on `name`, an s3:// address; passing where another try may do better."""
    told = " ".join(fault.message.split())[:_MESSAGE]
    return StorageError(
        f"{name}: {operation} failed with {fault.code}" + (f": {told}" if told and told != fault.code else ""),
        remedy=_remedy(fault, operation, name, kms_key),
        permanent=not is_passing(fault),
        evidence={"operation": operation, "code": fault.code, "status": str(fault.status)},
    )


def is_passing(fault: Fault) -> bool:
    """Whether the same call may go well a moment later: S3 was busy or broken, or the way there was."""
    if fault.code in _CREDENTIALS | _UNSENT:
        return False
    return not fault.answered or fault.status >= 500 or fault.status in _BUSY


def _remedy(fault: Fault, operation: str, name: str, kms_key: str | None) -> str:
    if fault.code in _CREDENTIALS:
        return "renew the AWS credentials of this process and run again"
    if fault.status == 403:
        allow = f"allow this process on {_NEEDS.get(operation, name).format(name=name)}"
        needs_key = operation in _KMS and (kms_key or "kms" in fault.message.lower())
        return allow + (f"; on the key: {_KMS[operation]}" if needs_key else "")
    if is_passing(fault):
        return "run it again"
    told = f"{fault.code} {fault.message}".replace(" ", "")
    return next((remedy for sign, remedy in _SETTINGS.items() if sign in told), "see what S3 says, and the bucket's settings")
