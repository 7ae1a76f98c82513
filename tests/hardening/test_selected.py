"""What is predicted of selective duplication, from the critical share per instruction."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.campaign import networks
from tests.hardening.test_engines import FOLLOWED

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.settings import Settings
from sassafras.hardening.effects import ASSUMED
from sassafras.hardening.fates import Fate, place
from sassafras.hardening.fault_free import compare_fault_free
from sassafras.hardening.plan import protect
from sassafras.hardening.selected import COVERED, critical_parts, part_of, predicted
from sassafras.hardening.workload import harden
from sassafras.kernels.hardened.registry import techniques_of
from sassafras.kernels.hardened.selective import TWICE, Part
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.programs import load_program

BOTH = {"gemm": Technique.SELECTIVE_CHECKSUM}


def rows(*struck: tuple[str, str, str]) -> pd.DataFrame:
    """Injections into gemm: mode, opcode, severity."""
    frame = pd.DataFrame(struck, columns=["mode", "opcode", "severity"])
    return frame.assign(kernel="gemm", outcome="SDC")


def test_parts() -> None:
    assert {part_of(opcode) for opcode in ("FFMA", "FADD", "FMUL.FTZ")} == {Part.SUMS}
    assert {part_of(o) for o in ("LDS.U.32", "LDG.E", "STS", "BAR.SYNC")} == {Part.DATA}
    assert {part_of(o) for o in ("ISETP.GE.AND", "XMAD.MRG", "IADD.X", "MOV", "BRA", "S2R")} == {Part.PLACES}


@pytest.mark.parametrize("arch", ["sm_50", "sm_90"])
def test_every_instruction_of_gemm_is_of_a_part(arch: str) -> None:
    program = load_program("gemm", arch)
    assert {part_of(i.opcode) for i in program.instructions} == set(Part)


def test_shares_are_those_of_the_critical_faults() -> None:
    bad, good = "LIGHT_MALFUNCTION", "NO_MALFUNCTION"
    given = rows(
        *[("IOV", "FFMA", bad)] * 3,
        *[("IOA", "IADD", bad)] * 2,
        *[("IOV", "LDS.U.32", bad)] * 5,
        *[("IOV", "FFMA", good)] * 7,
        *[("RF", "FFMA", bad)] * 11,
    )
    assert critical_parts(given, "gemm") == {Part.SUMS: 3, Part.PLACES: 2, Part.DATA: 5}
    found = predicted(given)
    shares = {
        technique.value: found["gemm", technique].share / COVERED
        for technique in Technique
        if ("gemm", technique) in found
    }
    assert shares == pytest.approx(
        {"selective-sums": 0.3, "selective-places": 0.2, "selective": 0.5, "selective-checksum": 0.5}
    )
    critical = place(Fate.CRITICAL)
    for coverage in found.values():
        assert not coverage.measured
        np.testing.assert_allclose(coverage.becomes.sum(axis=1), 1)
    assert found["gemm", Technique.SELECTIVE].becomes[critical, critical] == pytest.approx(1 - 0.5 * COVERED)
    left = ASSUMED[Technique.CHECKSUM].own[critical, critical]
    both = found["gemm", Technique.SELECTIVE_CHECKSUM].becomes[critical, critical]
    assert both == pytest.approx((1 - 0.5 * COVERED) * left)


def test_without_a_critical_fault_nothing_is_predicted() -> None:
    assert predicted(rows(("IOV", "FFMA", "NO_MALFUNCTION"))) == {}


def test_every_selective_technique_is_offered() -> None:
    assert {technique for _, technique in TWICE} < set(techniques_of("gemm"))


def test_checksums_follow_the_product_that_is_done_twice() -> None:
    plain = networks.tiny()
    network = harden(plain, protect(BOTH))
    programs = [planned.program for planned in network.plan]
    products = sum(planned.kernel == "gemm" for planned in plain.plan)
    assert [programs.count(p) for p in ("gemm", "gemm_selective", "gemm_check", "gemm_repair")] == [
        0,
        products,
        products,
        products,
    ]
    found = compare_fault_free(plain, network, networks.images(plain)[:1])
    assert found.other_words == found.other_outputs == found.alarms == 0


@pytest.mark.long
def test_fast_and_full_rows_are_equal(tmp_path: Path) -> None:
    plain = networks.tiny()
    network = harden(plain, protect(BOTH))
    found: list[pd.DataFrame] = []
    for engine in ("fast", "full"):
        settings = Settings.model_validate(
            {"injections": 40, "seed": 9, "kernels": ("gemm",), "engine": engine}
        )
        campaign = Campaign(tmp_path / engine, settings, network, networks.images(plain)[:1])
        campaign.run(1)
        assert campaign.errors().empty
        found.append(campaign.injections().drop(columns=FOLLOWED))
    fast, full = found
    pd.testing.assert_frame_equal(fast, full)
    assert fast["outcome"].nunique() > 1
