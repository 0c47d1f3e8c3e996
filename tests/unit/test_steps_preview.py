"""A previewed report, from the sources to the message, without Prefect."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from quarterdeck.steps.preview import Preview, preview
from quarterdeck.wiring import open_parts
from reports import role
from tests import mini


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


def test_a_report_without_tables_has_no_workbook_to_attach(config: Path, tmp_path: Path) -> None:
    settings = config.read_text("utf-8").replace("version: 1\n", "version: 1\ndelivery: {attach_xlsx: true}\n")
    config.write_text(settings, "utf-8")
    shown = preview(open_parts(config), "beta", role("ceo"), "2026-10")
    assert "xlsx" not in shown.paths
    assert list(attachments(shown)) == ["beta_ceo_2026-10.pdf"]
