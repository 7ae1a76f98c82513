"""A test bench for single instructions.

A ``Variant`` is one instruction with an oracle. The bench executes many variants on many cases (one thread
per case) in both builds:

* plain, whole launch: a program loads the case from global memory, executes each variant on it and stores
  what it wrote;
* armed, step by step: the state of a stopped thread is set (registers, predicates, condition codes), one
  instruction is issued, and the *whole* state is compared, so that anything written besides the destinations
  is noticed.

Conventions: inputs are R4 to R9, P2 to P4 and the condition codes; destinations are R0 to R3, P0, P1 and the
condition codes.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sassafras.architectures.registry import program_of
from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import Machine
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.isa.metadata import KernelMetadata
from sassafras.isa.program import Parameter, Program

INPUTS = tuple(f"R{k}" for k in range(4, 10))
PREDICATES = ("P2", "P3", "P4")
REGISTERS = 64
CONSTANT_BYTES = 256  #: of the parameter area; the first 16 hold the addresses of inputs and outputs
BLOCK = 128
M32 = 0xFFFFFFFF
Words = Mapping[str, int]
"""Values by name: ``R4``, ``P2`` (0 or 1), ``Z``, ``S``, ``C`` (0 to 3), ``O``, and ``c150`` for
``c[0x0][0x150]``.
"""


@dataclass(frozen=True)
class Variant:
    """One instruction and what it must do: ``oracle`` maps the inputs to everything that it writes."""

    text: str
    oracle: Callable[[Words], Words]

    @property
    def opcode(self) -> str:
        """The word before the first dot."""
        match = re.match(r"(?:@!?P\w\s+)?([A-Z0-9]+)", self.text)
        assert match
        return match[1]

    @property
    def reads_cc(self) -> bool:
        """Whether the outcome depends on condition codes."""
        return ".X" in self.text or "CC." in self.text or " CC," in self.text


def offset_of_index(index: int) -> int:
    """Byte offset of an instruction: three follow each scheduling word."""
    return index // 3 * 32 + 8 + index % 3 * 8


def listing(lines: Sequence[str]) -> str:
    """Listing text; lines that end in a colon are labels."""
    text, index = [], 0
    for line in lines:
        if line.endswith(":"):
            text.append(line)
            continue
        text.append(f"        /*{offset_of_index(index):04x}*/                   {line} ;")
        index += 1
    return "\n".join(text)


def program(
    *lines: str,
    registers: int = REGISTERS,
    shared: int = 0,
    constants: bytes = b"",
    parameters: int = CONSTANT_BYTES,
) -> Program:
    """Parse hand-written lines as a kernel called ``bench``."""
    area = (Parameter(0, 0, parameters),) if parameters else ()
    metadata = KernelMetadata("bench", "sm_50", registers, shared, 0x140, area, constants)
    return program_of(listing(lines), metadata)


def machine(*lines: str, **facts: int | bytes) -> Machine:
    """A machine for hand-written lines."""
    return Machine(program(*lines, **facts))  # type: ignore[arg-type]


_ADDRESSES = (
    "S2R R40, SR_CTAID.X",
    "S2R R41, SR_TID.X",
    "ISCADD R40, R40, R41, 0x7",
    "ISCADD R40, R40, c[0x0][0x140], 0x2",  # R40, R41: this case's column of inputs
    "MOV R41, c[0x0][0x144]",
    "MOV R43, c[0x0][0x14c]",
    "IADD R42, R40, -c[0x0][0x140]",
    "IADD R42, R42, c[0x0][0x148]",  # R42, R43: its column of outputs
    "MOV32I R50, 0x1",
)
_FLAGS_IN = ("IADD3 RZ.CC, R10, R11, R12",)
_FLAGS_OUT = {
    "Z": ("MOV R51, RZ", "BRA CC.NE, `(.L_z{n})", "MOV R51, R50", ".L_z{n}:"),
    "C": ("IADD3.X R51, RZ, RZ, RZ",),
    "L": ("MOV R51, RZ", "BRA CC.GE, `(.L_l{n})", "MOV R51, R50", ".L_l{n}:"),
}
STALE = 0xDEADBEEF
STALE_VALUES = {"R0": STALE, "R1": STALE, "R2": STALE, "R3": STALE, "P0": 1, "P1": 0}


def carry_inputs(words: Words) -> Words:
    """The condition codes after the bench's own ``IADD3 RZ.CC, R10, R11, R12``."""
    total = words["R10"] + words["R11"] + words["R12"]
    return {"Z": int(total & M32 == 0), "S": total >> 31 & 1, "C": total >> 32, "O": 0}


