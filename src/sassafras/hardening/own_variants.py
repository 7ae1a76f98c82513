"""Hardened kernels that a workload file brings: the program with some of them instead of the plain ones,
compared without a fault, under new faults and under the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.analysis.exposure import Failures, compare_failures, relative
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.store.results import Store
from sassafras.errors import UsageError, did_you_mean
from sassafras.faults.ids import number_of
from sassafras.hardening.evaluate import FOLDER, added_time, paired, program_exposures, replay_faults
from sassafras.hardening.mcnemar import Paired
from sassafras.hardening.replay import NO_COUNTERPART
from sassafras.progress import Progress
from sassafras.simulation.raised_alarms import read_alarms
from sassafras.workload.inputs import Input
from sassafras.workload.own.load import OwnWorkload, workload_of
from sassafras.workload.result import Result
from sassafras.workload.workload import Workload

Choice = Mapping[str, str]  #: technique by kernel


def choices(workload: OwnWorkload) -> tuple[Choice, ...]:
    """One for each technique that the file has: every kernel that has it."""
    kernels = {} if workload.spec is None else workload.spec.kernels
    techniques = dict.fromkeys(name for kernel in kernels.values() for name in kernel.variants)
    return tuple(
        {label: technique for label, kernel in kernels.items() if technique in kernel.variants}
        for technique in techniques
    )


def parse_choice(workload: OwnWorkload, text: str) -> Choice:
    """``kernel=technique``, several with commas between them. Raises UsageError."""
    kernels = {} if workload.spec is None else workload.spec.kernels
    found: dict[str, str] = {}
    for entry in (part.strip() for part in text.split(",")):
        label, equals, technique = (word.strip() for word in entry.partition("="))
        if not equals:
            raise UsageError(f"{entry}: give KERNEL=TECHNIQUE, with a technique of the workload file")
        if label not in kernels:
            raise UsageError(f"{entry}: no kernel {label!r}; {did_you_mean(label, kernels)}".rstrip("; "))
        variants = kernels[label].variants
        if not variants:
            raise UsageError(
                f"{label} has no variant; give it one in the workload file: [kernels.{label}.variants]"
            )
        if technique not in variants:
            hint = did_you_mean(technique, variants)
            raise UsageError(f"{label} has no variant {technique!r}; {hint}there are: {', '.join(variants)}")
        if label in found:
            raise UsageError(f"{label} is named twice")
        found[label] = technique
    return found


def said(chosen: Choice) -> str:
    """A choice as it is typed."""
    return ",".join(f"{kernel}={technique}" for kernel, technique in chosen.items())


def with_variants(plain: OwnWorkload, chosen: Choice) -> OwnWorkload:
    """The workload with these variants instead of its kernels. Raises SassafrasError."""
    assert plain.spec is not None
    kernels = dict(plain.spec.kernels)
    for label, technique in chosen.items():
        kernels[label] = kernels[label].variants[technique].of(label)
    name = f"{plain.spec.name}, {said(chosen)}"
    spec = plain.spec.model_copy(update={"name": name, "kernels": kernels})
    return workload_of(spec, plain.folder, plain.architecture)


@dataclass(frozen=True)
class Bits:
    """Runs without a fault: ``inputs``, those whose outputs are ``other`` in any bit, and the largest change
    of a value (NaN where it is no number).
    """

    inputs: int
    other: int
    largest_change: float


def compare_bits(plain: Workload, hardened: OwnWorkload) -> Bits:
    """Run both on every input. Raises UsageError where an alarm is raised, and GoldenTrap."""
    other, changes = 0, [0.0]
    for given in hardened.given_inputs:
        before, after = _run(plain, given), _run(hardened, given)
        if before.tobytes() != after.tobytes():
            other += 1
            changes.append(float(np.abs(before.numbers.astype(np.float64) - after.numbers).max()))
    return Bits(len(hardened.given_inputs), other, max(changes))


def _run(workload: Workload, given: Input) -> Result:
    memory = workload.fresh_memory()
    workload.load(memory, *given.arrays)
    for planned in workload.plan:
        planned.run(memory, workload.architecture)
    if read_alarms(memory, workload) is not None:
        raise UsageError(
            f"{workload.name} raises its alarm without a fault: the words must be zero, and the variant must "
            "store to them only what it has noticed"
        )
    return workload.result(memory)


@dataclass(frozen=True, eq=False)
class VariantStudy:
    """What became of a choice. ``after``: rows of a campaign of its own; ``failures``: of both programs, by
    exposure; ``overhead``: modelled time beside the plain one's, None where no card is modelled;
    ``replayed``: rows of the plain campaign's faults once more; ``paired``: those beside what they were;
    ``no_counterpart``: how many have none.
    """

    chosen: Choice
    bits: Bits
    after: pd.DataFrame
    errors: int
    failures: tuple[Failures, ...]
    overhead: float | None
    replayed: pd.DataFrame
    paired: Paired
    no_counterpart: int
    replay_errors: int
    store: Path


def study_variants(
    campaign: Campaign,
    chosen: Choice,
    injections: int,
    workers: int,
    progress: Progress,
    critical: Criticality = PLAIN,
) -> VariantStudy:
    """Compare, inject as often as is asked for, and replay the campaign's faults. What is stored already is
    not run again. Raises SassafrasError.
    """
    plain = campaign.network
    assert isinstance(plain, OwnWorkload)
    fresh = variant_campaign(campaign, chosen, injections)
    assert isinstance(fresh.network, OwnWorkload)
    bits = compare_bits(plain, fresh.network)
    fresh.run(workers, progress)
    replayed, errors = _replayed(campaign, fresh, workers, progress)
    rows, own = fresh.injections(), campaign.injections()
    after = rows[rows["id"].isin(fresh.asked)].reset_index(drop=True)
    before = own[own["id"].isin(campaign.asked)].reset_index(drop=True)
    ratios = relative(program_exposures(campaign), program_exposures(fresh))
    without = errors["message"].str.startswith(NO_COUNTERPART)
    return VariantStudy(
        chosen,
        bits,
        after,
        len(fresh.errors()),
        compare_failures(before, after, ratios, critical=critical),
        added_time(campaign, fresh),
        replayed,
        paired(before, replayed, critical=critical),
        int(without.sum()),
        int((~without).sum()),
        fresh.store.path,
    )


def variant_campaign(campaign: Campaign, chosen: Choice, injections: int) -> Campaign:
    """The campaign of a choice's own, in a campaign's folder."""
    plain = campaign.network
    assert isinstance(plain, OwnWorkload)
    settings = campaign.settings.model_copy(update={"injections": injections})
    name = f"{said(chosen).replace(',', '+')}.fresh.sqlite"
    return Campaign(
        campaign.folder / FOLDER, settings, with_variants(plain, chosen), campaign.images, store_name=name
    )


def _replayed(
    campaign: Campaign, fresh: Campaign, workers: int, progress: Progress
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows and errors of the campaign's faults in the other program."""
    path = fresh.store.path.with_name(fresh.store.path.name.replace(".fresh.", ".replay."))
    store = Store(path, fresh.fingerprint() | {"replay": campaign.fingerprint()})
    try:
        known = store.known_ids()
        numbers = [number_of(one) for one in campaign.injections()["id"].tolist() if one not in known]
        with store.writing():
            replay_faults(campaign, fresh, store, numbers, workers, progress)
        rows, errors = store.injections(), store.errors()
    finally:
        store.close()
    return rows[rows["id"].isin(campaign.asked)].reset_index(drop=True), errors
