"""Tables of a study of hardening: whole in every terminal of 80 columns or more, and never "0 %" of what was
merely not seen.
"""

from __future__ import annotations

import re
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console
from tests.report import made_up_hardening
from tests.report.conftest import Finished

from sassafras.analysis.exposure import compare_failures
from sassafras.analysis.struck import Struck
from sassafras.hardening.study import Study
from sassafras.report.cells import sampled
from sassafras.report.harden_json import content
from sassafras.report.harden_lines import closing_lines, selective_lines
from sassafras.report.numbers import band_text
from sassafras.report.renderers.terminal import print_tables
from sassafras.report.tables.harden import protection_words
from sassafras.report.tables.registry import HARDEN


def _shown(study: Study, width: int) -> list[str]:
    console = Console(width=width, file=StringIO())
    print_tables(console, HARDEN.of(content(study)))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [80, 90, 100, 120, 140, 160, 200])
@pytest.mark.parametrize("measured", [False, True])
def test_nothing_is_cut(finished: Finished, width: int, measured: bool) -> None:
    study = finished.study if measured else replace(finished.study, measurement=None)
    assert finished.study.measurement is not None
    lines = _shown(study, width)
    assert max(map(len, lines)) <= width
    text = "\n".join(lines)
    assert "…" not in text
    words = text.split()
    for kernel in study.costs.kernels:
        for protection in study.columns.values():
            assert f"{study.costs.model(protection, [kernel]).seconds * 1e3:.4f}" in words
    for mode in study.after:
        for _, found in study.after[mode].endings:
            assert sampled(found).parts[0].removeprefix("below ").split()[0] in words
    for plan in (study.plans.front[-1], *(point.plan for point in study.points)):
        parts = {f"{kernel}={technique.value}" for kernel, technique in plan.protection.chosen}
        assert parts <= set(text.replace(",", " ").split())
        band = study.costs.overhead(plan.protection)
        assert band_text(band.low, band.high) in text
        assert f"{plan.failures * 100:.2f}" in words


def test_no_share_of_zero(finished: Finished) -> None:
    study = finished.study
    shares = [s for found in (*study.before.values(), *study.after.values()) for _, s in found.endings]
    assert any(not s.n for s in shares), "something was not seen"
    for width in (80, 160):
        assert " 0.00 (" not in "\n".join(_shown(study, width))
        words = [line.split() for line in _shown(study, width) if line.split()[:1] and "hardened" in line]
        assert not any("0.00" in line for line in words)


def test_a_protection_may_be_broken_behind_commas() -> None:
    assert protection_words({"im2col_gpu": "tmr", "add_bias": "dmr"}) == "im2col_gpu=tmr, add_bias=dmr"
    assert protection_words({}) == "none"


def test_closing_lines_never_say_zero(finished: Finished) -> None:
    study = finished.study
    rows = study.before_rows
    nothing = rows.assign(outcome="MASKED", severity=None)
    none = replace(study, failures=compare_failures(rows, nothing, made_up_hardening.RATIOS))
    line = closing_lines(none)[0]
    assert "Critical below" in line and "DUE below" in line
    assert not re.search(r"(?<![\d.])0(?![\d.])", line)


def test_benefit_and_cost_name_their_base(finished: Finished) -> None:
    """Benefit of the struck kernels, cost of the same and of all; the network only where all were struck."""
    part = finished.study
    said = "\n".join(closing_lines(part))
    assert "failures of the struck kernels, hardened / unhardened" in said
    assert "modes and fault models mixed in equal parts, as injected" in said
    assert "critical failures of the whole network: cannot be told" in said
    assert "not struck: gemm: 97.0 % of the instructions and 96.0 % of the modelled time" in said
    assert "of the struck kernels' modelled time" in said and "of the whole network's" in said
    whole = replace(part, struck=Struck((*part.campaign.settings.kernels, "gemm"), (), 1.0, 1.0))
    said = "\n".join(closing_lines(whole))
    assert "cannot be told" not in said
    assert re.search(r"critical failures of the whole network: .* times the unhardened ones, that is", said)


def test_failures_without_exposures_are_not_made_up(finished: Finished) -> None:
    unknown = replace(finished.study, failures=(), struck=None)
    assert closing_lines(unknown)[0].startswith("failures by exposure: not known")


def test_critical_faults_by_part_of_the_kernel(finished: Finished) -> None:
    """Only where the kernel was struck; counts that the rows give, and every technique with its cost."""
    study = finished.study
    assert not selective_lines(study)  # the preset of the paper leaves gemm out
    rows = study.before_rows.assign(kernel="gemm", mode="IOV", opcode="FFMA", severity="MALFUNCTION")
    rows.loc[rows.index[:3], "opcode"] = "LDS.U.32"
    (line,) = selective_lines(replace(study, before_rows=rows))
    assert f"sums {len(rows) - 3:,}, places 0, data 3" in line
    assert line in closing_lines(replace(study, before_rows=rows))
    for technique in ("selective-sums", "selective-places", "selective"):
        assert re.search(rf"{technique} [\d.]+ % for [\d.]+ % \(", line)
