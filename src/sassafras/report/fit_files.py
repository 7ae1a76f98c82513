"""Files of ``sassafras fit``: every number as JSON and CSV, and the figure."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from sassafras.analysis.fit import LIMIT, Ecc, FitOutcome, unknown_fit, within_limit
from sassafras.analysis.raw_rates import RATES
from sassafras.hardening.fit_study import FitStudy, ProgramFit
from sassafras.report.figures.files import BOTH, write_figures
from sassafras.report.figures.fit import fit
from sassafras.report.files import write_text
from sassafras.report.tables.avf import avf_numbers

SCHEMA = 2


def write_fit_files(folder: Path, study: FitStudy) -> list[Path]:
    """Write ``fit.json``, ``fit.csv`` and ``figures/fit.png`` and ``.svg``; returns their paths."""
    figures = write_figures(folder / "figures", fit(study), BOTH)
    table = pd.concat([program.table.assign(program=program.name) for program in study.programs])
    table = table[["program", *study.programs[0].table.columns]]
    write_text(folder / "fit.csv", table.to_csv(index=False, lineterminator="\n"))
    write_text(folder / "fit.json", json.dumps(content(study), indent=2, allow_nan=False) + "\n")
    return [folder / "fit.json", folder / "fit.csv", *figures]


def content(study: FitStudy) -> dict[str, Any]:
    """JSON types only. FIT: failures in 10^9 hours; shares are fractions of 1."""
    rates = study.rates
    low, high = rates.band.fit_of(rates.bits)
    return {
        "schema": SCHEMA,
        "device": study.device.name,
        "arch": study.arch,
        "tolerance": study.critical.tolerance,
        "register_file_bits": rates.bits,
        "raw": {
            "fit_per_mbit": [rates.band.low, rates.band.high],
            "fit": [low, high],
            "used": [source.name for source in rates.band.sources],
            "known": [asdict(rate) for rate in RATES],
        },
        "ecc": {"model": "SECDED", **asdict(rates.multi_bit)},
        "limit": {
            "fit": LIMIT,
            "outcome": FitOutcome.FAILURE.value,
            "unhardened_without_ecc": _verdict(study, study.programs[0], Ecc.NONE),
        },
        "injected": list(study.injected),
        "not_injected": list(study.missing),
        "unfinished": list(study.unfinished),
        "programs": {program.name: _program(study, program) for program in study.programs},
    }


def _program(study: FitStudy, program: ProgramFit) -> dict[str, Any]:
    rows = [{str(name): value for name, value in row.items()} for row in program.table.to_dict("records")]
    known = program.cells["kernel"].isin(study.injected)
    unknown = {ecc.value: unknown_fit(program.cells[~known], ecc, study.rates).high for ecc in Ecc}
    return {
        "failures_of_the_whole_inference": {ecc.value: _verdict(study, program, ecc) for ecc in Ecc},
        "not_injected_fit_at_most": unknown,
        "inference_seconds": program.seconds,
        "not_injected_weight": float(program.cells.loc[~known, "weight"].sum()),
        "avf": avf_numbers(program.cells[known], program.launches),
        "fit": rows,
    }


def _verdict(study: FitStudy, program: ProgramFit, ecc: Ecc) -> str:
    """Beside the limit, all kernels counted."""
    return within_limit(program.cells, study.injected, ecc, study.rates).value
