"""What all pages share: the templates' environment, the style, the one script, the policy that lets a page ask for nothing."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from jinja2 import Environment, TemplateError
from markupsafe import Markup

from quarterdeck.errors import ReportError
from quarterdeck.render import colour
from quarterdeck.render.figures import MARKS
from quarterdeck.render.site import paths, svg
from quarterdeck.render.templating import environment

FOLDER = "site"  # within the templates
_NIGHT, _NIGHT_CONTRAST = "#17191c", 6  # the paper of the dark form, as site.css has it; thin letters glare less than they fade
_COMMENT, _BLANKS = re.compile(r"/\*.*?\*/", re.DOTALL), re.compile(r"\s+")
_AROUND = re.compile(r"\s*([{};,>])\s*")


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds a page: where it lies, its title, the way to it from the top, the colour of its tenant.

    `crumbs` are labels with the keys of their pages; the last one is the page itself and has no key.
    """

    key: str
    title: str
    language: str
    accent: str | None
    crumbs: tuple[tuple[str, str], ...]


def page(templates: Path, name: str, frame: Frame, *, index: object = None, **values: object) -> bytes:
    """A page's bytes. With `index`, data for the search, the page carries the script; ReportError if the template fails.

    Templates know `to(key)` for a relative link, `MARKS` for the shape and the word of a state, and `svg`.
    """
    environment = _environment(templates)
    script = "" if index is None else (templates / FOLDER / "search.js").read_text("utf-8")
    try:
        text = environment.get_template(f"{FOLDER}/{name}.html.j2").render(
            frame=frame,
            to=partial(paths.link, start=frame.key),
            style=Markup(_style(templates)),  # noqa: S704 - our own file
            accents=accents(frame.accent),
            policy=policy(script),
            script=Markup(script),  # noqa: S704 - our own file
            index=None if index is None else embedded(index),
            **values,
        )
    except TemplateError as error:
        raise ReportError(f"the archive's template {name} does not fit: {type(error).__name__} {error}") from error
    return text.encode("utf-8")


def policy(script: str) -> str:
    """The Content-Security-Policy of a page: nothing may be loaded, and no script may run but exactly this one."""
    allowed = f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" if script else "'none'"
    loads = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return f"{loads}; script-src {allowed}; base-uri 'none'; form-action 'none'"


def embedded(value: object) -> Markup:
    """A value as JSON within a script element: no `<`, so that nothing in it can end the element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - made safe by the lines above


def accents(wanted: str | None) -> tuple[str, str]:
    """The brand's colour as it can be read on light and on dark paper."""
    light = colour.accent(wanted)
    dark = light
    while colour.contrast(dark, _NIGHT) < _NIGHT_CONTRAST:
        dark = _lighter(dark)
    return light, dark


def _lighter(tint: str) -> str:
    parts = (int(tint[start : start + 2], 16) for start in (1, 3, 5))
    return "#" + "".join(f"{part + max(1, (255 - part) // 8):02x}" if part < 255 else "ff" for part in parts)


def version(templates: Path) -> str:
    """Digest of all that pages look like: templates, style and script."""
    digest = hashlib.sha256()
    for file in sorted((templates / FOLDER).iterdir()):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


@lru_cache(maxsize=8)
def _environment(templates: Path) -> Environment:
    made = environment(templates)
    made.globals.update(MARKS=_marks(), svg=svg, anchor=paths.finding_anchor, SHORT=paths.SHORT)
    return made


def _marks() -> Mapping[str, object]:
    return dict(MARKS)


@lru_cache(maxsize=8)
def _style(templates: Path) -> str:
    text = _COMMENT.sub("", (templates / FOLDER / "site.css").read_text("utf-8"))
    return _AROUND.sub(r"\1", _BLANKS.sub(" ", text)).strip()
