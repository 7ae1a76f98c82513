"""What an opcode, an architecture, a kernel or a layer is, is said in its room: nobody else names one."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

import pytest

import sassafras
from sassafras.isa.opcodes import MAXWELL
from sassafras.kernels.hardened.registry import HARDENED
from sassafras.kernels.registry import ADDED, KERNELS
from sassafras.network.importers.darknet.readings import READINGS

HOUSE = Path(sassafras.__file__).parent
FILES = {path.relative_to(HOUSE).as_posix(): path for path in sorted(HOUSE.rglob("*.py"))}
LAYERS = frozenset(name for reading in READINGS for name in reading.names)
LAUNCHED = frozenset((*KERNELS, *ADDED, *(kernel.name for kernel in HARDENED.values())))
KERNEL_ROOMS = ("kernels", "kernels.hardened")


@cache
def trees() -> dict[str, ast.Module]:
    return {name: ast.parse(path.read_text("utf-8")) for name, path in FILES.items()}


def strings(tree: ast.Module) -> Iterator[str]:
    """The string literals of a file, docstrings left out."""
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value


def named(tree: ast.Module, names: Collection[str]) -> set[str]:
    """Names in the literals of a file: a word of one, or all of it where the name is an English word."""
    found: set[str] = set()
    for text in strings(tree):
        words = set(re.findall(r"\w+", text))
        found |= {name for name in words & set(names) if name == text or not re.fullmatch("[a-z]+", name)}
        found |= {"gemm"} & words & set(names)  # no English word
    return found


def imported(tree: ast.Module, rooms: tuple[str, ...], names: Collection[str]) -> set[str]:
    """Names that a file imports modules of: ``from sassafras.kernels.gemm import GEMM``."""
    modules = {
        part
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for part in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
    }
    return {name for name in names for room in rooms if f"sassafras.{room}.{name}" in modules}


def outside(rooms: tuple[str, ...], found: dict[str, set[str]]) -> dict[str, set[str]]:
    return {name: names for name, names in found.items() if names and not name.startswith(rooms)}


#: Where else a string may hold the name of one, and why nothing is decided by it.
OPCODES_QUOTED = {
    "verify/known_faults.py": "known faults name the instruction that they strike",
    "cli/options.py": "an example of --groups: the group FFMA is called as its opcode",
    "interchange/nvbitfi_groups.py": "NVBitFI's own lists go by opcode",
}
KERNELS_QUOTED = {
    "verify/small_network.py": "the network of the self-check is a list of launches",
    "verify/known_faults.py": "known faults name the launch that they strike",
    "cli/harden.py": "an example of --protect",
    "cli/judging.py": "an example of --fail-if",
    "cli/options.py": "what the preset all has that paper has not",
    "emulator/vector/builder.py": "what LLVM's instructions are called",
    "hardening/plan.py": "an example of --protect",
    "report/tables/explain.py": "the guard of an instruction",
}
LAYERS_QUOTED = {
    "workload/choices.py": "how a picture is made to fit: crop",
    "verify/small_network.py": "the network of the self-check has parts of these kinds",
    "verify/known_faults.py": "the kernel softmax",
    "workload/own/expressions.py": "functions of formulas: min, max, sqrt",
    "report/figures/vulnerability.py": "names too long for the axis of a figure",
}


def test_no_opcode_is_named_outside_its_record_and_its_function() -> None:
    found = {name: set(re.findall(r"[A-Z][A-Z0-9_]+", " ".join(strings(t)))) for name, t in trees().items()}
    elsewhere = outside(
        ("isa/opcodes/", "emulator/semantics/"), {name: words & set(MAXWELL) for name, words in found.items()}
    )
    assert elsewhere.keys() == OPCODES_QUOTED.keys(), elsewhere


def test_no_architecture_is_named_outside_its_room() -> None:
    pattern = r"\bsm_|\bSM_?\d+|compute_\d+"
    found = {name: set(re.findall(pattern, path.read_text("utf-8"))) for name, path in FILES.items()}
    assert outside(("architectures/",), found) == {}


def test_no_kernel_is_named_outside_its_room_and_the_layers_that_launch_it() -> None:
    quoted = outside(("kernels/", "network/layers/"), {n: named(t, LAUNCHED) for n, t in trees().items()})
    layers = quoted.pop("network/importers/darknet/readings.py")
    assert layers == {"softmax", "reorg", "shortcut", "upsample"}  # the layers, called as their kernels
    assert quoted.keys() == KERNELS_QUOTED.keys(), quoted
    known = {name: imported(tree, KERNEL_ROOMS, LAUNCHED) for name, tree in trees().items()}
    assert outside(("kernels/",), known) == {}


def test_no_layer_is_named_outside_its_file_and_its_readings() -> None:
    found = {name: named(tree, LAYERS) for name, tree in trees().items()}
    quoted = outside(("network/layers/", "network/importers/", "kernels/"), found)
    assert quoted.keys() == LAYERS_QUOTED.keys(), quoted
    known = {name: imported(tree, ("network.layers",), LAYERS) for name, tree in trees().items()}
    assert outside(("network/importers/", "network/layers/", "training/"), known) == {}


@pytest.mark.parametrize("name", ["fill_gpu", "gemm", "softmax", "add", "gemm_tmr", "guard"])
def test_a_name_is_found(name: str) -> None:
    """So that an empty list means something."""
    tree = ast.parse(f'"""{name} in prose."""\nx = {name!r}\ny = "some {name} of it"\n')
    assert named(tree, LAUNCHED) == {name}
    plain = ast.parse(f'"""{name} in prose."""\ny = "some of it"\nfrom sassafras.kernels.{name} import Z\n')
    assert named(plain, LAUNCHED) == set()
    assert imported(plain, KERNEL_ROOMS, LAUNCHED) == {name}
