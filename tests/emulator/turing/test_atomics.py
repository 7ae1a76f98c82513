"""Atomic operations of Turing and its successors against plain integers, in the plain and the armed build."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from tests.emulator.atomics import ATOM, ATOMS, RED, Form
from tests.emulator.turing.bench import listing
from tests.kernels.sample import every_nth

from sassafras.architectures.registry import architecture, program_of
from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import Machine
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.isa.metadata import KernelMetadata
from sassafras.isa.program import Parameter

WARP = 32
EDGES = (0, 1, 2, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x3F800000, 0x00000001, 0x7F800000, 0xFF7FFFFF)
WIDE = [form for form in ATOM if form.kind == "64" and form.operation not in ("EXCH", "CAS")]
CASES = [
    (opcode, form)
    for opcode, forms in (("RED", [*RED, *WIDE]), ("ATOMG", ATOM), ("ATOMS", ATOMS))
    for form in forms
]


def _lines(opcode: str, form: Form) -> list[str]:
    """Each thread combines words of its own: old, value, compared, 64 bits each, then what comes back."""
    operands = "R12, R10" if form.operation == "CAS" else "R10"
    text = {
        "RED": f"RED.E{form.suffix}.STRONG.GPU [R2.64], {operands}",
        "ATOMG": f"ATOMG.E{form.suffix}.STRONG.GPU P0, R14, [R2.64], {operands}",
        "ATOMS": f"ATOMS{form.suffix} R14, [R5], {operands}",
    }[opcode]
    shared = opcode == "ATOMS"
    return [
        *("S2R R0, SR_TID.X", "MOV R2, c[0x0][0x160]", "MOV R3, c[0x0][0x164]", "IMAD.WIDE R2, R0, 0x20, R2"),
        *("LDG.E.64 R10, [R2.64+0x8]", "LDG.E.64 R12, [R2.64+0x10]", "MOV R14, RZ", "MOV R15, RZ"),
        *("IMAD R5, R0, 0x8, RZ", "PLOP3.LUT P0, PT, PT, PT, PT, 0x8, 0x0"),
        *(("LDG.E.64 R6, [R2.64]", "STS.64 [R5], R6") if shared else ()),
        text,
        *(("LDS.64 R6, [R5]", "STG.E.64 [R2.64], R6") if shared else ()),
        *("STG.E.64 [R2.64+0x18], R14", "EXIT"),
    ]


@pytest.mark.parametrize("armed", [False, True])
@pytest.mark.parametrize(
    ("opcode", "form"), every_nth(3, [pytest.param(o, f, id=f"{o}{f.suffix}") for o, f in CASES])
)
def test_every_form(opcode: str, form: Form, armed: bool) -> None:
    metadata = KernelMetadata("k", "sm_80", 16, 256, 0x160, (Parameter(0, 0, 8),))
    machine = Machine(program_of(listing(_lines(opcode, form)), metadata))
    memory = DeviceMemory(lay_out([("data", 32 * WARP)], architecture("sm_80").allocation_rules()))
    base = memory.layout["data"].address
    words = memory.array(base, 4 * WARP, np.uint64).reshape(WARP, 4)
    dice = np.random.Generator(np.random.Philox(9))
    words[:] = np.array(EDGES, np.uint64)[dice.integers(len(EDGES), size=(WARP, 4))] | np.array(
        EDGES, np.uint64
    )[dice.integers(len(EDGES), size=(WARP, 4))] << np.uint64(32)
    words[::3, 2] = words[::3, 0]
    given = words.copy()
    launch = Launch((1, 1, 1), (WARP, 1, 1), struct.pack("<Q", base))
    if armed:
        block = machine.arm(launch, memory, 0)
        block.run(1 << 16)
        assert block.trap is None
    else:
        assert machine.run(launch, memory).trap is None
    mask = (1 << form.bits) - 1
    for (old, value, compared, _), (left, *_, back) in zip(given.tolist(), words.tolist(), strict=True):
        assert left == (old & ~mask) | form.left(old & mask, value & mask, compared & mask)
        assert back == (0 if opcode == "RED" else old & mask)
