"""RED, ATOM and ATOMS in every form against plain integers, in the plain and the armed build: what is left in
memory, and what comes back.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.emulator.atomics import ATOM, ATOMS, RED, Form
from tests.emulator.bench import machine
from tests.emulator.values import FLOATS, INTEGERS

from sassafras.emulator.armed import Stop
from sassafras.emulator.launch import Launch
from sassafras.emulator.memory import DeviceMemory, lay_out

ROW = 5  #: 64-bit words of a thread: old, value, compared, what comes back, and what lay in the registers
STALE = 0x0123456789ABCDEF
BLOCK = 64
BOTH = pytest.mark.parametrize("armed", [False, True])
_START = (
    "S2R R0, SR_TID.X",
    "S2R R1, SR_CTAID.X",
    "ISCADD R0, R1, R0, 0x6",
    "XMAD R2, R0, 0x28, c[0x0][0x140]",
    "MOV R3, c[0x0][0x144]",  # R2, R3: the thread's row
    "S2R R1, SR_TID.X",
    "SHL R1, R1, 0x3",  # and its place in shared memory
)
_LOAD = ("LDG.E.64 R8, [R2+0x8]", "LDG.E.64 R10, [R2+0x10]", "LDG.E.64 R12, [R2+0x20]")
_WIDTHS = {32: "words", 64: "double words"}


def rows(form: Form, edges: Sequence[int] = INTEGERS, extra: int = 512) -> NDArray[np.uint64]:
    """Edges crossed and random values, (threads, ROW), whole blocks."""
    if form.kind.startswith("F"):
        edges = FLOATS
    if form.bits == 64:
        few = [0, 1, (1 << 31) - 1, 1 << 31, (1 << 32) - 1]
        edges = [low | high << 32 for low in few for high in few]
    pairs = [(old, value, old if k % 2 else value) for k, (old, value) in enumerate(product(edges, edges))]
    drawn = np.random.Generator(np.random.Philox(key=form.bits)).integers(
        0, 1 << form.bits, (extra, 3), np.uint64
    )
    table = np.concatenate([np.array(pairs, np.uint64), drawn])
    table = table[: len(table) // BLOCK * BLOCK]
    return np.column_stack([table, np.zeros((len(table), 2), np.uint64) + np.uint64(STALE)])


def run(
    lines: Sequence[Sequence[str]], table: NDArray[np.uint64], *, armed: bool
) -> list[NDArray[np.uint64]]:
    """What each piece of code leaves of its own copy of a table: (threads, ROW) each."""
    memory = DeviceMemory(lay_out([("rows", len(lines) * table.nbytes)]))
    place = memory.array(memory.layout.base, len(lines) * table.size, np.uint64)
    place.reshape(len(lines), *table.shape)[:] = table
    text = [
        *_START,
        *(
            line
            for piece in lines
            for line in (*_LOAD, *piece, "STG.E.64 [R2+0x18], R12", f"IADD32I R2, R2, {table.nbytes:#x}")
        ),
    ]
    compiled = machine(*text, "EXIT", parameters=8, shared=8 * BLOCK)
    launch = Launch((len(table) // BLOCK, 1, 1), (BLOCK, 1, 1), struct.pack("<Q", memory.layout.base))
    if armed:
        for block in range(launch.blocks):
            assert compiled.arm(launch, memory, block).run(10_000) is Stop.FINISHED
    else:
        assert compiled.run(launch, memory).trap is None
    return list(place.reshape(len(lines), *table.shape))


def check(form: Form, before: NDArray[np.uint64], after: NDArray[np.uint64], *, returns: bool) -> None:
    mask = (1 << form.bits) - 1
    for (old, value, compared, *_), (left, *_, back, _stale) in zip(
        before.tolist(), after.tolist(), strict=True
    ):
        wanted = form.left(old, value, compared)
        assert left & mask == wanted, f"{form.suffix}: {old:#x} {value:#x} {compared:#x}: {left:#x}"
        assert left >> form.bits == old >> form.bits
        assert back == ((STALE & ~mask | old) if returns else STALE), form.suffix


def code(opcode: str, form: Form) -> list[str]:
    """An operation on the thread's first word: R8 goes in, R10 is compared, R12 gets what comes back."""
    operands = "R10, R8" if form.operation == "CAS" else "R8"
    if opcode == "RED":
        return [f"RED.E{form.suffix} [R2], {operands}"]
    if opcode == "ATOM":
        return [f"ATOM.E{form.suffix} R12, [R2], {operands}"]
    there, back = ("LDG.E.64 R16, [R2]", "STS.64 [R1], R16"), ("LDS.U.64 R16, [R1]", "STG.E.64 [R2], R16")
    return [*there, f"ATOMS{form.suffix} R12, [R1], {operands}", *back]


