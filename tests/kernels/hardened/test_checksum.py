"""The checksums of gemm: rounding never raises an alarm, a wrong element always comes back as it was."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.kernels.cases import CASES, Case, tame
from tests.kernels.hardened.launches import prepare

from sassafras.emulator.armed import executed_mask, instruction_indexes
from sassafras.errors import UsageError
from sassafras.faults.model import Corruption, Mode, Operation, Target, TargetKind
from sassafras.kernels.hardened.checksum import LONGEST, rounding_bounds
from sassafras.kernels.hardened.technique import Technique
from sassafras.simulation.strike import strike

UNIT = Fraction(1, 1 << 24)
Floats = NDArray[np.float32]


@given(st.integers(0, LONGEST))
def test_the_tolerance_covers_every_rounding(k: int) -> None:
    """The CUDA source's bound, in exact arithmetic; (1 + x)^n <= 1 / (1 - n x), (1 - x)^n >= 1 - n x."""
    bounds = rounding_bounds(k)
    assert np.float32(bounds["tolerance"]) == bounds["tolerance"]
    assert np.float32(bounds["smallest"]) == bounds["smallest"]
    grown = (k + 15) * UNIT / (1 - (k + 15) * UNIT)
    shrunk = 1 - (k + 16) * UNIT
    # The comparison itself rounds its two sides once each.
    assert Fraction(bounds["tolerance"]) * (1 - UNIT) / (1 + UNIT) >= 2 * grown / shrunk
    assert Fraction(bounds["smallest"]) * (1 - UNIT) / (1 + UNIT) >= Fraction(17 * k, 1 << 150)


def test_longer_chains_are_refused() -> None:
    with pytest.raises(UsageError, match="up to 65536, not 65537: protect this one with tmr"):
        rounding_bounds(LONGEST + 1)


def gemm_case(name: str, a: Floats, b: Floats, c: Floats) -> Case:
    (m, k), n = a.shape, b.shape[1]
    numbers = {"transpose_b": 0, "m": m, "n": n, "k": k, "lda": k, "ldb": n, "ldc": n}
    contents = {"a": a.ravel(), "b": b.ravel(), "c": c.ravel()}
    return Case(name, "gemm", {**numbers, "a": "a", "b": "b", "c": "c"}, contents)


def matrix(rows: int, columns: int, seed: int, scale: float = 1.0) -> Floats:
    return tame(rows * columns, seed, scale).reshape(rows, columns)


def hard_cases() -> list[Case]:
    """Where rounding is at its worst."""
    a, b, zero = matrix(20, 500, 1), matrix(500, 40, 2), np.zeros((20, 40), np.float32)
    odd = np.float32(1) + np.arange(500, dtype=np.float32) * np.float32(2**-23)
    signs = np.where(np.arange(500) % 2, 1, -1).astype(np.float32)[:, None]
    powers = np.exp2(np.linspace(-60, 60, 500)).astype(np.float32)
    return [
        gemm_case("long", matrix(16, 4000, 3), matrix(4000, 16, 4), np.zeros((16, 16), np.float32)),
        gemm_case("cancelling", a, b, -(a.astype(np.float64) @ b).astype(np.float32)),
        gemm_case("one sign", np.abs(a) * odd, np.abs(b), zero),
        gemm_case("alternating", a, b * signs, zero),
        gemm_case("growing", a * powers, b, zero),
        gemm_case("shrinking", a * powers[::-1], b, zero),
        gemm_case("underflowing", a * np.float32(1e-22), b * np.float32(1e-22), zero),
        gemm_case("denormal", a * np.float32(1e-41), b, zero),
        gemm_case("huge", a * np.float32(1e18), b * np.float32(1e18), zero),
        gemm_case("overflowing", a * np.float32(1e19), b * np.float32(1e19), zero),
    ]


@pytest.mark.parametrize("case", hard_cases(), ids=str)
def test_rounding_raises_no_alarm(case: Case) -> None:
    plain, hardened = prepare(case, None), prepare(case, Technique.ABFT)
    assert plain.machine.run(plain.launch, plain.memory).trap is None
    assert hardened.machine.run(hardened.launch, hardened.memory).trap is None
    np.testing.assert_array_equal(hardened.memory.data, plain.memory.data)
    assert not hardened.flags.any()


@pytest.mark.parametrize("bit", [30, 29, 27, 24])
@pytest.mark.parametrize("thread", [0, 21, 255])
def test_a_wrong_product_is_found_and_the_bits_come_back(thread: int, bit: int) -> None:
    case = next(c for c in CASES if c.kernel == "gemm" and c.name == "16x16x16-tame")
    plain, hardened = prepare(case, None), prepare(case, Technique.ABFT)
    plain.machine.run(plain.launch, plain.memory)
    program = hardened.machine.program.instructions
    golden = hardened.machine.arm(hardened.launch, hardened.memory, 0)
    golden.keep_trace(thread, 10_000)
    golden.run(10_000)
    trace = golden.trace(thread)
    golden.undo()
    chain = [
        n
        for n, pc in enumerate(instruction_indexes(trace).tolist())
        if executed_mask(trace)[n] and program[pc].opcode == "FFMA"
    ]
    number = chain[15]  # the last product of the thread's own chain: its checksum work comes later
    block = hardened.machine.arm(hardened.launch, hardened.memory, 0)
    block.run_until(thread, number)
    (register,) = program[int(instruction_indexes(trace)[number])].effects.registers_written
    target = Target(TargetKind.REGISTER, register, 32)
    before, after = strike(
        block, thread, Mode.IOV, target, Corruption(Operation.FLIP, 1 << bit, 32), hardened.memory.layout.base
    )
    assert before != after
    block.run(10_000)
    assert hardened.flags.tolist() == [0, 1]
    hardened.flags[...] = 0
    np.testing.assert_array_equal(hardened.memory.data, plain.memory.data)
