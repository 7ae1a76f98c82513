"""``sassafras harden``: from a finished campaign to a plan that has been put to the test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.progress import Progress
from sassafras.errors import UsageError
from sassafras.faults.model import Mode
from sassafras.hardening.calibration import calibrated
from sassafras.hardening.coverage import Coverage, Coverages, coverage_of
from sassafras.hardening.evaluate import Evaluation, evaluate, paired
from sassafras.hardening.fault_free import FaultFree, compare_fault_free
from sassafras.hardening.gpu.driver import Driver
from sassafras.hardening.gpu.measurement import UNHARDENED, Measurement, measure
from sassafras.hardening.mcnemar import Paired
from sassafras.hardening.network import HardenedNetwork, harden
from sassafras.hardening.overhead import CostBook, cost_book
from sassafras.hardening.plan import PlanName, Protection, launched, named_plan, parse_protection
from sassafras.hardening.planner import Choice, Plans, enumerate_plans, pick
from sassafras.hardening.ranking import Ranked, rank
from sassafras.hardening.residual import Exposure, Judgement, Residual, by_mode, judge, residual
from sassafras.kernels.hardened.registry import techniques_of
from sassafras.kernels.hardened.technique import Technique


@dataclass(frozen=True)
class Wish:
    """What is asked for. ``protect``: as typed; ``plan``: a named one; ``budget``, ``target``: shares; None:
    not given. ``injections``: per mode, of the fresh view; None: as many as the campaign has. ``critical``:
    which faults are to be prevented.
    """

    protect: str | None = None
    plan: PlanName | None = None
    top: int = 2
    budget: float | None = None
    target: float | None = None
    injections: int | None = None
    critical: Criticality = PLAIN


@dataclass(frozen=True, eq=False)
class Study:
    """All answers. ``pairs``: McNemar's tests by mode, of the protected kernels and of all; ``plans``: scored
    with what has been measured; ``named``: the named plans that the network allows; ``measurement``: of the
    columns of Table 2 on a real GPU, None where none was asked for; ``fault_free``: what the protection
    changes without a fault, on the campaign's frames, None where no technique can change anything.
    ``critical``: what counted.
    """

    campaign: Campaign
    before_rows: pd.DataFrame
    ranking: tuple[Ranked, ...]
    costs: CostBook
    named: Mapping[str, Protection]
    protection: Protection
    plans: Plans
    coverages: Coverages
    evaluation: Evaluation
    before: Mapping[str, Residual]
    after: Mapping[str, Residual]
    protected_pairs: Mapping[str, Paired]
    all_pairs: Mapping[str, Paired]
    exposure: Exposure
    judgement: Judgement | None
    measurement: Measurement | None = None
    fault_free: FaultFree | None = None
    critical: Criticality = PLAIN

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
    kernels = launched(campaign.network)
    modes = campaign.settings.modes
    rows, critical = _asked(campaign), wish.critical
    ranking = rank(rows, [k for k in kernels if k in campaign.settings.kernels], modes, critical)
    wanted = None if wish.protect is None else parse_protection(wish.protect, kernels)
    arch = campaign.settings.arch
    costs = cost_book(campaign.network, campaign.images[0].pixels, arch, workers, progress)
    named = _named(kernels, ranking, wish.top)
    if wanted is None:
        wanted = _chosen(wish, named, plans_of(ranking, costs, known))
    wanted = calibrated(campaign, wanted)
    injections = wish.injections or campaign.settings.injections
    hardened = harden(campaign.network, wanted)
    evaluation = evaluate(campaign, hardened, injections, workers, progress, critical)
    measured = dict(known) | measured_coverages(rows, evaluation, critical)
    after = by_mode(evaluation.fresh, modes, critical)
    before = by_mode(rows, modes, critical)
    time = 1 + costs.overhead(wanted, campaign.settings.kernels)
    return Study(
        campaign=campaign,
        before_rows=rows,
        ranking=ranking,
        costs=costs,
        named=named,
        protection=wanted,
        plans=plans_of(ranking, costs, measured),
        coverages=measured,
        evaluation=evaluation,
        before=before,
        after=after,
        protected_pairs=_pairs(rows, evaluation, modes, wanted.kernels, critical),
        all_pairs=_pairs(rows, evaluation, modes, None, critical),
        exposure=Exposure(before["all"].critical, after["all"].critical, time),
        judgement=None if wish.target is None else judge(after["all"].critical, wish.target),
        fault_free=_fault_free(campaign, evaluation.network),
        critical=critical,
    )


def _fault_free(campaign: Campaign, hardened: HardenedNetwork) -> FaultFree | None:
    if not hardened.protection.changes_flow:
        return None
    return compare_fault_free(campaign.network, hardened, (image.pixels for image in campaign.images))


def measured(study: Study, driver: Driver, progress: Progress) -> Study:
    """The study with the columns of Table 2 measured on a GPU, which is closed then. Raises DeviceError."""
    campaign = study.campaign
    try:
        found = measure(driver, campaign.network, campaign.images[0].pixels, study.columns, progress)
    finally:
        driver.close()
    return replace(study, measurement=found)


def check_plain(campaign: Campaign) -> None:
    """Raise UsageError for a campaign whose rows do not each stand for as many faults, or were stopped when
    they looked good: ranking, replay and McNemar's test count rows of a uniform sample of a size fixed
    beforehand.
    """
    settings = campaign.settings
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


def _named(kernels: Sequence[str], ranking: Sequence[Ranked], top: int) -> dict[str, Protection]:
    """The named plans; ABFT only where some kernel has it."""
    order = [ranked.kernel for ranked in ranking]
    return {
        name.value: named_plan(name, kernels, order, top)
        for name in PlanName
        if name is not PlanName.ABFT or any(Technique.ABFT in techniques_of(k) for k in kernels)
    }


def _chosen(wish: Wish, named: Mapping[str, Protection], plans: Plans) -> Protection:
    if wish.plan is not None:
        if wish.plan.value not in named:
            raise UsageError(
                f"the network launches no kernel that has {wish.plan.value}; choose another plan"
            )
        return named[wish.plan.value]
    if wish.budget is None and wish.target is None:
        return named[PlanName.SHS.value]
    chosen = pick(plans, wish.budget, wish.target).protection
    if not chosen.chosen:
        raise UsageError("the unhardened program keeps that already: there is nothing to protect")
    return chosen


def plans_of(ranking: Sequence[Ranked], costs: CostBook, known: Coverages) -> Plans:
    """Every plan over the kernels that were injected into (of others nothing is known), scored."""
    choices = {
        ranked.kernel: [
            Choice(None, ranked.critical.value, 0.0),
            *(
                Choice(
                    technique,
                    ranked.critical.value * (1 - coverage_of(known, ranked.kernel, technique).share),
                    costs.costs[ranked.kernel, technique].seconds - costs.costs[ranked.kernel, None].seconds,
                )
                for technique in techniques_of(ranked.kernel)
            ),
        ]
        for ranked in ranking
    }
    return enumerate_plans(choices, costs.model(Protection()).seconds)


def measured_coverages(
    before: pd.DataFrame, evaluation: Evaluation, critical: Criticality = PLAIN
) -> dict[tuple[str, Technique], Coverage]:
    """1 - critical after / critical before, of the replayed faults of each protected kernel that had any."""
    found = {}
    for kernel, technique in evaluation.network.protection.chosen:
        reduction = paired(before, evaluation.replayed, [kernel], None, critical).reduction
        if reduction is not None:
            found[kernel, technique] = Coverage(max(0.0, reduction), measured=True)
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
