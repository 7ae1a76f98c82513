"""Constant banks 3 and 4, LDC of every size, and where variables of a cubin lie: against NumPy."""

from __future__ import annotations

import struct
from dataclasses import replace

import numpy as np
import pytest
from tests.emulator.bench import offset_of_index, program

from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import Machine
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.emulator.module_memory import load_module, module_request, variable
from sassafras.emulator.traps import Trap, TrapKind
from sassafras.errors import ListingError, UsageError
from sassafras.isa.module import Module, Pointer, Variable
from sassafras.isa.program import Program

WIDTHS = {"U8": 1, "S8": 1, "U16": 2, "S16": 2, "": 4, "32": 4, "64": 8, "128": 16}
BANK3 = bytes((37 * k + 5) % 256 for k in range(72))
START = 256  #: of the initialised variables in the image
IMAGE = BANK3 + bytes(START - len(BANK3)) + struct.pack("<QiI", 0, -7, 9)
MODULE = Module(
    digest="0123456789abcdef",
    image=IMAGE,
    zeros=40,
    constant_bytes=len(BANK3),
    address_bytes=24,
    pointers=(Pointer(START, START + 8),),
    addresses=(Pointer(0, START), Pointer(8, len(IMAGE))),
    unknown=(16,),
    variables=(
        Variable("table", 0, len(BANK3)),
        Variable("pointer", START, 8),
        Variable("seven", START + 8, 4),
        Variable("room", len(IMAGE), 40),
    ),
)
NAME = "module 0123456789ab"
ONE = (1, 1, 1)
ADDRESS = ("MOV R40, c[0x0][0x140]", "MOV R41, c[0x0][0x144]")  #: R40, R41: of the output
BOTH = pytest.mark.parametrize("armed", [False, True])


def with_module(*lines: str, module: Module | None = MODULE) -> Program:
    made = program(*ADDRESS, *lines, "EXIT", parameters=16)
    return replace(made, module=module, digest=f"{made.digest} {module}")


def prepared(made: Program) -> tuple[DeviceMemory, Launch]:
    request = module_request(made)
    memory = DeviceMemory(lay_out([("out", 512), *([] if request is None else [request])]))
    load_module(made, memory)
    return memory, Launch(ONE, ONE, struct.pack("<QQ", memory.layout.base, 0))


def run(made: Program, memory: DeviceMemory, launch: Launch, *, armed: bool) -> Trap | None:
    if not armed:
        return Machine(made).run(launch, memory).trap
    block = Machine(made).arm(launch, memory, 0)
    block.run(1000)
    return block.trap


def loaded(raw: bytes, width: str) -> bytes:
    """What LDC leaves in registers."""
    if len(raw) >= 4:
        return raw
    return (int.from_bytes(raw, "little", signed=width[0] == "S") % (1 << 32)).to_bytes(4, "little")


