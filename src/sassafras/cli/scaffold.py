"""``sassafras scaffold``: the files with which a kernel, a layer or an opcode begins."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def scaffold(
    thing: Annotated[str, typer.Argument(metavar="opcode|kernel|layer", help="What is to be added.")],
    name: Annotated[str, typer.Argument(help="Its name: IMAD, scale_gpu, mirror.")],
    into: Annotated[
        Path, typer.Option("--into", metavar="DIR", help="The source checkout.", show_default="this folder")
    ] = Path(),
) -> None:
    """Begin a kernel, a layer or an opcode in a source checkout.

    The files that are written work as they are: change what they compute. No file is overwritten.
    """
    from sassafras.cli.names import choose
    from sassafras.cli.scaffolding import Thing
    from sassafras.cli.scaffolding import scaffold as make

    made = make(choose("thing", thing, {t.value: t for t in Thing}), name, into)
    made.write(into)
    for path in made.made:
        typer.echo(f"wrote   {path}")
    for path in made.changed:
        typer.echo(f"changed {path}")
    typer.echo("next:")
    for step in made.then:
        typer.echo(f"  {step}")
