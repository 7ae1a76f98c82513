"""FIT of a campaign's program, and of every protection of it that `sassafras harden` has put to the test."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pydantic import ValidationError

from sassafras.analysis.avf import ResidentLaunch, avf_cells, register_file_bits, resident_launches, strikes
from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.analysis.fit import (
    Ecc,
    Fit,
    FitOutcome,
    Rates,
    Verdict,
    fit_of,
    fit_table,
    unknown_fit,
    within_limit,
)
from sassafras.analysis.own import demand_sample
from sassafras.analysis.raw_rates import MULTI_BIT, MultiBitShare, RateBand, band_of
from sassafras.architectures.device import Device
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.counting import launch_costs
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.shape import shape_of
from sassafras.campaign.store.results import read_meta
from sassafras.errors import CampaignError, UsageError
from sassafras.hardening.calibration import as_stored
from sassafras.hardening.evaluate import FOLDER
from sassafras.hardening.plan import Protection, launched, parse_protection
from sassafras.hardening.workload import harden
from sassafras.progress import Progress

FRESH = ".fresh.sqlite"  #: end of the name of an evaluation's own campaign


@dataclass(frozen=True, eq=False)
class ProgramFit:
    """A program: what its launches allocate, the strikes in them, and every rate (`fit_table`)."""

    protection: Protection
    launches: tuple[ResidentLaunch, ...]
    cells: pd.DataFrame
    table: pd.DataFrame

    @property
    def name(self) -> str:
        """The protection in words."""
        return str(self.protection) if self.protection.chosen else "unhardened"

    @property
    def outcomes(self) -> tuple[FitOutcome, ...]:
        """What can become of its faults: nothing is DETECTED without protection."""
        return possible_outcomes(self.protection)

    @property
    def seconds(self) -> float:
        """Modelled seconds of an inference."""
        return float(self.cells["seconds"].sum())


@dataclass(frozen=True, eq=False)
class FitStudy:
    """All programs, the unhardened one first. ``injected``: kernels of the campaign; ``unfinished``: names of
    evaluations that were left out. ``critical``: what counts as critical.
    """

    device: Device
    arch: str
    rates: Rates
    injected: tuple[str, ...]
    programs: tuple[ProgramFit, ...]
    unfinished: tuple[str, ...]
    critical: Criticality = PLAIN

    @property
    def missing(self) -> tuple[str, ...]:
        """Kernels of the inference that nothing was injected into."""
        every = dict.fromkeys(self.programs[0].cells["kernel"])
        return tuple(kernel for kernel in every if kernel not in self.injected)

    def known(self, program: ProgramFit) -> pd.DataFrame:
        """The cells of a program's injected kernels."""
        return program.cells[program.cells["kernel"].isin(self.injected)]

    def rest(self, program: ProgramFit) -> pd.DataFrame:
        """The cells of its other kernels."""
        return program.cells[~program.cells["kernel"].isin(self.injected)]

    def fit(self, program: ProgramFit, outcome: FitOutcome, ecc: Ecc) -> Fit:
        """The rate of the injected kernels."""
        return fit_of(self.known(program), outcome, ecc, self.rates)

    def more(self, program: ProgramFit, ecc: Ecc) -> float:
        """What the other kernels may add to it, at most."""
        return unknown_fit(self.rest(program), ecc, self.rates).high

    def verdict(self, program: ProgramFit, ecc: Ecc) -> Verdict:
        """Whether a whole inference stays below the limit."""
        return within_limit(program.cells, self.injected, ecc, self.rates)


def fit_study(
    campaign: Campaign,
    band: RateBand | None,
    multi_bit: MultiBitShare | None,
    workers: int,
    progress: Progress,
    critical: Criticality = PLAIN,
) -> FitStudy:
    """FIT from a finished campaign. ``band``, ``multi_bit`` None: the cited ones. ``critical``: what counts
    as critical.

    Raises UsageError where the campaign holds no single-bit strikes of the register file, where no rate is
    known, or for an architecture without a card.
    """
    demand_sample(campaign.folder, campaign.settings)
    target = campaign.network.architecture
    device = target.modelled_card()
    rates = Rates(
        band or cited_band(device),
        register_file_bits(device, target.limits()),
        multi_bit or MULTI_BIT,
    )
    plain = _program(campaign, Protection(), device, rates, workers, progress, critical)
    programs, unfinished = [plain], []
    for protection, fresh in evaluated(campaign):
        if fresh.missing():
            unfinished.append(str(protection))
        else:
            programs.append(_program(fresh, protection, device, rates, workers, progress, critical))
    injected = tuple(k for k in launched(campaign.network) if k in campaign.settings.kernels)
    return FitStudy(device, target.name, rates, injected, tuple(programs), tuple(unfinished), critical)


def cited_band(device: Device) -> RateBand:
    """The cited raw rates of a card's process. Raises UsageError where there are none."""
    band = band_of(device.process)
    if band is None:
        raise UsageError(f"no raw rate is known for {device.process} nm; give yours with --raw-fit-per-mbit")
    return band


def asked_injections(campaign: Campaign) -> pd.DataFrame:
    """The injections that the campaign's settings ask for."""
    rows = campaign.injections()
    return rows[rows["id"].isin(campaign.asked)].reset_index(drop=True)


def _program(
    campaign: Campaign,
    protection: Protection,
    device: Device,
    rates: Rates,
    workers: int,
    progress: Progress,
    critical: Criticality,
) -> ProgramFit:
    rows = asked_injections(campaign)
    if strikes(rows).empty:
        raise UsageError(
            f"{campaign.folder} holds no single-bit faults in registers of single threads, and FIT is about "
            "those; run a campaign with --modes RF --models single-bit --scope thread"
        )
    network = campaign.network
    costs = launch_costs(network, campaign.images[0], device, workers, progress)
    seconds = [cost.seconds for cost in costs]
    launches = resident_launches(shape_of(network).launches, seconds, network.architecture, device)
    cells = avf_cells(rows, launches, critical)
    table = fit_table(cells, rates, campaign.settings.kernels, possible_outcomes(protection))
    return ProgramFit(protection, launches, cells, table)


def possible_outcomes(protection: Protection) -> tuple[FitOutcome, ...]:
    """Outcomes that a program under this protection can have."""
    return tuple(o for o in FitOutcome if protection.chosen or o is not FitOutcome.DETECTED)


def evaluated(campaign: Campaign) -> list[tuple[Protection, Campaign]]:
    """The protections of a campaign that have been evaluated, each with its own campaign, by name. Raises
    CampaignError for one that cannot be opened.
    """
    kernels = launched(campaign.network)
    found = []
    for path in sorted((campaign.folder / FOLDER).glob(f"*{FRESH}")):
        protection = as_stored(path, _protection_in(path, kernels))
        network = harden(campaign.network, protection)
        settings = _settings_in(path)
        found.append(
            (protection, Campaign(path.parent, settings, network, campaign.images, store_name=path.name))
        )
    return found


def _protection_in(path: Path, kernels: tuple[str, ...]) -> Protection:
    try:
        return parse_protection(path.name.removesuffix(FRESH).replace("+", ","), kernels)
    except UsageError as error:
        raise CampaignError(f"{path} is not named after a protection: {error}; move it away") from error


def _settings_in(path: Path) -> Settings:
    stored = read_meta(path, "settings")
    try:
        return Settings.from_store(stored)
    except ValidationError as error:
        raise CampaignError(
            f"{path} was not made by this version; run sassafras harden again, or move the file away"
        ) from error
