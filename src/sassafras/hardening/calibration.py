"""Calibration: the least and the greatest activation behind every launch that computes them, without a fault.

The frames are rendered for this alone, from a seed that nothing else of ours uses. Where a campaign was given
images of its user's own, they are what its network is calibrated with: the campaign's golden runs have been
seen then, have no value beyond the bounds, and say nothing about images to come.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sassafras.cache import read_cached, write_cached
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.store.results import read_meta
from sassafras.errors import UsageError
from sassafras.hardening.bounds import KERNEL, Bounds, Calibration, Origin, results
from sassafras.hardening.plan import Protection
from sassafras.kernels.hardened.technique import Technique
from sassafras.sources import source_key
from sassafras.workload.choices import Choice
from sassafras.workload.inputs import Input, bytes_of
from sassafras.workload.launches import PlannedLaunch
from sassafras.workload.running import run_twins
from sassafras.workload.source import Source
from sassafras.workload.workload import Workload

SEED = 5_318_008_201_126_711  #: of the rendered frames; no campaign, training or evaluation of ours uses it
FRAMES = 200
KEY = "calibration"  #: of a store's meta: what `Calibration.to_json` gives
_SOURCES = ("workload.running", "kernels", "network.frames", "network.images")  #: what decides the bounds


def calibrated(campaign: Campaign, protection: Protection) -> Protection:
    """The protection with the bounds that ``range``, where it is chosen, needs for the campaign's (plain)
    network.

    They are made once, then taken from the cache. Raises UsageError where an activation is NaN or infinite
    without any fault.
    """
    if Technique.RANGE not in dict(protection.chosen).values():
        return protection
    return replace(protection, calibration=calibration_of(campaign))


def calibration_of(campaign: Campaign) -> Calibration:
    """The calibration for a campaign's network."""
    if campaign.rendered:
        return rendered_calibration(campaign.network, campaign.source)
    digest = hashlib.sha256()
    for image in campaign.images:
        for content in bytes_of(image.arrays):
            digest.update(content)
    bounds = _cached(campaign.network, f"images {digest.hexdigest()}", campaign.images)
    return Calibration(bounds, Origin.IMAGES, len(campaign.images))


def rendered_calibration(network: Workload, source: Source) -> Calibration:
    """The calibration with inputs that a source makes (rendered frames), for a workload that takes them."""
    frames = source.inputs(network, Choice(SEED, FRAMES))
    bounds = _cached(network, f"rendered {SEED} {FRAMES}", frames)
    return Calibration(bounds, Origin.RENDERED, FRAMES)


def _cached(network: Workload, source: str, inputs: Iterable[Input]) -> Bounds:
    key = hashlib.sha256(f"{source_key(*_SOURCES)} {network.digest} {source}".encode()).hexdigest()
    name = f"bounds-{key[:32]}.json"
    stored = read_cached(name)
    if stored is not None:
        return tuple((float(low), float(high)) for low, high in json.loads(stored))
    bounds = seen_bounds(network, inputs)
    write_cached(name, json.dumps(bounds).encode())
    return bounds


def seen_bounds(network: Workload, inputs: Iterable[Input]) -> Bounds:
    """The least and the greatest activation of each launch over fault-free runs of ``inputs`` (at least
    one). Raises UsageError for an activation that is not finite.
    """
    memory = network.fresh_memory(shared=True)
    low: dict[int, np.float32] = {}
    high: dict[int, np.float32] = {}

    def look(planned: PlannedLaunch) -> None:
        if planned.kernel != KERNEL:
            return
        values = results(memory, planned)
        least, most, number = values.min(), values.max(), planned.invocation
        if not (np.isfinite(least) and np.isfinite(most)):
            raise UsageError(
                f"layer {planned.part}: activations that are not finite without any fault have no bounds; "
                f"protect {KERNEL} in another way"
            )
        low[number] = min(low.get(number, least), least)
        high[number] = max(high.get(number, most), most)

    for given in inputs:
        network.load(memory, *given.arrays)
        run_twins(network, memory, after=look)
    return tuple((_signed(low[k], -0.0), _signed(high[k], 0.0)) for k in sorted(low))


def _signed(bound: np.float32, zero: float) -> float:
    """A bound that is zero includes both zeros: -0 lies below +0."""
    return float(bound) if bound != 0 else zero


def calibration_facts(protection: Protection) -> dict[str, Any]:
    """What the stores of a protection's evaluation begin with: its calibration, where it has one."""
    return {} if protection.calibration is None else {KEY: protection.calibration.to_json()}


def as_stored(path: Path, protection: Protection) -> Protection:
    """The protection with the calibration that a store of its evaluation holds, if any. Raises CampaignError
    where that is damaged.
    """
    stored = read_meta(path, KEY)
    return protection if stored is None else replace(protection, calibration=Calibration.from_json(stored))
