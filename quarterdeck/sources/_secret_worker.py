"""The process that sees secrets: texts in, rules and fingerprints out. It is started by `_secret_scanner`, and by nobody else.

It reads a key, then text after text, and answers each with one line of JSON: the rule, the line and the fingerprint of every
secret. A value leaves it in no form: it goes into no file (not even into one of a crash), no message and no exception. The
detection engine is compiled code that somebody else wrote; what it does wrong ends here and not in a run.
"""

from __future__ import annotations

import json
import math
import os
import re
import resource
import struct
import sys
from collections import Counter
from typing import BinaryIO

from quarterdeck.fingerprints import fingerprint

# A comment of this kind would keep a finding silent: whoever committed the secret does not decide that.
_MARKERS = re.compile(r"(?:betterleaks|gitleaks):allow")
_GENERIC = "generic-"  # rules that go by the name of a variable; they take words for secrets
_WEAKEST = 3.2  # bits a character; less is a word or a sequence
_SHORTEST = 12
_NO_SECRET = re.compile(r"[(){}<>\[\]$\s]|example|test|dummy|sample|changeme|placeholder|your", re.IGNORECASE)
_PUBLIC = ("pk_test_", "pk_live_")
_UUID = re.compile(r"[0-9a-f]{4,}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def looks_random(value: str) -> bool:
    """Whether a value may be a generated secret, and is neither a word, a placeholder, a name nor an id."""
    if len(value) < _SHORTEST or value.startswith(_PUBLIC) or _NO_SECRET.search(value) or _UUID.fullmatch(value):
        return False
    if not (re.search(r"[0-9]", value) and re.search(r"[A-Za-z]", value)):
        return False
    shares = [count / len(value) for count in Counter(value).values()]
    return -sum(share * math.log2(share) for share in shares) >= _WEAKEST


def find(text: str, key: bytes) -> list[tuple[str, int, str]]:
    """(rule, line, fingerprint) of each secret in a text; one that two rules see has the more telling rule."""
    import betterleaks

    found: dict[tuple[int, str], str] = {}
    cleared = _MARKERS.sub("-", text.replace("\0", " "))
    for finding in betterleaks.scan_string(cleared):
        rule, value = finding.rule_id, finding.match.value
        if rule.startswith(_GENERIC) and not looks_random(value):
            continue
        place = (finding.location.start_line, fingerprint(key, value))
        if place not in found or found[place].startswith(_GENERIC):
            found[place] = rule
    return sorted((rule, line, name) for (line, name), rule in found.items())


def main(read: BinaryIO, write: BinaryIO) -> None:
    """Answer until the texts end. An answer of `null` says that the engine could not read this text."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    key = _frame(read)
    while (data := _frame(read)) is not None:
        answer = None
        try:
            answer = find(data.decode("utf-8", "replace"), key or b"")
        except Exception:  # noqa: BLE001 - what an engine raises may hold the text
            answer = None
        write.write(json.dumps(answer).encode() + b"\n")
        write.flush()


def _frame(read: BinaryIO) -> bytes | None:
    head = read.read(4)
    return read.read(*struct.unpack(">I", head)) if len(head) == 4 else None


if __name__ == "__main__":
    sys.excepthook = lambda *_: None  # a traceback shows what the lines hold
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what an engine prints is no answer
    main(sys.stdin.buffer, answers)
