"""A hardened network under fire: the same faults once more, and new ones over its own population."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.analysis.exposure import Exposures, exposures, relative
from sassafras.campaign.campaign import BATCH, Campaign
from sassafras.campaign.execution.chunks import pieces_of
from sassafras.campaign.execution.workers import Batch, BatchResult, ProcessPool, WorkerSetup
from sassafras.campaign.store.results import Store
from sassafras.campaign.usage import KernelUsage, measure_usage
from sassafras.faults.ids import number_of
from sassafras.faults.model import Draw, Mode
from sassafras.hardening.added import added_kernels
from sassafras.hardening.calibration import calibration_facts
from sassafras.hardening.mcnemar import Paired, mcnemar
from sassafras.hardening.plan import Protection
from sassafras.hardening.replay import NO_COUNTERPART, ReplaySetup, placed
from sassafras.hardening.survivors import Survivor, survivors
from sassafras.hardening.workload import HardenedWorkload
from sassafras.progress import Progress
from sassafras.simulation.record import Injection, injection_of
from sassafras.simulation.workbench import Workbench

FOLDER = "harden"  #: of a campaign's folder: the stores of its evaluations


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Both views of a protection. ``replayed``: rows of the same faults (ids are the campaign's);
    ``no_counterpart``: ids of faults without a counterpart; ``fresh``: rows of a campaign of its own;
    ``exposures``: how often the hardened program is hit for once that the plain one is; ``usage``: the plain
    inference by kernel.
    """

    network: HardenedWorkload
    replayed: pd.DataFrame
    no_counterpart: frozenset[int]
    replay_errors: int
    fresh: pd.DataFrame
    fresh_errors: int
    survivors: tuple[Survivor, ...]
    exposures: Exposures = field(default_factory=dict)
    usage: tuple[KernelUsage, ...] = ()


def fresh_store(folder: Path, protection: Protection) -> Path:
    """Where the rows of the hardened program's own campaign are kept, in a campaign's folder."""
    return folder / FOLDER / f"{_stem(protection)}.fresh.sqlite"


def _stem(protection: Protection) -> str:
    return str(protection).replace(",", "+")


def evaluate(
    campaign: Campaign,
    network: HardenedWorkload,
    injections: int,
    workers: int,
    progress: Progress,
    critical: Criticality = PLAIN,
) -> Evaluation:
    """Inject into a hardened network, both views. What is stored already is not run again.

    ``injections``: per mode, for the fresh view. ``critical``: which faults are survivors.
    """
    path = fresh_store(campaign.folder, network.protection)
    kernels = (*campaign.settings.kernels, *added_kernels(network.protection, campaign.settings.kernels))
    settings = campaign.settings.model_copy(update={"injections": injections, "kernels": kernels})
    facts = calibration_facts(network.protection)
    fresh = Campaign(path.parent, settings, network, campaign.images, store_name=path.name, facts=facts)
    fresh.run(workers, progress)
    replay = path.parent / f"{_stem(network.protection)}.replay.sqlite"
    store = Store(replay, fresh.fingerprint() | {"replay": campaign.fingerprint()}, facts)
    with store.writing():
        _replay(campaign, fresh, network, store, workers, progress)
    errors = store.errors()
    without = errors["message"].str.startswith(NO_COUNTERPART)
    replayed = store.injections()
    replayed = replayed[replayed["id"].isin(campaign.asked)].reset_index(drop=True)
    fresh_rows = fresh.injections()
    fresh_rows = fresh_rows[fresh_rows["id"].isin(fresh.asked)].reset_index(drop=True)
    bench = Workbench(network, campaign.images)
    protected = network.protection.kernels
    found = [
        *survivors("replay", replayed, protected, bench, fresh.longest, critical),
        *survivors("fresh", fresh_rows, protected, bench, fresh.longest, critical),
    ]
    usage = measure_usage(campaign)  # the store's may be an older version's; its profiles are known by now
    return Evaluation(
        network,
        replayed,
        frozenset(int(n) for n in errors["id"][without]),
        int((~without).sum()),
        fresh_rows,
        len(fresh.errors()),
        tuple(found),
        relative(program_exposures(campaign, usage), program_exposures(fresh)),
        usage,
    )


