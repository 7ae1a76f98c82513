"""Small things to train on: folders of coloured pictures, and cfgs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

COLOURS: Mapping[str, tuple[int, int, int]] = {
    "blue": (40, 60, 200),
    "red": (200, 50, 40),
    "white": (220, 220, 220),
}

#: Every layer that is trained, and most activations.
EVERYTHING = """
[net]
height=20
width=24
channels=3

[convolutional]
filters=8
size=5
stride_y=2
stride_x=1
pad=1
activation=leaky

[maxpool]
size=3
stride=2

[batchnorm]

[convolutional]
batch_normalize=1
filters=12
size=3
pad=1
dilation=2
groups=4
activation=mish

[dropout]
probability=.25

[maxpool]
size=2
stride=1
padding=1

[convolutional]
filters=6
size=1
activation=elu

[avgpool]

[connected]
output=9
activation=tanh

[connected]
output=3
activation=linear

[softmax]
"""

PLAIN = """
[net]
height=8
width=8
channels=3

[convolutional]
filters=6
size=3
pad=1
activation=relu

[maxpool]
size=2
stride=2
padding=0

[dropout]
probability=.1

[connected]
output=3
activation=linear

[softmax]
"""


def write_folders(folder: Path, count: int = 10, size: int = 8) -> Path:
    """A sub-folder of noisy pictures for each colour."""
    dice = np.random.Generator(np.random.Philox(7))
    for name, colour in COLOURS.items():
        (folder / name).mkdir(parents=True)
        for number in range(count):
            pixels = np.clip(np.array(colour) + dice.integers(-60, 61, (size, size, 3)), 0, 255)
            Image.fromarray(pixels.astype(np.uint8)).save(folder / name / f"{number:03}.png")
    return folder
