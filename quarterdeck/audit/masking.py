"""What stands for an address: its digest in the events, and in the tables once it was forgotten.

The digest is salted per trail, so that no two trails can be compared. A marker holds the digest, and its own digest is
that one: a table whose address became a marker still says what the trail says.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable

Masked = Callable[[str], str]  # an address to its digest
_PREFIX = "forgotten:"
_MARKER = re.compile(rf"{_PREFIX}([0-9a-f]{{64}})")
_READER, _ANYBODY = "(the reader)", "(an address)"  # what stands in prose where an address was
_WORD = r"[^\s<>()\[\],;:\"'@]"
_ADDRESS = re.compile(rf"{_WORD}{{1,254}}@{_WORD}{{0,253}}\w")  # bounded, as others write the text


def masked(salt: str, address: str) -> str:
    """The digest of an address; upper and lower case make no other. That of a marker is the one that it holds."""
    return digest_in(address) or hashlib.sha256(f"{salt}\0{address.lower()}".encode(errors="surrogatepass")).hexdigest()


def marker(digest: str) -> str:
    """What is put in the place of a forgotten address."""
    return _PREFIX + digest


def digest_in(text: str) -> str:
    """The digest that a marker holds, or nothing where the text is none."""
    found = text.startswith(_PREFIX) and _MARKER.fullmatch(text)
    return found[1] if found else ""


def without(addresses: Iterable[str], text: str) -> str:
    """Text of others as the trail may keep it: valid, without the addresses that servers like to quote."""
    text = text.encode(errors="replace").decode().replace("\0", " ")
    for address in sorted(filter(str.strip, addresses), key=len, reverse=True):
        text = re.sub(re.escape(address), _READER, text, flags=re.IGNORECASE)
    return text


def nameless(reader: str, text: str) -> str:
    """Text of others without any address: a refusal may quote one that the reader's mail was passed on to."""
    return _ADDRESS.sub(_ANYBODY, without([reader], text))
