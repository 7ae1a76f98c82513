"""Where a kernel's critical faults strike, by part of it, and what doing parts twice is predicted to give."""

from __future__ import annotations

from sassafras.hardening.picking import percent
from sassafras.hardening.plan import protect
from sassafras.hardening.selected import critical_parts, predicted
from sassafras.hardening.study import Study
from sassafras.kernels.hardened.selective import TWICE
from sassafras.report.harden_benefit import overhead_text


def selective_lines(study: Study) -> list[str]:
    """One for each kernel that has selective techniques and critical faults."""
    rows, critical = study.before_rows, study.critical
    found = predicted(rows, critical)
    lines = []
    for kernel in dict.fromkeys(kernel for kernel, _ in found):
        parts = critical_parts(rows, kernel, critical)
        counted = ", ".join(f"{part.value} {number:,}" for part, number in parts.items())
        offered = [
            f"{technique.value} {percent(found[kernel, technique].share)} for "
            f"{overhead_text(study.costs.overhead(protect({kernel: technique})))}"
            for of, technique in TWICE
            if of == kernel and (kernel, technique) in study.costs.costs
        ]
        lines.append(
            f"critical faults in instructions of {kernel} (IOV, IOA) by part: {counted}; predicted to be "
            f"prevented by doing parts twice, and the overhead: {'; '.join(offered)}"
        )
    return lines
