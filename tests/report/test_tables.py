"""Tables for the terminal."""

from __future__ import annotations

import io
from dataclasses import replace

import pandas as pd
import pytest
from rich.console import Console
from rich.table import Table

from sassafras.analysis.critical import Criticality
from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.results import Results
from sassafras.faults.model import Mode
from sassafras.kernels.registry import KERNELS
from sassafras.report.cells import cell
from sassafras.report.kernel_tables import KernelFacts, KernelShare, kernels_table, profile_table
from sassafras.report.numbers import share_text
from sassafras.report.tables import ckv_table, clv_table, outcomes_table, tables

ENDED = (
    ("MASKED", None),
    ("DUE", None),
    *(("SDC", severity) for severity in ("MALFUNCTION", "INVALID_OUTPUT", "LIGHT_MALFUNCTION")),
    ("SDC", "NO_MALFUNCTION"),
)


def printed(table: Table, width: int = 200) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def headings(table: Table) -> list[str]:
    return [str(column.header).replace("\n", "") for column in table.columns]


def test_headings_are_the_outcome_classes(results: Results) -> None:
    labels = [c.label for c in OutcomeClass]
    assert headings(outcomes_table(results)) == ["mode", "planned", "errors", *labels]
    assert headings(ckv_table(results, Mode.RF)) == ["kernel", "n", *labels]
    assert headings(clv_table(results, Mode.RF)) == ["layer", "n", *labels]


def test_rows_are_the_numbers_of_the_analysis(results: Results) -> None:
    text = printed(ckv_table(results, Mode.IOV))
    rows = results.ckv(Mode.IOV)
    for kernel in results.kernels:
        (line,) = [line for line in text.splitlines() if line.startswith(kernel)]
        of_kernel = rows[rows["kernel"] == kernel]
        shares = [
            share_text(*(row[name] for name in ("share", "low", "high", "below")))
            for row in of_kernel.to_dict("records")
        ]
        assert line.split()[1] == str(of_kernel["n"].sum())
        assert all(share in line for share in shares)


def test_layers_without_injections_have_dashes(results: Results) -> None:
    lines = printed(clv_table(results, Mode.RF)).splitlines()
    (dropout,) = [line.split() for line in lines if "dropout" in line]
    (softmax,) = [line.split() for line in lines if "softmax" in line]
    assert dropout == ["2", "dropout"] + ["–"] * (1 + len(OutcomeClass))
    assert softmax == ["3", "softmax", "0"] + ["–"] * len(OutcomeClass)


@pytest.mark.parametrize("width", [80, 120])
def test_nothing_is_cut_off(results: Results, width: int) -> None:
    for table in tables(results, width):
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
            for mode in Mode
            for model in results.models[mode]
            for kernel, layer in zip(results.kernels, results.layers, strict=False)
            for outcome, severity in ENDED
        ]
        * 2000
    ).assign(due_kind="ILLEGAL_INSTRUCTION", masked_reason="overwritten")
    layers = tuple(replace(layer, kind="convolutional", index=layer.index) for layer in results.layers)
    planned = dict.fromkeys(Mode, len(rows) // 3)
    for table in tables(replace(results, injections=rows, layers=layers, planned=planned), width):
        text = printed(table, width)
        assert "…" not in text
        assert max(len(line) for line in text.splitlines()) <= width


def test_sums_are_those_of_their_parts(results: Results) -> None:
    """The paper's Malfunction, and critical faults: all kernels, and each of them."""
    (paper,) = [t for t in tables(results) if "the paper's" in str(t.title)]
    (critical,) = [t for t in tables(results) if str(t.title) == "Critical"]
    for table, parts in ((paper, ["MALFUNCTION", "INVALID_OUTPUT"]), (critical, [s for _, s in ENDED[2:5]])):
        lines = {line.split()[0]: line for line in reversed(printed(table).splitlines()) if line}
        rows = results.injections
        for mode in Mode:
            own = rows[rows["mode"] == mode.value]
            hits = own["severity"].isin(parts)
            share = f"{hits.sum() / len(own) * 100:.3g} (" if hits.any() else "below"
            assert share in lines["all"]
        first = rows[(rows["kernel"] == "im2col_gpu") & (rows["mode"] == "IOV")]
        n = first["severity"].isin(parts).sum()
        assert f"{n / (rows['mode'] == 'IOV').sum() * 100:.0f} (" in lines["im2col_gpu"]


def test_a_tolerance_is_said(results: Results) -> None:
    shown = tables(replace(results, critical=Criticality(0.2)))
    (critical,) = [table for table in shown if str(table.title).startswith("Critical")]
    assert critical.title == "Critical, tolerance 0.2"
    assert "a change of at least 0.2 of an output value" in " ".join(printed(critical).split())
    (paper,) = [table for table in shown if "the paper's" in str(table.title)]
    text = printed(critical)
    bodies = [[x for x in t.splitlines() if x.startswith(results.kernels)] for t in (text, printed(paper))]
    assert len(bodies[0]) == len(results.kernels)
    assert bodies[0] == bodies[1]  # here Light ones change less


def test_all_tables(results: Results) -> None:
    titles = [str(table.title) for table in tables(results)]
    assert titles[0] == "Outcomes"
    assert [title for title in titles if "CKV" in title and "mode" in title] == [
        f"Kernel vulnerability (CKV), mode {mode.value}" for mode in Mode
    ]
    assert titles[-2:] == ["Kinds of DUE", "Why faults were masked"]
    assert "ILLEGAL_ADDRESS" in printed(tables(results)[-2])
    assert headings(tables(results)[-1]) == ["masked reason", "RF"]


def test_cells() -> None:
    assert str(cell(0.127, 0.107, 0.149)) == "12.7 (10.7–14.9)"
    assert str(cell(0.127, 0.107, 0.149, wide=False)) == "12.7\n10.7–14.9"
    assert str(cell(float("nan"), 0, 1)) == "–"
    assert str(cell(0.0001, 0.000003, 0.00056)) == "0.010 (3e-4–0.056)"


def test_what_was_not_seen_is_never_nothing() -> None:
    bound = 1 - 0.05 ** (1 / 1000)
    assert str(cell(0.0, 0.0, 0.0037, bound)) == "below 0.30 %"
    assert str(cell(0.0, 0.0, 0.0037, bound, wide=False)) == "below\n0.30 %"


def test_no_cell_says_zero(results: Results) -> None:
    for table in tables(results)[:-2]:
        assert " 0.0 (" not in printed(table)
        assert "none was seen" in " ".join(printed(table).split())


def test_kernels_table_fits_a_small_terminal() -> None:
    table = kernels_table([KernelFacts(name, 32, 9999, 8) for name in KERNELS], "alexnet", "sm_50")
    text = printed(table, 80)
    assert "…" not in text
    lines = text.splitlines()[3:-1]
    assert [line.split()[0] for line in lines] == list(KERNELS)
    for line, kernel in zip(lines, KERNELS.values(), strict=True):
        assert kernel.role is not None
        assert line.split(maxsplit=1)[1].startswith(kernel.role.layer)
        assert kernel.role.task in line


def test_profile_table_adds_up() -> None:
    rows = [
        KernelShare("fill_gpu", 2, 1000, 5000, {Mode.RF: 0.25}),
        KernelShare("softmax", 1, 7, 15000, {Mode.RF: 0.75}),
    ]
    lines = [line.split() for line in printed(profile_table(rows, 1, [Mode.RF])).splitlines()]
    assert ["fill_gpu", "2", "1,000", "5,000", "25.00"] in lines
    assert ["total", "3", "1,007", "20,000", "100.00"] in lines
