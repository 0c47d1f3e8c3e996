from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pandas as pd

from quarterdeck.exhibits.security import security_table, stacks_table
from quarterdeck.frames import empty, to_frame
from quarterdeck.measure.rows import finding_rows
from quarterdeck.model import Finding, FindingState, Severity
from quarterdeck.people import Acceptance
from tests.engine import a_finding
from tests.tables import OCTOBER, Row, cells, frame, together

ACCOUNT = "111122223333"
HERE: Row = {"account": ACCOUNT, "region": "us-west-2"}
TENANT = frame("tenant", [{"id": "a", "kind": "company", "locale": "en_US", "fiscal_start": 1}])


def finding(subject: str, severity: Severity = Severity.HIGH, field: str = "cloud_security", **changes: Any) -> Finding:
    facts = {**HERE, "resource": subject} if field != "code_security" else {"repository": subject}
    given = {"tenant": "a", "facts": facts, "title": "Something is wrong", "last_seen": "2026-10", "checks": ("one", "two")}
    return a_finding(
        subject.encode().hex().ljust(64, "0"), subject=subject, severity=severity, field=field, **{**given, **changes}
    )


def found(*made: Finding) -> pd.DataFrame:
    return to_frame("findings", finding_rows(made, OCTOBER), "a")


def stacks(made: Iterable[Finding] = (), resources: Iterable[Row] = (), **more: pd.DataFrame) -> dict[str, pd.DataFrame]:
    given = {
        "findings": found(*made),
        "tenant": TENANT,
        "resources": frame("resources", [{**HERE, **row} for row in resources]),
        "repositories": empty("repositories"),
        "inventory_asked": empty("inventory_asked"),
    }
    return given | more


def test_a_finding_stands_with_its_place_state_and_remedy() -> None:
    made = security_table(findings=found(finding("bookings", title="Open to {resource}")), tenant=TENANT, at=OCTOBER)
    assert made is not None
    assert made.rows == (
        ("high", "Open to bookings", f"bookings · {ACCOUNT} us-west-2", "new", "2026-10", "Mend it", "one, two"),
    )


def test_open_findings_come_first_by_severity_then_what_is_accepted_and_fixed() -> None:
    word = Acceptance(date(2027, 3, 31), "Ann", "soon gone")
    made = security_table(
        findings=found(
            finding("fixed", Severity.CRITICAL, state=FindingState.FIXED),
            finding("accepted", Severity.CRITICAL, state=FindingState.ACCEPTED, accepted=word),
            finding("low", Severity.LOW),
            finding("worst", Severity.CRITICAL, state=FindingState.PERSISTING),
            finding("unknown", state=FindingState.UNCHECKED),
            finding("money", field="finance"),
        ),
        tenant=TENANT,
        at=OCTOBER,
    )
    assert [str(where).split()[0] for where in cells(made, "where")] == ["worst", "low", "accepted", "fixed"]
    assert cells(made, "state") == ["persisting", "new", "accepted until Mar 31, 2027 by Ann", "fixed"]


def test_what_was_seen_before_says_since_when() -> None:
    made = security_table(findings=found(finding("old", first_seen="2026-07")), tenant=TENANT, at=OCTOBER)
    assert cells(made, "seen") == ["2026-07 to 2026-10"]


def test_a_stack_names_its_worst_gaps_and_counts_the_others() -> None:
    resources = [{"service": "s3", "kind": "bucket", "resource": name, "name": name} for name in "abcde"]
    made = stacks_table(**stacks([finding(name, title=f"Gap {name}") for name in "abcde"], resources), at=OCTOBER)
    assert cells(made, "parts") == ["bucket (5)"] * 4
    assert cells(made, "gap") == ["Gap a", "Gap b", "Gap c", "and 2 more"]


def test_nothing_found_is_no_table() -> None:
    assert security_table(findings=found(finding("money", field="finance")), tenant=TENANT, at=OCTOBER) is None
    assert stacks_table(**stacks(), at=OCTOBER) is None


def test_what_is_not_in_aws_has_no_account() -> None:
    made = security_table(findings=found(finding("website", field="code_security", checks=())), tenant=TENANT, at=OCTOBER)
    assert cells(made, "where") == ["website"]
    assert cells(made, "checks") == [None]


def test_a_stack_is_what_the_tag_says_else_the_service_and_is_as_good_as_its_worst_gap() -> None:
    resources = [
        {"service": "lambda", "kind": "function", "resource": "book", "name": "book", "stack": "site"},
        {"service": "s3", "kind": "bucket", "resource": "pages", "name": "pages", "stack": "site"},
        {"service": "s3", "kind": "bucket", "resource": "logs", "name": "logs"},
        {"service": "ec2", "kind": "volume", "resource": "vol-1", "name": "vol-1"},
    ]
    gaps = [
        finding("book/STRIPE", Severity.CRITICAL, title="A key"),
        finding("vol-1", Severity.LOW, title="Plain"),
        finding("pages", Severity.MEDIUM, title="Mild", state=FindingState.PERSISTING),
        finding("logs", Severity.HIGH, title="Gone", state=FindingState.FIXED),
    ]
    made = stacks_table(**stacks(gaps, resources), at=OCTOBER)
    assert made is not None
    assert made.rows == (
        ("site", "bucket, function", "critical", "A key", "Mend it"),
        ("site", "bucket, function", "critical", "Mild", "Mend it"),
        ("EC2", "volume", "good", "Plain", "Mend it"),
        ("S3", "bucket", "good", None, None),
    )


def test_repositories_are_stacks_too_and_what_belongs_to_none_has_a_row() -> None:
    repositories = frame("repositories", [{"repository": "website"}])
    gaps = [finding("website", Severity.HIGH, "code_security"), finding("root", Severity.MEDIUM, "access_security")]
    made = stacks_table(**stacks(gaps, repositories=repositories), at=OCTOBER)
    assert cells(made, "stack") == ["website", "Users, names and networks"]
    assert cells(made, "rating") == ["weak", "fair"]
    assert cells(made, "parts") == ["repository", None]


def test_an_alias_of_a_function_is_a_part_of_it() -> None:
    resource = {"service": "lambda", "kind": "function", "resource": "book", "name": "book"}
    assert cells(stacks_table(**stacks([finding("book:live")], [resource]), at=OCTOBER), "stack") == ["Lambda"]


def test_what_could_not_be_read_is_said() -> None:
    asked = frame(
        "inventory_asked", [{**HERE, "service": "iam", "status": "failed"}, {**HERE, "service": "s3", "part": "buckets"}]
    )
    resource = {"service": "s3", "kind": "bucket", "resource": "logs", "name": "logs"}
    made = stacks_table(**stacks((), [resource], inventory_asked=asked), at=OCTOBER)
    assert made is not None
    assert made.note == "Not read in full: iam"


def test_a_portfolio_speaks_in_its_own_locale_and_names_its_companies() -> None:
    own = frame("tenant", [{"id": "portfolio", "kind": "portfolio", "locale": "de_DE", "fiscal_start": 1}], "portfolio")
    both = together("tenant", TENANT, own)
    word = Acceptance(date(2027, 3, 31), "Ann", "soon gone")
    gaps = found(finding("one", state=FindingState.ACCEPTED, accepted=word), finding("two", tenant="b"))
    made = security_table(findings=gaps, tenant=both, at=OCTOBER)
    assert cells(made, "tenant") == ["b", "a"]
    assert cells(made, "state") == ["new", "accepted until 31.03.2027 by Ann"]
