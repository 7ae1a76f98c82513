"""The launches that check a product and repair it: machine code and twins, what they find, what they leave
alone.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.kernels.cases import tame, wild
from tests.kernels.hardened.launches import machine
from tests.kernels.hardened.products import Prepared, prepare
from tests.kernels.twins import by_twin

from sassafras.emulator.layout import AccessKind
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.hardened.checksum import column_bounds
from sassafras.kernels.hardened.gemm_check import checksums_of
from sassafras.kernels.hardened.guard import GUARD
from sassafras.kernels.kernel import Kernel
from sassafras.kernels.programs import load_program

Floats = NDArray[np.float32]
UNIT = 2.0**-24

SHAPES = (
    # rows, columns, k, log2 of the rows of a group, floats behind a row
    *((1, 1, 1, 0, 0), (8, 32, 16, 3, 0), (7, 33, 1, 9, 0), (40, 70, 37, 4, 3), (17, 5, 131, 9, 0)),
    *((1, 40, 9, 2, 1), (64, 1, 256, 6, 0), (70, 1, 259, 6, 0), (300, 1, 5, 5, 0), (5, 1, 700, 9, 0)),
)


def factors(rows: int, columns: int, k: int, kind: str) -> tuple[Floats, Floats]:
    def make(count: int, seed: int) -> Floats:
        return tame(count, seed) if kind == "tame" else wild(count, seed, 0.02)

    return make(rows * k, 3).reshape(rows, k), make(k * columns, 4).reshape(k, columns)


def emulate(prepared: Prepared, launch: tuple[Kernel, Arguments]) -> NDArray[np.uint8]:
    """All of memory after the machine code; it is put back."""
    kernel, arguments = launch
    before = prepared.memory.data.copy()
    result = machine(kernel.name).run(kernel.launch(arguments), prepared.memory, limit=100_000)
    assert result.trap is None
    after = prepared.memory.data.copy()
    prepared.memory.data[:] = before
    return after


def run(prepared: Prepared, launch: tuple[Kernel, Arguments]) -> None:
    kernel, arguments = launch
    by_twin(kernel, prepared.memory, arguments)


def spoil(c: Floats, seed: int, count: int) -> None:
    """Some elements become anything."""
    dice = np.random.Generator(np.random.Philox(seed))
    places = dice.integers(0, c.size, count)
    for place, value in zip(places, wild(count, seed, 1.0), strict=True):
        c[np.unravel_index(place, c.shape)] = value


@pytest.mark.parametrize("kind", ["tame", "wild"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_twins_equal_machine_code(shape: tuple[int, ...], kind: str) -> None:
    rows, columns, k, shift, more = shape
    prepared = prepare(*factors(rows, columns, k, kind), shift, more)
    spoil(prepared.c, 5, max(1, rows * columns // 9))
    for launch in (prepared.check, prepared.repair):
        expected = emulate(prepared, launch)
        run(prepared, launch)
        np.testing.assert_array_equal(prepared.memory.data, expected)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_repair_by_any_flags(shape: tuple[int, ...]) -> None:
    rows, columns, k, shift, more = shape
    prepared = prepare(*factors(rows, columns, k, "wild"), shift, more)
    right = prepared.c.copy()
    spoil(prepared.c, 6, 1 + rows * columns // 5)
    dice = np.random.Generator(np.random.Philox(8))
    prepared.flags[...] = dice.integers(-1, 2, prepared.flags.shape)
    spoiled = prepared.c.copy()
    expected = emulate(prepared, prepared.repair)
    run(prepared, prepared.repair)
    np.testing.assert_array_equal(prepared.memory.data, expected)
    flagged = np.repeat(prepared.flags != 0, 1 << shift, axis=0)[:rows]
    wanted = np.where(flagged, right.view(np.uint32), spoiled.view(np.uint32))
    np.testing.assert_array_equal(prepared.c.view(np.uint32), wanted)
    assert prepared.alarm.tolist() == [0, int((wanted != spoiled.view(np.uint32)).any())]


@given(st.integers(1, 20), st.integers(1, 40), st.integers(1, 30), st.integers(0, 5), st.integers(0, 1 << 30))
@settings(max_examples=60, deadline=None)
def test_an_exact_product_is_never_touched_whatever_the_flags(
    rows: int, columns: int, k: int, shift: int, seed: int
) -> None:
    """That is what the sweep rests on: a product made of faulty factors goes through as it is."""
    w, d = wild(rows * k, seed, 0.5).reshape(rows, k), wild(k * columns, seed + 1, 0.5).reshape(k, columns)
    prepared = prepare(w, d, shift)
    run(prepared, prepared.check)
    for flags in (prepared.flags.copy(), 1):
        prepared.flags[...] = flags
        before = prepared.memory.data.copy()
        run(prepared, prepared.repair)
        np.testing.assert_array_equal(prepared.memory.data, before)
    assert not prepared.alarm.any()


@pytest.mark.parametrize("shape", [s for s in SHAPES if s[0] > 1], ids=str)
@pytest.mark.parametrize("factor", [3.0, 1e10, -np.inf, np.nan])
def test_a_wrong_element_is_found_and_comes_back(shape: tuple[int, ...], factor: float) -> None:
    rows, columns, k, shift, more = shape
    w, d = factors(rows, columns, k, "tame")
    prepared = prepare(w, d, shift, more)
    right = prepared.c.copy()
    group, column = (rows - 1) >> shift, columns // 2
    part = slice(group << shift, (group + 1) << shift)
    allowed = prepared.check[1]["tolerance"] * float(
        (np.abs(w[part]).astype(np.float64) @ np.abs(d[:, column])).sum()
    )
    prepared.c[rows - 1, column] += np.float32(factor * allowed)
    run(prepared, prepared.check)
    wanted = np.zeros_like(prepared.flags)
    wanted[group, column] = 1
    np.testing.assert_array_equal(prepared.flags, wanted)
    run(prepared, prepared.repair)
    np.testing.assert_array_equal(prepared.c.view(np.uint32), right.view(np.uint32))
    assert prepared.alarm.tolist() == [0, 1]


def hard_factors() -> dict[str, tuple[Floats, Floats]]:
    """Where rounding, underflow and overflow are at their worst."""
    w, d = tame(20 * 500, 1).reshape(20, 500), tame(500 * 40, 2).reshape(500, 40)
    powers = np.exp2(np.linspace(-60, 60, 500)).astype(np.float32)
    odd = np.float32(1) + np.arange(500, dtype=np.float32) * np.float32(2**-23)
    return {
        "long": (tame(16 * 4000, 3).reshape(16, 4000), tame(4000 * 16, 4).reshape(4000, 16)),
        "cancelling": (np.concatenate([w, -w], axis=1), np.concatenate([d, d])),
        "one sign": (np.abs(w) * odd, np.abs(d)),
        "growing": (w * powers, d),
        "shrinking": (w * powers[::-1], d),
        "underflowing": (w * np.float32(1e-22), d * np.float32(1e-22)),
        "denormal": (w * np.float32(1e-41), d),
        "huge": (w * np.float32(1e18), d * np.float32(1e18)),
        "overflowing": (w * np.float32(1e19), d * np.float32(1e19)),
    }


@pytest.mark.parametrize("shift", [0, 3, 9])
@pytest.mark.parametrize("name", hard_factors())
def test_rounding_raises_no_flag(name: str, shift: int) -> None:
    prepared = prepare(*hard_factors()[name], shift)
    run(prepared, prepared.check)
    assert not prepared.flags.any()


def test_what_cannot_be_checked_is_not_flagged() -> None:
    """NaN among the factors, or sums that may overflow: then nothing is known of the product."""
    w, d = factors(8, 3, 16, "tame")
    d[2, 0], d[3, 1] = np.nan, 1e38
    prepared = prepare(w, d, 9)
    prepared.c[...] = 7
    run(prepared, prepared.check)
    assert prepared.flags.tolist() == [[0, 0, 1]]


def test_checksums_are_the_nearest_and_the_sizes_are_no_less() -> None:
    w, d = wild(21 * 50, 9, 0.0).reshape(21, 50), tame(50).reshape(50, 1)
    prepared = prepare(w, d, 3)
    sums = checksums_of(prepared.memory, prepared.check[1])
    for g in range(3):
        for k in range(50):
            column = [Fraction(float(x)) for x in w[8 * g : 8 * g + 8, k]]
            value, size = (Fraction(float(x)) for x in sums[g, k])
            assert abs(value - sum(column)) <= Fraction(float(np.spacing(np.abs(sums[g, k, 0])))) * Fraction(
                51, 100
            )
            exact = sum(map(abs, column))
            assert exact * (1 - Fraction(1, 1 << 50)) <= size <= exact * (1 + Fraction(1, 1 << 22))


def test_bounds_are_floats_that_grow_with_the_root() -> None:
    few, many = column_bounds(96, 4), column_bounds(9996, 4)
    for found in (few, many):
        assert all(np.float32(value) == value for value in found.values())
    assert few["tolerance"] == pytest.approx(14 * UNIT)
    assert many["tolerance"] == pytest.approx(104 * UNIT)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_stored_word_has_its_owner(shape: tuple[int, ...]) -> None:
    rows, columns, k, shift, more = shape
    prepared = prepare(*factors(rows, columns, k, "tame"), shift, more)
    spoil(prepared.c, 5, rows * columns)
    for kernel, arguments in (prepared.check, prepared.repair):
        launch = kernel.launch(arguments)
        assert kernel.owner_of is not None
        for block in range(launch.blocks):
            armed = machine(kernel.name).arm(launch, prepared.memory, block)
            armed.run(100_000)
            log = armed.accesses()
            stores = log[log["kind"] == int(AccessKind.GLOBAL_STORE)]
            places = stores["offset"].astype(np.int64) + prepared.memory.layout.base
            own = (
                places < int(arguments["flags"]) + 4 * prepared.flags.size
                if kernel.name == "gemm_check"
                else (places != int(arguments["corrected"]))
            )
            owners = kernel.owner_of(arguments, places[own])
            np.testing.assert_array_equal(owners, block * launch.threads_per_block + stores["thread"][own])
        run(prepared, (kernel, arguments))


@pytest.mark.parametrize("place", [None, 0, 699, 700])
@pytest.mark.parametrize("word", [0x7F800000, 0xFF800000, 0x7FC01234, 0x7F7FFFFF])
def test_guard(place: int | None, word: int) -> None:
    layout = lay_out([("x", 4 * 701), ("detected", 4)])
    memory = DeviceMemory(layout)
    x, alarm = memory.array(layout["x"].address, 701), memory.array(layout["detected"].address, 1, np.int32)
    x[:] = tame(701)
    if place is not None:
        x.view(np.uint32)[place] = word
    arguments = {"n": 700, "x": layout["x"].address, "detected": layout["detected"].address}
    machine("guard").run(GUARD.launch(arguments), memory)
    found = int(alarm[0])
    alarm[0] = 0
    by_twin(GUARD, memory, arguments)
    assert int(alarm[0]) == found == int(place in (0, 699) and word != 0x7F7FFFFF)


def test_packed_arguments_fill_the_parameters_of_the_machine_code() -> None:
    prepared = prepare(*factors(8, 32, 16, "tame"), 3)
    for kernel, arguments in (prepared.check, prepared.repair):
        parameters = load_program(kernel.name).parameters
        assert len(kernel.pack(arguments)) == max(p.offset + p.size for p in parameters)
        assert list(arguments) == [name for name, _ in kernel.parameters]
