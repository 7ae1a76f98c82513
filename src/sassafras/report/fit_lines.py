"""What ``sassafras fit`` found, in words."""

from __future__ import annotations

from sassafras.analysis.fit import (
    LIMIT,
    Ecc,
    FitOutcome,
    Verdict,
    fit_of,
    per_inferences,
    unknown_fit,
    within_limit,
)
from sassafras.hardening.fit_study import FitStudy, ProgramFit
from sassafras.report.numbers import rate, span


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
    is_known = plain.cells["kernel"].isin(study.injected)
    critical = fit_of(plain.cells[is_known], FitOutcome.CRITICAL, Ecc.NONE, study.rates)
    found = per_inferences(critical, plain.seconds)
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
    told = [within_limit(p.cells, study.injected, Ecc.NONE, study.rates) for p in study.programs]
    for program, found in zip(study.programs, told, strict=True):
        words = _limit_words(study, program, found)
        lines.append(f"failures of the whole inference, {program.name}, no ECC: {words}")
    if Verdict.UNKNOWN in told:
        lines.append("to know, inject into every kernel: --kernels all, or --preset all")
    return lines


def _limit_words(study: FitStudy, program: ProgramFit, found: Verdict) -> str:
    known = program.cells["kernel"].isin(study.injected)
    own = fit_of(program.cells[known], FitOutcome.FAILURE, Ecc.NONE, study.rates)
    if known.all():
        return f"{span(own.low, own.high)} FIT, {found.value} of {LIMIT:g} FIT"
    rest = program.cells[~known]
    more = unknown_fit(rest, Ecc.NONE, study.rates)
    what = (
        f"{span(own.low, own.high)} FIT from the injected kernels, and between 0 and {rate(more.high)} FIT "
        f"from {', '.join(study.missing)} ({rest['time'].sum() * 100:.0f} % of the time)"
    )
    if found is Verdict.UNKNOWN:
        return f"whether it is below {LIMIT:g} FIT cannot be told: {what}"
    return f"{found.value} of {LIMIT:g} FIT, whatever the others do: {what}"
