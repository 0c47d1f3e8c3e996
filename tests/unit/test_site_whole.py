"""A whole site made of reports whose every text is hostile: each page stands, and each link leads somewhere."""

from __future__ import annotations

from pathlib import Path

from tests import sites
from tests.documents import digest, hostile, minimal, sample
from tests.pages import check_site


def test_a_site_of_hostile_reports_is_whole(tmp_path: Path) -> None:
    bare, other = minimal(), hostile()
    bare.update(tenant="heron", revision=digest("minimal"))
    other.update(tenant="osprey", revision=digest("hostile"))
    trees = check_site(sites.write(tmp_path, sample(), bare, other))
    assert {f"{name}/index.html" for name in ("marlin", "heron", "osprey")} <= trees.keys()
    assert len([key for key in trees if "/kpis/" in key]) > 20