def visible(outputs: Words, flags_before: Words) -> dict[str, int]:
    """What a program can see of the outputs: S and O only as S xor O (called L)."""
    seen = {name: value for name, value in outputs.items() if name not in "SOZC"}
    if "Z" in outputs:
        after = {**flags_before, **outputs}
        seen |= {"Z": after["Z"], "C": after["C"], "L": after["S"] ^ after["O"]}
    return seen


def _probe(name: str, number: int) -> tuple[list[str], str]:
    """Instructions that bring an output into a register, and which."""
    if name in _FLAGS_OUT:
        return [line.format(n=number) for line in _FLAGS_OUT[name]], "R51"
    if name.startswith("P"):
        return [f"SEL R51, R50, RZ, {name}"], "R51"
    return [], name


@dataclass(frozen=True)
class Cases:
    """Inputs by name, one array element per case; ``constants`` are the parameter words from c[0x0][0x150]
    on.
    """

    arrays: Mapping[str, NDArray[np.uint32]]
    constants: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """Number of cases, a multiple of BLOCK."""
        return len(next(iter(self.arrays.values())))

    def some(self, count: int) -> Cases:
        """About ``count`` of them, evenly spread (whole blocks)."""
        blocks = min(-(-count // BLOCK), self.count // BLOCK)
        chosen = np.linspace(0, self.count - 1, blocks * BLOCK).astype(np.int64)
        return Cases({name: array[chosen] for name, array in self.arrays.items()}, self.constants)

    def words(self, case: int) -> dict[str, int]:
        """One case as plain integers."""
        values = {name: int(array[case]) for name, array in self.arrays.items()}
        return values | {f"c{0x150 + 4 * k:x}": value for k, value in enumerate(self.constants)}


def _launch(cases: Cases, slots: int) -> tuple[Launch, DeviceMemory]:
    rows = [*INPUTS, "R10", "R11", "R12", *PREDICATES]
    layout = lay_out([("inputs", 4 * cases.count * len(rows)), ("outputs", 4 * cases.count * max(slots, 1))])
    memory = DeviceMemory(layout)
    area = memory.array(layout["inputs"].address, cases.count * len(rows), np.uint32).reshape(len(rows), -1)
    for row, name in zip(area, rows, strict=True):
        row[:] = cases.arrays[name]
    parameters = struct.pack("<QQ", layout["inputs"].address, layout["outputs"].address)
    parameters += np.array(cases.constants, np.uint32).tobytes()
    return Launch(
        (cases.count // BLOCK, 1, 1), (BLOCK, 1, 1), parameters.ljust(CONSTANT_BYTES, b"\0")
    ), memory


def _program_text(
    variants: Sequence[Variant], cases: Cases, names: Sequence[str]
) -> tuple[list[str], list[tuple[int, str]]]:
    """The lines of the whole-launch program, and what each output slot holds: (variant, name)."""
    column = 4 * cases.count
    lines = list(_ADDRESSES)
    rows = [*INPUTS, "R10", "R11", "R12"]
    lines += [f"LDG.E {name}, [R40+{k * column:#x}]" for k, name in enumerate(rows)]
    for k, name in enumerate(PREDICATES):
        lines += [f"LDG.E R51, [R40+{(len(rows) + k) * column:#x}]", f"ISETP.NE.AND {name}, PT, R51, RZ, PT"]
    slots: list[tuple[int, str]] = []
    first = cases.words(0)
    first |= carry_inputs(first)
    for number, variant in enumerate(variants):
        if names:
            lines += [f"MOV32I R{k}, {STALE:#x}" for k in range(4)] + ["PSETP.AND.AND P0, P1, PT, PT, PT"]
        lines += [*(_FLAGS_IN if names or variant.reads_cc else ()), variant.text]
        for name in names or visible(variant.oracle(first), first):
            probe, holder = _probe(name, number)
            lines += [*probe, f"STG.E [R42+{len(slots) * column:#x}], {holder}"]
            slots.append((number, name))
    return [*lines, "EXIT"], slots


def run_whole(variants: Sequence[Variant], cases: Cases, names: Sequence[str] = ()) -> None:
    """Execute all variants on all cases in one launch of the plain build, and compare with the oracles.

    ``names``: what to look at after each instruction; by default what it writes in the first case.
    """
    lines, slots = _program_text(variants, cases, names)
    compiled = machine(*lines)
    launch, memory = _launch(cases, len(slots))
    result = compiled.run(launch, memory)
    assert result.trap is None
    outputs = memory.array(memory.layout["outputs"].address, cases.count * len(slots), np.uint32).reshape(
        len(slots), -1
    )
    for case in range(cases.count):
        words = cases.words(case)
        flags = carry_inputs(words)
        words |= flags
        expected = [visible(v.oracle(words), flags) for v in variants]
        got = outputs[:, case].tolist()
        for (number, name), value in zip(slots, got, strict=True):
            wanted = expected[number].get(name, STALE_VALUES.get(name, flags.get(name, 0)))
            assert value == wanted, (
                f"{variants[number].text}: {name} = {value:#x}, oracle {wanted:#x}, on {_hex(words)}"
            )


def _hex(words: Words) -> str:
    return ", ".join(f"{name}={value:#x}" for name, value in words.items())


def run_stepwise(variants: Sequence[Variant], cases: Cases, count: int = BLOCK, seed: int = 1) -> None:
    """Issue each variant once per case on a stopped thread, on arbitrary condition codes, and compare the
    whole state.
    """
    launch, memory = _launch(cases, 1)
    compiled = machine(*(v.text for v in variants), "EXIT")
    arming = compiled.arm(launch, memory, 0, None if compiled.barrier else range(count))
    draw = np.random.Generator(np.random.Philox(key=seed))
    for case in range(count):
        arming.run_until(case, 0)
        words = cases.words(case * (cases.count // count))
        for number, variant in enumerate(variants):
            flags = dict(zip("ZSCO", draw.integers(0, [2, 2, 3, 2]).tolist(), strict=True))
            inputs = words | flags
            registers, predicates = arming.registers(case), arming.predicates(case)
            registers[:] = draw.integers(0, 1 << 32, len(registers), dtype=np.uint32)
            predicates[:] = draw.integers(0, 2, 7)
            for name, value in words.items():
                if name.startswith("R"):
                    registers[int(name[1:])] = value
                elif name.startswith("P"):
                    predicates[int(name[1:])] = value
            arming.condition_codes(case)[:] = [flags[name] for name in "ZSCO"]
            before = _state(arming.registers(case), predicates, flags)
            assert arming.pc(case) == number
            assert arming.step(case).value == "reached"
            after_flags = dict(zip("ZSCO", arming.condition_codes(case).tolist(), strict=True))
            after = _state(arming.registers(case), predicates, after_flags)
            expected = before | dict(variant.oracle(inputs))
            assert after == expected, _difference(variant, inputs, after, expected)


def _state(registers: NDArray[np.uint32], predicates: NDArray[np.uint8], flags: Words) -> dict[str, int]:
    state = {f"R{k}": value for k, value in enumerate(registers.tolist())}
    return state | {f"P{k}": value for k, value in enumerate(predicates.tolist())} | dict(flags)


def _difference(variant: Variant, inputs: Words, after: Words, expected: Words) -> str:
    wrong = {n: (hex(after[n]), hex(expected[n])) for n in after if after[n] != expected[n]}
    return f"{variant.text}: (got, oracle) {wrong} on {_hex(inputs)}"


@cache
def random_words(key: int, count: int) -> NDArray[np.uint32]:
    """Random 32-bit words from a counter-based generator."""
    return np.random.Generator(np.random.Philox(key=key)).integers(0, 1 << 32, count, dtype=np.uint32)
