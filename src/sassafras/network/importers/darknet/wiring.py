"""What a section reads: the layer before it, or layers that it names by number, as ``from=`` and ``layers=``
do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sassafras.network.importers.darknet.sections import Section
from sassafras.network.tensor import Tensor

Known = Sequence[Tensor]
"""What stands before a layer: the image, then the result of each layer, layer k's at k + 1."""


@dataclass(frozen=True)
class Wiring:
    """Where the inputs of a kind of section stand. ``key``: the option that names layers, None: there is
    none. ``before``: whether the layer before is read (first).
    """

    key: str | None = None
    before: bool = True

    def origins(self, section: Section, index: int) -> tuple[int, ...]:
        """Indexes of the layers that are read, -1: the image. Raises NetworkError."""
        first = (index - 1,) if self.before else ()
        return first if self.key is None else (*first, *earlier_layers(section, self.key, index))


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
