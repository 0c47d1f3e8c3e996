"""Who reads a report. Everybody gets a message of his own; To and Cc headers show the role's list, Bcc nobody sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from quarterdeck.addresses import Address


class Kind(StrEnum):
    """How a reader is named to the others."""

    TO = "to"
    CC = "cc"
    BCC = "bcc"


@dataclass(frozen=True, slots=True)
class Reader:
    """One reader of one report."""

    address: Address
    kind: Kind = Kind.TO

    @property
    def spec(self) -> str:
        """What tells this reader from others."""
        return self.address.spec


@dataclass(frozen=True, slots=True)
class Room:
    """A place where many read, as a channel of Slack or an endpoint of the settings: for a delivery one reader, by its name."""

    spec: str


def readers(to: Iterable[Address], cc: Iterable[Address] = (), bcc: Iterable[Address] = ()) -> tuple[Reader, ...]:
    """The readers of a role, each once: whoever stands on two lists is taken from the first of to, cc, bcc."""
    found: dict[str, Reader] = {}
    for kind, addresses in ((Kind.TO, to), (Kind.CC, cc), (Kind.BCC, bcc)):
        for address in addresses:
            found.setdefault(address.spec.lower(), Reader(address, kind))
    return tuple(found.values())


def shown(everybody: Iterable[Reader], kind: Kind) -> tuple[Address, ...]:
    """The addresses of one header."""
    return tuple(reader.address for reader in everybody if reader.kind is kind)
