"""The kernels on this machine's NVIDIA GPU, against the emulator: ``make test-hardware``.

Every kernel in every form is compiled for the device and run on the cases of the emulator's own tests. Where
there is no GPU these tests fail: they are only run when they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.kernels.cases import CASES, Case
from tests.kernels.hardened.launches import Prepared, prepare

from sassafras.hardening.gpu.cuda import CudaDriver, open_gpu
from sassafras.hardening.gpu.driver import Call
from sassafras.hardening.gpu.machine_code import compiled
from sassafras.hardening.gpu.placement import relocated
from sassafras.kernels import programs
from sassafras.kernels.hardened.registry import techniques_of
from sassafras.kernels.hardened.technique import Technique
from sassafras.network.alexnet import load_alexnet
from sassafras.network.images import Image

pytestmark = pytest.mark.hardware

EXPONENTIAL = ("softmax", "activate_array")
"""Kernels with 2^x, which the architectures do not round alike (docs/sass.md)."""
MOST_ULPS = 4
FORMS = [(case, technique) for case in CASES for technique in (None, *techniques_of(case.kernel))]


@pytest.fixture(scope="module")
def gpu() -> Iterator[CudaDriver]:
    driver = open_gpu()
    yield driver
    driver.close()


@cache
def bundled(kernel: str) -> bytes:
    """The cubin that the emulator's listing was made of."""
    folder = Path(programs.__file__).parent / "listings" / "sm_50"
    return (folder / f"{kernel}.cubin").read_bytes()


def on_device(gpu: CudaDriver, prepared: Prepared, cubin: bytes) -> NDArray[np.uint8]:
    """Memory after the launch on the GPU."""
    layout = prepared.memory.layout
    address = gpu.allocate(layout.nbytes)
    try:
        gpu.upload(address, prepared.memory.data)
        parameters = prepared.kernel.pack(relocated(prepared.kernel, prepared.arguments, layout, address))
        launch = prepared.launch
        function = gpu.load(cubin, prepared.kernel.name)
        gpu.run([[Call(function, launch.grid, launch.block, parameters, launch.shared_bytes)]])
        return gpu.download(address, layout.nbytes)
    finally:
        gpu.release(address)


def emulated(case: Case, technique: Technique | None) -> NDArray[np.uint8]:
    prepared = prepare(case, technique)
    assert prepared.machine.run(prepared.launch, prepared.memory).trap is None
    return prepared.memory.data


def ulps_apart(found: NDArray[np.uint8], expected: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Distance of float32 values in units of the last place; 0 where both are NaN."""
    order = []
    for data in (found, expected):
        bits = data.view(np.int32).astype(np.int64)
        order.append(np.where(bits < 0, -(bits & 0x7FFFFFFF), bits))
    both_nan = np.isnan(found.view(np.float32)) & np.isnan(expected.view(np.float32))
    return np.where(both_nan, 0, np.abs(order[0] - order[1]))


@pytest.mark.parametrize(("case", "technique"), FORMS, ids=str)
def test_a_kernel_leaves_what_the_emulator_leaves(
    gpu: CudaDriver, case: Case, technique: Technique | None
) -> None:
    prepared = prepare(case, technique)
    found = on_device(gpu, prepared, compiled(prepared.kernel.name, gpu.arch))
    expected = emulated(case, technique)
    if case.kernel in EXPONENTIAL:
        assert ulps_apart(found, expected).max() <= MOST_ULPS
    else:
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(("case", "technique"), FORMS, ids=str)
def test_the_bundled_machine_code_on_its_own_architecture(
    gpu: CudaDriver, case: Case, technique: Technique | None
) -> None:
    if gpu.arch not in {"sm_50", "sm_52", "sm_53"}:
        pytest.skip(f"the bundled cubins are for sm_50, and this GPU is {gpu.arch}")
    prepared = prepare(case, technique)
    found = on_device(gpu, prepared, bundled(prepared.kernel.name))
    expected = emulated(case, technique)
    assert ulps_apart(found, expected).max() <= (2 if case.kernel in EXPONENTIAL else 0)


def test_alexnet_under_every_plan(gpu: CudaDriver) -> None:
    """Results equal the twins' but in the softmax, no alarm is raised, and times are times."""
    from sassafras.hardening.bounds import unbounded
    from sassafras.hardening.gpu.measurement import UNHARDENED, measure
    from sassafras.hardening.overhead import every_technique
    from sassafras.hardening.plan import launched
    from sassafras.progress import Silence

    network = load_alexnet()
    generator = np.random.Generator(np.random.Philox(1))
    image = Image("random", generator.random(network.input_shape, np.float32))
    protections = every_technique(launched(network), unbounded(network))
    plans = {technique or UNHARDENED: plan for technique, plan in protections.items()}
    found = measure(gpu, network, image, plans, Silence(), runs=10)
    for name, program in found.programs.items():
        print(f"{name}: {program.seconds * 1e3:.3f} ms, {found.overhead(name) * 100:+.1f} %")  # noqa: T201
        assert {k for k, n in program.differing.items() if n} <= {"softmax"}
        assert program.seconds > 0
        assert all(seconds > 0 for seconds in program.kernel_seconds.values())
