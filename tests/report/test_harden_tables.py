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
from sassafras.hardening.plan import protect
from sassafras.hardening.ranking import share
from sassafras.hardening.study import Study
from sassafras.kernels.hardened.technique import Technique
from sassafras.report.harden_cells import band_text, interval_cell, protection_cell, said, share_cell
from sassafras.report.harden_tables import closing_lines, harden_tables


def _shown(study: Study, width: int) -> list[str]:
    console = Console(width=width, file=StringIO())
    for table in harden_tables(study, width):
        console.print(table)
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
    for ranked in study.ranking:
        assert ranked.kernel in words
        if ranked.critical.n:
            assert f"{ranked.critical.value * 100:.2f}" in words
            assert f"{ranked.critical.low * 100:.2f}–{ranked.critical.high * 100:.2f}" in text
    for kernel in study.costs.kernels:
        for protection in study.columns.values():
            assert f"{study.costs.model(protection, [kernel]).seconds * 1e3:.4f}" in words
    for mode in study.after:
        for _, found in study.after[mode].endings:
            assert share_cell(found).plain.removeprefix("below ") in text
    for plan in (study.plans.front[-1], *(point.plan for point in study.points)):
        parts = {f"{kernel}={technique.value}" for kernel, technique in plan.protection.chosen}
        assert parts <= set(text.replace(",", " ").split())
        assert band_text(study.costs.overhead(plan.protection)) in words
        assert f"{plan.failures * 100:.2f}" in words


def test_no_share_of_zero(finished: Finished) -> None:
    study = finished.study
    shares = [s for found in (*study.before.values(), *study.after.values()) for _, s in found.endings]
    assert any(not s.n for s in shares), "something was not seen"
    for width in (80, 160):
        assert " 0.00 (" not in "\n".join(_shown(study, width))
        words = [line.split() for line in _shown(study, width) if line.split()[:1] and "hardened" in line]
        assert not any("0.00" in line for line in words)


def test_a_share_with_and_without_events() -> None:
    seen, unseen = share(3, 1000), share(0, 1000)
    assert interval_cell(seen).plain == "0.30 (0.06–0.87)"
    assert interval_cell(seen, wide=False).plain == "0.30\n0.06–0.87"
    assert said(seen) == "0.30 %" and said(seen, interval=True) == "0.30 (0.06–0.87) %"
    assert share_cell(unseen).plain == interval_cell(unseen).plain == "below 0.30 %"  # 1 - 0.05 ** (1 / 1000)
    assert share_cell(unseen, wide=False).plain == "below\n0.30 %"
    assert said(unseen, interval=True) == "below 0.30 %"
    assert interval_cell(share(0, 0)).plain == "–"


def test_a_protection_is_broken_behind_commas() -> None:
    chosen = protect(
        {"im2col_gpu": Technique.TMR, "add_bias": Technique.DMR, "forward_maxpool": Technique.TMR}
    )
    whole = str(chosen)
    assert protection_cell(chosen, 200) == whole
    assert protection_cell(chosen, 30).replace("\n", "") == whole
    assert all(len(line) <= 30 for line in protection_cell(chosen, 30).split("\n"))
    assert protection_cell(chosen, 1).split("\n") == [f"{part}," for part in whole.split(",")[:-1]] + [
        whole.rpartition(",")[2]
    ]


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
