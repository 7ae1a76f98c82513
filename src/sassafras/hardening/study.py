"""``sassafras harden``: from a finished campaign to a plan that has been put to the test."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.analysis.exposure import Failures, compare_failures
from sassafras.analysis.own import demand_sample
from sassafras.analysis.struck import Struck, struck_part
from sassafras.analysis.weighted import Estimate
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.execution.limits import check_faults
from sassafras.errors import UsageError
from sassafras.faults.model import Mode
from sassafras.hardening.calibration import calibrated
from sassafras.hardening.choices import plans_of, program_exposures
from sassafras.hardening.coverage import Coverage, Coverages, measure_coverage, measure_elsewhere
from sassafras.hardening.evaluate import Evaluation, evaluate, paired
from sassafras.hardening.fates import USUAL, Weights
from sassafras.hardening.fault_free import FaultFree, compare_fault_free
from sassafras.hardening.gpu.driver import Driver
from sassafras.hardening.gpu.measurement import UNHARDENED, Measurement, measure
from sassafras.hardening.mcnemar import Paired
from sassafras.hardening.outvoted import outvoted
from sassafras.hardening.overhead import CostBook, cost_book
from sassafras.hardening.picking import Point, named_points, pick
from sassafras.hardening.plan import PlanName, Protection, launched, named_plan, parse_protection
from sassafras.hardening.planner import Plans
from sassafras.hardening.ranking import Ranked, rank
from sassafras.hardening.refused import refused
from sassafras.hardening.residual import Judgement, Residual, by_mode, judge, residual
from sassafras.hardening.weighed import weighted_failures
from sassafras.hardening.workload import HardenedWorkload, harden
from sassafras.kernels.hardened.registry import NETWORK
from sassafras.kernels.hardened.technique import Technique
from sassafras.progress import Progress

TOP = 2  #: kernels that the plan ``shs`` protects, where nobody says how many


@dataclass(frozen=True)
class Wish:
    """What is asked for. ``protect``: as typed; ``plan``: a named one; ``top``: kernels that ``shs``
    protects; ``budget`` (an overhead, from 0), ``target`` (a share of the faults, between 0 and 1); None: not
    given. ``injections``: per mode, of the fresh view; None: as many as the campaign has. ``weights``: of the
    failures that the planner weighs; ``critical``: which faults are to be prevented. Raises UsageError for
    values that mean nothing or belong to another plan.
    """

    protect: str | None = None
    plan: PlanName | None = None
    top: int | None = None
    budget: float | None = None
    target: float | None = None
    injections: int | None = None
    weights: Weights = USUAL
    critical: Criticality = PLAIN

    def __post_init__(self) -> None:
        if self.target is not None and not 0 < self.target < 1:
            raise UsageError(
                f"a target of {self.target * 100:g} %: give the share of faults that may be critical, above "
                "0 and below 100 %, such as 0.1%"
            )
        if self.budget is not None and not 0 <= self.budget < math.inf:
            raise UsageError(f"a budget of {self.budget * 100:g} %: give an overhead from 0, such as 5%")
        if self.top is None:
            return
        if self.top < 1:
            raise UsageError(f"top {self.top}: at least one kernel is to be protected")
        other = self.protect is not None or (self.budget is not None or self.target is not None)
        if self.plan is not PlanName.SHS and (self.plan is not None or other):
            raise UsageError(f"--top {self.top} is of the plan shs: give --plan shs with it, or leave it out")


@dataclass(frozen=True, eq=False)
class Study:
    """All answers. ``pairs``: McNemar's tests by mode, of the protected kernels and of all; ``plans``:
    scored with what has been measured; ``points``: those of its front that have names; ``weighed``: weighted
    failures of the fresh view; ``named``: the named plans that the network allows; ``outvoted``: replayed
    faults that voters corrected, by mode and "all"; ``failures``: of both programs, by exposure; ``struck``:
    what part of the inference that is about, None where it is not known; ``measurement``: of the columns of
    Table 2 on a real GPU, None where none was asked for; ``critical``: what counted; ``fault_free``: what the
    protection changes without a fault, on the campaign's frames, None where no technique can change anything;
    ``refused``: kernels and techniques that were not offered, and why.
    """

    campaign: Campaign
    before_rows: pd.DataFrame
    ranking: tuple[Ranked, ...]
    costs: CostBook
    named: Mapping[str, Protection]
    protection: Protection
    plans: Plans
    points: tuple[Point, ...]
    weighed: Estimate
    coverages: Coverages
    evaluation: Evaluation
    before: Mapping[str, Residual]
    after: Mapping[str, Residual]
    protected_pairs: Mapping[str, Paired]
    all_pairs: Mapping[str, Paired]
    outvoted: Mapping[str, int]
    failures: tuple[Failures, ...]
    struck: Struck | None
    judgement: Judgement | None
    measurement: Measurement | None = None
    critical: Criticality = PLAIN
    fault_free: FaultFree | None = None
    refused: Mapping[tuple[str, Technique], str] = field(default_factory=dict)

    @property
    def columns(self) -> dict[str, Protection]:
        """The columns of Table 2: unhardened, the named plans, the chosen one where it is none of them."""
        columns = {UNHARDENED: Protection(), **self.named}
        if self.protection not in columns.values():
            columns["chosen"] = self.protection
        return columns


def study(campaign: Campaign, wish: Wish, known: Coverages, workers: int, progress: Progress) -> Study:
    """Rank, cost, choose, harden, inject. ``known``: coverages measured before. Raises UsageError for what
    cannot be had.
    """
    check_plain(campaign)
    injections = wish.injections or campaign.settings.injections
    check_faults(campaign.settings.model_copy(update={"injections": injections}), 1)
    kernels = launched(campaign.network)
    modes = campaign.settings.modes
    rows, critical = _asked(campaign), wish.critical
    ranking = rank(rows, [k for k in kernels if k in campaign.settings.kernels], modes, critical)
    wanted = None if wish.protect is None else parse_protection(wish.protect, kernels)
    not_offered = refused(campaign.network)
    for pair in () if wanted is None else wanted.chosen:
        if pair in not_offered:
            raise UsageError(not_offered[pair])
    costs = cost_book(campaign.network, campaign.images[0], workers, progress)
    named = _named(kernels, ranking, wish.top or TOP, costs)
    injected = [ranked.kernel for ranked in ranking]
    if wanted is None:
        wanted = _chosen(wish, named, plans_of(rows, injected, costs, known, wish.weights, critical))
    wanted = calibrated(campaign, wanted)
    hardened = harden(campaign.network, wanted)
    evaluation = evaluate(campaign, hardened, injections, workers, progress, critical)
    measured = dict(known) | measured_coverages(rows, evaluation, critical)
    after = by_mode(evaluation.fresh, modes, critical)
    before = by_mode(rows, modes, critical)
    plans = plans_of(rows, injected, costs, measured, wish.weights, critical)
    return Study(
        campaign=campaign,
        before_rows=rows,
        ranking=ranking,
        costs=costs,
        named=named,
        protection=wanted,
        plans=plans,
        points=named_points(plans, wish.budget, wish.target),
        weighed=weighted_failures(
            rows,
            evaluation.fresh,
            program_exposures(costs, wanted, injected, modes),
            wish.weights,
            critical,
        ),
        coverages=measured,
        evaluation=evaluation,
        before=before,
        after=after,
        protected_pairs=_pairs(rows, evaluation, modes, wanted.kernels, critical),
        all_pairs=_pairs(rows, evaluation, modes, None, critical),
        outvoted=outvoted(rows, evaluation.replayed, wanted, modes),
        failures=compare_failures(rows, evaluation.fresh, evaluation.exposures, critical=critical),
        struck=struck_part(evaluation.usage, campaign.settings.kernels),
        judgement=None if wish.target is None else judge(after["all"].critical, wish.target),
        critical=critical,
        refused=not_offered,
        fault_free=_fault_free(campaign, evaluation.network),
    )


def _fault_free(campaign: Campaign, hardened: HardenedWorkload) -> FaultFree | None:
    if not hardened.protection.changes_flow:
        return None
    return compare_fault_free(campaign.network, hardened, campaign.images)


def measured(study: Study, driver: Driver, progress: Progress) -> Study:
    """The study with the columns of Table 2 measured on a GPU, which is closed then. Raises DeviceError."""
    campaign = study.campaign
    try:
        found = measure(driver, campaign.network, campaign.images[0], study.columns, progress)
    finally:
        driver.close()
    return replace(study, measurement=found)


def check_plain(campaign: Campaign) -> None:
    """Raise UsageError for a campaign whose rows do not each stand for as many faults, or were stopped when
    they looked good: ranking, replay and McNemar's test count rows of a uniform sample of a size fixed
    beforehand. Nor for one that strikes memory.
    """
    settings = campaign.settings
    demand_sample(campaign.folder, settings)
    if Mode.MEM in settings.modes:
        raise UsageError(
            f"{campaign.folder} strikes device memory too (mode MEM), which techniques of kernels do not "
            "protect (see --ecc): run a campaign of the other modes into another folder, and harden that"
        )
    if settings.stratify is not None:
        raise UsageError(
            f"{campaign.folder} was stratified by {settings.stratify}: its rows do not count alike; "
            "harden takes a uniform campaign (sassafras run without --stratify, into another folder)"
        )
    if settings.until is not None:
        most = max(campaign.planned.values())
        raise UsageError(
            f"{campaign.folder} was stopped by --until: harden takes a number fixed beforehand; give "
            f"its command again with --injections ({most} or more) instead of --until (its rows are kept)"
        )


def _asked(campaign: Campaign) -> pd.DataFrame:
    """The injections that the campaign's settings ask for."""
    rows = campaign.injections()
    return rows[rows["id"].isin(campaign.asked)].reset_index(drop=True)


