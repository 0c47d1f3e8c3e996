"""What only other files can tell of the settings: a logo that is none is a fault of portfolio.yaml, with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from quarterdeck.errors import ConfigError
from quarterdeck.wiring import open_parts
from tests import mini
from tests.unit.test_images import SVG, png

BRANDING = "    name: Alpha\n    branding: {logo: brand/logo.png}\n"


def portfolio(folder: Path, logo: bytes | None) -> Path:
    config = mini.make(folder)
    config.write_text(config.read_text("utf-8").replace("    name: Alpha\n", BRANDING), "utf-8")
    if logo is not None:
        (folder / "brand").mkdir()
        (folder / "brand" / "logo.png").write_bytes(logo)
    return config


@pytest.mark.parametrize(
    ("logo", "said"),
    [
        (None, "there is no file"),
        (SVG, "is no PNG"),
        (b"a letter", "is no PNG"),
        (bytes(20 * 1024 * 1024), "has more than 512 KB"),
        (png(1300, 10), "has 1300 x 10 pixels"),
    ],
)
def test_a_logo_that_is_none_is_a_fault_with_its_place(tmp_path: Path, logo: bytes | None, said: str) -> None:
    config = portfolio(tmp_path, logo)
    with pytest.raises(ConfigError) as caught:
        open_parts(config)
    (problem,) = caught.value.problems
    assert said in problem.what
    assert str(problem).startswith(f"{config}:11:16: ")
    assert "a PNG of at most 1200 x 600 pixels" in problem.remedy


def test_a_logo_is_read_from_beside_the_file(tmp_path: Path) -> None:
    settings = open_parts(portfolio(tmp_path, png(300, 60))).settings
    logo = settings.logo(settings.tenant("alpha"))
    assert logo is not None
    assert (logo.width, logo.height) == (300, 60)
    assert settings.logo(settings.tenant("beta")) is None
