"""Bounds of activations: what they are, what they come from, and that they belong to the program."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.campaign import networks

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.settings import Settings
from sassafras.errors import CampaignError, UsageError
from sassafras.hardening import calibration as module
from sassafras.hardening.bounds import Bounds, Calibration, Origin, unbounded
from sassafras.hardening.calibration import SEED, calibrated, calibration_of, seen_bounds
from sassafras.hardening.plan import Protection, protect
from sassafras.hardening.workload import harden
from sassafras.kernels.hardened.technique import Technique
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.workload.running import run_twins

RANGE = protect({"activate_array": Technique.RANGE})
WIDE_CFG = """
[net]
height=227
width=227
channels=3
[convolutional]
filters=2
size=5
stride=40
activation=leaky
[connected]
output=7
activation=linear
[softmax]
"""


def with_bounds(*bounds: tuple[float, float]) -> Protection:
    return replace(RANGE, calibration=Calibration(bounds, Origin.IMAGES, 1))


def test_bounds_are_the_least_and_greatest_values_behind_each_launch(
    tiny: Network, images: list[Image]
) -> None:
    found = seen_bounds(tiny, images)
    values: dict[int, list[float]] = {}
    for image in images:
        memory = tiny.fresh_memory()
        tiny.load(memory, image.pixels)
        for planned in tiny.plan:
            run_twins(tiny, memory, planned.index, planned.index + 1)
            if planned.kernel == "activate_array":
                x, n = int(planned.arguments["x"]), int(planned.arguments["n"])
                values.setdefault(planned.invocation, []).extend(memory.array(x, n).tolist())
    assert found == tuple((min(seen), max(seen)) for _, seen in sorted(values.items()))
    assert len(found) == 4


def test_a_bound_of_zero_includes_both_zeros() -> None:
    network = networks.network(networks.CFG.replace("activation=leaky", "activation=relu"))
    blank = Image("blank", np.zeros(network.input_shape, np.float32))
    low = [low for low, _ in seen_bounds(network, [blank])]
    assert 0.0 in low
    assert all(math.copysign(1, bound) == -1 for bound in low if bound == 0)


def test_activations_that_are_not_finite_have_no_bounds(tiny: Network) -> None:
    huge = Image("huge", np.full(tiny.input_shape, 3e38, np.float32))
    with pytest.raises(UsageError, match="layer 0: activations that are not finite"):
        seen_bounds(tiny, [huge])


def test_the_users_images_calibrate_the_users_network(
    tmp_path: Path, tiny: Network, images: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SASSAFRAS_CACHE", str(tmp_path / "cache"))
    campaign = Campaign(tmp_path / "out", Settings(injections=1), tiny, images)
    found = calibration_of(campaign)
    assert found.bounds == seen_bounds(tiny, images)
    assert (found.origin, found.frames) == (Origin.IMAGES, 2)
    monkeypatch.setattr(module, "seen_bounds", lambda *_: pytest.fail("made again"))
    assert calibration_of(campaign) == found
    assert calibrated(campaign, RANGE).calibration == found
    assert calibrated(campaign, protect({"gemm": Technique.TMR})).calibration is None


def test_rendered_frames_calibrate_where_they_are_what_is_classified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SASSAFRAS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(module, "FRAMES", 2)
    network = networks.network(WIDE_CFG)
    campaign = Campaign(tmp_path / "out", Settings(injections=1, frames=1), network)
    found = calibration_of(campaign)
    assert (found.origin, found.frames) == (Origin.RENDERED, 2)
    assert campaign.settings.seed not in (SEED, 1, 2)
    seen = seen_bounds(network, campaign.images)
    assert found.bounds != seen
    assert len(found.bounds) == len(seen) == 2


def test_bounds_survive_as_json_to_the_last_bit() -> None:
    bounds = ((-0.0, 0.1), (float(np.float32(-1e-42)), float(np.float32(3e38))))
    made = Calibration(bounds, Origin.RENDERED, 200)
    again = Calibration.from_json(made.to_json())
    assert again == made
    assert again.exact == made.exact
    assert math.copysign(1, again.bounds[0][0]) == -1
    for broken in ({}, {"bounds": [1]}, {"bounds": [], "origin": "x", "frames": 1}):
        with pytest.raises(CampaignError, match="bounds of range are damaged"):
            Calibration.from_json(broken)


def test_bounds_decide_the_digest_of_the_hardened_network(tiny: Network) -> None:
    def digest(low: float) -> str:
        return harden(tiny, with_bounds((low, 1.0), *[(0.0, 1.0)] * 3)).digest

    assert digest(0.0) == digest(0.0)
    assert len({digest(0.0), digest(-0.0), digest(float(np.nextafter(np.float32(0), np.float32(1))))}) == 3
    assert harden(tiny, protect({"gemm": Technique.TMR})).digest not in (digest(0.0), tiny.digest)


def test_launches_get_the_bounds_of_their_own(tiny: Network) -> None:
    bounds: Bounds = ((-1.0, 1.0), (-2.0, 2.0), (-3.0, 3.0), (-4.0, 4.0))
    hardened = harden(tiny, with_bounds(*bounds))
    given = [p.arguments for p in hardened.plan if p.kernel == "activate_array"]
    assert tuple((a["low"], a["high"]) for a in given) == bounds


@pytest.mark.parametrize("protection", [RANGE, with_bounds((0.0, 1.0))])
def test_bounds_that_are_missing_or_of_another_network_are_refused(
    tiny: Network, protection: Protection
) -> None:
    with pytest.raises(UsageError, match=r"range needs bounds for 4 launches of activate_array, not [01];"):
        harden(tiny, protection)


def test_costs_need_no_calibration(tiny: Network) -> None:
    hardened = harden(tiny, replace(RANGE, calibration=unbounded(tiny)))
    assert {p.program for p in hardened.plan if p.kernel == "activate_array"} == {"activate_array_range"}
