"""A finished campaign as plain data: all that tables, figures and files are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from sassafras.analysis import vulnerability
from sassafras.campaign.campaign import Campaign
from sassafras.faults.model import Mode


@dataclass(frozen=True)
class LayerRecord:
    """A layer of the network: its index, its kind ("convolutional") and its launches of the campaign's
    kernels in one inference.
    """

    index: int
    kind: str
    launches: int


@dataclass(frozen=True, eq=False)
class Results:
    """What a campaign was and what it found.

    ``frames``: how many; ``synthetic``: rendered, not the user's. ``injections``, ``errors``: one row each,
    with at least the columns ``mode``, ``kernel``, ``layer``, ``outcome``, ``severity``, ``due_kind``,
    ``masked_reason``; and ``mode``. ``kernels``: the campaign's, in order. ``seconds``: "profile", "inject",
    "total". ``self_check``: of the campaign's last start (`campaign.verify`), None where it was not made.
    """

    arch: str
    seed: int
    network: str
    frames: int
    synthetic: bool
    modes: tuple[Mode, ...]
    kernels: tuple[str, ...]
    layers: tuple[LayerRecord, ...]
    planned: Mapping[Mode, int]
    injections: pd.DataFrame = field(repr=False)
    errors: pd.DataFrame = field(repr=False)
    seconds: Mapping[str, float]
    self_check: Mapping[str, Any] | None = None

    def injected(self, mode: Mode) -> int:
        """Finished injections of a mode."""
        return int((self.injections["mode"] == mode.value).sum())

    def failed(self, mode: Mode) -> int:
        """Faults of a mode that ended in an error of ours; never counted as outcomes."""
        return int((self.errors["mode"] == mode.value).sum())

    def ckv(self, mode: Mode) -> pd.DataFrame:
        """CKV with a row for every kernel of the campaign (see `vulnerability.ckv`)."""
        return vulnerability.ckv(self.injections, mode, self.kernels)

    def clv(self, mode: Mode) -> pd.DataFrame:
        """CLV with a row for every layer of the network (see `vulnerability.clv`)."""
        return vulnerability.clv(self.injections, mode, [layer.index for layer in self.layers])

    def outcomes(self) -> pd.DataFrame:
        """Outcomes of each mode (see `vulnerability.outcomes`)."""
        return vulnerability.outcomes(self.injections, self.modes)


def read_results(campaign: Campaign, *, synthetic: bool) -> Results:
    """What is stored of the faults that the campaign's settings ask for (a folder may hold more: other modes,
    or more injections).
    """
    settings, network = campaign.settings, campaign.network
    launches = Counter(p.layer for p in network.plan if p.kernel in settings.kernels)
    layers = tuple(LayerRecord(y.index, y.kinds[0], launches[y.index]) for y in network.layers)
    asked = campaign.asked
    injections, errors = campaign.injections(), campaign.errors()
    return Results(
        arch=settings.arch,
        seed=settings.seed,
        network=network.name,
        frames=len(campaign.frames),
        synthetic=synthetic,
        modes=settings.modes,
        kernels=settings.kernels,
        layers=layers,
        planned=campaign.planned,
        injections=injections[injections["id"].isin(asked)].reset_index(drop=True),
        errors=errors[errors["id"].isin(asked)].reset_index(drop=True),
        seconds=campaign.seconds,
        self_check=campaign.self_check,
    )
