"""How a difference in memory ended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.simulation.outcome import Outcome


@dataclass(frozen=True)
class Propagation:
    """How a difference ended. ``probabilities``: of the faulty inference. ``died_layer``: the layer behind
    whose launch nothing that is still read differed any more, None if the difference reached the output.
    ``corrupted``: layer -> values of its output that differ. ``alarm``: what hardened kernels have raised.
    """

    probabilities: NDArray[np.float32]
    died_layer: int | None
    corrupted: dict[int, int]
    alarm: Outcome | None = None
