"""What is unsafe in git repositories: secrets, open web apps, dependencies that nobody watches, runtimes past their end."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from quarterdeck import lifecycles
from quarterdeck.frames import day
from quarterdeck.model import At, Effort, Fact, Severity
from quarterdeck.rules import Hit, rule
from quarterdeck.rules._shared import days_between, evidence, fact

_STORE = "a secret store (AWS Secrets Manager) or Parameter Store"
_ANYBODY = {"ANYONE_ANONYMOUS": "anybody who has its address", "ANYONE": "anybody with a Google account"}
_WORST = ("critical", "high", "medium", "low")


@rule(
    "key_in_code",
    severity=Severity.HIGH,
    owner="cto",
    effort=Effort.M,
    due_days=7,
    title="{secrets:secret stands|secrets stand} in the code of {repository}",
    why="Whoever has a copy of {repository} has them too. They lie in {files:file|files}, the first since {since}: {path}.",
    remedy=f"Have each one reissued by whoever gave it out, put the new ones into {_STORE}, and take the old ones out of the "
    "files of {repository}",
    checks=("repository_secret_scanning_enabled",),
)
def key_in_code(leaks: pd.DataFrame, at: At) -> Iterable[Hit]:
    """Secrets stand in files of a repository's default branch."""
    yield from _leaks(leaks[leaks["is_in_tree"]], at)


@rule(
    "key_in_history",
    severity=Severity.MEDIUM,
    owner="cto",
    effort=Effort.M,
    due_days=14,
    title="{secrets:secret is|secrets are} left in the history of {repository}",
    why="They are in no file any more, but every copy of {repository} still has them: the first since {since}, in {path}.",
    remedy="Have each one reissued by whoever gave it out: taking it out of the files, or out of the history, does not undo "
    "that {repository} was copied",
    checks=("repository_secret_scanning_enabled",),
)
def key_in_history(leaks: pd.DataFrame, at: At) -> Iterable[Hit]:
    """Secrets stand in commits of a repository, and in no file of its default branch."""
    yield from _leaks(leaks[~leaks["is_in_tree"]], at)


def _leaks(leaks: pd.DataFrame, at: At) -> Iterable[Hit]:
    for name, rows in leaks.groupby("repository"):
        ordered = rows.sort_values(["first_seen", "path", "line"])
        yield Hit(
            subject=str(name),
            facts={
                "repository": str(name),
                "secrets": int(rows["fingerprint"].nunique()),
                "files": int(rows["path"].nunique()),
                "since": day(ordered["first_seen"].iloc[0]),
                "path": str(ordered["path"].iloc[0]),
            },
            evidence=evidence(ordered, at, "path", "line", "rule", "first_commit", "first_seen", "fingerprint"),
        )


@rule(
    "env_file_in_git",
    severity=Severity.HIGH,
    owner="cto",
    effort=Effort.S,
    due_days=7,
    title="{path} of {repository} is under version control",
    why="It is plain text with {assignments:assignment|assignments}, {secrets} of them by their looks secrets; every copy of "
    "{repository} has them.",
    remedy=f"Put what is in {{path}} into {_STORE}, have its secrets reissued, and keep the file out of git (.gitignore)",
)
def env_file_in_git(env_files: pd.DataFrame, at: At) -> Iterable[Hit]:
    """An env file is committed in plain text; without a secret in it, it is a habit that will bring one."""
    for row in env_files.sort_values(["repository", "path"]).to_dict("records"):
        own = env_files[(env_files["repository"] == row["repository"]) & (env_files["path"] == row["path"])]
        yield Hit(
            subject=f"{row['repository']} {row['path']}",
            facts={
                "resource": f"{row['repository']}: {row['path']}",
                **{name: fact(row[name]) or 0 for name in ("repository", "path", "assignments", "secrets")},
            },
            evidence=evidence(own, at, "path", "assignments", "secrets", "first_seen"),
            severity=None if row["secrets"] else Severity.LOW,
        )


@rule(
    "web_app_anonymous",
    severity=Severity.HIGH,
    owner="cto",
    effort=Effort.M,
    due_days=7,
    title="The Apps Script endpoint {path} of {repository} asks nobody who they are",
    why="By its manifest {who} may call it, and it runs with the rights of {whose}: what those can read and write, they can.",
    remedy="Set the access of {path} to the domain or to the user who calls it, have callers sign in (OAuth, or a service "
    "account between services), and deploy it anew",
)
def web_app_anonymous(web_apps: pd.DataFrame, at: At) -> Iterable[Hit]:
    """An Apps Script web app or API is open to everybody, and runs as the one who deployed it."""
    for row in web_apps.sort_values(["repository", "path"]).to_dict("records"):
        is_app = row["access"] in _ANYBODY and row["execute_as"] == "USER_DEPLOYING"
        if not is_app and row["api_access"] not in _ANYBODY:
            continue
        own = web_apps[(web_apps["repository"] == row["repository"]) & (web_apps["path"] == row["path"])]
        yield Hit(
            subject=f"{row['repository']} {row['path']}",
            facts={
                "resource": f"{row['repository']}: {row['path']}",
                "repository": row["repository"],
                "path": row["path"],
                "who": _ANYBODY[row["access"] if is_app else row["api_access"]],
                "whose": "the person who deployed it" if is_app else "the project",
            },
            evidence=evidence(own, at, "path", "access", "execute_as", "api_access", "scopes"),
            severity=Severity.CRITICAL if is_app and row["access"] == "ANYONE_ANONYMOUS" else None,
        )


