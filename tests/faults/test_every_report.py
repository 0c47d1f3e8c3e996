"""All reports of the example, role by role: what each says, and who makes its sentences.

`UPDATE_GOLDEN=1 python -m pytest tests/faults/test_every_report.py` writes their golden files anew; then read the diff.
"""

from __future__ import annotations

import re

import pytest

from quarterdeck.compose.sentences import SENTENCE_RULES
from tests import golden_files
from tests.unit.test_compose_sentences import CASES
from tests.walked import Walked, walk

# A role's golden file is of the tenant that has most to tell it; the portfolio's five begin with its name.
SHOWN = {
    "accounting": ("jada", "accounting"),
    "ceo": ("jada", "ceo"),
    "cfo": ("jada", "cfo"),
    "cmo": ("queenofsandiego", "cmo"),
    "cto": ("queenofsandiego", "cto"),
    "rental": ("rental", "rental"),
    "logistics": ("expert-yacht-delivery", "logistics"),
    "client-billing": ("dangerouscentaur-clients", "client-billing"),
    **{f"portfolio-{role}": ("portfolio", role) for role in ("accounting", "ceo", "cfo", "cmo", "cto")},
}
_OWN_TO_A_RUN = re.compile(r"(?<=Made by version )\S+|\b[0-9a-f]{12}\b")


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walked:
    return walk(tmp_path_factory.mktemp("example"))


def test_the_example_has_28_reports_and_each_role_one_that_is_kept(walked: Walked) -> None:
    assert len(walked.documents) == 28
    assert {role for _, role in walked.documents} == {role for _, role in SHOWN.values()}


@pytest.mark.parametrize("name", SHOWN)
def test_a_report_reads_as_it_was_reviewed(name: str, walked: Walked) -> None:
    golden_files.check(f"{name}.txt", _OWN_TO_A_RUN.sub("(digest)", walked.text(*SHOWN[name])))


def test_every_sentence_is_made_by_a_rule_that_is_tested(walked: Walked) -> None:
    tested = {case.rule.__name__ for case in CASES.values() if case.said}
    said = {
        sentence["rule"]
        for document in walked.documents.values()
        for sentence in (document["bottom_line"]["sentence"], *document["bottom_line"]["points"])
    }
    assert said <= tested == {rule.__name__ for rule in SENTENCE_RULES}
    assert {"headline", "mover", "worst_finding", "not_worked_out", "cash_lasts", "revenue_cause", "jobs_done"} <= said


def test_no_sentence_has_an_empty_slot_or_a_number_without_form(walked: Walked) -> None:
    for (tenant, role), document in walked.documents.items():
        line = document["bottom_line"]
        for text in (line["sentence"]["text"], *(point["text"] for point in line["points"])):
            assert not re.search(r"[{}]|None(?! of)|n/a|  |\d\.\d{5,}", text), (tenant, role, text)
            assert text.endswith("."), (tenant, role, text)
