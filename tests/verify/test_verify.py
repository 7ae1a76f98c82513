"""The self-check passes where all is well, and fails wherever something is broken on purpose."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.campaign import networks
from tests.campaign.rows import make, run
from tests.kernels.sample import kernels
from tests.kernels.twins import by_twin

from sassafras.emulator.armed import ArmedBlock
from sassafras.emulator.memory import DeviceMemory
from sassafras.errors import SelfCheckFailed
from sassafras.faults.model import Corruption
from sassafras.kernels import programs
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.programs import FOLDER, bundled_kernels
from sassafras.kernels.registry import KERNELS
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.progress import Silence
from sassafras.simulation.workbench import Workbench
from sassafras.toolchain.record import bundle_paths
from sassafras.verify import known_outcomes, self_check
from sassafras.verify.check import Form, SelfCheck, concluded
from sassafras.verify.fault_free import check_fault_free
from sassafras.verify.known_faults import KNOWN_FAULTS, Expected, KnownFault
from sassafras.verify.known_outcomes import check_known_faults
from sassafras.verify.listings import check_listings, check_rebuilt
from sassafras.verify.samples import Sampling, cheapest_launches, sampled_blocks, sampled_threads
from sassafras.verify.self_check import full_check, short_check
from sassafras.verify.small_network import LOGITS, SIDE, small_image, small_network, softmax64
from sassafras.verify.twins import check_every_launch, check_twins
from sassafras.workload.running import run_twins

EVERY = Sampling(tuple(KERNELS), 7)
NONE = Sampling((), 7)


def fresh(network: Network, images: list[Image]) -> Workbench:
    return Workbench(network, images, shared=False)


# all is well ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sampling", [EVERY, NONE], ids=["all struck", "none struck"])
def test_the_short_form_passes_and_leaves_memory_golden(bench: Workbench, sampling: Sampling) -> None:
    golden = bench.golden(0)
    golden.go_before(0)
    before = golden.memory.data.copy()
    found = short_check(bench, 0, sampling)
    assert found.passed, found
    golden.go_before(0)
    assert np.array_equal(golden.memory.data, before)
    assert found.form is Form.SHORT
    assert len(found.checks) == 4


def test_the_full_form_passes(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_check, "check_rebuilt", lambda arch: None)  # tests/toolchain rebuilds
    found = full_check(bench, 0, threads=2, seed=7, progress=Silence())
    assert found.passed, found
    details = {check.name: check.detail for check in found.checks}
    assert f"{len(bench.workload.plan)} launches" in details["twins equal machine code"]
    assert f"{len(bundled_kernels())} kernels" in details["bundled listings match their sources"]
    assert f"{len(KNOWN_FAULTS)} faults in 7 kernels, both engines" in details[known_outcomes.NAME]


def test_the_small_network_is_what_its_description_says() -> None:
    network = small_network()
    memory = network.fresh_memory()
    network.load(memory, *small_image().arrays)
    run_twins(network, memory)
    rows = np.full((SIDE, SIDE), 1.625, np.float32)
    rows[[0, -1], :] = rows[:, [0, -1]] = 1.25
    rows[[0, 0, -1, -1], [0, -1, 0, -1]] = 1
    outputs = {
        name: memory.array(network.layout[name].address, network.layout[name].nbytes // 4)
        for name in ("layer0.output", "layer1.output", "layer2.output")
    }
    assert np.array_equal(outputs["layer0.output"].reshape(2, SIDE, SIDE), np.stack([rows, rows]))
    assert np.array_equal(outputs["layer1.output"], np.full(18, 1.625, np.float32))
    assert outputs["layer2.output"].tolist() == list(LOGITS)
    assert np.abs(network.result(memory).numbers - softmax64(LOGITS)).max() < 1e-6


# samples --------------------------------------------------------------------------------------------------


def test_samples_depend_on_the_seed_alone(tiny: Network) -> None:
    launches = cheapest_launches(tiny.plan)
    assert sorted(p.program for p in launches) == sorted({p.program for p in tiny.plan})
    for planned in launches:
        blocks = sampled_blocks(1, planned)
        assert blocks == sampled_blocks(1, planned)
        assert {0, planned.launch.blocks - 1} <= set(blocks) <= set(range(planned.launch.blocks))
        threads = sampled_threads(1, planned, 3)
        assert threads == sampled_threads(1, planned, 3)
        assert all(b < planned.launch.blocks and t < planned.launch.threads_per_block for b, t in threads)
    assert any(sampled_threads(1, p, 3) != sampled_threads(2, p, 3) for p in launches)


# something is broken --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", kernels(KERNELS))
@pytest.mark.parametrize("sampling", [EVERY, NONE], ids=["armed", "plain"])
def test_a_twin_that_is_wrong_in_one_bit(
    tiny: Network, images: list[Image], monkeypatch: pytest.MonkeyPatch, name: str, sampling: Sampling
) -> None:
    kernel = KERNELS[name]
    others = (made() for made in networks.BRANCHES.values())
    network = next(one for one in (tiny, *others) if name in {p.kernel for p in one.plan})

    def twin(memory: DeviceMemory, arguments: Arguments) -> None:
        by_twin(kernel, memory, arguments)
        place = kernel.writes(arguments)[0]
        memory.at(place.address, place.nbytes)[0] ^= 1  # of the first block, which is always looked at

    monkeypatch.setitem(KERNELS, name, replace(kernel, twin=twin))
    for planned in network.plan:
        monkeypatch.delitem(vars(planned), "spec", raising=False)
    bench = fresh(network, images if network is tiny else networks.images(network))
    for check in (
        check_twins(bench, 0, sampling),
        check_every_launch(bench, 0, 2, Silence()),
    ):
        assert not check.passed
        assert f"{name}, launch" in check.detail


def test_a_fault_that_is_never_empty(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Corruption, "apply", lambda self, word: word ^ 1)
    check = check_fault_free(bench, 0, EVERY, full=True)
    assert not check.passed
    assert "bytes differ" in check.detail or "trapped" in check.detail


def test_memory_that_is_not_put_back(
    tiny: Network, images: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In-place kernels see it: they run on their own results."""
    monkeypatch.setattr(ArmedBlock, "undo", lambda self: None)
    assert not check_fault_free(fresh(tiny, images), 0, EVERY, full=True).passed


