"""Tables of ``sassafras fit``."""

from __future__ import annotations

from dataclasses import astuple, replace

import pandas as pd

from sassafras.analysis.fit import LIMIT, Ecc, FitOutcome, fit_of, unknown_fit
from sassafras.analysis.fit import Fit as Rate
from sassafras.hardening.fit_study import FitStudy, ProgramFit
from sassafras.report.cells import Fit, Missing, Text
from sassafras.report.numbers import NOT_STRUCK
from sassafras.report.table import Given, Table, made
from sassafras.report.tables.avf import avf as avf_table
from sassafras.report.tables.avf import avf_numbers, part_numbers
from sassafras.report.tables.registry import FIT

SHOWN = (
    FitOutcome.MALFUNCTION,
    FitOutcome.INVALID_OUTPUT,
    FitOutcome.LIGHT_MALFUNCTION,
    FitOutcome.NO_MALFUNCTION,
    FitOutcome.DUE,
    FitOutcome.FAILURE,
)
OVER_PROGRAMS = (FitOutcome.CRITICAL, FitOutcome.DUE, FitOutcome.DETECTED, FitOutcome.FAILURE)
BAND = (
    "failures in 10^9 hours: from the lowest to the highest raw rate, in brackets with the 95 % interval of "
    "the AVF"
)


@FIT.at(10)
def avf(study: FitStudy) -> list[Table]:
    """What kernels allocate, and their AVF; the total is of the injected ones."""
    plain = study.programs[0]
    known = study.known(plain)
    numbers = avf_numbers(plain.cells, plain.launches)
    total = numbers["total"] if known.empty else part_numbers(known)
    return avf_table(numbers | {"device": study.device.name, "total": total}, study.injected)


@FIT.at(20)
def parts(study: FitStudy) -> list[Table]:
    """FIT by kernel and by layer, without ECC; a row for the whole."""
    return [_part(study, study.programs[0], by) for by in ("kernel", "layer")]


def _part(study: FitStudy, program: ProgramFit, by: str) -> Table:
    known = study.known(program)
    rows = [_row(study, str(name), own) for name, own in known.groupby(by, sort=False)]
    whole = [_row(study, "injected", known)]
    for kernel in study.missing if by == "kernel" else ():
        unknown = unknown_fit(program.cells[program.cells["kernel"] == kernel], Ecc.NONE, study.rates)
        whole.append(
            [kernel, Missing(reason=NOT_STRUCK), *[Fit(0.0, unknown.high, 0.0, unknown.high)] * len(SHOWN)]
        )
    title = f"FIT of the register file by {by}: {program.name}, no ECC"
    caption = f"{BAND}; Failure: DUE, Detected or critical, which is {study.critical.words}"
    return made(f"fit_{by}", title, caption, (by, "n", *map(label, SHOWN)), [rows, whole])


def _row(study: FitStudy, name: str, rows: pd.DataFrame) -> list[Given]:
    found = [fit_of(rows, outcome, Ecc.NONE, study.rates) for outcome in SHOWN]
    return [
        name,
        int(rows["n"].sum()) or Missing(reason=NOT_STRUCK),
        *map(rate_of, found),
    ]


@FIT.at(30)
def programs(study: FitStudy) -> list[Table]:
    """Every program, with and without ECC, beside the limit."""
    unknown = (
        f"; rates are those of the injected kernels, + what {', '.join(study.missing)} may add, not injected"
    )
    caption = (
        f"{BAND}; SECDED: single-bit upsets corrected, double-bit upsets a DUE when read; critical: "
        f"{study.critical.words}{unknown if study.missing else ''}; whole: failures of the whole inference "
        f"below or above {LIMIT:g} FIT, undecided, or cannot be told"
    )
    rows = [
        [
            Text(program.name.replace(",", ", ")),
            ecc.value,
            study.known(program)["n"].sum(),
            *(_beside(study, program, outcome, ecc) for outcome in OVER_PROGRAMS),
            Text(study.verdict(program, ecc).word.replace("\n", " ")),
        ]
        for program in study.programs
        for ecc in Ecc
    ]
    columns = ("program", "ECC", "n", *map(label, OVER_PROGRAMS), "whole")
    return [made("fit_programs", f"Beside the limit of {LIMIT:g} FIT", caption, columns, [rows], left=2)]


def _beside(study: FitStudy, program: ProgramFit, outcome: FitOutcome, ecc: Ecc) -> Given:
    """A rate of the injected kernels; of failures also what the others may add."""
    if outcome not in program.outcomes:
        return None
    adds = outcome is FitOutcome.FAILURE and not study.rest(program).empty
    more = study.more(program, ecc) if adds else None
    return replace(rate_of(study.fit(program, outcome, ecc)), more=more)


def rate_of(found: Rate) -> Fit:
    """A cell of a rate."""
    return Fit(*astuple(found))


def label(outcome: FitOutcome) -> str:
    """As tables write it."""
    return outcome.value if outcome is FitOutcome.DUE else outcome.value.replace("_", "-").title()
