"""Where corruption goes, in small programs whose answer is plain to see."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from sassafras.architectures.registry import program_of
from sassafras.emulator.armed_function import EXECUTED
from sassafras.faults.model import Mode, TargetKind
from sassafras.hardening.survivors import Reason, explain, is_comparison, is_vote
from sassafras.isa.metadata import KernelMetadata
from sassafras.isa.program import Parameter, Program
from sassafras.kernels.programs import load_program

LINES = (
    "MOV R2, c[0x0][0x140]",  # 0 address, low
    "MOV R3, c[0x0][0x144]",  # 1 address, high
    "MOV R4, c[0x0][0x148]",  # 2 first copy
    "MOV R5, c[0x0][0x14c]",  # 3 second copy
    "MOV R6, c[0x0][0x150]",  # 4 third copy
    "LOP3.LUT R7, R4, R5, R6, 0xe8",  # 5 vote
    "ISETP.NE.AND P0, PT, R7, RZ, PT",  # 6 behind the vote
    "@!P0 EXIT",  # 7
    "IADD R8, R7, R4",  # 8 past the vote: the first copy again
    "STG.E [R2], R7",  # 9
    "EXIT",  # 10
)


COMPARED = (
    "MOV R2, c[0x0][0x140]",  # 0 address, low
    "MOV R3, c[0x0][0x144]",  # 1 address, high
    "MOV R4, c[0x0][0x148]",  # 2 first copy
    "MOV R5, c[0x0][0x14c]",  # 3 second copy
    "MOV R6, c[0x0][0x150]",  # 4 third copy
    "LOP3.LUT R7, R4, R5, R6, 0xe8",  # 5 vote
    "LOP3.LUT R8, R7, R5, R6, 0x7e",  # 6 does it agree with the second and the third?
    "ISETP.NE.AND P0, PT, R8, RZ, PT",  # 7
    "@!P0 STG.E [R2], R7",  # 8
    "EXIT",  # 9
)


def listing(lines: Sequence[str]) -> Program:
    offsets = [k for k in range(0x8, 0x400, 8) if k % 32]
    text = "\n".join(f"        /*{o:04x}*/ {line} ;" for o, line in zip(offsets, lines, strict=False))
    return program_of(
        f".text.k:\n{text}\n", KernelMetadata("k", "sm_50", 16, 0, 0x140, (Parameter(0, 0, 0x40),))
    )


@pytest.fixture(scope="module")
def program() -> Program:
    return listing(LINES)


@pytest.mark.parametrize(
    ("start", "kind", "index", "after", "reason"),
    [
        (9, TargetKind.STORE_ADDRESS, 0, None, Reason.STORE_ADDRESS),
        (9, TargetKind.STORE_VALUE, 0, None, Reason.STORED_WORD),
        (5, TargetKind.REGISTER, 7, None, Reason.VOTE),
        (6, TargetKind.PREDICATE, 0, None, Reason.GUARD),
        (0, TargetKind.REGISTER, 2, None, Reason.ADDRESS),
        (1, TargetKind.REGISTER, 3, None, Reason.ADDRESS),
        (2, TargetKind.REGISTER, 4, None, Reason.ONE_COPY),
        (2, TargetKind.REGISTER_INDEX, 4, 5, Reason.ONE_COPY),  # R5 is written again, before it is read
        (4, TargetKind.REGISTER_INDEX, 6, 4, Reason.TWO_COPIES),
        (4, TargetKind.REGISTER_INDEX, 6, 2, Reason.ADDRESS),
    ],
)
def test_reasons(
    program: Program, start: int, kind: TargetKind, index: int, after: int | None, reason: Reason
) -> None:
    trace = np.arange(len(LINES), dtype=np.uint32) | np.uint32(EXECUTED)
    trace[7] = 7  # the guard is false
    mode = Mode.IOA if kind in (TargetKind.STORE_ADDRESS, TargetKind.REGISTER_INDEX) else Mode.IOV
    assert explain(program, trace, start, mode, kind, index, after) is reason


@pytest.mark.parametrize(
    ("start", "index", "reason"),
    [(6, 7, Reason.AFTER_VOTE), (5, 7, Reason.ONE_COPY), (5, 4, Reason.ONE_COPY), (5, 2, Reason.ADDRESS)],
)
def test_register_file(program: Program, start: int, index: int, reason: Reason) -> None:
    trace = np.arange(len(LINES), dtype=np.uint32) | np.uint32(EXECUTED)
    trace[7] = 7
    assert explain(program, trace, start, Mode.RF, TargetKind.REGISTER, index, None) is reason


@pytest.mark.parametrize(
    ("start", "index", "mode", "reason"),
    [
        (2, 4, Mode.IOV, Reason.ONE_COPY),  # the vote is clean
        (3, 5, Mode.IOV, Reason.ONE_COPY),  # the comparison sees it, and something else is executed
        (5, 7, Mode.IOV, Reason.VOTE),
        (6, 7, Mode.RF, Reason.ONE_COPY),  # the comparison sees it
        (7, 7, Mode.RF, Reason.AFTER_VOTE),
        (6, 8, Mode.IOV, Reason.GUARD),
        (0, 2, Mode.IOV, Reason.ADDRESS),
    ],
)
def test_what_a_comparison_sees(start: int, index: int, mode: Mode, reason: Reason) -> None:
    trace = np.arange(len(COMPARED), dtype=np.uint32) | np.uint32(EXECUTED)
    assert explain(listing(COMPARED), trace, start, mode, TargetKind.REGISTER, index, None) is reason


@pytest.mark.parametrize(
    ("lines", "kind", "index", "reason"),
    [
        # a comparison that writes a struck predicate does not read it
        (("ISETP.EQ.AND P1, PT, R6, R7, PT", "SEL R5, R6, R7, P1", "STS [RZ], R5"),
         TargetKind.PREDICATE, 1, Reason.ONE_COPY),
        # an address of shared memory is one register
        (("STS [R2], R3",), TargetKind.REGISTER, 3, Reason.VALUE),
        (("STS [R2], R3",), TargetKind.REGISTER, 2, Reason.ADDRESS),
        # a wide store takes several words
        (("STG.E.128 [R2], R4",), TargetKind.REGISTER, 7, Reason.VALUE),
        (("STG.E.128 [R2], R4",), TargetKind.REGISTER, 3, Reason.ADDRESS),
    ],
)  # fmt: skip
def test_what_instructions_touch(
    lines: tuple[str, ...], kind: TargetKind, index: int, reason: Reason
) -> None:
    made = listing(("NOP", *lines, "EXIT"))
    trace = np.arange(len(made.instructions), dtype=np.uint32) | np.uint32(EXECUTED)
    assert explain(made, trace, 0, Mode.IOV, kind, index, None) is reason


def test_votes_are_found_in_the_bundled_kernels() -> None:
    for kernel in ("add_bias", "im2col_gpu", "forward_maxpool", "fill_gpu"):
        assert any(map(is_vote, load_program(f"{kernel}_tmr").instructions))
        assert any(map(is_comparison, load_program(f"{kernel}_tmr").instructions))
        assert not any(map(is_vote, load_program(kernel).instructions))
        assert not any(map(is_vote, load_program(f"{kernel}_dmr").instructions))
