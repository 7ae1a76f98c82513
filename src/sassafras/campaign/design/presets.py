"""Named campaigns."""

from __future__ import annotations

from typing import Any

from sassafras.campaign.design.settings import Settings
from sassafras.errors import UsageError, did_you_mean
from sassafras.kernels.registry import KERNELS
from sassafras.workload.choices import FrameClasses
from sassafras.workload.source import Source, default_source

PRESETS: dict[str, Settings] = {
    # Paper section 5.2: three modes, 1000 faults each, of single-bit and random-value (half and half: our
    # choice, the paper gives no proportion), the kernels of its Table 1. It names none for the matrix
    # product; we infer a closed library. Its frames are drawn: its rows stay what they were.
    "paper": Settings(preset="paper"),
    # The same with every kernel of the inference, on frames that are balanced over the classes.
    "all": Settings(preset="all", kernels=tuple(KERNELS), frame_classes=FrameClasses.BALANCED),
    # A first study in seconds: the small bundled network, every kernel, all of its pictures.
    "lenet": Settings(preset="lenet", injections=300, kernels=tuple(KERNELS), frames=100),
}
#: What presets say of the source of a campaign, where no other is given (`sassafras.network.source`).
_SAID: dict[str, dict[str, Any]] = {"lenet": {"bundled": "lenet"}}


def preset_source(name: str) -> Source:
    """Where workload and inputs of a preset come from."""
    return default_source(**_SAID.get(name, {}))


def preset(name: str, **changes: Any) -> Settings:
    """The settings of a preset, with fields of `Settings` changed: ``preset("paper", injections=60)``. Raises
    UsageError for an unknown name, an unknown field and a value that it cannot have.
    """
    if name not in PRESETS:
        hint = did_you_mean(name, PRESETS)
        raise UsageError(f"preset {name!r} is unknown; {hint}there are: {', '.join(PRESETS)}")
    return PRESETS[name].model_copy(update=changes)
