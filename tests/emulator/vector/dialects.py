"""How the statements of random programs are written for a family.

R0 is the thread's number in its block, R1 the block, R2 and R3 where it stores, R6 its place in shared
memory, R10 and R11 the buffer, R14 and R15 a place in it, R16 to R21 data, R22 to R27 count rounds, R28 to
R31 hold return addresses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from tests.emulator import bench
from tests.emulator.turing import bench as turing_bench

from sassafras.isa.program import Program

DATA = tuple(f"R{k}" for k in range(16, 22))  #: what programs compute with, and store in the end
SHARED = 1024
Lines = list[str]


@dataclass
class Labels:
    """Names for places, each once in a listing; and how deep a statement stands in others."""

    count: int = 0
    depth: int = -1

    def new(self) -> str:
        """The next name."""
        self.count += 1
        return f".L_{self.count}"

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """For the statements in one."""
        self.depth += 1
        yield
        self.depth -= 1


@dataclass(frozen=True)
class Dialect:
    """``words``: arithmetic on {a}, {b}, {c} into {d}. ``branch(labels, one, other)``: by P0, with a place
    to meet; ``loop(labels, body, breaks)``: until P0; ``call(labels, guard, function)``.
    """

    guards: tuple[str, ...]
    words: tuple[str, ...]
    tests: tuple[str, ...]
    masked: str
    turned: str
    scaled: str
    lessened: str
    loads: tuple[str, ...]
    load_shared: str
    store: str
    branch: Callable[[Labels, Lines, Lines], Lines]
    loop: Callable[[Labels, Lines, bool], Lines]
    call: Callable[[Labels, str, int], Lines]
    start: tuple[str, ...]
    functions: tuple[str, ...]
    program: Callable[..., Program]


# Maxwell -------------------------------------------------------------------------------------------------


def popping(text: str, target: str) -> str:
    """An instruction that pops, with nvdisasm's note of where that leads."""
    return f'{text}  (*"BRANCH_TARGETS {target}"*)'


def _stack_branch(labels: Labels, one: Lines, other: Lines) -> Lines:
    there, meet = labels.new(), labels.new()
    sync = popping("SYNC", meet)
    return [f"SSY `({meet})", f"@P0 BRA `({there})", *one, sync, f"{there}:", *other, sync, f"{meet}:"]


def _stack_loop(labels: Labels, body: Lines, breaks: bool) -> Lines:
    out, again = labels.new(), labels.new()
    leave, sync = popping("@P0 BRK", out), popping("SYNC", out)
    ending = [leave, f"BRA `({again})"] if breaks else [f"@!P0 BRA `({again})", sync]
    return [f"{'PBK' if breaks else 'SSY'} `({out})", f"{again}:", *body, *ending, f"{out}:"]


