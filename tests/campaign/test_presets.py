"""Settings changed by name: what does not exist is refused, what may be is kept."""

from __future__ import annotations

from typing import Any

import pytest

from sassafras.campaign.design.presets import PRESETS, preset
from sassafras.campaign.design.settings import Settings
from sassafras.errors import UsageError
from sassafras.faults.model import FaultModel, Mode


def test_a_preset_with_changes() -> None:
    made = preset("paper", injections=60, modes=["IOV"], models=("single-bit",))
    assert made == Settings(injections=60, modes=(Mode.IOV,), models=(FaultModel.SINGLE_BIT,))
    assert preset("paper") == PRESETS["paper"] == Settings()
    assert preset("all", injections=60).kernels == PRESETS["all"].kernels


BAD: list[tuple[dict[str, Any], str]] = [
    ({"injektions": 60}, "no setting is named 'injektions'; did you mean injections?"),
    ({"injections": 0}, "injections: Input should be greater than 0"),
    ({"injections": "many"}, "injections: "),
    ({"modes": ("XYZ",)}, "modes.0: "),
    ({"kernels": ("no_such_kernel",)}, "no_such_kernel"),
    ({"per_stratum": 5}, "per_stratum needs stratify"),
]


@pytest.mark.parametrize(("changes", "said"), BAD)
def test_changes_that_cannot_be(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as one:
        preset("paper", **changes)
    assert said in str(one.value)
    with pytest.raises(UsageError) as other:
        Settings().model_copy(update=changes)
    assert str(other.value) == str(one.value)


def test_a_copy_keeps_everything_else() -> None:
    before = Settings(
        models=(FaultModel.SINGLE_BIT,), mode_models={Mode.RF: (FaultModel.ZERO_VALUE,)}, until=0.01, seed=3
    )
    assert before.model_copy() == before
    assert before.model_copy(update={"seed": 4}).model_copy(update={"seed": 3}) == before
