"""A report as a post: what stands in it and in which order, within Slack's limits, and nothing in it that Slack would obey."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.errors import ReportError
from quarterdeck.render.slack import blocks, header, message, section
from tests.documents import action, hostile, minimal, planned, sample

LINK = "https://reports.example.com/archive/marlin/cfo/2026-10"
LINKS = re.compile(r"<[^<>|]+\|[^<>|]+>")


def post(document: dict[str, Any], link: str | None = LINK) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(blocks(document, link))
    return read


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every text object in a post."""
    if isinstance(value, list):
        for part in value:
            yield from objects(part)
    elif isinstance(value, dict):
        if value.get("type") in {"plain_text", "mrkdwn"}:
            yield value
        for part in value.values():
            yield from objects(part)


def lines(document: dict[str, Any], link: str | None = LINK) -> list[str]:
    return [line for text in objects(post(document, link)) for line in text["text"].split("\n")]


def test_a_post_says_the_bottom_line_then_what_to_do_then_the_figures() -> None:
    told = lines(sample())
    wanted = [
        "Marlin Charters · CFO · October 2026",
        "▲ Missing: Campaign spend could not be read: the export of October 2026 is not there.",
        "Cash of $41,237 lasts 7.3 months, and the burn has risen for three months.",
        "– Net burn rose to $7,713 (+55.8%); the winter berth of $2,230 is the largest part of it.",
        "*Action items*",
        "P1  Bring net burn under $5,000 a month",
        "due Nov 14, 2026 · CFO · within a week · CFO-7K3F",
        "*Key figures*",
        "Cash at period end",
        "■ $41,237  (bad)",
        "Δ −15.8%, unfavourable",
        "*Data notice*",
        "▲ Rejected: 3 of 1,204 bank rows were rejected: the amount is not a number.",
        f"<{LINK}|Open the whole report>",
    ]
    assert [told.index(line) for line in wanted] == sorted(told.index(line) for line in wanted)
    assert sum("Campaign spend could not be read" in line for line in told) == 1  # not in the banner and below it


def test_a_notification_says_what_it_is_about() -> None:
    assert post(sample())["text"] == (
        "Marlin Charters · CFO · October 2026: Cash of $41,237 lasts 7.3 months, and the burn has risen for three months."
    )


def test_the_same_report_gives_the_same_bytes() -> None:
    assert blocks(sample(), LINK) == blocks(sample(), LINK)
    assert blocks(sample(), LINK) != blocks(sample(), None)


def test_five_actions_are_shown_and_the_others_counted() -> None:
    many = [action(f"CFO-00{n:02}", "P2", f"Do thing {n}", "", "cfo", "2026-11-14", "S") for n in range(7)]
    told = lines(sample(actions=many))
    assert [line for line in told if line.startswith("P2")] == [f"P2  Do thing {n}" for n in range(5)]
    assert "and 2 more action items" in told
    assert "and 1 more action item" in lines(sample(actions=many[:6]))
    assert not any("more action" in line for line in lines(sample(actions=many[:5])))


def test_a_report_of_nothing_is_a_post_all_the_same() -> None:
    told = lines(minimal(), None)
    assert "▲ Missing: No source is configured." in told
    assert "not enough data for 2 more" in told
    assert "*Action items*" not in told
    assert "*Key figures*" not in told
    assert told[-1] == "The whole report is in the archive."


def test_no_figure_is_shown_for_what_is_not_known() -> None:
    document = sample()
    document["kpis"] = [{**document["kpis"][0], "previous": None, "delta": None}]
    told = lines(document)
    place = told.index("Cash at period end")
    assert told[place + 1] == "■ $41,237  (bad)"
    assert not told[place + 2].startswith("Δ")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://x.example.com/a b", "", None, "https://[", "ftp://x/y"])
def test_an_address_that_nobody_should_follow_is_no_link(address: str | None) -> None:
    assert lines(sample(), address)[-1] == "The whole report is in the archive."


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("https://x.example.com/a|b", "https://x.example.com/a%7Cb"),
        ("https://x.example.com/a>b<!channel>", "https://x.example.com/a%3Eb%3C!channel%3E"),
        ("https://x.example.com/?a=1&b=2", "https://x.example.com/?a=1&amp;b=2"),
    ],
)
def test_an_address_cannot_end_its_link(address: str, written: str) -> None:
    assert lines(sample(), address)[-1] == f"<{written}|Open the whole report>"