@BOTH
@pytest.mark.parametrize("bank", [0, 2, 3])
def test_ldc(bank: int, armed: bool) -> None:
    """All sizes at fixed offsets and at computed ones (from a positive and a negative register), up to the
    end of the bank.
    """
    area = struct.pack("<Q", lay_out([("out", 512)]).base) + BANK3[8:64]
    content = {0: bytes(0x140) + area, 2: BANK3[:64], 3: BANK3}[bank]
    first = 0x140 if bank == 0 else 0
    lines, wanted = ["MOV32I R20, 0x10", "MOV32I R21, -0x10"], b""
    for width, size in WIDTHS.items():
        for offset in (first, first + size, len(content) // size * size - size):
            moved = f"R20+{offset - 16:#x}" if offset >= 16 else f"R21+{offset + 16:#x}"
            for place in (f"{offset:#x}", moved):
                raw = loaded(content[offset : offset + size], width)
                lines.append(f"LDC{'.' * bool(width)}{width} R4, c[{bank:#x}][{place}]")
                lines += [f"STG.E [R40+{len(wanted) + 4 * k:#x}], R{4 + k}" for k in range(len(raw) // 4)]
                wanted += raw
    made = program(*ADDRESS, *lines, "EXIT", parameters=64, constants=BANK3[:64])
    made = replace(made, module=MODULE, digest=made.digest + " with a module")
    memory, _ = prepared(made)
    assert run(made, memory, Launch(ONE, ONE, area), armed=armed) is None
    assert bytes(memory.data[: len(wanted)]) == wanted


@BOTH
def test_operands_of_bank_3(armed: bool) -> None:
    """As operands of any instruction, 32 and 64 bits, fixed and computed."""
    made = with_module(
        "MOV32I R20, 0x8", "MOV R4, c[0x3][0x4]", "IADD R5, R20, c[0x3][0x8]", "MOV R6, c[0x3][R20+0x10]",
        "DADD R8, -RZ, c[0x3][0x10]", "STG.E.128 [R40], R4", "STG.E.64 [R40+0x10], R8",
    )  # fmt: skip
    memory, launch = prepared(made)
    assert run(made, memory, launch, armed=armed) is None
    words = np.frombuffer(BANK3, "<u4").tolist()
    got = memory.data[:24].view(np.uint32)
    assert got[:3].tolist() == [words[1], (words[2] + 8) % (1 << 32), words[6]]
    assert memory.data[16:24].view(np.float64)[0] == np.frombuffer(BANK3, "<f8", 1, 16)[0]


@BOTH
def test_bank_4_leads_to_variables(armed: bool) -> None:
    """Through the table to a pointer, and through that to the variable it points to; and to one of zeros."""
    made = with_module(
        "MOV R2, c[0x4][0x0]", "MOV R3, c[0x4][0x4]", "LDG.E.64 R4, [R2]", "LDG.E R6, [R4]",
        "STG.E [R40], R6", "MOV R2, c[0x4][0x8]", "MOV R3, c[0x4][0xc]", "LDG.E R7, [R2+0x24]",
        "STG.E [R40+0x4], R7", "STG.E [R2], R6", "MOV R8, c[0x0][0xd0]", "MOV R9, c[0x0][0xd4]",
        "LDG.E R8, [R8+0x4]", "STG.E [R40+0x8], R8",
    )  # fmt: skip
    memory, launch = prepared(made)
    assert run(made, memory, launch, armed=armed) is None
    assert memory.data[:8].view(np.int32).tolist() == [-7, 0]
    assert bytes(memory.data[8:12]) == BANK3[4:8], "bank 3 has an address, too"
    assert variable(made, memory, "room").view(np.int32).tolist() == [-7, *[0] * 9]


@BOTH
def test_variables_are_set_by_name_and_kept_between_launches(armed: bool) -> None:
    made = with_module(
        "MOV R2, c[0x4][0x0]", "MOV R3, c[0x4][0x4]", "LDG.E R6, [R2+0x8]", "IADD R6, R6, c[0x3][0x0]",
        "STG.E [R2+0x8], R6", "STG.E [R40], R6",
    )  # fmt: skip
    memory, launch = prepared(made)
    variable(made, memory, "table").view(np.int32)[0] = 100
    for wanted in (93, 193, 293):
        assert run(made, memory, launch, armed=armed) is None
        assert memory.data[:4].view(np.int32)[0] == wanted
    assert variable(made, memory, "seven").view(np.int32)[0] == 293
    load_module(made, memory)
    assert variable(made, memory, "seven").view(np.int32)[0] == -7
    assert bytes(variable(made, memory, "table")) == BANK3


@BOTH
@pytest.mark.parametrize(("bank", "nbytes"), [(3, 72), (4, 24)])
@pytest.mark.parametrize("width", ["U8", "", "128"])
def test_both_ends_of_the_banks(width: str, bank: int, nbytes: int, armed: bool) -> None:
    out = Trap(TrapKind.CONSTANT_OUT_OF_RANGE, 0, 0, offset_of_index(3))
    crooked = Trap(TrapKind.MISALIGNED_ADDRESS, 0, 0, offset_of_index(3))
    size = WIDTHS[width]
    end = nbytes // size * size
    line = f"LDC{'.' * bool(width)}{width} R4, c[{bank:#x}][R20]"
    made = with_module("MOV R20, c[0x0][0x148]", line)
    memory, _ = prepared(made)
    for offset, wanted in (
        (end - size, None), (end, out), (-size & 0xFFFFFFFF, out), (0x80000000, out),
        (1, None if size == 1 else crooked),
    ):  # fmt: skip
        launch = Launch(ONE, ONE, struct.pack("<QQ", memory.layout.base, offset))
        assert run(made, memory, launch, armed=armed) == wanted, offset


@pytest.mark.parametrize(
    ("line", "bank"),
    [
        ("MOV R4, c[0x3][0x48]", 3),
        ("MOV R4, c[0x4][0x18]", 4),
        ("MOV R4, c[0x4][0x14]", 4),
        ("MOV R4, c[0x1][0x0]", 1),
    ],
)
def test_words_that_are_not_there_are_refused(line: str, bank: int) -> None:
    """Behind the end, a table entry whose address nobody knows, and a bank that code does not have."""
    made = with_module(line)
    memory, launch = prepared(made)
    with pytest.raises(ListingError, match=f"constant bank {bank} has no word at"):
        Machine(made).run(launch, memory)


def test_memory_without_the_variables_is_refused() -> None:
    made = with_module("MOV R4, c[0x3][0x0]")
    memory = DeviceMemory(lay_out([("out", 512)]))
    launch = Launch(ONE, ONE, struct.pack("<QQ", memory.layout.base, 0))
    for attempt in (Machine(made).run, Machine(made).profile, lambda a, b: Machine(made).arm(a, b, 0)):
        with pytest.raises(UsageError, match=rf"^bench uses variables .*'{NAME}' of 312 bytes") as refusal:
            attempt(launch, memory)
        assert "\n" not in str(refusal.value)


def test_a_kernel_that_touches_no_variables_needs_no_place() -> None:
    made = with_module("MOV R4, c[0x0][0x148]")
    assert module_request(made) is None
    memory, launch = prepared(made)
    assert Machine(made).run(launch, memory).trap is None
    assert module_request(with_module("MOV R4, c[0x0][0xd4]")) == (NAME, 312)
    assert module_request(with_module("MOV R4, c[0x0][0xd4]", module=None)) is None


def test_a_variable_that_is_not_there() -> None:
    made = with_module("MOV R4, c[0x3][0x0]")
    memory, _ = prepared(made)
    with pytest.raises(UsageError, match=r"no variable 'sevn'; its cubin has: pointer, room, seven, table$"):
        variable(made, memory, "sevn")


def test_what_lies_in_bank_3_is_data() -> None:
    """A loop as long as a variable says: no profile without memory."""
    made = with_module("MOV R4, c[0x3][0x0]", "ISETP.GT.AND P0, PT, R4, 0x5, PT", "@P0 EXIT")
    assert not Machine(made).is_data_free
    assert Machine(
        with_module("MOV R4, c[0x0][0x148]", "ISETP.GT.AND P0, PT, R4, 0x5, PT", "@P0 EXIT")
    ).is_data_free


def test_what_a_launch_says_in_bank_0() -> None:
    """The windows, the stack, dynamic shared memory; no address of bank 3 without one."""
    words = (0x0, 0x4, 0x20, 0xD0, 0xD4, 0xFC)
    lines = [f"MOV R{4 + k}, c[0x0][{word:#x}]" for k, word in enumerate(words)]
    made = program(*lines, "LDL R20, [R6+-0x4]", "EXIT", parameters=0)
    block = Machine(made).arm(Launch(ONE, ONE, b"", 77), DeviceMemory(lay_out([("a", 4)])), 0)
    block.run(100)
    assert block.registers(0)[4:10].tolist() == [0x1000000, 0x3000000, 0x1000000, 0, 0, 77]
