"""The bench of `tests.emulator.bench` for Turing and its successors: registers and predicates of the warp
hold the same inputs (UR4 to UR9 those of R4 to R9, UP2 to UP4 those of P2 to P4), and are looked at as well.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
from tests.emulator.bench import (
    BLOCK,
    CONSTANT_BYTES,
    INPUTS,
    PREDICATES,
    REGISTERS,
    STALE,
    Cases,
    Variant,
    Words,
)

from sassafras.architectures.registry import architecture, program_of
from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import Machine
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.isa.metadata import KernelMetadata
from sassafras.isa.program import Parameter, Program

ARCH = "sm_80"
ROWS = (*INPUTS, *PREDICATES)


def listing(lines: Sequence[str]) -> str:
    """Listing text; lines that end in a colon are labels."""
    text, index = [], 0
    for line in lines:
        if line.endswith(":"):
            text.append(line)
            continue
        text.append(f"        /*{16 * index:04x}*/                   {line} ;")
        index += 1
    return "\n".join(text)


def program(
    *lines: str,
    arch: str = ARCH,
    shared: int = 0,
    constants: bytes = b"",
    parameters: int = CONSTANT_BYTES,
) -> Program:
    """Parse hand-written lines as a kernel called ``bench``."""
    base = architecture(arch).family.known_bank().parameters
    area = (Parameter(0, 0, parameters),)
    metadata = KernelMetadata("bench", arch, REGISTERS, shared, base, area, constants)
    return program_of(listing(lines), metadata)


def _launch(inputs: Cases, slots: int) -> tuple[Launch, DeviceMemory]:
    rules = architecture(ARCH).allocation_rules()
    sizes = [("inputs", 4 * inputs.count * len(ROWS)), ("outputs", 4 * inputs.count * max(slots, 1))]
    memory = DeviceMemory(lay_out(sizes, rules))
    at = [memory.layout[name].address for name, _ in sizes]
    area = memory.array(at[0], inputs.count * len(ROWS), np.uint32).reshape(len(ROWS), -1)
    for row, name in zip(area, ROWS, strict=True):
        row[:] = inputs.arrays[name]
    parameters = struct.pack("<QQ", *at) + np.array(inputs.constants, np.uint32).tobytes()
    return Launch(
        (inputs.count // BLOCK, 1, 1), (BLOCK, 1, 1), parameters.ljust(CONSTANT_BYTES, b"\0")
    ), memory


def _prologue(column: int) -> list[str]:
    lines = [
        *("S2R R40, SR_CTAID.X", "S2R R41, SR_TID.X", f"IMAD R40, R40, {BLOCK:#x}, R41"),
        *("MOV R42, c[0x0][0x160]", "MOV R43, c[0x0][0x164]", "MOV R44, c[0x0][0x168]"),
        *("MOV R45, c[0x0][0x16c]", "IMAD.WIDE R42, R40, 0x4, R42", "IMAD.WIDE R44, R40, 0x4, R44"),
        *("MOV R50, 0x1", "UMOV UR20, 0x1"),
    ]
    for k, name in enumerate(ROWS):
        target = "R51" if name in PREDICATES else name
        lines.append(f"LDG.E {target}, [R42.64+{k * column:#x}]")
        if name in PREDICATES:
            lines += [f"ISETP.NE.AND {name}, PT, R51, RZ, PT", "R2UR UR21, R51"]
            lines.append(f"UISETP.NE.AND U{name}, UPT, UR21, URZ, UPT")
        else:
            lines.append(f"R2UR U{name}, {name}")
    return lines


def _probe(name: str) -> tuple[list[str], str]:
    """Instructions that bring an output into a register, and which."""
    if name.startswith("UP"):
        return [f"USEL UR21, UR20, URZ, {name}", "MOV R51, UR21"], "R51"
    if name.startswith("UR"):
        return [f"MOV R51, {name}"], "R51"
    if name.startswith("P"):
        return [f"SEL R51, R50, RZ, {name}"], "R51"
    return [], name


def run_whole(variants: Sequence[Variant], inputs: Cases) -> None:
    """Execute all variants on all cases in one launch of the plain build, and compare with the oracles."""
    lines = _prologue(4 * inputs.count)
    slots: list[tuple[int, str]] = []
    first = inputs.words(0)
    for number, variant in enumerate(variants):
        lines += [f"MOV R{k}, {STALE:#x}" for k in range(4)] + [f"UMOV UR0, {STALE:#x}", variant.text]
        for name in variant.oracle(first) or ("R0", "UR0"):
            probe, holder = _probe(name)
            lines += [*probe, f"STG.E [R44.64+{4 * inputs.count * len(slots):#x}], {holder}"]
            slots.append((number, name))
    launch, memory = _launch(inputs, len(slots))
    result = Machine(program(*lines, "EXIT")).run(launch, memory)
    assert result.trap is None
    outputs = memory.array(memory.layout["outputs"].address, inputs.count * len(slots), np.uint32)
    for case, got in enumerate(outputs.reshape(len(slots), -1).T.tolist()):
        words = inputs.words(case)
        expected = [v.oracle(words) for v in variants]
        for (number, name), value in zip(slots, got, strict=True):
            wanted = expected[number].get(name, STALE)
            assert value == wanted, (
                f"{variants[number].text}: {name} = {value:#x}, oracle {wanted:#x}, on {_shown(words)}"
            )


def _shown(words: Words) -> str:
    return ", ".join(f"{name}={value:#x}" for name, value in words.items())


def run_stepwise(variants: Sequence[Variant], inputs: Cases, count: int, seed: int = 1) -> None:
    """Issue each variant once per case on a stopped thread, and compare the whole state: nothing else is
    written.
    """
    launch, memory = _launch(inputs, 1)
    arming = Machine(program(*(v.text for v in variants), "EXIT")).arm(launch, memory, 0, range(count))
    draw = np.random.Generator(np.random.Philox(key=seed))
    for case in range(count):
        arming.run_until(case, 0)
        state = arming._states[arming._position[case]]
        words = inputs.words(case * (inputs.count // count))
        for variant in variants:
            for file, name, end in FILES:
                held = state[file]
                held[:end] = draw.integers(0, 2 if "P" in name else 1 << 32, end, dtype=held.dtype)
                for key, value in words.items():
                    if key[0] == name[-1]:
                        held[int(key[1:])] = value
            before = _state(state)
            assert arming.step(case).value == "reached"
            expected, after = before | dict(variant.oracle(words)), _state(state)
            wrong = {n: (hex(after[n]), hex(expected[n])) for n in after if after[n] != expected[n]}
            assert not wrong, f"{variant.text}: (got, oracle) {wrong} on {_shown(words)}"


FILES = (
    *(("registers", "R", REGISTERS), ("predicates", "P", 7)),
    *(("uniform", "UR", 63), ("uniform_predicates", "UP", 7)),
)


def _state(state: np.void) -> dict[str, int]:
    return {f"{name}{k}": v for file, name, end in FILES for k, v in enumerate(state[file][:end].tolist())}
