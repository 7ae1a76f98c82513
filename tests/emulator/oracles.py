"""Which forms of instructions have an oracle: opcode and printed modifiers, as the tests' texts have them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from tests.emulator.atomics import ATOM, ATOMS, RED
from tests.emulator.test_opcodes import GROUPS

HERE = Path(__file__).parent
#: Tests whose programs are written as text, each compared with a result of its own.
BEHAVIOUR = (
    *("memory_access", "control", "traps", "idioms"),
    *("local_memory", "constant_banks", "warp_opcodes"),
)
#: Modifiers without effect on values: caches, ordering, what is the default anyway.
SILENT = {
    **{load: {"CI", "CG", "CS", "CV", "LU", "U", "32"} for load in ("LD", "LDG", "LDL")},
    **{store: {"CG", "CS", "WT", "32"} for store in ("ST", "STG", "STL")}, "LDS": {"U", "32"}, "STS": {"32"},
    **{name: {"RN"} for name in ("DADD", "DMUL", "DFMA", "FADD", "FMUL", "FFMA")},
    "MEMBAR": {"CTA", "GL", "SYS", "IVALLD"}, "CAL": {"NOINC"}, "RED": {"U32", "RN"}, "BRA": {"U"},
    "DEPBAR": {"LE"},
}  # fmt: skip
ELSEWHERE = tuple(f"MUFU.{name}" for name in ("RSQ", "EX2", "LG2", "SIN", "COS"))  #: test_transcendental
WIDTHS = {"U8", "S8", "U16", "S16", "64", "128"}  #: made by formatting in the tests of memory
_HEAD = re.compile(r"[A-Z][A-Z0-9]+(?:\.[A-Z0-9_]+)*")

Head = tuple[str, frozenset[str]]


def head(text: str) -> Head:
    """Opcode and modifiers of a printed instruction, without those that change no value."""
    body = re.sub(r"^@!?P\w\s+", "", text).split()[0]
    opcode, *modifiers = body.split(".")
    return opcode, frozenset(modifiers) - SILENT.get(opcode, set())


@cache
def heads_with_oracle() -> frozenset[Head]:
    """Every form that some oracle or test of its own looks at."""
    variants = [v.text for group in GROUPS.values() for v in group.variants()]
    written = [
        text for name in BEHAVIOUR for text in _HEAD.findall((HERE / f"test_{name}.py").read_text("utf-8"))
    ]
    found = {head(text) for text in [*variants, *written, *ELSEWHERE, "LOP3.LUT", "NOP"]}
    found |= {
        (name, (frozenset(form.suffix.split(".")[1:]) | more) - SILENT.get(name, set()))
        for name, more, made in (("RED", {"E"}, RED), ("ATOM", {"E"}, ATOM), ("ATOMS", set(), ATOMS))
        for form in made
    }  # test_atomic_operations
    wide, near = ("LD", "ST", "LDG", "STG"), ("LDL", "STL", "LDS", "STS", "LDC")
    sized: dict[str, set[str]] = {name: {"E"} for name in wide} | {name: set() for name in near}
    found |= {(name, frozenset(more | {w})) for name, more in sized.items() for w in WIDTHS}
    return frozenset(found)
