"""What holds for every page of the archive: valid, closed off from the network, usable, and leading nowhere in vain."""

from __future__ import annotations

import base64
import hashlib
import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib

RENDERINGS = {"report.html", "mail.html"}  # filed with a report, and no pages of the site
OUTSIDE = "noreferrer noopener"  # the rel of a link that leads out of the archive
_LOADS = re.compile(r"url\(|@import|expression\(|(?:https?:)?//[a-z0-9]", re.IGNORECASE)


def pages_of(root: Path) -> dict[str, str]:
    """The pages of a site by their place."""
    found = (path for path in sorted(root.rglob("*.html")) if path.name not in RENDERINGS)
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in found}


def tree(made: str) -> Element:
    """The parsed page; an error where it is not valid HTML."""
    root: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(made)
    return root


def elements(root: Element) -> Iterator[Element]:
    return (element for element in root.iter() if isinstance(element.tag, str))


def text_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def drawings_of(root: Element, name: str) -> list[Element]:
    """The inline drawings of a class."""
    return [element for element in elements(root) if element.tag.endswith("svg") and element.get("class") == name]


def titles_of(drawing: Element) -> list[str]:
    """What the points of a drawing say."""
    return [element.text or "" for element in elements(drawing) if element.tag.endswith("title")]


def rows_of(root: Element, title: str) -> list[list[str]]:
    """The cells of the tables in the section with a heading, head rows included."""
    (section,) = [s for s in root.iter("section") if (s.findtext(".//h2") or "").strip().startswith(title)]
    return [[text_of(cell) for cell in row if isinstance(cell.tag, str)] for row in section.iter("tr")]


def check_page(made: str) -> Element:
    """Hold a page against all of it; its tree."""
    root = tree(made)
    assert made.startswith("<!DOCTYPE html>")
    assert root.get("lang", "").startswith("en")
    _check_policy(root)
    _check_addresses(root)
    _check_structure(root)
    return root


def _check_policy(root: Element) -> None:
    (policy,) = [meta.get("content", "") for meta in root.iter("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["style-src"] == "'unsafe-inline'"
    assert rules["img-src"] == "data:"
    assert rules["base-uri"] == rules["form-action"] == "'none'"
    scripts = [script for script in root.iter("script") if script.get("type") != "application/json"]
    hashes = [base64.b64encode(hashlib.sha256((script.text or "").encode()).digest()).decode() for script in scripts]
    assert rules["script-src"].split() == ([f"'sha256-{each}'" for each in hashes] or ["'none'"])
    assert not any(script.get("src") for script in root.iter("script"))


def _check_addresses(root: Element) -> None:
    """Nothing is loaded; a link leads to a place in the archive, or with `rel` to https, as a person wrote it in a note."""
    for element in elements(root):
        assert not [name for name in element.attrib if name.startswith("on")]
        assert not _LOADS.search(element.get("style", ""))
        if "src" in element.attrib:
            assert element.tag == "img"
            assert element.attrib["src"].startswith("data:image/")
        if "href" in element.attrib:
            assert element.tag == "a"
            if element.get("rel") == OUTSIDE:
                assert re.fullmatch(r"https://[^\s<>\"']+", element.attrib["href"])
                continue
            assert re.fullmatch(r"[A-Za-z0-9._/-]*(#[A-Za-z0-9_-]+)?", element.attrib["href"])
            assert not element.attrib["href"].startswith("/")
    assert not list(root.iter("link"))
    assert not list(root.iter("iframe"))
    for style in root.iter("style"):
        assert not _LOADS.search(style.text or "")


def _check_structure(root: Element) -> None:
    ids = Counter(element.get("id") for element in elements(root) if element.get("id"))
    assert not [id for id, count in ids.items() if count > 1]
    levels = [int(element.tag[1]) for element in elements(root) if element.tag in {"h1", "h2", "h3", "h4"}]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for element in elements(root):
        for name in ("aria-labelledby", "aria-describedby", "aria-controls"):
            assert element.get(name) is None or element.get(name) in ids
    for table in root.iter("table"):
        heads = list(table.iter("th"))
        assert heads
        assert all(head.get("scope") in {"row", "col"} for head in heads)
        widths = {len([cell for cell in row if isinstance(cell.tag, str)]) for row in table.iter("tr")}
        assert len(widths) == 1
    for picture in root.iter("img"):
        assert picture.get("alt")


def links_of(key: str, root: Element) -> list[tuple[str, str]]:
    """Where a page's links to others of the archive lead: the place of a file, and the fragment."""
    found = []
    for anchor in (anchor for anchor in root.iter("a") if anchor.get("rel") != OUTSIDE):
        place, _, fragment = anchor.attrib["href"].partition("#")
        found.append((posixpath.normpath(posixpath.join(posixpath.dirname(key), place)) if place else key, fragment))
    return found


def check_site(root: Path) -> dict[str, Element]:
    """Hold every page and every link of a site against it all; the trees by place."""
    trees = {key: check_page(made) for key, made in pages_of(root).items()}
    ids = {key: {element.get("id") for element in elements(tree)} for key, tree in trees.items()}
    for key, page in trees.items():
        for target, fragment in links_of(key, page):
            assert (root / target).is_file(), f"{key} leads to {target}, which is not there"
            if fragment and target in ids:
                assert fragment in ids[target], f"{key} leads to {target}#{fragment}, which is not there"
    return trees
