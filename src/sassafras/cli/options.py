"""Options that several commands share, each declared once. What they mean is decided in
`sassafras.cli.selection`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, get_type_hints

import typer

from sassafras.cli import completion
from sassafras.cli.completion import campaigns, list_of, one_of
from sassafras.faults.model import drawable_models

if TYPE_CHECKING:
    from sassafras.analysis.critical import Criticality

MOST_WORKERS = 4096  #: more than the largest machines have cores


def number(says: str, least: int = 1, most: int | None = None) -> Any:
    """An option that is a whole number."""
    return typer.Option(metavar="N", help=says, min=least, max=most)


def words(known: str, says: str) -> Any:
    """An option that is one of a few words."""
    return typer.Option(metavar=known, help=says, autocompletion=one_of(lambda: known.split("|")))


Folder: TypeAlias = Annotated[
    Path, typer.Argument(metavar="DIR", help="Folder of a campaign.", autocompletion=campaigns)
]
Finished: TypeAlias = Annotated[
    Path, typer.Argument(metavar="DIR", help="Folder of a finished campaign.", autocompletion=campaigns)
]
Arch: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="GPU architecture whose machine code runs [default: the preset's]; auto: with --workload, "
        "that of its cubins and listings",
        autocompletion=one_of(completion.architectures),
    ),
]
Device: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Card whose time is modelled [default: the architecture's; alone, it chooses --arch]",
        autocompletion=one_of(completion.cards),
    ),
]
TensorCores: TypeAlias = Annotated[
    str | None,
    words(
        "refused|modelled",
        "Products of matrices in kernels of your own: refused, or summed as published, not by NVIDIA "
        "[default: refused]",
    ),
]
Seed: TypeAlias = Annotated[int | None, number("Same seed, same faults.", 0, 2**63 - 1)]
Workers: TypeAlias = Annotated[
    int | None, number("Processes; results do not depend on it [default: cores]", most=MOST_WORKERS)
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


MODELS = ",".join(drawable_models())


@dataclass(frozen=True)
class Options:
    """What decides a campaign, as typed; None: not given."""

    preset: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help='What the other options start from: "paper", "all" (with gemm), or "lenet" (a small '
            "network, in seconds).",
            autocompletion=one_of(completion.presets),
        ),
    ] = "paper"
    modes: Annotated[
        str | None,
        typer.Option(
            metavar="LIST", help="RF,IOA,IOV,MEM or some of them.", autocompletion=list_of(completion.modes)
        ),
    ] = None
    injections: Annotated[int | None, number("Faults per mode.")] = None
    models: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[MODE=]LIST",
            help=f"Fault models: {MODELS} or some of them, or TOML files of your own; "
            "RF=single-bit,double-bit: of one mode (repeatable).",
            autocompletion=list_of(completion.models),
        ),
    ] = None
    groups: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="Instruction groups of IOA and IOV faults, such as GPR,STORE,FFMA [default: all]",
            autocompletion=list_of(completion.groups),
        ),
    ] = None
    kernels: Annotated[
        str | None,
        typer.Option(
            metavar="paper|all|LIST",
            help='Kernels to strike; "paper": those of its Table 1.',
            autocompletion=list_of(completion.kernel_sets),
        ),
    ] = None
    images: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="PNG, JPEG, BMP, TIFF and WebP files to run on [default: rendered frames; of lenet its own]",
        ),
    ] = None
    cholec80: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Cholec80 as it is distributed: run on --frames of its annotated frames, drawn by the seed.",
        ),
    ] = None
    split: Annotated[
        str | None,
        words("train|test|all", "Its videos: 1 to 40, 41 to 80 (the paper's split), or all [default: test]"),
    ] = None
    fit: Annotated[
        str | None,
        typer.Option(
            metavar="stretch|letterbox|crop",
            help="How images get the network's size [default: stretch; letterbox where the cfg has "
            "letter_box=1]",
        ),
    ] = None
    mean: Annotated[
        str | None,
        typer.Option(metavar="LIST", help="Subtracted from images' values (0 to 1), by channel or from all."),
    ] = None
    std: Annotated[
        str | None, typer.Option(metavar="LIST", help="What they are then divided by, such as 0.5.")
    ] = None
    frames: Annotated[int | None, number("How many frames, or how many of the images.")] = None
    frame_classes: Annotated[
        str | None,
        words(
            "drawn|balanced",
            "Classes of rendered frames: drawn at random, or each as often [default: the preset's]",
        ),
    ] = None
    scope: Annotated[
        str | None,
        words(
            "thread|warp|lanes",
            "Whom a fault strikes: one thread, its whole warp, or what the model's table of lanes says.",
        ),
    ] = None
    ioa_register: Annotated[
        str | None,
        words(
            "sassifi|hardware",
            "A result sent to a register that the kernel does not have: lost (as SASSIFI), or a trap.",
        ),
    ] = None
    ecc: Annotated[
        str | None,
        words("none|secded", "What guards device memory against MEM faults [default: none]"),
    ] = None
    arch: Arch = None
    device: Device = None
    tensor_cores: TensorCores = None
    seed: Seed = None
    engine: Annotated[
        str | None,
        words("fast|full", '"full" emulates every launch to the end: slow, the same results.'),
    ] = None
    outputs: Annotated[
        str | None,
        typer.Option(
            metavar="short|whole",
            help="What rows keep of outputs of more than 256 values: the largest and most changed, or all.",
        ),
    ] = None
    workload: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Kernels of your own instead of a network: a workload file (TOML)."
        ),
    ] = None
    network: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A network of your own: an ONNX model, or a Darknet cfg with --weights."
        ),
    ] = None
    weights: Annotated[Path | None, typer.Option(metavar="FILE", help="Its Darknet weights.")] = None
    names: Annotated[Path | None, typer.Option(metavar="FILE", help="Its classes, a name per line.")] = None
    output: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Which of its results is judged [default: its only or last one]"),
    ] = None
    multi_label: Annotated[
        float | None,
        typer.Option(
            metavar="T",
            help="Classes can be present together: those of a probability of at least T, such as 0.5.",
        ),
    ] = None
    shard: Annotated[
        str | None,
        typer.Option(
            metavar="K/N", help="Only every N-th fault, from the K-th: for machine K of N (see merge)."
        ),
    ] = None
    until: Annotated[
        str | None,
        typer.Option(
            metavar="SHARE",
            help="Stop each mode once every outcome's share is known to within this half-width, such as "
            "0.5%; --injections is then the most.",
        ),
    ] = None
    stratify: Annotated[
        str | None, words("kernel|layer", "As many faults in each kernel or layer; results are weighted.")
    ] = None
    per_stratum: Annotated[
        int | None, number("Faults per mode and stratum [default: --injections / strata]")
    ] = None
    exact: Annotated[
        bool,
        typer.Option(
            "--exact",
            help="Every single-bit IOV fault of small kernels, by kinds that provably do the same: shares "
            "without a sampling error. --injections is then the most kinds that are run.",
        ),
    ] = False
    proofs: Annotated[
        bool,
        typer.Option(
            "--proofs",
            help="Do not run single-bit IOV faults whose ending the golden run proves: the same rows, of "
            "fewer runs.",
        ),
    ] = False
    faults: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A CSV file of your own faults instead of drawn ones: kernel, invocation, block, thread, "
            "instruction, target, mask. They are no sample: counts, no intervals.",
        ),
    ] = None


NAMES = tuple(field.name for field in fields(Options))
#: Options that choose faults, of which only some commands have any.
OF_FAULTS = (
    "injections",
    "outputs",
    "shard",
    "until",
    "stratify",
    "per_stratum",
    "exact",
    "proofs",
    "faults",
)

Command: TypeAlias = Callable[..., None]


def taking(names: Sequence[str] = NAMES, *, but: Sequence[str] = ()) -> Callable[[Command], Command]:
    """Let a command take options by their names in `Options`, in the place of its argument ``options``, in
    which it gets them. ``but``: all the others.
    """
    chosen = [name for name in names if name not in but]

    def decorate(command: Command) -> Command:
        parameters: list[inspect.Parameter] = []
        hints, defaults = get_type_hints(Options, include_extras=True), vars(Options())
        for own in inspect.signature(command, eval_str=True).parameters.values():
            if own.name != "options":
                parameters.append(own.replace(kind=own.KEYWORD_ONLY))
                continue
            parameters += [
                inspect.Parameter(name, own.KEYWORD_ONLY, default=defaults[name], annotation=hints[name])
                for name in chosen
            ]

        @wraps(command)
        def called(**values: Any) -> None:
            options = Options(**{name: values.pop(name) for name in chosen})
            command(options=options, **values)

        vars(called)["__signature__"] = inspect.Signature(parameters)
        called.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return called

    return decorate
