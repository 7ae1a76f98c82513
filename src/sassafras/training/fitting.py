"""A network in training: steps, epochs, checkpoints; PyTorch computes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sassafras.errors import TrainingError
from sassafras.network.graph import Graph
from sassafras.progress import Progress
from sassafras.training.architecture import Parameters
from sassafras.training.checkpoint import Checkpoint, write_checkpoint
from sassafras.training.draws import Stream, batches, kaiming, mirrored, words
from sassafras.training.examples import Examples
from sassafras.training.forward import logits
from sassafras.training.recipe import Answers, Device, Recipe
from sassafras.training.schedule import Epoch, best_of, is_over, rate_at
from sassafras.training.torch_package import Tensor, functional, torch

STATISTICS = ("rolling_mean", "rolling_variance")  #: found, not learned
MEANS, TINY = (0.9, 0.999), 1e-8  #: AdamW's (Loshchilov and Hutter 2019)
LOOKED_AT = 64  #: pictures at a time where nothing is learned


@dataclass(frozen=True, eq=False)
class Task:
    """What is trained on what. ``graph``: as trained. ``pixels``: uint8 (n, channels, height, width)."""

    recipe: Recipe
    digest: str
    graph: Graph
    examples: Examples
    answers: Answers
    pixels: NDArray[np.uint8]


def device_of(wanted: Device) -> Any:
    """Raises TrainingError for CUDA where PyTorch finds none."""
    there = torch.cuda.is_available()
    if wanted is Device.CUDA and not there:
        raise TrainingError("--device cuda: PyTorch finds no CUDA device; take --device cpu")
    return torch.device("cpu" if wanted is Device.CPU or not there else "cuda")


def beginning(task: Task) -> Checkpoint:
    """Before the first step."""
    found: Parameters = {}
    for node in task.graph.nodes:
        for name, shape in node.parameter_shapes.items():
            if name == node.named("weights"):
                found[name] = kaiming(task.recipe.seed, node.index, shape)
            else:
                whole = name in (node.named("scales"), node.named("rolling_variance"))
                found[name] = np.full(shape, float(whole), np.float32)
    zero = {name: np.zeros_like(values) for name, values in found.items() if not name.endswith(STATISTICS)}
    return Checkpoint(task.digest, found, found, zero, zero)


class Fitting:
    """A task at work, from a checkpoint on."""

    def __init__(self, task: Task, start: Checkpoint, device: Any) -> None:
        self.task, self.device = task, device
        self.steps, self.history, self.best = start.steps, list(start.history), start.best
        groups = (start.parameters, start.first, start.second)
        self._parameters, self._first, self._second = (
            {name: torch.tensor(values, device=device) for name, values in group.items()} for group in groups
        )
        self._learned = [self._parameters[name].requires_grad_() for name in self._first]
        self._each_epoch = len(batches(task.recipe.seed, 0, len(task.examples.learned), task.recipe.batch))

    def run(self, folder: Path, progress: Progress, say: Callable[[str], None]) -> None:
        """Epoch after epoch, each kept durably, until it is over. Raises TrainingError."""
        recipe = self.task.recipe
        began, done = time.monotonic(), len(self.history)
        while not is_over(self.history, recipe.epochs, recipe.patience):
            self.history.append(self._epoch(len(self.history), progress))
            if best_of(self.history) == len(self.history) - 1:
                self.best = self._numpy(self._parameters)
            write_checkpoint(folder, self._checkpoint())
            seconds = (time.monotonic() - began) / (len(self.history) - done)
            say(told(self.history, recipe.epochs, seconds))

    def _epoch(self, number: int, progress: Progress) -> Epoch:
        recipe, learned = self.task.recipe, self.task.examples.learned
        turned = mirrored(recipe.seed, number, len(learned)) & recipe.mirror
        warm_up = min(150, max(1, self._each_epoch * recipe.epochs // 20))
        losses, share = [], 0.0
        progress.begin("train", self._each_epoch)
        for chosen in batches(recipe.seed, number, len(learned), recipe.batch):
            share = rate_at(self.steps, self._each_epoch * recipe.epochs, warm_up)
            losses.append(self._step(learned[chosen], turned[chosen], recipe.rate * share))
            progress.advance(1)
        progress.end()
        loss, right = self.measured(self._parameters, self.task.examples.held_out)
        if not all(map(math.isfinite, (*losses, loss))):
            raise TrainingError(
                f"epoch {number + 1}: the loss is no longer finite; begin again with a smaller --rate (now "
                f"{recipe.rate:g}) in another --out"
            )
        return Epoch(float(np.mean(losses)), loss, right, recipe.rate * share)

    def _step(self, chosen: NDArray[np.int64], turned: NDArray[np.bool_], rate: float) -> float:
        (word,) = words(self.task.recipe.seed, Stream.DROPOUT, self.steps, 1)
        dice = torch.Generator(self.device).manual_seed(int(word) >> 1)
        images, targets = self._batch(chosen)
        images = torch.where(
            torch.tensor(turned, device=self.device)[:, None, None, None], images.flip(3), images
        )
        loss = self._loss(logits(self.task.graph, self._parameters, images, dice), targets)
        gradients = torch.autograd.grad(loss, self._learned)
        self.steps += 1
        with torch.no_grad():
            for name, gradient in zip(self._first, gradients, strict=True):
                self._move(name, gradient, rate)
        return float(loss.detach())

    def _move(self, name: str, gradient: Tensor, rate: float) -> None:
        first, second, values = self._first[name], self._second[name], self._parameters[name]
        first.lerp_(gradient, 1 - MEANS[0])
        second.lerp_(gradient * gradient, 1 - MEANS[1])
        even = [1 - mean**self.steps for mean in MEANS]
        if name.endswith(".weights"):
            values.mul_(1 - rate * self.task.recipe.decay)
        values.sub_(rate / even[0] * first / ((second / even[1]).sqrt() + TINY))

    def _batch(self, chosen: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        """Pictures, 0 to 1, and their targets."""
        pixels = torch.tensor(self.task.pixels[chosen], device=self.device)
        return pixels.float() / 255, torch.tensor(self.task.examples.targets[chosen], device=self.device)

    def _loss(self, values: Tensor, targets: Tensor) -> Tensor:
        if self.task.answers is Answers.CLASS:
            return functional.cross_entropy(values, targets.argmax(1))
        return functional.binary_cross_entropy_with_logits(values, targets)

    def measured(self, parameters: Mapping[str, Tensor], part: NDArray[np.int64]) -> tuple[float, float]:
        """Mean loss of a part of the examples, and the share of it whose answer is right."""
        with torch.no_grad():
            loss = right = 0.0
            for start in range(0, len(part), LOOKED_AT):
                images, targets = self._batch(part[start : start + LOOKED_AT])
                values = logits(self.task.graph, parameters, images, None)
                loss += float(self._loss(values, targets)) * len(targets)
                right += float(are_right(values, targets, self.task.answers).sum())
        return loss / len(part), right / len(part)

    def _checkpoint(self) -> Checkpoint:
        groups = (self._numpy(group) for group in (self._parameters, self._first, self._second))
        parameters, first, second = groups
        return Checkpoint(self.task.digest, parameters, self.best, first, second, self.steps, self.history)

    @staticmethod
    def _numpy(tensors: Mapping[str, Tensor]) -> Parameters:
        return {name: tensor.detach().cpu().numpy().copy() for name, tensor in tensors.items()}


def are_right(values: Tensor, targets: Tensor, answers: Answers) -> Tensor:
    """Of each picture, whether its answer is right."""
    if answers is Answers.CLASS:
        return values.argmax(1) == targets.argmax(1)
    return ((values >= 0) == (targets > 0.5)).all(1)


def outputs_of(
    graph: Graph,
    answers: Answers,
    parameters: Parameters,
    pixels: NDArray[np.uint8],
    part: NDArray[np.int64],
    device: Any,
) -> NDArray[np.float32]:
    """What a network with these parameters says of pictures: probabilities, (n, classes)."""
    placed = {name: torch.tensor(values, device=device) for name, values in parameters.items()}
    found = [np.empty((0, graph.output.per_image), np.float32)]
    with torch.no_grad():
        for start in range(0, len(part), LOOKED_AT):
            images = torch.tensor(pixels[part[start : start + LOOKED_AT]], device=device).float() / 255
            values = logits(graph, placed, images, None)
            shares = values.softmax(1) if answers is Answers.CLASS else values.sigmoid()
            found.append(shares.cpu().numpy())
    return np.concatenate(found)


def told(history: list[Epoch], epochs: int, seconds: float) -> str:
    """An epoch in a line; ``seconds``: that one takes."""
    last, left = history[-1], (epochs - len(history)) * seconds
    time_left = f"{left:.0f} s" if left < 120 else f"{left / 60:.0f} min"
    return (
        f"epoch {len(history)} of {epochs}: loss {last.loss:.4f}, held out {last.held_out_loss:.4f} "
        f"({last.right:.1%} right), rate {last.rate:.2g}, at most {time_left} left"
    )
