"""What rows mean: a digest of the code that decides them.

Two campaigns with the same settings can still hold rows of two meanings: an instruction may have been
emulated otherwise, or a fault defined otherwise. The digest is taken from the syntax trees of the modules
that decide a row, without docstrings; comments and layout are not in a syntax tree. It does not depend on
the version of Python. What other code decides is in the fingerprint as data: machine code, network, launches.
"""

from __future__ import annotations

import ast
import hashlib
import time
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import sassafras
from sassafras.cache import read_cached, write_cached
from sassafras.workload.workload import Workload

#: Rooms all of whose modules decide rows.
ROOMS = ("isa", "architectures", "emulator", "workload", "faults", "simulation")
ALONE = (  #: modules outside of these rooms that do: rounding and denormals of compiled code, and the draw
    "building.py",
    "native.py",
    "campaign/design/exposed.py",
    "campaign/design/lanes.py",
    "campaign/design/own_faults.py",
    "campaign/design/sampling.py",
)

_QUIET_NS = 2 * 10**9  #: a file that changed so lately may change again within a tick of its clock
_UNSAID = ("kind", "type_comment", "type_ignores")  #: fields without meaning
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def modules(package: Path) -> list[Path]:
    """The files that decide rows, in a fixed order. ``package``: the folder of an installed Sassafras."""
    rooms = [path for room in ROOMS for path in (package / room).rglob("*.py")]
    return sorted([*rooms, *(package / name for name in ALONE)])


@cache
def meaning() -> str:
    """The digest of this installation, SHA-256 in hex.

    It is remembered in the cache folder by path, size and times of every file, unless one changed just now.
    """
    package = Path(sassafras.__file__).parent
    files = modules(package)
    states = [(path, path.stat()) for path in files]
    key = [(str(p), s.st_size, s.st_ino, s.st_mtime_ns, s.st_ctime_ns) for p, s in states]
    name = f"meaning-{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}"
    known = read_cached(name)
    if known is not None:
        return known.decode()
    found = digest_of_sources((p.relative_to(package).as_posix(), p.read_text("utf-8")) for p in files)
    newest = max(max(s.st_mtime_ns, s.st_ctime_ns) for _, s in states)
    if newest < time.time_ns() - _QUIET_NS:
        write_cached(name, found.encode())
    return found


def digest_of_sources(sources: Iterable[tuple[str, str]]) -> str:
    """SHA-256, in hex, of named Python sources: equal where only comments, docstrings and layout differ."""
    digest = hashlib.sha256()
    for name, text in sources:
        words = [name]
        _say(ast.parse(text), words)
        digest.update("\0".join(words).encode("utf-8", "surrogatepass") + b"\0\0")
    return digest.hexdigest()


def _say(node: Any, words: list[str]) -> None:
    """Append a syntax tree as words. Empty fields are left out: which there are depends on the version of
    Python.
    """
    if isinstance(node, ast.AST):
        words.append(f"{type(node).__name__}(")
        for name in node._fields:
            value: Any = getattr(node, name, None)
            if name == "body" and isinstance(node, _DOCUMENTED):
                value = _undocumented(value)
            elif name == "values" and isinstance(node, ast.JoinedStr):
                value = _joined(value)
            if name not in _UNSAID and value is not None and value != []:
                words.append(f"{name}=")
                _say(value, words)
        words.append(")")
    elif isinstance(node, list):
        words.append("[")
        for item in node:
            _say(item, words)
        words.append("]")
    else:
        words.append(repr(node))


def _undocumented(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """A body without its docstring."""
    first = body[0] if body else None
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    is_text = documented and isinstance(first.value.value, str)  # type: ignore[union-attr]
    return list(body[1:] if is_text else body)


def _joined(values: Sequence[ast.expr]) -> list[ast.expr]:
    """The parts of an f-string, neighbouring texts joined: how they are divided depends on the version."""
    found: list[ast.expr] = []
    for value in values:
        last = found[-1] if found else None
        if isinstance(value, ast.Constant) and isinstance(last, ast.Constant):
            found[-1] = ast.Constant(str(last.value) + str(value.value))
        else:
            found.append(value)
    return found


def judged_by(workload: Workload) -> dict[str, str]:
    """In a fingerprint: the judgement, where it is another than that by classes (then nothing, as ever)."""
    said = workload.judgement.said
    return {"judgement": said} if said else {}


def launches_of(network: Workload) -> str:
    """SHA-256, in hex, of where everything lies in device memory and of every launch of an inference: kernel,
    machine code, grid, block, and arguments as they are packed.
    """
    digest = hashlib.sha256()
    for allocation in network.layout.allocations:
        digest.update(f"{allocation.name} {allocation.address} {allocation.nbytes}\n".encode())
    for planned in network.plan:
        launch = planned.launch
        text = f"{planned.kernel} {planned.program} {planned.part} {launch.grid} {launch.block} "
        shared = f"{launch.shared_bytes} " if launch.shared_bytes else ""  # older stores have none
        digest.update(f"{text}{shared}{bytes(launch.parameters).hex()}\n".encode())
    return digest.hexdigest()
