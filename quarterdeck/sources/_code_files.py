"""Plaintext env files and Apps Script manifests: what each says, as rows of the contract."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from quarterdeck.errors import Reject
from quarterdeck.reading.cells import reject
from quarterdeck.reading.rows import Row
from quarterdeck.schemas.code_audit import ACCESS, EXECUTE_AS
from quarterdeck.sources._code_tree import shown
from quarterdeck.sources._secret_worker import looks_random

APPS_SCRIPT = "appsscript.json"
_EXAMPLES = frozenset("example examples sample samples template tpl dist default defaults schema vault test ci".split())
_ASSIGNMENT = re.compile(r"(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.]{0,200})[ \t]{0,20}=(.*)")
_LONGEST = 2000  # characters of a line that are looked at
_SECRET_NAME = re.compile(
    r"SECRET|TOKEN|PASSW|PASSPHRASE|CREDENTIAL|(?:^|_)(?:PWD|PASS|AUTH|DSN)(?:$|_)|(?:API|PRIVATE|ACCESS)_?KEY"
)
_OPEN_NAME = re.compile(r"PUBLIC|PUBLISHABLE|_(?:FILE|PATH|URL|ARN|NAME|ID)$")
_PASSWORD_IN_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s:/@]*:[^\s/@<$]{6,}@", re.IGNORECASE)
_NO_VALUE = re.compile(
    r"[\"']?(?:|\$.*|<.*>|\*+|x+|\.+|true|false|none|null|(?:encrypted:|ENC\[).*|"
    r".*(?:change.?me|your[-_ ]|example|placeholder).*)[\"']?",
    re.IGNORECASE,
)


def is_env_file(path: PurePosixPath) -> bool:
    """Whether a file is an env file by its name: `.env`, `.env.production`, `live.env`; examples and templates are none."""
    parts = path.name.lower().split(".")
    return "env" in parts[1:] and (parts[0] == "" or parts[-1] == "env") and not _EXAMPLES.intersection(parts)


def read_env_file(text: str) -> tuple[int, int]:
    """How many assignments an env file makes, and how many of them look like secrets. What is encrypted is none."""
    matches = [_ASSIGNMENT.fullmatch(line.strip()[:_LONGEST]) for line in text.splitlines()]
    pairs = [(match[1].upper(), match[2].strip()) for match in matches if match]
    return len(pairs), sum(_is_secret(name, value) for name, value in pairs)


def _is_secret(name: str, value: str) -> bool:
    if _PASSWORD_IN_ADDRESS.search(value):
        return True
    if _NO_VALUE.fullmatch(value):
        return False
    bare = value.strip("\"'")
    return not _OPEN_NAME.search(name) and (bool(_SECRET_NAME.search(name)) or (looks_random(bare) and "/" not in bare))


def read_web_app(repository: str, path: PurePosixPath, text: str) -> Row | Reject:
    """The row of an Apps Script manifest, or what is wrong with it. What stands there instead may be a secret."""
    try:
        told = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        return reject(f"{repository}/{shown(path)}", 1, "access", "", "a manifest of Apps Script in JSON")
    app, api, scopes = _part(told, "webapp"), _part(told, "executionApi"), told.get("oauthScopes")
    cells = (
        ("access", app.get("access"), ACCESS),
        ("execute_as", app.get("executeAs"), EXECUTE_AS),
        ("api_access", api.get("access"), ACCESS),
    )
    for column, value, allowed in cells:
        if value is not None and value not in allowed:
            return reject(f"{repository}/{shown(path)}", 1, column, "", f"one of {', '.join(allowed)}")
    row: Row = {"repository": repository, "path": shown(path), "scopes": len(scopes) if isinstance(scopes, list) else 0}
    return row | {column: value for column, value, _ in cells}


def _part(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = told.get(name)
    return part if isinstance(part, dict) else {}
