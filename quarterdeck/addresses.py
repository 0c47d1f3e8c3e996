"""E-mail addresses: one strict reading of one address, for the configuration and for the mails themselves.

What is not plainly one address is refused, never guessed at: the lenient readers of the world disagree about two
addresses in one field, comments and quoted local parts, and that is how mail reaches somebody else.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import idna

from quarterdeck.errors import ConfigError

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*", re.ASCII)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_FORM = re.compile(r"(?P<name>[^<>]*)<(?P<spec>[^<>]*)>")
_QUOTED = re.compile(r'"(?P<inside>[^"\\]*)"')
_OUTSIDE_QUOTES = frozenset('@,;:<>()[]\\"')
_BIDI = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))  # they turn the direction of what follows
_REMEDY = "write one address, as name@example.com or Name <name@example.com>"
_MAX_LOCAL, _MAX_SPEC, _MAX_NAME = 64, 254, 200


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """One address: `spec` is local@domain, the domain in lower case and punycode; `name` is for display only."""

    spec: str
    name: str = ""

    @property
    def domain(self) -> str:
        return self.spec.rpartition("@")[2]

    def __str__(self) -> str:
        """The text that `parse_address` reads back as this address."""
        if not self.name:
            return self.spec
        return f'"{self.name}" <{self.spec}>' if _OUTSIDE_QUOTES & set(self.name) else f"{self.name} <{self.spec}>"


def parse_address(text: str) -> Address:
    """The address of a text, or ConfigError."""
    refuse_unprintable(text, "an address")
    stripped = text.strip(" ")
    match = _FORM.fullmatch(stripped)
    if match is None:
        return Address(_spec(stripped))
    return Address(_spec(match["spec"].strip(" ")), _name(match["name"].strip(" ")))


def masked(reader: str) -> str:
    """A reader as a page may name one: `a***@example.com`; of what is no address, the first character."""
    local, at, domain = reader.rpartition("@")
    return f"{local[:1]}***@{domain}" if at else f"{reader[:1]}***"


def refuse_unprintable(text: str, what: str) -> None:
    """Raise ConfigError on line ends of every kind, NUL and other controls, lone surrogates, and turned direction."""
    for place, character in enumerate(text, start=1):
        if unicodedata.category(character) in {"Cc", "Zl", "Zp", "Cs"} or character in _BIDI:
            raise ConfigError(f"{what} may not hold U+{ord(character):04X} (character {place})", remedy="remove it")


def _name(text: str) -> str:
    quoted = _QUOTED.fullmatch(text)
    name = unicodedata.normalize("NFC", quoted["inside"].strip(" ") if quoted else text)
    if not quoted and _OUTSIDE_QUOTES & set(name):
        raise ConfigError(
            f"{text!r} is no name to show with an address", remedy='put it in quotes: "Doe, Jane" <jane@example.com>'
        )
    if quoted and "@" in name:
        raise ConfigError(f"{text!r} looks like an address but is only shown", remedy=_REMEDY)
    if len(name) > _MAX_NAME:
        raise ConfigError(f"the name {name[:40]!r}... is longer than {_MAX_NAME} characters", remedy="shorten it")
    return name


def _spec(text: str) -> str:
    local, at, domain = text.rpartition("@")
    if not at:
        raise ConfigError(f"{text!r} is not an address", remedy=_REMEDY)
    if not local.isascii():
        raise ConfigError(f"{text!r}: the part before the @ may only hold ASCII", remedy="mail services refuse others")
    if not _LOCAL.fullmatch(local) or len(local) > _MAX_LOCAL:
        raise ConfigError(f"{text!r} is not one address", remedy=_REMEDY)
    spec = f"{local}@{_domain(domain, text)}"
    if len(spec) > _MAX_SPEC:
        raise ConfigError(f"{text[:40]!r}... is longer than an address can be", remedy=_REMEDY)
    return spec


def _domain(text: str, whole: str) -> str:
    """The domain as it goes over the wire. IDNA 2008, for 2003 would send mail for straße to strasse."""
    domain = text.lower()
    if not domain.isascii():
        try:
            domain = idna.encode(text, uts46=True).decode()
        except (idna.IDNAError, UnicodeError) as error:
            raise ConfigError(f"{whole!r}: {text!r} is not a domain", remedy=_REMEDY) from error
    labels = domain.split(".")
    if len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)) or labels[-1].isdigit():
        raise ConfigError(f"{whole!r}: {text!r} is not a domain", remedy=_REMEDY)
    return domain
