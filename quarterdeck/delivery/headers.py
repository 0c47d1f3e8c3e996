"""Mail headers as bytes, written here to the letter: what goes in is what a reader sees, or it is refused.

The standard library's writers fold addresses and encoded words in ways that have lost commas and let line ends through;
a report must not reach anybody else because of a name.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from quarterdeck.addresses import Address, parse_address, refuse_unprintable
from quarterdeck.errors import ConfigError, DeliveryError

MAX_VALUE = 995  # characters of one header; a line of a mail may have 998 bytes
_FOLD = 76
_CHUNK = 39  # bytes of UTF-8 in an encoded word: 52 of base64 and 12 around them leave room for the header's name
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>", re.ASCII)
_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,200}", re.ASCII)
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]*", re.ASCII)


def text(name: str, value: str) -> str:
    """A header of free text, as Subject."""
    clean = " ".join(_printable(value, name).split())
    if not clean:
        raise DeliveryError(f"{name} is empty")
    words = clean.split(" ")
    if clean.isascii() and "=?" not in clean and all(len(word) < _FOLD for word in words):
        return "\r\n ".join(_folded(f"{name}: {words[0]}", words[1:]))
    return f"{name}: " + "\r\n ".join(_encoded_words(clean))


def addresses(name: str, listed: Iterable[Address]) -> str:
    """A header of addresses, one a line."""
    return f"{name}: " + ",\r\n ".join(_mailbox(address, name) for address in listed)


def message_id(name: str, value: str) -> str:
    """A header that holds the id of a message."""
    if not _MESSAGE_ID.fullmatch(value) or len(value) > MAX_VALUE:
        raise DeliveryError(f"{name} {value[:80]!r} is not the id of a message")
    return f"{name}: {value}"


def token(name: str, value: str) -> str:
    """A header that holds one plain word of ours."""
    if not _TOKEN.fullmatch(value):
        raise DeliveryError(f"{name} {value[:80]!r} is not a plain word")
    return f"{name}: {value}"


def unsubscribe(address: Address, subject: str) -> str:
    """List-Unsubscribe: mail programs offer to write to that address, with that subject, for whoever wants no more."""
    local, _, domain = checked(address, "List-Unsubscribe").spec.rpartition("@")
    return f"List-Unsubscribe: <mailto:{quote(local, safe='')}@{domain}?subject={quote(subject, safe='')}>"


def disposition(file_name: str, *, inline: bool = False) -> str:
    """Content-Disposition of an attachment, or of a part that is shown within the message."""
    clean = _printable(file_name, "the name of an attachment")
    if not clean or "/" in clean or "\\" in clean or clean.startswith("."):
        raise DeliveryError(f"{file_name!r} is not the name of a file")
    kind = "inline" if inline else "attachment"
    if _FILE_NAME.fullmatch(clean) and len(clean) < _FOLD - 12:
        return f'Content-Disposition: {kind};\r\n filename="{clean}"'
    return f"Content-Disposition: {kind};\r\n filename*=utf-8''{quote(clean, safe='')}"


def checked(address: Address, name: str) -> Address:
    """The address, after making sure that a mail can carry it as it is."""
    try:
        same = parse_address(str(address)) == address
    except ConfigError as error:
        raise DeliveryError(f"{name}: {error.problem.what}", remedy=error.problem.remedy) from error
    if not same:
        raise DeliveryError(f"{name}: {str(address)!r} is not one address")
    return address


def _mailbox(address: Address, header: str) -> str:
    name, spec = checked(address, header).name, f"<{address.spec}>"
    if not name:
        return address.spec
    if not name.isascii() or "=?" in name:
        return "\r\n ".join((*_encoded_words(name), spec))
    return f"{name} {spec}" if _PHRASE.fullmatch(name) else f'"{name}" {spec}'  # a name holds neither quote nor backslash


def _encoded_words(value: str) -> Iterator[str]:
    """RFC 2047 words, none of which cuts a character in two."""
    chunk = b""
    for character in value:
        encoded = character.encode()
        if len(chunk) + len(encoded) > _CHUNK:
            yield _encoded_word(chunk)
            chunk = b""
        chunk += encoded
    yield _encoded_word(chunk)


def _encoded_word(chunk: bytes) -> str:
    return f"=?utf-8?b?{base64.b64encode(chunk).decode()}?="


def _folded(line: str, words: Iterable[str]) -> Iterator[str]:
    """Lines of at most 76 characters, broken at spaces."""
    for word in words:
        if len(line) + 1 + len(word) > _FOLD:
            yield line
            line = word
        else:
            line = f"{line} {word}"
    yield line


def _printable(value: str, what: str) -> str:
    try:
        refuse_unprintable(value, what)
    except ConfigError as error:
        raise DeliveryError(error.problem.what, remedy=error.problem.remedy) from error
    if len(value) > MAX_VALUE:
        raise DeliveryError(f"{what} has {len(value)} characters, more than {MAX_VALUE}", remedy="shorten it")
    return value
