"""Trains the shipped AlexNet on rendered frames and writes its weights file.

Run from the repository root: python training/train_alexnet.py
The defaults are the values the shipped file was trained with; see training/README.md.
"""

from __future__ import annotations

import argparse
import copy
import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from alexnet import CONVOLUTIONS, AlexNet, TipFinder
from dataset import FrameSet, batches, render_set
from measure import measure
from torch import Tensor, nn
from weights_file import half_tensors, read, write

from sassafras.network.frames import CLASS_NAMES
from sassafras.training.schedule import rate_at

_log = logging.getLogger(__name__)

_DEFAULT_OUT = Path(__file__).resolve().parents[1] / "src/sassafras/data/alexnet_laparoscopy.safetensors"


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the result."""

    out: Path
    train_frames: int
    held_out_frames: int
    seed: int
    held_out_seed: int
    epochs: int
    batch: int
    rank: int
    learning_rate: float
    weight_decay: float
    warm_up: int
    smoothing: float
    average: float


def parse() -> Recipe:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=_DEFAULT_OUT, help="weights file to write")
    parser.add_argument("--train-frames", type=int, default=6000, help="frames rendered to train on")
    parser.add_argument("--held-out-frames", type=int, default=3000, help="frames rendered to measure on")
    parser.add_argument(
        "--seed", type=int, default=1, help="seed of training frames, start weights and order"
    )
    parser.add_argument("--held-out-seed", type=int, default=2, help="seed of the held-out frames")
    parser.add_argument("--epochs", type=int, default=10, help="passes over the training frames")
    parser.add_argument("--batch", type=int, default=32, help="frames per step")
    parser.add_argument("--rank", type=int, default=48, help="rank of the two large connected layers")
    parser.add_argument("--learning-rate", type=float, default=1e-3, help="peak learning rate of AdamW")
    parser.add_argument("--weight-decay", type=float, default=1e-2, help="weight decay of AdamW")
    parser.add_argument("--warm-up", type=int, default=150, help="steps over which the learning rate rises")
    parser.add_argument("--smoothing", type=float, default=0.05, help="label smoothing")
    parser.add_argument(
        "--average", type=float, default=0.99, help="decay of the running mean of the weights"
    )
    return Recipe(**vars(parser.parse_args()))


def make_optimiser(net: AlexNet, guide: TipFinder, recipe: Recipe) -> torch.optim.Optimizer:
    """AdamW; the connected layers, whose inputs are many, learn at a fifth of the convolutions' rate."""
    named = list(net.named_parameters())
    fast = [value for name, value in named if name.split(".")[0] in CONVOLUTIONS]
    slow = [value for name, value in named if name.split(".")[0] not in CONVOLUTIONS]
    groups = [
        {"params": [*fast, *guide.parameters()], "peak": recipe.learning_rate},
        {"params": slow, "peak": recipe.learning_rate / 5},
    ]
    return torch.optim.AdamW(groups, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)


@dataclass
class Progress:
    """Smoothed losses and accuracy of the steps so far (in training: with dropout and augmentation)."""

    loss: float = 2.0
    guide: float = 4.0
    accuracy: float = 1 / 7

    def __str__(self) -> str:
        return f"loss {self.loss:.3f}, guide {self.guide:.3f}, accuracy {self.accuracy:.3f}"

    def note(self, loss: float, guide: float, accuracy: float) -> None:
        """Moves the means by one step."""
        self.loss += 0.03 * (loss - self.loss)
        self.guide += 0.03 * (guide - self.guide)
        self.accuracy += 0.03 * (accuracy - self.accuracy)


class Trainer:
    """The network in training, its guide, its optimiser and the running mean of its weights."""

    def __init__(self, recipe: Recipe) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe = recipe
        self.net = AlexNet(recipe.rank).to(memory_format=torch.channels_last)
        self.guide = TipFinder()
        self.mean = copy.deepcopy(self.net)
        self.optimiser = make_optimiser(self.net, self.guide, recipe)
        self.progress = Progress()

    def step(self, share: float, inputs: Tensor, labels: Tensor, tips: Tensor) -> None:
        """One step at `share` of the peak rates: products in bfloat16, weights in float32."""
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * share
        with torch.autocast("cpu", torch.bfloat16):
            features = self.net.features(inputs)
            logits = self.net.classify(features).float()
            guide = self.guide.loss(features, labels, tips)
        loss = nn.functional.cross_entropy(logits, labels, label_smoothing=self.recipe.smoothing)
        self.optimiser.zero_grad()
        (loss + guide / 2).backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), 2.0)
        self.optimiser.step()
        right = (logits.argmax(1) == labels).float().mean()
        self.progress.note(loss.item(), guide.item(), right.item())


@torch.no_grad()
def follow(mean: nn.Module, net: nn.Module, decay: float) -> None:
    """Moves the running mean of weights and batch statistics towards the present ones."""
    for slow, fast in zip(mean.state_dict().values(), net.state_dict().values(), strict=True):
        if slow.is_floating_point():
            slow.lerp_(fast, 1 - decay)


def train(recipe: Recipe, frames: FrameSet) -> AlexNet:
    """Trains and returns the network with the running mean of the weights."""
    generator = np.random.default_rng(recipe.seed)
    trainer = Trainer(recipe)
    steps = recipe.epochs * (len(frames) // recipe.batch)
    step, began = 0, time.monotonic()
    for epoch in range(recipe.epochs):
        for batch in batches(frames, recipe.batch, generator):
            trainer.step(rate_at(step, steps, recipe.warm_up), *batch)
            follow(trainer.mean, trainer.net, min(recipe.average, step / (step + 10)))
            step += 1
            if step % 50 == 0:
                seconds = time.monotonic() - began
                _log.info(
                    "epoch %d, step %d of %d: %s, %.0f s", epoch + 1, step, steps, trainer.progress, seconds
                )
        write(recipe.out.with_suffix(".part"), half_tensors(trainer.mean), {})
    recipe.out.with_suffix(".part").unlink(missing_ok=True)
    return trainer.mean


def describe(recipe: Recipe, accuracy: float) -> dict[str, str]:
    """The header of the weights file."""
    return {
        "network": "Darknet AlexNet, layers 0-13, low-rank layers 8 and 10",
        "classes": ",".join(CLASS_NAMES),
        "synthetic": "true",
        "training_seed": str(recipe.seed),
        "training_frames": str(recipe.train_frames),
        "held_out_seed": str(recipe.held_out_seed),
        "held_out_frames": str(recipe.held_out_frames),
        "held_out_accuracy": f"{accuracy:.4f}",
    }


def main() -> None:
    """Renders, trains, measures what the file will hold, writes it."""
    recipe = parse()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    workers = os.cpu_count() or 1
    began = time.monotonic()
    frames = render_set(recipe.seed, recipe.train_frames, workers)
    held_out = render_set(recipe.held_out_seed, recipe.held_out_frames, workers)
    _log.info("rendered %d + %d frames in %.0f s", len(frames), len(held_out), time.monotonic() - began)
    began = time.monotonic()
    net = train(recipe, frames)
    _log.info("trained in %.0f s", time.monotonic() - began)
    tensors = half_tensors(net)
    write(recipe.out, tensors, describe(recipe, 0.0))
    measured = measure(read(recipe.out), held_out)
    write(recipe.out, tensors, describe(recipe, measured.accuracy))
    _log.info("%s", measured)
    _log.info("wrote %s, %.2f MB", recipe.out.name, recipe.out.stat().st_size / 1e6)


if __name__ == "__main__":
    main()
