"""A store in an S3 bucket: an object per key, under a prefix.

S3 itself makes a write whole or not at all. Every object goes with its sha256, which S3 holds against what arrived and
which is held against the bytes again when they are read, so nothing cut short or spoilt on the way is taken for whole.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, TypeVar

from quarterdeck.aws import Aws, Fault, fault_of
from quarterdeck.errors import MissingKeyError, StorageError
from quarterdeck.storage.kept import Kept
from quarterdeck.storage.keys import check_key, check_prefix, is_key
from quarterdeck.storage.s3_faults import is_passing, storage_error

T = TypeVar("T")
Row = Mapping[str, Any]
Rows = list[Row]  # the store's own `list` hides the word within its class

_TYPES = {
    "html": "text/html; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "png": "image/png",
    "parquet": "application/vnd.apache.parquet",
}
_FOR_GOOD = "private, max-age=31536000, immutable"  # what is filed never changes; reports are for no shared cache
_ASK_AGAIN = "private, no-cache"  # a page may be written anew at any time
_TOKEN = "put"  # noqa: S105 - the name of the metadata by which a put knows its own object again
_READS = 3
_CONFLICTS = 6
_PAUSE = 0.02  # seconds before the second try of a put that met another, doubled for each one after
_WORKERS = 8
_MOST_KEPT = 64 << 20  # bytes of what never changes, kept in memory


class S3Store:
    """The objects of a bucket under a prefix. Nothing is asked of AWS before the first use.

    What `put_new` stored never changes, and is kept in memory for a while once it was stored or read.

    With `kms_key` every object is encrypted with that key; else as the bucket has it. No object has an ACL.
    """

    def __init__(self, aws: Aws, bucket: str, prefix: str = "", kms_key: str | None = None) -> None:
        self.aws = aws
        self.bucket = bucket
        self.kms_key = kms_key
        self._kept: Kept[bytes] = Kept(_MOST_KEPT, len)
        self._prefix = "".join(f"{part}/" for part in check_key(prefix)) if prefix else ""

    @classmethod
    def at(cls, aws: Aws, uri: str, kms_key: str | None = None) -> S3Store:
        """The store of an address, s3://bucket/prefix."""
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        return cls(aws, bucket, prefix, kms_key)

    def locate(self, key: str) -> str:
        check_key(key)
        return f"s3://{self.bucket}/{self._prefix}{key}"

    def reach(self) -> str:
        """Ask for one name of the listing. Whether it may be written, only writing shows, and nothing here could be removed."""
        asked = {"Bucket": self.bucket, "Prefix": self._prefix, "MaxKeys": 1}
        self._call("ListObjectsV2", "", lambda: self._client.list_objects_v2(**asked))
        return "can be listed"

    def signed(self, key: str, lifetime: timedelta) -> str | None:
        params, seconds = self._object(key), int(lifetime.total_seconds())
        sign = self._client.generate_presigned_url
        url: str = self._call("GetObject", key, lambda: sign("get_object", Params=params, ExpiresIn=seconds))
        return url

    def get(self, key: str) -> bytes:
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        data, is_for_good = self._whole(key, "GetObject")
        if is_for_good:
            self._kept.keep(key, data)
        return data

    def get_version(self, key: str, version: str) -> bytes:
        """The bytes of one version of a key, whatever was stored over it or deleted since."""
        return self._whole(key, "GetObjectVersion", VersionId=version)[0]

    def exists(self, key: str) -> bool:
        return self._kept.get(key) is not None or self._head(key) is not None

    def put_new(self, key: str, data: bytes, *, locked_until: datetime | None = None) -> bool:
        """As the protocol has it; with `locked_until`, nobody can delete or replace the object before that moment.

        The SDK tries again where an answer was lost, and then fails on its own object. So each put marks its object, and
        one that was tried more than once looks whether the object that stands there is its own.
        """
        mark = secrets.token_hex(16)
        lock = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": locked_until} if locked_until else {}
        ask = {"IfNoneMatch": "*", "Metadata": {_TOKEN: mark}, "CacheControl": _FOR_GOOD, **lock}
        tries, may_be_ours = 0, False
        while True:
            tries += 1
            try:
                self._client.put_object(**self._content(key, data), **ask)
            except Exception as error:
                fault = _known(error)
                may_be_ours = may_be_ours or fault.retries > 0
                if fault.status == 412:
                    return may_be_ours and self._mark_of(key) == mark
                if fault.status != 409 or tries == _CONFLICTS:  # 409: others store under the same key right now
                    raise self._error(fault, "PutObject", key) from error
                time.sleep(_PAUSE * 2**tries)
            else:
                self._kept.keep(key, data)
                return True

    def put_new_all(self, files: Mapping[str, bytes]) -> None:
        self._each(self.put_new, files)

    def put(self, key: str, data: bytes) -> None:
        self._kept.forget(key)
        self._call("PutObject", key, lambda: self._client.put_object(**self._content(key, data), CacheControl=_ASK_AGAIN))

    def put_all(self, files: Mapping[str, bytes]) -> None:
        self._each(self.put, files)

    def list(self, prefix: str = "") -> tuple[str, ...]:
        """All keys that begin with a prefix, sorted; what others have put there under names that are no keys is left out."""
        found = self._pages("list_objects_v2", "ListObjectsV2", prefix, "Contents")
        keys = (row["Key"].removeprefix(self._prefix) for row in found)
        return tuple(sorted(key for key in keys if is_key(key)))

    def versions(self, prefix: str = "") -> dict[str, tuple[str, ...]]:
        """The ids of all versions of the keys that begin with a prefix, oldest first, deleted and replaced ones too."""
        found: dict[str, list[str]] = {}
        for row in self._pages("list_object_versions", "ListObjectVersions", prefix, "Versions"):
            found.setdefault(row["Key"].removeprefix(self._prefix), []).append(row["VersionId"])
        return {key: tuple(reversed(found[key])) for key in sorted(found) if is_key(key)}  # S3 lists the newest first

    @property
    def _client(self) -> Any:
        return self.aws.client("s3")

    def _each(self, put: Callable[[str, bytes], object], files: Mapping[str, bytes]) -> None:
        """Store files side by side; the first that fails ends it, and those that wait are not begun."""
        for key in files:
            check_key(key)
        with ThreadPoolExecutor(_WORKERS, "s3-put") as pool:
            try:
                for _ in pool.map(put, files.keys(), files.values()):
                    pass
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _object(self, key: str) -> dict[str, Any]:
        check_key(key)
        return {"Bucket": self.bucket, "Key": f"{self._prefix}{key}"}

    def _content(self, key: str, data: bytes) -> dict[str, Any]:
        """What every put says of an object."""
        kms = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.kms_key, "BucketKeyEnabled": True}
        return {
            **self._object(key),
            "Body": data,
            "ChecksumAlgorithm": "SHA256",
            "ChecksumSHA256": _sha256(data),
            "ContentType": _TYPES.get(key.rpartition(".")[2], "application/octet-stream"),
            **(kms if self.kms_key else {}),
        }

    def _whole(self, key: str, operation: str, **more: str) -> tuple[bytes, bool]:
        """The bytes of an object, and whether it was stored for good.

        Once an answer has begun the SDK tries no more, so a body that breaks is asked for anew.
        """
        tries = 0
        while True:
            tries += 1
            try:
                answer = self._client.get_object(**self._object(key), ChecksumMode="ENABLED", **more)
                data = self._checked(key, answer, answer["Body"].read())
                return data, answer.get("CacheControl") == _FOR_GOOD
            except Exception as error:
                fault = _known(error)
                if fault.code in ("NoSuchKey", "NoSuchVersion"):
                    raise MissingKeyError(f"there is nothing under {key}", evidence={"path": self.locate(key)}) from error
                if fault.answered or not is_passing(fault) or tries == _READS:
                    raise self._error(fault, operation, key) from error

    def _checked(self, key: str, answer: Row, data: bytes) -> bytes:
        told = answer.get("ChecksumSHA256", "")
        if len(data) != answer["ContentLength"] or (told and "-" not in told and told != _sha256(data)):
            raise StorageError(
                f"{self.locate(key)} is not what was stored: its bytes do not have its sha256",
                remedy="run it again; where it stays so, restore the object's version before",
                permanent=False,
            )
        return data

    def _head(self, key: str) -> Row | None:
        try:
            found: Row = self._client.head_object(**self._object(key))
        except Exception as error:
            fault = _known(error)
            if fault.status == 404:
                return None
            raise self._error(fault, "HeadObject", key) from error
        return found

    def _mark_of(self, key: str) -> str | None:
        head = self._head(key)
        mark: str | None = head["Metadata"].get(_TOKEN) if head else None
        return mark

    def _pages(self, method: str, operation: str, prefix: str, rows: str) -> Rows:
        """The rows of all pages of a listing."""
        full = f"{self._prefix}{check_prefix(prefix)}"
        pages = self._client.get_paginator(method).paginate(Bucket=self.bucket, Prefix=full)
        return self._call(operation, prefix, lambda: [row for page in pages for row in page.get(rows, ())])

    def _call(self, operation: str, key: str, do: Callable[[], T]) -> T:
        try:
            return do()
        except Exception as error:
            raise self._error(_known(error), operation, key) from error

    def _error(self, fault: Fault, operation: str, key: str) -> StorageError:
        return storage_error(fault, operation, f"s3://{self.bucket}/{self._prefix}{key}", self.kms_key)


def _known(error: Exception) -> Fault:
    """What the SDK says went wrong; an exception that is not the SDK's goes on its way."""
    fault = fault_of(error)
    if fault is None:
        raise error
    return fault


def _sha256(data: bytes) -> str:
    return b64encode(hashlib.sha256(data).digest()).decode()
