"""The audit of git repositories: what it finds, what it does not, and that no secret comes out of it."""

from __future__ import annotations

import json
import logging
import os
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from quarterdeck.errors import SourceError
from quarterdeck.fingerprints import Fingerprints
from quarterdeck.sources import Pulled, Window
from quarterdeck.sources import _secret_scanner as scanners
from quarterdeck.sources.code_audit import AuditOptions, CodeAudit
from quarterdeck.storage import LocalStore
from tests.auditing import advisory, example_key, random_text
from tests.repositories import Made, repository
from tests.secret_corpus import corpus
from tests.sourcing import Row, window, write

OCTOBER = "2026-10-01T12:00:00Z"
CODE: Row = {"repositories": [{"path": "code"}]}
NAMES = {"GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.com"}


def audit(view: Window, **options: object) -> Pulled:
    return CodeAudit.pull(AuditOptions.model_validate({**CODE, **options}), view)


def table(pulled: Pulled, name: str) -> list[Row]:
    listed: list[Row] = next(table.rows for table in pulled.tables if table.name == name).to_pylist()
    return listed


def leaks(pulled: Pulled) -> list[tuple[object, ...]]:
    return [(row["path"], row["line"], row["first_seen"], row["is_in_tree"]) for row in table(pulled, "leaks")]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return repository(tmp_path / "code")


@pytest.fixture
def view(tmp_path: Path) -> Window:
    return replace(window(tmp_path), cache=LocalStore(tmp_path / "cache"))


def test_secrets_of_the_tree_and_of_the_history_behind(made: Made, view: Window) -> None:
    alive, gone, moved = (example_key(seed) for seed in (1, 2, 3))
    first = made.commit({"pay.py": f"\n\nKEY = '{alive}'\n", "old.py": f"KEY = '{gone}'\n"}, "2026-08-01T12:00:00Z")
    made.commit({"was.py": f"KEY = '{moved}'\n"}, "2026-09-01T12:00:00Z")
    made.commit(
        {"old.py": None, "pay.py": f"KEY = '{alive}'\n", "was.py": None, "is.py": f"K = '{moved}'\n"}, "2026-10-01T12:00:00Z"
    )
    made.commit({"late.py": f"KEY = '{example_key(4)}'\n"}, "2026-11-02T12:00:00Z")  # after the period
    pulled = audit(view)
    assert leaks(pulled) == [
        ("is.py", 1, date(2026, 9, 1), True),  # first seen where it was before
        ("old.py", 1, date(2026, 8, 1), False),
        ("pay.py", 1, date(2026, 8, 1), True),  # the line it stands in now
    ]
    rows = {row["path"]: row for row in table(pulled, "leaks")}
    assert rows["old.py"]["first_commit"] == rows["pay.py"]["first_commit"] == first
    assert rows["old.py"]["rule"] == "stripe-access-token"
    assert rows["pay.py"]["fingerprint"] == view.fingerprints.of("alpha", alive)
    assert rows["old.py"]["fingerprint"] == view.fingerprints.of("alpha", gone)


def test_branches_tags_merges_and_bare_clones(made: Made, view: Window) -> None:
    made.commit({"a": "1"}, "2026-08-01T12:00:00Z")
    made.git("checkout", "-q", "-b", "side")
    made.commit({"side.py": f"KEY = '{example_key(5)}'\n"}, "2026-08-02T12:00:00Z")
    made.git("checkout", "-q", "-b", "tagged", "main")
    made.commit({"tag.py": f"KEY = '{example_key(6)}'\n"}, "2026-08-03T12:00:00Z")
    made.tag("v1", "2026-08-03T12:00:00Z")
    made.git("checkout", "-q", "main")
    made.git("branch", "-q", "-D", "tagged")
    made.git("merge", "-q", "--no-ff", "--no-commit", "side", **NAMES)
    merged = {"evil.py": f"KEY = '{example_key(7)}'\n", "side.py": None}
    sha = made.commit(merged, "2026-08-04T12:00:00Z")  # what neither side had
    found = {row["path"]: row for row in table(audit(view), "leaks")}
    assert {path: row["is_in_tree"] for path, row in found.items()} == {"side.py": False, "tag.py": False, "evil.py": True}
    assert found["evil.py"]["first_commit"] == sha
    made.git("clone", "-q", "--bare", ".", "../bare.git")
    bare = {**CODE, "repositories": [{"path": "bare.git", "name": "code"}]}
    assert table(audit(view, **bare), "leaks") == table(audit(view), "leaks")


