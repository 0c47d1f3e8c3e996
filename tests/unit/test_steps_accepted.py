"""A finding that the portfolio file accepts, on its way from there into reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from quarterdeck.errors import ConfigError
from tests import mini
from tests.reporting import Report, parts_of, report


def accepted(root: Path, **changes: str) -> Path:
    """A portfolio whose alpha has accepted that a project is blocked."""
    entry = {
        "rule": "project_blocked",
        "subject": "booking",
        "until": "2026-12-31",
        "by": "Ann",
        "reason": "In spring",
        **changes,
    }
    file = mini.make(root)
    listed = ", ".join(f"{name}: {value}" for name, value in entry.items())
    text = file.read_text().replace("    name: Alpha\n", f"    name: Alpha\n    accepted: [{{{listed}}}]\n", 1)
    file.write_text(text)
    return file


def the_finding(made: Report) -> dict[str, object]:
    (found,) = (finding for finding in made.findings if finding["rule"] == "project_blocked" and finding["tenant"] == "alpha")
    return found


def test_an_accepted_finding_is_shown_with_whose_word_it_is_and_asks_for_nothing(tmp_path: Path) -> None:
    made = report(accepted(tmp_path), "alpha", "cto")
    found = the_finding(made)
    assert found["state"] == "accepted"
    assert found["accepted"] == {"until": "2026-12-31", "by": "Ann", "reason": "In spring"}
    assert found["fingerprint"] not in [action["finding"] for action in made.document["actions"]]


@pytest.mark.parametrize("changes", [{"until": "2026-10-30"}, {"subject": "other"}])
def test_what_has_ended_or_speaks_of_another_is_no_acceptance(changes: dict[str, str], tmp_path: Path) -> None:
    made = report(accepted(tmp_path, **changes), "alpha", "cto")
    found = the_finding(made)
    assert (found["state"], found["accepted"]) == ("new", None)
    assert found["fingerprint"] in [action["finding"] for action in made.document["actions"]]


def test_the_portfolio_shows_it_as_its_member_does(tmp_path: Path) -> None:
    assert the_finding(report(accepted(tmp_path), "portfolio", "cto"))["state"] == "accepted"


def test_a_rule_that_there_is_not_is_a_fault_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"portfolio\.yaml:\d+:\d+: there is no rule 'bucket_pubic'"):
        parts_of(accepted(tmp_path, rule="bucket_pubic"))


def test_one_finding_is_accepted_once(tmp_path: Path) -> None:
    file = accepted(tmp_path)
    text = file.read_text()
    entry = text[text.index("accepted: [") + len("accepted: [") : text.index("}]\n") + 1]
    file.write_text(text.replace(f"[{entry}]", f"[{entry}, {entry}]"))
    with pytest.raises(ConfigError, match="a finding is accepted twice"):
        parts_of(file)