MAXWELL = Dialect(
    guards=("P0", "!P1", "P2"),
    words=(
        *("IADD {d}, {a}, {b}", "XMAD {d}, {a}, {b}.H1, {c}", "LOP.XOR {d}, {a}, {b}", "IADD {d}, -{a}, {b}"),
        *("SHL {d}, {a}, 0x3", "SHR.U32 {d}, {a}, 0x5", "IMNMX {d}, {a}, {b}, P3", "BFE.U32 {d}, {a}, {b}"),
        *("FADD {d}, {a}, -{b}", "FFMA {d}, {a}, {b}, {c}", "FMUL.FTZ {d}, {a}, {b}", "MUFU.RCP {d}, {a}"),
        *("SEL {d}, {a}, {b}, !P2", "IADD {d}.CC, {a}, {b}", "IADD.X {d}, {a}, {b}"),
    ),
    tests=(
        "ISETP.GT.AND {p}, PT, {a}, {b}, PT",
        "ISETP.LT.U32.OR {p}, PT, {a}, {b}, !P1",
        "FSETP.GEU.AND {p}, PT, {a}, {b}, PT",
    ),
    masked="LOP32I.AND {d}, {a}, {n}",
    turned="LOP32I.XOR {d}, {a}, {n}",
    scaled="ISCADD {d}, {a}, {b}, 0x2",
    lessened="IADD32I {d}, {d}, -0x1",
    loads=("LDG.E {d}, [R14+{n}]",),
    load_shared="LDS.U.32 {d}, [{at}]",
    store="STG.E [R2+{n}], {a}",
    branch=_stack_branch,
    loop=_stack_loop,
    call=lambda _, guard, function: [f"{guard}CAL `(.L_function{function})"],
    start=(
        "S2R R0, SR_TID.X",
        "S2R R1, SR_CTAID.X",
        "XMAD R8, R1, c[0x0][0x8], R0",
        "XMAD R2, R8, 0x18, RZ",
        "IADD R2, R2, c[0x0][0x140]",
        "MOV R3, c[0x0][0x144]",
        "MOV R10, c[0x0][0x148]",
        "MOV R11, c[0x0][0x14c]",
        "SHL R6, R0, 0x2",
        *(f"XMAD {name}, R8, {0x1234 + 77 * k:#x}, R{k % 2}" for k, name in enumerate(DATA)),
        "ISCADD R14, R0, R10, 0x2",
        "MOV R15, R11",
        *(f"LDG.E {name}, [R14+{64 * k:#x}]" for k, name in enumerate(DATA[:3])),
    ),
    functions=(
        ".L_function0:",
        "IADD R16, R16, R17",
        "@P1 RET",
        "LOP.XOR R17, R17, R18",
        "RET",
        ".L_function1:",
        "SSY `(.L_f1)",
        popping("@P2 SYNC", ".L_f1"),
        "FADD R18, R18, R19",
        popping("SYNC", ".L_f1"),
        ".L_f1:",
        "@!P1 CAL `(.L_function0)",
        "RET",
    ),
    program=partial(bench.program, parameters=16, shared=SHARED),
)

# Turing and its successors -------------------------------------------------------------------------------


def _barrier_branch(labels: Labels, one: Lines, other: Lines) -> Lines:
    there, meet, barrier = labels.new(), labels.new(), f"B{labels.depth}"
    return [
        *(f"BSSY {barrier}, `({meet})", f"@P0 BRA `({there})", *one, f"BRA `({meet})"),
        *(f"{there}:", *other, f"{meet}:", f"BSYNC {barrier}"),
    ]


def _barrier_loop(labels: Labels, body: Lines, breaks: bool) -> Lines:
    out, again, away = (labels.new() for _ in range(3))
    barrier = f"B{labels.depth}"
    leaving = [f"@P1 BREAK {barrier}", f"@P1 BRA `({away})"] if breaks else []
    return [
        *(f"BSSY {barrier}, `({out})", f"{again}:", *body, *leaving, f"@!P0 BRA `({again})"),
        *(f"{out}:", f"BSYNC {barrier}", f"{away}:"),
    ]


def _call_by_register(labels: Labels, guard: str, function: int) -> Lines:
    back, pair = labels.new(), 28 + 2 * function
    return [
        *(f"{guard}MOV R{pair}, offset({back})", f"{guard}MOV R{pair + 1}, RZ"),
        *(f"{guard}CALL.REL.NOINC `(.L_function{function})", f"{back}:"),
    ]


def _with_offsets(*lines: str) -> Program:
    """``offset(.L_x)`` is where the label is."""
    places, count = {}, 0
    for line in lines:
        if line.endswith(":"):
            places[line[:-1]] = 16 * count
        else:
            count += 1
    known = [re.sub(r"offset\((.*?)\)", lambda found: hex(places[found[1]]), line) for line in lines]
    return turing_bench.program(*known, shared=SHARED, parameters=16)


