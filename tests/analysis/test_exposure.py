"""Failures by exposure, against sums done by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from sassafras.analysis.critical import Criticality
from sassafras.analysis.exposure import ALL, FAILURES, Failures, compare_failures, exposures, relative
from sassafras.analysis.intervals import interval
from sassafras.analysis.ratios import RatioInterval
from sassafras.analysis.struck import struck_part
from sassafras.campaign.usage import KernelUsage
from sassafras.faults.census import Cell
from sassafras.faults.model import FaultModel, Mode

ONE, TWO = FaultModel.SINGLE_BIT, FaultModel.RANDOM_VALUE
USAGE = (
    KernelUsage("add_bias", 2, 100, 1e-3, 40.0),
    KernelUsage("gemm", 3, 900, 7e-3, 160.0),
    KernelUsage("softmax", 1, 0, 2e-3, 1.0),
)


def cell(mode: Mode, model: FaultModel, kernel: str, sites: int) -> Cell:
    return Cell(mode, model, kernel, 0, sites, sites, 0)


CENSUS = (
    cell(Mode.RF, ONE, "add_bias", 500),
    cell(Mode.IOV, ONE, "add_bias", 80),
    cell(Mode.IOV, ONE, "gemm", 40),
    cell(Mode.IOV, TWO, "add_bias", 60),
)


def test_exposure_is_sites_of_an_inference_and_register_bits_times_time() -> None:
    found = exposures(CENSUS, USAGE, ("add_bias", "gemm"), frames=2)
    assert found == {(Mode.RF, ONE): 200.0, (Mode.IOV, ONE): 60.0, (Mode.IOV, TWO): 30.0}
    assert exposures(CENSUS, USAGE, ("add_bias",), frames=2)[Mode.RF, ONE] == 40.0
    assert exposures(CENSUS, (), ("add_bias",), 1) == {(Mode.IOV, ONE): 80.0, (Mode.IOV, TWO): 60.0}
    assert exposures((), USAGE, ("add_bias",), 1) == {}
    assert relative({(Mode.RF, ONE): 2.0, (Mode.IOV, ONE): 1.0}, {(Mode.RF, ONE): 3.0}) == {
        (Mode.RF, ONE): 1.5
    }


def rows(mode: Mode, model: FaultModel, critical: int, dues: int, n: int) -> pd.DataFrame:
    ended = [("SDC", "LIGHT_MALFUNCTION")] * critical + [("DUE", None)] * dues
    ended += [("MASKED", None)] * (n - len(ended))
    table = pd.DataFrame(ended, columns=["outcome", "severity"])
    return table.assign(mode=mode.value, model=model.value, largest_change=0.01)


def pick(found: tuple[Failures, ...], mode: str, model: str, name: str) -> Failures:
    (one,) = (f for f in found if (f.mode, f.model, f.name) == (mode, model, name))
    return one


def test_failures_are_share_times_exposure() -> None:
    before, after = rows(Mode.RF, ONE, 30, 10, 100), rows(Mode.RF, ONE, 3, 20, 100)
    found = compare_failures(before, after, {(Mode.RF, ONE): 2.5})
    one = pick(found, "RF", "single-bit", "CRITICAL")
    low, high = interval(3, 100)
    assert (one.before.value, one.exposure, one.is_mixture) == (0.3, 2.5, False)
    assert one.after.value == pytest.approx(0.075)
    assert (one.after.low, one.after.high) == pytest.approx((2.5 * float(low), 2.5 * float(high)))
    assert one.ratio.value == pytest.approx(0.25)
    due = pick(found, "RF", "single-bit", "DUE")
    assert due.ratio.value == pytest.approx(5), "twice the share, and hit 2.5 times as often"
    assert due.after.value == pytest.approx(0.5)
    assert {f.name for f in found} == set(FAILURES)
    assert math.isnan(pick(found, "RF", "single-bit", "DETECTED").ratio.value)


def test_a_mixture_weighs_its_members_alike() -> None:
    """Not by how many injections they happen to have, and each with its own exposure."""
    before = pd.concat([rows(Mode.RF, ONE, 10, 0, 100), rows(Mode.IOV, ONE, 60, 0, 200)], ignore_index=True)
    after = pd.concat([rows(Mode.RF, ONE, 20, 0, 100), rows(Mode.IOV, ONE, 10, 0, 50)], ignore_index=True)
    found = compare_failures(before, after, {(Mode.RF, ONE): 2.0, (Mode.IOV, ONE): 4.0})
    one = pick(found, ALL, ALL, "SDC")
    assert one.is_mixture
    assert one.before.value == pytest.approx((0.1 + 0.3) / 2)
    assert one.after.value == pytest.approx((0.2 * 2 + 0.2 * 4) / 2)
    assert one.ratio.value == pytest.approx(3)
    assert one.exposure == pytest.approx(3)
    assert one.ratio.interval is RatioInterval.MOVER
    parts = [pick(found, mode, "single-bit", "SDC").after.value for mode in ("RF", "IOV")]
    assert one.after.value == pytest.approx(sum(parts) / 2)


def test_models_are_shown_one_by_one_and_mixed() -> None:
    tables = [rows(Mode.IOV, model, k, 0, 100) for model, k in ((ONE, 10), (TWO, 30))]
    before = pd.concat(tables, ignore_index=True)
    same = compare_failures(before, before, {(Mode.IOV, ONE): 1.0, (Mode.IOV, TWO): 1.0}, ["SDC"])
    assert [(f.mode, f.model) for f in same] == [
        ("IOV", ALL),
        ("IOV", "single-bit"),
        ("IOV", "random-value"),
    ]
    assert same[0].ratio.value == 1
    assert same[0].ratio.interval is RatioInterval.KOOPMAN, "all of them weigh alike: counted together"
    unlike = compare_failures(before, before, {(Mode.IOV, ONE): 1.0, (Mode.IOV, TWO): 2.0}, ["SDC"])
    assert unlike[0].after.value == pytest.approx((0.1 + 2 * 0.3) / 2)
    assert compare_failures(before, before, {}) == ()


def test_tolerance_decides_what_is_critical() -> None:
    table = rows(Mode.RF, ONE, 10, 0, 100)
    known = {(Mode.RF, ONE): 1.0}
    (plain,) = compare_failures(table, table, known, ["CRITICAL"])
    (strict,) = compare_failures(table, table, known, ["CRITICAL"], Criticality(0.5))
    assert (plain.share_before.n, strict.share_before.n) == (10, 0)


def test_what_part_was_struck() -> None:
    found = struck_part(USAGE, ("add_bias",))
    assert found is not None
    assert (found.instructions, found.seconds) == pytest.approx((0.1, 0.1))
    assert (found.kernels, found.others) == (("add_bias",), ("gemm", "softmax"))
    whole = struck_part(USAGE, ("add_bias", "gemm", "softmax"))
    assert whole is not None and whole.is_whole and whole.seconds == pytest.approx(1)
    assert struck_part((), ("add_bias",)) is None
