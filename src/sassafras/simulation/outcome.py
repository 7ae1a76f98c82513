"""What becomes of a fault (DESIGN section 7)."""

from __future__ import annotations

from enum import StrEnum

from sassafras.workload.verdict import Severity

__all__ = ["MaskedReason", "Outcome", "Severity"]


class Outcome(StrEnum):
    """Outcome of an injection."""

    MASKED = "MASKED"  #: device memory after the faulty launch is bitwise golden
    DUE = "DUE"  #: trap or hang
    SDC = "SDC"  #: device memory after the launch differs
    DETECTED = "DETECTED"  #: a hardened kernel noticed and could not repair
    CORRECTED = "CORRECTED"  #: a hardened kernel noticed and repaired: memory is bitwise golden


class MaskedReason(StrEnum):
    """Why a fault in the register file or in memory was masked."""

    NEVER_READ = "never-read"
    OVERWRITTEN = "overwritten"
    NO_EFFECT = "no-effect"
    CORRECTED = "corrected-by-ecc"  #: of memory: every load got what was there before