TURING = Dialect(
    guards=("P0", "!P1", "P2", "UP0"),
    words=(
        *("IADD3 {d}, {a}, {b}, RZ", "IADD3 {d}, {a}, -{b}, {c}", "IMAD {d}, {a}, {b}, {c}"),
        *("LOP3.LUT {d}, {a}, {b}, {c}, 0x96, !PT", "LEA {d}, {a}, {b}, 0x3", "IMNMX {d}, {a}, {b}, P3"),
        *("SHF.L.U32 {d}, {a}, 0x3, RZ", "SHF.R.W.U32.HI {d}, {a}, {b}, {c}", "PRMT {d}, {a}, 0x2541, {b}"),
        *("FADD {d}, {a}, -{b}", "FFMA {d}, {a}, {b}, {c}", "FMUL.FTZ {d}, {a}, {b}", "MUFU.RCP {d}, {a}"),
        *("SEL {d}, {a}, {b}, !P2", "FSEL {d}, {a}, {b}, P1", "IMAD.HI.U32 {d}, {a}, {b}, {c}"),
        *("IADD3 {d}, P2, {a}, {b}, RZ", "IADD3.X {d}, {a}, {b}, RZ, P2, !PT"),
        *(
            "IMAD.WIDE R32, {a}, {b}, R32",
            "IADD3 {d}, {a}, R33, RZ",
            "PLOP3.LUT P2, PT, P0, P1, P3, 0xc8, 0x8",
        ),
        *("R2UR UR4, {a}", "UIADD3 UR5, UR4, UR5, URZ", "USEL UR5, UR4, UR5, UP0", "IADD3 {d}, {a}, UR5, RZ"),
        *("ULOP3.LUT UR6, UR4, 0x3c, URZ, 0xc0, !UPT", "UISETP.GT.AND UP0, UPT, UR4, UR5, UPT"),
        *("UIMAD.WIDE UR8, UR4, UR5, UR8", "IADD3 {d}, {a}, UR9, RZ"),
    ),
    tests=(
        "ISETP.GT.AND {p}, PT, {a}, {b}, PT",
        "ISETP.LT.U32.OR {p}, PT, {a}, {b}, !P1",
        "ISETP.LT.U32.AND.EX {p}, PT, {a}, {b}, PT, P2",
        "FSETP.GEU.AND {p}, PT, {a}, {b}, PT",
    ),
    masked="LOP3.LUT {d}, {a}, {n}, RZ, 0xc0, !PT",
    turned="LOP3.LUT {d}, {a}, {n}, RZ, 0x3c, !PT",
    scaled="LEA {d}, {a}, {b}, 0x2",
    lessened="IADD3 {d}, {d}, -0x1, RZ",
    loads=("LDG.E {d}, [R14.64+{n}]", "LDG.E {d}, [R14.64+UR6+{n}]", "LDG.E {d}, desc[UR10][R14.64+{n}]"),
    load_shared="LDS {d}, [{at}]",
    store="STG.E [R2.64+{n}], {a}",
    branch=_barrier_branch,
    loop=_barrier_loop,
    call=_call_by_register,
    start=(
        "bench:",
        "S2R R0, SR_TID.X",
        "S2R R1, SR_CTAID.X",
        "IMAD R8, R1, c[0x0][0x0], R0",
        "MOV R2, c[0x0][0x160]",
        "MOV R3, c[0x0][0x164]",
        "IMAD.WIDE R2, R8, 0x18, R2",
        "MOV R10, c[0x0][0x168]",
        "MOV R11, c[0x0][0x16c]",
        "SHF.L.U32 R6, R0, 0x2, RZ",
        *(f"IMAD {name}, R8, {0x1234 + 77 * k:#x}, R{k % 2}" for k, name in enumerate(DATA)),
        "LEA R14, R0, R10, 0x2",
        "MOV R15, R11",
        *(f"LDG.E {name}, [R14.64+{64 * k:#x}]" for k, name in enumerate(DATA[:3])),
        "ULDC UR5, c[0x0][0x160]",
    ),
    functions=(
        ".L_function0:",
        "IADD3 R16, R16, R17, RZ",
        "@P1 RET.REL.NODEC R28 `(bench)",
        "LOP3.LUT R17, R17, R18, RZ, 0x3c, !PT",
        "RET.REL.NODEC R28 `(bench)",
        ".L_function1:",
        "BSSY B8, `(.L_f1)",
        "@P2 BRA `(.L_f1)",
        "FADD R18, R18, R19",
        ".L_f1:",
        "BSYNC B8",
        "@!P1 MOV R28, offset(.L_f2)",
        "@!P1 MOV R29, RZ",
        "@!P1 CALL.REL.NOINC `(.L_function0)",
        ".L_f2:",
        "RET.REL.NODEC R30 `(bench)",
    ),
    program=_with_offsets,
)
DIALECTS = {"sm_50": MAXWELL, "sm_80": TURING}
