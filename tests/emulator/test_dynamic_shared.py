"""Shared memory that comes with the launch, beside the kernel's own: against NumPy, at both ends, and refused
where a block cannot have it. The machine code is a compiler's (dynamic/dynamic.cu, NVRTC 12.9).
"""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.emulator.bench import machine

from sassafras.architectures.registry import program_of
from sassafras.emulator.alone import LoneBlock
from sassafras.emulator.armed import Stop
from sassafras.emulator.block_images import ImageRoom, block_images
from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import Machine
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.emulator.traps import TrapKind
from sassafras.errors import GoldenTrap, UsageError
from sassafras.toolchain.cubin import read_metadata

DATA = Path(__file__).parent / "dynamic"
LARGEST = 48 * 1024


@cache
def compiled(kernel: str) -> Machine:
    """From the cubin, as a bundled kernel is."""
    metadata = read_metadata((DATA / "dynamic.cubin").read_bytes(), kernel)
    return Machine(program_of((DATA / "dynamic.sass").read_text("utf-8"), metadata))


def prepared(values: NDArray[np.float32], blocks: int, shared: int) -> tuple[Launch, DeviceMemory, int]:
    """The launch over ``values`` in blocks, its memory, and where the output lies."""
    memory = DeviceMemory(lay_out([("in", values.nbytes), ("out", values.nbytes)]))
    source, target = memory.layout["in"].address, memory.layout["out"].address
    memory.array(source, len(values))[:] = values
    n = len(values) // blocks
    return Launch((blocks, 1, 1), (n, 1, 1), struct.pack("<QQi", source, target, n), shared), memory, target


def expected(kernel: str, values: NDArray[np.float32], blocks: int) -> NDArray[np.float32]:
    turned = values.reshape(blocks, -1)[:, ::-1]
    own = 0 if kernel == "reverse" else values[np.arange(len(values)) % 3]
    result: NDArray[np.float32] = (turned.reshape(-1) + own).astype(np.float32)
    return result


def test_the_cubin_says_what_is_the_kernels_own() -> None:
    """Three floats, up to the alignment of what comes behind them; an extern array has no size of its own."""
    assert compiled("reverse").program.shared_bytes == 0
    assert compiled("beside").program.shared_bytes == 16


@pytest.mark.parametrize(
    ("kernel", "n", "blocks"),
    [("reverse", 1, 1), ("reverse", 64, 3), ("reverse", 1000, 2), ("beside", 3, 1), ("beside", 1024, 1)],
)
def test_against_numpy(kernel: str, n: int, blocks: int) -> None:
    values = np.random.Generator(np.random.Philox(n)).standard_normal(n * blocks).astype(np.float32)
    launch, memory, target = prepared(values, blocks, 4 * n)
    wanted = expected(kernel, values, blocks).view(np.uint32)
    made = compiled(kernel)
    assert made.run(launch, memory).trap is None
    assert (memory.array(target, len(values), np.uint32) == wanted).all()
    memory.array(target, len(values))[:] = 0
    made.profile(launch, memory)
    assert (memory.array(target, len(values), np.uint32) == wanted).all()
    memory.array(target, len(values))[:] = 0
    for block in range(blocks):
        assert made.arm(launch, memory, block).run(1 << 20) is Stop.FINISHED
    assert (memory.array(target, len(values), np.uint32) == wanted).all()


def test_one_thread_alone_finds_what_the_others_left() -> None:
    values = np.arange(64, dtype=np.float32)
    launch, memory, target = prepared(values, 1, 256)
    images = block_images(compiled("reverse"), launch, memory, 0, 2, ImageRoom(), private=True)
    assert images is not None and images.phases.shape == (2, 256)
    assert (images.phases.view(np.float32) == values).all()
    memory.array(target, 64)[:] = 0
    lone = LoneBlock(compiled("reverse"), launch, memory, 0, 5, images, most_turns=2)
    assert lone.run(1 << 10) is Stop.FINISHED and not lone.heard
    assert memory.array(target, 64)[5] == 58 and np.count_nonzero(memory.array(target, 64)) == 1


def test_without_it_the_launch_stops_and_says_how_much_there_was() -> None:
    launch, memory, _ = prepared(np.arange(64, dtype=np.float32), 1, 0)
    trap = compiled("reverse").run(launch, memory).trap
    assert trap is not None and trap.kind is TrapKind.SHARED_OUT_OF_RANGE
    with pytest.raises(GoldenTrap, match=r"SHARED_OUT_OF_RANGE \(shared memory: 0 bytes of the kernel's own"):
        compiled("reverse").profile(launch, memory)


@pytest.mark.parametrize(("own", "dynamic", "end"), [(0, 1, 256), (16, 240, 256), (16, 241, 512), (0, 0, 0)])
def test_it_ends_where_the_units_end(own: int, dynamic: int, end: int) -> None:
    """Both together, in units of 256 bytes."""
    storing = machine("MOV R0, c[0x0][0x140]", "STS [R0], R0", "EXIT", parameters=4, shared=own)
    memory = DeviceMemory(lay_out([("a", 4)]))
    for address, fits in ((end - 4, end > 0), (end, False)):
        launch = Launch((1, 1, 1), (1, 1, 1), struct.pack("<i", address), dynamic)
        assert (storing.run(launch, memory).trap is None) == fits


def test_a_block_has_48_kib_of_both() -> None:
    nothing, memory = machine("EXIT", parameters=0, shared=1024), DeviceMemory(lay_out([("a", 4)]))
    one = (1, 1, 1)
    assert nothing.run(Launch(one, one, b"", LARGEST - 1024), memory).trap is None
    for bytes_, words in (
        (LARGEST - 1023, "1024 bytes of shared memory of its own and 48129"),
        (1 << 40, "1099511627776 of the launch"),
        (-1, "-1"),
    ):
        for attempt in (nothing.run, nothing.profile):
            with pytest.raises(UsageError, match=rf"^bench: .*{words}") as refusal:
                attempt(Launch(one, one, b"", bytes_), memory)
            assert "49152" in str(refusal.value) and "sm_50" in str(refusal.value)


def test_a_launch_without_it_is_the_same_as_before() -> None:
    assert Launch((1, 1, 1), (2, 1, 1), b"") == Launch((1, 1, 1), (2, 1, 1), b"", 0)
