"""A previewed report, from the sources to the message, without Prefect."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from quarterdeck.steps.preview import Preview, figures_now, preview
from quarterdeck.steps.report import make_report
from quarterdeck.wiring import open_parts
from reports import role
from tests import mini
from tests.unit.test_images import png


def preview_of(config: Path, role_id: str = "cfo") -> Preview:
    return preview(open_parts(config), "alpha", role(role_id), "2026-10")


def attachments(shown: Preview) -> dict[str, EmailMessage]:
    message = message_from_bytes(Path(shown.paths["eml"]).read_bytes(), policy=default)
    return {str(part.get_filename()): part for part in message.iter_attachments()}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return mini.make(tmp_path)


def test_a_preview_lies_in_files_beside_each_other(config: Path) -> None:
    shown = preview_of(config)
    assert sorted(shown.paths) == ["eml", "html", "json", "pdf", "txt", "xlsx"]
    assert {Path(path).parent for path in shown.paths.values()} == {config.parent / ".quarterdeck" / "preview"}
    assert {Path(path).stem for path in shown.paths.values()} == {"alpha_cfo_2026-10"}
    assert list(attachments(shown)) == ["alpha_cfo_2026-10.pdf"]


def test_a_preview_is_for_its_owners_eyes_and_the_last_one_stands(config: Path) -> None:
    first = {kind: Path(path).read_bytes() for kind, path in preview_of(config).paths.items()}
    config.write_text(config.read_text("utf-8").replace("name: Alpha", "name: Alpha Boats"), "utf-8")
    shown = preview_of(config)
    for kind, path in shown.paths.items():
        assert Path(path).stat().st_mode & 0o077 == 0, kind
        assert Path(path).read_bytes() != first[kind]
    folder = config.parent / ".quarterdeck"
    assert (folder.stat().st_mode | (folder / "preview").stat().st_mode) & 0o077 == 0


def test_the_workbook_goes_along_where_that_is_set(config: Path) -> None:
    settings = config.read_text("utf-8").replace(
        "version: 1\n", "version: 1\ndelivery: {attach_xlsx: true, attach_pdf: false}\n"
    )
    config.write_text(settings, "utf-8")
    shown = preview_of(config)
    (name, part) = next(iter(attachments(shown).items()))
    assert name == "alpha_cfo_2026-10.xlsx"
    assert part.get_content_type() == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert part.get_content() == Path(shown.paths["xlsx"]).read_bytes()


def branded(config: Path, branding: str) -> None:
    text = config.read_text("utf-8").replace("    name: Alpha\n", f"    name: Alpha\n    branding: {branding}\n")
    config.write_text(text, "utf-8")


def test_a_logo_goes_with_the_mail_stands_in_the_page_and_counts_as_content(config: Path) -> None:
    plain = preview_of(config)
    picture = png(300, 60)
    (config.parent / "logo.png").write_bytes(picture)
    branded(config, "{logo: logo.png}")
    shown = preview_of(config)
    assert shown.revision != plain.revision  # a reader sees it
    named = json.loads(Path(shown.paths["json"]).read_text("utf-8"))["heading"]["logo"]
    assert named == {"digest": hashlib.sha256(picture).hexdigest(), "width": 300, "height": 60}

    message = message_from_bytes(Path(shown.paths["eml"]).read_bytes(), policy=default)
    cid = f"logo.{shown.revision[:16]}@quarterdeck.invalid"
    (part,) = [part for part in message.walk() if part["Content-ID"] == f"<{cid}>"]
    assert (part.get_content_type(), part.get_content()) == ("image/png", picture)
    body = message.get_body(("html",))
    assert body is not None
    (image,) = re.findall(r"<img[^>]*logo[^>]*>", body.get_content())
    assert f'src="cid:{cid}"' in image
    assert 'width="200" height="40"' in image
    assert 'alt="Alpha"' in image
    assert "height:40px" in image  # clients that take no attribute of a part that goes along

    inside = base64.b64encode(picture).decode()
    assert f"data:image/png;base64,{inside}" in Path(shown.paths["html"]).read_text("utf-8")
    assert "cid:" not in Path(shown.paths["html"]).read_text("utf-8")
    assert list(attachments(shown)) == ["alpha_cfo_2026-10.pdf"]


def test_the_logo_is_that_of_the_snapshot_and_not_of_the_file_as_it_is_now(config: Path) -> None:
    (config.parent / "logo.png").write_bytes(png(300, 60))
    branded(config, "{logo: logo.png}")
    parts = open_parts(config)
    when = parts.period("alpha", "2026-10")
    basis, _ = figures_now(parts, "alpha", "2026-10")
    (config.parent / "logo.png").unlink()
    filed = make_report(parts, role("cfo"), "alpha", when, basis)
    key = ("alpha", "cfo", "2026-10", filed.revision)
    assert parts.archive.read(*key, "logo.png") == png(300, 60)
    assert "png" not in filed.paths  # it is a part of the message, no form of the report


def test_a_portfolio_has_its_own_logo_and_none_of_its_tenants(config: Path) -> None:
    (config.parent / "logo.png").write_bytes(png())
    branded(config, "{logo: logo.png}")
    made = preview(open_parts(config), "portfolio", role("ceo"), "2026-10")
    assert json.loads(Path(made.paths["json"]).read_text("utf-8"))["heading"]["logo"] is None


def test_who_chose_a_pale_colour_is_told(config: Path) -> None:
    branded(config, '{accent: "#ffdd00", accent2: "#b07a00"}')
    shown = preview_of(config)
    (remark,) = shown.remarks
    assert remark.startswith("accent #ffdd00 has a contrast of 1.3")
    page = Path(shown.paths["html"]).read_text("utf-8")
    assert "#ffdd00" not in page
    assert "#b07a00" in page
    assert shown.problems == ()


def test_a_report_without_tables_has_no_workbook_to_attach(config: Path, tmp_path: Path) -> None:
    settings = config.read_text("utf-8").replace("version: 1\n", "version: 1\ndelivery: {attach_xlsx: true}\n")
    config.write_text(settings, "utf-8")
    shown = preview(open_parts(config), "beta", replace(role("ceo"), exhibits=()), "2026-10")
    assert "xlsx" not in shown.paths
    assert list(attachments(shown)) == ["beta_ceo_2026-10.pdf"]
