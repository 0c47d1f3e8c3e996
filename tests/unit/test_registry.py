"""The folder as registry: found once, in order, without doubles, and whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from textwrap import dedent
from threading import Thread
from typing import Any

import pytest

from quarterdeck.errors import ConfigError
from quarterdeck.registry import Registry, discover, modules

MakePackage = Callable[..., str]
_NUMBERS = count(1)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakePackage]:
    """Make a package of modules, `name="code"`, in which REGISTRY is the package's registry; its name."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(**files: str) -> str:
        name = f"things_{next(_NUMBERS)}"
        folder = tmp_path / name
        folder.mkdir()
        head = f"from quarterdeck.registry import Registry\nREGISTRY = Registry('things', '{name}')\nRAN = []\n"
        (folder / "__init__.py").write_text(head)
        for file, code in files.items():
            (folder / f"{file}.py").write_text(
                f"from {name} import REGISTRY, RAN\nRAN.append(__name__.rpartition('.')[2])\n{dedent(code)}"
            )
        return name

    yield make
    for name in set(sys.modules) - before:
        del sys.modules[name]


def registry(name: str) -> Registry[Any]:
    found: Registry[Any] = __import__(name).REGISTRY
    return found


def ran(name: str) -> list[str]:
    listed: list[str] = __import__(name).RAN
    return listed


def test_modules_are_imported_in_name_order(package: MakePackage) -> None:
    name = package(b="", a="", c="", _hidden="raise RuntimeError")
    assert modules(name) == (f"{name}.a", f"{name}.b", f"{name}.c")
    assert ran(name) == []
    assert discover(name) == modules(name)
    assert ran(name) == ["a", "b", "c"]


def test_nothing_is_imported_before_the_first_lookup(package: MakePackage) -> None:
    name = package(a="REGISTRY.add('one', 'entry')")
    things = registry(name)
    assert ran(name) == []
    assert things.get("one") == "entry"
    assert ran(name) == ["a"]


def test_a_package_is_scanned_once(package: MakePackage) -> None:
    name = package(a="REGISTRY.add('one', 'entry')")
    things = registry(name)
    assert things.all() == things.all() == {"one": "entry"}
    assert "one" in things
    assert list(things) == ["one"]
    assert ran(name) == ["a"]


def test_entries_stand_in_one_order_whoever_was_imported_first(package: MakePackage) -> None:
    code = {"a": "REGISTRY.add('x', 1)\nREGISTRY.add('b', 2)", "z": "REGISTRY.add('m', 3)"}
    one, other = package(**code), package(**code)
    __import__(f"{other}.z")
    assert list(registry(one)) == list(registry(other)) == ["b", "m", "x"]


def test_doubles_are_refused_by_name(package: MakePackage) -> None:
    things = registry(package(a="REGISTRY.add('one', 1)", b="REGISTRY.add('one', 2)"))
    with pytest.raises(ConfigError, match="two things entries have the id 'one'"):
        things.all()


def test_an_unknown_id_names_the_known_ones(package: MakePackage) -> None:
    things = registry(package(a="REGISTRY.add('two', 2)\nREGISTRY.add('one', 1)"))
    assert "three" not in things
    with pytest.raises(ConfigError) as refused:
        things.get("three")
    assert str(refused.value) == "there is no things 'three' (known: one, two)"


def test_an_empty_registry_says_so(package: MakePackage) -> None:
    with pytest.raises(ConfigError, match="known: none"):
        registry(package()).get("one")


@pytest.mark.parametrize("fault", ["1 / 0", "import nothing_of_this_name", "raise SystemError('no')", "def ("])
def test_a_module_that_fails_leaves_no_half_registry(package: MakePackage, fault: str) -> None:
    name = package(a="REGISTRY.add('one', 1)", b=f"REGISTRY.add('two', 2)\n{fault}", c="REGISTRY.add('three', 3)")
    things = registry(name)
    for lookup in (things.all, lambda: things.get("one"), lambda: "one" in things, lambda: list(things)):
        with pytest.raises(ConfigError, match=rf"{name}\.b cannot be imported") as refused:
            lookup()
        assert refused.value.__cause__ is not None
    assert "c" not in ran(name)


def test_a_module_may_look_up_while_it_is_imported(package: MakePackage) -> None:
    name = package(a="REGISTRY.add('one', 1)", b="assert 'one' in REGISTRY\nREGISTRY.add('two', 2)")
    assert registry(name).all() == {"one": 1, "two": 2}


def test_threads_that_ask_at_once_all_see_the_whole(package: MakePackage) -> None:
    name = package(a="REGISTRY.add('one', 1)\nimport time\ntime.sleep(0.05)", b="REGISTRY.add('two', 2)")
    things, seen = registry(name), []
    threads = [Thread(target=lambda: seen.append(things.all())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [{"one": 1, "two": 2}] * 6
    assert ran(name) == ["a", "b"]


def test_a_package_of_the_users_own_joins_by_entry_point(
    package: MakePackage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = package(a="REGISTRY.add('one', 1)")
    (tmp_path / "own_things.py").write_text(f"from {name} import REGISTRY\nREGISTRY.add('own', 2)\n")
    info = tmp_path / "own_things-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: own-things\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[quarterdeck.things]\nown = own_things\n")
    assert registry(name).all() == {"one": 1, "own": 2}