def _named(
    kernels: Sequence[str], ranking: Sequence[Ranked], top: int, costs: CostBook
) -> dict[str, Protection]:
    """The named plans; ABFT only where some kernel has it."""
    order = [ranked.kernel for ranked in ranking]
    return {
        name.value: named_plan(name, kernels, order, top)
        for name in PlanName
        if name is not PlanName.ABFT or any((k, Technique.ABFT) in costs.costs for k in kernels)
    }


def _chosen(wish: Wish, named: Mapping[str, Protection], plans: Plans) -> Protection:
    if wish.plan is not None:
        if wish.plan.value not in named:
            raise UsageError(f"the network has no kernel that takes {wish.plan.value}; choose another plan")
        return named[wish.plan.value]
    if wish.budget is None and wish.target is None:
        return named[PlanName.SHS.value]
    chosen = pick(plans, wish.budget, wish.target).protection
    if not chosen.chosen:
        raise UsageError("the unhardened program keeps that already: there is nothing to protect")
    return chosen


def measured_coverages(
    before: pd.DataFrame, evaluation: Evaluation, critical: Criticality = PLAIN
) -> dict[tuple[str, Technique], Coverage]:
    """What became of the replayed faults of each protected kernel, of those that had critical ones; and of
    the faults in unprotected kernels, where one technique alone acts on them.
    """
    found, chosen = {}, evaluation.network.protection.chosen
    acting = [technique for _, technique in chosen if technique.changes_flow]
    others = sorted(set(before["kernel"]) - {kernel for kernel, _ in chosen})
    for kernel, technique in chosen:
        own = before[before["kernel"] == kernel]
        coverage = measure_coverage(own, evaluation.replayed, technique, critical)
        if kernel == NETWORK:
            continue  # known exactly beforehand
        if acting == [technique]:
            after = evaluation.replayed
            coverage = measure_elsewhere(coverage, technique, before, after, others, critical)
        if coverage is not None:
            found[kernel, technique] = coverage
    return found


def _pairs(
    before: pd.DataFrame,
    evaluation: Evaluation,
    modes: Sequence[Mode],
    kernels: Sequence[str] | None,
    critical: Criticality,
) -> dict[str, Paired]:
    replayed = evaluation.replayed
    pairs = {m.value: paired(before, replayed, kernels, m, critical) for m in modes}
    return pairs | {"all": paired(before, replayed, kernels, None, critical)}


def replayed_residual(study: Study, mode: Mode | None = None) -> Residual:
    """Endings of the replayed faults."""
    return residual(study.evaluation.replayed, mode, study.critical)
