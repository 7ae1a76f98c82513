"""Which of our source files decide what a piece of code does: what cached results of it depend on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent
_FOR_TYPES = re.compile(r"^if TYPE_CHECKING:\n(?:[ \t]+.*\n|\n)+", re.MULTILINE)
_FROM = re.compile(r"^[ \t]*from sassafras([\w.]*) import (\([^)]*\)|.*)", re.MULTILINE)
_IMPORT = re.compile(r"^[ \t]*import sassafras\.([\w.]+)", re.MULTILINE)
_FOUND = re.compile(r'import_module\(f"sassafras\.([\w.]+)\.(\w*)\{')
_COMMENT = re.compile(r"#.*")


@cache
def source_key(*modules: str) -> str:
    """SHA-256, in hex, of the sources of these modules of the package (``emulator.drivers``; of a room: all
    of its files) and of those that they import, directly or not; of modules that are found by a name
    in braces, all that it may be. Imports for type checkers do not count.
    """
    digest = hashlib.sha256()
    for file in sorted(sources_of(*modules)):
        digest.update(file.relative_to(PACKAGE).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def sources_of(*modules: str) -> frozenset[Path]:
    """The files behind `source_key`."""
    rooms = [PACKAGE / name.replace(".", "/") for name in modules]
    waiting = [file for room in rooms for file in room.rglob("*.py")]
    waiting += [file for name in modules if (file := _file(name)) is not None]
    found: set[Path] = set()
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting += _imports(file)
    return frozenset(found)


def _file(name: str) -> Path | None:
    """Of a module, named without the package. None where there is none, and for the package itself."""
    place = PACKAGE / name.replace(".", "/")
    candidates = (place.with_suffix(".py"), place / "__init__.py") if name else ()
    return next((file for file in candidates if file.is_file()), None)


def _imports(file: Path) -> Iterator[Path]:
    text = _FOR_TYPES.sub("", _COMMENT.sub("", file.read_text("utf-8")))
    names = [match[1] for match in _IMPORT.finditer(text)]
    for match in _FROM.finditer(text):
        home = match[1].lstrip(".")
        words = re.findall(r"\w+", match[2])
        names += [home, *(f"{home}.{word}".lstrip(".") for word in words)]
    yield from (found for name in names if (found := _file(name)) is not None)
    for match in _FOUND.finditer(text):
        yield from (PACKAGE / match[1].replace(".", "/")).glob(f"{match[2]}*.py")
