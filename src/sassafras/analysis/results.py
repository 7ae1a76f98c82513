"""A finished campaign as plain data: all that tables, figures and files are made of."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import pandas as pd

from sassafras.analysis import vulnerability
from sassafras.analysis.counted import counted_of
from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.analysis.golden import GoldenAccuracy
from sassafras.analysis.mixture import by_model, mixture_words
from sassafras.analysis.over_frames import LEAST_FRAMES, over_frames
from sassafras.analysis.provable import provably_masked
from sassafras.analysis.sampling import Sampling, model_weights, population_weights
from sassafras.analysis.stratified import weighted_breakdown
from sassafras.analysis.struck import Struck, struck_part
from sassafras.analysis.sums import sums
from sassafras.analysis.vulnerability import Whole
from sassafras.campaign.fidelity import Fidelity
from sassafras.campaign.record import CampaignRecord
from sassafras.campaign.shape import Shape
from sassafras.faults.model import FaultModel, IoaRegister, Mode
from sassafras.faults.secded import Ecc
from sassafras.workload.vocabulary import NETWORK, Vocabulary

_Table = TypeVar("_Table", bound=pd.DataFrame | None)
_Asked = ParamSpec("_Asked")


def _once(
    make: Callable[Concatenate[Results, _Asked], _Table],
) -> Callable[Concatenate[Results, _Asked], _Table]:
    """Keep a table once it is made: page, files, figures and terminal all ask for the same ones."""

    @wraps(make)
    def remembered(self: Results, /, *arguments: _Asked.args, **named: _Asked.kwargs) -> _Table:
        key = (make.__name__, *arguments, *named.items())
        if key not in self._made:
            self._made[key] = make(self, *arguments, **named)
        found = self._made[key]
        return cast("_Table", None if found is None else found.copy(deep=False))  # copied once it is changed

    return remembered


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
    "total". ``sampling``: how the injections were chosen; shares and intervals are made accordingly.
    ``struck``: what part of an inference that is, None where it is not known. ``golden``: how often the
    network is right without a fault. ``self_check``: of the campaign's last start (`sassafras.verify`), None
    where it was not made. ``critical``: what counts as critical. ``models``: of each mode. ``ioa_register``:
    the rule it ran with; ``ecc``: what guarded memory. ``vocabulary``: what its things are called.
    ``fidelity``: what is exact of the fault-free run, None where it is not known.
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
    sampling: Sampling = field(default_factory=Sampling)
    struck: Struck | None = None
    golden: GoldenAccuracy = field(default_factory=GoldenAccuracy)
    critical: Criticality = PLAIN
    models: Mapping[Mode, tuple[FaultModel, ...]] = field(default_factory=dict)
    ioa_register: IoaRegister = IoaRegister.SASSIFI
    ecc: Ecc = Ecc.NONE
    vocabulary: Vocabulary = NETWORK
    fidelity: Fidelity | None = None
    _made: dict[tuple[object, ...], pd.DataFrame | None] = field(default_factory=dict, init=False, repr=False)

    def injected(self, mode: Mode) -> int:
        """Finished injections of a mode."""
        return int((self.injections["mode"] == mode.value).sum())

    def failed(self, mode: Mode) -> int:
        """Faults of a mode that ended in an error of ours; never counted as outcomes."""
        return int((self.errors["mode"] == mode.value).sum())

    @_once
    def ckv(self, mode: Mode) -> pd.DataFrame:
        """CKV with a row for every kernel of the campaign (see `vulnerability.ckv`)."""
        if self.sampling.stratify is not None:
            return self._weighted(mode, "kernel", self.kernels, Whole.ALL)
        return vulnerability.ckv(self.injections, mode, self.kernels, self.sampling.method)

    @_once
    def clv(self, mode: Mode) -> pd.DataFrame:
        """CLV with a row for every layer of the network (see `vulnerability.clv`)."""
        layers = [layer.index for layer in self.layers]
        if self.sampling.stratify is not None:
            return self._weighted(mode, "layer", layers, Whole.GROUP)
        return vulnerability.clv(self.injections, mode, layers, self.sampling.method)

    @_once
    def outcomes(self) -> pd.DataFrame:
        """Outcomes of each mode (see `vulnerability.outcomes`)."""
        if self.sampling.stratify is not None:
            return pd.concat(
                [self._weighted(mode, "mode", [mode.value], Whole.ALL) for mode in self.modes],
                ignore_index=True,
            )
        return vulnerability.outcomes(self.injections, self.modes, self.sampling.method)

    @_once
    def sums(self) -> pd.DataFrame:
        """Sums of outcomes of each mode, kernel and layer (see `sassafras.analysis.sums`)."""
        layers = [layer.index for layer in self.layers]
        return sums(self.injections, self.modes, self.kernels, layers, self.sampling, self.critical)

    @_once
    def by_model(self) -> pd.DataFrame:
        """Outcomes of each mode and fault model (see `mixture.by_model`)."""
        return by_model(self.injections, self.models, self.sampling)

    @property
    def mixture(self) -> str:
        """What the shares of modes mix (see `mixture.mixture_words`)."""
        return mixture_words(self.models)

    @_once
    def due_kinds(self) -> pd.DataFrame:
        """Kinds of trap of each mode's DUEs (see `vulnerability.due_kinds`); of a stratified sample the
        counts alone: its DUEs are no fair sample of all DUEs.
        """
        return self._counts_alone(vulnerability.due_kinds(self.injections, self.modes, self.sampling.method))

    @_once
    def masked_reasons(self) -> pd.DataFrame:
        """Why masked faults were masked (see `vulnerability.masked_reasons`); of a stratified sample the
        counts alone.
        """
        return self._counts_alone(
            vulnerability.masked_reasons(self.injections, self.modes, self.sampling.method)
        )

    def _counts_alone(self, table: pd.DataFrame) -> pd.DataFrame:
        if self.sampling.stratify is None:
            return table
        return table.assign(share=math.nan, low=math.nan, high=math.nan, below=math.nan)

    @_once
    def exact_masking(self) -> pd.DataFrame | None:
        """Register-file outcomes with the provably masked sites counted instead of sampled: a
        post-stratified estimate beside the plain one. ``part`` ("mode", "kernel" or "layer") and ``name``,
        then the columns of `outcomes`, of `ckv` and of `clv`. None where that is not known (no RF, no
        census).
        """
        weights = self.sampling.weights
        if Mode.RF not in self.modes or not (weights["mode"] == Mode.RF.value).any():
            return None
        layers = [layer.index for layer in self.layers]
        parts: list[tuple[str, Sequence[str] | Sequence[int], Whole]] = [
            ("mode", [Mode.RF.value], Whole.ALL),
            ("kernel", self.kernels, Whole.ALL),
            ("layer", layers, Whole.GROUP),
        ]
        tables = []
        for part, values, whole in parts:
            table = self._weighted(Mode.RF, part, values, whole, exact=True)
            table.insert(0, "part", part)
            tables.append(table.rename(columns={part: "name"}))
        return pd.concat(tables, ignore_index=True)

    @_once
    def over_frames(self) -> pd.DataFrame | None:
        """Outcomes with the frame as a random effect (see `over_frames.over_frames`). None where there are
        too few frames, and where strata or a sequential stop chose the injections.
        """
        if self.frames < LEAST_FRAMES or not self.sampling.is_plain:
            return None
        return over_frames(self.injections, self.modes)

    def _weighted(
        self,
        mode: Mode,
        column: str,
        values: Sequence[str] | Sequence[int],
        whole: Whole,
        *,
        exact: bool = False,
    ) -> pd.DataFrame:
        sampling = self.sampling
        rows = vulnerability.of_mode(self.injections, mode)
        return weighted_breakdown(
            rows,
            sampling.weights[sampling.weights["mode"] == mode.value],
            sampling.stratify,
            column,
            values,
            whole,
            anytime=sampling.until is not None,
            dead=rows["id"].isin(sampling.dead) if exact else None,
        )


def read_results(
    record: CampaignRecord, shape: Shape, *, synthetic: bool, critical: Criticality = PLAIN
) -> Results:
    """What a campaign found in a program of that shape."""
    settings, cells = record.settings, record.census
    launches = Counter(p.part for p in shape.launches if p.kernel in settings.kernels)
    programs = {p.kernel: p.program for p in shape.launches}
    sampling = Sampling(
        settings.stratify,
        settings.until,
        record.standings,
        population_weights(cells),
        provably_masked(record.injections, programs) if cells else frozenset(),
        model_weights(cells),
        settings.faults is not None,
        counted_of(record),
    )
    return Results(
        arch=settings.arch,
        seed=settings.seed,
        network=shape.name,
        frames=record.frames,
        synthetic=synthetic,
        modes=settings.modes,
        kernels=settings.kernels,
        layers=tuple(LayerRecord(y.index, y.kind, launches[y.index]) for y in shape.parts),
        planned=record.planned,
        injections=record.injections,
        errors=record.errors,
        seconds=record.seconds,
        sampling=sampling,
        golden=GoldenAccuracy.of(record.golden, sets=record.judges_sets),
        self_check=record.self_check,
        struck=struck_part(record.usage, settings.kernels),
        critical=critical,
        models={mode: settings.models_of(mode) for mode in settings.modes},
        ioa_register=settings.ioa_register,
        ecc=settings.ecc,
        vocabulary=record.vocabulary,
        fidelity=record.fidelity,
    )
