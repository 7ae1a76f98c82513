"""``sassafras train``: the weights of a network, from Cholec80 or a folder of classes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from sassafras.cli.options import Seed, number, words

if TYPE_CHECKING:
    from sassafras.training.recipe import Recipe

Data: TypeAlias = Annotated[
    Path, typer.Argument(metavar="DATA", help="Cholec80's folder, or one with a sub-folder for each class.")
]
Out: TypeAlias = Annotated[Path, typer.Option(metavar="DIR", help="Folder for the network.")]
Layers: TypeAlias = Annotated[
    str, typer.Option(metavar="NAME|FILE", help="Layers to train: alexnet, lenet, or a Darknet cfg.")
]
Kind: TypeAlias = Annotated[
    str | None,
    words("class|labels", "One class, or several at once [default: labels of Cholec80, else class]"),
]
Rate: TypeAlias = Annotated[float, typer.Option(metavar="R", help="Peak learning rate of AdamW.")]
Decay: TypeAlias = Annotated[float, typer.Option(metavar="D", help="Weight decay of AdamW.")]
HeldOut: TypeAlias = Annotated[
    float, typer.Option(metavar="SHARE", help="Held out to see when to stop: of videos, or of each class.")
]
Mirror: TypeAlias = Annotated[
    bool, typer.Option("--mirror", help="Show every picture in a mirror by chance.")
]


def train(
    data: Data,
    out: Out = Path("runs/trained"),
    network: Layers = "alexnet",
    answers: Kind = None,
    epochs: Annotated[int, number("Passes over the pictures, at most.")] = 20,
    batch: Annotated[int, number("Pictures per step.")] = 32,
    rate: Rate = 1e-3,
    decay: Decay = 1e-2,
    seed: Seed = None,
    held_out: HeldOut = 0.2,
    patience: Annotated[int, number("Stop after so many epochs without a better held-out loss.")] = 5,
    every: Annotated[int, number("Of Cholec80: take each N-th annotated second.")] = 1,
    fit: Annotated[str, words("stretch|letterbox|crop", "How pictures get the network's size.")] = "stretch",
    device: Annotated[str, words("auto|cpu|cuda", "Where to compute.")] = "auto",
    *,
    mirror: Mirror = False,
) -> None:
    """Train a network; write the files that run takes.

    Stopped by Ctrl-C or killed, the same command goes on behind the last finished epoch.
    """
    from sassafras.cli.names import choose
    from sassafras.training.recipe import Answers, Device, Recipe
    from sassafras.workload.choices import Fit

    kinds = {kind.value: kind for kind in Answers}
    recipe = Recipe(
        data=data,
        network=network,
        answers=None if answers is None else choose("kind of answers", answers, kinds),
        epochs=epochs,
        batch=batch,
        rate=rate,
        decay=decay,
        seed=1 if seed is None else seed,
        held_out=held_out,
        patience=patience,
        every=every,
        fit=choose("fit", fit, {word.value: word for word in Fit}),
        mirror=mirror,
        device=choose("device", device, {word.value: word for word in Device}),
    )
    _make(recipe, out)


def _make(recipe: Recipe, out: Path) -> None:
    """Train, and say what it came to and how to go on."""
    from rich.console import Console

    from sassafras.cli.loudness import announce
    from sassafras.cli.progress import shown_progress
    from sassafras.errors import typed
    from sassafras.network.cholec80.dataset import is_cholec80
    from sassafras.training.recipe import Answers
    from sassafras.training.training import train as make

    with shown_progress(Console(stderr=True)) as progress:
        made = make(recipe, out, progress, announce)
    for name, part in made.parts.items():
        typer.echo(f"{name}: {part.right} of {part.pictures} right ({part.right / part.pictures:.1%})")
    typer.echo(f"model card: {made.card}")
    files = ("--network", made.cfg, "--weights", made.weights, "--names", made.names)
    judged = ("--multi-label", "0.5") if made.answers is Answers.LABELS else ()
    pictures = ("--cholec80" if is_cholec80(recipe.data) else "--images", recipe.data)
    typer.echo(f"next: {typed('run', *files, *judged, *pictures, '--kernels', 'all')}")
