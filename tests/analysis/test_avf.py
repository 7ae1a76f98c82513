"""AVF and FIT of made-up strikes, against numbers worked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sassafras.analysis.avf import (
    READ,
    ResidentLaunch,
    allocated_fraction,
    avf_cells,
    share_of,
    strikes,
    while_running,
)
from sassafras.analysis.critical import Criticality
from sassafras.analysis.endings import Ending, endings, register_was_read
from sassafras.analysis.fit import (
    Ecc,
    Fit,
    FitOutcome,
    Rates,
    Verdict,
    fit_of,
    fit_table,
    per_inferences,
    unknown_fit,
    verdict,
    within_limit,
)
from sassafras.analysis.raw_rates import MBIT, RATES, MultiBitShare, band_of, given_band
from sassafras.kernels.occupancy import Allocation, Occupancy

E = Ending
SDC = {E.MALFUNCTION, E.INVALID_OUTPUT, E.LIGHT_MALFUNCTION, E.NO_MALFUNCTION}


def launch(number: int, kernel: str, layer: int, seconds: float, fraction: float) -> ResidentLaunch:
    """Three quarters of what it allocates can be named."""
    occupancy = Occupancy(4, (), block_registers=4096, named=3072)
    return ResidentLaunch(number, kernel, layer, 6, seconds, Allocation(occupancy, (), 20, fraction))


LAUNCHES = (
    launch(0, "fill_gpu", 0, 1.0, 0.25),
    launch(1, "gemm", 0, 6.0, 1.0),
    launch(2, "fill_gpu", 1, 1.0, 0.5),
    launch(3, "softmax", 2, 2.0, 0.05),
)


def struck(rows: Sequence[tuple[int, Ending]], **changes: Any) -> pd.DataFrame:
    frame = pd.DataFrame(
        [
            {
                "mode": "RF",
                "model": "single-bit",
                "scope": "thread",
                "launch": number,
                "outcome": "SDC" if ending in SDC else ending.value,
                "severity": ending.value if ending in SDC else None,
                "masked_reason": None,
                "largest_change": 0.25 if ending is E.LIGHT_MALFUNCTION else None,
            }
            for number, ending in rows
        ]
    )
    return frame.assign(**changes)


ROWS = [
    *[(0, E.MASKED)] * 6,
    *[(0, E.DUE)] * 2,
    *[(1, E.MASKED)] * 10,
    *[(1, E.MALFUNCTION)] * 4,
    *[(1, E.NO_MALFUNCTION)] * 6,
    *[(2, E.LIGHT_MALFUNCTION)] * 1,
    *[(2, E.MASKED)] * 3,
    *[(3, E.MASKED)] * 2,
]


def test_avf_by_hand() -> None:
    """P x allocated x named, weighted by time: ten seconds in all."""
    cells = avf_cells(struck(ROWS), LAUNCHES)
    first, gemm, second = 2 / 8 * 0.25, 10 / 20 * 1.0, 1 / 4 * 0.5
    whole = 0.75 * (0.1 * first + 0.6 * gemm + 0.1 * second)
    assert share_of(cells).value == pytest.approx(whole)
    assert share_of(cells, (E.MALFUNCTION,)).value == pytest.approx(0.75 * 0.6 * 4 / 20)
    assert while_running(cells[cells["kernel"] == "gemm"]).value == pytest.approx(0.75 * gemm)
    fills = cells[cells["kernel"] == "fill_gpu"]
    assert while_running(fills).value == pytest.approx(0.75 * (first + second) / 2)
    assert allocated_fraction(fills) == pytest.approx(0.375)
    assert allocated_fraction(cells) == pytest.approx(0.025 + 0.6 + 0.05 + 0.01)
    assert cells["n"].tolist() == [8, 20, 4, 2]


def test_only_single_bit_strikes_of_single_threads_count() -> None:
    wrong = [struck([(1, E.DUE)], **{k: v}) for k, v in
             (("mode", "IOV"), ("model", "random-value"), ("scope", "warp"))]  # fmt: skip
    rows = pd.concat([struck(ROWS), *wrong], ignore_index=True)
    assert len(strikes(rows)) == len(ROWS)
    pd.testing.assert_frame_equal(avf_cells(rows, LAUNCHES), avf_cells(struck(ROWS), LAUNCHES))


def test_a_launch_without_strikes_borrows_from_its_kernel_and_bounds_as_unknown() -> None:
    rows = [row for row in ROWS if row[0] != 2]
    cells = avf_cells(struck(rows), LAUNCHES)
    unseen = cells[cells["launch"] == 2]
    share = share_of(unseen)
    assert share.value == pytest.approx(0.75 * 0.1 * 0.5 * 2 / 8)
    assert share.low == 0.0
    assert share.high == pytest.approx(0.75 * 0.1 * 0.5)
    never = share_of(avf_cells(struck([(0, E.DUE)]), LAUNCHES).query("kernel == 'softmax'"))
    assert (never.value, never.low) == (0.0, 0.0)
    assert never.high == pytest.approx(0.75 * 0.2 * 0.05)


def test_no_strikes_at_all() -> None:
    cells = avf_cells(struck(ROWS).iloc[:0], LAUNCHES)
    assert share_of(cells).value == 0
    assert share_of(cells).high == pytest.approx(cells["weight"].sum())


def test_a_strike_in_an_unknown_launch_is_refused() -> None:
    with pytest.raises(ValueError, match=r"not in the plan: \[9\]"):
        avf_cells(struck([(9, E.DUE)]), LAUNCHES)


def test_endings() -> None:
    every = [(0, ending) for ending in Ending]
    assert endings(struck(every)).tolist() == [ending.value for ending in Ending]
    with pytest.raises(ValueError, match="outcome 'SDC' and severity None"):
        endings(struck([(0, E.MALFUNCTION)], severity=None))
    reasons = struck([(0, E.MASKED)] * 4, masked_reason=["never-read", "overwritten", "no-effect", None])
    assert register_was_read(reasons).tolist() == [False, False, True, True]


RATES_BY_HAND = Rates(given_band(10.0, 20.0), 10 * MBIT, MultiBitShare(0.0, 0.1, "by hand"))


def test_fit_by_hand() -> None:
    """10 Mbit at 10 to 20 FIT per Mbit: 100 to 200 FIT raw."""
    cells = avf_cells(struck(ROWS), LAUNCHES)
    share = share_of(cells, (E.MALFUNCTION,))
    found = fit_of(cells, FitOutcome.MALFUNCTION, Ecc.NONE, RATES_BY_HAND)
    assert found.lowest == pytest.approx(100 * share.value)
    assert found.highest == pytest.approx(200 * share.value)
    assert found.low == pytest.approx(100 * share.low)
    assert found.high == pytest.approx(200 * share.high)
    assert unknown_fit(cells, Ecc.NONE, RATES_BY_HAND).high == pytest.approx(200 * cells["weight"].sum())


def test_secded_leaves_double_bit_upsets_that_are_read() -> None:
    reasons = [None if ending is not E.MASKED else "never-read" for _, ending in ROWS]
    cells = avf_cells(struck(ROWS, masked_reason=reasons), LAUNCHES)
    read = share_of(cells, (READ,)).value
    assert read == pytest.approx(share_of(cells).value)  # here all that was read mattered
    due = fit_of(cells, FitOutcome.DUE, Ecc.SECDED, RATES_BY_HAND)
    assert due.lowest == 0.0
    assert due.highest == pytest.approx(200 * 0.1 * read)
    assert fit_of(cells, FitOutcome.FAILURE, Ecc.SECDED, RATES_BY_HAND) == due
    assert fit_of(cells, FitOutcome.CRITICAL, Ecc.SECDED, RATES_BY_HAND) == Fit(0, 0, 0, 0)


def test_sums_of_outcomes() -> None:
    cells = avf_cells(struck([*ROWS, (1, E.INVALID_OUTPUT)]), LAUNCHES)
    fit = {o: fit_of(cells, o, Ecc.NONE, RATES_BY_HAND).highest for o in FitOutcome}
    assert fit[FitOutcome.INVALID_OUTPUT] == pytest.approx(fit[FitOutcome.MALFUNCTION] / 4)
    wrong = fit[FitOutcome.MALFUNCTION] + fit[FitOutcome.INVALID_OUTPUT]
    critical = wrong + fit[FitOutcome.LIGHT_MALFUNCTION]
    assert fit[FitOutcome.CRITICAL] == pytest.approx(critical)
    assert fit[FitOutcome.SDC] == pytest.approx(critical + fit[FitOutcome.NO_MALFUNCTION])
    assert fit[FitOutcome.FAILURE] == pytest.approx(critical + fit[FitOutcome.DUE])
    assert fit[FitOutcome.AVF] == pytest.approx(fit[FitOutcome.SDC] + fit[FitOutcome.DUE])
    for tolerance, expected in ((0.25, critical), (0.26, wrong)):
        cells = avf_cells(struck([*ROWS, (1, E.INVALID_OUTPUT)]), LAUNCHES, Criticality(tolerance))
        found = fit_of(cells, FitOutcome.CRITICAL, Ecc.NONE, RATES_BY_HAND).highest
        assert found == pytest.approx(expected)


def assert_adds_up(table: pd.DataFrame) -> None:
    """Kernels, layers and launches each add up to the whole, outcome by outcome, with and without ECC."""
    keys, columns = ["ecc", "outcome"], ["n", "share", "fit_lowest", "fit_highest"]
    whole = table[table["by"] == "total"].set_index(keys)[columns]
    for by in ("kernel", "layer", "launch"):
        parts = table[table["by"] == by].groupby(keys)[columns].sum().reindex(whole.index)
        np.testing.assert_allclose(parts.to_numpy(), whole.to_numpy(), rtol=1e-12, atol=1e-15)


@settings(max_examples=12)
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(list(Ending))), max_size=40))
def test_fit_adds_up_over_kernels_layers_and_launches(rows: list[tuple[int, Ending]]) -> None:
    frame = struck(rows) if rows else struck(ROWS).iloc[:0]
    every = ("fill_gpu", "gemm", "softmax")
    assert_adds_up(fit_table(avf_cells(frame, LAUNCHES), RATES_BY_HAND, every))
    assert_adds_up(fit_table(avf_cells(frame, LAUNCHES), RATES_BY_HAND, ("fill_gpu",)))


def test_verdicts() -> None:
    assert verdict(Fit(1, 2, 0.5, 10.0)) is Verdict.BELOW
    assert verdict(Fit(11, 20, 10.1, 30)) is Verdict.ABOVE
    assert verdict(Fit(9, 9, 8, 10.1)) is Verdict.UNDECIDED
    assert verdict(Fit(11, 20, 10.0, 30)) is Verdict.UNDECIDED


def test_failures_per_inference() -> None:
    """3600 FIT for inferences of a second: one hour's failures in 3600 of them."""
    assert per_inferences(Fit(3600, 7200, 0, 10800), 1.0) == Fit(1.0, 2.0, 0.0, 3.0)


