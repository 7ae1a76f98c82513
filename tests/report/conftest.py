"""A campaign made up for tests: AlexNet's layers, three kernels, every outcome, an unstruck layer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser
from tests.report import made_up, made_up_hardening
from tests.report.browser import Opened, open_page, running_browser

from sassafras.analysis.avf import strikes
from sassafras.analysis.outcomes import SDC_CLASSES, OutcomeClass
from sassafras.analysis.results import LayerRecord, Results, read_results
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.fidelity import LOADED, Fidelity, FormFidelity
from sassafras.campaign.record import CampaignRecord, on_record
from sassafras.campaign.shape import Shape
from sassafras.faults.model import THREAD_MODES, FaultModel, Mode
from sassafras.hardening.study import Study
from sassafras.report.page.render import write_page

N = 60
LAYERS = (
    LayerRecord(0, "convolutional", 3),
    LayerRecord(1, "maxpool", 1),
    LayerRecord(2, "dropout", 0),
    LayerRecord(3, "softmax", 1),
)
KERNELS = ("im2col_gpu", "forward_maxpool", "softmax")
STRUCK = [("im2col_gpu", 0), ("im2col_gpu", 0), ("forward_maxpool", 1)]  # the softmax is never struck


def _row(number: int) -> dict[str, object]:
    mode = list(THREAD_MODES)[number % 3]
    kernel, layer = STRUCK[number // 3 % 3]
    found = list(OutcomeClass)[number // 3 % (4 if mode is Mode.RF else 6)]
    sdc = found in SDC_CLASSES
    return {
        "id": number,
        "mode": mode.value,
        "model": (FaultModel.SINGLE_BIT, FaultModel.RANDOM_VALUE)[number // 3 % 2].value,
        "kernel": kernel,
        "layer": layer,
        "sass": "IADD R1, R2, 0x1 ;",
        "outcome": "SDC" if sdc else found.value,
        "severity": found.value if sdc else None,
        "due_kind": "ILLEGAL_ADDRESS" if found is OutcomeClass.DUE else None,
        "masked_reason": "overwritten" if found is OutcomeClass.MASKED and mode is Mode.RF else None,
        "largest_change": 0.125 if found is OutcomeClass.LIGHT_MALFUNCTION else None,
        "top1": 3 if sdc else None,
        "probabilities": (np.arange(3, dtype="<f4") / np.float32(7)).tobytes() if sdc else None,
    }


@pytest.fixture(scope="session")
def results() -> Results:
    return Results(
        arch="sm_50",
        seed=7,
        network="tiny",
        frames=2,
        synthetic=True,
        modes=tuple(THREAD_MODES),
        kernels=KERNELS,
        layers=LAYERS,
        planned=dict.fromkeys(THREAD_MODES, N // 3),
        injections=pd.DataFrame([_row(number) for number in range(N)]),
        errors=pd.DataFrame({"id": [], "mode": [], "message": []}),
        seconds={"profile": 1.0, "inject": 2.0, "total": 3.0},
        models=dict.fromkeys(THREAD_MODES, (FaultModel.SINGLE_BIT, FaultModel.RANDOM_VALUE)),
        fidelity=Fidelity(
            123_456,
            (
                FormFidelity("softmax", "MUFU.EX2", "modelled", 77, "2 ulp", "PTX ISA", "no", "no", "yes"),
                FormFidelity("softmax", "FADD.FTZ", "exact but for a border case", 9, "2^-126", "none"),
                FormFidelity("softmax", LOADED, "modelled", None, "as there", "", "no", "yes", "no"),
            ),
            ("probabilities",),
        ),
    )


@dataclass(frozen=True, eq=False)
class Finished:
    """A finished campaign, made up, with a study of hardening, and the page that was written of it."""

    campaign: Campaign
    record: CampaignRecord
    shape: Shape
    results: Results
    study: Study
    page: Path


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    campaign = made_up.campaign(tmp_path_factory.mktemp("made-up"))
    study = made_up_hardening.study(campaign)
    record, shape = on_record(campaign)
    results = read_results(record, shape, synthetic=False)
    summary = {"avf": made_up.avf(len(strikes(results.injections)))}
    (campaign.folder / "summary.json").write_text(json.dumps(summary), "utf-8")
    return Finished(campaign, record, shape, results, study, write_page(record, shape, results))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with running_browser() as found:
        yield found


@pytest.fixture(scope="session")
def opened(browser: Browser, finished: Finished) -> Opened:
    """The page on a desk, to be asked for what it says."""
    return open_page(browser, finished.page, 1440, "light")
