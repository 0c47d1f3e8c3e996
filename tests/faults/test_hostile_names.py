"""Names that want to be code: they reach every page, the PDF and the mail as the text they are, and nothing more.

Tenant, channels, parties, accounts, hand-offs, commits and milestones carry markup, template and typesetting code, line
ends, direction marks, escape codes and formulas. All reports of the tenant are made as `preview` makes them.
"""

from __future__ import annotations

import csv
import email
import email.policy
import io
import json
import re
import shutil
import subprocess
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from xml.etree import ElementTree as ET

import html5lib
import jsonschema
import pytest
import yaml

from quarterdeck.steps.preview import preview
from quarterdeck.wiring import Parts
from reports import role
from tests import mini
from tests.commands import ROOT
from tests.reporting import parts_of
from tests.repositories import repository

PERIOD = "2026-10"
ROLES = ("accounting", "ceo", "cfo", "cmo", "cto")
MARKUP = "<script>alert(1)</script>"
TEMPLATE = "{{7*7}}{% include 'x' %}"
SLOT = "{0.__class__} %s"
TYPESETTING = '#panic("x") $x$ *b* @r'
IMAGE = "\"><img src=x onerror='alert(2)'>"
LINK = "javascript:alert(3)"
FORMULA = "=1+HYPERLINK(0)"
HEADER = "Ann\r\nBcc: evil@example.net"
TURNED = "\u202eesrever\u2066"
ESCAPED = "\x1b[31mred\x07"
LONG = "w" * 200
SHOWN = (MARKUP, TEMPLATE, SLOT, TYPESETTING, IMAGE, LINK, FORMULA, "Ann Bcc: evil@example.net", "esrever", "red")


HEADERS = frozenset({
    "to", "from", "subject", "message-id", "date", "mime-version", "content-type", "auto-submitted", "content-language",
    "x-quarterdeck-report", "x-quarterdeck-revision",
})  # fmt: skip


def _csv(*rows: tuple[str, ...]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _write(folder: Path) -> Path:
    """The small portfolio with other names; its path."""
    config = mini.make(folder)
    document = yaml.safe_load(config.read_text())
    document["portfolio"]["name"] = f"{MARKUP} & Co"
    alpha = document["tenants"][0]
    alpha["name"] = f"{MARKUP} {HEADER} {TEMPLATE} {TURNED}"
    alpha["branding"] = {"from_name": "Ann; (b) {{7*7}}"}
    alpha["targets"]["net_burn"]["owner"] = SLOT
    alpha["milestones"] = [{"id": "m", "title": f"{IMAGE} {TYPESETTING}", "due": "2026-10-31", "owner": LINK}]
    alpha["sources"][0]["repositories"] = [{"path": "alpha/hostile", "name": f"{MARKUP}{ESCAPED}"}]
    config.write_text(yaml.safe_dump(document), encoding="utf-8")
    head, own, online = mini.CHANNELS.splitlines()
    channels = [
        head.split(","),
        [FORMULA, *own.split(",")[1:]],
        [f"{LONG}{MARKUP}", *online.split(",")[1:-1], f"{SLOT} {LINK}"],
    ]
    bank = [
        ("Date", "Amount", "Party"),
        ("2026-10-05", "1000.00", f"{HEADER} {IMAGE}"),
        ("2026-10-06", "900.00", f"{FORMULA} {TURNED}"),
        ("2026-10-09", "-1500.00", f"Harbour {TEMPLATE} {TYPESETTING}"),
    ]
    chart = mini.CHART.replace("Sales", '"<b>Sales</b> {{7*7}}"').replace("Rent", '"Rent, #panic(1)"')
    handoff = {
        "title": f"{TYPESETTING} {MARKUP}", "state": "blocked", "owner": "o@example.com", "updated": "2026-10-20",
        "mission": IMAGE, "blockers": [f"{TEMPLATE} {SLOT}", f"{ESCAPED} {LONG}"],
    }  # fmt: skip
    files = {
        "channels.csv": _csv(*map(tuple, channels)),
        "bank.csv": _csv(*bank),
        "chart.csv": chart,
        "handoffs/booking.md": f"---\n{yaml.safe_dump(handoff, allow_unicode=False)}---\n{MARKUP}\n",
    }
    for name, text in files.items():
        (folder / "alpha" / name).write_bytes(text.encode())
    made = repository(folder / "alpha" / "hostile")
    made.commit(
        {f"a{MARKUP.replace('/', '')}\n.txt": "1\n"}, "2026-10-05T12:00:00Z", f"{IMAGE} {TURNED}", f"{MARKUP} {ESCAPED}"
    )
    made.commit({"-b {{7*7}}": "1\n"}, "2026-10-06T12:00:00Z", author=TEMPLATE, subject=TYPESETTING)
    return config


@dataclass(frozen=True, slots=True)
class Pages:
    """The renderings of one report."""

    document: dict[str, object]
    html: str
    text: str
    pdf: bytes
    xlsx: bytes | None
    mail: bytes


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Pages]:
    """The reports of all roles."""
    parts = parts_of(_write(tmp_path_factory.mktemp("hostile")))
    return dict(_made(parts))


