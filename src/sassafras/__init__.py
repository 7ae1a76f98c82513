"""Sassafras: faults injected into GPU machine code, emulated on the CPU, to see what they do to a neural
network.
"""

from __future__ import annotations

__version__ = "0.1.0"

__all__ = ["__version__"]
