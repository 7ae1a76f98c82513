"""The bundled AlexNet from machine code, launch by launch."""

from __future__ import annotations

import time

import numpy as np
import pytest
from tests.kernels.twins import by_twin
from tests.simulation.emulation import emulate, in_float64

from sassafras.emulator.memory import DeviceMemory
from sassafras.network.alexnet import load_alexnet
from sassafras.network.frames import render_frames
from sassafras.network.images import image_from_frame
from sassafras.network.network import Network
from sassafras.workload.launches import PlannedLaunch

ROUNDING = 1e-5  #: of a layer's largest value: 9216 float32 additions in a row lose about 1e-6


def _outputs(network: Network, memory: DeviceMemory) -> list[np.ndarray]:
    return [
        memory.array(network.layout[layer.output_name].address, layer.outputs).copy()
        for layer in network.layers
    ]


@pytest.mark.slow
def test_machine_code_equals_the_twins_in_every_launch_and_float64_to_rounding(
    capsys: pytest.CaptureFixture[str],
) -> None:
    network = load_alexnet()
    image = image_from_frame(render_frames(2021, 1)[0]).pixels
    emulated, native = network.fresh_memory(), network.fresh_memory()
    for memory in (emulated, native):
        network.load(memory, image)
    compared = []
    found: dict[int, np.ndarray] = {}

    def compare(planned: PlannedLaunch) -> None:
        by_twin(planned.spec, native, planned.arguments)
        for region in planned.writes:
            theirs, ours = (m.at(region.address, region.nbytes) for m in (emulated, native))
            assert np.array_equal(theirs, ours), f"launch {planned.index}: {planned.kernel}"
            compared.append(region.nbytes)
        if planned.index == len(network.plan) - 1 or network.plan[planned.index + 1].part != planned.part:
            layer = network.layers[planned.part]
            found[planned.part] = emulated.array(
                network.layout[layer.output_name].address, layer.outputs
            ).copy()

    begun = time.monotonic()
    issued = emulate(network, emulated, 2, compare)
    seconds = time.monotonic() - begun
    assert np.array_equal(emulated.data, native.data)

    wide = in_float64(network, image)
    differences = {
        number: float(np.abs(values - wide[number].reshape(-1)).max() / np.abs(wide[number]).max())
        for number, values in found.items()
    }
    final = float(np.abs(network.result(emulated).numbers - wide[-1].reshape(-1)).max())
    with capsys.disabled():
        print(f"\n{len(network.plan)} launches, {issued / 1e9:.2f} G thread-instructions, {seconds:.1f} s")  # noqa: T201
        print(f"{sum(compared)} bytes equal; probabilities differ from float64 by at most {final:.2e}")  # noqa: T201
        print({k: f"{v:.1e}" for k, v in differences.items()})  # noqa: T201
    assert max(differences.values()) < ROUNDING
    assert final < ROUNDING
