"""IAM users, their passwords and access keys, by the credential report of each account; AWS makes it every four hours."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterable, Mapping

from quarterdeck.errors import SourceError
from quarterdeck.sources._aws_calls import part
from quarterdeck.sources._inventory.asking import GLOBAL, Asker, Found, Part, Row, instant

_MAKE = "iam:GenerateCredentialReport"
_GET = "iam:GetCredentialReport"
_ROOT = "<root_account>"
_TRIES = 16
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0  # seconds until the report is asked for again, each twice the one before


def _credentials(ask: Asker) -> Found:
    for number in range(_TRIES):
        if part(ask.one("iam", "generate_credential_report", _MAKE), "State", _MAKE) == "COMPLETE":
            break
        time.sleep(min(_FIRST_PAUSE * 2**number, _LONGEST_PAUSE))
    else:
        what = f"AWS did not finish the credential report of account {ask.place.account} in {_TRIES} tries"
        raise SourceError(what, remedy="run it again later", permanent=False)
    content: bytes = part(ask.one("iam", "get_credential_report", _GET), "Content", _GET)
    lines = list(csv.DictReader(io.StringIO(content.decode("utf-8"))))
    return {
        "credentials": ask.rows(_user, lines),
        "access_keys": [key for line in lines for key in _keys(ask, line)],
    }


def _user(ask: Asker, line: Mapping[str, str]) -> Row:
    return ask.row(
        GLOBAL,
        user=line["user"],
        is_root=line["user"] == _ROOT,
        has_password={"true": True, "false": False}.get(line["password_enabled"].lower()),
        has_mfa=line["mfa_active"].lower() == "true",
        password_used_at=instant(line["password_last_used"]),
        password_changed_at=instant(line["password_last_changed"]),
        created_at=instant(line["user_creation_time"]),
    )


def _keys(ask: Asker, line: Mapping[str, str]) -> Iterable[Row]:
    for slot in (1, 2):
        if line[f"access_key_{slot}_active"].lower() == "true":
            yield ask.row(
                GLOBAL,
                user=line["user"],
                slot=slot,
                is_root=line["user"] == _ROOT,
                rotated_at=instant(line[f"access_key_{slot}_last_rotated"]),
                used_at=instant(line[f"access_key_{slot}_last_used_date"]),
            )


PARTS = (Part("iam", ("credentials", "access_keys"), (_MAKE, _GET), _credentials, is_global=True),)
