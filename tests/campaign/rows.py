"""Rows of campaigns, compared byte for byte."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.execution.workers import OpenPool
from sassafras.faults.model import DRAWN_MODELS
from sassafras.kernels.registry import KERNELS
from sassafras.progress import Progress
from sassafras.simulation.record import SHOWN
from sassafras.workload.inputs import Input
from sassafras.workload.workload import Workload

FAST_ONLY = ("died_layer", "corrupted")  #: the full engine does not look at layers
EVERYTHING = {"kernels": tuple(KERNELS), "models": DRAWN_MODELS}


def make(folder: Path, network: Workload, images: Sequence[Input], **settings: object) -> Campaign:
    """A campaign over every kernel with every fault model, unless ``settings`` say otherwise."""
    return Campaign(folder, Settings(**(EVERYTHING | settings)), network, images)  # type: ignore[arg-type]


def run(
    folder: Path,
    network: Workload,
    images: Sequence[Input],
    workers: int | OpenPool = 1,
    progress: Progress | None = None,
    **settings: object,
) -> pd.DataFrame:
    """The rows of such a campaign, run to its end, without errors and with everything planned."""
    campaign = make(folder, network, images, **settings)
    campaign.run(workers, progress)
    found = campaign.injections()
    assert len(campaign.errors()) == 0, campaign.errors().message.iloc[0]
    assert len(found) == sum(campaign.planned.values())
    campaign.store.close()
    return found


def as_bytes(frame: pd.DataFrame, without: Sequence[str] = ()) -> list[bytes]:
    """Each row as bytes: equal bytes mean equal values, types and NULLs."""
    columns = [name for name in SHOWN if name not in without]
    plain = frame[columns].astype(object).where(frame[columns].notna(), None)
    return [repr(tuple(row)).encode() for row in plain.itertuples(index=False, name=None)]


def assert_same(one: pd.DataFrame, two: pd.DataFrame, without: Sequence[str] = ()) -> None:
    """All rows are equal, byte for byte; else the first one that is not is shown."""
    for left, right in zip(as_bytes(one, without), as_bytes(two, without), strict=True):
        assert left == right
