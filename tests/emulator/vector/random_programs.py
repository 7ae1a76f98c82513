"""Random small programs without races: arithmetic, branches, loops, calls, shared memory and barriers.

Several stand in one listing, each run by a block of its own: compiling costs more than running.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st
from tests.emulator.bench import program

from sassafras.isa.program import Program

DATA = tuple(f"R{k}" for k in range(16, 22))  #: what programs compute with, and store in the end
SHARED = 1024
_INTEGER = (
    "IADD {d}, {a}, {b}",
    "XMAD {d}, {a}, {b}.H1, {c}",
    "LOP.XOR {d}, {a}, {b}",
    "IADD {d}, -{a}, {b}",
)
_MORE = ("SHL {d}, {a}, 0x3", "SHR.U32 {d}, {a}, 0x5", "IMNMX {d}, {a}, {b}, P3", "BFE.U32 {d}, {a}, {b}")
_FLOAT = ("FADD {d}, {a}, -{b}", "FFMA {d}, {a}, {b}, {c}", "FMUL.FTZ {d}, {a}, {b}", "MUFU.RCP {d}, {a}")
_WORDS = (
    *_INTEGER,
    *_MORE,
    *_FLOAT,
    "SEL {d}, {a}, {b}, !P2",
    "IADD {d}.CC, {a}, {b}",
    "IADD.X {d}, {a}, {b}",
)
_TESTS = (
    "ISETP.GT.AND {p}, PT, {a}, {b}, PT",
    "ISETP.LT.U32.OR {p}, PT, {a}, {b}, !P1",
    "FSETP.GEU.AND {p}, PT, {a}, {b}, PT",
)
_LANE = (
    "LOP32I.AND R7, R0, {n:#x}",
    "ISETP.NE.AND P0, PT, R7, RZ, PT",
)  #: P0: some bits of the thread's number

Lines = list[str]
Write = Callable[["Labels"], Lines]


@dataclass
class Labels:
    """Names for places, each once in a listing."""

    count: int = 0

    def new(self) -> str:
        """The next one."""
        self.count += 1
        return f".L_{self.count}"


def popping(text: str, target: str) -> str:
    """An instruction that pops, with nvdisasm's note of where that leads."""
    return f'{text}  (*"BRANCH_TARGETS {target}"*)'


registers = st.sampled_from(DATA)
guards = st.sampled_from(("", "", "@P0 ", "@!P1 ", "@P2 "))


@st.composite
def arithmetic(draw: st.DrawFn) -> Write:
    """One instruction, perhaps with a guard."""
    names = {key: draw(registers) for key in "abcd"}
    text = draw(guards) + draw(st.sampled_from(_WORDS)).format(**names)
    return lambda _: [text]


@st.composite
def comparison(draw: st.DrawFn) -> Write:
    """A predicate from data."""
    names = {"a": draw(registers), "b": draw(registers), "p": draw(st.sampled_from(("P0", "P1", "P2", "P3")))}
    text = draw(st.sampled_from(_TESTS)).format(**names)
    return lambda _: [text]


@st.composite
def memory(draw: st.DrawFn) -> Write:
    """A word of the buffer, near the thread's own or anywhere in it; or of shared memory, its own."""
    d, a, near, guard = draw(registers), draw(registers), draw(st.booleans()), draw(guards)
    if draw(st.booleans()):
        return lambda _: [f"{guard}STS [R6], {a}", f"LDS.U.32 {d}, [R6]"]
    index = ["MOV R7, R0"] if near else [f"LOP32I.AND R7, {a}, 0x3ff"]
    load = f"{guard}LDG.E {d}, [R14+{draw(st.sampled_from((0, 4, 0x400))):#x}]"
    return lambda _: [*index, "ISCADD R14, R7, R10, 0x2", "MOV R15, R11", load]


@st.composite
def exchange(draw: st.DrawFn) -> Write:
    """What another thread of the block has left in shared memory, behind a barrier."""
    d, a, turn = draw(registers), draw(registers), draw(st.sampled_from((4, 8, 0x40, 0x80)))
    lines = [
        f"STS [R6], {a}",
        "BAR.SYNC 0x0",
        f"LOP32I.XOR R7, R6, {turn:#x}",
        f"LDS.U.32 {d}, [R7]",
        "BAR.SYNC 0x0",
    ]
    return lambda _: lines


