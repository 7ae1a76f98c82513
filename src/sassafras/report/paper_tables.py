"""Tables for papers: LaTeX with the package booktabs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sassafras.report.page import tables
from sassafras.report.page.facts import kernel_rows
from sassafras.report.page.material import Material
from sassafras.report.page.overheads import measured_table2, table2


@dataclass(frozen=True)
class PaperTable:
    """A table: the name of its file and label, its caption, headings and rows. ``left``: columns of words."""

    name: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: int = 1

    def latex(self) -> str:
        """A ``table`` environment. Percent signs and dashes as LaTeX wants them."""
        frame = pd.DataFrame([list(row) for row in self.rows], columns=list(self.columns))
        text: str = frame.to_latex(
            index=False,
            escape=True,
            column_format="l" * self.left + "r" * (len(self.columns) - self.left),
            caption=_plain(self.caption),
            label=f"tab:{self.name}",
            position="t",
        )
        return _plain_dashes(text.replace("\\begin{tabular}", "\\centering\n\\small\n\\begin{tabular}"))


def _plain(caption: str) -> str:
    """A caption's own special letters: `DataFrame.to_latex` escapes the cells only."""
    return caption.replace("%", "\\%").replace("_", "\\_")


def _plain_dashes(text: str) -> str:
    return text.replace("–", "--").replace("×", "$\\times$").replace("< ", "$<$ ")


def paper_tables(material: Material) -> list[PaperTable]:
    """Table 1, CKV and CLV per mode, the paper's Malfunction; where hardened, Table 2 and before/after."""
    results = material.results
    found = [_table1(material)]
    found += [_plainer(tables.ckv_numbers(results, mode), f"ckv_{mode.value}") for mode in results.modes]
    found += [_plainer(tables.clv_numbers(results, mode), f"clv_{mode.value}") for mode in results.modes]
    names = ("paper_malfunction_ckv", "paper_malfunction_clv")
    found += [_plainer(table, name) for table, name in zip(tables.sum_tables(results), names, strict=True)]
    if material.hardening is not None:
        found.append(_plainer(table2(material.hardening), "table2"))
        measured = measured_table2(material.hardening)
        found += [] if measured is None else [_plainer(measured, "table2_measured")]
        found.append(_plainer(tables.endings_table(material.hardening), "before_after"))
    return found


def _table1(material: Material) -> PaperTable:
    modes = material.results.modes
    rows = [
        (
            row.kernel,
            row.layer,
            row.task,
            *("–" if n is None else str(n) for n in (row.registers, row.instructions)),
            str(row.launches),
            *(("–",) * len(modes) if row.injections is None else map(str, row.injections)),
        )
        for row in kernel_rows(material)
    ]
    headings = ("kernel", "layer", "task", "registers", "instructions", "launches")
    caption = f"Kernels of an inference of {material.results.network}, and the faults injected into them"
    return PaperTable("table1", caption, (*headings, *(mode.value for mode in modes)), tuple(rows), left=3)


def _plainer(table: tables.Table, name: str) -> PaperTable:
    """A table of the page; that cells are percentages is said in its caption."""
    rows = [(row.heading, *_cells(row.cells)) for row in table.rows]
    return PaperTable(name, table.caption, table.columns, tuple(rows))


def _cells(cells: Sequence[str]) -> list[str]:
    """Shares without their sign: "below 0.30 %" becomes "< 0.30"."""
    return [
        cell.replace("below ", "< ").removesuffix(" %") if cell.startswith("below ") or ")" in cell else cell
        for cell in cells
    ]