ATTACKS = (
    "<!channel> <!here> <!everyone>",
    "<@U0123456789> <#C0123456789|general>",
    "<https://evil.example.com|your bank>",
    "@channel @here #general",
    "*bold* _italic_ ~gone~ `code` ```block```",
    "> quoted\n>>> all of it",
    ":rotating_light: :tada:",
    "&lt;!channel&gt; &amp;lt;",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_in_a_report_is_obeyed_by_slack(attack: str) -> None:
    document = sample()
    document["heading"]["tenant"] = attack
    document["bottom_line"]["sentence"]["text"] = document["bottom_line"]["points"][0]["text"] = attack
    document["kpis"][0]["label"] = document["kpis"][0]["display"] = attack
    document["data_notice"][0]["text"] = document["actions"][0]["what"] = document["actions"][0]["owner"] = attack
    read = post(document)
    own = {text["text"] for text in objects(read) if text["type"] == "mrkdwn"}
    assert own == {"*Action items*", "*Key figures*", "*Data notice*", f"<{LINK}|Open the whole report>"}
    for text in objects(read):
        if text["type"] == "plain_text":
            assert "<" not in text["text"]
            assert ">" not in text["text"]
            assert text["emoji"] is False
            assert not re.search(r"&(?!amp;|lt;|gt;)", text["text"])
        else:
            assert text["verbatim"] is True
    assert not re.search(r"[<>*~`]|(?<![A-Za-z])_|_(?![A-Za-z])", read["text"])


def test_a_name_with_underscores_stays_one_in_a_notification() -> None:
    assert json.loads(message("jada_cfo_2026-10 is _late_", []))["text"] == "jada_cfo_2026-10 is \u02cdlate\u02cd"


def test_what_was_escaped_reads_as_it_was() -> None:
    read = json.loads(message("x", [section(["Fish & Chips <Ltd> costs > $5 &amp; more"])]))
    assert read["blocks"][0]["text"]["text"] == "Fish &amp; Chips &lt;Ltd&gt; costs &gt; $5 &amp;amp; more"


def units(text: str) -> int:
    """Characters as JavaScript counts them."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def held(read: dict[str, Any]) -> None:
    """Slack's limits: 50 blocks, 150 and 2,000 and 3,000 characters of a text, 10 fields, 40,000 in all."""
    assert 0 < len(read["blocks"]) <= 50
    assert 0 < units(read["text"]) <= 3000
    for block in read["blocks"]:
        for text in objects(block):
            most = {"header": 150, "context": 2000}.get(block["type"], 2000 if "fields" in block else 3000)
            assert 0 < units(text["text"]) <= most
        assert len(block.get("fields", ())) <= 10
        assert len(block.get("elements", ())) <= 10
    assert units(json.dumps(read, ensure_ascii=False)) <= 40_000


@pytest.mark.parametrize("letter", ["x", "&", "<", "漢", "😀", "\u0301", "W "])
def test_a_report_of_endless_texts_fits(letter: str) -> None:
    document = hostile()
    long = letter * 5000
    for kpi in document["kpis"] * 3:
        kpi["label"] = kpi["display"] = long
    for part in (*document["actions"], *document["data_notice"], *document["bottom_line"]["points"]):
        part.update({name: long for name in ("what", "why", "owner", "text") if name in part})
    document["bottom_line"]["sentence"]["text"] = document["heading"]["tenant"] = long
    document["bottom_line"]["points"] *= 5
    document["actions"] *= 20
    document["kpis"] *= 5
    document["data_notice"] *= 20
    held(post(document))


@given(st.text(max_size=6000), st.lists(st.text(max_size=4000), max_size=60))
def test_any_text_fits_and_is_never_empty(text: str, many: list[str]) -> None:
    encodable = [part.encode(errors="replace").decode() for part in (text, *many)]
    read = json.loads(message(encodable[0], [header(encodable[0]), *(section([part]) for part in encodable[1:])]))
    assert len(read["blocks"]) <= 50
    assert 0 < units(read["text"]) <= 3000
    for block in read["blocks"]:
        shown = block["text"]["text"]
        assert 0 < units(shown) <= (150 if block["type"] == "header" else 3000)
        assert shown.strip()
        assert not re.search(r"&(?!amp;|lt;|gt;)|[<>]", shown)  # no escape was cut in two


def test_a_document_that_is_none_is_refused() -> None:
    with pytest.raises(ReportError, match="does not follow its schema"):
        blocks({**sample(), "kpis": None}, LINK)


def test_a_portfolios_attention_budget_comes_before_the_action_items() -> None:
    read = post(planned())
    told = [text["text"] for text in objects(read)]
    assert told.index("*Attention budget*") < told.index("*Action items*")
    assert any(line.startswith("1. Cash lasts 7.3 months · due Nov 14, 2026 · CFO") for line in told)
    assert "Heron Tours: no finding is open." in told


def test_of_many_lines_a_post_shows_ten() -> None:
    document = planned()
    line = document["attention"]["lines"][0]
    document["attention"]["lines"] = [{**line, "title": f"Boat {number:02} stands idle"} for number in range(30)]
    told = "\n".join(text["text"] for text in objects(post(document)))
    assert "10. Boat 09 stands idle" in told
    assert "Boat 10" not in told
    assert "and 20 more findings" in told
