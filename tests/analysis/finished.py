"""Finished campaigns made up for tests: rows drawn with given chances."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sassafras.campaign.design.settings import Settings
from sassafras.campaign.record import CampaignRecord
from sassafras.faults.ids import fault_id
from sassafras.faults.model import Mode
from sassafras.network.source import NetworkSource
from sassafras.simulation.frame_result import FrameResult

ENDED = (
    ("MASKED", None),
    ("DUE", None),
    ("SDC", "MALFUNCTION"),
    ("SDC", "LIGHT_MALFUNCTION"),
    ("SDC", "NO_MALFUNCTION"),
    ("CORRECTED", None),
    ("DETECTED", None),
    ("SDC", "INVALID_OUTPUT"),
)
CHANGES = {"MALFUNCTION": 0.75, "LIGHT_MALFUNCTION": 0.001, "NO_MALFUNCTION": 0.0}
KERNELS = ("im2col_gpu", "add_bias", "forward_maxpool")
PLACES = (("im2col_gpu", 0), ("add_bias", 0), ("forward_maxpool", 1), ("add_bias", 2))


def rows(settings: Settings, chances: Sequence[float], dice: np.random.Generator) -> pd.DataFrame:
    """Injections whose endings have these chances (in the order of `ENDED`); sites by seed and id alone."""
    made = []
    for mode in settings.modes:
        for number in range(settings.injections):
            counter = [0, 0, 0, fault_id(mode, number)]
            sites = np.random.Generator(np.random.Philox(key=settings.seed, counter=counter))
            kernel, layer = PLACES[sites.integers(len(PLACES))]
            outcome, severity = ENDED[dice.choice(len(chances), p=chances)]
            made.append(
                {
                    "id": fault_id(mode, number),
                    "mode": mode.value,
                    "model": settings.models_of(mode)[number % len(settings.models_of(mode))].value,
                    "scope": settings.scope.value,
                    "frame": 0,
                    "launch": layer,
                    "kernel": kernel,
                    "layer": layer,
                    "block": int(sites.integers(9)),
                    "thread": int(sites.integers(32)),
                    "instruction": int(sites.integers(99)),
                    "offset": 8,
                    "target": "REGISTER",
                    "target_index": 3,
                    "outcome": outcome,
                    "severity": severity,
                    "largest_change": CHANGES.get(str(severity)),
                }
            )
    return pd.DataFrame(made).astype({"severity": object}).sort_values("id", ignore_index=True)


def finished(
    name: str,
    chances: Sequence[float] = (0.4, 0.3, 0.1, 0.1, 0.1),
    *,
    dice: int = 0,
    source: NetworkSource | None = None,
    replay_of: CampaignRecord | None = None,
    **settings: Any,
) -> CampaignRecord:
    """A campaign in a folder called ``name`` (there is no such folder)."""
    few: dict[str, Any] = {"modes": (Mode.RF, Mode.IOV), "injections": 200, "kernels": KERNELS}
    chosen = Settings(**few | settings)
    fingerprint: dict[str, Any] = {"version": "0.1.0", "network": "f00dcafe99", "name": name}
    if replay_of is not None:
        fingerprint["replay"] = replay_of.fingerprint
    return CampaignRecord(
        path=Path(name) / "results.sqlite",
        fingerprint=fingerprint,
        settings=chosen,
        source=source or NetworkSource(),
        injections=rows(chosen, chances, np.random.Generator(np.random.Philox(dice))),
        errors=pd.DataFrame({"id": [], "mode": [], "message": []}),
        golden=(FrameResult("a", None, 3, 0.5), FrameResult("b", None, 3, 0.5)),
        planned=dict.fromkeys(chosen.modes, chosen.injections),
        seconds={"profile": 1.0, "inject": 2.0, "total": 3.0},
    )
