"""How the injections of a campaign were chosen, and what is known of its population without injecting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd

from sassafras.analysis.counted import counted_of
from sassafras.analysis.intervals import IntervalMethod
from sassafras.campaign.design.lanes import Standing
from sassafras.faults.census import Cell
from sassafras.faults.strata import Stratify

if TYPE_CHECKING:
    from sassafras.campaign.record import CampaignRecord

WEIGHT_COLUMNS = ("mode", "kernel", "layer", "weight", "dead")
MODEL_COLUMNS = ("mode", "model", "kernel", "layer", "weight", "dead")

NO_WEIGHTS = (
    "the campaign's store does not say how its faults are spread over kernels and layers, so that nothing "
    "can be weighted; run the same command once more to add that"
)


def population_weights(cells: Iterable[Cell]) -> pd.DataFrame:
    """The population by mode, kernel and layer. ``weight``: share of the mode's faults (where fault models
    take turns: the mean over them); all of a mode together are 1. ``dead``: the part of ``weight`` that is
    provably masked (RF; for other modes 0).
    """
    table = _table(cells)
    models = table.groupby("mode")["model"].transform("nunique")
    totals = table.groupby(["mode", "model"])["sites"].transform("sum")
    table["weight"] = table["sites"] / totals / models
    table["dead"] = table["weight"] * table["dead"] / table["targets"]
    sums = table.groupby(["mode", "kernel", "layer"], sort=False)[["weight", "dead"]].sum()
    return sums.reset_index()[list(WEIGHT_COLUMNS)]


def model_weights(cells: Iterable[Cell]) -> pd.DataFrame:
    """The same of each fault model by itself (column ``model``): all of a mode and a model together are 1."""
    table = _table(cells)
    totals = table.groupby(["mode", "model"])["sites"].transform("sum")
    table["weight"] = table["sites"] / totals
    table["dead"] = table["weight"] * table["dead"] / table["targets"]
    return table[list(MODEL_COLUMNS)]


def _table(cells: Iterable[Cell]) -> pd.DataFrame:
    return pd.DataFrame(
        [(c.mode.value, c.model.value, c.kernel, c.layer, c.sites, c.targets, c.dead) for c in cells],
        columns=["mode", "model", "kernel", "layer", "sites", "targets", "dead"],
    )


@dataclass(frozen=True, eq=False)
class Sampling:
    """``stratify``: None, or what the strata are. ``until``: the goal of a sequential stop. ``standings``:
    how far each lane came. ``weights``: see `population_weights`, ``model_weights``: see `model_weights`;
    empty where they are not known. ``dead``: ids of the injections that are provably masked
    (`provable.provably_masked`). ``chosen``: the user chose the injections: they are no sample, and stand for
    nothing but themselves. ``counted``: of a whole population that was counted by classes, what each row
    stands for (`counted.counted_weights`).
    """

    stratify: Stratify | None = None
    until: float | None = None
    standings: tuple[Standing, ...] = ()
    weights: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=list(WEIGHT_COLUMNS)), repr=False
    )
    dead: frozenset[int] = field(default=frozenset(), repr=False)
    model_weights: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=list(MODEL_COLUMNS)), repr=False
    )
    chosen: bool = False
    counted: pd.DataFrame | None = field(default=None, repr=False)

    @property
    def is_plain(self) -> bool:
        """Whether every injection counts alike, and their number was fixed beforehand."""
        return self.stratify is None and self.until is None and not self.chosen and self.counted is None

    @property
    def method(self) -> IntervalMethod:
        """How intervals of unweighted shares are made: anytime-valid where the data said when to stop."""
        return IntervalMethod.CLOPPER_PEARSON if self.until is None else IntervalMethod.ANYTIME

    def share_of(self, what: str) -> str:
        """What shares are shares of, for captions: "the mode's injections", or weighted faults."""
        if self.stratify is None:
            return f"{what} injections"
        return f"{what} faults, weighted over strata (by {self.stratify})"

    @property
    def intervals(self) -> str:
        """Their name, for captions."""
        kind = "Clopper-Pearson" if self.until is None else "anytime-valid"
        if self.stratify is None:
            return kind
        added = "Chernoff bound" if self.until is None else "Bonferroni"
        return f"{kind}; sums over strata: {added}"

    @property
    def words(self) -> str:
        """How the campaign was sampled, for notes; "" where plainly."""
        weighted = "" if self.stratify is None else f"weighted over strata (by {self.stratify})"
        stopped = "" if self.until is None else "anytime-valid"
        return ", ".join(word for word in (weighted, stopped) if word)

    def among(self, kernels: Iterable[str]) -> Sampling:
        """Of the faults in these kernels alone: their weights are 1 together, in each mode."""
        names = list(kernels)
        if self.weights["kernel"].isin(names).all():
            return self
        return replace(
            self,
            weights=_scaled(self.weights, names, ["mode"]),
            model_weights=_scaled(self.model_weights, names, ["mode", "model"]),
        )


def _scaled(weights: pd.DataFrame, kernels: list[str], whole: list[str]) -> pd.DataFrame:
    """The weights of these kernels, with those of each whole together 1."""
    inside = weights[weights["kernel"].isin(kernels)].reset_index(drop=True)
    totals = inside.groupby(whole)["weight"].transform("sum")
    return inside.assign(**{name: inside[name] / totals for name in ("weight", "dead")})


def sampling_of(stored: CampaignRecord) -> Sampling:
    """How a finished campaign was sampled, as its store tells."""
    settings = stored.settings
    weights, of_models = population_weights(stored.census), model_weights(stored.census)
    counted = counted_of(stored)
    return Sampling(
        settings.stratify, settings.until, weights=weights, model_weights=of_models, counted=counted
    )
