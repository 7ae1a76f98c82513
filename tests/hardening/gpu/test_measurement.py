"""Programs on a double of a GPU: what is put there, launched, timed and compared."""

from __future__ import annotations

import pytest
from tests.hardening.gpu.double import FIRST, Double, cubin_of

from sassafras.errors import ToolchainError
from sassafras.hardening.gpu.measurement import UNHARDENED, WARM_UP, Measurement, measure
from sassafras.hardening.gpu.placement import place, relocated
from sassafras.hardening.plan import Protection
from sassafras.hardening.workload import harden
from sassafras.kernels.registry import KERNELS
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.progress import Silence
from sassafras.workload.running import run_twins

RUNS = 4


def measured(driver: Double, network: Network, image: Image, mixed: Protection) -> Measurement:
    programs = {UNHARDENED: Protection(), "mixed": mixed}
    return measure(driver, network, image, programs, Silence(), RUNS, cubin_of)


def test_an_inference_on_the_device_is_that_of_the_twins(
    tiny: Network, images: list[Image], mixed: Protection
) -> None:
    for network in (tiny, harden(tiny, mixed)):
        driver = Double()
        placement = place(driver, network, images[0], cubin_of)
        driver.run([placement.calls])
        run_twins(network, placement.memory)
        assert placement.address == FIRST != network.layout.base
        found = driver.download(placement.address, network.layout.nbytes)
        assert found.tobytes() == placement.memory.data.tobytes()
        assert driver.launched == [planned.program for planned in network.plan]
        assert sorted(driver.loaded) == sorted(set(driver.launched))


def test_every_program_is_compared_and_timed(tiny: Network, images: list[Image], mixed: Protection) -> None:
    driver = Double()
    found = measured(driver, tiny, images[0], mixed)
    assert (found.device, found.arch, found.runs) == ("Double 1", "sm_90", RUNS)
    assert set(found.programs) == {UNHARDENED, "mixed"}
    n = len(tiny.plan)
    assert driver.grouped == 2 * (n * [[1]] + (WARM_UP + RUNS) * [[n]] + RUNS * [n * [1]])
    assert not driver.memory
    for program in found.programs.values():
        assert not any(program.differing.values())
        assert all(program.compared[planned.kernel] > 0 for planned in tiny.plan)


def test_times_by_kernel_and_overheads(tiny: Network, images: list[Image], mixed: Protection) -> None:
    driver = Double({"im2col_gpu": 2.0, "im2col_gpu_tmr": 7.0})
    found = measured(driver, tiny, images[0], mixed)
    launches = {kernel: sum(p.kernel == kernel for p in tiny.plan) for kernel in KERNELS}
    plain = found.programs[UNHARDENED].kernel_seconds
    assert plain == {
        kernel: pytest.approx(count * (2e-3 if kernel == "im2col_gpu" else 1e-3))
        for kernel, count in launches.items()
        if count
    }
    assert found.seconds(UNHARDENED) == pytest.approx(sum(plain.values()))
    assert found.seconds("mixed", ["im2col_gpu"]) == pytest.approx(7e-3 * launches["im2col_gpu"])
    assert found.overhead("mixed", ["im2col_gpu"]) == pytest.approx(2.5)
    assert found.overhead("mixed", ["gemm"]) == found.overhead(UNHARDENED) == 0
    assert found.overhead("mixed") == pytest.approx(5e-3 * launches["im2col_gpu"] / sum(plain.values()))


def test_the_median_is_reported(
    tiny: Network, images: list[Image], mixed: Protection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every inference is slower than the one before; the first of them are not counted."""

    class Tiring(Double):
        def run(self, groups):  # type: ignore[no-untyped-def]
            self.milliseconds = dict.fromkeys([p.program for p in tiny.plan], float(len(self.grouped)))
            return super().run(groups)

    found = measure(Tiring(), tiny, images[0], {UNHARDENED: Protection()}, Silence(), RUNS, cubin_of)
    n = len(tiny.plan)
    first = n + WARM_UP
    assert found.seconds(UNHARDENED) == pytest.approx(n * (first + 1.5) / 1e3)
    assert found.seconds(UNHARDENED, ["softmax"]) == pytest.approx((first + RUNS + 1.5) / 1e3)


@pytest.mark.parametrize("wrong", ["im2col_gpu_tmr", "softmax"])
def test_a_word_that_differs_is_counted_once_and_goes_no_further(
    tiny: Network, images: list[Image], mixed: Protection, wrong: str
) -> None:
    found = measured(Double(wrong=wrong), tiny, images[0], mixed)
    kernel = wrong.removesuffix("_tmr")
    launches = sum(planned.kernel == kernel for planned in tiny.plan)
    differing = found.programs["mixed"].differing
    assert {k: n for k, n in differing.items() if n} == {kernel: launches}
    other = found.programs[UNHARDENED].differing
    assert sum(other.values()) == (0 if wrong.endswith("_tmr") else launches)


def test_memory_goes_back_where_the_device_fails(tiny: Network, images: list[Image]) -> None:
    class Failing(Double):
        def download(self, address, nbytes):  # type: ignore[no-untyped-def]
            raise ToolchainError("no more")

    driver = Failing()
    with pytest.raises(ToolchainError, match="no more"):
        measure(driver, tiny, images[0], {UNHARDENED: Protection()}, Silence(), RUNS, cubin_of)
    assert not driver.memory


def test_pointers_move_and_numbers_stay(tiny: Network) -> None:
    planned = next(p for p in tiny.plan if p.kernel == "add_bias")
    moved = relocated(planned.spec, planned.arguments, tiny.layout, 0x1000)
    assert moved["output"] - 0x1000 == planned.arguments["output"] - tiny.layout.base
    assert {k: moved[k] for k in ("batch", "n", "size")} == {
        k: planned.arguments[k] for k in ("batch", "n", "size")
    }
    with pytest.raises(ValueError, match="add_bias: biases points outside"):
        relocated(planned.spec, {**planned.arguments, "biases": tiny.layout.base - 4}, tiny.layout, 0x1000)
