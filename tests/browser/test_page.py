"""A report's page as it is filed: whole in one file, for any width, and readable by everybody."""

from __future__ import annotations

from pathlib import Path

import pytest

from quarterdeck.render import PAGE, render_all
from tests.browser.conftest import Open
from tests.documents import hostile, minimal, sample
from tests.unit.test_render_html import TEMPLATES

NAMES = {"sample": sample(), "hostile": hostile(), "minimal": minimal()}
VIEWS = {"wide": (1280, False), "360": (360, False), "dark": (640, True)}
READ = {("sample", "wide"), ("hostile", "360"), ("minimal", "dark")}


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    for name, document in NAMES.items():
        (folder / f"{name}.html").write_bytes(render_all(document, TEMPLATES)[PAGE])
    return {name: folder / f"{name}.html" for name in NAMES}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_whole_in_its_file_and_can_be_read_by_everybody(
    open_page: Open, filed: dict[str, Path], name: str, view: str
) -> None:
    width, dark = VIEWS[view]
    window = open_page(filed[name], width=width, dark=dark)
    window.picture(f"page-{name}-{view}")
    content, wide = window.width()
    assert content == wide == width
    assert window.asked == []
    assert len(window.headings(1)) == 1
    assert window.page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert (name, view) not in READ or window.violations() == []
