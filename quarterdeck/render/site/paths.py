"""Where each page lies in the archive, and how one page names another: by a relative link, made of ids alone.

    index.html · kpis.html · period-<period>.html
    <tenant>/index.html · <tenant>/kpis/<kpi>.html · <tenant>/data/<table>/<digest>/<number>.html
    <tenant>/<role>/<period>/<revision>/page.html

A digest is shortened to its first characters, which tell one tenant's snapshots apart.
"""

from __future__ import annotations

import posixpath
import re

INDEX = "index.html"
KPIS = "kpis.html"
PAGE = "page.html"
SHORT = 12  # characters of a digest that stand for it in a path and on paper

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}", re.ASCII)


def is_id(text: str) -> bool:
    """Whether a text may be part of a path; what may not has no page."""
    return _ID.fullmatch(text) is not None


def period_page(period: str) -> str:
    return f"period-{period}.html"


def tenant_page(tenant: str) -> str:
    return f"{tenant}/{INDEX}"


def report_page(tenant: str, role: str, period: str, revision: str) -> str:
    return f"{tenant}/{role}/{period}/{revision}/{PAGE}"


def kpi_page(tenant: str, kpi: str) -> str:
    return f"{tenant}/kpis/{kpi}.html"


def data_page(tenant: str, table: str, digest: str, number: int = 1) -> str:
    return f"{tenant}/data/{table}/{digest[:SHORT]}/{number}.html"


def finding_anchor(fingerprint: str) -> str:
    """The id of a finding's element in a report's page."""
    return f"finding-{fingerprint[:SHORT]}"


def link(target: str, start: str) -> str:
    """The relative link from the page `start` to `target`, which may end in a #fragment."""
    place, mark, fragment = target.partition("#")
    return posixpath.relpath(place, posixpath.dirname(start) or ".") + mark + fragment
