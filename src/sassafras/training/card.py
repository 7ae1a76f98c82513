"""The model card: what a network was trained on, how, and what it comes to."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import sassafras
from sassafras.training.examples import Examples
from sassafras.training.recipe import Answers, Recipe
from sassafras.training.schedule import Epoch, best_of

THRESHOLD = 0.5  #: from which probability on a label counts as given


@dataclass(frozen=True)
class ClassScore:
    """A class in one part of the examples: pictures of it, those of them that it is found in, and others that
    it is found in.
    """

    name: str
    pictures: int
    found: int
    others: int


@dataclass(frozen=True)
class PartScore:
    """A part of the examples: ``right``: pictures whose answer is right, the class or the whole set of
    labels.
    """

    pictures: int
    right: int
    classes: tuple[ClassScore, ...]


def score(
    names: Sequence[str], answers: Answers, outputs: NDArray[np.float32], targets: NDArray[np.float32]
) -> PartScore:
    """Of probabilities and targets, (n, classes) each."""
    true = targets > 0.5
    if answers is Answers.CLASS:
        said = np.zeros_like(true)
        said[np.arange(len(outputs)), outputs.argmax(1)] = True
    else:
        said = outputs >= THRESHOLD
    classes = tuple(
        ClassScore(
            name, int(true[:, k].sum()), int((true & said)[:, k].sum()), int((said & ~true)[:, k].sum())
        )
        for k, name in enumerate(names)
    )
    return PartScore(len(true), int((true == said).all(1).sum()), classes)


def card_of(
    recipe: Recipe, examples: Examples, answers: Answers, history: list[Epoch], parts: Mapping[str, PartScore]
) -> dict[str, Any]:
    """JSON values. ``parts``: "held out", and perhaps "test"."""
    best = best_of(history)
    learned = examples.targets[examples.learned].sum(0).astype(int).tolist()
    return {
        "network": Path(recipe.network).name,
        "answers": answers.value,
        "classes": list(examples.classes),
        "data": examples.about,
        "pictures": {"learned from": len(examples.learned)}
        | {name: part.pictures for name, part in parts.items()},
        "learned_from_by_class": dict(zip(examples.classes, learned, strict=True)),
        "seed": recipe.seed,
        "epochs": len(history),
        "best_epoch": best + 1,
        "batch": recipe.batch,
        "peak_rate": recipe.rate,
        "weight_decay": recipe.decay,
        "mirrored": recipe.mirror,
        "fit": recipe.fit.value,
        "every": recipe.every,
        "held_out_loss": history[best].held_out_loss,
        "accuracy": {name: part.right / part.pictures for name, part in parts.items()},
        "by_class": {name: [vars(one) for one in part.classes] for name, part in parts.items()},
        "sassafras": sassafras.__version__,
    }


def card_text(card: Mapping[str, Any]) -> str:
    """The same as Markdown."""
    right = "all of their labels and no other" if card["answers"] == Answers.LABELS else "by their class"
    lines = [f"# {card['network']}, trained on {card['data']}", ""]
    skipped = ("network", "data", "by_class", "accuracy", "pictures", "learned_from_by_class", "classes")
    for name, count in card["pictures"].items():
        share = card["accuracy"].get(name)
        lines.append(
            f"* pictures, {name}: {count}" + ("" if share is None else f"; right ({right}): {share:.2%}")
        )
    lines += [f"* {name.replace('_', ' ')}: {value}" for name, value in card.items() if name not in skipped]
    for name, classes in card["by_class"].items():
        lines += ["", f"| {name} | pictures of it | found in | found in others |", "|---|---|---|---|"]
        lines += [f"| {c['name']} | {c['pictures']} | {c['found']} | {c['others']} |" for c in classes]
    lines += ["", "| learned from | pictures |", "|---|---|"]
    lines += [f"| {name} | {count} |" for name, count in card["learned_from_by_class"].items()]
    return "\n".join(lines) + "\n"


def card_json(card: Mapping[str, Any]) -> str:
    """As a file."""
    return json.dumps(card, indent=1) + "\n"
