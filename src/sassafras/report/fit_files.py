"""What ``sassafras fit`` found: every number as JSON and CSV, the figure, and words."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from sassafras.analysis.fit import (
    LIMIT,
    Ecc,
    FitOutcome,
    Verdict,
    per_inferences,
)
from sassafras.analysis.raw_rates import RATES
from sassafras.hardening.fit_study import FitStudy, ProgramFit
from sassafras.report.figures.files import BOTH, write_figures
from sassafras.report.figures.fit import fit
from sassafras.report.files import write_json, write_tables
from sassafras.report.numbers import rate, span
from sassafras.report.tables.avf import avf_numbers

SCHEMA = 2


def write_fit_files(folder: Path, study: FitStudy) -> list[Path]:
    """Write ``fit.json``, ``fit.csv`` and ``figures/fit.png`` and ``.svg``; returns their paths."""
    figures = write_figures(folder / "figures", fit(study), BOTH)
    table = pd.concat([program.table.assign(program=program.name) for program in study.programs])
    table = table[["program", *study.programs[0].table.columns]]
    tables = write_tables(folder, {"fit": table})
    return [write_json(folder / "fit.json", content(study)), *tables, *figures]


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
            "unhardened_without_ecc": study.verdict(study.programs[0], Ecc.NONE).value,
        },
        "injected": list(study.injected),
        "not_injected": list(study.missing),
        "unfinished": list(study.unfinished),
        "programs": {program.name: _program(study, program) for program in study.programs},
    }


def _program(study: FitStudy, program: ProgramFit) -> dict[str, Any]:
    rows = [{str(name): value for name, value in row.items()} for row in program.table.to_dict("records")]
    return {
        "failures_of_the_whole_inference": {ecc.value: study.verdict(program, ecc).value for ecc in Ecc},
        "not_injected_fit_at_most": {ecc.value: study.more(program, ecc) for ecc in Ecc},
        "inference_seconds": program.seconds,
        "not_injected_weight": float(study.rest(program)["weight"].sum()),
        "avf": avf_numbers(study.known(program), program.launches),
        "fit": rows,
    }


def closing_lines(study: FitStudy) -> list[str]:
    """Where the numbers come from, and what they leave out."""
    plain, band = study.programs[0], study.rates.band
    sources = "; ".join(f"{source.name}: {source.certainty.value}" for source in band.sources)
    lines = [
        (
            f"raw rate: {span(band.low, band.high)} FIT per Mbit ({sources}); {study.rates.bits:,} bits: "
            f"{span(*band.fit_of(study.rates.bits))} FIT before any AVF"
        )
    ]
    found = per_inferences(study.fit(plain, FitOutcome.CRITICAL, Ecc.NONE), plain.seconds)
    lines.append(
        f"one inference: {plain.seconds * 1e3:.3g} ms modelled; critical failures ({study.critical.words}) "
        f"{'by the injected kernels ' if study.missing else ''}in 10^9 inferences: {found.low:.2g} to "
        f"{found.high:.2g}"
    )
    lines += limit_lines(study)
    lines += [f"left out, unfinished: {name}; finish it with sassafras harden" for name in study.unfinished]
    return lines


def limit_lines(study: FitStudy) -> list[str]:
    """Each program without ECC beside the limit, all its kernels counted; what is missing for that."""
    lines = []
    told = [study.verdict(program, Ecc.NONE) for program in study.programs]
    for program, found in zip(study.programs, told, strict=True):
        words = _limit_words(study, program, found)
        lines.append(f"failures of the whole inference, {program.name}, no ECC: {words}")
    if Verdict.UNKNOWN in told:
        lines.append("to know, inject into every kernel: --kernels all, or --preset all")
    return lines


def _limit_words(study: FitStudy, program: ProgramFit, found: Verdict) -> str:
    own, rest = study.fit(program, FitOutcome.FAILURE, Ecc.NONE), study.rest(program)
    if rest.empty:
        return f"{span(own.low, own.high)} FIT, {found.value} of {LIMIT:g} FIT"
    more = rate(study.more(program, Ecc.NONE))
    what = (
        f"{span(own.low, own.high)} FIT from the injected kernels, and between 0 and {more} FIT "
        f"from {', '.join(study.missing)} ({rest['time'].sum() * 100:.0f} % of the time)"
    )
    if found is Verdict.UNKNOWN:
        return f"whether it is below {LIMIT:g} FIT cannot be told: {what}"
    return f"{found.value} of {LIMIT:g} FIT, whatever the others do: {what}"
