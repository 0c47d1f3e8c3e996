"""What a mail uses is what mail clients show: held against tests/data/caniemail.json, element by element.

The `style` element is asked for nothing here: it only adds (see test_render_html), and where it is not read, the mail is
whole without it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from tests.documents import hostile, minimal, sample
from tests.mails import of_the_example, shown
from tests.unit.test_render_html import elements, page, tree

Facts = dict[str, Any]
SUPPORT: Facts = json.loads((Path(__file__).parents[1] / "data" / "caniemail.json").read_text("utf-8"))
CLIENTS: list[str] = SUPPORT["clients"]
BORDERS = re.compile(r"border-(top|right|bottom|left)(-.*)?")


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Made-up reports, and real ones of the example portfolio."""
    folder = tmp_path_factory.mktemp("example")
    real = of_the_example(folder, {"jada": ("cfo",), "quickdumpnow": ("cmo",)})
    made_up = {"sample": page(sample()), "hostile": page(hostile()), "minimal": page(minimal())}
    return {**made_up, **{name.partition("_2")[0]: shown(message) for name, message in real.items()}}


def body_of(mail: str) -> Element:
    body: Element = next(tree(mail).iter("body"))
    return body


def faults(kind: str, name: str, value: str, element: Element) -> Iterator[str]:
    """What a client lacks of a feature where it is used so, and where nothing else of the element does the same."""
    tag = element.tag
    known = SUPPORT[kind]
    if name not in known:
        yield f"{name} is not among the {kind} that are known to be supported"
        return
    if known[name] is None:
        return
    yield from (
        f"{client} lacks {name}" for client, result in zip(CLIENTS, known[name]["results"], strict=True) if result == "n"
    )
    for limit in known[name].get("limits", ()):
        if tag not in limit.get("on", [tag]) or element.get(limit.get("unless", "")):
            continue
        is_broken = (
            tag in limit.get("not_on", ())
            or ("only_on" in limit and tag not in limit["only_on"])
            or ("not_values" in limit and re.search(limit["not_values"], value))
            or ("only_values" in limit and not re.fullmatch(limit["only_values"], value))
        )
        if is_broken:
            yield f"<{tag}> {name}: {value} ({limit['note']}: {', '.join(limit['clients'])})"


def all_faults(mail: str) -> set[str]:
    found: set[str] = set()
    body = body_of(mail)
    for element in elements(body):
        if element is not body:  # clients make a division of it; what it says is said again by the table within
            found |= set(faults("elements", element.tag, "", element))
        for name, value in element.attrib.items():
            found |= set(faults("attributes", name, value, element))
        for declaration in filter(None, element.get("style", "").split(";")):
            name, value = (part.strip() for part in declaration.split(":", 1))
            found |= set(faults("properties", BORDERS.sub("border", name), value, element))
    return found


@pytest.mark.parametrize("name", ["sample", "hostile", "minimal", "jada_cfo", "quickdumpnow_cmo"])
def test_every_client_shows_every_part(mails: dict[str, str], name: str) -> None:
    assert not all_faults(mails[name])


def test_real_mails_are_more_than_a_frame(mails: dict[str, str]) -> None:
    for name in ("jada_cfo", "quickdumpnow_cmo"):
        styled = [element for element in elements(body_of(mails[name])) if element.get("style")]
        assert len(styled) > 200


@pytest.mark.parametrize(
    ("fragment", "said"),
    [
        ('<div style="padding-top: 4px">x</div>', "padding-top is not among"),
        ('<div style="padding: 4px 0">x</div>', "only on cells"),
        ('<p style="border-top: 1px solid #000000">x</p>', "unreliable on p and div"),
        ('<div style="margin: -4px 0">x</div>', "no negative values"),
        ('<div style="display: flex">x</div>', "only none"),
        ('<div style="width: 40px">x</div>', "the attribute width holds"),
        ('<span style="font-size: 1rem">x</span>', "no rem"),
        ('<wbr><div style="color: #000000">x</div>', "wbr is not among"),
        ('<div contenteditable="">x</div>', "contenteditable is not among"),
        ('<table align="left"><tr><td>x</td></tr></table>', "neither left nor right"),
    ],
)
def test_a_part_that_some_client_lacks_is_seen(fragment: str, said: str) -> None:
    assert any(said in fault for fault in all_faults(f"<!DOCTYPE html><html><head><title>x</title></head><body>{fragment}"))


def test_the_frame_says_nothing_that_the_table_within_does_not() -> None:
    body = body_of(page(sample()))
    outer = next(body.iter("table"))
    assert body.get("bgcolor") == outer.get("bgcolor")
    assert set(body.attrib) <= {"bgcolor", "class", "style"}
    assert body.get("style", "") in outer.get("style", "")


def test_what_is_supported_in_part_is_noted_for_each_client() -> None:
    for kind in ("properties", "elements", "attributes"):
        for name, facts in SUPPORT[kind].items():
            if facts is not None:
                assert len(facts["results"]) == len(CLIENTS)
                in_part = {client for client, result in zip(CLIENTS, facts["results"], strict=True) if result == "a"}
                assert in_part == {client for limit in facts.get("limits", ()) for client in limit["clients"]}, name
