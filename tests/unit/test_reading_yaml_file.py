"""YAML of the safe core: nothing is guessed, nothing is expanded, everything has a place."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.errors import SourceError
from quarterdeck.reading.yaml_file import YamlError, load, load_file

PORTFOLIO = """\
version: 1
tenants:
  - id: alpha
    sources:
      - kind: inventories
        assets: a.csv
      -
        kind: handoffs
  - id: beta
"""


def _refused(text: str) -> str:
    with pytest.raises(YamlError) as caught:
        load(text, "p.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("NO", "NO"), ("yes", "yes"), ("on", "on"), ("True", "True"), ("true", True), ("false", False),
        ("1.10", "1.10"), ("12000.00", "12000.00"), ("012", "012"), ("007", "007"), ("0x1f", "0x1f"), ("1_000", "1_000"),
        ("1e400", "1e400"), (".nan", ".nan"), ("12:30:45", "12:30:45"), ("2026-10-31", "2026-10-31"),
        ("2024-02-30", "2024-02-30"), ("+5", "+5"), ("42", 42), ("-7", -7), ("0", 0), ("~", None), ("null", None), ("", None),
        ("'42'", "42"), ('"true"', "true"), ("'~'", "~"), ("٣", "٣"), ("9" * 5000, "9" * 5000),
    ],
)  # fmt: skip
def test_values_are_what_was_written(written: str, value: object) -> None:
    found = load(f"a: {written}", "p.yaml").data["a"]
    assert found == value
    assert type(found) is type(value)


def test_block_text_is_text() -> None:
    assert load("a: |\n  1\n  2\nb: >\n  true\n", "p.yaml").data == {"a": "1\n2\n", "b": "true\n"}


def test_keys_are_text() -> None:
    assert load("1: a\ntrue: b\n'x': c", "p.yaml").data == {"1": "a", "true": "b", "x": "c"}


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "---\n...\n"])
def test_nothing_is_null(text: str) -> None:
    assert load(text, "p.yaml").data is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3", "p.yaml:3:1: the key 'a' is here twice, first on line 1"),
        ("x:\n  - {a: 1, 'a': 2}", "p.yaml:2:12: the key 'a' is here twice, first on line 2"),
        ("a: &bomb [1]\nb: *bomb", "p.yaml:1:4: an anchor is refused"),
        ("a: 1\nb: *x", "p.yaml:2:4: an alias is refused"),
        ("&k a: 1", "p.yaml:1:1: an anchor is refused"),
        ("a: !!python/object/apply:os.system ['id']", "p.yaml:1:4: a tag is refused"),
        ("a: !!str 1", "p.yaml:1:4: a tag is refused"),
        ("!mine {a: 1}", "p.yaml:1:1: a tag is refused"),
        ("a:\n\tb: 1", "p.yaml:2:1: a tab stands where YAML wants spaces"),
        ("\ta: 1", "p.yaml:1:1: a tab stands where YAML wants spaces"),
        ("a: 1\n---\nb: 2", "p.yaml:2:1: a second document begins here"),
        ("? [a]\n: b", "p.yaml:1:3: a key must be plain text"),
        ("a: [1, 2\n", "p.yaml:2:1: this is not YAML"),
        ("a: b: c", "p.yaml:1:5: this is not YAML"),
        ("a: @x", "p.yaml:1:4: this is not YAML"),
        ("a: 1\nb: x\x07y", "p.yaml:2:5: the character U+0007 may not stand in YAML"),
    ],
)
def test_what_is_refused_has_its_place(text: str, said: str) -> None:
    assert _refused(text).startswith(said)


@pytest.mark.parametrize(
    "secret", ["*kept-to-myself", "&kept-to-myself x", "!kept-to-myself", "@kept-to-myself", "%kept-to-myself"]
)
def test_a_secret_that_nobody_put_in_quotes_is_not_repeated(secret: str) -> None:
    assert "kept" not in _refused(f"password: {secret}")


def test_depth_is_bounded() -> None:
    assert load("[" * 50 + "]" * 50, "p.yaml").data is not None
    assert "p.yaml:1:51: this is nested deeper than 50 levels" in _refused("[" * 51 + "]" * 51)
    for opening in ("[", "{", "- "):
        assert "nest" in _refused(opening * 20_000)


def test_every_fault_of_settings_can_be_pointed_at() -> None:
    document = load(PORTFOLIO, "p.yaml")

    def place(*path: str | int) -> str:
        return str(document.position(path))

    assert place("tenants", 0, "sources", 0, "kind") == "p.yaml:5:9"
    assert place("tenants", 0, "sources", 0, "assets") == "p.yaml:6:9"
    assert place("tenants", 0, "sources", 1, "kind") == "p.yaml:8:9"
    assert place("tenants", 1) == "p.yaml:9:5"
    assert place("tenants", 1, "name") == "p.yaml:9:5"  # not there: the nearest above
    assert place("tenants", 0, "sources", 7, "x") == "p.yaml:4:5"
    assert place("nothing") == place() == "p.yaml:1:1"


def test_reads_a_file_under_the_name_that_people_know(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_bytes(b"\xef\xbb\xbfa: 1\r\na: 2\r\n")
    with pytest.raises(YamlError, match=r"^shown\.yaml:2:1: the key 'a'"):
        load_file(tmp_path / "p.yaml", "shown.yaml")
    with pytest.raises(SourceError, match="there is no such file"):
        load_file(tmp_path / "gone.yaml")


@given(st.text(max_size=60) | st.text("-:[]{}&*!|>'\"\t\n #ab1?%@`,", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(YamlError):  # and no other error
        load(text, "p.yaml")
