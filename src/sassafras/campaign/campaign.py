"""A campaign: profile, draw, inject, store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sassafras
from sassafras.campaign.design.from_store import CENSUS, STRATA, cells_of, design_of
from sassafras.campaign.design.lanes import Design, Standing
from sassafras.campaign.design.own_check import check_own_faults, check_own_sites
from sassafras.campaign.design.presets import preset_source
from sassafras.campaign.design.row_settings import row_settings
from sassafras.campaign.design.sampling import Sampler, strata_of
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.exact import NotCountable, classify, known_classes, with_proven
from sassafras.campaign.execution.chunks import pieces_of
from sassafras.campaign.execution.limits import check_faults
from sassafras.campaign.execution.workers import (
    Batch,
    OpenPool,
    Pool,
    Preparation,
    Prepared,
    ProcessPool,
    WorkerSetup,
)
from sassafras.campaign.fidelity import FIDELITY, Fidelity, fidelity_from, fidelity_of, stored_fidelity
from sassafras.campaign.made_inputs import made_inputs, with_fit_of
from sassafras.campaign.store.folder import is_unborn, make_folder, take_back
from sassafras.campaign.store.identity import MEANING
from sassafras.campaign.store.meaning import judged_by, launches_of, meaning
from sassafras.campaign.store.results import Store
from sassafras.campaign.store.store_errors import STORE_NAME, again
from sassafras.campaign.store.time_spent import KEY, TimeSpent, stored_seconds
from sassafras.campaign.summary import CampaignSummary, shown, summarize
from sassafras.campaign.usage import USAGE, KernelUsage, measure_usage, stored_usage, usage_of
from sassafras.emulator.profile import LaunchProfile
from sassafras.errors import CampaignError, CampaignInterrupted, UsageError
from sassafras.faults.census import Cell
from sassafras.faults.ids import number_of
from sassafras.faults.model import Draw, Mode
from sassafras.faults.population import ProfiledLaunch
from sassafras.kernels.registry import kernel
from sassafras.progress import Progress, Silence
from sassafras.simulation.check_golden import check_golden
from sassafras.simulation.frame_result import FrameResult
from sassafras.simulation.not_finite import ResultNotFinite, describe_not_finite
from sassafras.simulation.sweepable import check_sweepable
from sassafras.verify.samples import Sampling
from sassafras.workload.inputs import Input, bytes_of, check_arrays
from sassafras.workload.source import Source
from sassafras.workload.workload import Workload

if TYPE_CHECKING:
    import pandas as pd

BATCH = 512  #: injections that a worker does before it reports (what a crash may lose), up to a quarter more
FEWEST = 64  #: least that share a golden run, while there is more to do
PIECES = 4  #: batches per worker at least, so that all of them end at about the same time


class Campaign:
    """A campaign in a folder. An existing one is gone on with, if everything that decides its rows is the
    same; else CampaignError.

    ``network``: the workload; by default the source's. ``images``: its inputs; by default those that the
    source gives for the settings. ``source``: None: the preset's. ``store_name``: file of the rows, inside
    the folder. ``facts``: JSON values that a new store begins with. ``reading``: the rows are there and are
    only read; inputs are not needed, and the store may be of an older schema.
    """

    def __init__(
        self,
        folder: Path | str,
        settings: Settings | None = None,
        network: Workload | None = None,
        images: Sequence[Input] | None = None,
        *,
        store_name: str = STORE_NAME,
        source: Source | None = None,
        facts: Mapping[str, Any] | None = None,
        reading: bool = False,
    ) -> None:
        self.folder = Path(folder)
        settings = settings or Settings()
        self.source = source or preset_source(settings.preset)
        target = settings.architecture
        self.network = self.source.build(target) if network is None else network.on(target)
        self.settings = settings.for_network(self.network)
        images = images if images is not None or network is None else network.brought_inputs
        self.rendered = images is None and self.source.is_synthetic  #: inputs are made, not the user's
        if images is None:
            images = () if reading else made_inputs(self.source, self.network, self.settings)
        self.images = tuple(images)
        self.settings = with_fit_of(self.images, self.settings)
        if not reading:
            check_own_faults(self.network, self.settings.faults or (), len(self.images))
        self._launches = [p.index for p in self.network.plan if p.kernel in self.settings.kernels]
        if not self._launches:
            raise UsageError(f"{self.network.name} launches none of: {', '.join(self.settings.kernels)}")
        for image in self.images:
            check_arrays(f"image {image.name}", self.network.name, self.network.inputs, image.arrays)
        if not reading:
            check_faults(self.settings, len(strata_of(self.network, self.settings)))
        if self.settings.engine == "fast" and not reading:
            check_sweepable(self.network)
        self._profiles: dict[tuple[int, int], LaunchProfile] = {}
        self._store: Store | None = None
        if not reading and is_unborn(self.folder / store_name):
            check_own_sites(self.network, self.images, self.settings)
            check_golden(self.network, self.images)
        fingerprint = self.fingerprint()  # first: what cannot be run leaves no folder behind
        if reading:
            self._store = Store(self.folder / store_name, None)
            self._check_same_code(fingerprint)
            return
        made = make_folder(self.folder)
        self._made = None if (self.folder / store_name).exists() else made  # for a store that is new
        known = {
            "settings": self.settings.model_dump(mode="json"),
            STRATA: strata_of(self.network, self.settings),
        } | dict(facts or {})
        self._store = Store(self.folder / store_name, fingerprint, known)

    def __repr__(self) -> str:
        return repr(shown(self))

    def _repr_html_(self) -> str:
        return shown(self)._repr_html_()

    # identity -----------------------------------------------------------------------------------------

    def _check_same_code(self, fingerprint: Mapping[str, Any]) -> None:
        """Raise CampaignError where layers or instructions are no longer those that the rows name."""
        stored = self.store.meta("fingerprint")
        changed = [name for name in ("network", "programs") if stored.get(name) != fingerprint[name]]
        if "network" in changed and stored.get("network") == self.source.former_digest(self.network):
            changed.remove("network")
        if changed:
            self.store.close()
            raise CampaignError(
                f"{self.folder} holds another campaign (different: {', '.join(changed)}); check, compare and "
                "export read it all the same"
            )

    def fingerprint(self) -> dict[str, object]:
        """Everything that decides the rows. How many is left out (``injections``, ``until``): a campaign may
        be made longer.
        """
        frames = hashlib.sha256()
        for image in self.images:
            for content in bytes_of(image.arrays):
                frames.update(content)
        running = {p.kernel: p.spec for p in self.network.plan}
        programs = {
            k: (running.get(k) or kernel(k)).code(self.network.architecture).digest
            for k in sorted(self.settings.kernels)
        }
        return {
            "version": sassafras.__version__,
            MEANING: meaning(),
            "launches": launches_of(self.network),
            "network": self.network.digest,
            "frames": frames.hexdigest(),
            "programs": programs,
            **judged_by(self.network),
            **row_settings(self.settings),
        }

    @property
    def store(self) -> Store:
        """The campaign's store."""
        assert self._store is not None
        return self._store

    @property
    def planned(self) -> dict[Mode, int]:
        """Injections asked for, per mode; with a goal: so far."""
        asked = dict.fromkeys(self.settings.modes, 0)
        for standing in self.standings():
            asked[standing.lane.mode] += standing.asked
        return asked

    @property
    def asked(self) -> set[int]:
        """Ids of the faults asked for (with a goal: so far). The store may hold more."""
        return set().union(*self.design().asked(self.standings(), self.settings.modes).values())

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds spent so far: profile, inject, total."""
        return stored_seconds(self.store.meta(KEY))

    @property
    def self_check(self) -> dict[str, Any] | None:
        """What the self-check of the last start found (`verify.check.SelfCheck.to_json`)."""
        found: dict[str, Any] | None = self.store.meta("self_check")
        return found

    @property
    def frames(self) -> list[FrameResult]:
        """The frames and their golden results."""
        return [
            FrameResult(name, label, top1, confidence)
            for _, name, label, top1, confidence in self.store.frames()
        ]

    def injections(self) -> pd.DataFrame:
        """All stored injections (columns: ``record.Injection``), ordered by id."""
        return self.store.injections()

    def errors(self) -> pd.DataFrame:
        """Faults that could not be run (id, mode, message): ours, never outcomes."""
        return self.store.errors()

    # running ------------------------------------------------------------------------------------------

    def run(self, workers: int | OpenPool = 1, progress: Progress | None = None) -> CampaignSummary:
        """Run what is missing, by this many processes here or by a pool elsewhere (``dask_pool``), and say
        what there is now.

        Raises CampaignInterrupted on Ctrl-C, with everything finished stored, CampaignError while another
        process writes, and ResultNotFinite where the fault-free result is not; then a new store is gone.
        """
        self.store.check()
        try:
            with self.store.writing():
                self._run(workers, progress or Silence())
        except (ResultNotFinite, NotCountable):
            self.store.close()
            if self._made is not None:
                take_back(self.store.path, self._made)
            raise
        except KeyboardInterrupt as interrupt:
            done = len(self.store.known_ids() & self.asked)
            total = sum(self.planned.values())
            raise CampaignInterrupted(
                f"stopped: {done} of {total} injections are stored in {self.folder}; {again(self.store.path)}"
            ) from interrupt
        return summarize(self)

    def _run(self, workers: int | OpenPool, progress: Progress) -> None:
        self.store.put_meta("settings", self.settings.model_dump(mode="json"))
        self._time = TimeSpent(self.store)
        self._time.begin("total")
        try:
            with self._pool(workers) as pool:
                self._time.begin("profile")
                self._prepare(pool, progress)
                self.store.put_meta(CENSUS, [asdict(cell) for cell in self._sampler.census()])
                classify(self.store, self._sampler, pool, progress)
                self._time.end("profile")
                self._time.begin("inject")
                self._inject(pool, workers if isinstance(workers, int) else FEWEST, progress)
                self._time.end("inject")
            self.store.put_meta(USAGE, stored_usage(measure_usage(self)))
            found = fidelity_of(self.network, self.profiled_launches())
            self.store.put_meta(FIDELITY, stored_fidelity(found))
        finally:
            self._time.end("total")

    def _pool(self, workers: int | OpenPool) -> Pool:
        setup = WorkerSetup(self.network, self.images, self.settings.rules)
        if isinstance(workers, int):
            return ProcessPool(setup, workers)
        return workers(replace(setup, proof=self._sampling))

    @property
    def _sampling(self) -> Sampling:
        return Sampling(self.settings.kernels, self.settings.seed)

    def _prepare(self, pool: Pool, progress: Progress) -> None:
        """Profiles, golden results of the frames (made where the injections will be: workers remember their
        frames) and the short self-check of a worker, kept in the store. Raises SelfCheckFailed.
        """
        rows = []
        golden = len(self.store.frames()) < len(self.images)
        for frame, done in self._prepared(pool, progress, golden=golden, proof=self._sampling):
            if done.result is not None and not done.result.is_finite:
                raise describe_not_finite(self.network, self.images[frame])
            if done.check is not None:
                self.store.put_meta("self_check", done.check.to_json())
                done.check.demand()
            if done.result is not None:
                image, said = self.images[frame], self.network.judge(done.result, done.result)
                rows.append((frame, image.name, image.label, said.top1, said.confidence))
        if golden:
            self.store.put_frames(sorted(rows))

    def profile(self, pool: Pool, progress: Progress) -> None:
        """Golden profiles of every launch of the campaign's kernels on every frame."""
        for _ in self._prepared(pool, progress):
            pass

    def _prepared(
        self, pool: Pool, progress: Progress, *, golden: bool = False, proof: Sampling | None = None
    ) -> Iterator[tuple[int, Prepared]]:
        """Every frame, with what a worker found; the profiles are kept. The first frame's worker gives
        ``proof`` of itself.
        """
        progress.begin("profile", len(self.images) * len(self._launches))
        launches = tuple(self._launches)
        frames = range(len(self.images))
        wanted = [Preparation(k, launches, golden, proof if k == 0 else None) for k in frames]
        for frame, done in pool.map("prepare", [(one,) for one in wanted], frames):
            for number, found in zip(launches, done.profiles, strict=True):
                self._profiles[frame, number] = self._shared(number, found)
            progress.advance(len(done.profiles))
            yield frame, done
        progress.end()

    def _shared(self, number: int, found: LaunchProfile) -> LaunchProfile:
        """The equal profile of another frame, where there is one: most kernels do the same on every frame."""
        others = (self._profiles.get((frame, number)) for frame in range(len(self.images)))
        return next((other for other in others if other is not None and other.equals(found)), found)

    def profiled_launches(self) -> list[ProfiledLaunch]:
        """Every profiled launch, frame by frame in launch order."""
        return self._sampler.launches

    def draws(self, wanted: Iterable[tuple[Mode, int]]) -> list[Draw]:
        """The faults of these (mode, number), mode by mode."""
        return self._sampler.draws(wanted, self.design())

    @cached_property
    def _sampler(self) -> Sampler:
        """Only after `profile`."""
        return Sampler(self.network, self.settings, self.images, self._launches, self._profiles)

    def longest(self, frame: int, launch: int) -> int:
        """Dynamic instructions of the longest golden thread of a profiled launch."""
        return self._profiles[frame, launch].longest

    # design -------------------------------------------------------------------------------------------

    @property
    def census(self) -> tuple[Cell, ...]:
        """Sites of every mode, fault model, kernel and layer; empty before the campaign has run."""
        return cells_of(self.store.meta(CENSUS))

    @property
    def usage(self) -> tuple[KernelUsage, ...]:
        """Every kernel of an inference; empty before the campaign has run, or where no card is modelled."""
        return usage_of(self.store.meta(USAGE))

    @property
    def fidelity(self) -> Fidelity | None:
        """What was exact of the fault-free run; None before the campaign has run."""
        return fidelity_from(self.store.meta(FIDELITY))

    def design(self) -> Design:
        """Which faults the settings ask for."""
        strata = strata_of(self.network, self.settings)
        return design_of(self.settings, strata, self.census, known_classes(self.store))

    def standings(self) -> tuple[Standing, ...]:
        """How far each mode, or each stratum of each mode, is."""
        return self.design().standings(self.store.endings())

    def missing(self) -> list[tuple[Mode, int]]:
        """Faults (mode, number) that have been asked for and neither injected nor failed."""
        known = self.store.known_ids()
        design = self.design()
        wanted = [
            (number_of(fault)[1], s.lane.mode)
            for s in self.standings()
            if not s.finished
            for fault in design.ids(s.lane, 0, s.end)
            if fault not in known
        ]
        return [(mode, number) for number, mode in sorted(wanted, key=lambda found: found[0])]

    def _inject(self, pool: Pool, workers: int, progress: Progress) -> None:
        """Inject what is missing; with a goal, round after round until nothing is missing any more."""
        missing = self.missing()
        self._inject_round(missing, pool, workers, progress)
        while self.settings.until is not None and (missing := self.missing()):
            self._inject_round(missing, pool, workers, progress)

    def _inject_round(
        self, missing: list[tuple[Mode, int]], pool: Pool, workers: int, progress: Progress
    ) -> None:
        progress.begin("inject", len(missing))
        batches = self._batches(self.draws(missing), workers)
        for _, result in pool.map("inject", [(batch,) for batch in batches], [b.frame for b in batches]):
            facts = {KEY: self._time.until_now(), **with_proven(self.store, result)}
            self.store.add(result.rows, result.errors, facts)
            progress.advance(len(result.rows) + len(result.errors))
        progress.end()

    def _batches(self, draws: list[Draw], workers: int) -> list[Batch]:
        """Draws in pieces (``pieces_of``)."""
        size = min(BATCH, max(FEWEST, -(-len(draws) // (PIECES * workers))))
        return [Batch(frame, tuple(own)) for frame, own in pieces_of(draws, size)]
