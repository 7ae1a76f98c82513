"""Layers that a section names by number, as ``from=`` and ``layers=`` do."""

from __future__ import annotations

from sassafras.network.sections import Section


def earlier_layers(section: Section, key: str, index: int) -> tuple[int, ...]:
    """Indexes of the layers in the option ``key`` of layer ``index``: a negative number counts back from it,
    any other is an index. Raises NetworkError for what is no layer before it.
    """
    found = []
    for number in section.integers(key):
        origin = index + number if number < 0 else number
        if not 0 <= origin < index:
            there = f"0 to {index - 1} (-{index} to -1)" if index else "none"
            raise section.error(f"{key}={number} is no layer before layer {index}; there are: {there}", key)
        found.append(origin)
    return tuple(found)
