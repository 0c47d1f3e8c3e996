"""A report as a mail: readers see what went in, equal letters give equal bytes, and nothing slips into a header."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.addresses import Address, parse_address
from quarterdeck.delivery.message import MAX_BYTES, Attachment, Image, Letter, build, message_id
from quarterdeck.delivery.readers import Kind, Reader, readers, shown
from quarterdeck.errors import DeliveryError, QuarterdeckError

ANA, BOB, CY = (
    parse_address(text) for text in ("Ana Ruiz <ana@example.com>", "bob@example.com", '"Young, Cy" <cy@example.com>')
)
LETTER = Letter(
    report_id="alpha_ceo_2026-10",
    revision="f" * 64,
    reader=ANA,
    sender=parse_address("Quarterdeck <reports@mail.example.com>"),
    to=(ANA, BOB),
    cc=(CY,),
    reply_to=parse_address("desk@example.com"),
    subject="CEO report of Alpha for October 2026",
    text="Net burn was $8,000.\n\n.\nFrom here on: déjà vu \n",
    html="<p>Net burn was <b>$8,000</b>.</p>",
    date=datetime(2026, 10, 31, 23, 59, tzinfo=UTC),
)


def parsed(letter: Letter) -> EmailMessage:
    """The message as a mail program reads it."""
    message = message_from_bytes(build(letter), policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def mailboxes(message: EmailMessage, header: str) -> list[tuple[str, str]]:
    return [(address.display_name, address.addr_spec) for address in message[header].addresses]


def well_formed(data: bytes) -> None:
    assert data.isascii()
    assert b"\0" not in data
    lines = data.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert max(map(len, lines)) <= 998
    assert b"\nbcc:" not in data.lower()


def test_says_what_went_in() -> None:
    message = parsed(LETTER)
    well_formed(build(LETTER))
    assert message["Subject"] == LETTER.subject
    assert mailboxes(message, "From") == [("Quarterdeck", "reports@mail.example.com")]
    assert mailboxes(message, "To") == [("Ana Ruiz", "ana@example.com"), ("", "bob@example.com")]
    assert mailboxes(message, "Cc") == [("Young, Cy", "cy@example.com")]
    assert mailboxes(message, "Reply-To") == [("", "desk@example.com")]
    assert message["Date"] == "Sat, 31 Oct 2026 23:59:00 +0000"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Quarterdeck-Report"] == "alpha_ceo_2026-10"
    assert message["X-Quarterdeck-Revision"] == "f" * 64
    assert message["Bcc"] is None
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert (text.get_content_type(), text.get_content()) == ("text/plain", LETTER.text.replace("\n", "\r\n"))
    assert (html.get_content_type(), html.get_content()) == ("text/html", LETTER.html)
    for part in (text, html):
        assert part["Content-Transfer-Encoding"] == "quoted-printable"
        assert part.get_content_charset() == "utf-8"


def test_equal_letters_give_equal_bytes_and_every_part_counts() -> None:
    assert build(LETTER) == build(replace(LETTER))
    same_instant = replace(LETTER, date=LETTER.date.astimezone(timezone(timedelta(hours=9))))
    assert build(same_instant) == build(LETTER)
    changes = (
        {"reader": BOB},
        {"revision": "e" * 64},
        {"subject": "x"},
        {"text": "x"},
        {"html": "x"},
        {"cc": ()},
        {"to": (ANA,)},
    )
    others = [build(replace(LETTER, **change)) for change in changes]
    assert len({build(LETTER), *others}) == 8


def test_the_message_id_is_the_readers_and_the_revisions_own() -> None:
    own = parsed(LETTER)["Message-ID"]
    assert own == message_id(LETTER.report_id, LETTER.revision, ANA, LETTER.sender)
    assert re.fullmatch(r"<[0-9a-f]{40}@mail\.example\.com>", own)
    assert parsed(replace(LETTER, subject="Revised: x", text="y"))["Message-ID"] == own
    assert parsed(replace(LETTER, reader=BOB))["Message-ID"] != own
    assert parsed(replace(LETTER, revision="e" * 64))["Message-ID"] != own


def test_a_correction_refers_to_the_first() -> None:
    first = parsed(LETTER)["Message-ID"]
    revised = parsed(replace(LETTER, revision="e" * 64, subject="Revised: x", follows=first))
    assert revised["In-Reply-To"] == revised["References"] == first
    for nonsense in ("x", "<a@b>\r\nBcc: eve@example.com", "<a b@c>", "<@>"):
        with pytest.raises(DeliveryError):
            build(replace(LETTER, follows=nonsense))


def test_readers_who_are_not_shown() -> None:
    message = parsed(replace(LETTER, to=(), cc=(), reply_to=None))
    assert message["To"].addresses == ()
    assert (message["Cc"], message["Reply-To"]) == (None, None)


def test_attachments_go_along_unharmed() -> None:
    data = bytes(range(256)) * 50
    listed = (Attachment("report.pdf", "application/pdf", data), Attachment("Übersicht 2026.csv", "text/csv", b""))
    letter = replace(LETTER, attachments=listed)
    well_formed(build(letter))
    message = parsed(letter)
    assert message.get_content_type() == "multipart/mixed"
    body, *attached = message.iter_parts()
    assert body.get_content_type() == "multipart/alternative"
    assert [part.get_filename() for part in attached] == ["report.pdf", "Übersicht 2026.csv"]
    assert [part.get_payload(decode=True) for part in attached] == [data, b""]
    assert [part.get_content_disposition() for part in attached] == ["attachment", "attachment"]


@pytest.mark.parametrize(
    "attachment",
    [
        Attachment("", "application/pdf", b""),
        Attachment("../../etc/passwd", "application/pdf", b""),
        Attachment("a\r\nBcc: x", "application/pdf", b""),
        Attachment(".hidden", "application/pdf", b""),
        Attachment("a\x00.pdf", "application/pdf", b""),
        Attachment("a.pdf", "application/pdf; x=1", b""),
        Attachment("a.pdf", "application/pdf\r\nBcc: x", b""),
        Attachment("a.pdf", "pdf", b""),
    ],
)
def test_refuses_attachments_that_could_say_more_than_their_name(attachment: Attachment) -> None:
    with pytest.raises(DeliveryError):
        build(replace(LETTER, attachments=(attachment,)))


IMAGES = (
    Image("chart-1.abc@quarterdeck.invalid", "chart-1.png", b"\x89PNG one"),
    Image("c2@example.com", "c2.png", bytes(300)),
)


def test_pictures_stand_beside_the_html_that_shows_them() -> None:
    letter = replace(LETTER, html='<p><img src="cid:chart-1.abc@quarterdeck.invalid">', images=IMAGES)
    well_formed(build(letter))
    message = parsed(letter)
    assert message.get_content_type() == "multipart/alternative"
    text, related = message.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert (related.get_content_type(), related.get_param("type")) == ("multipart/related", "text/html")
    html, *pictures = related.iter_parts()
    assert html.get_content_type() == "text/html"
    assert [part["Content-ID"] for part in pictures] == ["<chart-1.abc@quarterdeck.invalid>", "<c2@example.com>"]
    assert [part.get_content_type() for part in pictures] == ["image/png"] * 2
    assert [part.get_content_disposition() for part in pictures] == ["inline"] * 2
    assert [part.get_filename() for part in pictures] == ["chart-1.png", "c2.png"]
    assert [part.get_payload(decode=True) for part in pictures] == [image.data for image in IMAGES]


def test_pictures_and_attachments_go_together_and_repeat() -> None:
    letter = replace(LETTER, images=IMAGES, attachments=(Attachment("report.pdf", "application/pdf", b"%PDF"),))
    well_formed(build(letter))
    assert build(letter) == build(replace(letter))
    assert build(letter) != build(replace(letter, images=IMAGES[:1]))
    body, attached = parsed(letter).iter_parts()
    assert body.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in body.iter_parts()] == ["text/plain", "multipart/related"]
    assert attached.get_filename() == "report.pdf"


@pytest.mark.parametrize(
    "image",
    [
        Image("no address", "a.png", b""),
        Image("a@b>\r\nBcc: x", "a.png", b""),
        Image("", "a.png", b""),
        Image("a@example.com", "../a.png", b""),
        Image("a@example.com", "a\r\n.png", b""),
    ],
)
def test_refuses_pictures_that_could_say_more_than_their_name(image: Image) -> None:
    with pytest.raises(DeliveryError):
        build(replace(LETTER, images=(image,)))


# Subjects: CRLF with a header, LF, CR, U+2028, U+2029, U+0085, VT, FF, NUL, CRLF and a space, a turned direction, a lone
# surrogate, nothing, and one that no mail server takes.
_BAD_TEXTS = [f"a{bad}b" for bad in ("\r\nBcc: eve@example.com ", "\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\0")]
_BAD_TEXTS += [f"a{bad}b" for bad in ("\r\n ", "\u202e", "\ud800", "\x1b", "\t")]


@pytest.mark.parametrize("subject", [*_BAD_TEXTS, "", "   ", "x" * 996])
def test_refuses_subjects(subject: str) -> None:
    with pytest.raises(DeliveryError):
        build(replace(LETTER, subject=subject))


_BAD_SPECS = [
    *(
        "ana",
        "",
        "a b@example.com",
        "añа@example.com",
        "ana@exämple.com",
        "Ana@EXAMPLE.com",
        '"ana"@example.com',
        "<ana@example.com>",
    ),
    *("ana@example.com, eve@example.com", "alice@good.example<evil@bad.example>", "ana@example.com\r\nBcc: eve@example.com"),
    *("ana@example.com\n", f"{'a' * 300}@example.com"),
]
_BAD_ADDRESSES = [*(Address(spec) for spec in _BAD_SPECS), *(Address("ana@example.com", name) for name in _BAD_TEXTS)]


@pytest.mark.parametrize("where", ["sender", "reader", "reply_to", "to", "cc"])
@pytest.mark.parametrize(
    "address", [*(Address(spec) for spec in _BAD_SPECS), *(Address("ana@example.com", name) for name in _BAD_TEXTS)]
)
def test_refuses_addresses_that_did_not_come_from_a_strict_reading(where: str, address: Address) -> None:
    value = (BOB, address) if where in {"to", "cc"} else address
    with pytest.raises(DeliveryError):
        build(replace(LETTER, **{where: value}))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ['a"b', "a\\b", "a<b>", "a@b", " a", "a ", "n" * 201])
def test_refuses_names_that_change_on_the_way(name: str) -> None:
    with pytest.raises(DeliveryError):
        build(replace(LETTER, to=(Address("ana@example.com", name),)))


@pytest.mark.parametrize("change", [{"report_id": "a b"}, {"report_id": "a\r\nBcc: x"}, {"report_id": ""}, {"revision": "é"}])
def test_refuses_ids_that_are_no_words(change: dict[str, str]) -> None:
    with pytest.raises(DeliveryError):
        build(replace(LETTER, **change))  # type: ignore[arg-type]


def test_refuses_a_date_without_zone_bad_text_and_too_much() -> None:
    with pytest.raises(DeliveryError, match="time zone"):
        build(replace(LETTER, date=datetime(2026, 10, 31)))  # noqa: DTZ001 - the point of the test
    with pytest.raises(DeliveryError, match="UTF-8"):
        build(replace(LETTER, text="a\ud800"))
    with pytest.raises(DeliveryError, match="more than"):
        build(replace(LETTER, attachments=(Attachment("a.pdf", "application/pdf", b"x" * MAX_BYTES),)))


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Ergebnisübersicht für Zoë & Söhne — Oktober 2026, zweite Fassung 🚢 nach Durchsicht", None),
        ("=?utf-8?q?Bcc=3A?= tricks", None),
        ("one  two   three", "one two three"),
        ("  padded  ", "padded"),
        ("word " * 60, ("word " * 60).strip()),
        ("x" * 500, None),
        ("日本語" * 60, None),
    ],
)
def test_subjects_come_back_as_written(subject: str, expected: str | None) -> None:
    letter = replace(LETTER, subject=subject)
    well_formed(build(letter))
    assert parsed(letter)["Subject"] == (expected or subject)


_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs", "Cf"]), min_size=1, max_size=80)
_NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters='<>"\\@', categories=["L", "N", "P", "S"]), min_size=1, max_size=60
)


@settings(deadline=None)
@given(st.lists(_WORDS, min_size=1, max_size=8))
def test_any_printable_subject_is_carried(words: list[str]) -> None:
    subject = " ".join(" ".join(words).split())
    if len(subject) <= 995:
        letter = replace(LETTER, subject=subject)
        well_formed(build(letter))
        assert parsed(letter)["Subject"] == subject


@settings(deadline=None)
@given(st.lists(_NAMES, min_size=1, max_size=6))
def test_a_list_of_any_names_keeps_its_addresses(names: list[str]) -> None:
    to = tuple(parse_address(f'"{name}" <reader{number}@example.com>') for number, name in enumerate(names))
    letter = replace(LETTER, to=to)
    well_formed(build(letter))
    assert [spec for _, spec in mailboxes(parsed(letter), "To")] == [address.spec for address in to]
    # The new parser puts spaces between encoded words, against RFC 2047; the old one does not.
    listed = getaddresses([message_from_bytes(build(letter))["To"]])
    assert [(str(make_header(decode_header(name))), spec) for name, spec in listed] == [(a.name, a.spec) for a in to]


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_body_is_carried(text: str, html: str) -> None:
    letter = replace(LETTER, text=text, html=html)
    try:
        data = build(letter)
    except DeliveryError:
        assert not (text + html).isprintable()  # a lone surrogate
        return
    well_formed(data)
    found = [part.get_payload(decode=True) for part in parsed(letter).iter_parts()]
    for payload, content in zip(found, (text, html), strict=True):
        assert isinstance(payload, bytes)
        expected = content.replace("\r\n", "\n").replace("\r", "\n")
        assert payload.decode().replace("\r\n", "\n") == expected


@settings(deadline=None)
@given(st.text(max_size=120), st.text(max_size=120))
def test_no_subject_or_name_adds_a_header(subject: str, name: str) -> None:
    try:
        letter = replace(LETTER, subject=subject, to=(parse_address(f"{name} <ana@example.com>"),))
        message = parsed(letter)
    except QuarterdeckError:
        return
    assert sorted(message.keys()) == sorted(parsed(LETTER).keys())
    assert [spec for _, spec in mailboxes(message, "To")] == ["ana@example.com"]


def test_everybody_is_a_reader_once() -> None:
    listed = readers((ANA, BOB), (parse_address("ANA@example.com"), CY), (BOB, parse_address("archive@example.com")))
    assert [(reader.address.spec, reader.kind) for reader in listed] == [
        ("ana@example.com", Kind.TO),
        ("bob@example.com", Kind.TO),
        ("cy@example.com", Kind.CC),
        ("archive@example.com", Kind.BCC),
    ]
    assert shown(listed, Kind.TO) == (ANA, BOB)
    assert shown(listed, Kind.BCC) == (Address("archive@example.com"),)
    assert Reader(ANA).kind is Kind.TO


def test_offers_to_unsubscribe_where_asked() -> None:
    assert parsed(LETTER)["List-Unsubscribe"] is None
    for text, shown_as in (
        ("stop@example.com", "stop@example.com"),
        ("Stop <a+b&c?d%e@example.com>", "a%2Bb%26c%3Fd%25e@example.com"),
        ("stop@bücher.example", "stop@xn--bcher-kva.example"),
    ):
        message = parsed(replace(LETTER, unsubscribe=parse_address(text)))
        assert message["List-Unsubscribe"] == f"<mailto:{shown_as}?subject=unsubscribe%20alpha_ceo_2026-10>"
    longest = Address(f"{'+' * 64}@{'.'.join(['a' * 45] * 4)}.com")
    well_formed(build(replace(LETTER, unsubscribe=longest)))


def test_an_address_to_unsubscribe_at_slips_nothing_into_the_head() -> None:
    for spec in ("stop@example.com>\r\nBcc: <eve@example.com", "a@example.com,b@example.com", ""):
        with pytest.raises(DeliveryError):
            build(replace(LETTER, unsubscribe=Address(spec)))