def _condition(draw: st.DrawFn) -> Lines:
    """P0, from data or from bits of the thread's number."""
    if draw(st.booleans()):
        return [line.format(n=draw(st.integers(1, 63))) for line in _LANE]
    return [f"ISETP.GT.AND P0, PT, {draw(registers)}, {draw(registers)}, PT"]


def branch(inner: st.SearchStrategy[Write]) -> st.SearchStrategy[Write]:
    """If and else, with SSY and SYNC or with jumps alone."""

    @st.composite
    def make(draw: st.DrawFn) -> Write:
        condition, one, other = _condition(draw), draw(bodies(inner)), draw(bodies(inner))
        synced = draw(st.booleans())

        def write(labels: Labels) -> Lines:
            there, meet = labels.new(), labels.new()
            leave = popping("SYNC", meet) if synced else f"BRA `({meet})"
            lines = [*condition, *([f"SSY `({meet})"] if synced else []), f"@P0 BRA `({there})"]
            lines += [*_written(one, labels), leave, f"{there}:", *_written(other, labels)]
            return [*lines, *([popping("SYNC", meet)] if synced else []), f"{meet}:"]

        return write

    return make()


def loop(inner: st.SearchStrategy[Write]) -> st.SearchStrategy[Write]:
    """Up to four rounds, by data; left in the middle by BRK, or at the end."""

    @st.composite
    def make(draw: st.DrawFn) -> Write:
        body, count, breaks = draw(bodies(inner)), draw(registers), draw(st.booleans())
        depth = draw(st.integers(22, 27))  # of a register that inner loops do not count in, mostly

        def write(labels: Labels) -> Lines:
            out, again = labels.new(), labels.new()
            lines = [
                f"LOP32I.AND R{depth}, {count}, 0x3",
                f"{'PBK' if breaks else 'SSY'} `({out})",
                f"{again}:",
            ]
            lines += [*_written(body, labels), f"IADD32I R{depth}, R{depth}, -0x1"]
            lines += [f"ISETP.LT.AND P0, PT, R{depth}, RZ, PT"]
            leave, sync = popping("@P0 BRK", out), popping("SYNC", out)
            lines += [leave, f"BRA `({again})"] if breaks else [f"@!P0 BRA `({again})", sync]
            return [*lines, f"{out}:"]

        return write

    return make()


@st.composite
def call(draw: st.DrawFn) -> Write:
    """Of one of two functions, perhaps by some lanes only."""
    text = f"{draw(guards)}CAL `(.L_function{draw(st.integers(0, 1))})"
    return lambda _: [text]


@st.composite
def end(draw: st.DrawFn) -> Write:
    """Some threads end."""
    condition = _condition(draw)
    store = draw(st.booleans())
    return lambda _: [*condition, *(["@P0 STG.E [R2], R16"] if store else []), "@P0 EXIT"]


def _written(body: list[Write], labels: Labels) -> Lines:
    return [line for write in body for line in write(labels)]


def bodies(inner: st.SearchStrategy[Write]) -> st.SearchStrategy[list[Write]]:
    """A few statements."""
    return st.lists(inner, min_size=1, max_size=2)


_SIMPLE = arithmetic() | arithmetic() | comparison() | memory()
_DEEP = st.recursive(_SIMPLE, lambda inner: branch(inner) | loop(inner) | call(), max_leaves=2)
_TOP = _DEEP | branch(_DEEP) | loop(_DEEP) | exchange() | call() | end()
WHOLE = st.lists(_TOP, min_size=1, max_size=2)

_START = (
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
    *(f"ISCADD R{k}, R0, R10, 0x2" for k in (14,)),
    "MOV R15, R11",
    *(f"LDG.E {name}, [R14+{64 * k:#x}]" for k, name in enumerate(DATA[:3])),
)
_STORE = (*(f"STG.E [R2+{4 * k:#x}], {name}" for k, name in enumerate(DATA)), "EXIT")
_FUNCTIONS = (
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
)


def assembled(wholes: list[list[Write]]) -> Program:
    """One program in which block k runs the k-th."""
    labels, lines = Labels(), list(_START)
    for number, whole in enumerate(wholes):
        other = labels.new()
        lines += [f"ISETP.NE.AND P6, PT, R1, {number:#x}, PT", f"@P6 BRA `({other})"]
        lines += [*_written(whole, labels), "BRA `(.L_store)", f"{other}:"]
    return program(*lines, "EXIT", ".L_store:", *_STORE, *_FUNCTIONS, parameters=16, shared=SHARED)
