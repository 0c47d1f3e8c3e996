"""Notices to operators, as text, as HTML and as a post: what, where, what to do, and nothing in them that acts."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import html5lib
import pytest

from quarterdeck.render.alert import Alert, Fault, html, post, text
from quarterdeck.render.records import Part
from quarterdeck.wiring import TEMPLATES

FAULTS = (
    Fault("source books of alpha: there is no such file", "alpha/bank.csv:3", "mend the path"),
    Fault("alpha_cfo_2026-10 is held back"),
)
ALERT = Alert(
    title="Harbor Group: the run for October 2026 failed in part",
    lead=("14 of 15 reports were made.", "Of 12 deliveries: 9 sent now, 1 failed."),
    heading="What is wrong",
    faults=Part.of(FAULTS),
    after=("Then run it again:", "quarterdeck run --period 2026-10 --deliver"),
    foot="Run 7b1c of portfolio.yaml, 2026-11-24 10:00 EST",
)
MANY = replace(ALERT, faults=Part.of(tuple(Fault(f"fault {number}") for number in range(30))).first(20))
HOSTILE = "<script>alert(1)</script> {{7*7}} <!channel> *bold* \"'> & ${x}"


def test_the_text_says_what_where_and_what_to_do() -> None:
    assert text(ALERT) == (
        "Harbor Group: the run for October 2026 failed in part\n"
        "\n"
        "14 of 15 reports were made.\n"
        "Of 12 deliveries: 9 sent now, 1 failed.\n"
        "\n"
        "WHAT IS WRONG\n"
        "\n"
        "1. source books of alpha: there is no such file\n"
        "   where: alpha/bank.csv:3\n"
        "   to do: mend the path\n"
        "2. alpha_cfo_2026-10 is held back\n"
        "\n"
        "Then run it again:\n"
        "quarterdeck run --period 2026-10 --deliver\n"
        "\n"
        "Run 7b1c of portfolio.yaml, 2026-11-24 10:00 EST\n"
    )


def test_lines_of_the_text_are_short_but_for_words_that_cannot_be_broken() -> None:
    long = replace(ALERT, faults=Part.of((Fault("word " * 40, "/a/very/" + "long" * 40 + "/path.csv"),)))
    lines = text(long).splitlines()
    assert all(len(line) <= 76 for line in lines if "long" not in line)
    assert "   /a/very/" + "long" * 40 + "/path.csv" in lines


@pytest.mark.parametrize("alert", [ALERT, MANY, replace(ALERT, faults=Part.of(())), replace(ALERT, is_good=True)])
def test_the_page_holds_what_the_text_holds(alert: Alert) -> None:
    page = html(alert, TEMPLATES)
    words = " ".join(html5lib.parse(page, namespaceHTMLElements=False).itertext())
    shown = re.sub(r"\s+", " ", words)
    for part in (alert.title, *alert.lead, *alert.after, alert.foot, *(fault.what for fault in alert.faults.rows)):
        assert part in shown
    assert (alert.heading in shown) is bool(alert.faults.rows)


def test_the_page_is_strict_and_leads_nowhere() -> None:
    page = html(ALERT, TEMPLATES)
    html5lib.HTMLParser(strict=True).parse(page)
    assert not re.search(r"<(a|img|script|link|form|iframe)\b|https?:|url\(", page)


def test_how_many_more_there_are_is_said_everywhere() -> None:
    assert "and 10 more\n" in text(MANY)
    assert "and 10 more" in html(MANY, TEMPLATES)
    read = json.loads(post(MANY))
    assert "and 20 more" in read["blocks"][-1]["text"]["text"]
    assert "more" not in text(ALERT) + html(ALERT, TEMPLATES)


def test_a_post_is_short_and_must_be_noticed() -> None:
    read = json.loads(post(MANY))
    assert read["always_new"] is True
    assert len(read["blocks"]) == 2 + 10 + 1
    assert read["blocks"][0] == {"type": "header", "text": {"type": "plain_text", "text": ALERT.title, "emoji": False}}
    assert read["blocks"][2]["text"]["text"] == "1. fault 0"
    first = json.loads(post(ALERT))["blocks"][2]["text"]["text"]
    assert first == "1. source books of alpha: there is no such file\nWhere: alpha/bank.csv:3\nTo do: mend the path"
    assert read["text"].startswith(f"{ALERT.title}. 14 of 15 reports were made.")


def test_nothing_in_a_notice_acts() -> None:
    bad = Alert(HOSTILE, (HOSTILE,), HOSTILE, Part.of((Fault(HOSTILE, HOSTILE, HOSTILE),)), (HOSTILE,), HOSTILE)
    page = html(bad, TEMPLATES)
    assert "<script" not in page
    assert "49" not in page
    assert page.count("&lt;script&gt;") == 9  # also in its title
    read = post(bad).decode()
    assert "<!channel>" not in read
    assert "<script" not in read


def test_a_notice_repeats() -> None:
    assert (text(ALERT), html(ALERT, TEMPLATES), post(ALERT)) == (text(ALERT), html(ALERT, TEMPLATES), post(ALERT))
