"""What becomes of a fault (DESIGN section 7)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Outcome(StrEnum):
    """Outcome of an injection."""

    MASKED = "MASKED"  #: device memory after the faulty launch is bitwise golden
    DUE = "DUE"  #: trap or hang
    SDC = "SDC"  #: device memory after the launch differs
    DETECTED = "DETECTED"  #: a hardened kernel noticed and could not repair
    CORRECTED = "CORRECTED"  #: a hardened kernel noticed and repaired: memory is bitwise golden


class Severity(StrEnum):
    """Severity of an SDC (paper section 5.2)."""

    MALFUNCTION = "MALFUNCTION"  #: the top-1 class differs, or the output holds NaN
    LIGHT_MALFUNCTION = "LIGHT_MALFUNCTION"  #: the probabilities differ, the top-1 class does not
    NO_MALFUNCTION = "NO_MALFUNCTION"  #: the probabilities are bitwise golden


class MaskedReason(StrEnum):
    """Why a register-file fault was masked."""

    NEVER_READ = "never-read"
    OVERWRITTEN = "overwritten"
    NO_EFFECT = "no-effect"


@dataclass(frozen=True)
class Judgement:
    """Severity of an SDC from golden and faulty probabilities, and what else they say."""

    severity: Severity
    top1: int
    confidence: float
    top5_changed: bool
    output_nan: bool


def top_class(probabilities: NDArray[np.float32]) -> int:
    """The class with the largest probability; the first of equal ones; NaN counts as no probability."""
    return int(np.argmax(np.where(np.isnan(probabilities), -np.inf, probabilities)))


def _top5(probabilities: NDArray[np.float32]) -> list[int]:
    order = np.argsort(-np.nan_to_num(probabilities, nan=-np.inf), kind="stable")
    return [int(k) for k in order[:5]]


def judge(golden: NDArray[np.float32], faulty: NDArray[np.float32]) -> Judgement:
    """Severity of a fault whose launch left memory different. float32 (classes,) each.

    Confidence is the faulty probability of the golden top-1 class.
    """
    nan = bool(np.isnan(faulty).any())
    best = top_class(golden)
    same_bits = golden.tobytes() == faulty.tobytes()
    if same_bits:
        severity = Severity.NO_MALFUNCTION
    elif nan or top_class(faulty) != best:
        severity = Severity.MALFUNCTION
    else:
        severity = Severity.LIGHT_MALFUNCTION
    return Judgement(severity, top_class(faulty), float(faulty[best]), _top5(golden) != _top5(faulty), nan)