@rule(
    "dependency_scanning_missing",
    severity=Severity.HIGH,
    owner="cto",
    effort=Effort.S,
    due_days=30,
    title="Nothing looks for known vulnerabilities in what {repository} depends on",
    why="{manifests:file names|files name} dependencies of {ecosystems}, and neither Dependabot, Renovate nor a step of CI "
    "watches them.",
    remedy="Turn on Dependabot or Renovate for {repository}, or run pip-audit, npm audit or osv-scanner on every push",
    checks=("repository_dependency_scanning_enabled",),
)
def dependency_scanning_missing(manifests: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A repository names dependencies that nothing in it looks for vulnerabilities in."""
    for name, rows in manifests[manifests["scanning"].isna()].groupby("repository"):
        yield Hit(
            subject=str(name),
            facts={
                "repository": str(name),
                "manifests": len(rows),
                "ecosystems": ", ".join(sorted(rows["ecosystem"].unique())),
            },
            evidence=evidence(rows.sort_values("path"), at, "path", "ecosystem", "lock_file"),
        )


@rule(
    "lock_file_missing",
    severity=Severity.MEDIUM,
    owner="cto",
    effort=Effort.S,
    due_days=30,
    title="What {repository} is built of is decided anew at every build",
    why="{manifests:file names|files name} dependencies without exact versions and without a lock file, so that a bad release "
    "of one of them comes in unseen: {path}.",
    remedy="Commit a lock file for {path} (with hashes where the tool has them), and build {repository} from it",
)
def lock_file_missing(manifests: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A repository names dependencies by ranges and has no lock file for them."""
    loose = manifests[manifests["is_loose"] & manifests["lock_file"].isna()]
    for name, rows in loose.groupby("repository"):
        ordered = rows.sort_values("path")
        facts: dict[str, Fact] = {"repository": str(name), "manifests": len(rows), "path": str(ordered["path"].iloc[0])}
        yield Hit(subject=str(name), facts=facts, evidence=evidence(ordered, at, "path", "ecosystem"))


@rule(
    "code_runtime_end_of_life",
    severity=Severity.MEDIUM,
    owner="cto",
    effort=Effort.M,
    due_days=60,
    title="{repository} runs on {runtime} {version}, which has had no security fixes for {age:days}",
    why="Its support ended on {ended}; faults that are found since then stay open. {files:file pins|files pin} it, the first "
    "is {path}.",
    remedy="Bring {repository} to {runtime} {successor}, and test it there",
)
def code_runtime_end_of_life(pinned_runtimes: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A repository pins a runtime whose support had ended by the period's end, by the table of lifecycles."""
    for (name, runtime, version), rows in pinned_runtimes.groupby(["repository", "runtime", "version"]):
        found = lifecycles.of_language(str(runtime), str(version))
        if found is None or found.ends_on >= at.end:
            continue
        ordered = rows.sort_values(["path", "line"])
        yield Hit(
            subject=f"{name} {runtime} {version}",
            facts={
                "repository": str(name),
                "runtime": str(runtime).capitalize(),
                "version": str(version),
                "age": days_between(found.ends_on, at.end),
                "ended": found.ends_on,
                "files": int(rows["path"].nunique()),
                "path": str(ordered["path"].iloc[0]),
                "successor": found.successor or "a version that is supported",
            },
            evidence=evidence(ordered, at, "path", "line", "runtime", "version"),
        )


@rule(
    "licence_missing",
    severity=Severity.LOW,
    owner="cto",
    effort=Effort.S,
    due_days=90,
    title="{repository} says nowhere who may use it",
    why="Without a licence file nobody who gets a copy of {repository}, a buyer of the company among them, can tell what they "
    "may do.",
    remedy="Put a LICENSE file at the top of {repository}; for code that stays inside, one that says so",
)
def licence_missing(code_checks: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A repository has no licence file."""
    for name, rows in code_checks[code_checks["licence"].isna()].groupby("repository"):
        yield Hit(subject=str(name), facts={"repository": str(name)}, evidence=evidence(rows, at, "repository", "head"))


@rule(
    "vulnerability_known",
    severity=Severity.MEDIUM,
    owner="cto",
    effort=Effort.S,
    due_days=14,
    title="{repository} is built with {package} {version}, which has {known:known vulnerability|known vulnerabilities}",
    why="{advisory}: {summary}. It has been public since {published}.",
    remedy="Bring {package} in {path} to {fixed} and release {repository}",
)
def vulnerability_known(vulnerabilities: pd.DataFrame, at: At) -> Iterable[Hit]:
    """A locked package has a vulnerability that was published before the period's end; as severe as the worst of them."""
    for (name, package), rows in vulnerabilities.groupby(["repository", "package"]):
        ranks = rows["severity"].map(lambda severity: _WORST.index(severity) if severity in _WORST else len(_WORST))
        ordered = rows.assign(rank=ranks).sort_values(["rank", "published_on", "advisory"])
        worst = ordered.to_dict("records")[0]
        yield Hit(
            subject=f"{name} {package}",
            facts={
                "repository": str(name),
                "package": str(package),
                "version": worst["version"],
                "known": int(rows["advisory"].nunique()),
                "advisory": fact(worst["alias"]) or worst["advisory"],
                "summary": fact(worst["summary"]) or "no summary was published",
                "published": day(worst["published_on"]),
                "path": worst["path"],
                "fixed": fact(worst["fixed_in"]) or "a version without it, or to another package",
            },
            evidence=evidence(ordered, at, "path", "version", "advisory", "alias", "severity", "fixed_in"),
            severity=Severity(worst["severity"]) if worst["severity"] in _WORST else None,
        )
