from __future__ import annotations

from datetime import date

import pytest

from quarterdeck.model import Severity
from tests.asking import Case, Given, ask, check
from tests.tables import Row, frame


def leak(path: str, fingerprint: str, *, in_tree: bool, seen: date = date(2026, 3, 4), repository: str = "site") -> Row:
    row = {
        "repository": repository,
        "path": path,
        "fingerprint": fingerprint,
        "is_in_tree": in_tree,
        "first_seen": seen,
        "line": 3,
    }
    return {**row, "rule": "stripe-access-token", "first_commit": "c0ffee"}


def leaks(*rows: Row) -> Given:
    return {"leaks": frame("leaks", rows)}


def env_file(secrets: int) -> Given:
    row = {"repository": "site", "path": "live/.env", "assignments": 5, "secrets": secrets, "first_seen": date(2026, 3, 4)}
    return {"env_files": frame("env_files", [row])}


def web_app(**columns: object) -> Given:
    return {"web_apps": frame("web_apps", [{"repository": "site", "path": "forms/appsscript.json", "scopes": 4, **columns}])}


def manifests(*rows: Row) -> Given:
    whole = [{"repository": "site", "path": "package.json", "ecosystem": "npm", "is_loose": True, **row} for row in rows]
    return {"manifests": frame("manifests", whole)}


def runtime(version: str, runtime: str = "python") -> Given:
    row = {"repository": "site", "path": "Dockerfile", "line": 1, "runtime": runtime, "version": version}
    return {"pinned_runtimes": frame("pinned_runtimes", [row])}


def checked(licence: str | None) -> Given:
    return {"code_checks": frame("code_checks", [{"repository": "site", "licence": licence}])}


def vulnerability(advisory: str = "GHSA-1", severity: str | None = "high", **columns: object) -> Row:
    row = {"repository": "site", "path": "poetry.lock", "package": "jinja2", "version": "2.0", "advisory": advisory}
    return {**row, "severity": severity, "published_on": date(2026, 5, 6), **columns}


def vulnerabilities(*rows: Row) -> Given:
    return {"vulnerabilities": frame("vulnerabilities", rows)}


ALIVE, GONE = leak("pay.py", "aa", in_tree=True), leak("old.py", "bb", in_tree=False, seen=date(2025, 1, 2))

CASES = {
    "key_in_code": Case(
        seeded=lambda: leaks(ALIVE, leak("a.py", "aa", in_tree=True), GONE),
        clean=lambda: leaks(GONE),
        subject="site",
        title="1 secret stands in the code of site",
        why="Whoever has a copy of site has them too. They lie in 2 files, the first since Mar 4, 2026: a.py.",
    ),
    "key_in_history": Case(
        seeded=lambda: leaks(ALIVE, GONE, leak("older.py", "cc", in_tree=False, seen=date(2024, 2, 3))),
        clean=lambda: leaks(ALIVE),
        subject="site",
        title="2 secrets are left in the history of site",
        why="They are in no file any more, but every copy of site still has them: the first since Feb 3, 2024, in older.py.",
    ),
    "env_file_in_git": Case(
        seeded=lambda: env_file(2),
        clean=lambda: {"env_files": frame("env_files", [])},
        subject="site live/.env",
        title="live/.env of site is under version control",
        why="It is plain text with 5 assignments, 2 of them by their looks secrets; every copy of site has them.",
    ),
    "web_app_anonymous": Case(
        seeded=lambda: web_app(access="ANYONE_ANONYMOUS", execute_as="USER_DEPLOYING"),
        clean=lambda: web_app(access="DOMAIN", execute_as="USER_DEPLOYING"),
        subject="site forms/appsscript.json",
        title="The Apps Script endpoint forms/appsscript.json of site asks nobody who they are",
        why="By its manifest anybody who has its address may call it, and it runs with the rights of the person who "
        "deployed it: what those can read and write, they can.",
    ),
    "dependency_scanning_missing": Case(
        seeded=lambda: manifests({}, {"path": "api/requirements.txt", "ecosystem": "PyPI"}, {"path": "x", "scanning": "trivy"}),
        clean=lambda: manifests({"scanning": "dependabot"}),
        subject="site",
        title="Nothing looks for known vulnerabilities in what site depends on",
        why="2 files name dependencies of PyPI, npm, and neither Dependabot, Renovate nor a step of CI watches them.",
    ),
    "lock_file_missing": Case(
        seeded=lambda: manifests({}),
        clean=lambda: manifests({"lock_file": "package-lock.json"}, {"path": "b/package.json", "is_loose": False}),
        subject="site",
        title="What site is built of is decided anew at every build",
        why="1 file names dependencies without exact versions and without a lock file, so that a bad release of one of them "
        "comes in unseen: package.json.",
    ),
    "code_runtime_end_of_life": Case(
        seeded=lambda: runtime("3.9.1"),  # 31 October 2025
        clean=lambda: runtime("3.12"),
        subject="site python 3.9.1",
        title="site runs on Python 3.9.1, which has had no security fixes for 366 days",
        why="Its support ended on Oct 31, 2025; faults that are found since then stay open. 1 file pins it, the first "
        "is Dockerfile.",
    ),
    "licence_missing": Case(
        seeded=lambda: checked(None),
        clean=lambda: checked("LICENSE"),
        subject="site",
        title="site says nowhere who may use it",
        why="Without a licence file nobody who gets a copy of site, a buyer of the company among them, can tell what they "
        "may do.",
    ),
    "vulnerability_known": Case(
        seeded=lambda: vulnerabilities(
            vulnerability(),
            vulnerability("GHSA-2", "critical", alias="CVE-2026-1", summary="Code is run", published_on=date(2026, 6, 7)),
        ),
        clean=vulnerabilities,
        subject="site jinja2",
        title="site is built with jinja2 2.0, which has 2 known vulnerabilities",
        why="CVE-2026-1: Code is run. It has been public since Jun 7, 2026.",
    ),
}


