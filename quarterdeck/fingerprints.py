"""Names for secrets that lie where they should not: keyed, so that nobody guesses a value from its name.

A plain hash of a weak password is as good as the password: millions of guesses a second find it. These names are made with
a key that stays on this machine (`QUARTERDECK_HMAC_KEY`, else a file of the home folder that its owner alone may read) and
with the tenant's id, so that the same value has the same name in every report of a tenant, and another in another's.
"""

from __future__ import annotations

import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from quarterdeck.errors import ConfigError, Where

KEY_FILE = "hmac.key"
SHOWN = 12  # hexadecimal digits of a fingerprint: 48 bits tell any two secrets of a tenant apart
_LEAST = 16  # characters of a key
_WITH = "set QUARTERDECK_HMAC_KEY to 32 random characters or more"


class Fingerprints:
    """Fingerprints with the key that was given, else with the one in a file, which is made where there is none."""

    __slots__ = ("_file", "_given")

    def __init__(self, given: str | None = None, file: Path | None = None) -> None:
        self._given = given
        self._file = file

    def of(self, tenant: str, value: str | bytes) -> str:
        """The fingerprint of a value; ConfigError where there is no key."""
        return fingerprint(self.key(tenant), value)

    def key(self, tenant: str) -> bytes:
        """The key of one tenant's fingerprints; ConfigError where there is none. For whoever makes them in another process."""
        return hmac.digest(self._key(), b"fingerprints of " + tenant.encode(), "sha256")

    def _key(self) -> bytes:
        if self._given:
            return _long_enough(self._given, None)
        if self._file is None:
            raise ConfigError("there is no key for fingerprints of secrets", remedy=_WITH)
        where = Where(str(self._file))
        try:
            return _long_enough(_kept(self._file), where)
        except OSError as error:
            what = f"the key of fingerprints cannot be read: {error.strerror}"
            raise ConfigError(what, where=where, remedy=f"see to its rights, or {_WITH}") from error
        except UnicodeDecodeError:
            raise ConfigError("this is no key of fingerprints", where=where, remedy=f"remove it, or {_WITH}") from None


def fingerprint(key: bytes, value: str | bytes) -> str:
    """The first digits of HMAC-SHA256 of a value."""
    return hmac.digest(key, value.encode() if isinstance(value, str) else value, "sha256").hex()[:SHOWN]


def _long_enough(key: str, where: Where | None) -> bytes:
    if len(key) < _LEAST:
        raise ConfigError(f"the key of fingerprints has fewer than {_LEAST} characters", where=where, remedy=_WITH)
    return key.encode()


def _kept(file: Path) -> str:
    """The key in the file; of several processes that make it at once, all take the one that was first."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = file.with_name(f".{file.name}-{secrets.token_hex(8)}")
        try:
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as written:
                written.write(secrets.token_hex(32))
            with suppress(FileExistsError):
                os.link(made, file)
        finally:
            made.unlink(missing_ok=True)
    if file.stat().st_mode & 0o077:
        what = "others than its owner may read the key of fingerprints"
        raise ConfigError(
            what, where=Where(str(file)), remedy="chmod 600, and remove it where they may have: a new one is made"
        )
    return file.read_text("ascii").strip()
