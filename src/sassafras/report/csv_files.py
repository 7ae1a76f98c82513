"""The tables as CSV: UTF-8, one header line, shares as fractions of 1, missing values empty."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from sassafras.analysis.results import Results
from sassafras.faults.model import Mode
from sassafras.report.files import write_text
from sassafras.report.rows import decimals
from sassafras.simulation.record import INJECTION


def csv_tables(results: Results) -> dict[str, pd.DataFrame]:
    """Every table by file name without suffix."""
    exact = results.exact_masking()
    return {
        "outcomes": results.outcomes(),
        "by_model": results.by_model(),
        "ckv": _by_mode(results, results.ckv),
        "clv": _by_mode(results, results.clv),
        "sums": results.sums(),
        "due": results.due_kinds(),
        "masked": results.masked_reasons(),
        "population": results.sampling.weights,
        **({} if exact is None else {"exact_masking": exact}),
        "injections": printable(results.injections),
        "errors": results.errors,
    }


def write_csv_files(folder: Path, results: Results) -> list[Path]:
    """Write every table to ``folder/NAME.csv``."""
    paths = []
    for name, table in csv_tables(results).items():
        path = folder / f"{name}.csv"
        write_text(path, table.to_csv(index=False, lineterminator="\n"))
        paths.append(path)
    return paths


def _by_mode(results: Results, metric: Callable[[Mode], pd.DataFrame]) -> pd.DataFrame:
    tables = [metric(mode).assign(mode=mode.value) for mode in results.modes]
    whole = pd.concat(tables, ignore_index=True)
    return whole[["mode", *(name for name in whole.columns if name != "mode")]]


def printable(injections: pd.DataFrame) -> pd.DataFrame:
    """Whole numbers as such even in columns with gaps; vectors as decimals that read back to the same
    bits.
    """
    table = injections.convert_dtypes()
    for column in INJECTION:
        if column.vector and column.shown in injections:
            table[column.shown] = [decimals(value, column.vector) for value in injections[column.shown]]
    return table
