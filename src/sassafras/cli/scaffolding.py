"""The files with which a kernel, a layer or an opcode begins, written into a source checkout."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from string import Template

from sassafras.errors import UsageError
from sassafras.toolchain.source import kernel_names

_TEMPLATES = Path(__file__).parent / "templates"
_PACKAGE = Path("src") / "sassafras"
_LONGEST = 40
_OTHER = "is this a checkout of this version?"


class Thing(StrEnum):
    """What can be begun."""

    OPCODE = "opcode"
    KERNEL = "kernel"
    LAYER = "layer"


@dataclass(frozen=True)
class Scaffold:
    """``made``: new files, ``changed``: old ones with something added, both as texts by path from the
    checkout. ``then``: what is to be done next.
    """

    made: Mapping[Path, str]
    changed: Mapping[Path, str]
    then: tuple[str, ...]

    def write(self, checkout: Path) -> None:
        """Write all of it. Raises UsageError where a new file is there already, and writes nothing then."""
        for path in self.made:
            if (checkout / path).exists():
                raise UsageError(f"{checkout / path} is there already; choose another name")
        for path, text in {**self.made, **self.changed}.items():
            (checkout / path).parent.mkdir(parents=True, exist_ok=True)
            (checkout / path).write_text(text, encoding="utf-8")


def scaffold(thing: Thing, name: str, checkout: Path) -> Scaffold:
    """What a new thing of that name takes. Raises UsageError for a name that cannot be one or is taken, and
    where ``checkout`` is no source checkout.
    """
    if not (checkout / _PACKAGE / "isa").is_dir():
        raise UsageError(f"{checkout} is no source checkout: {_PACKAGE} is not in it; name one with --into")
    made: Callable[[str, Path], Scaffold] = _MAKERS[thing]
    return made(name, checkout)


def _word(name: str, pattern: str, example: str) -> str:
    if not re.fullmatch(pattern, name, re.ASCII) or len(name) > _LONGEST or keyword.iskeyword(name):
        raise UsageError(
            f"{name!r} cannot be the name: at most {_LONGEST} letters and digits as in {example}, "
            "and no keyword of Python"
        )
    return name


def _filled(text: str, name: str) -> str:
    camel = "".join(part.capitalize() for part in name.split("_"))
    function = f"{name.lower()}_" if keyword.iskeyword(name.lower()) else name.lower()
    return Template(text).substitute(name=name, upper=name.upper(), camel=camel, function=function)


def _part(thing: Thing, part: str, name: str) -> str:
    return _filled((_TEMPLATES / thing / f"{part}.txt").read_text(encoding="utf-8"), name)


def _files(thing: Thing, name: str, stem: str) -> dict[Path, str]:
    """The new files: those of the template that lie in a folder."""
    folder = _TEMPLATES / thing
    found = sorted(path.relative_to(folder) for path in folder.rglob("*.txt") if path.parent != folder)
    named = {path: path.with_name(path.stem.replace("NAME", stem)) for path in found}
    return {to: _filled((folder / path).read_text(encoding="utf-8"), name) for path, to in named.items()}


def _read(checkout: Path, path: Path) -> str:
    try:
        return (checkout / path).read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{checkout / path}: {error.strerror}; {_OTHER}") from error


def _behind(text: str, line: str, new: str, path: Path) -> str:
    """The text with something behind the only place where ``line`` stands."""
    if text.count(f"\n{line}\n") != 1:
        raise UsageError(f"{path} has no line {line!r}, or several; {_OTHER}")
    return text.replace(f"\n{line}\n", f"\n{line}\n{new}")


def _kernel(name: str, checkout: Path) -> Scaffold:
    _word(name, r"[a-z][a-z0-9_]*", "scale_gpu")
    if name in _CXX.split():
        raise UsageError(f"{name!r} cannot be the name: it is a keyword of C++")
    cuda = _PACKAGE / "kernels" / "cuda"
    if name in kernel_names(checkout / cuda):
        raise UsageError(f"{cuda} has a source of {name} already; choose another name")
    test = f"tests/kernels/test_{name}.py"
    then = (
        f"write the kernel in {cuda / name}.cu, and its record beside it",
        "make bundle    # compile it",
        f"python -m pytest {test}",
        "CONTRIBUTING.md says what else a kernel may have: carry, copies, a faster twin",
    )
    return Scaffold(_files(Thing.KERNEL, name, name), {}, then)


def _layer(name: str, checkout: Path) -> Scaffold:
    _word(name, r"[a-z][a-z0-9_]*", "mirror")
    path = _PACKAGE / "network" / "importers" / "darknet" / "readings.py"
    text = _read(checkout, path)
    if re.search(rf'@reads\([^)]*"{name}"', text):
        raise UsageError(f"{path} reads sections [{name}] already; choose another name")
    files, camel = _files(Thing.LAYER, name, name), _filled("$camel", name)
    own = _TEMPLATES / Thing.LAYER / _PACKAGE / "network" / "layers" / "NAME.py.txt"
    if re.search(rf"\b{camel}\b", text + own.read_text(encoding="utf-8")):
        raise UsageError(f"the class {camel} would hide another one; choose another name")
    imports = [line for line in text.splitlines() if line.startswith("from sassafras.network.layers.")]
    new = f"from sassafras.network.layers.{name} import {camel}"
    before = [line for line in imports if line < new]
    if not before:
        raise UsageError(f"{path} imports no layers; {_OTHER}")
    text = _behind(text, before[-1], f"{new}\n", path) + _part(Thing.LAYER, "reading", name)
    then = (
        f"say what it computes in {_PACKAGE / 'network' / 'layers' / name}.py, and its options in {path}",
        f"python -m pytest tests/network/test_{name}.py",
    )
    return Scaffold(files, {path: text}, then)


def _opcode(name: str, checkout: Path) -> Scaffold:
    _word(name, r"[A-Z][A-Z0-9]*", "IMAD")
    records = _PACKAGE / "isa" / "opcodes" / "maxwell_integer.py"
    meanings = _PACKAGE / "emulator" / "semantics" / "logic.py"
    for path in sorted((checkout / records).parent.glob("*.py")):
        if re.search(rf'\w\(\s*"{name}"', path.read_text(encoding="utf-8")):
            raise UsageError(f"{path.relative_to(checkout)} has a record of {name} already")
    text = _read(checkout, meanings)
    tree = ast.parse(text).body
    taken = {node.name for node in tree if isinstance(node, ast.FunctionDef)}
    taken |= {alias.name for node in tree if isinstance(node, ast.ImportFrom) for alias in node.names}
    if name.lower() in taken:
        raise UsageError(f"{name.lower()} means something in {meanings} already; choose another name")
    record = _part(Thing.OPCODE, "record", name)
    changed = {
        records: _behind(_read(checkout, records), "LOGICAL = (", record, records),
        meanings: text + _part(Thing.OPCODE, "meaning", name),
    }
    test = f"tests/emulator/test_{name.lower()}.py"
    then = (
        f"say its operands, modifiers, pipe and group in {records}, and what it means in {meanings}",
        f"say the same in plain Python in {test}",
        f"python -m pytest {test}",
    )
    return Scaffold(_files(Thing.OPCODE, name, name.lower()), changed, then)


_MAKERS: Mapping[Thing, Callable[[str, Path], Scaffold]] = {
    Thing.OPCODE: _opcode,
    Thing.KERNEL: _kernel,
    Thing.LAYER: _layer,
}
_CXX = """
alignas alignof asm auto bool case catch char const constexpr const_cast decltype default delete do double
dynamic_cast enum explicit export extern float friend goto inline int long main mutable namespace new noexcept
nullptr operator private protected public register reinterpret_cast short signed sizeof static static_assert
static_cast struct switch template this thread_local throw true false try typedef typeid typename union
unsigned using virtual void volatile wchar_t
"""