FORMS = {"RED": RED, "ATOM": ATOM, "ATOMS": ATOMS}


@pytest.mark.alike(3)
@BOTH
@pytest.mark.parametrize("kind", ["words", "double words", "floats"])
@pytest.mark.parametrize("opcode", FORMS)
def test_every_form(opcode: str, kind: str, armed: bool) -> None:
    """The armed build on fewer words."""
    forms = [f for f in FORMS[opcode] if kind == ("floats" if "F32" in f.kind else _WIDTHS[f.bits])]
    if forms:
        before = rows(forms[0], INTEGERS[::3] if armed else INTEGERS[::2], 128)
        before = before[: 12 * BLOCK] if armed else before
        for form, after in zip(
            forms, run([code(opcode, f) for f in forms], before, armed=armed), strict=True
        ):
            check(form, before, after, returns=opcode != "RED")


@pytest.mark.slow
@pytest.mark.parametrize("armed", [False, True])
@pytest.mark.parametrize("opcode", FORMS)
def test_every_form_on_all_edges(opcode: str, armed: bool) -> None:
    for form in FORMS[opcode]:
        before = rows(form)
        (after,) = run([code(opcode, form)], before, armed=armed)
        check(form, before, after, returns=opcode != "RED")


@BOTH
def test_what_comes_back_may_fall_on_an_operand_or_be_dropped(armed: bool) -> None:
    form = Form("ADD", "")
    before = rows(form)[:BLOCK]
    after, dropped = run(
        [["ATOM.E.ADD R8, [R2], R8", "MOV R12, R8", "MOV R13, R9"], ["ATOM.E.EXCH RZ, [R2], RZ"]],
        before,
        armed=armed,
    )
    for (old, value, *_), (left, *_, back, _stale) in zip(before.tolist(), after.tolist(), strict=True):
        assert (left, back & 0xFFFFFFFF) == ((old + value) % (1 << 32), old)
    assert not (dropped[:, 0] & np.uint64(0xFFFFFFFF)).any() and (dropped[:, 3] == STALE).all()


@BOTH
def test_all_threads_count_and_each_gets_its_own_number(armed: bool) -> None:
    """A ticket for each thread: in the defined order, its number."""
    memory = DeviceMemory(lay_out([("count", 8), ("tickets", 4 * 2 * BLOCK)]))
    base = memory.layout["count"].address
    memory.array(base, 1, np.uint32)[:] = 1000
    lines = (
        "MOV32I R8, 0x1",
        "MOV R4, c[0x0][0x140]",
        "MOV R5, c[0x0][0x144]",
        "ATOM.E.ADD R6, [R4], R8",
        "S2R R0, SR_TID.X",
        "S2R R1, SR_CTAID.X",
        "ISCADD R0, R1, R0, 0x6",
        "ISCADD R2, R0, c[0x0][0x148], 0x2",
        "MOV R3, c[0x0][0x14c]",
        "STG.E [R2], R6",
        "EXIT",
    )
    compiled = machine(*lines, parameters=16)
    launch = Launch((2, 1, 1), (BLOCK, 1, 1), struct.pack("<QQ", base, memory.layout["tickets"].address))
    if armed:
        for block in range(2):
            compiled.arm(launch, memory, block).run(100)
    else:
        compiled.run(launch, memory)
    tickets = memory.array(memory.layout["tickets"].address, 2 * BLOCK, np.uint32)
    assert tickets.tolist() == list(range(1000, 1000 + 2 * BLOCK))
    assert memory.array(base, 1, np.uint32)[0] == 1000 + 2 * BLOCK


def test_undoing_puts_back_what_atomic_operations_replaced() -> None:
    memory = DeviceMemory(lay_out([("x", 64)]))
    memory.data[:64] = np.arange(64)
    kept = memory.data.copy()
    lines = (
        "MOV R2, c[0x0][0x140]",
        "MOV R3, c[0x0][0x144]",
        "MOV32I R8, 0x7",
        "ATOM.E.ADD R6, [R2], R8",
        "ATOM.E.CAS.64 R6, [R2+0x8], R8, R8",
        "ATOM.E.EXCH.U64 R6, [R2+0x10], R8",
        "RED.E.XOR [R2], R8",
        "EXIT",
    )
    armed = machine(*lines, parameters=8).arm(
        Launch((1, 1, 1), (3, 1, 1), struct.pack("<Q", memory.layout.base)), memory, 0
    )
    assert armed.run(100) is Stop.FINISHED
    assert (memory.data != kept).any()
    armed.undo()
    assert (memory.data == kept).all()
