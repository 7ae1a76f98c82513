"""What the trained network does on frames it never saw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from dataset import FrameSet, as_input
from numpy.typing import NDArray
from torch import nn

from sassafras.network.frames import CLASS_NAMES


@dataclass(frozen=True)
class Measured:
    """Accuracy 0..1, confusion (true class in rows) and the top-1 probability of every frame."""

    accuracy: float
    confusion: NDArray[np.int64]
    confidence: NDArray[np.float64]

    def __str__(self) -> str:
        marks = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9)
        levels = np.quantile(self.confidence, marks)
        lines = [f"accuracy {self.accuracy:.4f} on {len(self.confidence)} frames", "top-1 probability:"]
        lines += [f"  quantile {mark:4.2f}  {level:.4f}" for mark, level in zip(marks, levels, strict=True)]
        lines.append("confusion (rows: true class; columns: predicted, same order):")
        for name, row in zip(CLASS_NAMES, self.confusion, strict=True):
            lines.append(f"  {name:13}" + "".join(f"{count:6d}" for count in row))
        return "\n".join(lines)


def measure(net: nn.Module, frames: FrameSet, batch: int = 50) -> Measured:
    """Evaluates in float32."""
    net.eval()
    starts = range(0, len(frames), batch)
    with torch.inference_mode():
        parts = [net(as_input(frames.pixels[start : start + batch])).softmax(1).numpy() for start in starts]
    scores = np.concatenate(parts).astype(np.float64)
    found = scores.argmax(1)
    confusion = np.zeros((len(CLASS_NAMES), len(CLASS_NAMES)), np.int64)
    np.add.at(confusion, (frames.labels, found), 1)
    return Measured(float((found == frames.labels).mean()), confusion, scores.max(1))
