"""What stands in ``harden.json``: one model writes and reads it. Shares are fractions of 1, times seconds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from sassafras.errors import CampaignError
from sassafras.faults.model import Mode
from sassafras.hardening.fates import Fate
from sassafras.kernels.hardened.technique import Technique

SCHEMA = 2


def _plain(given: object) -> object:
    return given.tolist() if isinstance(given, np.ndarray) else given


Protected = dict[str, Technique]
Row = Annotated[list[float], BeforeValidator(_plain)]
Matrix = Annotated[list[list[float]], BeforeValidator(_plain)]
Of = Mode | Literal["all"]


class Part(BaseModel):
    """Every field is known, and there unless it may be left out; read from JSON, or from the attributes of
    what is written.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)


def _called(*names: str) -> Any:
    """A field that is called otherwise where it comes from."""
    return Field(validation_alias=AliasChoices(*names))


class ShareOf(Part):
    """A share with its 95 % interval: ``n`` of ``of``."""

    n: int
    of: int = _called("of", "trials")
    share: float = _called("share", "value")
    low: float
    high: float


class RankedKernel(Part):
    """A kernel in the order of critical faults. ``places``: the first and the last that its interval leaves
    it; ``tied``: kernels whose intervals overlap with its own.
    """

    kernel: str
    places: tuple[int, int]
    tied: list[str]
    critical: ShareOf
    malfunction: ShareOf
    invalid_output: ShareOf
    due: ShareOf
    modes: dict[Mode, ShareOf]


class KernelCost(Part):
    """Modelled: launches, dynamic thread-instructions and seconds of an inference."""

    invocations: int
    instructions: int
    seconds: float


class MeasuredKernel(Part):
    """Seconds on a GPU; words of results compared with the twins', and those that differ."""

    seconds: float
    compared_words: int
    differing_words: int


class MeasuredModel(Part):
    """Seconds of an inference on a GPU."""

    seconds: float


class Measured(Part):
    """A column of Table 2 on a GPU."""

    kernels: dict[str, MeasuredKernel]
    whole_model: MeasuredModel
    overhead: float


class MeasuredOn(Part):
    """The GPU that was asked: its name, its architecture, inferences that the median is of."""

    device: str
    arch: str
    runs: int


class Column(Part):
    """A column of Table 2. Overheads: added time / time before, with the ends of the model's band: of all
    kernels, of those that were injected into, of all but the largest (where there are others).
    """

    protection: Protected
    kernels: dict[str, KernelCost]
    whole_model: KernelCost
    overhead: float
    overhead_low: float
    overhead_high: float
    overhead_of_injected_kernels: float
    overhead_of_injected_kernels_low: float
    overhead_of_injected_kernels_high: float
    overhead_without_gemm: float | None = None
    overhead_without_gemm_low: float | None = None
    overhead_without_gemm_high: float | None = None
    measured: Measured | None = None


class Table2(Part):
    """The paper's Table 2. ``techniques``: costs by "KERNEL=TECHNIQUE"."""

    device: str
    measured_on: MeasuredOn | None = None
    columns: dict[str, Column]
    techniques: dict[str, KernelCost]


class PlanScore(Part):
    """A plan of protection: what it is predicted to cost and to leave."""

    protection: Protected
    overhead: float
    overhead_low: float
    overhead_high: float
    failures: float
    critical: float
    due: float
    detected: float


class Named(Part):
    """What a point of the front is called: for programs, and for people."""

    key: str
    name: str


class NamedPlan(PlanScore, Named):
    """A point of the front that has a name."""


class Way(Part):
    """A choice for a kernel: what of its faults is left, by fate; ``elsewhere``: in other kernels."""

    technique: Technique | None
    left: Row
    seconds: float
    elsewhere: dict[str, Matrix] | None


class FailureWeights(Part):
    """What a failure of each kind weighs against a critical one."""

    critical: float
    due: float
    detected: float


class Found(Part):
    """Failures of the tested plan as they were measured, with their interval."""

    failures: float = _called("failures", "value")
    low: float
    high: float


class Planner(Part):
    """What was planned with, and the plans that have names."""

    weights: FailureWeights
    fates: list[Fate]
    seconds: float
    choices: dict[str, list[Way]]
    measured: Found
    chosen: PlanScore | None
    shs: PlanScore | None
    points: list[NamedPlan]


