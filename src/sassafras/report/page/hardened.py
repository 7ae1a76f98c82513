"""What ``sassafras harden`` left in a campaign's folder: its numbers, and the rows of its fresh campaign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from sassafras.analysis.critical import Criticality
from sassafras.analysis.results import Results
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.record import CampaignRecord
from sassafras.campaign.store.results import Store, read_meta
from sassafras.errors import CampaignError, typed
from sassafras.faults.ids import fault_id
from sassafras.hardening.evaluate import FOLDER
from sassafras.hardening.plan import Protection, protect
from sassafras.hardening.planner import Plans
from sassafras.hardening.study import Study
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.registry import ADDED
from sassafras.report.harden_json import NAME, content, read_plans
from sassafras.report.harden_model import read_harden_json
from sassafras.simulation.outcome import Outcome


@dataclass(frozen=True, eq=False)
class Hardening:
    """A study of hardening. ``numbers``: the content of ``harden.json``. ``fresh``: the injections into the
    hardened program's own population.
    """

    numbers: Mapping[str, Any]
    results: Results
    fresh: pd.DataFrame

    @property
    def critical(self) -> Criticality:
        """What was critical when it was studied."""
        return Criticality(float(self.numbers.get("tolerance", 0.0)))

    @property
    def protection(self) -> Protection:
        """What was hardened, and how."""
        return protect({k: Technique(t) for k, t in self.numbers["protection"].items()})

    @cached_property
    def after(self) -> Results:
        """The hardened program's injections as results of the campaign. Detected and corrected faults count
        among the injections and have no bars, like masked ones.
        """
        noticed = self.fresh["outcome"].isin([Outcome.DETECTED.value, Outcome.CORRECTED.value])
        rows = self.fresh.assign(outcome=self.fresh["outcome"].mask(noticed, Outcome.MASKED.value))
        planned = {m: int((rows["mode"] == m.value).sum()) for m in self.results.modes}
        return replace(self.before, injections=rows, planned=planned)

    @cached_property
    def before(self) -> Results:
        """The campaign, with the kernels that hardening has added."""
        struck = set(self.fresh["kernel"])
        return replace(self.results, kernels=(*self.results.kernels, *(k for k in ADDED if k in struck)))

    @cached_property
    def plans(self) -> Plans:
        """Every plan, scored as ``sassafras harden`` scored them."""
        return read_plans(self.numbers["planner"])


def read_hardening(record: CampaignRecord, results: Results) -> Hardening | None:
    """The study in the campaign's folder; None where there is none, or where it was made of another campaign
    or by another version.

    Raises CampaignError where the file cannot be read or its rows are missing.
    """
    path = record.path.parent / NAME
    if not path.is_file():
        return None
    numbers = read_harden_json(path)
    if numbers is None or numbers["campaign"] != record.fingerprint:
        return None
    return Hardening(numbers, results, _fresh(record, plan_of(numbers)))


def hardening_of(study: Study, results: Results) -> Hardening:
    """A study as if it had been read again. ``results``: of its campaign."""
    return Hardening(content(study), results, study.evaluation.fresh)


def chosen_column(hardening: Hardening) -> Mapping[str, Any]:
    """The column of Table 2 of the protection that was put to the test."""
    columns = hardening.numbers["table2"]["columns"].values()
    wanted = dict(hardening.numbers["protection"])
    found: Mapping[str, Any] = next(column for column in columns if column["protection"] == wanted)
    return found


def plan_of(stored: Mapping[str, Any]) -> Protection:
    """The protection of a plan of ``harden.json``."""
    return protect({slot: Technique(name) for slot, name in stored["protection"].items()})


def _fresh(record: CampaignRecord, protection: Protection) -> pd.DataFrame:
    """The rows that the last ``sassafras harden`` with this protection asked for."""
    folder = record.path.parent
    path: Path = folder / FOLDER / f"{str(protection).replace(',', '+')}.fresh.sqlite"
    if not path.is_file():
        raise CampaignError(
            f"{path} is missing, though {NAME} speaks of it; run {typed('harden', folder)} again"
        )
    settings = Settings.from_store(read_meta(path, "settings"))
    asked = {fault_id(mode, number) for mode in record.settings.modes for number in settings.numbers}
    store = Store(path, None)
    try:
        rows = store.injections()
    finally:
        store.close()
    return rows[rows["id"].isin(asked)].reset_index(drop=True)
