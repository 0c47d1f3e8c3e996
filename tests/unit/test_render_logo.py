"""The logo on the page and the paper."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from quarterdeck.errors import ReportError
from quarterdeck.render import images_of, logo, pdf, render_all
from quarterdeck.render.view import prepare
from tests.documents import Document, sample
from tests.unit.test_images import png
from tests.unit.test_render_html import TEMPLATES


def with_logo(picture: bytes, width: int, height: int) -> Document:
    document = sample()
    document["heading"]["logo"] = {"digest": hashlib.sha256(picture).hexdigest(), "width": width, "height": height}
    return document


@pytest.mark.parametrize(
    ("of", "shown"),
    [((300, 60), (200, 40)), ((120, 120), (40, 40)), ((1200, 60), (220, 11)), ((30, 20), (30, 20)), ((1, 600), (1, 40))],
)
def test_a_logo_keeps_its_proportions_and_is_never_enlarged(of: tuple[int, int], shown: tuple[int, int]) -> None:
    assert logo.size(*of) == shown


def test_another_picture_than_the_one_named_is_refused() -> None:
    document = with_logo(png(), 3, 2)
    for other in (None, png(4, 2)):
        with pytest.raises(ReportError, match="not the picture"):
            render_all(document, TEMPLATES, other)


def test_a_report_without_a_logo_has_none_whatever_is_at_hand() -> None:
    files = render_all(sample(), TEMPLATES, png())
    assert "logo.png" not in files
    assert "logo" not in [name for name, _ in images_of(sample())]


def test_the_logo_is_filed_and_named_first() -> None:
    document = with_logo(png(), 3, 2)
    files = render_all(document, TEMPLATES, png())
    assert files["logo.png"] == png()
    name, cid = images_of(document)[0]
    assert name == "logo.png"
    assert f"cid:{cid}".encode() in files["mail.html"]
    assert files == render_all(document, TEMPLATES, png())


@pytest.mark.skipif(shutil.which("pdfimages") is None, reason="pdfimages (poppler-utils) is not installed")
def test_the_paper_carries_the_logo(tmp_path: Path) -> None:
    picture = png(300, 60)
    document = with_logo(picture, 300, 60)
    paper = pdf.render(logo.shown(prepare(document), document, picture), TEMPLATES)
    (tmp_path / "report.pdf").write_bytes(paper)
    listed = subprocess.run(["pdfimages", "-list", tmp_path / "report.pdf"], capture_output=True, check=True, text=True).stdout
    assert [line.split()[3:5] for line in listed.splitlines()[2:]] == [["300", "60"]]
    assert pdf.render(logo.shown(prepare(document), document, picture), TEMPLATES) == paper
