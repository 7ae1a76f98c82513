"""Shares of any part of a campaign as its sampling estimates them: what its tables say, for any event.

A uniform sample of a size fixed beforehand is counted. With strata (or several modes that stopped at
different numbers) each stratum of each mode is a stratum here, weighted by its part of the population
(`stratified`); modes weigh alike. Where the data said when to stop, intervals are anytime-valid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from sassafras.analysis.counted import bounds_of, with_weights
from sassafras.analysis.proportion import Proportion
from sassafras.analysis.sampling import NO_WEIGHTS, Sampling
from sassafras.analysis.stratified import Part, strata_labels
from sassafras.analysis.vulnerability import Whole
from sassafras.campaign.design.from_store import COUNTED
from sassafras.errors import UsageError
from sassafras.faults.model import FaultModel, Mode


@dataclass(frozen=True)
class Place:
    """Which faults: None of all. The whole of a share is what ``whole`` says of them."""

    mode: Mode | None = None
    kernel: str | None = None
    layer: int | None = None
    model: FaultModel | None = None

    @property
    def whole(self) -> Place:
        """All faults of its mode and model."""
        return Place(self.mode, model=self.model)

    def inside(self, frame: pd.DataFrame) -> pd.Series:
        """Which rows (with ``mode``, ``kernel``, ``layer``; for a model ``model``) are there: bool, on the
        same index.
        """
        found = pd.Series(True, frame.index)
        if self.mode is not None:
            found &= frame["mode"] == self.mode.value
        if self.kernel is not None:
            found &= frame["kernel"] == self.kernel
        if self.layer is not None:
            found &= frame["layer"] == self.layer
        if self.model is not None:
            found &= frame["model"] == self.model.value
        return found


@dataclass(frozen=True, eq=False)
class Sample:
    """Finished injections (``mode``, ``model``, ``kernel``, ``layer``) of these modes, and how they were
    chosen.
    """

    injections: pd.DataFrame = field(repr=False)
    modes: tuple[Mode, ...]
    sampling: Sampling

    def is_weighted(self, place: Place) -> bool:
        """Whether injections there do not all count alike."""
        return not self.sampling.is_plain and (self.sampling.stratify is not None or len(self._of(place)) > 1)

    def proportion(self, place: Place, hits: pd.Series, whole: Whole = Whole.GROUP) -> Proportion:
        """The share of injections with ``hits`` (bool, on the index of the injections) in a place: of all
        there or, with ``Whole.ALL``, of all in its modes and of its model.

        Raises UsageError where weights are needed that the campaign's store does not tell.
        """
        there = place.inside(self.injections)
        if self.sampling.counted is not None:
            return self._counted(there, hits, there if whole is Whole.GROUP else ~there | there)
        anytime = self.sampling.until is not None
        if not self.is_weighted(place):
            base = there if whole is Whole.GROUP else place.whole.inside(self.injections)
            return Proportion((int((there & hits).sum()),), (int(base.sum()),), (1.0,), anytime)
        modes = self._of(place)
        weights = self._weights(place, modes)
        labels = self._labels(self.injections)
        whole = Whole.ALL if place == place.whole and len(modes) == 1 else whole
        part = Part(weights, self._labels(weights), labels[there], whole)
        return part.proportion(labels[there & hits], anytime=anytime)

    def _counted(self, there: pd.Series, hits: pd.Series, base: pd.Series) -> Proportion:
        counted = self.sampling.counted
        assert counted is not None
        weights = with_weights(self.injections[["id"]], counted)["weight"]
        known = bounds_of(weights, there & hits, base, len(counted))
        return Proportion((int((there & hits).sum()),), (int(base.sum()),), (1.0,), known=known)

    def words(self, of: Proportion) -> str:
        """How a share of these injections was estimated, for people; "" where it was counted."""
        if of.known is not None:
            return COUNTED
        anytime = "anytime-valid" if of.anytime else ""
        if len(of.weights) <= 1:
            return anytime
        if self.sampling.stratify is None:
            return f"weighted over modes, {anytime}"
        return self.sampling.words

    def _of(self, place: Place) -> Sequence[Mode]:
        return self.modes if place.mode is None else (place.mode,)

    def _labels(self, frame: pd.DataFrame) -> pd.Series:
        return frame["mode"].astype(str) + " " + strata_labels(frame, self.sampling.stratify)

    def _weights(self, place: Place, modes: Sequence[Mode]) -> pd.DataFrame:
        """Those of the place, in the modes that have any sites there."""
        names = [mode.value for mode in modes]
        weights = self.sampling.weights
        if place.model is not None:
            struck = self.injections[Place(model=place.model).inside(self.injections)]
            names = [name for name in names if name in set(struck["mode"])]
            weights = self.sampling.model_weights
            weights = weights[weights["model"] == place.model.value].drop(columns="model")
            place = replace(place, model=None)
        if not set(names) <= set(weights["mode"]):
            if self.sampling.stratify is not None or place != Place():
                raise UsageError(NO_WEIGHTS)
            weights = pd.DataFrame({"mode": names, "kernel": "", "layer": 0, "weight": 1.0, "dead": 0.0})
        chosen = weights[weights["mode"].isin(names) & place.inside(weights)]
        return chosen.assign(rest=chosen["weight"], dead=0.0)
