"""Tables for the terminal."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from tests.report.whole import printed

from sassafras.analysis.critical import Criticality
from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.results import Results
from sassafras.faults.model import THREAD_MODES, Mode
from sassafras.kernels.registry import KERNELS
from sassafras.report.cells import Share
from sassafras.report.numbers import share_text
from sassafras.report.renderers.terminal import laid_out
from sassafras.report.table import Table, made
from sassafras.report.tables.campaign import ckv, clv, outcomes
from sassafras.report.tables.kernels import KernelFacts, KernelShare, kernels, profile
from sassafras.report.tables.registry import campaign_tables as tables

ENDED = (
    ("MASKED", None),
    ("DUE", None),
    *(("SDC", severity) for severity in ("MALFUNCTION", "INVALID_OUTPUT", "LIGHT_MALFUNCTION")),
    ("SDC", "NO_MALFUNCTION"),
)


def headings(table: Table) -> list[str]:
    return list(table.columns)


def test_headings_are_the_outcome_classes(results: Results) -> None:
    labels = [c.label for c in OutcomeClass]
    assert headings(outcomes(results)[0]) == ["mode", "planned", "errors", "n", *labels]
    assert headings(ckv(results)[0]) == ["kernel", "n", *labels]
    assert headings(clv(results)[0]) == ["layer", "n", *labels]


def test_rows_are_the_numbers_of_the_analysis(results: Results) -> None:
    text = printed(ckv(results)[2])
    rows = results.ckv(Mode.IOV)
    *struck, softmax = results.kernels
    (line,) = [line for line in text.splitlines() if line.startswith(softmax)]
    assert line.split() == ["softmax", "not", "struck", *["–"] * len(OutcomeClass)]
    for kernel in struck:
        (line,) = [line for line in text.splitlines() if line.startswith(kernel)]
        of_kernel = rows[rows["kernel"] == kernel]
        shares = [
            share_text(*(row[name] for name in ("share", "low", "high", "below")))
            for row in of_kernel.to_dict("records")
        ]
        assert line.split()[1] == str(of_kernel["n"].sum())
        assert all(share in line for share in shares)


def test_layers_without_injections_have_dashes(results: Results) -> None:
    lines = printed(clv(results)[0]).splitlines()
    (dropout,) = [line.split() for line in lines if "dropout" in line]
    (softmax,) = [line.split() for line in lines if "softmax" in line]
    assert dropout == ["2", "dropout", "no", "launches"] + ["–"] * len(OutcomeClass)
    assert softmax == ["3", "softmax", "not", "struck"] + ["–"] * len(OutcomeClass)


@pytest.mark.parametrize("width", [80, 120])
def test_nothing_is_cut_off(results: Results, width: int) -> None:
    for table in tables(results):
        text = printed(table, width)
        assert "…" not in text
        assert max(len(line) for line in text.splitlines()) <= width


@pytest.mark.parametrize("width", [80, 140])
def test_nothing_is_cut_off_with_the_widest_numbers(results: Results, width: int) -> None:
    """Every outcome in every place, hundreds of thousands of times: every interval takes all its digits."""
    rows = pd.DataFrame(
        [
            {
                "mode": mode.value,
                "model": model.value,
                "kernel": kernel,
                "layer": layer.index,
                "outcome": outcome,
                "severity": severity,
            }
            for mode in THREAD_MODES
            for model in results.models[mode]
            for kernel, layer in zip(results.kernels, results.layers, strict=False)
            for outcome, severity in ENDED
        ]
        * 2000
    ).assign(due_kind="ILLEGAL_INSTRUCTION", masked_reason="overwritten")
    layers = tuple(replace(layer, kind="convolutional", index=layer.index) for layer in results.layers)
    planned = dict.fromkeys(THREAD_MODES, len(rows) // 3)
    for table in tables(replace(results, injections=rows, layers=layers, planned=planned)):
        text = printed(table, width)
        assert "…" not in text
        assert max(len(line) for line in text.splitlines()) <= width


def test_sums_are_those_of_their_parts(results: Results) -> None:
    """The paper's Malfunction, and critical faults: all kernels, and each of them."""
    (paper,) = [t for t in tables(results) if t.name == "paper_malfunction_ckv"]
    (critical,) = [t for t in tables(results) if t.name == "critical_ckv"]
    for table, parts in ((paper, ["MALFUNCTION", "INVALID_OUTPUT"]), (critical, [s for _, s in ENDED[2:5]])):
        lines = {line.split()[0]: line for line in reversed(printed(table).splitlines()) if line}
        rows = results.injections
        for mode in THREAD_MODES:
            own = rows[rows["mode"] == mode.value]
            hits = own["severity"].isin(parts)
            share = f"{hits.sum() / len(own) * 100:.3g} (" if hits.any() else "below"
            assert share in lines["all"]
        first = rows[(rows["kernel"] == "im2col_gpu") & (rows["mode"] == "IOV")]
        n = first["severity"].isin(parts).sum()
        assert f"{n / (rows['mode'] == 'IOV').sum() * 100:.0f} (" in lines["im2col_gpu"]