WRONG: tuple[Callable[[Expected], Expected], ...] = (
    lambda e: replace(e, outcome=next(o for o in type(e.outcome) if o is not e.outcome)),
    lambda e: replace(e, top1=2),
    lambda e: replace(e, output_nan=not e.output_nan),
    lambda e: replace(e, logits=(3, 1, -2, 1.6251)),
)


@pytest.mark.parametrize("known", KNOWN_FAULTS, ids=lambda known: known.why)
def test_each_known_fault_is_really_looked_at(monkeypatch: pytest.MonkeyPatch, known: KnownFault) -> None:
    changes = WRONG if known.expected.logits else WRONG[:3]
    for change in changes:
        other = replace(known, expected=change(known.expected))
        monkeypatch.setattr(known_outcomes, "KNOWN_FAULTS", (other,))
        check = check_known_faults("sm_50", KERNELS, full=False)
        assert not check.passed, other
        assert known.why in check.detail
    monkeypatch.setattr(known_outcomes, "KNOWN_FAULTS", (replace(known, at="FROBNICATE"),))
    assert "executes no FROBNICATE" in check_known_faults("sm_50", KERNELS, full=False).detail


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the kernels' files that may be damaged."""
    for part in ("cuda", "listings"):
        shutil.copytree(FOLDER / part, tmp_path / "kernels" / part)
    monkeypatch.setattr(programs, "FOLDER", tmp_path / "kernels")
    return tmp_path / "kernels"


@pytest.mark.parametrize("part", ["source", "cubin", "listing"])
@pytest.mark.parametrize("kernel", ["gemm", "gemm_tmr"])
def test_a_bundled_file_that_was_changed(copy: Path, kernel: str, part: str) -> None:
    names = bundled_kernels()
    assert check_listings(names, "sm_50").passed
    path = getattr(bundle_paths(copy, kernel, "sm_50"), part)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    check = check_listings(names, "sm_50")
    assert not check.passed
    assert kernel in check.detail


@pytest.mark.parametrize("header", ["softmax.cuh", "KERNEL_tmr.cu"])
def test_what_copies_are_made_of_was_changed(copy: Path, header: str) -> None:
    path = copy / "cuda" / "hardened" / header
    path.write_text(path.read_text() + "//")
    check = check_listings(["gemm_tmr", "softmax_tmr"], "sm_50")
    assert not check.passed
    assert "softmax_tmr.cu is not what sm_50/softmax_tmr.json was made for" in check.detail
    assert "gemm_tmr" not in check.detail


def test_a_record_with_other_metadata(copy: Path) -> None:
    path = Path(str(bundle_paths(copy, "gemm", "sm_50").record))
    text = path.read_text("utf-8")
    changed = text.replace('"register_count": ', '"register_count": 1')
    assert changed != text
    path.write_text(changed)
    assert "gemm.json has other metadata" in check_listings(["gemm"], "sm_50").detail


def test_a_bundled_file_that_is_gone(copy: Path) -> None:
    Path(str(bundle_paths(copy, "gemm", "sm_50").cubin)).unlink()
    assert not check_listings(["gemm"], "sm_50").passed


def test_without_the_toolchain_nothing_is_rebuilt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither passed nor failed: not looked at."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("SASSAFRAS_CACHE", "nowhere")
    assert check_rebuilt("sm_50") is None


# in a campaign --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2])
def test_every_start_of_a_campaign_is_checked_and_remembered(
    tmp_path: Path, tiny: Network, images: list[Image], workers: int
) -> None:
    run(tmp_path, tiny, images, workers, injections=2)
    campaign = make(tmp_path, tiny, images, injections=2)
    assert campaign.self_check is not None
    assert campaign.self_check["passed"] is True
    assert campaign.self_check["form"] == "short"
    assert len(campaign.self_check["checks"]) == 4


@pytest.mark.parametrize("workers", [1, 2])
def test_a_campaign_that_fails_it_injects_nothing(
    tmp_path: Path, tiny: Network, images: list[Image], monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    campaign = make(tmp_path, tiny, images, injections=5)
    with monkeypatch.context() as patch:
        patch.setattr(known_outcomes, "LOGITS", (1.0, 2.0, 3.0, 4.0))
        with pytest.raises(SelfCheckFailed, match=r"nothing was injected: known faults .*verify --full"):
            campaign.run(workers)
    assert len(campaign.injections()) == len(campaign.errors()) == 0
    assert campaign.self_check is not None
    assert campaign.self_check["passed"] is False
    campaign.run(workers)
    assert len(campaign.injections()) == 15
    assert campaign.self_check["passed"] is True


def test_many_failures_are_counted_and_some_named() -> None:
    check = concluded("name", "all", [f"failure {k}" for k in range(9)])
    assert check.detail == "failure 0; failure 1; failure 2 (and 6 more)"
    assert SelfCheck(Form.FULL, (check,)).to_json()["passed"] is False
