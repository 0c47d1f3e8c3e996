"""The stores under test, each as any process opens it, and the bucket that S3's is in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from quarterdeck.aws import Aws
from quarterdeck.storage import LocalStore, S3Store, Store
from tests.emulator import Emulator

BUCKET = "reports-of-ours"
PREFIX = "kept/here"


@dataclass(frozen=True)
class Opening:
    """A kind of store over one place; each call gives it as another process has it, with connections of its own.

    `here` is the one for the test's own process.
    """

    open: Callable[[], Store]
    here: Callable[[], Store]

    def __call__(self) -> Store:
        return self.open()


def local(folder: Path) -> Opening:
    return Opening(lambda: LocalStore(folder / "store"), lambda: LocalStore(folder / "store"))


def on_s3(emulator: Emulator) -> Opening:
    """A store in a bucket that others use too: none of theirs is a key of ours."""
    client = shared(emulator).client("s3")
    client.create_bucket(Bucket=BUCKET)
    for name in ("a/b", "kept/hereafter/a", "kept/here.txt", f"{PREFIX}/", f"{PREFIX}/folder/", f"{PREFIX}/..hidden/x"):
        client.put_object(Bucket=BUCKET, Key=name, Body=b"others'")
    return Opening(lambda: S3Store(emulator.aws(), BUCKET, PREFIX), lambda: S3Store(shared(emulator), BUCKET, PREFIX))


@cache
def shared(emulator: Emulator) -> Aws:
    """AWS on an emulator, for tests that stay in their process: making a client takes longer than most of them."""
    return emulator.aws()
