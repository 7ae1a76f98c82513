"""Without a fault: first-valid leaves every bit, range says what it holds and what that changes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from tests.campaign import networks
from tests.hardening.test_engines import TIGHT, bounds_of
from tests.kernels.twins import by_twin

from sassafras.hardening.bounds import Calibration
from sassafras.hardening.calibration import SEED as CALIBRATION_SEED
from sassafras.hardening.calibration import rendered_calibration
from sassafras.hardening.fault_free import FaultFree, compare_fault_free
from sassafras.hardening.plan import Protection, protect
from sassafras.hardening.workload import harden
from sassafras.kernels.hardened.registry import NETWORK
from sassafras.kernels.hardened.technique import Technique
from sassafras.network.alexnet import load_alexnet
from sassafras.network.frames import render_frame
from sassafras.network.images import Image, image_from_frame
from sassafras.network.network import Network
from sassafras.workload.source import default_source
from sassafras.workload.workload import Workload

FRAMES = 1000
SEED = 1000  #: of frames that neither training, nor calibration, nor a campaign of ours has seen
CHOICES = {
    "first-valid": {"forward_maxpool": Technique.FIRST_VALID},
    "range": {"activate_array": Technique.RANGE},
    "guard": {NETWORK: Technique.GUARD},
}
"""By name of what is proved."""
LEAVES_EVERY_BIT = ("first-valid", "guard")


def rendered(count: int) -> Iterator[Image]:
    return (image_from_frame(render_frame(SEED, index)) for index in range(count))


def protection(name: str, calibration: Calibration | None = None) -> Protection:
    chosen = protect(CHOICES[name])
    return Protection(chosen.chosen, calibration if name == "range" else None)


def untouched(found: FaultFree) -> bool:
    return not (found.other_words or found.other_outputs or found.other_answers or found.largest_change)


@pytest.mark.parametrize("name", LEAVES_EVERY_BIT)
def test_every_bit_of_alexnet_stays_on_a_few_frames(name: str) -> None:
    network = load_alexnet()
    found = compare_fault_free(network, harden(network, protection(name)), rendered(3))
    assert found.frames == 3
    assert untouched(found)
    assert found.activations == found.alarms == 0


@pytest.mark.parametrize("name", networks.OTHERS)
def test_what_range_holds_is_counted(name: str) -> None:
    """Against a count by hand, launch by launch: values beyond the bounds behind the plain activation."""
    network = networks.network(networks.OTHERS[name])
    pictures = networks.images(network)
    calibration = bounds_of(network, pictures, TIGHT)
    hardened = harden(network, protection("range", calibration))
    found = compare_fault_free(network, hardened, pictures)
    assert found.held == sum(count_beyond(network, hardened, image) for image in pictures) > 0
    assert found.held_frames == found.frames == 2
    assert found.other_words >= found.other_outputs > 0
    assert found.largest_change > 0
    assert found.largest_change <= 1 or name in networks.ENDS  # whose results are no probabilities


def count_beyond(network: Network, hardened: Workload, image: Image) -> int:
    memory, beyond = hardened.fresh_memory(), 0
    hardened.load(memory, image.pixels)
    for plain, planned in zip(network.plan, hardened.plan, strict=True):
        before = memory.data.copy()
        if planned.kernel == "activate_array":
            by_twin(plain.spec, memory, plain.arguments)
            values = memory.array(int(plain.arguments["x"]), int(plain.arguments["n"]))
            low, high = (np.float32(planned.arguments[name]) for name in ("low", "high"))
            beyond += int(((values < low) | (values > high)).sum())
            memory.data[: len(before)] = before
        by_twin(planned.spec, memory, planned.arguments)
    return beyond


def test_bounds_change_nothing_where_they_were_seen(tiny: Network, images: list[Image]) -> None:
    hardened = harden(tiny, protection("range", bounds_of(tiny, images, 1.0)))
    found = compare_fault_free(tiny, hardened, images)
    assert untouched(found)
    assert found.held == found.held_frames == 0
    assert found.activations > 0


@pytest.mark.slow
@pytest.mark.parametrize("name", CHOICES)
def test_a_thousand_frames_that_calibration_has_not_seen(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert SEED != CALIBRATION_SEED
    network = load_alexnet()
    calibration = rendered_calibration(network, default_source()) if name == "range" else None
    found = compare_fault_free(
        network, harden(network, protection(name, calibration)), rendered(FRAMES), threads=2
    )
    with capsys.disabled():
        print(f"\n{name}: {found}")  # noqa: T201
    assert found.frames == FRAMES
    assert found.alarms == 0
    if name in LEAVES_EVERY_BIT:
        assert untouched(found)
    else:
        assert found.held / found.activations < 1e-4
        assert found.other_answers <= FRAMES // 100