class Covered(Part):
    """What a technique did in a kernel: fates of the same faults, before (rows) and after (columns)."""

    kernel: str
    technique: Technique
    share: float
    becomes: Matrix
    elsewhere: dict[str, Matrix] | None


class Endings(Part):
    """How the injections of a mode ended."""

    injections: int
    critical: ShareOf
    MASKED: ShareOf
    CORRECTED: ShareOf
    DETECTED: ShareOf
    DUE: ShareOf
    MALFUNCTION: ShareOf
    INVALID_OUTPUT: ShareOf
    LIGHT_MALFUNCTION: ShareOf
    NO_MALFUNCTION: ShareOf


class Pairs(Part):
    """The same faults before and after, counted one by one; McNemar's exact test."""

    pairs: int
    critical_before: int = _called("critical_before", "before")
    critical_after: int = _called("critical_after", "after")
    both: int
    only_before: int
    only_after: int
    reduction: float | None
    p_value: float | None


class Replay(Part):
    """The campaign's own faults in the hardened program; ``no_counterpart``: ids of those without a site."""

    endings: Endings
    no_counterpart: list[int]
    errors: int
    protected_kernels: dict[Of, Pairs]
    all_kernels: dict[Of, Pairs]
    corrected_by_voters: dict[str, int]


class StruckPart(Part):
    """What part of an inference was struck, of its dynamic instructions and of its modelled time."""

    kernels: list[str]
    others: list[str]
    instructions: float
    seconds: float


class Verdict(Part):
    """The target for critical faults, and whether the hardened program keeps it."""

    target: float
    verdict: str
    observed: ShareOf
    injections_needed: int | None = _called("injections_needed", "needed")


class SurvivingFault(Part):
    """A fault of a protected kernel that still was critical."""

    view: str
    id: int
    mode: Mode
    model: str
    kernel: str
    launch: int
    block: int
    thread: int
    instruction: int
    offset: int
    sass: str
    target: str
    ending: str
    reason: str


class FailureRate(Part):
    """Failures by exposure, of a mode and model or of a mixture: share x exposure, the unhardened program's
    exposure = 1; bounds where none was seen; the ratio of both. What does not exist is None.
    """

    mode: Of
    model: str
    mixture: bool
    failure: str
    exposure: float
    n_before: int
    of_before: int
    n_after: int
    of_after: int
    below_before: float | None
    below_after: float | None
    before: float | None
    before_low: float | None
    before_high: float | None
    after: float | None
    after_low: float | None
    after_high: float | None
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    interval: str


class HardenFile(Part):
    """A study of hardening. ``campaign``: the fingerprint of the campaign that it is of; ``tolerance``: the
    least change of an output value that is critical; ``calibration``: bounds of ``range``; ``fault_free``:
    what it changes without any fault; ``plans``: how many were scored, ``pareto``: the front; ``before``,
    ``fresh``: injections into the plain program, and into the hardened one.
    """

    schema_: int = Field(alias="schema")
    campaign: dict[str, Any]
    tolerance: float
    protection: Protected
    calibration: dict[str, Any] | None
    fault_free: dict[str, int | float] | None
    ranking: list[RankedKernel]
    table2: Table2
    plans: int
    planner: Planner
    pareto: list[PlanScore]
    coverage: list[Covered]
    before: dict[Of, Endings]
    fresh: dict[Of | Literal["errors"], Endings | int]
    replay: Replay
    struck: StruckPart | None
    failures: list[FailureRate]
    benefit: list[str]
    verdict: Verdict | None
    survivors: list[SurvivingFault]


def checked(content: dict[str, Any]) -> dict[str, Any]:
    """The content as JSON types, in the order of the model. Raises ValidationError where it is another."""
    return HardenFile.model_validate(content).model_dump(mode="json", by_alias=True, exclude_unset=True)


def read_harden_json(path: Path) -> dict[str, Any] | None:
    """The content of a file; None where another version has written it. Raises CampaignError for what is no
    such file: the first field that is unknown, missing or of another type is named.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
        if isinstance(content, dict) and content.get("schema", SCHEMA) != SCHEMA:
            return None
        return checked(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "all of it"
        reason = f"{where}: {first['msg'].lower()}"
    except ValueError as error:
        reason = str(error)
    raise CampaignError(f"{path} cannot be read ({reason}); run sassafras harden again")
