"""Heads of the chains, kept outside the store: here in a file of JSON lines that is only ever added to.

Beside the database it shows what was cut off or written anew by whoever can write the one and not the other; on another
machine or under an object lock it shows it of anybody.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from quarterdeck import codec
from quarterdeck.audit.records import instant, stamp
from quarterdeck.errors import AuditError

Head = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Anchor:
    """The heads (seq, hash) of all chains at one moment."""

    at: datetime
    heads: Mapping[str, Head]


class Anchors(Protocol):
    """A place for anchors. What it holds is never changed; AuditError where it cannot be read or written."""

    def read(self) -> Sequence[Anchor]:
        """All anchors, oldest first; one may be fetched only when it is asked for."""
        ...

    def append(self, anchor: Anchor) -> None:
        """Add an anchor for good."""
        ...


def encode(anchor: Anchor) -> bytes:
    """An anchor as a line of canonical JSON."""
    heads = {name: list(head) for name, head in anchor.heads.items()}
    return (codec.canonical({"at": stamp(anchor.at), "heads": heads}) + "\n").encode()


def decode(line: bytes, place: str) -> Anchor:
    """The anchor of a line; AuditError, which names the place, where it is none."""
    try:
        document = json.loads(line)
        heads = {str(name): (int(seq), str(hash)) for name, (seq, hash) in document["heads"].items()}
        return Anchor(instant(document["at"]), heads)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise AuditError(f"{place} is no anchor: {error!r}") from error


class AnchorFile:
    """Anchors in a file, one a line. A last line that a crash cut short was never an anchor."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, anchor: Anchor) -> None:
        """Add an anchor for good."""
        try:
            whole = len(self._whole_lines())
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                if file.tell() > whole:
                    file.truncate(whole)
                file.write(encode(anchor))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise AuditError(f"{self.path} cannot be written: {error}", permanent=False) from error

    def read(self) -> tuple[Anchor, ...]:
        """All anchors, oldest first; AuditError where a line is none."""
        lines = self._whole_lines().splitlines()
        return tuple(decode(line, f"{self.path}:{number}") for number, line in enumerate(lines, start=1))

    def _whole_lines(self) -> bytes:
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise AuditError(f"{self.path} cannot be read: {error}", permanent=False) from error
        return data[: data.rfind(b"\n") + 1]
