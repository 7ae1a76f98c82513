"""Options that several commands share. What they mean is decided in `sassafras.cli.selection`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from sassafras.cli import completion
from sassafras.cli.completion import list_of, one_of
from sassafras.faults.model import DRAWN_MODELS

if TYPE_CHECKING:
    from sassafras.analysis.critical import Criticality

MOST_WORKERS = 4096  #: more than the largest machines have cores

Preset: TypeAlias = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help='What the other options start from: "paper", or "all" (with gemm).',
        autocompletion=one_of(completion.presets),
    ),
]
Modes: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="LIST", help="RF,IOA,IOV or some of them.", autocompletion=list_of(completion.modes)
    ),
]
Injections: TypeAlias = Annotated[int | None, typer.Option(metavar="N", min=1, help="Faults per mode.")]
Until: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="SHARE",
        help="Stop each mode once every outcome's share is known to within this half-width, such as 0.5%; "
        "--injections is then the most.",
    ),
]
Stratify: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="kernel|layer",
        help="As many faults in each kernel or layer; results are weighted.",
        autocompletion=one_of(lambda: ("kernel", "layer")),
    ),
]
PerStratum: TypeAlias = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="Faults per mode and stratum [default: --injections / strata]"),
]
Models: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="[MODE=]LIST",
        help=f"Fault models: {','.join(DRAWN_MODELS)} or some of them; "
        "RF=single-bit,double-bit: of one mode (repeatable).",
        autocompletion=list_of(completion.models),
    ),
]
Groups: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="LIST",
        help="Instruction groups of IOA and IOV faults, such as GPR,STORE,FFMA [default: all]",
        autocompletion=list_of(completion.groups),
    ),
]
Kernels: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="paper|all|LIST",
        help='Kernels to strike; "paper": those of its Table 1.',
        autocompletion=list_of(completion.kernel_sets),
    ),
]
Images: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="PNG, JPEG, BMP, TIFF and WebP files to run on [default: rendered, synthetic frames]",
    ),
]
Fit: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="stretch|letterbox|crop",
        help="How images get the network's size [default: stretch; letterbox where the cfg has letter_box=1]",
    ),
]
Frames: TypeAlias = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="How many frames, or how many of the images.")
]
FrameClasses: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="drawn|balanced",
        help="Classes of rendered frames: drawn at random, or each as often [default: the preset's]",
        autocompletion=one_of(lambda: ("drawn", "balanced")),
    ),
]
Scope: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="thread|warp",
        help="Whom a fault strikes: one thread or its whole warp.",
        autocompletion=one_of(lambda: ("thread", "warp")),
    ),
]
IoaRegister: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="sassifi|hardware",
        help="A result sent to a register that the kernel does not have: lost (as SASSIFI), or a trap.",
        autocompletion=one_of(lambda: ("sassifi", "hardware")),
    ),
]
Arch: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="GPU architecture whose machine code runs [default: the preset's]",
        autocompletion=one_of(completion.architectures),
    ),
]
Seed: TypeAlias = Annotated[
    int | None, typer.Option(metavar="N", min=0, max=2**63 - 1, help="Same seed, same faults.")
]
Engine: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="fast|full",
        help='"full" emulates every launch to the end: slow, the same results.',
        autocompletion=one_of(lambda: ("fast", "full")),
    ),
]
Outputs: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="short|whole",
        help="What rows keep of outputs of more than 256 values: the largest and most changed, or all.",
        autocompletion=one_of(lambda: ("short", "whole")),
    ),
]
Workers: TypeAlias = Annotated[
    int | None,
    typer.Option(
        metavar="N", min=1, max=MOST_WORKERS, help="Processes; results do not depend on it [default: cores]"
    ),
]
Shard: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="K/N", help="Only every N-th fault, from the K-th: for machine K of N (see merge)."),
]
NetworkFile: TypeAlias = Annotated[
    Path | None,
    typer.Option("--network", metavar="CFG", help="A Darknet network of your own, with --weights."),
]
WeightsFile: TypeAlias = Annotated[
    Path | None, typer.Option("--weights", metavar="FILE", help="Its Darknet weights.")
]
NamesFile: TypeAlias = Annotated[
    Path | None, typer.Option("--names", metavar="FILE", help="Its classes, a name per line.")
]
Tolerance: TypeAlias = Annotated[
    float,
    typer.Option(
        metavar="T",
        help="Least change of an output value that is critical where the class stays, 0 to 1 (0: any).",
    ),
]


def criticality(tolerance: float) -> Criticality:
    """What --tolerance makes critical. Raises UsageError."""
    from sassafras.analysis.critical import Criticality

    return Criticality(tolerance)
