"""``sassafras train``: the weights of a network, from Cholec80 or a folder of classes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sassafras.cli.options import Seed, number, words


def train(
    data: Annotated[
        Path,
        typer.Argument(metavar="DATA", help="Cholec80's folder, or one with a sub-folder for each class."),
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the network.")] = Path("runs/trained"),
    network: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="Layers to train: alexnet, lenet, or a Darknet cfg.")
    ] = "alexnet",
    answers: Annotated[
        str | None,
        words("class|labels", "One class, or several at once [default: labels of Cholec80, else class]"),
    ] = None,
    epochs: Annotated[int, number("Passes over the pictures, at most.")] = 20,
    batch: Annotated[int, number("Pictures per step.")] = 32,
    rate: Annotated[float, typer.Option(metavar="R", help="Peak learning rate of AdamW.")] = 1e-3,
    decay: Annotated[float, typer.Option(metavar="D", help="Weight decay of AdamW.")] = 1e-2,
    seed: Seed = None,
    held_out: Annotated[
        float,
        typer.Option(metavar="SHARE", help="Held out to see when to stop: of videos, or of each class."),
    ] = 0.2,
    patience: Annotated[int, number("Stop after so many epochs without a better held-out loss.")] = 5,
    every: Annotated[int, number("Of Cholec80: take each N-th annotated second.")] = 1,
    fit: Annotated[str, words("stretch|letterbox|crop", "How pictures get the network's size.")] = "stretch",
    mirror: Annotated[
        bool, typer.Option("--mirror", help="Show every picture in a mirror by chance.")
    ] = False,
    device: Annotated[str, words("auto|cpu|cuda", "Where to compute.")] = "auto",
) -> None:
    """Train a network and write what run takes: cfg, weights, names, and a model card.

    Stopped by Ctrl-C or killed, the same command goes on behind the last finished epoch.
    """
    from rich.console import Console

    from sassafras.cli.loudness import announce
    from sassafras.cli.names import choose
    from sassafras.cli.progress import shown_progress
    from sassafras.errors import typed
    from sassafras.training.recipe import Answers, Device, Recipe
    from sassafras.training.training import train as make
    from sassafras.workload.choices import Fit

    recipe = Recipe(
        data=data,
        network=network,
        answers=None
        if answers is None
        else choose("kind of answers", answers, {a.value: a for a in Answers}),
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
    with shown_progress(Console(stderr=True)) as progress:
        made = make(recipe, out, progress, announce)
    for name, part in made.parts.items():
        typer.echo(f"{name}: {part.right} of {part.pictures} right ({part.right / part.pictures:.1%})")
    typer.echo(f"model card: {made.card}")
    command = ["run", "--network", made.cfg, "--weights", made.weights, "--names", made.names]
    inputs = ["--multi-label", "0.5"] if made.answers is Answers.LABELS else []
    typer.echo(f"next: {typed(*command, *inputs, *_pictures(data), '--kernels', 'all')}")


def _pictures(data: Path) -> list[object]:
    from sassafras.network.cholec80.dataset import is_cholec80

    return ["--cholec80" if is_cholec80(data) else "--images", data]
