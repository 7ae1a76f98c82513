"""Which test files reach a module, nearest first, found from the imports of the whole tree.

What is imported inside a function counts, so does what ``import_module(f"sassafras.room.{name}")`` may import
(files that are found, not listed), and so does what a folder's ``conftest.py`` imports. That of all
tests does not: through it everything would reach everything.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "sassafras"
SELDOM = {
    "docs",
    "hardware",
    "mutants",
}  #: folders of tests that prove nothing about what the package computes


@dataclass(frozen=True)
class Groups:
    """Test files that reach one source file: ``named`` after it; ``near``: that import it themselves, or are
    those of its room; ``far``: the others. In each, those with the fewest imports between come first.
    """

    named: tuple[str, ...]
    near: tuple[str, ...]
    far: tuple[str, ...]

    @property
    def count(self) -> int:
        """Of all files."""
        return len(self.named) + len(self.near) + len(self.far)


class Reach:
    """The imports between the files of a tree. ``root``: the folder with ``src`` and ``tests``."""

    def __init__(self, root: Path) -> None:
        self._files: dict[str, Path] = {}
        for base, name in ((root / "src", PACKAGE), (root, "tests")):
            for file in sorted((base / name).rglob("*.py")):
                parts = file.relative_to(base).with_suffix("").parts
                self._files[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
        self._root = root
        self._imports = {name: set(self._imported(name)) for name in self._files}

    def tests(self, path: str) -> Groups:
        """Test files that reach a source file, as paths from the root."""
        file = self._root / path
        module = next(name for name, known in self._files.items() if known == file)
        room, stem = module.split(".")[1], file.stem
        named: list[str] = []
        near: list[str] = []
        far: list[str] = []
        for distance, name in sorted((distance, name) for name, distance in self._distances(module).items()):
            parts = name.split(".")
            if parts[0] != "tests" or not parts[-1].startswith("test_") or parts[1] in SELDOM:
                continue
            shown = self._files[name].relative_to(self._root).as_posix()
            if parts[1] == room and stem in parts[-1]:
                named.append(shown)
            else:
                (near if distance == 1 or parts[1] == room else far).append(shown)
        return Groups(tuple(named), tuple(near), tuple(far))

    def _distances(self, module: str) -> dict[str, int]:
        """Number of imports from each module that reaches ``module``."""
        importers: dict[str, set[str]] = {}
        for name, imports in self._imports.items():
            for imported in imports:
                importers.setdefault(imported, set()).add(name)
        found, waiting = {module: 0}, deque([module])
        while waiting:
            here = waiting.popleft()
            for name in importers.get(here, ()):
                if name not in found:
                    found[name] = found[here] + 1
                    waiting.append(name)
        return found

    def _imported(self, name: str) -> Iterator[str]:
        parts = name.split(".")
        if parts[0] == "tests" and len(parts) > 2 and parts[-1] != "conftest":
            yield f"{'.'.join(parts[:2])}.conftest"
        for node in ast.walk(ast.parse(self._files[name].read_bytes())):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield from self._known(alias.name)
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    yield from self._known(f"{node.module}.{alias.name}")
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                yield from self._found(str(node.values[0].value))

    def _found(self, start: str) -> Iterator[str]:
        """The modules whose names an f-string that begins so may give."""
        if start.startswith(f"{PACKAGE}."):
            depth = start.count(".")
            yield from (n for n in self._files if n.startswith(start) and n.count(".") == depth)

    def _known(self, name: str) -> Iterator[str]:
        """The module that a dotted name means, and the packages around it."""
        parts = name.split(".")
        for length in range(2, len(parts) + 1):
            whole = ".".join(parts[:length])
            if whole in self._files:
                yield whole
