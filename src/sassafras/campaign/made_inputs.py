"""The inputs of a campaign, as its source and its settings say, and what settings say of loaded ones."""

from __future__ import annotations

from collections.abc import Sequence

from sassafras.campaign.design.settings import Settings
from sassafras.campaign.execution.limits import check_frames
from sassafras.workload.inputs import Input
from sassafras.workload.source import Source
from sassafras.workload.workload import Workload


def made_inputs(source: Source, workload: Workload, settings: Settings) -> tuple[Input, ...]:
    """Those of a campaign with these settings. Raises UsageError for more than memory holds."""
    if source.is_synthetic:
        check_frames(settings.frames, sum(buffer.nbytes for buffer in workload.inputs))
    return tuple(source.inputs(workload, settings.choice))


def with_fit_of(inputs: Sequence[Input], settings: Settings) -> Settings:
    """The settings, with the fit that loaded images were given, where it is one and the same."""
    fits = {given.fit for given in inputs} - {None}
    if len(fits) != 1 or settings.fit in fits:
        return settings
    return settings.model_copy(update={"fit": fits.pop()})
