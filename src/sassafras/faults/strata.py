"""Strata of a population: its kernels or its layers, and faults drawn inside one of them.

Within a stratum the faults have exactly the distribution that those of an unstratified campaign have there:
a fault model and a site, each pair as likely as in the whole population (where fault models take turns, each
has 1 / models of the faults). So the weighted mean over strata estimates what an unstratified campaign
estimates.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from enum import StrEnum
from fractions import Fraction

import numpy as np

from sassafras.faults.ids import fault_id, mode_number
from sassafras.faults.model import Draw, FaultModel, Mode, Scope, pick
from sassafras.faults.population import Sites, draw_at


class Stratify(StrEnum):
    """What a stratum is."""

    KERNEL = "kernel"
    LAYER = "layer"


class Strata:
    """The strata of a mode's population.

    ``populations``: one for each fault model, over the same launches. ``labels``: the stratum of each of
    those launches.
    """

    def __init__(self, populations: Mapping[FaultModel, Sites], labels: Sequence[str]) -> None:
        self._populations = dict(populations)
        places: dict[str, list[int]] = {}
        for place, label in enumerate(labels):
            places.setdefault(label, []).append(place)
        self._ranges = {
            (label, model): _Ranges(population, own)
            for label, own in places.items()
            for model, population in self._populations.items()
        }

    def sites(self, label: str, model: FaultModel) -> int:
        """Sites of a stratum that a model may strike; 0 for an unknown one."""
        ranges = self._ranges.get((label, model))
        return 0 if ranges is None else ranges.total

    def weight(self, label: str) -> Fraction:
        """The stratum's share of the population, exactly: the mean over the models."""
        return sum(self._shares(label), Fraction(0)) / len(self._populations)

    def _shares(self, label: str) -> list[Fraction]:
        return [Fraction(self.sites(label, m), p.total) for m, p in self._populations.items()]

    def draw(self, seed: int, mode: Mode, label: str, index: int, number: int, scope: Scope) -> Draw:
        """Fault ``index`` of a stratum. It depends on (seed, mode, stratum, index) alone; ``number`` only
        names it in the campaign (see `fault_id`). Raises ValueError for a stratum without sites.
        """
        shares = self._shares(label)
        if not any(shares):
            raise ValueError(f"nothing in {label} can be struck")
        counter = [0, _name_word(label), mode_number(mode), index]
        generator = np.random.Generator(np.random.Philox(key=seed, counter=counter))
        choice, *words = (int(w) for w in generator.integers(0, 2**64, 4, dtype=np.uint64))
        model = _choose(choice, dict(zip(self._populations, shares, strict=True)))
        site = int(generator.integers(0, self.sites(label, model)))
        place = self._ranges[label, model].number(site)
        where = self._populations[model].locate(place)
        return draw_at(where, fault_id(mode, number), mode, model, scope, words)


class _Ranges:
    """The sites of some launches of a population, numbered one after the other."""

    def __init__(self, population: Sites, places: Sequence[int]) -> None:
        sizes = np.array(population.sites_per_launch, np.int64)
        self._starts = (np.cumsum(sizes) - sizes)[places]
        self._ends = np.cumsum(sizes[places])
        self.total = int(self._ends[-1])

    def number(self, site: int) -> int:
        """Number in the whole population."""
        place = int(np.searchsorted(self._ends, site, side="right"))
        return int(self._starts[place]) + site - (int(self._ends[place - 1]) if place else 0)


def _choose(word: int, shares: Mapping[FaultModel, Fraction]) -> FaultModel:
    """A model, as likely as its share, from a uniform 64-bit word."""
    common = math.lcm(*(share.denominator for share in shares.values()))
    left = pick(word, int(sum(shares.values(), Fraction(0)) * common))
    for model, share in shares.items():
        left -= int(share * common)
        if left < 0:
            return model
    raise AssertionError("shares add up to their total")


def _name_word(label: str) -> int:
    """A 64-bit word that stands for a stratum in the generator's counter, never 0 (faults without strata)."""
    return int.from_bytes(hashlib.sha256(label.encode()).digest()[:8], "little") | 1
