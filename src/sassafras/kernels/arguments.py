"""What a launch is called with."""

from __future__ import annotations

from collections.abc import Mapping

Arguments = Mapping[str, int | float]
"""Argument by parameter name; pointers are device addresses."""
