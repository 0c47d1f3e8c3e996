"""What single files of a repository say: env files, manifests, lock files, runtimes, records of osv.dev."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.errors import Reject, SourceError
from quarterdeck.sources import _osv
from quarterdeck.sources._code_files import is_env_file, read_env_file, read_web_app
from quarterdeck.sources._code_locks import Package, is_lock, locked
from quarterdeck.sources._code_manifests import find_scanning, manifest_rows
from quarterdeck.sources._code_runtimes import runtime_rows
from quarterdeck.sources._code_tree import Tree
from quarterdeck.sources._osv import read_dump
from quarterdeck.sources._secret_worker import looks_random
from tests.auditing import advisory, random_text
from tests.sourcing import Row, write

END = datetime(2026, 11, 1, tzinfo=UTC)


class Given:
    """A tree of files by path, and a reader of them."""

    def __init__(self, **files: str) -> None:
        self.texts = {name.replace("__", "/").replace("_dot_", "."): text for name, text in files.items()}

    @classmethod
    def of(cls, files: dict[str, str]) -> Given:
        made = cls()
        made.texts = files
        return made

    @property
    def tree(self) -> Tree:
        return Tree(dict.fromkeys(self.texts, "0" * 40))

    def read(self, path: PurePosixPath) -> str | None:
        return self.texts.get(str(path))

    def manifests(self) -> dict[str, Row]:
        rows = manifest_rows("site", self.tree, self.read, find_scanning(self.tree, self.read))
        return {str(row["path"]): row for row in rows}

    def runtimes(self) -> list[tuple[object, ...]]:
        return [
            (row["path"], row["line"], row["runtime"], row["version"]) for row in runtime_rows("site", self.tree, self.read)
        ]


@pytest.mark.parametrize("name", [".env", ".env.production", "live.env", "a/b/.ENV", ".env.local", "prod.secrets.env"])
def test_env_files(name: str) -> None:
    assert is_env_file(PurePosixPath(name))


@pytest.mark.parametrize(
    "name",
    [
        ".env.example",
        "example.env",
        ".env.sample",
        ".env.template",
        "env",
        "env.py",
        ".envrc",
        "environment.env.md",
        "x.env.dist",
    ],
)
def test_what_is_no_env_file(name: str) -> None:
    assert not is_env_file(PurePosixPath(name))


@pytest.mark.parametrize(
    ("line", "secrets"),
    [
        ("STRIPE_SECRET_KEY=abc123", 1),
        ("export DB_PASSWORD='correct horse'", 1),
        ("DATABASE_URL=postgres://app:s3cr3tpw@db.example.com/app", 1),
        ("X=" + random_text(24), 1),
        ("STRIPE_PUBLISHABLE_KEY=abc123def", 0),
        ("API_KEY=", 0),
        ("API_KEY=''", 0),
        ("API_KEY=<your key>", 0),
        ("API_KEY=changeme", 0),
        ("API_KEY=$OTHER", 0),
        ("API_KEY=encrypted:BAbc", 0),
        ("API_KEY=ENC[AES256_GCM,data:x]", 0),
        ("TOKEN_URL=https://api.example.com/token", 0),
        ("DEBUG=true", 0),
        ("PORT=8080", 0),
    ],
)
def test_assignments_that_look_like_secrets(line: str, secrets: int) -> None:
    assert read_env_file(f"# a comment\n\n{line}\n") == (1, secrets)


@given(st.text(alphabet="aA1= \t\"'$<:/@.#_", max_size=300))
def test_any_line_is_read_and_quickly(line: str) -> None:
    assignments, secrets = read_env_file(line * 20)
    assert 0 <= secrets <= assignments


@pytest.mark.parametrize(
    "value", ["password", "your-api-key-1234", "pk_live_" + random_text(24), "123456789012", "abcdefghijkl", "1" * 40]
)
def test_words_and_placeholders_do_not_look_random(value: str) -> None:
    assert not looks_random(value)
    assert looks_random(random_text(24))


def test_web_apps() -> None:
    path = PurePosixPath("forms/appsscript.json")
    told = {
        "webapp": {"access": "ANYONE", "executeAs": "USER_ACCESSING"},
        "executionApi": {"access": "DOMAIN"},
        "oauthScopes": ["a", "b"],
    }
    assert read_web_app("site", path, json.dumps(told)) == {
        "repository": "site", "path": "forms/appsscript.json", "access": "ANYONE", "execute_as": "USER_ACCESSING",
        "api_access": "DOMAIN", "scopes": 2,
    }  # fmt: skip
    bare = read_web_app("site", path, '{"timeZone": "UTC", "webapp": 3}')
    assert isinstance(bare, dict)
    assert (bare["access"], bare["scopes"]) == (None, 0)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"webapp": {"access": "hunter2"}}', '{"webapp": {"access": {}}}', "[" * 100_000]
)
def test_manifests_that_are_none_are_rejected_and_not_repeated(text: str) -> None:
    found = read_web_app("site", PurePosixPath("appsscript.json"), text)
    assert isinstance(found, Reject)
    assert found.value == ""


@pytest.mark.parametrize(
    ("files", "path", "lock", "is_loose"),
    [
        ({"requirements.txt": "a==1\nb>=2\n"}, "requirements.txt", None, True),
        ({"requirements.txt": "-r x\na==1 --hash=sha256:ab\n# c\n"}, "requirements.txt", None, False),
        ({"requirements.in": "a\n", "requirements.txt": "a==1\n"}, "requirements.in", "requirements.txt", True),
        ({"pyproject.toml": "[project]\ndependencies=['a']\n"}, "pyproject.toml", None, True),
        ({"pyproject.toml": "[project]\ndependencies=['a']\n", "uv.lock": ""}, "pyproject.toml", "uv.lock", True),
        ({"pyproject.toml": "[tool.ruff]\nx=1\n"}, "pyproject.toml", None, False),
        ({"pyproject.toml": "[tool.poetry.dependencies]\npython='3'\n"}, "pyproject.toml", None, False),
        ({"package.json": '{"dependencies":{"a":"^1"}}'}, "package.json", None, True),
        ({"package.json": '{"name":"x"}'}, "package.json", None, False),
        ({"package.json": "not json"}, "package.json", None, True),
        ({"apps/a/package.json": '{"dependencies":{"a":"^1"}}', "yarn.lock": ""}, "apps/a/package.json", "yarn.lock", True),
        ({"Gemfile": "gem 'rails'\n"}, "Gemfile", None, True),
        ({"api/Gemfile": "gem 'rails'\n", "Gemfile.lock": ""}, "api/Gemfile", None, True),
        ({"go.mod": "module x\n\nrequire y v1\n", "go.sum": ""}, "go.mod", "go.sum", True),
        ({"go.mod": "module x\n"}, "go.mod", None, False),
        ({"composer.json": '{"require":{"php":"8"}}'}, "composer.json", None, False),
        ({"Cargo.toml": "[dependencies]\na='1'\n"}, "Cargo.toml", None, True),
    ],
)
def test_manifests_and_their_lock_files(files: dict[str, str], path: str, lock: str | None, is_loose: bool) -> None:
    row = Given.of(files).manifests()[path]
    assert (row["lock_file"], row["is_loose"]) == (lock, is_loose)


def test_code_of_others_has_no_manifests_here() -> None:
    files = {f"{folder}/x/package.json": '{"dependencies":{"a":"1"}}' for folder in ("node_modules", "vendor", ".venv")}
    assert Given.of(files).manifests() == {}


@pytest.mark.parametrize(
    ("files", "python", "node"),
    [
        ({}, None, None),
        ({".github/dependabot.yml": 'updates:\n- package-ecosystem: "pip"\n'}, "dependabot", None),
        ({".github/dependabot.yml": "updates:\n#- package-ecosystem: pip\n- package-ecosystem: github-actions\n"}, None, None),
        ({"renovate.json": "{}"}, "renovate", "renovate"),
        ({".github/renovate.json5": "{}"}, "renovate", "renovate"),
        ({".github/workflows/ci.yml": "  - run: pip-audit -r requirements.txt\n"}, "pip-audit", None),
        ({".github/workflows/ci.yml": "  # - run: pip-audit\n  - run: pytest\n"}, None, None),
        ({".gitlab-ci.yml": "  - npm audit --production\n"}, None, "npm audit"),
        ({"Makefile": "audit:\n\tyarn npm audit\n"}, None, "npm audit"),
        ({"Jenkinsfile": "sh 'trivy fs .'\n"}, "trivy", "trivy"),
        ({"docs/ci.md": "run pip-audit\n"}, None, None),
        ({".pre-commit-config.yaml": "- repo: https://example.com/osv-scanner\n"}, "osv-scanner", "osv-scanner"),
    ],
)
def test_what_looks_for_vulnerabilities(files: dict[str, str], python: str | None, node: str | None) -> None:
    rows = Given.of({**files, "requirements.txt": "a\n", "package.json": "{}"}).manifests()
    assert (rows["requirements.txt"]["scanning"], rows["package.json"]["scanning"]) == (python, node)


def test_runtimes_that_are_pinned() -> None:
    files = {
        ".python-version": "3.8.12\n",
        ".nvmrc": "v18\n",
        "a/.tool-versions": "ruby 2.7.1\nnodejs 16.3.0\nterraform 1.0\n",
        "runtime.txt": "python-3.7.2\n",
        "Dockerfile": "# FROM python:2.7\nFROM --platform=amd64 r.example.com/x/node:14-alpine AS x\nFROM python:3.9-slim\n",
        "api.Dockerfile": "from golang:1.19\nFROM scratch\nFROM python\n",
        "serverless.yml": "provider:\n  runtime: python3.6\nfunctions:\n  a:\n    runtime: 'nodejs12.x'\n",
        "template.yaml": "      Runtime: ruby2.5\n",
        "main.tf": '  runtime = "python3.8"\n',
        "package.json": '{"engines": {"node": ">=14"}}',
        "vendor/x/.nvmrc": "8",
        "README.md": "FROM python:2.7\nruntime: python2.7\n",
    }
    assert Given.of(files).runtimes() == [
        (".python-version", 1, "python", "3.8.12"),
        (".nvmrc", 1, "node", "18"),
        ("a/.tool-versions", 1, "ruby", "2.7.1"),
        ("a/.tool-versions", 2, "node", "16.3.0"),
        ("runtime.txt", 1, "python", "3.7.2"),
        ("Dockerfile", 2, "node", "14"),
        ("Dockerfile", 3, "python", "3.9"),
        ("api.Dockerfile", 1, "go", "1.19"),
        ("serverless.yml", 2, "python", "3.6"),
        ("serverless.yml", 5, "node", "12"),
        ("template.yaml", 1, "ruby", "2.5"),
        ("main.tf", 1, "python", "3.8"),
    ]


NPM = {
    "lockfileVersion": 3,
    "packages": {
        "": {"name": "x"},
        "node_modules/a": {"version": "1.0.0"},
        "node_modules/b/node_modules/@c/d": {"version": "2.0.0"},
        "node_modules/e": {"link": True, "version": "9"},
    },
}
OLD_NPM = {"dependencies": {"a": {"version": "1.0.0", "dependencies": {"b": {"version": "3.0.0"}}}}}


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        (
            "requirements.txt",
            "Flask_Login[x]==0.5 ; python_version>'3'\nb>=1\nc==1.0 \\\n    --hash=sha256:ab\n",
            {"flask-login 0.5", "c 1.0"},
        ),
        ("poetry.lock", '[[package]]\nname = "A.b"\nversion = "1"\n', {"a-b 1"}),
        ("uv.lock", '[[package]]\nname = "a"\nversion = "1"\n[[package]]\nname = "self"\nsource = {virtual = "."}\n', {"a 1"}),
        ("Pipfile.lock", '{"default": {"a": {"version": "==1"}, "b": {"git": "x"}}, "develop": {}}', {"a 1"}),
        ("package-lock.json", json.dumps(NPM), {"a 1.0.0", "@c/d 2.0.0"}),
        ("package-lock.json", json.dumps(OLD_NPM), {"a 1.0.0", "b 3.0.0"}),
        (
            "yarn.lock",
            '# v1\n"@a/b@^1.0.0", "@a/b@^1.1":\n  version "1.2.3"\n\nc@^2:\n  version "2.0.0"\n  dependencies:\n    d "1"\n',
            {"@a/b 1.2.3", "c 2.0.0"},
        ),
    ],
)
def test_packages_of_lock_files(name: str, text: str, found: set[str]) -> None:
    assert is_lock(name)
    packages = locked(name, text)
    assert packages is not None
    assert {f"{package.name} {package.version}" for package in packages} == found


@pytest.mark.parametrize("name", ["uv.lock", "poetry.lock", "Pipfile.lock", "package-lock.json", "npm-shrinkwrap.json"])
@pytest.mark.parametrize(
    "text", ["{", "[]", '{"packages": 3}', '{"packages": {"node_modules/a": 3}}', '{"default": {"a": []}}', "[" * 50_000]
)
def test_lock_files_that_cannot_be_read_break_nothing(name: str, text: str) -> None:
    assert not locked(name, text)


def known(folder: Path, *packages: str, ecosystem: str = "PyPI") -> dict[str, list[str]]:
    """Advisories by package, of packages as `name version`."""
    listed = frozenset(Package(ecosystem, *package.split()) for package in packages)
    dump = read_dump(folder, "osv", listed, END)
    return {f"{package.name} {package.version}": [one.id for one in found] for package, found in dump.advisories.items()}


@pytest.mark.parametrize(
    ("events", "hit", "clean"),
    [
        (({"introduced": "0"}, {"fixed": "1.2"}), ["1.1", "0.1a1", "1.2rc1"], ["1.2", "1.10"]),
        (({"introduced": "1.0"}, {"last_affected": "1.5"}), ["1.0", "1.5"], ["0.9", "1.5.1"]),
        (
            ({"introduced": "0"}, {"fixed": "1.0"}, {"introduced": "2.0"}, {"fixed": "2.3"}),
            ["0.5", "2.0", "2.2.9"],
            ["1.0", "1.9", "2.3"],
        ),
        (({"introduced": "0"},), ["0.1", "99"], []),
    ],
)
def test_versions_that_lie_in_a_range(
    tmp_path: Path, events: tuple[dict[str, str], ...], hit: list[str], clean: list[str]
) -> None:
    write(tmp_path, "A.json", advisory("A", events=events))
    found = known(tmp_path, *(f"demo {version}" for version in (*hit, *clean)))
    assert found == {f"demo {version}": ["A"] for version in hit}


def test_versions_of_npm(tmp_path: Path) -> None:
    events = ({"introduced": "1.0.0"}, {"fixed": "1.10.0"})
    write(tmp_path, "A.json", advisory("A", "@x/y", "npm", events=events))
    versions = {
        "1.0.0": True,
        "1.9.9": True,
        "1.10.0-rc.1": True,
        "1.10.0-rc.10": True,
        "1.10.0": False,
        "1.0.0-beta": False,
        "latest": False,
    }
    found = known(tmp_path, *(f"@x/y {version}" for version in versions), ecosystem="npm")
    assert set(found) == {f"@x/y {version}" for version, is_hit in versions.items() if is_hit}


def test_records_of_later_withdrawn_ones_and_other_ecosystems_do_not_count(tmp_path: Path) -> None:
    write(tmp_path, "later.json", advisory("later", published="2026-11-01T00:00:00Z"))
    write(tmp_path, "withdrawn.json", advisory("withdrawn", withdrawn="2026-10-01T00:00:00Z"))
    write(tmp_path, "withdrawn-later.json", advisory("withdrawn-later", withdrawn="2026-12-01T00:00:00Z"))
    write(tmp_path, "npm.json", advisory("npm", ecosystem="npm"))
    write(tmp_path, "no-date.json", advisory("no-date", published="soon"))
    assert known(tmp_path, "demo 1.0") == {"demo 1.0": ["withdrawn-later"]}


def test_a_dump_as_it_is_published(tmp_path: Path) -> None:
    (tmp_path / "PyPI").mkdir()
    with zipfile.ZipFile(tmp_path / "PyPI/all.zip", "w") as archive:
        archive.writestr(
            "A.json", advisory("A", affected=[{"package": {"ecosystem": "PyPI", "name": "Demo"}, "versions": ["1.0"]}])
        )
        archive.writestr("B.json", advisory("B", "other", modified="2026-10-25T00:00:00Z"))
        archive.writestr("notes.txt", "x")
    dump = read_dump(tmp_path, "osv", frozenset({Package("PyPI", "demo", "1.0"), Package("PyPI", "demo", "1.0.0")}), END)
    assert dump.known_on == date(2026, 10, 25)
    assert {package.version: [one.fixed_in for one in found] for package, found in dump.advisories.items()} == {"1.0": [None]}


@pytest.mark.parametrize(
    "text", ["{", "[]", "3", '{"affected": 3}', '{"modified": "2026-10-01", "affected": [{"package": []}, 3]}']
)
def test_records_that_are_none_break_nothing(tmp_path: Path, text: str) -> None:
    write(tmp_path, "bad.json", text)
    write(tmp_path, "good.json", advisory("A"))
    assert known(tmp_path, "demo 1.0") == {"demo 1.0": ["A"]}


def packed(method: int) -> bytearray:
    data = BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        archive.writestr("A.json", advisory() + " " * 5000)
    return bytearray(data.getvalue())


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        ("damage", "cannot be read: error"),  # zlib's own
        ("encrypt", "encrypted or packed in another way"),
        ("repack", "encrypted or packed in another way"),
    ],
)
def test_an_archive_that_cannot_be_unpacked_is_an_error_of_the_source(tmp_path: Path, spoil: str, told: str) -> None:
    data = packed(zipfile.ZIP_LZMA if spoil == "repack" else zipfile.ZIP_DEFLATED)
    if spoil == "damage":
        start = data.index(b"A.json") + len("A.json")
        data[start : start + 20] = b"\xff" * 20
    if spoil == "encrypt":
        data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "all.zip").write_bytes(data)
    with pytest.raises(SourceError, match=told):
        known(tmp_path, "demo 1.0")


def test_dumps_that_are_none_are_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError, match=r"no record of osv\.dev"):
        known(tmp_path, "demo 1.0")
    write(tmp_path, "all.zip", b"PK garbage")
    with pytest.raises(SourceError, match="cannot be read: BadZipFile"):
        known(tmp_path, "demo 1.0")
    (tmp_path / "all.zip").unlink()
    write(tmp_path, "A.json", advisory())
    monkeypatch.setattr(_osv, "_MOST_BYTES", 10)
    with pytest.raises(SourceError, match="more than 8 GB"):
        known(tmp_path, "demo 1.0")
