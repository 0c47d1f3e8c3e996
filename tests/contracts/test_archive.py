"""The archive on every store: a revision is filed once, whole, and is what its digest says."""

from __future__ import annotations

from typing import Any

import pytest

from quarterdeck import codec
from quarterdeck.archive import Archive
from quarterdeck.compose.report import SCHEMA_VERSION, revision
from quarterdeck.errors import ArchiveError, QuarterdeckError
from quarterdeck.storage import Store
from tests.forks import die, in_child
from tests.stores import Opening

PLACE = ("alpha", "ceo", "2026-10")


@pytest.fixture
def archive(store: Store) -> Archive:
    return Archive(store)


def report(sentence: str = "Cash is fine.", **changes: Any) -> dict[str, Any]:
    document = {
        "report_id": "alpha_ceo_2026-10",
        **dict(zip(("tenant", "role", "period"), PLACE, strict=True)),
        "bottom_line": {"sentence": sentence},
        "actions": [{"code": "CEO-7K3F", "card": None}],
        "provenance": {"code_version": "1.0"},
        "schema_version": SCHEMA_VERSION,
        **changes,
    }
    return {**document, "revision": revision(document)}


def files(document: dict[str, Any], **renderings: bytes) -> dict[str, bytes]:
    return {"report.json": codec.canonical(document).encode(), **{f"report.{kind}": data for kind, data in renderings.items()}}


def file(archive: Archive, document: dict[str, Any], **renderings: bytes) -> bool:
    return archive.file(*PLACE, document["revision"], files(document, **renderings))


def test_files_and_finds(archive: Archive) -> None:
    document = report()
    assert file(archive, document, html=b"<p>", txt=b"text")
    assert archive.revisions(*PLACE) == (document["revision"],)
    assert archive.document(*PLACE, document["revision"]) == document
    assert archive.read(*PLACE, document["revision"], "report.html") == b"<p>"
    assert archive.read(*PLACE, document["revision"], "report.txt") == b"text"
    assert archive.path(*PLACE, document["revision"]).endswith(f"alpha/ceo/2026-10/{document['revision']}/report.json")


def test_a_revision_names_its_files(archive: Archive) -> None:
    document = report()
    assert archive.names(*PLACE, document["revision"]) == ()
    file(archive, document, html=b"<p>", xlsx=b"PK")
    file(archive, report("Cash is low."), txt=b"another revision")
    assert archive.names(*PLACE, document["revision"]) == ("report.html", "report.json", "report.xlsx")
    with pytest.raises(ArchiveError):
        archive.names(*PLACE, "../" + document["revision"])


def test_tells_every_filed_revision(archive: Archive) -> None:
    assert archive.filed() == ()
    first, second = report(), report("Cash is gone.")
    for document in (first, second):
        file(archive, document, html=b"<p>")
    archive.store.put_new(f"alpha/ceo/2026-11/{'0' * 64}/report.html", b"<p>")  # begun, and never filed
    archive.store.put("alpha/index.html", b"<p>")
    revisions = sorted(document["revision"] for document in (first, second))
    assert archive.filed() == tuple((*PLACE, revision) for revision in revisions)


def test_filing_again_changes_nothing(archive: Archive) -> None:
    document = report()
    assert file(archive, document, html=b"<p>")
    assert not file(archive, document, html=b"<p>")
    assert archive.revisions(*PLACE) == (document["revision"],)


def test_newer_code_or_pulls_without_visible_change_keep_the_first_filing(archive: Archive) -> None:
    first = report()
    newer = report(provenance={"code_version": "2.0"}, actions=[{"code": "CEO-7K3F", "card": "https://board.example.com/7"}])
    assert newer["revision"] == first["revision"]
    assert file(archive, first, html=b"<p>")
    assert not file(archive, newer, html=b"<p class=new>", pdf=b"%PDF")
    assert archive.document(*PLACE, first["revision"]) == first
    assert archive.read(*PLACE, first["revision"], "report.html") == b"<p>"
    assert archive.read(*PLACE, first["revision"], "report.pdf") == b"%PDF"  # a form that was not made then


def test_other_content_under_the_same_revision_is_refused(archive: Archive) -> None:
    document = report()
    file(archive, document)
    forged = {**report("Cash is gone."), "revision": document["revision"]}
    with pytest.raises(ArchiveError, match="not what its revision"):
        file(archive, forged)
    assert archive.document(*PLACE, document["revision"]) == document


def test_two_revisions_stand_beside_each_other(archive: Archive) -> None:
    one, two = report(), report("Cash is low.")
    file(archive, one)
    file(archive, two)
    assert archive.revisions(*PLACE) == tuple(sorted((one["revision"], two["revision"])))


@pytest.mark.parametrize("change", [{"tenant": "beta"}, {"role": "cfo"}, {"period": "2026-09"}])
def test_a_report_of_somebody_else_is_refused(archive: Archive, change: dict[str, str]) -> None:
    with pytest.raises(ArchiveError, match="is that of"):
        file(archive, report(**change))
    assert archive.store.list() == ()


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"null", b"\xff", b'{"tenant": "alpha"}', b"[" * 100_000])
def test_what_is_no_report_is_refused(archive: Archive, data: bytes) -> None:
    with pytest.raises(ArchiveError):
        archive.file(*PLACE, "0" * 64, {"report.json": data})
    with pytest.raises(ArchiveError):
        archive.file(*PLACE, "0" * 64, {"report.html": data})


def test_a_crash_before_the_last_file_leaves_no_revision_and_heals(opening: Opening, archive: Archive) -> None:
    document = report()

    def die_before_the_last() -> None:
        store = opening()
        real = store.put_new

        def dying(key: str, data: bytes) -> bool:
            return die() if key.endswith("report.json") else real(key, data)

        store.put_new = dying  # type: ignore[method-assign]
        file(Archive(store), document, html=b"<p>", txt=b"text")

    assert in_child(die_before_the_last) < 0
    assert len(archive.store.list()) == 2
    assert archive.revisions(*PLACE) == ()
    with pytest.raises(ArchiveError, match="not in the archive"):
        archive.document(*PLACE, document["revision"])
    assert file(archive, document, html=b"<p>", txt=b"text")
    assert archive.document(*PLACE, document["revision"]) == document


def test_damage_is_seen(archive: Archive) -> None:
    document = report()
    file(archive, document)
    key = f"{'/'.join(PLACE)}/{document['revision']}/report.json"
    archive.store.put(key, archive.store.get(key).replace(b"Cash is fine.", b"Cash is gone."))
    with pytest.raises(ArchiveError, match="not what its revision"):
        archive.document(*PLACE, document["revision"])
    with pytest.raises(ArchiveError):
        file(archive, document)


@pytest.mark.parametrize(
    "place",
    [
        ("../x", "ceo", "2026-10"),
        ("alpha", "a/b", "2026-10"),
        ("alpha", "ceo", "2026-13"),
        ("alpha", "", "2026-10"),
        ("", "", ""),
    ],
)
def test_refuses_what_is_no_place(archive: Archive, place: tuple[str, str, str]) -> None:
    for use in (lambda: archive.revisions(*place), lambda: archive.path(*place, "0" * 64)):
        with pytest.raises(ArchiveError):
            use()


@pytest.mark.parametrize(
    ("revision", "name"), [("0" * 63, "report.json"), ("..", "report.json"), ("0" * 64, "../x"), ("0" * 64, "")]
)
def test_refuses_what_is_no_revision_or_name(archive: Archive, revision: str, name: str) -> None:
    with pytest.raises(QuarterdeckError):
        archive.path(*PLACE, revision, name)
