"""How fast a training learns, and when it has learned enough."""

from __future__ import annotations

import math
from dataclasses import dataclass


def rate_at(step: int, steps: int, warm_up: int) -> float:
    """The share of the peak learning rate: a linear rise, then half a cosine down to a hundredth."""
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.01 + 0.495 * (1 + math.cos(math.pi * (step - warm_up) / max(1, steps - warm_up)))


@dataclass(frozen=True)
class Epoch:
    """What an epoch came to: mean loss of its steps, loss and share of right answers of the held-out part,
    and the learning rate of its last step.
    """

    loss: float
    held_out_loss: float
    right: float
    rate: float


def best_of(history: list[Epoch]) -> int:
    """The epoch with the least held-out loss, from 0; the first of equal ones."""
    return min(range(len(history)), key=lambda number: history[number].held_out_loss)


def is_over(history: list[Epoch], epochs: int, patience: int) -> bool:
    """Whether all epochs are done, or the last ``patience`` of them brought nothing better."""
    return len(history) >= epochs or (bool(history) and len(history) - 1 - best_of(history) >= patience)