def test_a_tolerance_is_said(results: Results) -> None:
    shown = tables(replace(results, critical=Criticality(0.2)))
    (critical,) = [table for table in shown if table.name == "critical_ckv"]
    assert critical.title == "Critical, tolerance 0.2, by kernel"
    assert "a change of at least 0.2 of an output value" in " ".join(printed(critical).split())
    (paper,) = [table for table in shown if table.name == "paper_malfunction_ckv"]
    text = printed(critical)
    bodies = [[x for x in t.splitlines() if x.startswith(results.kernels)] for t in (text, printed(paper))]
    assert len(bodies[0]) == len(results.kernels)
    assert bodies[0] == bodies[1]  # here Light ones change less


def test_all_tables(results: Results) -> None:
    titles = [str(table.title) for table in tables(results)]
    assert titles[0] == "Outcomes"
    assert [title for title in titles if "CKV" in title and "mode" in title] == [
        f"Kernel vulnerability (CKV), mode {mode.value}" for mode in THREAD_MODES
    ]
    assert titles[-4:-2] == ["Kinds of DUE", "Why faults were masked"]
    assert titles[-2] == "Fidelity"
    assert "ILLEGAL_ADDRESS" in printed(tables(results)[-4])
    assert headings(tables(results)[-3]) == ["masked reason", "RF n", "RF"]


def test_cells() -> None:
    nan = float("nan")
    for share, wide, tall in (
        (Share(0.127, 0.107, 0.149, nan, 127, 1000), "12.7 (10.7–14.9)", "12.7\n10.7–14.9"),
        (Share(nan, 0, 1, nan, 0, 0), "–", "–"),
        (Share(0.5, 0.02, 0.98, nan, 2, 4), "50 (2–98)†", "50\n2–98†"),
        (Share(0.0, 0.0, 0.0037, 1 - 0.05 ** (1 / 1000), 0, 1000), "below 0.30 %", "below\n0.30 %"),
    ):
        table = made("name", "", "", ("share",), [[[share]]], left=0)
        assert share.text == wide
        assert [str(cell) for cell in laid_out(table, 80).columns[0].cells] == [wide]
        assert [str(cell) for cell in laid_out(table, 1).columns[0].cells] == [tall]


def test_no_cell_says_zero(results: Results) -> None:
    for table in tables(results)[:-4]:
        assert " 0.0 (" not in printed(table)
        assert "none was seen" in " ".join(printed(table).split())


def test_kernels_table_fits_a_small_terminal() -> None:
    every = printed(kernels([KernelFacts(name, 32, 9999, 8) for name in KERNELS], "Kernels", ""), 80)
    assert "…" not in every
    assert set(KERNELS) <= set(every.split())
    names = list(KERNELS)[:7]  # of the paper's network: a line each
    text = printed(kernels([KernelFacts(name, 32, 9999, 8) for name in names], "Kernels", ""), 80)
    lines = text.splitlines()[-len(names) :]
    assert [line.split()[0] for line in lines] == names
    for line, kernel in zip(lines, map(KERNELS.get, names), strict=True):
        assert kernel is not None
        assert kernel.role is not None
        assert line.split(maxsplit=1)[1].startswith(kernel.role.layer)
        assert kernel.role.task in line


def test_profile_table_adds_up() -> None:
    rows = [
        KernelShare("fill_gpu", 2, 1000, 5000, {Mode.RF: 0.25}),
        KernelShare("softmax", 1, 7, 15000, {Mode.RF: 0.75}),
    ]
    lines = [line.split() for line in printed(profile(rows, 1, [Mode.RF])).splitlines()]
    assert ["fill_gpu", "2", "1,000", "5,000", "25.00"] in lines
    assert ["total", "3", "1,007", "20,000", "100.00"] in lines