def test_a_shallow_clone_tells_what_it_has(made: Made, view: Window) -> None:
    made.commit({"old.py": f"KEY = '{example_key(1)}'\n"}, "2026-08-01T12:00:00Z")
    made.commit({"old.py": None, "new.py": f"KEY = '{example_key(2)}'\n"}, "2026-09-01T12:00:00Z")
    made.git("clone", "-q", "--bare", "--depth", "1", f"file://{made.path}", "../cut.git")
    assert leaks(audit(view, repositories=[{"path": "cut.git"}])) == [("new.py", 1, date(2026, 9, 1), True)]


def test_a_later_pull_searches_only_what_is_new_and_says_the_same(
    made: Made, view: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.commit({"a.py": f"KEY = '{example_key(1)}'\n", "b.py": "x = 1\n"}, "2026-08-01T12:00:00Z")
    searched: list[bytes] = []
    scan = scanners._Worker.scan

    def counted(worker: scanners._Worker, text: bytes) -> tuple[scanners.Secret, ...] | None:
        searched.append(text)
        return scan(worker, text)

    monkeypatch.setattr(scanners._Worker, "scan", counted)
    first = audit(view)
    assert len(searched) == 1 + 2  # each pull shows it one to find
    assert audit(view) == first
    assert len(searched) == 1 + 2 + 1
    made.commit({"c.py": f"KEY = '{example_key(2)}'\n"}, "2026-09-01T12:00:00Z")
    warm = audit(view)
    assert len(searched) == 1 + 2 + 1 + 1 + 1
    assert warm == audit(replace(view, cache=None))
    assert table(first, "leaks") == table(audit(replace(view, period=view.period.previous().previous())), "leaks")


@pytest.mark.parametrize("bytes_", [b"", b"{}", b"x\x9c garbage"])
def test_what_was_kept_and_is_damaged_or_of_another_key_is_made_again(made: Made, view: Window, bytes_: bytes) -> None:
    made.commit({"a.py": f"KEY = '{example_key(1)}'\n"}, "2026-08-01T12:00:00Z")
    first = audit(view)
    assert view.cache is not None
    [key] = view.cache.list("alpha/")
    view.cache.put(key, bytes_)
    assert audit(view) == first
    other = audit(replace(view, fingerprints=Fingerprints("another key of 32 characters....")))
    assert table(other, "leaks")[0]["fingerprint"] != table(first, "leaks")[0]["fingerprint"]
    beta = audit(replace(view, tenant="beta"))
    assert table(beta, "leaks")[0]["fingerprint"] != table(first, "leaks")[0]["fingerprint"]
    assert {key.split("/")[0] for key in view.cache.list()} == {"alpha", "beta"}


def test_time_that_runs_out_leaves_the_table_unavailable_and_the_rest_stands(
    made: Made, view: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    files: dict[str, str | None] = {f"{n}.py": f"KEY = '{example_key(n)}'\n" for n in range(4)}
    made.commit({**files, ".env": "A_SECRET=hunter2hunter2\n"}, "2026-08-01T12:00:00Z")
    scan, left = scanners._Worker.scan, [4]

    def slow(worker: scanners._Worker, text: bytes) -> tuple[scanners.Secret, ...] | None:
        left[0] -= 1
        if left[0] == 0:
            worker.stop()  # as the timer does
        return scan(worker, text)

    monkeypatch.setattr(scanners._Worker, "scan", slow)
    pulled = audit(view)
    (missing,) = pulled.missing
    assert missing.name == "leaks"
    assert "not done with code in its time: 2 of 5 contents" in missing.reason
    assert "goes on from there" in missing.remedy
    assert {table.name for table in pulled.tables} == set(CodeAudit.provides(AuditOptions.model_validate(CODE))) - {"leaks"}
    assert len(table(pulled, "env_files")) == 1
    left[0] = 100
    assert len(leaks(audit(view))) == 4
    assert left[0] == 100 - 1 - 3  # two were searched before


def test_without_a_scanner_nothing_is_said_of_secrets(made: Made, view: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    made.commit({"a.py": f"KEY = '{example_key(1)}'\n", "Pipfile": ""}, "2026-08-01T12:00:00Z")
    monkeypatch.setattr(scanners, "_PACKAGE", "no-such-package")
    pulled = audit(view)
    assert [missing.name for missing in pulled.missing] == ["leaks"]
    assert "not installed" in pulled.missing[0].reason
    assert table(pulled, "code_checks")[0]["scanner"] is None
    with pytest.raises(SourceError, match="not installed"):
        CodeAudit.check(AuditOptions.model_validate(CODE), view)


@pytest.mark.parametrize("answer", ["null", "[]", "", "die"])
def test_an_engine_that_finds_nothing_is_not_taken_for_code_without_secrets(
    made: Made, view: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    made.commit({"a.py": f"KEY = '{example_key(1)}'\n"}, "2026-08-01T12:00:00Z")
    broken = "import sys\nwhile data := sys.stdin.buffer.read(4):\n"
    broken += "    sys.stdin.buffer.read(int.from_bytes(data, 'big'))\n"
    broken += "    sys.exit(1)\n" if answer == "die" else f"    print({answer!r}, flush=True)\n"
    monkeypatch.setattr(scanners, "_WORKER", tmp_path / write(tmp_path, "broken.py", broken))
    pulled = audit(view)
    assert [missing.name for missing in pulled.missing] == ["leaks"]
    assert "did not find the one that it was shown" in pulled.missing[0].reason
    assert table(pulled, "code_checks")[0]["scanner"] is None


def test_without_a_key_of_fingerprints_the_rest_is_audited(made: Made, view: Window) -> None:
    made.commit({"a.py": f"KEY = '{example_key(1)}'\n"}, "2026-08-01T12:00:00Z")
    pulled = audit(replace(view, fingerprints=Fingerprints()))
    assert [missing.name for missing in pulled.missing] == ["leaks"]
    assert "no key for fingerprints" in pulled.missing[0].reason


def test_no_secret_comes_out_in_any_form(made: Made, view: Window, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Values are looked for in tables, rejects, logs and every file that was written, the cache among them."""
    secrets = [example_key(seed) for seed in range(6)]
    password = random_text(16, 9)
    files = {f"{n}.py": f"KEY = '{secret}'\n" for n, secret in enumerate(secrets)}
    manifest = json.dumps({"webapp": {"access": secrets[0]}})
    more = {".env": f"DB_PASSWORD={password}\n", "appsscript.json": manifest, "b/appsscript.json": secrets[1]}
    made.commit({**files, **more}, "2026-08-01T12:00:00Z")
    with caplog.at_level(logging.DEBUG):
        pulled = audit(view, max_rejected=1)
    assert len(table(pulled, "leaks")) == 9
    seen = repr([(table.rows.to_pylist(), table.rejects) for table in pulled.tables]) + repr(pulled.missing) + caplog.text
    for place, _, names in os.walk(tmp_path):
        if not Path(place).is_relative_to(made.path):
            seen += "".join((Path(place) / name).read_bytes().decode("latin-1") for name in names)
    for secret in (*secrets, password):
        for form in (secret, secret[8:], secret[::-1]):
            assert form not in seen


def test_the_scanners_process_has_nothing_of_ours_and_dies_with_its_input(
    view: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "ours")
    monkeypatch.setenv("BETTERLEAKS_CONFIG", "/nowhere")
    with scanners.scanning(b"k" * 32, 60) as worker:
        assert isinstance(worker, scanners._Worker)
        process = worker._process
        environment = Path(f"/proc/{process.pid}/environ").read_bytes() if Path("/proc").is_dir() else b""
        assert b"AWS_" not in environment
        assert b"BETTERLEAKS" not in environment
        assert worker.scan(f"KEY = '{example_key(1)}'  # gitleaks:allow\n".encode()) is not None
        assert b"k" * 32 not in Path(f"/proc/{process.pid}/cmdline").read_bytes()
        process.kill()
        assert worker.scan(b"x") is None  # the text that it died of is not searched, the next one is
        (found,) = worker.scan(f"KEY = '{example_key(1)}'".encode()) or ()
        assert found.rule == "stripe-access-token"
        second = worker._process
    assert process.poll() is not None
    assert second.poll() is not None


def test_hostile_contents_are_counted_and_harm_nobody(made: Made, view: Window) -> None:
    key = example_key(1)
    bytes_ = {
        "nul.bin": b"\0" * 100 + key.encode(),
        "late-nul.py": b"#" * 9000 + b"\0\nKEY = '" + key.encode() + b"'\n",
        "utf16.txt": f"KEY = '{example_key(2)}'\n".encode("utf-16"),
        "latin.py": b"# caf\xe9\nKEY = '" + example_key(3).encode() + b"'\n",
        "large.txt": b"x" * (2 * 2**20 + 1),
        "long-line.js": b"a" * 2**20 + b"'" + example_key(4).encode() + b"'",
        "yarn.lock": b"KEY = '" + example_key(5).encode() + b"'",
        "new\nline\x1b[31m.py": b"KEY = '" + example_key(6).encode() + b"'\n",
        "empty": b"",
        "allowed.py": b"KEY = '" + example_key(8).encode() + b"'  # betterleaks:allow\n",
    }
    for name, data in bytes_.items():
        (made.path / name).write_bytes(data)
    (made.path / "link.env").symlink_to("/etc/passwd")
    made.git("add", "-A")
    made.record("2026-08-01T12:00:00Z")
    pulled = audit(view)
    found = {row["path"]: row for row in table(pulled, "leaks")}
    assert set(found) == {"late-nul.py", "utf16.txt", "latin.py", "long-line.js", "new line.py", "allowed.py"}
    assert table(pulled, "env_files") == []
    (checked,) = table(pulled, "code_checks")
    assert (checked["scanned_files"], checked["skipped_files"]) == (7, 3)
    assert checked["scanned_bytes"] == sum(
        len(bytes_[name]) for name in bytes_ if name not in ("nul.bin", "large.txt", "yarn.lock")
    )


def test_a_repository_that_is_damaged_is_an_error_that_names_it(made: Made, view: Window) -> None:
    made.commit({"a.py": "1\n"}, "2026-08-01T12:00:00Z")
    sha = made.git("rev-parse", "HEAD:a.py")
    path = made.path / ".git/objects" / sha[:2] / sha[2:]
    path.chmod(0o600)
    path.write_bytes(b"garbage")
    with pytest.raises(SourceError, match="code: git cat-file cannot read"):
        audit(view)


def test_what_the_repository_configures_is_not_run(made: Made, view: Window, tmp_path: Path) -> None:
    made.commit({"a.py": "1\n", ".gitattributes": "* diff=evil filter=evil -text\n"}, "2026-08-01T12:00:00Z")
    touch = f"touch {tmp_path}/ran"
    for name in (
        "diff.evil.textconv",
        "diff.external",
        "core.fsmonitor",
        "filter.evil.smudge",
        "core.sshCommand",
        "uploadpack.packObjectsHook",
    ):
        made.git("config", name, touch)
    audit(view)
    assert not (tmp_path / "ran").exists()


def test_git_counts_the_same_contents(made: Made, view: Window) -> None:
    """An oracle: git's own list of objects."""
    for number in range(6):
        files: dict[str, str | None] = {f"{number}.py": f"x = {number}\n", "all.py": f"y = {number}\n", "same.py": "z\n"}
        made.commit(files, f"2026-08-0{number + 1}T12:00:00Z")
    listed = subprocess.run(
        ["git", "cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectsize)"],
        cwd=made.path, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    blobs = [int(line.split()[1]) for line in listed if line.startswith("blob")]
    (checked,) = table(audit(view), "code_checks")
    assert (checked["scanned_files"], checked["scanned_bytes"]) == (len(blobs), sum(blobs))


def test_two_repositories_and_one_without_a_commit(made: Made, view: Window, tmp_path: Path) -> None:
    made.commit(
        {"LICENSE": "MIT\n", ".github/dependabot.yml": "updates:\n  - package-ecosystem: pip\n"}, "2026-08-01T12:00:00Z"
    )
    repository(tmp_path / "empty")
    pulled = audit(view, repositories=[{"path": "*"}])
    (row,) = table(pulled, "code_checks")
    assert (row["repository"], row["licence"], row["scanning"], row["head"]) == (
        "code", "LICENSE", "dependabot", made.git("rev-parse", "HEAD"),
    )  # fmt: skip


def test_vulnerabilities_only_of_data_that_was_there(made: Made, view: Window, tmp_path: Path) -> None:
    made.commit({"requirements.txt": "Demo.Package==1.1\nsafe==2.0\n", "poetry.lock": "not toml ["}, "2026-08-01T12:00:00Z")
    assert "vulnerabilities" not in {table.name for table in audit(view).tables}
    write(tmp_path, "osv/A.json", advisory("A", "demo-package"))
    pulled = audit(view, osv="osv")
    (row,) = table(pulled, "vulnerabilities")
    assert (row["advisory"], row["package"], row["version"], row["severity"], row["fixed_in"], row["alias"]) == (
        "A", "demo-package", "1.1", "high", "1.2", "CVE-2026-0001",
    )  # fmt: skip
    (checked,) = table(pulled, "code_checks")
    assert (checked["advisories_on"], checked["checked_packages"]) == (date(2026, 10, 20), 2)
    none = audit(view, osv="gone")
    assert [missing.name for missing in none.missing] == ["vulnerabilities"]
    assert "no such folder" in none.missing[0].reason
    assert table(none, "code_checks")[0]["advisories_on"] is None


def test_check_opens_the_repositories_and_reads_nothing(made: Made, view: Window) -> None:
    made.commit({"a": "1"}, "2026-08-01T12:00:00Z")
    assert CodeAudit.check(AuditOptions.model_validate(CODE), view) == "1 repository"
    with pytest.raises(SourceError, match="no such folder"):
        CodeAudit.check(AuditOptions.model_validate({"repositories": [{"path": "gone"}]}), view)


def test_recall_and_false_alarms_on_a_seeded_corpus(made: Made, view: Window) -> None:
    """What docs/sources/code_audit.md quotes."""
    secrets, decoys = corpus()
    files = {f"s/{name}": text for name, text in secrets.items()} | {f"d/{name}": text for name, text in decoys.items()}
    assert (len(secrets), len(decoys)) == (40, 20)
    made.commit(dict(files), "2026-08-01T12:00:00Z")
    found = {str(path) for path, *_ in leaks(audit(view))}
    missed = {"db.env", "discord.js", "generic.ts", "settings.py", "telegram.py"}
    assert {name for name in secrets if f"s/{name}" not in found} <= missed
    assert {name for name in decoys if f"d/{name}" in found} == set()


def test_a_clone_without_its_contents_is_audited_as_far_as_it_goes(made: Made, view: Window) -> None:
    made.commit({"old.py": f"KEY = '{example_key(1)}'\n"}, "2026-08-01T12:00:00Z")
    made.commit({"old.py": "1\n", "new.py": f"KEY = '{example_key(2)}'\n"}, "2026-09-01T12:00:00Z")
    made.git("config", "uploadpack.allowFilter", "true")
    made.git("clone", "-q", "--filter=blob:none", f"file://{made.path}", "../part")
    pulled = audit(view, repositories=[{"path": "part"}])
    assert leaks(pulled) == [("new.py", 1, date(2026, 9, 1), True)]  # what was checked out is there
    (checked,) = table(pulled, "code_checks")
    assert (checked["scanned_files"], checked["skipped_files"]) == (2, 1)


def test_names_that_look_alike_and_tags_of_no_commit_break_nothing(made: Made, view: Window) -> None:
    twins: dict[str, str | None] = {}
    for mark in ("", "\x1b[0m", "\u202e", "\u200b"):
        names = {
            f"{mark}.env": "A=1\n",
            f"a{mark}/appsscript.json": "{}",
            f"b{mark}/package.json": "{}",
            f"c{mark}/.nvmrc": "18\n",
        }
        twins |= {**names, f"d{mark}.py": f"KEY = '{example_key(1)}'\n", f"e{mark}/yarn.lock": 'demo@1:\n  version "1.0.0"\n'}
    made.commit(twins, "2026-08-01T12:00:00Z")
    made.git("tag", "content", made.git("rev-parse", "HEAD:d.py"))
    made.git("tag", "tree", made.git("rev-parse", "HEAD^{tree}"))
    write(view.root, "osv/A.json", advisory("A", "demo", "npm", events=({"introduced": "0"},)))
    pulled = audit(view, osv="osv")
    assert {table.name: table.rows.num_rows for table in pulled.tables} == {
        "code_checks": 1, "leaks": 1, "env_files": 1, "web_apps": 1, "manifests": 1, "pinned_runtimes": 1, "vulnerabilities": 1,
    }  # fmt: skip
