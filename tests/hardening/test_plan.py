from __future__ import annotations

import pytest

from sassafras.errors import UsageError
from sassafras.hardening.plan import PlanName, Protection, launched, named_plan, parse_protection, protect
from sassafras.hardening.workload import ALARMS, harden
from sassafras.kernels.hardened.technique import Technique
from sassafras.network.network import Network


def test_a_protection_reads_back() -> None:
    for text in ("im2col_gpu=tmr,gemm=abft,add_bias=dmr-retry", "gemm=checksum,network=guard"):
        assert str(parse_protection(text, ("add_bias", "im2col_gpu", "gemm"))) == text
    assert parse_protection(" gemm = abft ", ("gemm",)).of("gemm") is Technique.ABFT
    assert Protection().of("gemm") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("im2col_gpu", "is not KERNEL=TECHNIQUE"),
        ("", "is not KERNEL=TECHNIQUE"),
        ("conv=tmr", "launches no kernel 'conv'"),
        ("gemm=raid", "unknown technique 'raid'"),
        ("add_bias=abft", "add_bias cannot be hardened with abft"),
        ("network=tmr", "network cannot be hardened with tmr; it can with: guard"),
        ("gemm=guard", "gemm cannot be hardened with guard"),
        ("gemm=tmr,gemm=dmr", "names gemm twice"),
    ],
)
def test_a_bad_protection_is_one_clear_line(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        parse_protection(text, ("gemm", "add_bias"))
    assert "\n" not in str(caught.value)


def test_named_plans() -> None:
    kernels, ranked = ("fill_gpu", "im2col_gpu", "add_bias"), ("add_bias", "im2col_gpu", "fill_gpu")
    assert named_plan(PlanName.SHS, kernels, ranked, 2) == protect(
        {"im2col_gpu": Technique.TMR, "add_bias": Technique.TMR}
    )
    assert named_plan(PlanName.DMR, kernels, ranked, 2).kernels == kernels
    with pytest.raises(UsageError, match="no kernel of the network has ABFT"):
        named_plan(PlanName.ABFT, kernels, ranked, 2)


def test_addresses_launches_and_parameters_stay(tiny: Network, mixed: Protection) -> None:
    hardened = harden(tiny, mixed)
    assert hardened.layout.allocations[:-1] == tiny.layout.allocations
    assert hardened.layout.allocations[-1].name == ALARMS
    for before, after in zip(tiny.plan, hardened.plan, strict=True):
        same = (before.index, before.kernel, before.invocation, before.part)
        assert (after.index, after.kernel, after.invocation, after.part) == same
        assert after.arguments.items() >= before.arguments.items()
        assert (after.launch.grid, after.launch.block) == (before.launch.grid, before.launch.block)
        assert (after.program == before.program) is (mixed.of(before.kernel) is None)
    assert hardened.digest != tiny.digest
    assert hardened.parameters_digest == tiny.digest
    assert harden(tiny, Protection()).digest != hardened.digest


def test_launched_kernels_come_in_the_order_of_the_registry(tiny: Network) -> None:
    assert launched(tiny)[:3] == ("fill_gpu", "im2col_gpu", "gemm")
