"""Injections made up for tests of the analysis."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import pytest

from sassafras.analysis.outcomes import SDC_CLASSES, OutcomeClass
from sassafras.faults.model import Mode

Struck = tuple[Mode, str, int, OutcomeClass]  #: mode, kernel, layer and what became of it
Frame = Callable[[Sequence[Struck]], pd.DataFrame]


def make_injections(rows: Sequence[Struck]) -> pd.DataFrame:
    columns = ["id", "mode", "kernel", "layer", "outcome", "severity", "due_kind", "masked_reason"]
    columns += ["largest_change"]
    return pd.DataFrame(
        [
            (
                number,
                mode.value,
                kernel,
                layer,
                "SDC" if found in SDC_CLASSES else found.value,
                found.value if found in SDC_CLASSES else None,
                "HANG" if found is OutcomeClass.DUE else None,
                "never-read" if found is OutcomeClass.MASKED and mode is Mode.RF else None,
                10.0 ** -(number % 7) if found is OutcomeClass.LIGHT_MALFUNCTION else None,
            )
            for number, (mode, kernel, layer, found) in enumerate(rows)
        ],
        columns=columns,
    )


@pytest.fixture(scope="session")
def injections_of() -> Frame:
    return make_injections
