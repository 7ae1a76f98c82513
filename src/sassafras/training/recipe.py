"""Everything that decides what a training comes to."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from sassafras.errors import UsageError
from sassafras.workload.choices import Fit


class Answers(StrEnum):
    """What the network is to say."""

    CLASS = "class"  #: one class: softmax (the paper's)
    LABELS = "labels"  #: every class by itself: sigmoids; several can be present together


class Device(StrEnum):
    """Where the arithmetic is done; ``auto``: on a CUDA device where PyTorch finds one."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


@dataclass(frozen=True)
class Recipe:
    """``network``: "alexnet", "lenet" or a cfg. ``answers`` None: labels of Cholec80, else a class. ``rate``:
    peak of AdamW's. ``held_out``: share that is not trained on. ``patience``: epochs without a better
    held-out loss after which it stops. ``every``: of Cholec80, each so manieth annotated second. ``mirror``:
    every other picture is mirrored by chance. Raises UsageError.
    """

    data: Path
    network: str = "alexnet"
    answers: Answers | None = None
    epochs: int = 20
    batch: int = 32
    rate: float = 1e-3
    decay: float = 1e-2
    seed: int = 1
    held_out: float = 0.2
    patience: int = 5
    every: int = 1
    fit: Fit = Fit.STRETCH
    mirror: bool = False
    device: Device = Device.AUTO

    def __post_init__(self) -> None:
        if not 0 < self.held_out < 1:
            raise UsageError(f"--held-out {self.held_out:g}: give a share between 0 and 1, such as 0.2")
        if not 0 < self.rate < 10:
            raise UsageError(f"--rate {self.rate:g}: give a learning rate above 0, such as 1e-3")
        if not 0 <= self.decay < 1:
            raise UsageError(f"--decay {self.decay:g}: give a weight decay from 0 to 1, such as 0.01")

    def digest(self, architecture: str, data: str) -> str:
        """SHA-256, in hex, of all that decides the result; ``architecture``, ``data``: digests of both."""
        said = asdict(self) | {"data": data, "network": architecture, "device": None}
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
