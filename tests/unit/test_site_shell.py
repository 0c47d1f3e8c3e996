"""What all pages share: the policy, data that cannot leave its element, colours that can be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from quarterdeck.errors import ReportError
from quarterdeck.render.colour import LEAST_CONTRAST, contrast
from quarterdeck.render.site import shell
from quarterdeck.render.site.shell import Frame
from tests.pages import check_page, text_of

TEMPLATES = Path(__file__).parents[2] / "templates"
FRAME = Frame("a/b/c.html", "A title", "en-US", None, (("Archive", "index.html"), ("<b>", "")))


def test_the_policy_allows_no_script_or_exactly_one() -> None:
    assert "script-src 'none';" in shell.policy("")
    # echo -n 'alert(1)' | openssl dgst -sha256 -binary | base64
    assert "script-src 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=';" in shell.policy("alert(1)")


def test_data_within_a_script_element_cannot_end_it() -> None:
    hostile = ["</script><script>alert(1)</script>", "<!--", "&lt;", "\u2028", 'quote " and \\']
    made = shell.embedded(hostile)
    assert "<" not in made
    assert ">" not in made
    assert json.loads(made) == hostile


def test_a_page_carries_the_script_only_with_something_to_search() -> None:
    facts = {"portfolio": "P", "grid": None}
    with pytest.raises(ReportError, match="index"):
        shell.page(TEMPLATES, "index", FRAME, index=[], facts=facts)


@pytest.mark.parametrize("wanted", [None, "#1f4e79", "#000000", "#0b5c6b", "#7a0000", "#ffffff", "red;}", "#00ff00"])
def test_the_brand_is_read_on_light_and_on_dark_paper(wanted: str | None) -> None:
    light, dark = shell.accents(wanted)
    assert contrast(light, "#ffffff") >= LEAST_CONTRAST
    assert contrast(dark, "#17191c") >= LEAST_CONTRAST


@pytest.mark.parametrize(
    ("paper", "inks"),
    [
        ("#fdfdfc", ("#1b2027", "#363d45", "#57606a", "#1a6b3c", "#8a5a00", "#b3261e")),
        ("#f4f5f4", ("#1b2027", "#363d45", "#57606a", "#1a6b3c", "#8a5a00", "#b3261e")),
        ("#fbf1d9", ("#574000",)),
        ("#17191c", ("#e9ebee", "#c9ced4", "#a4acb5", "#6cc28f", "#e0b14f", "#ff8a80")),
        ("#212529", ("#e9ebee", "#c9ced4", "#a4acb5", "#6cc28f", "#e0b14f", "#ff8a80")),
        ("#33290f", ("#f0dfae",)),
    ],
)
def test_every_ink_is_read_on_its_paper(paper: str, inks: tuple[str, ...]) -> None:
    style = (TEMPLATES / "site" / "site.css").read_text("utf-8")
    for ink in inks:
        assert ink in style
        assert contrast(ink, paper) >= LEAST_CONTRAST


def test_the_version_follows_every_template(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "a.j2").write_text("a")
    first = shell.version(tmp_path)
    (tmp_path / "site" / "a.j2").write_text("b")
    assert shell.version(tmp_path) != first


def test_a_crumb_is_text() -> None:
    from quarterdeck.render.site import front

    facts = front.PeriodFacts(
        key="period-2026-10.html",
        portfolio="<script>alert(1)</script>",
        language="en",
        accent="#zzz",
        grid=front.Grid("<i>October</i>", (), (), ()),
    )
    root = check_page(front.render_period(facts, TEMPLATES).decode())
    assert text_of(next(root.iter("h1"))) == "<i>October</i>"
