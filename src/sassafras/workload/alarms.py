"""The words of device memory in which hardened kernels say what they noticed."""

from __future__ import annotations

from dataclasses import dataclass

from sassafras.workload.buffer import WORD


@dataclass(frozen=True)
class Alarms:
    """Device addresses of two 32-bit words, both zero in a fault-free run.

    ``detected``: a kernel found copies that disagree and could not repair. ``corrected``: it found and
    repaired.
    """

    detected: int
    corrected: int

    def places(self, base: int) -> tuple[tuple[int, int], ...]:
        """Their bytes, as half-open offsets from an address: nobody reads them, and all that write them write
        the same.
        """
        return tuple((word - base, word - base + WORD) for word in (self.detected, self.corrected))