@pytest.mark.parametrize(("id", "case"), CASES.items(), ids=list(CASES))
def test_the_fault_is_found_and_the_clean_twin_is_not(id: str, case: Case) -> None:
    check(id, case)


def test_a_secret_in_the_history_is_another_finding_than_one_in_the_files() -> None:
    (alive,), (gone,) = (ask(id, **leaks(ALIVE, GONE)) for id in ("key_in_code", "key_in_history"))
    assert alive.remedy != gone.remedy
    assert "reissued" in gone.remedy
    assert [row["path"] for row in alive.hit.evidence] == ["pay.py"]
    assert [row["path"] for row in gone.hit.evidence] == ["old.py"]


@pytest.mark.parametrize(("secrets", "severity"), [(1, None), (0, Severity.LOW)])
def test_an_env_file_without_a_secret_is_milder(secrets: int, severity: Severity | None) -> None:
    (said,) = ask("env_file_in_git", **env_file(secrets))
    assert said.hit.severity is severity


@pytest.mark.parametrize(
    ("access", "execute_as", "api_access", "severity"),
    [
        ("ANYONE_ANONYMOUS", "USER_DEPLOYING", None, Severity.CRITICAL),
        ("ANYONE", "USER_DEPLOYING", None, Severity.HIGH),
        (None, None, "ANYONE_ANONYMOUS", Severity.HIGH),
        (None, None, "ANYONE", Severity.HIGH),
        ("MYSELF", "USER_DEPLOYING", "ANYONE", Severity.HIGH),
        ("ANYONE", "USER_ACCESSING", None, None),
        ("DOMAIN", "USER_DEPLOYING", "DOMAIN", None),
        ("MYSELF", "USER_DEPLOYING", None, None),
        (None, None, None, None),
    ],
)
def test_how_bad_a_web_app_is(
    access: str | None, execute_as: str | None, api_access: str | None, severity: Severity | None
) -> None:
    said = ask("web_app_anonymous", **web_app(access=access, execute_as=execute_as, api_access=api_access))
    assert [one.hit.severity or Severity.HIGH for one in said] == ([] if severity is None else [severity])


@pytest.mark.parametrize(("version", "is_past"), [("2", False), ("3", False), ("3.10", True), ("3.11", False), ("99.1", False)])
def test_a_runtime_whose_end_is_not_known_is_no_finding(version: str, is_past: bool) -> None:
    """Support of Python 3.10 ends on 31 October 2026, the last day of the period."""
    assert bool(ask("code_runtime_end_of_life", **runtime(version))) is is_past


@pytest.mark.parametrize(("given", "severity"), [("critical", Severity.CRITICAL), ("low", Severity.LOW), (None, None)])
def test_a_vulnerability_is_as_severe_as_was_published(given: str | None, severity: Severity | None) -> None:
    (said,) = ask("vulnerability_known", **vulnerabilities(vulnerability(severity=given)))
    assert said.hit.severity is severity
    assert said.remedy.startswith("Bring jinja2 in poetry.lock to a version without it, or to another package and release")
