"""What exposure is for: instructions whose results nobody reads change shares, and no failures."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.analysis.padded import KERNEL, padded, remember_padded
from tests.campaign import networks

from sassafras.analysis.compare import compare
from sassafras.analysis.contenders import contest
from sassafras.analysis.exposure import Failures, compare_failures, exposures, relative
from sassafras.analysis.ratios import ratio
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.finished import read_finished
from sassafras.faults.model import FaultModel, Mode
from sassafras.network.network import Network
from sassafras.verify import listings

PADDING = 150  #: dead instructions; the kernel has 102
INJECTIONS = 2000


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Campaigns in the plain kernel and in the padded one."""
    folder = tmp_path_factory.mktemp("padded")
    plain = networks.tiny()
    remember_padded(PADDING)
    _run(folder / "plain", plain, 1)
    with pytest.MonkeyPatch.context() as patch:  # the padded kernel has no files to be compared with
        patch.setattr(listings, "_problems", lambda *_: [])
        _run(folder / "padded", padded(plain), 2)
    return folder / "plain", folder / "padded"


def _run(folder: Path, network: Network, seed: int) -> None:
    settings = Settings(
        injections=INJECTIONS,
        frames=2,
        seed=seed,
        kernels=(KERNEL,),
        modes=(Mode.IOV,),
        models=(FaultModel.SINGLE_BIT,),
    )
    campaign = Campaign(folder, settings, network, networks.images(network))
    campaign.run(1)
    campaign.store.close()


@pytest.fixture(scope="module")
def failures(both: tuple[Path, Path]) -> dict[str, Failures]:
    a, b = (read_finished(folder) for folder in both)
    known = (exposures(one.census, one.usage, (KERNEL,), one.frames) for one in (a, b))
    return {one.name: one for one in compare_failures(a.injections, b.injections, relative(*known))}


@pytest.mark.parametrize("name", ["CRITICAL", "SDC", "DUE", "LIGHT_MALFUNCTION", "DUE_OR_DETECTED"])
def test_padding_leaves_failures_and_lowers_shares(failures: dict[str, Failures], name: str) -> None:
    found = failures[name]
    assert found.exposure > 4, "it is hit more than four times as often"
    assert found.ratio.low <= 1 <= found.ratio.high
    assert found.ratio.high < 2 * found.ratio.low * 1.1, "enough injections to tell"
    assert ratio(found.share_before, found.share_after).high < 0.4, "though shares say it got much safer"


def test_compare_says_so(both: tuple[Path, Path]) -> None:
    compared = compare(contest([(folder.name, read_finished(folder)) for folder in both]))
    (found,) = (one for one in compared.failures["B"] if one.name == "SDC")
    assert found.ratio.low <= 1 <= found.ratio.high


def test_a_program_compared_with_itself_shows_no_failures(both: tuple[Path, Path], tmp_path: Path) -> None:
    _run(tmp_path / "again", networks.tiny(), 3)
    compared = compare(contest([("a", read_finished(both[0])), ("b", read_finished(tmp_path / "again"))]))
    assert not compared.failures