def test_cited_rates() -> None:
    """The worked example: 10,485,760 bits at 1.2e-5 FIT are 126 FIT, at 157.62 FIT per MB 197."""
    band = band_of(28)
    assert band is not None
    low, high = band.fit_of(5 * 65536 * 32)
    assert low == pytest.approx(125.83, abs=0.01)
    assert high == pytest.approx(197.03, abs=0.01)
    assert band_of(90) is None
    assert all(rate.source and rate.low <= rate.high for rate in RATES)


def test_kernels_that_were_not_injected_may_do_anything() -> None:
    """A verdict about the whole inference is one for nothing and for every strike in them, or none."""
    launches = [launch(0, "im2col_gpu", 0, 1.0, 0.5), launch(1, "gemm", 0, 99.0, 1.0)]
    hurt = struck([(0, Ending.DUE)] * 40 + [(0, Ending.MASKED)] * 60)
    cells = avf_cells(hurt, launches)
    low, high = (Rates(given_band(rate, rate), 2**20) for rate in (1.0, 1e4))
    assert within_limit(cells, ["im2col_gpu"], Ecc.NONE, low) is Verdict.BELOW, "all of it is 1 FIT at most"
    assert within_limit(cells, ["im2col_gpu"], Ecc.NONE, high) is Verdict.ABOVE, (
        "the injected ones are enough"
    )
    some = Rates(given_band(100.0, 100.0), 2**20)
    known = cells[cells["kernel"] == "im2col_gpu"]
    assert verdict(fit_of(known, FitOutcome.FAILURE, Ecc.NONE, some)) is Verdict.BELOW
    assert within_limit(cells, ["im2col_gpu"], Ecc.NONE, some) is Verdict.UNKNOWN, "gemm may do anything"
    everything = within_limit(cells, ["im2col_gpu", "gemm"], Ecc.NONE, low)
    assert everything is Verdict.BELOW