def program_exposures(campaign: Campaign, usage: tuple[KernelUsage, ...] | None = None) -> Exposures:
    """How often a campaign's kernels are hit in one run. ``usage``: instead of what its store says."""
    kernels = campaign.settings.kernels
    return exposures(
        campaign.census, campaign.usage if usage is None else usage, kernels, len(campaign.images)
    )


def added_time(campaign: Campaign, fresh: Campaign) -> float | None:
    """Modelled time of a program's launches beside the plain one's, as a share that is added; None where no
    card is modelled.
    """
    before, after = (sum(one.seconds for one in each.usage) for each in (campaign, fresh))
    return after / before - 1 if before > 0 else None


def _replay(
    campaign: Campaign,
    fresh: Campaign,
    network: HardenedWorkload,
    store: Store,
    workers: int,
    progress: Progress,
) -> None:
    """Store a row for every fault of the campaign. Faults in kernels that are not hardened keep theirs: the
    same site, code and memory, and what runs behind computes the same bits. Where that is not so
    (``changes_flow``: something notices, repairs or bounds), every fault is run again.
    """
    known = store.known_ids()
    rows = campaign.injections()
    rows = rows[~rows["id"].isin(known)]
    hardened = rows["kernel"].isin(network.protection.kernels)
    same_flow = not network.protection.changes_flow
    if same_flow and campaign.network.layout.nbytes == network.layout.nbytes:
        store.add(_records(rows[~hardened]))
        rows = rows[hardened]
    numbers = [number_of(fault) for fault in rows["id"].tolist()]
    replay_faults(campaign, fresh, store, numbers, workers, progress)


def replay_faults(
    campaign: Campaign,
    fresh: Campaign,
    store: Store,
    numbers: list[tuple[Mode, int]],
    workers: int,
    progress: Progress,
) -> None:
    """Store a row, or an error, for each of these faults of the campaign in the program of the other."""
    _profile(campaign, workers, progress)
    batches = _batches(fresh, campaign.draws(numbers) if numbers else [])
    setup = ReplaySetup(campaign.network, fresh.network, campaign.images, campaign.settings.rules)
    progress.begin("replay", len(numbers))
    with ProcessPool(setup, workers) as pool:
        for _, result in pool.map("replay", [(b,) for b in batches], [b.frame for b in batches]):
            assert isinstance(result, BatchResult)
            store.add(result.rows, result.errors)
            progress.advance(len(result.rows) + len(result.errors))
    progress.end()


def _profile(campaign: Campaign, workers: int, progress: Progress) -> None:
    """Profiles of the plain campaign (kept on disk since it ran)."""
    s = campaign.settings
    with ProcessPool(WorkerSetup(campaign.network, campaign.images, s.rules), workers) as pool:
        campaign.profile(pool, progress)


def _batches(fresh: Campaign, draws: list[Draw]) -> list[Batch]:
    placed_draws = [placed(draw, fresh.network, fresh.longest) for draw in draws]
    return [Batch(frame, tuple(own)) for frame, own in pieces_of(placed_draws, BATCH)]


def _records(rows: pd.DataFrame) -> list[Injection]:
    """Rows of a frame as records."""
    return [injection_of({str(k): v for k, v in row.items()}) for row in rows.to_dict("records")]


def paired(
    before: pd.DataFrame,
    after: pd.DataFrame,
    kernels: Sequence[str] | None = None,
    mode: Mode | None = None,
    critical: Criticality = PLAIN,
) -> Paired:
    """McNemar's test on the faults in both frames, by id; of some kernels or a mode only if asked."""
    chosen = before
    if kernels is not None:
        chosen = chosen[chosen["kernel"].isin(kernels)]
    if mode is not None:
        chosen = chosen[chosen["mode"] == mode.value]
    first = pd.Series(critical.rows(chosen).to_numpy(bool), index=chosen["id"])
    second = pd.Series(critical.rows(after).to_numpy(bool), index=after["id"])
    common = first.index.intersection(second.index)
    a, b = first[common].to_numpy(bool), second[common].to_numpy(bool)
    return mcnemar(int((a & b).sum()), int((a & ~b).sum()), int((~a & b).sum()), int((~a & ~b).sum()))