def _made(parts: Parts) -> Iterator[tuple[str, Pages]]:
    for name in ROLES:
        shown = preview(parts, "alpha", role(name), PERIOD)
        assert shown.problems == ()
        paths = {kind: Path(path) for kind, path in shown.paths.items()}
        yield (
            name,
            Pages(
                json.loads(paths["json"].read_bytes()),
                paths["html"].read_bytes().decode(),
                paths["txt"].read_bytes().decode(),
                paths["pdf"].read_bytes(),
                paths["xlsx"].read_bytes() if "xlsx" in paths else None,
                paths["eml"].read_bytes(),
            ),
        )


def _seen(text: str) -> str:
    """Text with its blanks made single, as a reader takes it in."""
    return " ".join(text.split())


def test_the_names_are_in_the_reports_as_they_were_written_but_for_what_nobody_sees(pages: dict[str, Pages]) -> None:
    html = _seen(
        " ".join("".join(html5lib.parse(page.html, namespaceHTMLElements=False).itertext()) for page in pages.values())
    )
    text = _seen(" ".join(page.text for page in pages.values()))
    assert [name for name in SHOWN if _seen(name) not in html] == []
    assert [name for name in SHOWN if "".join(name.split()) not in "".join(text.split())] == []


def test_no_page_holds_an_element_or_an_attribute_that_came_with_the_data(pages: dict[str, Pages]) -> None:
    for page in pages.values():
        tree = html5lib.parse(page.html, namespaceHTMLElements=False)
        for element in tree.iter():
            assert element.tag not in ("script", "iframe", "object", "embed", "form", "include")
            assert not [name for name in element.attrib if str(name).lower().startswith("on")]
            for name in ("href", "src", "action"):
                assert element.attrib.get(name, "").split(":")[0] in ("", "cid", "data", "https", "mailto") or element.attrib[
                    name
                ].startswith("#")
        assert "{{7*7}}" in page.html
        assert "alert(1)" in page.html
        assert "<script" not in page.html
        assert "49{" not in page.html


def test_nothing_that_is_not_seen_and_nothing_that_turns_is_left(pages: dict[str, Pages]) -> None:
    for page in pages.values():
        for text in (page.html, page.text, json.dumps(page.document, ensure_ascii=False)):
            hidden = {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")} - {"\n", "\t"}
            assert {unicodedata.name(c, hex(ord(c))) for c in hidden} <= {"SOFT HYPHEN", "ZERO WIDTH SPACE", "WORD JOINER"}


def test_the_mail_has_the_headers_that_it_should_and_no_others(pages: dict[str, Pages]) -> None:
    for page in pages.values():
        message = email.message_from_bytes(page.mail, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        assert not [part.defects for part in message.walk() if part.defects]
        assert "Bcc" not in message
        for name in ("To", "From", "Subject", "Message-ID", "Date"):
            assert len(message.get_all(name) or ()) == 1
        addresses = [address.addr_spec for name in ("To", "From") for address in message[name].addresses]
        assert len(addresses) == 2
        assert all(address.endswith(("@example.com", "@quarterdeck.invalid")) for address in addresses)
        assert message["Subject"].count("Ann Bcc: evil@example.net") == 1
        head = page.mail.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("ascii")
        names = {line.partition(":")[0].lower() for line in head.split("\n") if line[:1] not in (" ", "\t")}
        assert names <= HEADERS
        bodies = {
            part.get_content_type(): part.get_content() for part in message.walk() if part.get_content_maintype() == "text"
        }
        assert _seen(bodies["text/plain"]) == _seen(page.text)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) is not installed")
def test_the_paper_shows_the_names_as_text(pages: dict[str, Pages]) -> None:
    for page in pages.values():
        done = subprocess.run(["pdftotext", "-", "-"], input=page.pdf, capture_output=True, check=True)
        assert "<script>alert(1)</script>" in "".join(done.stdout.decode().split())
        assert "{{7*7}}" in done.stdout.decode()
        assert b"/JavaScript" not in page.pdf
        assert b"\x1b[31m" not in done.stdout


# What a formula of ours is made of: functions, cells of a sheet that we have named, a few words of our own.
OUR_FORMULA = re.compile(
    r"""(?:(?:SUM|SUMIFS|SUBTOTAL|ROUND|ABS|IF)\(|'[A-Za-z ]+'!|"[a-z ]*"|[-+*/:,()<>=. ]"""
    r"""|\$?[A-Z]{1,3}\$?\d{0,7}(?![A-Za-z(])|\d+)+"""
)


def test_the_workbook_holds_what_is_read_as_text_and_formulas_of_its_own_alone(pages: dict[str, Pages]) -> None:
    books = [page.xlsx for page in pages.values() if page.xlsx]
    assert books
    texts = ""
    for book in books:
        with zipfile.ZipFile(io.BytesIO(book)) as opened:
            for name in opened.namelist():
                if name.endswith(".xml"):
                    tree = ET.fromstring(opened.read(name))
                    found = {element: element.tag.rpartition("}")[2] for element in tree.iter()}
                    assert "hyperlink" not in found.values()
                    formulas = [element.text or "" for element, kind in found.items() if kind == "f"]
                    assert [formula for formula in formulas if not OUR_FORMULA.fullmatch(formula)] == []
                    texts += "".join(element.text or "" for element, kind in found.items() if kind != "f")
    assert FORMULA in texts
    assert MARKUP in texts


def test_the_report_as_data_keeps_its_schema(pages: dict[str, Pages]) -> None:
    schema = json.loads((ROOT / "docs" / "schemas" / "report.schema.json").read_text(encoding="utf-8"))
    for page in pages.values():
        jsonschema.Draft202012Validator(schema).validate(page.document)
