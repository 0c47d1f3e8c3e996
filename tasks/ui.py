"""What a page of Prefect's UI is told, by tasks and flows: artifacts, events, and text that no page takes for anything else.

Nothing in here fails a run: a server that takes no artifact is a remark in the log.
"""

from __future__ import annotations

import logging
import re
import string
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from prefect.artifacts import create_link_artifact, create_markdown_artifact
from prefect.events import emit_event

from quarterdeck.steps.overview import ways_to
from quarterdeck.steps.report import Filed
from quarterdeck.steps.summary import filed_line
from quarterdeck.wiring import Parts

T = TypeVar("T")
_LOG = logging.getLogger("quarterdeck.run")
_MARKS = re.compile(f"[{re.escape(string.punctuation)}]")
# Ends of lines, controls, and marks that turn the direction of writing or have no width.
_UNSHOWN = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]+")
_WORDLESS = re.compile(r"[^\w ,-]")
_ENDS = {ord(mark): f"%{ord(mark):02X}" for mark in '()<>[] "\\'}
_LONGEST = 2000  # of one text that came from outside


def plain(text: str) -> str:
    """A text as Markdown that shows it as it is, on one line: no link, no image, no HTML.

    Prefect's UI reads every artifact so, and the cells of tables too, and makes links of addresses that stand alone.
    """
    return _MARKS.sub(lambda mark: f"\\{mark[0]}", _one_line(text))


def bare(text: str) -> str:
    """A text for an event, out of which automations make messages: one line, without what Slack would take for a link."""
    return _one_line(text).replace("<", "‹").replace(">", "›")


def link(url: str, text: str) -> str:
    """A link as Markdown."""
    return f"[{words(text)}]({address(url)})"


def words(text: str) -> str:
    """A text for a link. The UI shows marks that are escaped there as they are written, so there are none."""
    return _WORDLESS.sub("", text)


def address(url: str) -> str:
    """An address for a link; one from the settings can hold what ends a link in Markdown."""
    return url.translate(_ENDS)


def attempt(what: str, call: Callable[[], T]) -> T | None:
    """What a call to Prefect's server gives; None, and a line in the log, where it fails."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - whatever a server says, a run does not hang on what it shows
        _LOG.warning("the server was not told of %s: %s", what, type(error).__name__)
        return None


def tell(event: str, about: str, name: str, payload: Mapping[str, Any]) -> None:
    """An event in the server's feed. `about` is what it is about, in dots, `name` that for people; neither names a reader."""
    resource = {"prefect.resource.id": about, "prefect.resource.name": name}
    attempt(event, lambda: emit_event(event, resource, payload=dict(payload)))


def show_report(parts: Parts, filed: Filed) -> None:
    """The way to a filed report, under a key of the tenant and role, so that the UI lists its periods below each other.

    A link where the archive has an address that stays. A browser follows no link from a page to a file, and a signed one
    would let in whoever sees the page; there it is the place, as text.
    """
    line = filed_line(filed)
    url, place = ways_to(parts, line)
    key = f"{filed.tenant}-{filed.role}".replace("_", "-")
    name = f"{filed.role} of {filed.tenant}, {filed.period}"
    told = f"{plain(name)}, revision {filed.revision[:12]}"
    if url:
        attempt(name, lambda: create_link_artifact(address(url), words(name), key=key, description=told))
    else:
        attempt(name, lambda: create_markdown_artifact(f"{plain(name)}: {plain(place)}", key=key, description=told))


def _one_line(text: str) -> str:
    shown = _UNSHOWN.sub(" ", text).strip()
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]} …"
