"""Settings changed by name: what does not exist is refused, what may be is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.campaign import networks

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.presets import PRESETS, preset
from sassafras.campaign.design.settings import Settings
from sassafras.errors import UsageError
from sassafras.faults.model import FaultModel, Mode
from sassafras.kernels.registry import KERNELS
from sassafras.network.network import Network


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


def test_a_kernel_that_nobody_has_is_refused_with_the_workload(tmp_path: Path) -> None:
    """Not before: a workload may bring kernels of its own."""
    network = networks.tiny()
    asked = preset("paper", kernels=("no_such_kernel",))
    with pytest.raises(UsageError, match="there is no kernel 'no_such_kernel'"):
        Campaign(tmp_path / "new", asked, network, networks.images(network))
    assert not (tmp_path / "new").exists()


def test_a_copy_keeps_everything_else() -> None:
    before = Settings(
        models=(FaultModel.SINGLE_BIT,), mode_models={Mode.RF: (FaultModel.ZERO_VALUE,)}, until=0.01, seed=3
    )
    assert before.model_copy() == before
    assert before.model_copy(update={"seed": 4}).model_copy(update={"seed": 3}) == before


def test_every_kernel_means_those_that_the_network_launches(tiny: Network) -> None:
    """In the registry's order, or in that of one's own; what is less than every kernel stays as it is."""
    everything = PRESETS["all"]
    assert set(everything.kernels) == set(KERNELS)
    seven = ("fill_gpu", "im2col_gpu", "gemm", "add_bias", "activate_array", "forward_maxpool", "softmax")
    assert everything.for_network(tiny).kernels == seven
    assert everything.for_network(networks.residual()).kernels == (*seven, "add", "concatenate")
    assert everything.for_network(networks.dense()).kernels == (*seven, "concatenate")
    turned = everything.model_copy(update={"kernels": (*reversed(everything.kernels), "guard")})
    assert turned.for_network(tiny).kernels == (*reversed(seven), "guard")
    for some in (PRESETS["paper"], Settings(kernels=("add", "softmax")), Settings(kernels=seven)):
        assert some.for_network(tiny) is some
        assert some.for_network(networks.dense()) is some


def test_a_campaign_over_every_kernel_knows_those_of_its_network(tiny: Network, tmp_path: Path) -> None:
    for network in (tiny, networks.dense()):
        everything = PRESETS["all"].model_copy(update={"engine": "full"})
        made = Campaign(tmp_path / network.name, everything, network, networks.images(network))
        launched = {planned.kernel for planned in network.plan}
        fingerprint = made.fingerprint()
        assert set(made.settings.kernels) == set(fingerprint["kernels"]) == launched  # type: ignore[call-overload]
        assert set(fingerprint["programs"]) == launched  # type: ignore[call-overload]
        assert made.store.meta("settings")["kernels"] == list(made.settings.kernels)
        made.store.close()
