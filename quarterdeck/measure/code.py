"""The code that figures are made by, as a digest: figures of other code are never taken for this one's."""

from __future__ import annotations

import hashlib
import inspect
from pathlib import Path

from quarterdeck.kpis import KPIS
from quarterdeck.rules import RULES

_LIBRARY = Path(__file__).resolve().parents[1]


def code_digest() -> str:
    """Digest of the library's own code and of the packages that the users' own KPIs and rules come from."""
    digest = hashlib.sha256()
    for root in (_LIBRARY, *_plugged()):
        for file in sorted(root.rglob("*.py")) if root.is_dir() else (root,):
            digest.update(file.relative_to(root.parent).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _plugged() -> list[Path]:
    """The packages, or single modules, of KPIs and rules that are not the library's own."""
    functions = [*(kpi.compute for kpi in KPIS.all().values()), *(rule.find for rule in RULES.all().values())]
    files = {Path(inspect.unwrap(function).__code__.co_filename) for function in functions}
    others = (file for file in files if not file.is_relative_to(_LIBRARY) and file.is_file())
    return sorted({file.parent if (file.parent / "__init__.py").is_file() else file for file in others})
