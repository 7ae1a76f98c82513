"""The rules of the house that no linter knows. Each failure names the file and what to do."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import sassafras

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "sassafras"

ROOMS = (
    "isa",
    "architectures",
    "toolchain",
    "emulator",
    "kernels",
    "workload",
    "network",
    "training",
    "faults",
    "simulation",
    "verify",
    "campaign",
    "analysis",
    "explanation",
    "interchange",
    "hardening",
    "report",
    "cli",
)
#: At the root of the package, for every room.
FOUNDATION = ("errors", "cache", "native", "building", "sources", "progress", "whole_files")
FRONT_DOOR = ("__init__", "__main__", "api")  # at the root of the package, may import every room

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
LONG_FILES: dict[str, str] = {}  # path from the root -> why it may be longer
LONG_FUNCTIONS: dict[str, str] = {}  # path from the root::function -> why it may be longer

CACHES = {".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache", "__pycache__"}
PRUNED = CACHES | {".git", ".venv", "build", "dist", "runs", "site"}
MACHINE_PATH = re.compile(r"(?<![\w.~$})>-])/(?:work|root|home|tmp|opt|Users)/\w")
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("deb", "debian"),
    )
)


def python_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if not PRUNED & set(path.relative_to(ROOT).parts))


SOURCES = python_files(PACKAGE)
EVERYTHING = SOURCES + python_files(ROOT / "tests")


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(tree: ast.AST) -> Iterator[str]:
    """Full names of all that a module imports, wherever in it: ``from a.b import c`` gives ``a.b.c``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def public_definitions(tree: ast.Module | ast.ClassDef) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    """Functions and classes for others, methods included; a property's setter shares its docstring."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            if not any(isinstance(mark, ast.Attribute) for mark in node.decorator_list):
                yield node
            if isinstance(node, ast.ClassDef):
                yield from public_definitions(node)


def places() -> Iterator[tuple[Path, str]]:
    """The files that are in a room or in the foundation, and which that is."""
    for path in SOURCES:
        place = path.relative_to(PACKAGE).with_suffix("").parts[0]
        if place not in FRONT_DOOR:
            yield path, place


def test_every_file_is_in_a_room() -> None:
    outside = [shown(path) for path, place in places() if place not in ROOMS + FOUNDATION]
    assert not outside, f"in no room: {', '.join(outside)}; the rooms are: {', '.join(ROOMS)}"


def test_rooms_import_only_rooms_above() -> None:
    wrong = []
    for path, place in places():
        allowed = (*FOUNDATION, *ROOMS[: ROOMS.index(place) + 1]) if place in ROOMS else FOUNDATION
        names = {n.split(".")[1] for n in imported(tree_of(path)) if n.startswith("sassafras.")}
        below = sorted(name for name in names & set(ROOMS + FOUNDATION) if name not in allowed)
        wrong += [f"{shown(path)} imports from {name}, which lies below {place}" for name in below]
    assert not wrong, "\n".join(wrong)


#: Rooms that know workloads only; networks are one kind of them.
WORKLOADS_ONLY = ("workload", *ROOMS[ROOMS.index("faults") : ROOMS.index("cli")])


@pytest.mark.parametrize("room", WORKLOADS_ONLY)
def test_what_strikes_and_judges_knows_no_network(room: str) -> None:
    found = {
        f"{shown(path)} imports {name}"
        for path in python_files(PACKAGE / room)
        for name in imported(tree_of(path))
        if name.startswith("sassafras.network")
    }
    assert not found, f"take a Workload: {', '.join(sorted(found))}"


def test_no_catch_all_modules() -> None:
    named = [
        shown(path)
        for path in EVERYTHING
        if {"utils", "util", "helpers", "common"} & {*path.relative_to(ROOT).parts, path.stem}
    ]
    assert not named, f"name these after what they do: {', '.join(named)}"


def test_files_are_short() -> None:
    long = {
        shown(path): lines
        for path in EVERYTHING
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_FILE_LINES
    }
    unlisted = {name: lines for name, lines in long.items() if name not in LONG_FILES}
    assert not unlisted, f"split these, or list them in LONG_FILES with a reason: {unlisted}"
    assert not set(LONG_FILES) - set(long), f"no longer long, unlist: {set(LONG_FILES) - set(long)}"


def test_functions_are_short() -> None:
    long = {
        f"{shown(path)}::{function.name}": lines
        for path in EVERYTHING
        for function in functions(path)
        if (lines := (function.end_lineno or function.lineno) - function.lineno + 1) > MAX_FUNCTION_LINES
    }
    unlisted = {name: lines for name, lines in long.items() if name not in LONG_FUNCTIONS}
    assert not unlisted, f"split these, or list them in LONG_FUNCTIONS with a reason: {unlisted}"
    assert not set(LONG_FUNCTIONS) - set(long), f"no longer long, unlist: {set(LONG_FUNCTIONS) - set(long)}"


def test_every_module_imports() -> None:
    for path in SOURCES:
        importlib.import_module(module_name(path))


def test_public_things_say_what_they_do() -> None:
    silent = [f"{shown(path)} itself" for path in SOURCES if not ast.get_docstring(tree_of(path))]
    for path in SOURCES:
        nodes = public_definitions(tree_of(path))
        silent += [f"{shown(path)}: {node.name}" for node in nodes if not ast.get_docstring(node)]
    assert not silent, f"no docstring on {', '.join(silent)}"


@pytest.mark.parametrize("room", [room for room in ROOMS if list((PACKAGE / room).rglob("*.py"))])
def test_every_room_says_what_goes_in_and_out(room: str) -> None:
    front = PACKAGE / room / "__init__.py"
    text = front.read_text(encoding="utf-8") if front.exists() else ""
    assert ast.get_docstring(ast.parse(text)), f"{shown(front)}: say what comes in and what goes out"


def text_files() -> Iterator[tuple[Path, str]]:
    for path in sorted(ROOT.rglob("*")):
        if PRUNED & set(path.relative_to(ROOT).parts) or not path.is_file():
            continue
        content = path.read_bytes()
        if b"\0" not in content[:4096]:
            yield path, content.decode("utf-8", errors="replace")


def test_no_file_speaks_of_the_machine_it_was_written_on() -> None:
    found = [
        f"{shown(path)}:{number}: {line.strip()[:80]}"
        for path, text in text_files()
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE_PATH.search(line) or any(host in line for host in REGISTRY_HOSTS)
    ]
    assert not found, "absolute paths or registry hosts:\n" + "\n".join(found)


def test_the_version_is_in_the_changelog() -> None:
    assert f"## [{sassafras.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
