"""A study of hardening made up from dice, stored as ``sassafras harden`` stores it."""

from __future__ import annotations

from tests.report.made_up import fill

from sassafras.analysis.exposure import compare_failures
from sassafras.analysis.struck import Struck
from sassafras.campaign.campaign import Campaign
from sassafras.faults.model import THREAD_MODES, FaultModel
from sassafras.hardening.choices import plans_of, program_exposures
from sassafras.hardening.coverage import Coverage
from sassafras.hardening.effects import turning
from sassafras.hardening.evaluate import FOLDER, Evaluation, paired
from sassafras.hardening.fates import Fate, Weights
from sassafras.hardening.gpu.measurement import MeasuredProgram, Measurement
from sassafras.hardening.outvoted import outvoted
from sassafras.hardening.overhead import CostBook
from sassafras.hardening.picking import named_points
from sassafras.hardening.plan import PlanName, launched, named_plan, protect
from sassafras.hardening.ranking import rank
from sassafras.hardening.residual import by_mode, judge
from sassafras.hardening.study import Study
from sassafras.hardening.survivors import Reason, Survivor
from sassafras.hardening.weighed import weighted_failures
from sassafras.hardening.workload import harden
from sassafras.kernels.cost import Cost
from sassafras.kernels.hardened.registry import techniques_of
from sassafras.kernels.hardened.technique import Technique
from sassafras.report.harden_json import write_harden_json

PROTECTION = protect({"im2col_gpu": Technique.TMR, "add_bias": Technique.DMR})
RATIOS = {
    (mode, model): 1.25 + 0.5 * number
    for mode in THREAD_MODES
    for number, model in enumerate((FaultModel.SINGLE_BIT, FaultModel.RANDOM_VALUE))
}  #: how often the hardened program is hit for once that the plain one is
FEWER = 40  #: injections per mode into the hardened program


def study(campaign: Campaign) -> Study:
    """Store the rows of a fresh campaign and write ``harden.json``."""
    network = harden(campaign.network, PROTECTION)
    settings = campaign.settings.model_copy(update={"injections": FEWER})
    name = f"{str(PROTECTION).replace(',', '+')}.fresh.sqlite"
    fresh = Campaign(campaign.folder / FOLDER, settings, network, campaign.images, store_name=name)
    fill(fresh, 2)
    made = _study(campaign, fresh)
    write_harden_json(made)
    return made


def _study(campaign: Campaign, fresh: Campaign) -> Study:
    rows, modes = campaign.injections(), campaign.settings.modes
    kernels = launched(campaign.network)
    ranking = rank(rows, campaign.settings.kernels, modes)
    order = [ranked.kernel for ranked in ranking]
    costs = _costs(campaign)
    becomes = turning(0.9, Fate.QUIET)
    measured = {("im2col_gpu", Technique.TMR): Coverage(becomes, 0.9, measured=True)}
    plans = plans_of(rows, campaign.settings.kernels, costs, measured, Weights())
    before, after = by_mode(rows, modes), by_mode(fresh.injections(), modes)
    replayed = fresh.injections()  # with ids of the campaign's faults, which is all that pairs need
    survivor = Survivor(
        *("fresh", 3, "RF", "single-bit", "im2col_gpu", 1, 0, 0, 5, 8, "MOV R1, R2", "REGISTER"),
        *("LIGHT_MALFUNCTION", Reason.VOTE),
    )
    return Study(
        campaign=campaign,
        before_rows=rows,
        ranking=ranking,
        costs=costs,
        named={n.value: named_plan(n, kernels, order, 2) for n in PlanName},
        protection=PROTECTION,
        plans=plans,
        points=named_points(plans),
        weighed=weighted_failures(
            rows,
            fresh.injections(),
            program_exposures(costs, PROTECTION, campaign.settings.kernels, modes),
            Weights(),
        ),
        coverages=measured,
        evaluation=Evaluation(
            harden(campaign.network, PROTECTION),
            replayed,
            frozenset({4}),
            0,
            fresh.injections(),
            1,
            (survivor,),
        ),
        before=before,
        after=after,
        protected_pairs={m.value: paired(rows, replayed, PROTECTION.kernels, m) for m in modes},
        all_pairs={m.value: paired(rows, replayed, None, m) for m in modes},
        outvoted=outvoted(rows, replayed, PROTECTION, modes),
        failures=compare_failures(rows, fresh.injections(), RATIOS),
        struck=Struck(campaign.settings.kernels, ("gemm",), 0.03, 0.04),
        judgement=judge(after["all"].critical, 0.001),
        measurement=_measurement(campaign, ["unhardened", *(n.value for n in PlanName), "chosen"]),
    )


def _measurement(campaign: Campaign, programs: list[str]) -> Measurement:
    """Milliseconds of a GPU that does not exist, and a few words that differ."""
    kernels = launched(campaign.network)
    return Measurement(
        "A made-up GPU",
        "sm_90",
        30,
        {
            name: MeasuredProgram(
                {kernel: 1e-5 * (k + 1) * (n + 1) for k, kernel in enumerate(kernels)},
                5e-4 * (n + 1),
                dict.fromkeys(kernels, 1000),
                {kernel: int(kernel == "softmax") for kernel in kernels},
            )
            for n, name in enumerate(programs)
        },
    )


def _costs(campaign: Campaign) -> CostBook:
    """Milliseconds that grow with the technique, and their band."""
    return CostBook(
        {
            (kernel, technique): _cost(k, 1e-4 * (n + 1) * (k + 1))
            for n, kernel in enumerate(launched(campaign.network))
            for k, technique in enumerate((None, *techniques_of(kernel)))
        }
    )


def _cost(techniques: int, seconds: float) -> Cost:
    """A band that grows with the technique."""
    ends = (seconds * (1 - 0.02 * techniques), seconds * (1 + 0.04 * techniques))
    return Cost(2, 1000 * (techniques + 1), seconds / 2, (seconds, *ends))
