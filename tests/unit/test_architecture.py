"""What holds for the tree as a whole: floors, names, sizes, and what no file of it may do or say."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PRODUCT = ("quarterdeck", "reports", "tasks", "flows", "examples", "deployments", "benchmarks")
LINES = 300
PASSING = re.compile(
    r"\.git|\.venv|demo|\.quarterdeck|\.hypothesis|__pycache__|node_modules|\..*cache|.*\.egg-info"
)  # made here, no part of the product
TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".json", ".j2", ".css", ".typ", ".lock", ".cfg", ".txt", ".sh", ""}


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> set[str]:
    """The top-level names that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)


# --- floors -----------------------------------------------------------------------------------------------------------


def test_the_import_contracts_are_kept() -> None:
    done = run("from importlinter.cli import lint_imports; raise SystemExit(lint_imports())")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_library_and_the_roles_load_without_prefect_and_do_nothing_on_import() -> None:
    """Importing every module reads no environment, opens no file to write, and starts no thread."""
    done = run(
        "import os, sys, threading, pkgutil, importlib\n"
        "before = dict(os.environ)\n"
        "import quarterdeck, reports\n"
        "for package in (quarterdeck, reports):\n"
        "    for module in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        importlib.import_module(module.name)\n"
        "assert 'prefect' not in sys.modules\n"
        "assert dict(os.environ) == before\n"
        "assert threading.active_count() == 1, threading.enumerate()\n"
        "from quarterdeck.registry import Registry\n"
        "import gc\n"
        "assert not [found for found in gc.get_objects() if isinstance(found, Registry) and found._scanned]\n"
    )
    assert done.returncode == 0, done.stderr


def test_no_unit_test_imports_prefect() -> None:
    assert [name(path) for path in modules("tests/unit") if imported(path) & {"prefect", "tasks"}] == []


# --- names ------------------------------------------------------------------------------------------------------------


def test_no_flow_file_hides_a_package() -> None:
    """Prefect puts flows/ first on sys.path when it loads a flow, and leaves it there."""
    stems = {path.stem for path in (ROOT / "flows").glob("*.py")} - {"__init__"}
    ours = {path.name for path in ROOT.iterdir() if path.is_dir()}
    assert "executive_reports" in stems
    assert stems & (set(sys.stdlib_module_names) | set(packages_distributions()) | ours) == set()


def test_every_module_says_what_belongs_in_it() -> None:
    silent = [name(path) for path in modules(*PRODUCT) if len((ast.get_docstring(tree(path)) or "").split()) < 3]
    assert silent == []


def test_no_module_is_long() -> None:
    lengths = {name(path): len(path.read_text("utf-8").splitlines()) for path in modules(*PRODUCT)}
    assert {path: lines for path, lines in lengths.items() if lines > LINES} == {}


# --- what the library never does --------------------------------------------------------------------------------------

ENVIRONMENT = {("os", each) for each in ("environ", "environb", "getenv", "getenvb", "putenv", "unsetenv")}
# The flows only set what Prefect defaults to.
MAY_READ = {"quarterdeck/config/load.py", "flows/embedded.py", "flows/example_cloud.py", "flows/showcase.py"}
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
}
MAY_LOOK = {"quarterdeck/wiring.py"}  # it hands the clock to the others


def touching(wanted: set[tuple[str, str]], *folders: str) -> set[str]:
    """The files that take one of some names from its owner: `os.environ`, or `from os import environ`."""
    return {name(path) for path in modules(*folders) if wanted & set(taken(tree(path)))}


def taken(module: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node.value.id, node.attr
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, imported.name) for imported in node.names)


def test_only_the_configuration_reads_the_environment() -> None:
    assert touching(ENVIRONMENT, *PRODUCT) == MAY_READ


def test_only_the_wiring_looks_at_the_clock() -> None:
    assert touching(CLOCKS, "quarterdeck", "reports") == MAY_LOOK


# --- what no file says ------------------------------------------------------------------------------------------------

MACHINE = re.compile(r"(?<![\w.])/(?:work|home|root|Users|mnt|srv)/\w")  # a path on somebody's machine
HOST = re.compile(r"://(?!example\.)[^\s\"')]*(?:simple(?![a-z])|artifactory|nexus|mirror|pypi)", re.IGNORECASE)


def texts() -> Iterator[tuple[str, str]]:
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT)
        if path.is_file() and path.suffix in TEXT and not any(PASSING.fullmatch(part) for part in inside.parts):
            yield inside.as_posix(), path.read_text("utf-8", errors="replace")


def test_no_file_names_a_machine_or_where_packages_came_from() -> None:
    seen = dict(texts())
    assert {"README.md", "Makefile", "requirements.lock", "quarterdeck/money.py"} <= set(seen)
    assert [name for name, text in seen.items() if MACHINE.search(text)] == []
    assert [name for name, text in seen.items() if HOST.search(text)] == []


def test_lock_files_hold_names_versions_and_hashes_and_no_host() -> None:
    locks = [(name, text) for name, text in texts() if name.endswith((".lock", "package-lock.json"))]
    assert len(locks) >= 7
    assert [name for name, text in locks if "://" in text] == []
    for name, text in locks:
        if name.endswith(".json"):
            packages = {path: about for path, about in json.loads(text)["packages"].items() if path}
            assert [path for path, about in packages.items() if not {"version", "integrity"} <= set(about)] == [], name
        else:
            assert text.count("==") <= text.count("--hash=sha256:"), name
