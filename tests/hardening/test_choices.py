"""Choices from rows, costs and coverages, against sums by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.hardening.test_fates import rows

from sassafras.faults.model import Mode
from sassafras.hardening.choices import exposure, plans_of, program_exposures
from sassafras.hardening.coverage import Coverage, measure_elsewhere
from sassafras.hardening.effects import turning, unchanged
from sassafras.hardening.fates import Fate, Weights, place
from sassafras.hardening.overhead import CostBook
from sassafras.hardening.plan import Protection, protect
from sassafras.kernels.cost import Cost
from sassafras.kernels.hardened.registry import NETWORK, techniques_of
from sassafras.kernels.hardened.technique import Technique

KERNELS = ("add_bias", "softmax")


def book() -> CostBook:
    """Every technique: twice the instructions, thrice the seconds, four times the registers x time."""
    costs: dict[tuple[str, Technique | None], Cost] = {}
    for kernel in KERNELS:
        costs[kernel, None] = Cost(1, 100, 1.0, (1.0, 1.0))
        costs |= {(kernel, t): Cost(1, 200, 4.0, (3.0, 3.5)) for t in techniques_of(kernel)}
    costs[NETWORK, Technique.GUARD] = Cost(1, 1, 0.001, (0.01, 0.02))
    return CostBook(costs)


def injected() -> pd.DataFrame:
    """Ten faults: five in each kernel, three of them in IOV, two in RF."""
    iov = [Fate.CRITICAL, Fate.INVALID, Fate.DUE]
    rf = [Fate.HARMLESS, Fate.CRITICAL]
    parts = [rows(ended, kernel, mode) for kernel in KERNELS for ended, mode in ((iov, "IOV"), (rf, "RF"))]
    return pd.concat(parts).assign(id=range(10)).reset_index(drop=True)


def test_exposure_counts_instructions_or_registers_and_time() -> None:
    assert exposure(book(), "add_bias", Technique.TMR, Mode.IOV) == 2
    assert exposure(book(), "add_bias", Technique.TMR, Mode.RF) == 4
    found = program_exposures(book(), protect({"add_bias": Technique.TMR}), KERNELS, [Mode.IOA, Mode.RF])
    assert found == {Mode.IOA: 1.5, Mode.RF: 2.5}


def test_what_a_technique_leaves_counts_how_often_it_is_struck() -> None:
    plans = plans_of(injected(), KERNELS, book(), {}, Weights())
    dmr = plans.find(protect({"add_bias": Technique.DMR}))
    assert dmr is not None
    # In add_bias 2 x 2 IOV and 4 x 1 RF critical faults of ten, a twentieth of which stays; three in softmax.
    assert dmr.critical == pytest.approx(0.05 * (2 * 0.2 + 4 * 0.1) + 0.3)
    assert dmr.detected == pytest.approx(0.95 * (2 * 0.2 + 4 * 0.2))
    assert dmr.due == pytest.approx(2 * 0.1 + 0.1)
    assert dmr.overhead == pytest.approx(2 / 2)


def test_a_guard_stops_invalid_outputs_of_every_kernel() -> None:
    plans = plans_of(injected(), KERNELS, book(), {}, Weights())
    guard = plans.find(protect({NETWORK: Technique.GUARD}))
    assert guard is not None
    assert (guard.critical, guard.detected) == pytest.approx((0.4, 0.2))
    assert guard.overhead == pytest.approx(0.01 / 2)
    both = plans.find(protect({"add_bias": Technique.TMR, NETWORK: Technique.GUARD}))
    assert both is not None
    assert both.detected == pytest.approx(0.1 + 0.05 * 2 * 0.1)
    assert any(NETWORK in dict(plan.protection.chosen) for plan in plans.front)


def test_without_a_guard_there_is_no_slot_for_it() -> None:
    costs = {key: cost for key, cost in book().costs.items() if key[0] != NETWORK}
    plans = plans_of(injected(), KERNELS, CostBook(costs), {}, Weights())
    assert plans.slots == KERNELS
    assert plans.find(Protection()) is not None


def test_what_a_technique_did_elsewhere_is_measured() -> None:
    before = injected()
    after = before.assign(outcome="MASKED", severity=None)
    found = measure_elsewhere(None, Technique.TMR, before, after, ["softmax"])
    assert found.measured and found.elsewhere is not None
    matrix = found.elsewhere["softmax"]
    assert matrix[place(Fate.CRITICAL), place(Fate.QUIET)] == 1
    np.testing.assert_array_equal(
        matrix[place(Fate.DETECTED)], unchanged()[place(Fate.DETECTED)]
    )  # nothing was detected before
    known = {("add_bias", Technique.TMR): found}
    plans = plans_of(before, KERNELS, book(), known, Weights())
    plan = plans.find(protect({"add_bias": Technique.TMR}))
    assert plan is not None
    assert plan.critical == pytest.approx(0.05 * (2 * 0.2 + 4 * 0.1))  # nothing of softmax


def test_measured_coverages_are_used() -> None:
    known = {("add_bias", Technique.TMR): Coverage(turning(1.0, Fate.QUIET), 1.0, measured=True)}
    plan = plans_of(injected(), KERNELS, book(), known, Weights()).find(protect({"add_bias": Technique.TMR}))
    assert plan is not None and plan.critical == pytest.approx(0.3)
