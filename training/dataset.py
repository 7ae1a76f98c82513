"""Frames as arrays: rendered by all processors, and turned, mirrored and relit as they are used."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sassafras.network.frames.renderer import render_with_tip

_CELLS = 13
"""Side of the map that layer 6 puts out."""


@dataclass(frozen=True)
class FrameSet:
    """Pixels uint8 (N, 227, 227, 3), labels int64 (N,), tips bool (N, 13, 13): where layer 6 sees the tip."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]
    tips: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.labels)


def tip_cells(tip: tuple[float, float], reach: float = 20.0) -> NDArray[np.bool_]:
    """The cells of layer 6 whose centres (17 + 16 i pixels) lie within `reach` pixels of the tip."""
    centres = 17 + 16 * np.arange(_CELLS)
    near: NDArray[np.bool_] = (centres - tip[0]) ** 2 + (centres[:, None] - tip[1]) ** 2 < reach**2
    return near


def _render_one(number: tuple[int, int]) -> tuple[NDArray[np.uint8], int, NDArray[np.bool_]]:
    frame, tip = render_with_tip(*number)
    return frame.pixels, frame.label, tip_cells(tip)


def render_set(seed: int, count: int, workers: int) -> FrameSet:
    """Frames 0 to count - 1 of `seed`."""
    with ProcessPoolExecutor(workers) as pool:
        done = list(pool.map(_render_one, [(seed, index) for index in range(count)], chunksize=32))
    pixels, labels, tips = zip(*done, strict=True)
    return FrameSet(np.stack(pixels), np.asarray(labels), np.stack(tips))


def as_input(pixels: NDArray[np.uint8]) -> Tensor:
    """The network's input, float32 (N, 3, 227, 227) in [0, 1]."""
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255


def _relit(frame: NDArray[np.uint8], generator: np.random.Generator) -> NDArray[np.uint8]:
    """The frame under a little more or less light."""
    light = np.clip(np.arange(256) * generator.uniform(0.8, 1.2) + generator.uniform(-12, 12), 0, 255)
    relit: NDArray[np.uint8] = light.astype(np.uint8)[frame]
    return relit


def augmented(frames: FrameSet, chosen: NDArray[np.int64], generator: np.random.Generator) -> FrameSet:
    """The chosen frames, relit, each in one of the eight orientations of a square."""
    pixels, tips = [], []
    for place in chosen:
        way = int(generator.integers(8))
        flip = -1 if way & 4 else 1
        pixels.append(_relit(np.rot90(frames.pixels[place], way & 3)[:, ::flip], generator))
        tips.append(np.rot90(frames.tips[place], way & 3)[:, ::flip])
    return FrameSet(np.stack(pixels), frames.labels[chosen], np.stack(tips))


def batches(
    frames: FrameSet, size: int, generator: np.random.Generator
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """One epoch of augmented inputs, labels and tips in random order; a last, incomplete batch is dropped."""
    order = generator.permutation(len(frames))
    for start in range(0, len(frames) - size + 1, size):
        batch = augmented(frames, order[start : start + size], generator)
        inputs = as_input(batch.pixels).contiguous(memory_format=torch.channels_last)
        yield inputs, torch.from_numpy(batch.labels), torch.from_numpy(batch.tips)
