"""The words of device memory in which hardened kernels say what they noticed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Alarms:
    """Device addresses of two 32-bit words, both zero in a fault-free run.

    ``detected``: a kernel found copies that disagree and could not repair. ``corrected``: it found and
    repaired.
    """

    detected: int
    corrected: int
